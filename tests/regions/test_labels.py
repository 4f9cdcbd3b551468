"""Segments as labels: overlaps, numbers, and what is no label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.regions.oblique import GRID, LABELS, masks_of
from tests.segmentations import picture_on, segmentation

import dicomkit as dk

if TYPE_CHECKING:
    from pydicom.dataset import Dataset


def overlapping() -> Dataset:
    low, high = np.zeros((2, *GRID.shape), bool)
    low[1, 1:4, 1:4], high[1, 2:5, 2:5] = True, True
    return segmentation({2: high, 1: low}, GRID)


def test_segments_that_overlap_are_refused_or_the_last_one_stays() -> None:
    seg = overlapping()
    with pytest.raises(dk.InconsistentError, match=r"segments \d and \d overlap") as refused:
        dk.segment_labels(seg, GRID)
    assert "overlap='last'" in str(refused.value)
    labels = dk.segment_labels(seg, GRID, overlap="last")
    assert (labels[1, 2:4, 2:4] == 2).all()
    assert np.count_nonzero(labels == 1) == 5
    labels = dk.segment_labels(seg, GRID, segments=[2, 1], overlap="last")
    assert (labels[1, 2:4, 2:4] == 1).all()
    assert np.count_nonzero(labels == 2) == 5
    for number in (1, 2):
        assert np.count_nonzero(dk.segment_labels(seg, GRID, segments=[number])) == 9
    masks = dk.segment_masks(seg, picture_on(GRID, 1))
    assert [mask.sum() for mask in masks.values()] == [9, 9]


def test_the_padding_of_a_label_map_is_background_and_no_other_number() -> None:
    labels = LABELS.copy()
    labels[labels == 0] = 9
    labels[0, 1, 1] = 200
    seg = segmentation({0: labels}, GRID, "LABELMAP", PixelPaddingValue=9)
    # It describes its background as well, as some do.
    assert [one.SegmentNumber for one in seg.SegmentSequence] == [1, 2, 3, 9, 200]
    assert [one.number for one in dk.segments(seg)] == [1, 2, 3, 200]
    del seg.SegmentSequence[-1]
    found = dk.segment_labels(seg, GRID)
    np.testing.assert_array_equal(found, np.where(labels == 9, 0, labels))
    # 200 is shown, although nothing describes it.
    assert list(dk.segment_masks(seg, picture_on(GRID, 0))) == [1, 2, 3, 200]
    assert list(dk.segment_masks(seg, picture_on(GRID, 1))) == [1, 2, 3]


def test_a_segment_of_number_0_is_no_background() -> None:
    seg = segmentation({0: LABELS}, GRID, "LABELMAP", PixelPaddingValue=3)
    masks = dk.segment_masks(seg, picture_on(GRID, 1))
    np.testing.assert_array_equal(masks[0], LABELS[1] == 0)
    with pytest.raises(dk.InconsistentError, match="number of the background"):
        dk.segment_labels(seg, GRID)
    found = dk.segment_labels(seg, GRID, segments=[2])
    np.testing.assert_array_equal(found, 2 * (LABELS == 2))


def test_only_segments_that_there_are_can_be_wanted() -> None:
    seg = segmentation(masks_of(LABELS), GRID)
    with pytest.raises(ValueError, match=r"no segment 4 .* there are 1, 2, 3"):
        dk.segment_labels(seg, GRID, segments=[4])
    with pytest.raises(ValueError, match="'refuse' or 'last'"):
        dk.segment_labels(seg, GRID, overlap="first")  # type: ignore[arg-type]
    assert not dk.segment_labels(seg, GRID, segments=[]).any()


def test_numbers_beyond_a_byte_take_two() -> None:
    seg = segmentation({300: LABELS == 1}, GRID)
    labels = dk.segment_labels(seg, GRID)
    assert labels.dtype == np.uint16
    np.testing.assert_array_equal(labels, 300 * (LABELS == 1).astype(int))


def test_the_labels_of_a_file_are_bounded() -> None:
    seg = segmentation(masks_of(LABELS), GRID)
    with pytest.raises(dk.LimitError, match="120 bytes"):
        dk.segment_labels(seg, GRID, limits=dk.Limits(total_bytes=100))


def without(seg: Dataset, keyword: str) -> Dataset:
    delattr(seg.PerFrameFunctionalGroupsSequence[0], keyword)
    return seg


def numbered(seg: Dataset, number: object) -> Dataset:
    seg.SegmentSequence[0].SegmentNumber = number
    return seg


BROKEN = {
    "a frame of no segment": lambda seg: without(seg, "SegmentIdentificationSequence"),
    "two segments of one number": lambda seg: numbered(seg, 1),
    "a segment without a number": lambda seg: numbered(seg, None),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_told_apart_is_refused(name: str) -> None:
    seg = BROKEN[name](segmentation(masks_of(LABELS), GRID))
    with pytest.raises(dk.InconsistentError):
        dk.segment_labels(seg, GRID)


def test_pixels_that_are_no_numbers_of_segments_are_refused() -> None:
    seg = segmentation({0: LABELS}, GRID, "LABELMAP", SegmentationType="SURFACE")
    with pytest.raises(dk.UnsupportedError, match="Segmentation Type"):
        dk.segment_labels(seg, GRID)
