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


def test_a_loop_of_frames_is_at_one_place() -> None:
    ds = classic(1, (5, 6, 7), SpacingBetweenSlices=4, FrameIncrementPointer=0x00181063)
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
