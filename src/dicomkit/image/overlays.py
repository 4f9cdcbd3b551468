"""Overlay planes: text and drawings that lie over an image (PS3.3 C.9.2)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, SupportsIndex

import numpy as np

from dicomkit.dataset.elements.datasets import error_context
from dicomkit.dataset.modules.overlays import overlay_groups
from dicomkit.errors import DicomKitError
from dicomkit.image.image import Image, ImageLike, frame_number, open_image
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.notes import Note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt

    from dicomkit.dataset.modules.overlays import OverlayGroup

__all__ = ["Overlay", "bitmap_plane", "laid_over", "overlays", "read_overlays"]


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

    def plane(self, frame: SupportsIndex) -> npt.NDArray[np.bool_] | None:
        """Give the plane that lies over one of the image's frames, or None."""
        number = frame_number(frame)
        index = 0 if self.first_frame is None else number - self.first_frame
        return self.planes[index] if 0 <= index < len(self.planes) else None


def overlays(
    ds: ImageLike, /, *, lenient: bool = False, limits: Limits = DEFAULT_LIMITS
) -> tuple[Overlay, ...]:
    """Read the overlay planes of a dataset (PS3.3 C.9.2).

    Parameters
    ----------
    ds : pydicom.dataset.Dataset or Image
        Any dataset; overlays in unused bits of the pixel data are found as well.
    lenient, limits
        As in `stored_values`, for overlays in the pixel data.

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
    return read_overlays(ds, lenient=lenient, limits=limits)[0]


def read_overlays(
    ds: ImageLike,
    frame: int | None = None,
    *,
    lenient: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> tuple[tuple[Overlay, ...], tuple[Note, ...]]:
    """Read the overlays, of one frame as far as planes lie in the pixel data.

    The notes say which groups are broken or say too little.
    """
    source = ds.dataset if isinstance(ds, Image) else ds
    # A dataset without pixels may have overlays.
    opener = partial(open_image, ds, lenient=lenient, limits=limits)
    found: list[Overlay] = []
    notes: list[Note] = []
    with error_context(source):
        for group in overlay_groups(source, notes):
            reason = "its size, or the length of its data, is wrong"
            try:
                overlay = _read(group, frame, opener)
            except DicomKitError as error:
                overlay, reason = None, error.message
            if overlay is None:
                notes.append(Note("overlay_ignored", f"overlay group {group.group:04X}: {reason}"))
            else:
                found.append(overlay)
    return tuple(found), tuple(notes)


def laid_over(overlay: Overlay, frame: int, shape: tuple[int, int]) -> npt.NDArray[np.bool_] | None:
    """Give an overlay's plane as a mask of one of the image's frames; None where it has none."""
    plane = overlay.plane(frame)
    if plane is None:
        return None
    rows, columns = shape
    # Row and column of the plane's first pixel in the image, counted from 0.
    top, left = overlay.origin[0] - 1, overlay.origin[1] - 1
    inside = plane[max(-top, 0) : max(rows - top, 0), max(-left, 0) : max(columns - left, 0)]
    top, left = max(top, 0), max(left, 0)
    mask = np.zeros(shape, np.bool_)
    mask[top : top + inside.shape[0], left : left + inside.shape[1]] = inside
    return mask


def bitmap_plane(
    bitmaps: Iterable[OverlayGroup], group: int, image: Image, frame: int
) -> npt.NDArray[np.bool_] | None:
    """Give a bitmap of a presentation state as a mask of a frame; None where it is not usable."""
    found = next((one for one in bitmaps if one.group == group), None)
    if found is None or found.data is None:
        return None
    if found.rows * found.columns * found.frames > image.limits.frame_bytes:
        return None
    overlay = _read(found, frame, lambda: image)
    shape = image.description.rows, image.description.columns
    return None if overlay is None else laid_over(overlay, frame, shape)


def _read(group: OverlayGroup, frame: int | None, opener: Callable[[], Image]) -> Overlay | None:
    if group.data is not None:
        planes = _unpacked(group.data, (group.frames, group.rows, group.columns))
        anywhere = group.first_frame is None and group.frames == 1
        first = None if anywhere else (group.first_frame or 1) - 1
    else:
        planes = _embedded(opener(), group, frame)
        first = frame or 0
    if planes is None:
        return None
    planes.flags.writeable = False
    return Overlay(
        group=group.group,
        planes=planes,
        origin=group.origin,
        first_frame=first,
        kind=group.kind,
        label=group.label,
        description=group.description,
    )


def _unpacked(data: bytes, shape: tuple[int, int, int]) -> npt.NDArray[np.bool_] | None:
    size = shape[0] * shape[1] * shape[2]
    if len(data) * 8 < size:
        return None
    packed = np.frombuffer(data, np.uint8, -(-size // 8))
    bits = np.unpackbits(packed, count=size, bitorder="little")
    return bits.reshape(shape).astype(np.bool_)


def _embedded(image: Image, group: OverlayGroup, frame: int | None) -> npt.NDArray[np.bool_] | None:
    """Take planes out of a bit of the pixel data that no sample uses (retired)."""
    described, position = image.description, group.bit_position
    if group.bits_allocated != described.bits_allocated or position is None:
        return None
    used = range(described.high_bit + 1 - described.bits_stored, described.high_bit + 1)
    shape = (described.rows, described.columns)
    same = (group.rows, group.columns) == shape and described.samples == 1
    if not same or not 0 <= position < described.bits_allocated or position in used:
        return None
    frames = range(len(image)) if frame is None else (frame,)
    planes = np.empty((len(frames), *shape), np.bool_)
    for plane, index in zip(planes, frames, strict=True):
        plane[...] = (image.frames.words(index) >> position) & 1
    return planes
