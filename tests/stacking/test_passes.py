"""Several volumes at places that touch, overlap or interleave."""

from __future__ import annotations

import pytest
from tests.stacking.made import STEP, axial, lengths, shuffled
from tests.volumes import classic, sampled_errors

import dicomkit as dk


def test_two_passes_over_the_same_places_are_two_volumes() -> None:
    passes = [
        one
        for acquisition in (1, 2)
        for one in axial(first=1 + 12 * (acquisition - 1), AcquisitionNumber=acquisition)
    ]
    for one in passes[12:]:
        one.ImagePositionPatient[2] += 12 * STEP
    found = dk.stacks(shuffled(passes))
    assert [len(stack) for stack in found] == [12, 12]
    assert [stack.key for stack in found] == [
        (("AcquisitionNumber", "1"),),
        (("AcquisitionNumber", "2"),),
    ]
    assert found[0].reason == "Slices of another acquisition lie at the same places."


@pytest.mark.parametrize("offset", [1.1, 6 * STEP, 5 * STEP + 0.4, 2.5 * STEP])
def test_two_passes_that_overlap_are_two_volumes(offset: float) -> None:
    passes = axial(AcquisitionNumber=1) + axial(first=13, AcquisitionNumber=2)
    for one in passes[12:]:
        one.ImagePositionPatient[2] += 12 * STEP + offset
    found = dk.stacks(shuffled(passes))
    assert [len(stack) for stack in found] == [12, 12]
    assert {stack.key for stack in found} == {
        (("AcquisitionNumber", "1"),),
        (("AcquisitionNumber", "2"),),
    }
    for stack in found:
        assert max(sampled_errors(dk.read_volume(stack), passes)) < 0.002


def test_interleaved_slices_of_two_acquisitions_are_one_volume() -> None:
    slices = axial()
    for number, one in enumerate(slices):
        one.AcquisitionNumber = 1 + number % 2
    assert lengths(slices) == [12]
    # And one with a gap, if one is missing.
    del slices[5]
    assert lengths(slices) == [6, 5]


def test_a_change_of_step_parts_a_series() -> None:
    slices = axial(14, step=4.22) + axial(14, first=15, step=4.22)
    for number, one in enumerate(slices[14:], 1):
        one.ImagePositionPatient[2] = 98 - 4.22 * 14 - 7.38 * number
    found = dk.stacks(shuffled(slices))
    assert [len(stack) for stack in found] == [14, 14]
    assert [stack.key for stack in found] == [(("step", "7.38 mm"),), (("step", "4.22 mm"),)]
    with pytest.raises(dk.InconsistentError) as caught:
        dk.read_volume(slices)
    assert caught.value.message == (
        "the series is 2 volumes (step 7.38 mm; step 4.22 mm): pass one of stacks(series)"
    )


def test_a_slice_between_two_runs_is_in_one_of_them() -> None:
    slices = [classic(n, (0, 0, z)) for n, z in enumerate((0, 3, 6, 9, 14, 19, 24))]
    found = dk.stacks(shuffled(slices))
    assert [len(stack) for stack in found] == [4, 3]
    for stack in found:
        assert max(sampled_errors(dk.read_volume(stack), slices)) < 0.002


def test_a_slice_before_a_longer_run_is_alone() -> None:
    places = [0, 7, 12, 17, 22]
    slices = [classic(n, (0, 0, z)) for n, z in enumerate(places)]
    assert lengths(slices) == [1, 4]


def test_steps_that_never_repeat_end() -> None:
    slices = [classic(n, (0, 0, z)) for n, z in enumerate((0, 1, 3, 7, 15, 31, 63))]
    assert sum(lengths(slices)) == 7


def test_parallel_slabs_side_by_side_are_no_volume() -> None:
    slices = [classic(n, (0, 0, 4 * n)) for n in range(4)]
    slices += [classic(10 + n, (200, 0, 4 * n)) for n in range(4)]
    # Nothing is lost, and no grid has slices without a step.
    assert sum(lengths(slices)) == 8


def test_slabs_side_by_side_are_told_apart_by_acquisition() -> None:
    slices = [classic(n, (0, 0, 4 * n), AcquisitionNumber=1) for n in range(4)]
    slices += [classic(10 + n, (200, 0, 4 * n), AcquisitionNumber=2) for n in range(4)]
    assert lengths(slices) == [4, 4]


@pytest.mark.parametrize("shared", [1, 3])
def test_many_passes_of_which_each_overlaps_the_next(shared: int) -> None:
    passes = [
        classic(100 * n + k, (0, 0, 5 * (k + n * (8 - shared))), AcquisitionNumber=n)
        for n in range(4)
        for k in range(8)
    ]
    found = dk.stacks(shuffled(passes))
    assert [stack.label for stack in found] == [f"acquisition {n}" for n in range(4)]
    assert [len(stack) for stack in found] == [8] * 4
    # Without these numbers, nothing tells slices at one place apart.
    for one in passes:
        one.AcquisitionNumber = 1
    with pytest.raises(dk.InconsistentError, match="nothing tells them apart"):
        dk.read_volume(passes)
