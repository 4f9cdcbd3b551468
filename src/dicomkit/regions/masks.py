"""The segments of a segmentation as masks on one picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, SupportsIndex, TypeAlias

import numpy as np
import numpy.typing as npt

from dicomkit.dataset.elements.datasets import DatasetLike, dataset_of, error_context
from dicomkit.dataset.modules.places import frame_sources, picture_place
from dicomkit.dataset.modules.segmentation import (
    ALL_SEGMENTS,
    Segment,
    SegmentationLayout,
    read_layout,
    read_segments,
)
from dicomkit.errors import InconsistentError, LimitError
from dicomkit.image.image import Image, ImageLike, open_image, opened
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.regions.fitting import Fit, fit_frames, overlapping
from dicomkit.transforms.grid import Grid

if TYPE_CHECKING:
    from dicomkit.dataset.modules.places import FramePlaces
    from dicomkit.transforms.arrays import AnyArray

__all__ = ["Mask", "layout_of", "mask_of", "masks_on", "segment_masks", "segments"]

Mask: TypeAlias = npt.NDArray[np.bool_] | npt.NDArray[np.float32]

_HALF: Final = 0.5


def segments(ds: DatasetLike, /) -> tuple[Segment, ...]:
    """Say what the segments of a segmentation are (PS3.3 C.8.20.4).

    Parameters
    ----------
    ds : pydicom.dataset.Dataset or Image
        A segmentation, or its header alone.

    Returns
    -------
    tuple of Segment
        In the order of the file; of a label map without its background.

    Raises
    ------
    InconsistentError
        It is no segmentation, or its segments have no numbers to tell them apart.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> seg = dk.read_dataset(pydicom.data.get_testdata_file("liver_1frame.dcm"))
    >>> [(one.number, one.label, one.color) for one in dk.segments(seg)]
    [(1, 'Liver', (221, 130, 101))]
    """
    dataset = dataset_of(ds)
    with error_context(dataset):
        return read_segments(dataset)


def segment_masks(
    seg: ImageLike,
    ds: ImageLike,
    /,
    frame: SupportsIndex = 0,
    *,
    limits: Limits = DEFAULT_LIMITS,
) -> dict[int, Mask]:
    """Give the segments of a segmentation on one picture (PS3.3 C.8.20.2).

    Frames lie where their own plane position and orientation say, or on a slide their tile's
    place; never where their number would. A segmentation of other rows, columns or order of axes
    fits as long as its pixels are the picture's. What it has no frame for is background. Only a
    frame without a place is matched by the image that it says it was derived from.

    Parameters
    ----------
    seg : pydicom.dataset.Dataset or Image
        A segmentation: BINARY, FRACTIONAL or LABELMAP.
    ds : pydicom.dataset.Dataset or Image
        The picture: an image of the same patient, or a slide.
    frame : int
        Of the picture, counted from 0.
    limits : Limits
        As in `stored_values`, for both.

    Returns
    -------
    dict of int to numpy.ndarray, shape (rows, columns)
        By Segment Number, for every segment of the file: bool, or of a FRACTIONAL segmentation
        float32 from 0 to 1. Those of segments that are not on the picture are read-only.

    Raises
    ------
    InconsistentError
        The segmentation lies on another grid, between the picture's plane and the next, or in
        another Frame of Reference; or it is no segmentation.
    IndexError
        There is no such frame.
    LimitError
        The picture shows more segments than `limits` have room for.
    DicomKitError
        One of them is no image, or cannot be decoded.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> seg = dk.read_dataset(pydicom.data.get_testdata_file("liver.dcm"))
    >>> masks = dk.segment_masks(seg, seg, 1)
    >>> masks[1].shape, masks[1].sum() == dk.stored_values(seg, 1).sum()
    ((512, 512), np.True_)
    """
    source = open_image(seg, limits=limits)
    with opened(ds, limits=limits) as picture:
        return masks_on(source, picture, picture.index(frame))


def layout_of(seg: Image) -> SegmentationLayout:
    """Find out which segment each frame of a segmentation shows, and where."""
    return read_layout(seg.dataset, seg.description)


def masks_on(seg: Image, picture: Image, frame: int) -> dict[int, Mask]:
    """Do what `segment_masks` does, for images that are open."""
    with error_context(seg.dataset):
        layout = seg.remembered(layout_of)
        place = picture_place(picture.dataset, frame, len(picture), picture.limits)
        shape = (1, picture.description.rows, picture.description.columns)
        fractional = layout.kind == "FRACTIONAL"
        blank: Mask = np.zeros(shape, np.float32) if fractional else np.zeros(shape, np.bool_)
        # One for all segments that have nothing to show here.
        blank.flags.writeable = False
        masks = dict.fromkeys(layout.every_number, blank)
        for fit in _fits_of_picture(seg, layout, place, frame, len(picture)):
            stored = seg.frame(fit.frame).values
            numbers = _numbers(layout, fit.frame, stored)
            if len(numbers) * blank.nbytes > picture.limits.total_bytes:
                msg = (
                    f"{len(numbers)} masks of {blank.nbytes} bytes are over the limit of "
                    f"{picture.limits.total_bytes}: segment_labels gives one array of them"
                )
                raise LimitError(msg, frame=fit.frame)
            for number in numbers:
                drawn = masks.get(number, blank)
                if drawn is blank:
                    masks[number] = drawn = np.zeros_like(blank)
                parts = overlapping(fit, mask_of(layout, number, stored), drawn)
                if parts is not None:
                    np.maximum(*parts, out=parts[1])
    return {number: masks[number][0] for number in sorted(masks)}


def _numbers(layout: SegmentationLayout, frame: int, stored: AnyArray) -> list[int]:
    """List the segments that a frame shows: of a label map, those that it has any pixel of."""
    number = int(layout.numbers[frame])
    if number != ALL_SEGMENTS:
        return [number]
    labels = np.unique(stored)
    found: list[int] = labels[~layout.background.covers(labels)].tolist()
    return found


def mask_of(layout: SegmentationLayout, number: int, stored: AnyArray) -> Mask:
    """Give the pixels of a segment in a frame that shows it."""
    if layout.kind == "LABELMAP":
        return np.asarray(stored == number)
    if layout.kind == "FRACTIONAL":
        # PS3.3 C.8.20.2.3: the stored value over Maximum Fractional Value.
        return np.minimum(stored / np.float32(layout.most), 1, dtype=np.float32)
    return np.asarray(stored != 0)


def _fits_of_picture(
    seg: Image, layout: SegmentationLayout, place: FramePlaces, frame: int, frames: int
) -> list[Fit]:
    """Find the frames of a segmentation that lie on a picture."""
    places, found = layout.places, list[Fit]()
    unplaced = ~places.known
    if not place.known[0]:
        unplaced[:] = True
    elif not unplaced.all():
        references = {places.reference, place.reference} - {None}
        if len(references) > 1:
            msg = "the segmentation is in another Frame of Reference than the picture"
            raise InconsistentError(msg)
        found = fit_frames(places, _picture_grid(place, places))
    for index in np.flatnonzero(unplaced).tolist():
        source = frame_sources(seg.dataset, index)
        if source is None:
            msg = "nothing says where the frame lies: no place, nor the image that it is of"
            if places.known[index]:
                msg = "the picture has no place, and the frame does not say which image it is of"
            raise InconsistentError(msg, frame=index)
        uid, numbers = source
        if uid == place.instance and (frame in numbers or (frames == 1 and not numbers)):
            if places.shape != place.shape:
                msg = "the segmentation is of other rows and columns than the picture it is of"
                raise InconsistentError(msg, frame=index)
            found.append(Fit(index, (0, 0, 0), (0, 1, 0), (0, 0, 1)))
    return found


def _picture_grid(place: FramePlaces, places: FramePlaces) -> Grid:
    """Make a picture a grid of one slice, as thick as those of a segmentation."""
    across, down = place.across[0], place.down[0]
    normal = np.cross(across, down)
    normal /= np.linalg.norm(normal)
    first = int(np.argmax(places.known))
    sides = [places.across[first], places.down[first]]
    # Of frames that lie across the picture, a row or a column is the step.
    along = [abs(float(side @ normal)) / float(np.linalg.norm(side)) for side in sides]
    if max(along) > _HALF:
        step = float(np.linalg.norm(sides[int(np.argmax(along))]))
    else:
        lengths = (places.step or places.thickness, places.gap)
        step = min((length for length in lengths if length is not None), default=1.0)
    affine = np.eye(4)
    affine[:3] = np.stack([normal * step, down, across, place.origins[0]], axis=1)
    return Grid((1, *place.shape), affine)
