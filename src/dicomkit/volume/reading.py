"""Stacks of a series, and the volume that one of them is (PS3.3 C.7.6.2.1.1, C.7.6.16)."""

from __future__ import annotations

import math
import os
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, SupportsIndex, cast

import numpy as np

from dicomkit.dataset.elements.datasets import error_context
from dicomkit.errors import DicomKitError, InconsistentError, LimitError, UnitsError
from dicomkit.image.image import as_index
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.stacking.stack import Stack
from dicomkit.stacking.stacks import make_stacks
from dicomkit.volume.choice import as_stack, choose_stack
from dicomkit.volume.slices import ReadSlice, SliceReader, VolumeValues, check_holds, make_reader
from dicomkit.volume.sources import read_members, reopen
from dicomkit.volume.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    import numpy.typing as npt

    from dicomkit.image.image import Image
    from dicomkit.stacking.stack import StackSlice
    from dicomkit.transforms.arrays import AnyArray
    from dicomkit.volume.sources import VolumeSource

__all__ = ["SliceWriter", "read_plane", "read_slices", "read_volume", "stacks"]


class SliceWriter(Protocol):
    """What takes slices: a numpy array or memmap, a zarr array, an h5py dataset."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Slices, rows, columns[, 3]."""
        ...

    @property
    def dtype(self) -> Any:  # noqa: ANN401 - each has its own
        """The type of values."""
        ...

    def __setitem__(self, index: Any, value: Any, /) -> None:  # noqa: ANN401 - each has its own
        """Take a slice."""
        ...


def stacks(source: VolumeSource, /, *, limits: Limits = DEFAULT_LIMITS) -> tuple[Stack, ...]:
    """Find out which volumes a series holds, without reading a pixel.

    Slices of one series are of one volume where they have the same size, orientation and
    spacing, and lie one step from each other along their normal. A scout, another echo or
    b-value, or what lies behind a gap is a stack of its own.

    Parameters
    ----------
    source : Series, FileSetWalker, path, instance, dataset, Image, or iterable of these
        A path may be that of a folder, a DICOMDIR or a file. The order does not matter. What
        is no image is left out.
    limits : Limits
        Bounds for what is read.

    Returns
    -------
    tuple of Stack
        Each says in `reason` why it is one. None where there is no image.

    Raises
    ------
    DicomKitError
        A header cannot be read.

    Notes
    -----
    Slices are ordered by Image Position (Patient) along their normal, never by number,
    location or name. Position, orientation and spacing are a frame's own, else those of all
    frames, else the file's (C.7.6.16).

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> stacks(get_testdata_file("rtdose.dcm", download=False))
    (<Stack: 15 slices; 15 x 10 x 10 voxels of 5 x 10 x 10 mm>,)
    """
    return make_stacks(read_members(source, limits))


def read_volume(
    source: VolumeSource | Stack,
    /,
    *,
    values: VolumeValues = "values",
    units: str | SupportsIndex | None = None,
    dtype: npt.DTypeLike = np.float32,
    padding: float | None = None,
    fill: float | None = None,
    out: SliceWriter | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Volume:
    """Read the one volume of a series, or a stack.

    Headers are read first, then one file at a time into the result: besides it, memory holds
    a slice. Frames of a multi-frame file are read one by one.

    Parameters
    ----------
    source : Stack, or as in `stacks`
        What is no stack has to hold one of two slices or more, or else a single slice. Single
        slices beside it are left out, with a note.
    values : {"values", "hu", "quantity"}
        As `to_values` gives them; or Hounsfield units as `to_hu` does, where the files say
        that their values are; or what `to_quantity` gives, wherever its unit is stated.
    units : str or int, optional
        Which quantity, as in `to_quantity`; by default the first that the files offer.
    dtype : dtype or "stored"
        The values' type. One of whole numbers is right only where it holds each of them
        exactly. ``"stored"`` gives what is stored, without Modality step, in the files' type.
    padding : float, optional
        What to put where the files say that there is padding (Pixel Padding Value); NaN is a
        good choice. By default padding stays what it is.
    fill : float, optional
        What to put where slices are missing. By default a series with a gap is refused.
    out : array, optional
        Where to put the slices instead of a new array, by ``out[k] = slice``: a
        `numpy.memmap`, a zarr array, or the like, of the volume's shape.
    limits : Limits
        ``total_bytes`` bounds the result.

    Returns
    -------
    Volume
        Slices along the normal, rows and columns as they are in the files. Each slice was
        rescaled with its own slope and intercept.

    Raises
    ------
    InconsistentError
        The source holds several volumes, or slices without a way to tell which to take. The
        message names the stacks: pass one of them.
    NoPixelsError
        There is no image.
    UnsupportedError
        The slices lie side by side in a mosaic whose places the file does not state.
    UnitsError
        The values are not what was asked for, or slices are in different units.
    LimitError
        The result would take more memory than `limits` allow.
    DicomKitError
        A file cannot be read or decoded.
    ValueError
        ``out`` has another shape, or an option is none.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> read_volume(get_testdata_file("rtdose.dcm", download=False))
    <Volume: 15 slices of 10 x 10, float32, no units; 5 x 10 x 10 mm>
    """
    reading = read_slices(
        source,
        values=values,
        units=units,
        dtype=dtype,
        padding=padding,
        fill=fill,
        out=out,
        limits=limits,
    )
    while True:
        try:
            next(reading)
        except StopIteration as end:
            return cast("Volume", end.value)


def read_slices(
    source: VolumeSource | Stack,
    /,
    *,
    values: VolumeValues = "values",
    units: str | SupportsIndex | None = None,
    dtype: npt.DTypeLike = np.float32,
    padding: float | None = None,
    fill: float | None = None,
    out: SliceWriter | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Generator[Image | None, None, Volume]:
    """Read a volume as `read_volume` does, slice by slice, for whoever watches over it.

    Yields
    ------
    Image or None
        What the next slice is about to be read from; None where one was read without a decoder.

    Returns
    -------
    Volume
        All of it.
    """
    reader = make_reader(values, dtype, padding, units)
    chosen = as_stack(source) if isinstance(source, Stack) else None
    if chosen is None:
        chosen = choose_stack(stacks(cast("VolumeSource", source), limits=limits), fill)
    if out is not None and tuple(out.shape) != chosen.shape:
        msg = f"out has the shape {tuple(out.shape)}; the volume has {chosen.shape}"
        raise ValueError(msg)
    target = _Target(chosen.shape, out, limits)
    found: set[tuple[str | None, str | None]] = set()
    for places in _by_source(chosen.slices):
        found |= yield from _read_source(reader, places, target, limits)
        if len(found) > 1:
            what = "in different units" if len(dict(found)) > 1 else "of different quantities"
            msg = f"the slices are {what}: they are no volume of values"
            raise UnitsError(msg)
    if fill is not None:
        target.fill([k for k, one in enumerate(chosen.slices) if one is None], fill)
    ((unit, _),) = found
    return Volume(target.array, chosen.grid, unit, chosen.slices, chosen.notes)


def read_plane(
    stack: Stack,
    index: SupportsIndex,
    /,
    *,
    values: VolumeValues = "values",
    units: str | SupportsIndex | None = None,
    dtype: npt.DTypeLike = np.float32,
    padding: float | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> AnyArray:
    """Read one slice of a stack: a piece of work that other processes and machines can do.

    Parameters
    ----------
    stack : Stack
        It can be pickled. Where it was made of paths, these have to lead to the same files.
    index : int
        The slice, from 0.
    values, units, dtype, padding, limits
        As in `read_volume`.

    Returns
    -------
    numpy.ndarray, shape (rows, columns) or (rows, columns, 3)
        The same as `read_volume` has in ``array[index]``.

    Raises
    ------
    IndexError
        There is no such slice.
    DicomKitError
        As `read_volume`.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> (stack,) = stacks(get_testdata_file("rtdose.dcm", download=False))
    >>> read_plane(stack, 14).shape
    (10, 10)
    """
    number = as_index(index)
    if number is None or not 0 <= number < len(stack):
        msg = f"the stack has slices 0 to {len(stack) - 1}"
        raise IndexError(msg)
    reader = make_reader(values, dtype, padding, units)
    # Mosaics are refused.
    as_stack(stack)
    one = stack.slices[number]
    check = partial(_check_shape, shape=stack.shape[1:])
    read = _read_known(reader, one, limits, check)
    if read is None:
        image = reopen(one.source, limits)
        with error_context(image.dataset):
            read = reader.read(image, one.frame)
            check(read.values)
    return read.values


class _Place(NamedTuple):
    """A slice, and where it goes."""

    slice: StackSlice
    where: int


class _Target:
    """Where slices go: what the caller handed in, or a new array of the first one's type."""

    def __init__(self, shape: tuple[int, ...], out: SliceWriter | None, limits: Limits) -> None:
        self.array: Any = out
        self._shape = shape
        self._limits = limits

    def place(self, index: int) -> AnyArray | None:
        """Give the place of a slice in memory, where there is one that takes float32 as it is."""
        if type(self.array) is np.ndarray and self.array.dtype == np.float32:
            return cast("AnyArray", self.array[index])
        return None

    def put(self, index: int, plane: AnyArray) -> None:
        """Take a slice; one that was made in its place is there already."""
        if plane.base is self.array is not None:
            return
        _check_shape(plane, self._shape[1:])
        array = self._allocate(plane.dtype) if self.array is None else self.array
        if not np.can_cast(plane.dtype, array.dtype, "same_kind"):
            msg = (
                f"a slice is {plane.dtype}, which {array.dtype} does not hold; "
                "read the volume as float32"
            )
            raise InconsistentError(msg)
        array[index] = plane
        self.array = array

    def fill(self, missing: Sequence[int], value: float) -> None:
        """Fill up slices that are not there."""
        if missing:
            check_holds(self.array.dtype, float(value), "fill")
        for index in missing:
            self.array[index] = np.full(self._shape[1:], value, self.array.dtype)

    def _allocate(self, dtype: np.dtype[Any]) -> AnyArray:
        size = math.prod(self._shape) * dtype.itemsize
        if size > self._limits.total_bytes:
            msg = (
                f"the volume takes {size} bytes, over the limit of {self._limits.total_bytes}; "
                "pass out=... for an array that is not in memory, or a larger "
                "Limits(total_bytes=...)"
            )
            raise LimitError(msg)
        try:
            return np.empty(self._shape, dtype)
        except MemoryError:
            msg = f"there is not enough memory for {size} bytes; pass out=..."
            raise LimitError(msg) from None


def _check_shape(plane: AnyArray, shape: tuple[int, ...]) -> None:
    if plane.shape != shape:
        msg = "the image is not what it was when its header was read: make the stacks again"
        raise InconsistentError(msg)


def _by_source(slices: Sequence[StackSlice | None]) -> Iterable[list[_Place]]:
    """Put together what comes from one file, or one image, in the order of its frames."""
    places: dict[object, list[_Place]] = {}
    for index, one in enumerate(slices):
        if one is not None:
            by_path = isinstance(one.source, str | os.PathLike)
            key = one.source if by_path else id(one.source)
            places.setdefault(key, []).append(_Place(one, index))
    for wanted in places.values():
        wanted.sort(key=lambda place: place.slice.frame)
    return places.values()


def _read_source(
    reader: SliceReader, places: Sequence[_Place], target: _Target, limits: Limits
) -> Generator[Image | None, None, set[tuple[str | None, str | None]]]:
    """Read the slices of one source, as `read_slices` does; give their units and quantities."""
    meant = set()
    image: Image | None = None
    for one, index in places:
        into, put = target.place(index), partial(target.put, index)
        read = _read_known(reader, one, limits, put, into)
        if read is None:
            image = reopen(one.source, limits) if image is None else image
            yield image
            with error_context(image.dataset):
                read = reader.read(image, one.frame, into)
                put(read.values)
        else:
            yield None
        meant.add((read.units, read.quantity))
    return meant


def _read_known(
    reader: SliceReader,
    one: StackSlice,
    limits: Limits,
    put: Callable[[AnyArray], None],
    into: AnyArray | None = None,
) -> ReadSlice | None:
    """Read a slice by what is known of it; None where its file has to be opened as a whole."""
    try:
        read = reader.read_known(one, limits, into)
        if read is not None:
            put(read.values)
    except (DicomKitError, MemoryError):
        # What is amiss is said by who opens it.
        return None
    return read
