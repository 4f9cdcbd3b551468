"""Segmentations of slides, tile by tile."""

from __future__ import annotations

import numpy as np
import pytest
from tests.regions.oblique import GRID, LABELS, masks_of
from tests.segmentations import picture_on, segmentation, slide, tiled

import dicomkit as dk

SLIDE = np.zeros((70, 110), np.uint8)
SLIDE[:] = np.random.default_rng(2).integers(0, 4, SLIDE.shape)
SLIDE[16:32, 32:48] = 0


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
@pytest.mark.parametrize("tile", [(16, 16), (32, 24), (70, 110)])
def test_tiles_are_in_place_whatever_the_other_tiles_are(
    tile: tuple[int, int], kind: str, *, full: bool
) -> None:
    given = {0: SLIDE} if kind == "LABELMAP" else masks_of(SLIDE)
    seg = dk.open_image(tiled(given, tile, kind, full=full))
    picture = slide(SLIDE.shape, (20, 32))
    whole = np.pad(SLIDE, [(0, 10), (0, 18)])
    for frame in range(picture.NumberOfFrames):
        top, left = 20 * (frame // 4), 32 * (frame % 4)
        for number, mask in dk.segment_masks(seg, picture, frame).items():
            expected = whole[top : top + 20, left : left + 32] == number
            np.testing.assert_array_equal(mask, expected)


def test_tiles_of_a_picture_in_a_patient_lie_there() -> None:
    seg = segmentation(masks_of(LABELS), GRID, TotalPixelMatrixRows=5, TotalPixelMatrixColumns=6)
    masks = dk.segment_masks(seg, picture_on(GRID, 2))
    np.testing.assert_array_equal(masks[2], LABELS[2] == 2)


def test_another_level_of_a_slide_is_another_grid() -> None:
    seg = tiled(masks_of(SLIDE), (16, 16))
    with pytest.raises(dk.InconsistentError, match="resample"):
        dk.segment_masks(seg, slide((35, 55), (20, 32), spacing=(0.001, 0.001)))


def test_tiles_that_do_not_make_a_slide_are_refused() -> None:
    seg = tiled(masks_of(SLIDE), (16, 16), full=True)
    seg.TotalPixelMatrixColumns = 4_000_000_000
    with pytest.raises(dk.InconsistentError, match="total pixel matrix"):
        dk.segment_masks(seg, slide(SLIDE.shape, (20, 32)))
    seg.TotalPixelMatrixColumns = 1
    seg.SegmentSequence = seg.SegmentSequence[:1]
    with pytest.raises(dk.InconsistentError):
        dk.segment_masks(seg, slide(SLIDE.shape, (20, 32)))
