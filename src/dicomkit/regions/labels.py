"""The segments of a segmentation as one array of labels on a grid."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from dicomkit.dataset.modules.segmentation import ALL_SEGMENTS
from dicomkit.errors import InconsistentError, LimitError
from dicomkit.image.image import ImageLike, opened
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.regions.fitting import Fit, fit_frames, overlapping
from dicomkit.regions.masks import layout_of, mask_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from dicomkit.dataset.modules.segmentation import SegmentationLayout
    from dicomkit.image.image import Image
    from dicomkit.transforms.arrays import AnyArray
    from dicomkit.transforms.grid import Grid

__all__ = ["Overlap", "segment_labels"]

Overlap: TypeAlias = Literal["refuse", "last"]

_HALF: Final = 0.5
_BYTE: Final = 255
_NUMBERS: Final = 1 << 16


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
        labels: AnyArray = np.zeros(grid.shape, dtype)
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
    mask = mask_of(layout, int(layout.numbers[frame]), stored)
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
