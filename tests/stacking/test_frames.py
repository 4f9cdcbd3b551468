"""Frames of multi-frame images: whose words count, and vectors in place of positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from tests.stacking.made import codes, lengths, shuffled
from tests.volumes import AXIAL, classic, enhanced, sampled_errors, turned

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Sequence as Many


def test_frames_of_an_enhanced_image_are_ordered_in_space() -> None:
    frames = shuffled(
        classic(n, (n, 2 * n, 3 * n), orientation=turned(10), modality="MR",
                RescaleSlope=n, RescaleIntercept=-n)
        for n in range(1, 11)
    )  # fmt: skip
    volume = dk.read_volume(enhanced(frames))
    assert max(sampled_errors(volume, frames)) < 0.002
    assert [one.frame for one in volume.slices if one] != list(range(10))


def test_a_shared_group_stands_for_every_frame_and_the_file_for_the_rest() -> None:
    frames = [classic(n, (0, 0, n), modality="MR") for n in range(4)]
    ds = enhanced(frames)
    for group in ds.PerFrameFunctionalGroupsSequence:
        del group.PlaneOrientationSequence
        del group.PixelMeasuresSequence
    orientation = Dataset()
    orientation.ImageOrientationPatient = list(AXIAL)
    ds.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence = Sequence([orientation])
    ds.PixelSpacing = [0.75, 0.5]
    assert max(sampled_errors(dk.read_volume(ds), frames)) < 1e-9


def test_what_a_frames_macro_lacks_the_shared_one_has() -> None:
    frames = [classic(n, (0, 0, n), modality="MR") for n in range(4)]
    ds = enhanced(frames)
    shared = Dataset()
    shared.PixelSpacing = [0.75, 0.5]
    ds.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence = Sequence([shared])
    for group in ds.PerFrameFunctionalGroupsSequence:
        own = Dataset()
        own.SliceThickness = 1
        group.PixelMeasuresSequence = Sequence([own])
    assert max(sampled_errors(dk.read_volume(ds), frames)) < 1e-9


def with_dimensions(frames: list[Dataset], pointers: Many[tuple[int, int | None]]) -> Dataset:
    ds = enhanced(frames)
    ds.DimensionIndexSequence = Sequence()
    for tag, group in pointers:
        item = Dataset()
        item.DimensionIndexPointer = tag
        if group is not None:
            item.FunctionalGroupPointer = group
        ds.DimensionIndexSequence.append(item)
    return ds


def test_a_files_own_dimensions_tell_its_volumes_apart() -> None:
    frames = [
        classic(10 * i + n, (0, 0, n), modality="MR", DiffusionBValue=b,
                EffectiveEchoTime=80.0, DimensionIndexValues=[1, n + 1, i + 1])
        for i, b in enumerate((0.0, 700.0))
        for n in range(5)
    ]  # fmt: skip
    pointers = [(0x00209056, 0x00209111), (0x00209057, 0x00209111), (0x00189087, 0x00189117)]
    found = dk.stacks(with_dimensions(shuffled(frames), pointers))
    assert [stack.key for stack in found] == [
        (("DiffusionBValue", "0"),),
        (("DiffusionBValue", "700"),),
    ]


def test_a_private_dimension_is_a_dimension() -> None:
    frames = [
        classic(10 * i + n, (0, 0, n), modality="MR", DimensionIndexValues=[n + 1, i + 1])
        for i in range(3)
        for n in range(5)
    ]
    ds = with_dimensions(shuffled(frames), [(0x00209057, 0x00209111), (0x20051413, None)])
    found = dk.stacks(ds)
    assert [stack.label for stack in found] == ["dimension 2 1", "dimension 2 2", "dimension 2 3"]


def test_frames_without_positions_lie_spacing_between_slices_apart() -> None:
    ds = classic(1, (5, 6, 7), SpacingBetweenSlices=-4)
    ds.NumberOfFrames, ds.PixelData = 3, 3 * ds.PixelData
    (stack,) = dk.stacks(ds)
    assert stack.grid is not None
    # A negative step leads against the normal; slices are in the order of space.
    assert [one.frame for one in stack.slices] == [2, 1, 0]
    assert stack.grid.origin == (5, 6, -1)
    assert codes(stack.notes) == {"positions_assumed"}


# In time; by detector and angle, as projections are (C.8.4.8).
@pytest.mark.parametrize("pointer", [0x00181063, [0x00540020, 0x00540090]])
def test_a_loop_of_frames_is_at_one_place(pointer: int | list[int]) -> None:
    ds = classic(1, (5, 6, 7), SpacingBetweenSlices=4, FrameIncrementPointer=pointer)
    ds.NumberOfFrames, ds.PixelData = 3, 3 * ds.PixelData
    assert lengths([ds]) == [1, 1, 1]


@pytest.mark.parametrize("start", [0.0, 7.0])
def test_dose_planes_lie_where_the_offset_vector_says(start: float) -> None:
    ds = classic(1, (5, 6, 7), GridFrameOffsetVector=[start + 3 * n for n in range(4)])
    ds.NumberOfFrames, ds.PixelData = 4, 4 * ds.PixelData
    (stack,) = dk.stacks(ds)
    assert stack.grid is not None
    assert stack.grid.origin == (5, 6, 7)
    assert stack.grid.spacing[0] == 3
    assert stack.notes == ()


def test_slices_of_nuclear_medicine_lie_by_their_vector() -> None:
    ds = classic(1, (5, 6, 7), SpacingBetweenSlices=4, SliceVector=[3, 1, 2])
    detector = Dataset()
    detector.ImagePositionPatient = ds.ImagePositionPatient
    detector.ImageOrientationPatient = ds.ImageOrientationPatient
    ds.DetectorInformationSequence = Sequence([detector])
    del ds.ImagePositionPatient, ds.ImageOrientationPatient
    ds.NumberOfFrames, ds.PixelData = 3, 3 * ds.PixelData
    (stack,) = dk.stacks(ds)
    assert [one.frame for one in stack.slices] == [1, 2, 0]


@pytest.mark.parametrize(
    ("orientation", "upward"),
    [
        ((1, 0, 0, 0, 1, 0), 1),
        ((-1, 0, 0, 0, -1, 0), 1),
        # Seen from the head, as of one who lies feet first.
        ((-1, 0, 0, 0, 1, 0), -1),
        ((1, 0, 0, 0, -1, 0), -1),
    ],
)
@pytest.mark.parametrize("step", [3, -3])
def test_offsets_of_dose_planes_are_distances_or_z(
    orientation: tuple[int, ...], upward: int, step: int
) -> None:
    for start in (0, -50):
        ds = classic(1, (5, 6, -50), orientation=orientation)
        ds.GridFrameOffsetVector = [start + step * n for n in range(3)]
        ds.NumberOfFrames, ds.PixelData = 3, 3 * ds.PixelData
        planes = [dk.frame_plane(ds, frame) for frame in range(3)]
        found = [plane.position[2] for plane in planes if plane is not None]
        # From 0 on, along the normal; else what the vector says is z (C.8.8.3.2).
        along = upward if start == 0 else 1
        assert found == [-50, -50 + along * step, -50 + 2 * along * step]


def test_offsets_that_begin_anywhere_are_noted() -> None:
    ds = classic(1, (5, 6, 7), GridFrameOffsetVector=[20, 23])
    ds.NumberOfFrames, ds.PixelData = 2, 2 * ds.PixelData
    (stack,) = dk.stacks(ds)
    assert codes(stack.notes) == {"positions_assumed"}
    assert stack.grid is not None
    assert stack.grid.origin == (5, 6, 7)


def test_segments_are_no_volume_together() -> None:
    places = [(1, n) for n in range(5)] + [(2, n) for n in range(5, 9)] + [(3, 4), (3, 5)]
    ds = enhanced([classic(n, (0, 0, 2 * n)) for _, n in places])
    for group, (segment, _) in zip(ds.PerFrameFunctionalGroupsSequence, places, strict=True):
        item = Dataset()
        item.ReferencedSegmentNumber = segment
        group.SegmentIdentificationSequence = Sequence([item])
    found = dk.stacks(ds)
    assert [(stack.label, len(stack)) for stack in found] == [
        ("segment 1", 5),
        ("segment 2", 4),
        ("segment 3", 2),
    ]
    with pytest.raises(dk.InconsistentError, match="segment 1; segment 2; segment 3"):
        dk.read_volume(ds)


def test_files_of_many_frames_are_volumes_where_nothing_else_is_said() -> None:
    files = []
    for phase in range(3):
        ds = enhanced([classic(n, (0, 0, 2 * n), ContentTime=f"10101{phase}") for n in range(5)])
        del ds.InstanceNumber
        files.append(ds)
    found = dk.stacks(shuffled(files))
    assert [stack.label for stack in found] == ["file 1", "file 2", "file 3"]
    for stack in found:
        assert len({one.sop_instance_uid for one in stack.slices}) == 1


def test_a_number_of_a_value_is_not_compared_with_a_value() -> None:
    pointers = [(0x00089208, 0x00189226), (0x00200032, 0x00209113)]
    slices = [classic(n, (0, 0, n), DimensionIndexValues=[1, n + 1]) for n in range(4)]
    counted = with_dimensions(slices, pointers)
    counted.ComplexImageComponent = "MAGNITUDE"
    plain = enhanced([classic(n, (0, 0, n)) for n in range(4)], ComplexImageComponent="PHASE")
    found = dk.stacks([plain, counted])
    assert [stack.label for stack in found] == ["component MAGNITUDE", "component PHASE"]
