"""Stored values, a frame at a time."""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, SupportsIndex

import numpy as np

from dicomkit.dataset.description import describe_image
from dicomkit.dataset.pixels.bits import as_unsigned, container
from dicomkit.dataset.pixels.native import frame_bits
from dicomkit.dataset.pixels.source import native_bytes, open_pixels
from dicomkit.dataset.pixels.words import fetch_words, to_stored
from dicomkit.errors import DicomKitError, InconsistentError, LimitError, TruncatedError
from dicomkit.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from dicomkit.dataset.description import ImageDescription
    from dicomkit.dataset.pixels.bits import Cells
    from dicomkit.dataset.pixels.header import SampleColor
    from dicomkit.dataset.pixels.source import PixelSource
    from dicomkit.limits import Limits
    from dicomkit.notes import Note

__all__ = [
    "DecodedFrame",
    "frame_count",
    "iter_frames",
    "read_frame",
    "read_words",
    "stored_values",
]


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """One frame and what was noticed on the way to it.

    Attributes
    ----------
    values : ndarray, shape (rows, columns) or (rows, columns, 3)
        The stored values, read-only.
    notes : tuple of Note
        What was mended, ignored or missing.
    """

    values: Cells
    notes: tuple[Note, ...]


def frame_count(ds: Dataset, /, *, limits: Limits = DEFAULT_LIMITS) -> int:
    """Give how many frames an image declares: Number of Frames, or 1 without it.

    Raises
    ------
    NoPixelsError
        There is no pixel data element.
    InconsistentError
        The Image Pixel attributes are impossible.
    LimitError
        More frames are declared than `limits` allow.

    Examples
    --------
    >>> from pydicom import examples
    >>> frame_count(examples.ybr_color)
    30
    """
    return describe_image(ds, limits).frames


def stored_values(
    ds: Dataset,
    /,
    frame: SupportsIndex | None = None,
    *,
    lenient: bool = False,
    sample_color: SampleColor | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Cells:
    """Give the values that an image stores, before any step of the display pipeline.

    Bits outside Bits Stored are gone and the sign is extended (PS3.5 8.1.1); colour of
    several samples is RGB (PS3.3 C.7.6.3.1.2); PALETTE COLOR stays indices.

    Parameters
    ----------
    ds : Dataset
        The image.
    frame : int, optional
        One frame, from 0. By default all of them, without a frame axis where there is
        only one.
    lenient : bool
        Give what there is where data end too early or frames are missing: the rest is 0.
    sample_color : {"rgb", "ybr"}, optional
        Take colour samples as RGB or YBR, whatever the file and its streams say.
    limits : Limits
        What may be asked for before `LimitError`.

    Returns
    -------
    ndarray, shape ([frames, ]rows, columns[, 3])
        Of the smallest integer type that holds Bits Allocated, signed by Pixel
        Representation, or float32 or float64 for Float and Double Float Pixel Data. It is
        in the machine's byte order, C-contiguous and **read-only**: often a view of the
        dataset's own bytes, which costs nothing. Take a ``.copy()`` to write into.

    Raises
    ------
    NoPixelsError
        There are no pixel data.
    TruncatedError
        The data end too early.
    InconsistentError
        A stream's header, or the number of frames, is not what the dataset says.
    UnsupportedError
        No decoder for the transfer syntax is installed, or none exists.
    DecodeError
        A decoder refused the stream.
    LimitError
        The values would take more memory than `limits` allow.
    IndexError
        There is no such frame.

    Examples
    --------
    >>> from pydicom import examples
    >>> stored_values(examples.mr).shape, stored_values(examples.ybr_color, 29).shape
    ((64, 64), (240, 320, 3))
    """
    if frame is not None:
        found = read_frame(ds, frame, lenient=lenient, sample_color=sample_color, limits=limits)
        return found.values
    source = open_pixels(ds, limits)
    _check_total(source.image, limits)
    _check_count(source, lenient=lenient)
    if source.image.frames == 1:
        return _decode(source, 0, lenient=lenient, sample_color=sample_color).values
    block = _as_one(source, sample_color)
    if block is None:
        block = _one_by_one(source, lenient=lenient, sample_color=sample_color)
    block.setflags(write=False)
    return block


def read_frame(
    ds: Dataset,
    /,
    index: SupportsIndex,
    *,
    lenient: bool = False,
    sample_color: SampleColor | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> DecodedFrame:
    """Give one frame's stored values with what was noticed; see `stored_values`.

    Other frames are neither decoded nor copied.

    Examples
    --------
    >>> from pydicom import examples
    >>> frame = read_frame(examples.mr, 0)
    >>> frame.values.dtype, frame.notes
    (dtype('int16'), ())
    """
    source = open_pixels(ds, limits)
    return _decode(source, _number(source, index), lenient=lenient, sample_color=sample_color)


def iter_frames(
    ds: Dataset,
    /,
    *,
    lenient: bool = False,
    sample_color: SampleColor | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[DecodedFrame]:
    """Yield one frame's stored values after the other; see `stored_values`.

    Only the frame that was yielded last is held. Where frames are missing, those that are
    there come first, then the error.

    Examples
    --------
    >>> from pydicom import examples
    >>> sum(1 for _ in iter_frames(examples.ybr_color))
    30
    """
    source = open_pixels(ds, limits)
    for index in range(source.image.frames):
        yield _decode(source, index, lenient=lenient, sample_color=sample_color)


def read_words(
    ds: Dataset,
    /,
    index: SupportsIndex,
    *,
    lenient: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Cells:
    """Give one frame's words with all their bits, such as overlays beside the samples.

    Returns
    -------
    ndarray of unsigned integers, shape (rows, columns[, samples])
        Bits Allocated wide, or as wide as the compressed stream's samples.

    Raises
    ------
    IndexError
        There is no such frame.
    DicomKitError
        As `stored_values`.

    Examples
    --------
    >>> from pydicom import examples
    >>> read_words(examples.mr, 0).dtype
    dtype('uint16')
    """
    source = open_pixels(ds, limits)
    number = _number(source, index)
    try:
        cells = fetch_words(source, number, lenient=lenient).cells
    except DicomKitError as error:
        error.at(frame=number)
        raise
    return cells if source.image.kind != "integer" else as_unsigned(cells)


def _number(source: PixelSource, index: SupportsIndex) -> int:
    """Check a frame's number: not to know how many there are is the caller's mistake."""
    number = operator.index(index)
    if not 0 <= number < source.image.frames:
        msg = f"frame {number} is not among the image's {source.image.frames}, counted from 0"
        raise IndexError(msg)
    return number


def _decode(
    source: PixelSource, index: int, *, lenient: bool, sample_color: SampleColor | None
) -> DecodedFrame:
    try:
        words = fetch_words(source, index, lenient=lenient, color=sample_color)
        values, notes = to_stored(words, source.image)
    except DicomKitError as error:
        error.at(frame=index)
        raise
    except MemoryError:
        msg = "there is not enough memory for the frame"
        raise LimitError(msg, frame=index) from None
    values = np.ascontiguousarray(values)
    values.setflags(write=False)
    return DecodedFrame(values, (*source.image.notes, *source.notes, *words.notes, *notes))


def _dtype(image: ImageDescription) -> np.dtype[np.generic]:
    if image.kind != "integer":
        return np.dtype(image.kind)
    return container(image.bits_allocated, signed=image.signed)


def _check_total(image: ImageDescription, limits: Limits) -> None:
    size = image.rows * image.columns * image.samples * _dtype(image).itemsize
    if image.frames * size > limits.total_bytes:
        msg = (
            f"{image.frames} frames of {size} bytes are over the limit of {limits.total_bytes} "
            "bytes at once; read them one by one, or pass a larger Limits(total_bytes=...)"
        )
        raise LimitError(msg)


def _check_count(source: PixelSource, *, lenient: bool) -> None:
    """Refuse to give all frames where others are there than were declared."""
    declared = source.image.frames
    if lenient:
        return
    if source.items is None:
        short = native_bytes(source.image) - len(source.data)
        if short > 0:
            msg = f"the pixel data end {short} bytes before the last of {declared} frames does"
            raise TruncatedError(msg, frame=8 * len(source.data) // frame_bits(source.image))
    elif source.items.count != declared:
        msg = (
            f"{declared} frames are declared but {source.items.count} are there; "
            "the declared ones that are there can be read one by one"
        )
        raise InconsistentError(msg)


def _as_one(source: PixelSource, sample_color: SampleColor | None) -> Cells | None:
    """Take native frames that lie in a row as one tall frame, which may need no copy."""
    image = source.image
    if source.items is not None or image.bits_allocated % 8 or source.swapped:
        return None
    if image.planar and image.samples > 1:
        return None
    tall = replace(image, rows=image.rows * image.frames, frames=1)
    if native_bytes(tall) > len(source.data):
        return None
    whole = replace(source, image=tall)
    values = _decode(whole, 0, lenient=False, sample_color=sample_color).values
    return values.reshape(image.frames, image.rows, *values.shape[1:])


def _one_by_one(source: PixelSource, *, lenient: bool, sample_color: SampleColor | None) -> Cells:
    image = source.image
    shape = (image.frames, image.rows, image.columns, image.samples)
    try:
        # Zeros are handed out by the system when they are touched, not before.
        block = np.zeros(shape if image.samples > 1 else shape[:3], _dtype(image))
    except MemoryError:
        msg = f"there is not enough memory for {image.frames} frames at once"
        raise LimitError(msg) from None
    if source.items is None:
        # Frames that lie wholly behind the data's end are zeros already.
        there = -(-8 * len(source.data) // frame_bits(image))
    else:
        there = source.items.count
    for index in range(min(image.frames, there)):
        block[index] = _decode(source, index, lenient=lenient, sample_color=sample_color).values
    return block
