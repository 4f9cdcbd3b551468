"""Slices that are missing, twice there, or no slices of the volume."""

from __future__ import annotations

import numpy as np
import pytest
from tests.stacking.made import STEP, axial, codes, lengths, shuffled
from tests.volumes import classic, sampled_errors, turned

import dicomkit as dk


def test_one_slice_missing_is_a_gap() -> None:
    slices = axial()
    del slices[6]
    found = dk.stacks(shuffled(slices))
    assert [len(stack) for stack in found] == [5, 6]
    assert all(codes(stack.notes) == {"gap"} for stack in found)
    assert found[0].reason == "A gap of whole steps parts its slices from the others."
    with pytest.raises(dk.InconsistentError) as caught:
        dk.read_volume(slices)
    assert caught.value.message == (
        "slices are missing: the series is 2 volumes (5 slices; 6 slices): "
        "pass one of stacks(series), or fill=... to fill the gap with a value"
    )


def test_several_gaps_leave_single_slices() -> None:
    slices = axial(14)
    for index in (9, 7, 6, 3):
        del slices[index]
    found = dk.stacks(slices)
    assert [len(stack) for stack in found] == [4, 1, 2, 3]
    # Between its neighbours, a single slice has their step.
    assert found[1].grid is not None
    assert found[1].grid.spacing[0] == pytest.approx(STEP)
    assert codes(found[1].notes) == {"gap"}
    with pytest.raises(dk.InconsistentError, match="slices are missing"):
        dk.read_volume(slices)


def test_a_single_slice_beyond_a_gap_is_not_just_left_out() -> None:
    slices = axial()
    del slices[1]
    assert lengths(slices) == [10, 1]
    with pytest.raises(dk.InconsistentError, match="slices are missing"):
        dk.read_volume(slices)


@pytest.mark.parametrize("missing", [[6], [1, 2], [3, 7, 8]])
def test_a_gap_is_filled_when_asked(missing: list[int]) -> None:
    whole = axial()
    slices = [one for index, one in enumerate(whole) if index not in missing]
    volume = dk.read_volume(shuffled(slices), fill=-1000.0)
    complete = dk.read_volume(whole)
    # The numbers run against positions.
    filled = sorted(11 - index for index in missing)
    assert [k for k, one in enumerate(volume.slices) if one is None] == filled
    assert (volume.array[filled] == -1000).all()
    kept = [k for k in range(12) if k not in filled]
    assert np.array_equal(volume.array[kept], complete.array[kept])
    assert volume.grid is not None
    assert complete.grid is not None
    assert volume.grid.matches(complete.grid)
    (note,) = volume.notes
    assert note.code == "gap_filled"
    assert note.message.startswith(f"{len(missing)} missing slice")


def test_fill_leaves_a_whole_series_alone() -> None:
    slices = axial()
    volume = dk.read_volume(slices, fill=-1.0)
    assert np.array_equal(volume.array, dk.read_volume(slices).array)
    assert volume.notes == ()


def test_one_slice_copied_under_another_uid_is_refused() -> None:
    slices = axial()
    copy = classic(13, slices[4].ImagePositionPatient)
    found = dk.stacks(shuffled([*slices, copy]))
    assert [len(stack) for stack in found] == [12, 1]
    assert all("duplicate_position" in codes(stack.notes) for stack in found)
    assert found[1].slices[0].instance_number == 13
    with pytest.raises(dk.InconsistentError) as caught:
        dk.read_volume([copy, *slices])
    assert "(12 slices; 1 slice): pass one of stacks(series)" in caught.value.message
    # Whoever has seen it may choose.
    assert max(sampled_errors(dk.read_volume(found[0]), slices)) < 0.002


def test_a_copy_with_a_time_of_its_own_is_no_second_volume() -> None:
    slices = axial()
    for number, one in enumerate(slices):
        one.AcquisitionTime = f"1015{number:02}"
    copy = classic(13, slices[4].ImagePositionPatient, AcquisitionTime="101530")
    assert lengths([*slices, copy]) == [12, 1]


def test_the_same_instance_twice_is_one() -> None:
    slices = axial()
    (stack,) = dk.stacks([*slices, slices[3], slices[3]])
    assert len(stack) == 12
    (note,) = stack.notes
    assert note.code == "duplicate_instance"
    assert note.message.startswith("2 slices were there twice")


def test_slices_that_share_a_uid_but_not_a_place_are_all_used() -> None:
    slices = axial()
    for one in slices:
        one.SOPInstanceUID = slices[0].SOPInstanceUID
    assert lengths(slices) == [12]


def test_instances_without_a_uid_are_all_used() -> None:
    slices = axial()
    for one in slices:
        del one.SOPInstanceUID
    assert lengths(slices) == [12]


def test_a_scout_among_slices_is_left_out_with_a_note() -> None:
    slices = axial()
    scout = classic(
        1, (0, -100, 50), orientation=turned(90), ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"]
    )
    found = dk.stacks(shuffled([*slices, scout]))
    assert sorted(len(stack) for stack in found) == [1, 12]
    by_length = {len(stack): stack for stack in found}
    assert by_length[1].key == (("ImageType", "LOCALIZER"),)
    assert by_length[1].reason == "Its image type is not that of the other slices."
    volume = dk.read_volume([scout, *slices])
    assert len(volume) == 12
    assert codes(volume.notes) == {"slices_left_out"}
    assert "a single slice is left out (image type LOCALIZER)" in volume.notes[0].message


def test_a_scout_in_the_direction_of_the_slices_is_told_by_its_type() -> None:
    scout = classic(1, (0, 0, 98.75), ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])
    assert sorted(lengths([*axial(), scout])) == [1, 12]


def test_a_gap_is_not_filled_with_slices_of_another_volume() -> None:
    slices = [
        classic(100 * time + n, (0, 0, 5 * n), modality="MR")
        for time in range(3)
        for n in (0, 1, 2, 3, 7, 8, 9)
    ]
    found = dk.stacks(shuffled(slices))
    assert [(stack.label, len(stack)) for stack in found] == [
        (f"occurrence {time}", count) for time in (1, 2, 3) for count in (4, 3)
    ]
    with pytest.raises(dk.InconsistentError, match="is 6 volumes"):
        dk.read_volume(slices, fill=0.0)
