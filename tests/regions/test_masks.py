"""Masks and labels: every pixel of a segmentation in its place."""

from __future__ import annotations

from itertools import permutations, product
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from tests.conftest import real_file
from tests.segmentations import picture_on, segmentation, shapes, slide, tiled

import dicomkit as dk

if TYPE_CHECKING:
    import numpy.typing as npt

# Oblique, no two sides or steps alike.
TURN = np.linalg.qr(np.array([[3.0, 1, 0.5], [-1, 2, 1], [0.2, -0.7, 3]]))[0]
STEPS = TURN * [2.5, 0.75, 0.5]
AFFINE = np.vstack([np.column_stack([STEPS, [-10.0, 20, 30]]), [0, 0, 0, 1]])
GRID = dk.Grid((4, 5, 6), AFFINE)
LABELS = shapes(GRID)
WAYS = list(product(permutations(range(3)), product((1, -1), repeat=3)))


def masks_of(labels: npt.NDArray[Any]) -> dict[int, npt.NDArray[np.bool_]]:
    return {number: labels == number for number in (3, 1, 2)}


def turned(
    grid: dk.Grid, labels: npt.NDArray[Any], axes: tuple[int, ...], signs: tuple[int, ...]
) -> tuple[dk.Grid, npt.NDArray[Any]]:
    """Give the same labels at the same places in arrays whose axes run another way."""
    affine = grid.affine.copy()
    steps = grid.affine[:3, :3][:, axes]
    shape = [grid.shape[axis] for axis in axes]
    array = labels.transpose(axes)
    for side, sign in enumerate(signs):
        if sign < 0:
            affine[:3, 3] += steps[:, side] * (shape[side] - 1)
            array = np.flip(array, side)
    affine[:3, :3] = steps * signs
    return dk.Grid(shape, affine), array


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


def test_fractions_are_what_is_stored_over_the_maximum() -> None:
    stored = np.zeros(GRID.shape, np.uint8)
    stored[2, 1, :5] = 25, 50, 51, 100, 255
    seg = segmentation({1: stored}, GRID, "FRACTIONAL")
    mask = dk.segment_masks(seg, picture_on(GRID, 2))[1]
    assert mask.dtype == np.float32
    np.testing.assert_array_equal(mask[1, :5], np.array([0.25, 0.5, 0.51, 1, 1], np.float32))
    np.testing.assert_array_equal(dk.segment_labels(seg, GRID)[2, 1, :5], [0, 0, 1, 1, 1])


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


def test_another_frame_of_reference_is_another_patient() -> None:
    picture = picture_on(GRID, 1, FrameOfReferenceUID="1.2.3")
    with pytest.raises(dk.InconsistentError, match="Frame of Reference"):
        dk.segment_masks(segmentation(masks_of(LABELS), GRID), picture)


def referring(seg: Dataset, uid: str, frames: list[int] | None = None) -> Dataset:
    """Let every frame say which image it was derived from."""
    for group in seg.PerFrameFunctionalGroupsSequence:
        source = Dataset()
        source.ReferencedSOPInstanceUID = uid
        if frames:
            source.ReferencedFrameNumber = frames
        derivation = Dataset()
        derivation.SourceImageSequence = Sequence([source])
        group.DerivationImageSequence = Sequence([derivation])
    return seg


def test_only_a_frame_without_a_place_is_matched_by_reference() -> None:
    picture = picture_on(GRID, 1)
    seg = segmentation({1: LABELS == 1}, dk.Grid((1, 5, 6), AFFINE))
    placed = referring(seg, picture.SOPInstanceUID)
    # It lies on slice 0, whatever it says that it was derived from.
    assert not dk.segment_masks(placed, picture)[1].any()
    for group in placed.PerFrameFunctionalGroupsSequence:
        del group.PlanePositionSequence
    np.testing.assert_array_equal(dk.segment_masks(placed, picture)[1], LABELS[0] == 1)
    assert not dk.segment_masks(placed, picture_on(GRID, 1))[1].any()
    with pytest.raises(dk.InconsistentError, match="no place in the patient"):
        dk.segment_labels(placed, GRID)
    del placed.PerFrameFunctionalGroupsSequence[0].DerivationImageSequence
    with pytest.raises(dk.InconsistentError, match="nothing says where the frame lies"):
        dk.segment_masks(placed, picture)


def test_a_picture_without_a_place_is_matched_by_reference() -> None:
    picture = picture_on(GRID, 1)
    del picture.ImagePositionPatient
    seg = segmentation({1: LABELS[:1] == 1}, dk.Grid((1, 5, 6), AFFINE))
    with pytest.raises(dk.InconsistentError, match="picture has no place"):
        dk.segment_masks(seg, picture)
    seg = referring(seg, picture.SOPInstanceUID)
    np.testing.assert_array_equal(dk.segment_masks(seg, picture)[1], LABELS[0] == 1)
    picture.Columns, picture.Rows = 5, 6
    with pytest.raises(dk.InconsistentError, match="other rows and columns"):
        dk.segment_masks(seg, picture)


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


def test_another_level_of_a_slide_is_another_grid() -> None:
    seg = tiled(masks_of(SLIDE), (16, 16))
    with pytest.raises(dk.InconsistentError, match="resample"):
        dk.segment_masks(seg, slide((35, 55), (20, 32), spacing=(0.001, 0.001)))


def test_a_colour_is_that_of_its_cielab_value() -> None:
    """As DCMTK's IODCIELabUtil gives it."""
    first, second, *_ = sorted(
        dk.segments(segmentation(masks_of(LABELS), GRID)), key=lambda one: one.number
    )
    assert (first.color, second.color) == ((255, 0, 0), None)


def test_planes_of_a_dose_are_where_its_offsets_say() -> None:
    dose = dk.read_dataset(real_file("rtdose.dcm"))
    (stack,) = dk.stacks(dose)
    assert stack.grid is not None
    labels = shapes(stack.grid)
    seg = segmentation(masks_of(labels), stack.grid, FrameOfReferenceUID=dose.FrameOfReferenceUID)
    for index, one in enumerate(stack.slices):
        for number, mask in dk.segment_masks(seg, dose, one.frame).items():
            np.testing.assert_array_equal(mask, labels[index] == number)


def test_nothing_lies_on_a_mosaic() -> None:
    """Its slices lie side by side: what is stated holds for one of them at most."""
    picture = picture_on(GRID, 1, ImageType=["ORIGINAL", "PRIMARY", "MOSAIC"])
    with pytest.raises(dk.InconsistentError, match="picture has no place"):
        dk.segment_masks(segmentation(masks_of(LABELS), GRID), picture)


def test_a_real_segmentation_is_what_its_frames_show() -> None:
    seg = dk.read_dataset(real_file("liver.dcm"))
    (liver,) = dk.segments(seg)
    assert (liver.number, liver.label, liver.algorithm) == (1, "Liver", "SEMIAUTOMATIC")
    assert str(liver.type) == "Liver"
    (stack,) = dk.stacks(seg)
    assert stack.grid is not None
    np.testing.assert_array_equal(dk.segment_labels(seg, stack.grid), dk.stored_values(seg))


def test_what_is_no_segmentation_is_none() -> None:
    picture = picture_on(GRID, 1)
    for call in (
        lambda: dk.segments(picture),
        lambda: dk.segment_masks(picture, picture),
        lambda: dk.segment_labels(picture, GRID),
    ):
        with pytest.raises(dk.InconsistentError, match="no segmentation"):
            call()


def test_the_labels_of_a_file_are_bounded() -> None:
    seg = segmentation(masks_of(LABELS), GRID)
    with pytest.raises(dk.LimitError, match="120 bytes"):
        dk.segment_labels(seg, GRID, limits=dk.Limits(total_bytes=100))


def test_a_segmentation_that_was_changed_is_looked_at_anew() -> None:
    seg, picture = segmentation(masks_of(LABELS), GRID), picture_on(GRID, 1)
    assert list(dk.segment_masks(seg, picture)) == [1, 2, 3]
    seg.SegmentSequence = Sequence()
    seg.PerFrameFunctionalGroupsSequence = Sequence(seg.PerFrameFunctionalGroupsSequence)
    for group in seg.PerFrameFunctionalGroupsSequence:
        group.SegmentIdentificationSequence[0].ReferencedSegmentNumber = 5
    assert list(dk.segment_masks(seg, picture)) == [5]


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


def test_tiles_that_do_not_make_a_slide_are_refused() -> None:
    seg = tiled(masks_of(SLIDE), (16, 16), full=True)
    seg.TotalPixelMatrixColumns = 4_000_000_000
    with pytest.raises(dk.InconsistentError, match="total pixel matrix"):
        dk.segment_masks(seg, slide(SLIDE.shape, (20, 32)))
    seg.TotalPixelMatrixColumns = 1
    seg.SegmentSequence = seg.SegmentSequence[:1]
    with pytest.raises(dk.InconsistentError):
        dk.segment_masks(seg, slide(SLIDE.shape, (20, 32)))


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
