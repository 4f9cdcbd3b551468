"""Grids that are another's, in all the ways that axes can run; and those that are not."""

from __future__ import annotations

import numpy as np
import pytest
from tests.regions.oblique import AFFINE, GRID, LABELS, WAYS, masks_of, turned
from tests.segmentations import picture_on, segmentation, shapes

import dicomkit as dk


@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP", "FRACTIONAL"])
@pytest.mark.parametrize(("axes", "signs"), WAYS)
def test_labels_are_in_place_in_all_48_ways(
    kind: str, axes: tuple[int, ...], signs: tuple[int, ...]
) -> None:
    grid, labels = turned(GRID, LABELS, axes, signs)
    if kind == "LABELMAP":
        seg = segmentation({0: labels}, grid, kind)
    elif kind == "FRACTIONAL":
        seg = segmentation({n: 80 * mask for n, mask in masks_of(labels).items()}, grid, kind)
    else:
        seg = segmentation(masks_of(labels), grid)
    found = dk.segment_labels(seg, GRID)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, LABELS)


@pytest.mark.parametrize(("axes", "signs"), WAYS)
def test_masks_of_a_picture_are_in_place_in_all_48_ways(
    axes: tuple[int, ...], signs: tuple[int, ...]
) -> None:
    seg = dk.open_image(segmentation(masks_of(LABELS), GRID))
    grid, labels = turned(GRID, LABELS, axes, signs)
    for k in range(grid.shape[0]):
        masks = dk.segment_masks(seg, picture_on(grid, k))
        assert list(masks) == [1, 2, 3]
        for number, mask in masks.items():
            assert mask.dtype == np.bool_
            np.testing.assert_array_equal(mask, labels[k] == number)


def test_a_sheared_grid_has_its_labels() -> None:
    """Each slice of a tilted gantry lies beside the last one's normal."""
    affine = AFFINE.copy()
    affine[:3, 0] += 0.4 * affine[:3, 1]
    grid = dk.Grid(GRID.shape, affine)
    assert grid.sheared
    seg = segmentation(masks_of(LABELS), grid)
    np.testing.assert_array_equal(dk.segment_labels(seg, grid), LABELS)
    for k in range(grid.shape[0]):
        np.testing.assert_array_equal(dk.segment_masks(seg, picture_on(grid, k))[3], LABELS[k] == 3)
    with pytest.raises(dk.InconsistentError, match="resample"):
        dk.segment_labels(seg, GRID)


def test_a_grid_may_reach_less_far_or_farther() -> None:
    seg = segmentation(masks_of(LABELS), GRID)
    inner = AFFINE.copy()
    inner[:3, 3] = GRID.to_patient((1, 2, 1))
    np.testing.assert_array_equal(
        dk.segment_labels(seg, dk.Grid((2, 3, 4), inner)), LABELS[1:3, 2:5, 1:5]
    )
    outer = AFFINE.copy()
    outer[:3, 3] = GRID.to_patient((-2, -1, -3))
    labels = dk.segment_labels(seg, dk.Grid((9, 8, 10), outer))
    np.testing.assert_array_equal(labels[2:6, 1:6, 3:9], LABELS)
    assert np.count_nonzero(labels) == np.count_nonzero(LABELS)
    outer[:3, 3] = GRID.to_patient((40, 0, 0))
    assert not dk.segment_labels(seg, dk.Grid((9, 8, 10), outer)).any()


def moved(by: tuple[float, float, float]) -> dk.Grid:
    affine = AFFINE.copy()
    affine[:3, 3] = GRID.to_patient(by)
    return dk.Grid(GRID.shape, affine)


@pytest.mark.parametrize("axis", range(3))
def test_a_thousandth_of_a_voxel_is_rounding_and_two_are_another_grid(axis: int) -> None:
    seg = segmentation(masks_of(LABELS), GRID)
    near, far = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
    near[axis], far[axis] = 0.0009, 0.002
    np.testing.assert_array_equal(dk.segment_labels(seg, moved(tuple(near))), LABELS)  # type: ignore[arg-type]
    with pytest.raises(dk.InconsistentError, match="resample"):
        dk.segment_labels(seg, moved(tuple(far)))  # type: ignore[arg-type]
    with pytest.raises(dk.InconsistentError, match="resample"):
        dk.segment_masks(seg, picture_on(moved(tuple(far)), 1))  # type: ignore[arg-type]


OTHER_GRIDS = {
    "columns of another width": np.diag([1, 1, 1.01]),
    "rows of another height": np.diag([1, 2.0, 1]),
    "thinner slices": np.diag([0.5, 1, 1]),
    "thicker slices": np.diag([3, 1, 1]),
    "turned by a degree": np.array([[1, 0, 0], [0, 0.99985, 0.01745], [0, -0.01745, 0.99985]]),
    "turned out of the plane": np.array([[1, 0.05, 0], [0, 1, 0], [0, 0, 1]]),
}


@pytest.mark.parametrize("name", OTHER_GRIDS)
def test_another_grid_is_refused(name: str) -> None:
    affine = AFFINE.copy()
    affine[:3, :3] = AFFINE[:3, :3] @ OTHER_GRIDS[name]
    with pytest.raises(dk.InconsistentError, match="resample"):
        dk.segment_labels(segmentation(masks_of(LABELS), GRID), dk.Grid(GRID.shape, affine))


def test_frames_that_lie_two_slices_apart_are_no_stripes() -> None:
    """Every frame lies on a slice, but the segmentation's own slices are twice as thick."""
    affine = AFFINE.copy()
    affine[:3, 0] *= 2
    coarse = dk.Grid((3, 5, 6), affine)
    labels = shapes(coarse)
    fine = dk.Grid((6, 5, 6), AFFINE)
    stated = segmentation(masks_of(labels), coarse)
    unstated = segmentation(masks_of(labels), coarse)
    del unstated.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].SpacingBetweenSlices
    for seg in (stated, unstated):
        with pytest.raises(dk.InconsistentError, match="resample"):
            dk.segment_labels(seg, fine)
        # On a plane of its own, it has all there is to show; between two, nothing can be known.
        assert dk.segment_masks(seg, picture_on(fine, 2))[1].any()
        with pytest.raises(dk.InconsistentError, match="resample"):
            dk.segment_masks(seg, picture_on(fine, 1))


def test_frames_that_are_left_out_are_background() -> None:
    mask = np.zeros(GRID.shape, bool)
    mask[[0, 3], 2, 3] = True
    seg = segmentation({7: mask}, GRID)
    assert seg.NumberOfFrames == 2
    np.testing.assert_array_equal(dk.segment_labels(seg, GRID), 7 * mask)
    assert not dk.segment_masks(seg, picture_on(GRID, 1))[7].any()
    assert dk.segment_masks(seg, picture_on(GRID, 3))[7].sum() == 1


def test_what_frames_show_alone_says_how_far_apart_they_are() -> None:
    """A wrong Spacing Between Slices is no reason to refuse what lies on every slice."""
    seg = segmentation(masks_of(LABELS), GRID, step=7)
    np.testing.assert_array_equal(dk.segment_labels(seg, GRID), LABELS)


@pytest.mark.parametrize("far", ["1e300", "1e30", "-9e15", "1e9"])
def test_what_lies_out_of_this_world_is_on_no_picture(far: str) -> None:
    seg = segmentation({1: LABELS == 1}, GRID)
    for group in seg.PerFrameFunctionalGroupsSequence:
        group.PlanePositionSequence[0].ImagePositionPatient = [far, far, far]
    try:
        masks = dk.segment_masks(seg, picture_on(GRID, 1))
    except dk.InconsistentError:
        return
    assert not masks[1].any()
