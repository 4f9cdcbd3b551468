"""The segments of a segmentation as masks: on one picture, or on a grid."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, Literal, SupportsIndex, TypeAlias

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
    from collections.abc import Sequence

    from dicomkit.dataset.modules.places import FramePlaces
    from dicomkit.transforms.arrays import AnyArray

__all__ = ["Mask", "Overlap", "layout_of", "segment_labels", "segment_masks", "segments"]

Mask: TypeAlias = npt.NDArray[np.bool_] | npt.NDArray[np.float32]
Overlap: TypeAlias = Literal["refuse", "last"]

_HALF: Final = 0.5
_BYTE: Final = 255
_NUMBERS: Final = 1 << 16


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
        blank: Mask = np.zeros(shape, np.float32 if layout.kind == "FRACTIONAL" else np.bool_)
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
                parts = overlapping(fit, _mask(layout, number, stored), drawn)
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


def _mask(layout: SegmentationLayout, number: int, stored: AnyArray) -> Mask:
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


def segment_labels(
    seg: ImageLike,
    grid: Grid,
    /,
    *,
    segments: Sequence[int] | None = None,
    overlap: Overlap = "refuse",
    limits: Limits = DEFAULT_LIMITS,
) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
    """Give the segments of a segmentation as one array of labels on a grid (PS3.3 C.8.20.2).

    Frames lie where their own plane position and orientation say, in whatever order. The grid may
    run the other way, have its axes in another order, and reach farther or less far.

    Parameters
    ----------
    seg : pydicom.dataset.Dataset or Image
        A segmentation: BINARY, FRACTIONAL or LABELMAP.
    grid : Grid
        Such as ``volume.grid``, in the same Frame of Reference.
    segments : sequence of int, optional
        The numbers of those that are wanted; by default all of them.
    overlap : {"refuse", "last"}
        What a voxel of two segments is: an error, or of the one that stands last in `segments`,
        by default the highest number. One number at a time gives masks that may overlap.
    limits : Limits
        ``total_bytes`` bounds the result.

    Returns
    -------
    numpy.ndarray of uint8 or uint16, shape of the grid
        Segment Numbers; 0 is background. Of a FRACTIONAL segmentation, a voxel is of the segment
        that has more than half of it.

    Raises
    ------
    InconsistentError
        The segmentation lies on another grid: `resample` is for the caller to choose. Or segments
        overlap, a frame has no place, or it is no segmentation.
    ValueError
        There is no such segment, or no such way with overlaps.
    LimitError
        The result would take more memory than `limits` allow.
    DicomKitError
        It cannot be decoded.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> path = pydicom.data.get_testdata_file("liver.dcm")
    >>> labels = dk.segment_labels(dk.read_dataset(path), dk.stacks(path)[0].grid)
    >>> labels.shape, labels.dtype, labels.max()
    ((3, 512, 512), dtype('uint8'), np.uint8(1))
    """
    if overlap not in ("refuse", "last"):
        msg = f"overlap is 'refuse' or 'last', not {overlap!r}"
        raise ValueError(msg)
    with opened(seg, limits=limits) as image:
        layout = image.remembered(layout_of)
        ranks = _ranks(image, layout, segments)
        dtype = np.dtype(np.uint16 if np.flatnonzero(ranks).max(initial=0) > _BYTE else np.uint8)
        if math.prod(grid.shape) * dtype.itemsize > limits.total_bytes:
            msg = (
                f"the labels take {math.prod(grid.shape) * dtype.itemsize} bytes, over the limit "
                f"of {limits.total_bytes}; pass a larger Limits(total_bytes=...) if that is meant"
            )
            raise LimitError(msg)
        labels = np.zeros(grid.shape, dtype)
        for fit in _fits_of_grid(layout, grid, ranks):
            stored = image.frame(fit.frame).values
            if segments is None:
                _check_no_zero(layout, stored)
            values = _labels(layout, fit.frame, stored, dtype)
            if segments is not None and layout.kind == "LABELMAP":
                values[ranks[values] == 0] = 0
            parts = overlapping(fit, values, labels)
            if parts is not None:
                _add(*parts, ranks, overlap)
        return labels


def _ranks(
    image: Image, layout: SegmentationLayout, given: Sequence[int] | None
) -> npt.NDArray[np.int32]:
    """Rank all numbers that a segment can have: 0 is not wanted, and a higher rank comes later.

    Raises
    ------
    ValueError
        There is no segment of a number that is given.
    """
    ranks = np.zeros(_NUMBERS, np.int32)
    known = layout.every_number
    if given is None:
        # Values that no segment describes are shown all the same.
        labelled = range(image.description.stored_range[1] + 1)
        numbers = np.array(labelled if layout.kind == "LABELMAP" else known, np.intp)
        ranks[numbers] = numbers
        return ranks
    for rank, number in enumerate(given, 1):
        if number not in known or number == 0:
            msg = f"there is no segment {number} to label; there are {', '.join(map(str, known))}"
            raise ValueError(msg)
        ranks[number] = rank
    return ranks


def _fits_of_grid(
    layout: SegmentationLayout, grid: Grid, ranks: npt.NDArray[np.int32]
) -> list[Fit]:
    """Find the frames of the segments that are wanted on a grid."""
    wanted = (layout.numbers == ALL_SEGMENTS) | (ranks[layout.numbers] > 0)
    lost = wanted & ~layout.places.known
    if lost.any():
        msg = "the frame has no place in the patient: segment_masks gives it by the image it is of"
        raise InconsistentError(msg, frame=int(np.argmax(lost)))
    return fit_frames(layout.places, grid, np.flatnonzero(wanted))


def _check_no_zero(layout: SegmentationLayout, stored: AnyArray) -> None:
    low, high = layout.background.low, layout.background.high
    if layout.kind == "LABELMAP" and not low <= 0 <= high and not stored.all():
        msg = "a segment has the number of the background of labels, 0: take masks"
        raise InconsistentError(msg)


def _labels(
    layout: SegmentationLayout, frame: int, stored: AnyArray, dtype: np.dtype[Any]
) -> AnyArray:
    """Give the numbers of the segments that a frame shows; 0 elsewhere."""
    if layout.kind == "LABELMAP":
        return np.where(layout.background.covers(stored), stored.dtype.type(0), stored)
    mask = _mask(layout, int(layout.numbers[frame]), stored)
    labels: AnyArray = (mask > _HALF) * dtype.type(layout.numbers[frame])
    return labels


def _add(
    values: AnyArray,
    labels: AnyArray,
    ranks: npt.NDArray[np.int32],
    overlap: Overlap,
) -> None:
    """Put a frame's labels where there are none, or ones that come before."""
    shown = values != 0
    taken = shown & (labels != 0)
    if taken.any() and (taken := taken & (labels != values)).any():
        if overlap == "refuse":
            one, other = int(labels[taken][0]), int(values[taken][0])
            msg = (
                f"segments {one} and {other} overlap: overlap='last' lets one of them win, and "
                f"segments=[{other}] gives one alone"
            )
            raise InconsistentError(msg)
        shown &= ~(taken & (ranks[labels] > ranks[values]))
    np.copyto(labels, values, casting="unsafe", where=shown)
