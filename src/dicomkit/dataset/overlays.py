"""Overlay planes: text and drawings that lie over an image (PS3.3 C.9.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.dataset.attributes import integer, integers, octets, text
from dicomkit.dataset.description import describe_image, pixel_keyword
from dicomkit.dataset.located import located
from dicomkit.dataset.pixels.reader import FrameReader
from dicomkit.errors import DicomKitError
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.notes import Note

if TYPE_CHECKING:
    import numpy.typing as npt
    from pydicom.dataset import Dataset

__all__ = ["Overlay", "overlays", "read_overlays"]

_FIRST_GROUP, _LAST_GROUP = 0x6000, 0x601E
# The elements of a group, by number: the dictionary has no keyword for one group alone.
_ROWS, _COLUMNS, _FRAMES, _DESCRIPTION = 0x0010, 0x0011, 0x0015, 0x0022
_TYPE, _ORIGIN, _FRAME_ORIGIN = 0x0040, 0x0050, 0x0051
_BITS_ALLOCATED, _BIT_POSITION, _LABEL, _DATA = 0x0100, 0x0102, 0x1500, 0x3000
_PAIR = 2


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """One overlay group.

    Attributes
    ----------
    group : int
        0x6000 to 0x601E.
    planes : numpy.ndarray of bool, shape (frames, rows, columns)
        Read-only.
    origin : (int, int)
        Row and column of its first pixel in the image, counted from 1; may lie outside.
    first_frame : int or None
        The image's frame that the first plane belongs to, counted from 0; None for a
        single plane of which the file does not say where it belongs: it lies over all.
    kind : str or None
        Overlay Type: ``"G"`` graphics, ``"R"`` region of interest.
    label, description : str or None

    Examples
    --------
    >>> plane = np.array([[[True, False]]])
    >>> overlay = Overlay(0x6000, plane, (1, 1), 0, "G", None, None)
    >>> overlay.plane(0), overlay.plane(1)
    (array([[ True, False]]), None)
    """

    group: int
    planes: npt.NDArray[np.bool_]
    origin: tuple[int, int]
    first_frame: int | None
    kind: str | None
    label: str | None
    description: str | None

    def plane(self, frame: int) -> npt.NDArray[np.bool_] | None:
        """Give the plane that lies over one of the image's frames, or None."""
        index = 0 if self.first_frame is None else frame - self.first_frame
        return self.planes[index] if 0 <= index < len(self.planes) else None


def overlays(ds: Dataset, /, *, limits: Limits = DEFAULT_LIMITS) -> tuple[Overlay, ...]:
    """Read the overlay planes of a dataset (PS3.3 C.9.2).

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
        Any dataset; overlays in unused bits of the pixel data are found as well.
    limits : Limits
        As in `stored_values`.

    Returns
    -------
    tuple of Overlay
        In the order of their groups. A broken group is left out.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("examples_overlay.dcm"))
    >>> [(hex(o.group), o.planes.shape, o.origin) for o in dk.overlays(ds)]
    [('0x6000', (1, 300, 484), (1, 1))]
    """
    with located(ds):
        return read_overlays(ds, limits)[0]


def read_overlays(
    ds: Dataset, limits: Limits = DEFAULT_LIMITS
) -> tuple[tuple[Overlay, ...], tuple[Note, ...]]:
    """Read the overlays, and note which groups are broken or say too little."""
    found: list[Overlay] = []
    notes: list[Note] = []
    for group in range(_FIRST_GROUP, _LAST_GROUP + 1, 2):
        base = group << 16
        if base | _ROWS not in ds:
            continue
        try:
            overlay = _read(ds, group, limits, notes)
        except DicomKitError as error:
            overlay = None
            reason = error.message
        else:
            reason = "its size, or the length of its data, is wrong"
        if overlay is None:
            notes.append(Note("overlay_ignored", f"overlay group {group:04X}: {reason}"))
        else:
            found.append(overlay)
    return tuple(found), tuple(notes)


def _read(ds: Dataset, group: int, limits: Limits, notes: list[Note]) -> Overlay | None:
    base = group << 16
    rows, columns = integer(ds, base | _ROWS), integer(ds, base | _COLUMNS)
    frames = integer(ds, base | _FRAMES) or 1
    first = integer(ds, base | _FRAME_ORIGIN)
    if not rows or not columns or min(rows, columns, frames) < 1:
        return None
    data = octets(ds, base | _DATA)
    if data is not None:
        planes = _unpacked(data, (frames, rows, columns))
    else:
        planes = _embedded(ds, base, (rows, columns), limits)
    if planes is None:
        return None
    planes.flags.writeable = False
    origin = integers(ds, base | _ORIGIN, signed=True)
    if len(origin) != _PAIR:
        message = f"overlay group {group:04X} has no origin: the image's first pixel assumed"
        notes.append(Note("overlay_origin_assumed", message))
        origin = (1, 1)
    return Overlay(
        group=group,
        planes=planes,
        origin=(origin[0], origin[1]),
        first_frame=None if first is None and len(planes) == 1 else (first or 1) - 1,
        kind=text(ds, base | _TYPE),
        label=text(ds, base | _LABEL),
        description=text(ds, base | _DESCRIPTION),
    )


def _unpacked(data: bytes, shape: tuple[int, int, int]) -> npt.NDArray[np.bool_] | None:
    size = shape[0] * shape[1] * shape[2]
    if len(data) * 8 < size:
        return None
    packed = np.frombuffer(data, np.uint8, -(-size // 8))
    bits = np.unpackbits(packed, count=size, bitorder="little")
    return bits.reshape(shape).astype(np.bool_)


def _embedded(
    ds: Dataset, base: int, shape: tuple[int, int], limits: Limits
) -> npt.NDArray[np.bool_] | None:
    """Take a plane out of a bit of the pixel data that no sample uses (retired)."""
    allocated, position = integer(ds, base | _BITS_ALLOCATED), integer(ds, base | _BIT_POSITION)
    if pixel_keyword(ds) is None or allocated is None or allocated <= 1 or position is None:
        return None
    image = describe_image(ds, limits)
    used = range(image.high_bit + 1 - image.bits_stored, image.high_bit + 1)
    same = allocated == image.bits_allocated and shape == (image.rows, image.columns)
    if not same or not 0 <= position < allocated or position in used or image.samples != 1:
        return None
    reader = FrameReader(ds, limits=limits)
    planes = np.empty((len(reader), *shape), np.bool_)
    for frame in range(len(reader)):
        planes[frame] = (reader.words(frame) >> position) & 1
    return planes
