"""Masks of one picture: fractions, references, and what is no segmentation."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from tests.conftest import real_file
from tests.regions.oblique import AFFINE, GRID, LABELS, masks_of
from tests.segmentations import picture_on, segmentation, shapes

import dicomkit as dk


def test_fractions_are_what_is_stored_over_the_maximum() -> None:
    stored = np.zeros(GRID.shape, np.uint8)
    stored[2, 1, :5] = 25, 50, 51, 100, 255
    seg = segmentation({1: stored}, GRID, "FRACTIONAL")
    mask = dk.segment_masks(seg, picture_on(GRID, 2))[1]
    assert mask.dtype == np.float32
    np.testing.assert_array_equal(mask[1, :5], np.array([0.25, 0.5, 0.51, 1, 1], np.float32))
    np.testing.assert_array_equal(dk.segment_labels(seg, GRID)[2, 1, :5], [0, 0, 1, 1, 1])


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


def test_a_segmentation_that_was_changed_is_looked_at_anew() -> None:
    seg, picture = segmentation(masks_of(LABELS), GRID), picture_on(GRID, 1)
    assert list(dk.segment_masks(seg, picture)) == [1, 2, 3]
    seg.SegmentSequence = Sequence()
    seg.PerFrameFunctionalGroupsSequence = Sequence(seg.PerFrameFunctionalGroupsSequence)
    for group in seg.PerFrameFunctionalGroupsSequence:
        group.SegmentIdentificationSequence[0].ReferencedSegmentNumber = 5
    assert list(dk.segment_masks(seg, picture)) == [5]
