"""Series that go wrong elsewhere: which stacks they hold, and where their pixels lie."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from tests.volumes import AXIAL, classic, enhanced, sampled_errors, turned

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence as Many

STEP = 2.5


def axial(
    count: int = 12,
    *,
    first: int = 1,
    step: float = STEP,
    **more: Any,  # noqa: ANN401
) -> list[Dataset]:
    """Make slices whose instance numbers run against their positions."""
    return [
        classic(number, (-10, -20, 100 - step * number), **more)
        for number in range(first, first + count)
    ]


def shuffled(slices: Iterable[Dataset]) -> list[Dataset]:
    order = list(slices)
    random.Random(1).shuffle(order)  # noqa: S311 - no secret
    return order


def lengths(slices: Iterable[Dataset]) -> list[int]:
    return [len(stack) for stack in dk.stacks(slices)]


def codes(notes: Iterable[dk.Note]) -> set[str]:
    return {note.code for note in notes}


def test_slices_are_ordered_along_the_normal_whatever_their_numbers() -> None:
    slices = axial()
    (stack,) = dk.stacks(shuffled(slices))
    assert [one.instance_number for one in stack.slices] == list(range(12, 0, -1))
    assert stack.grid is not None
    assert stack.grid.shape == (12, 5, 7)
    # Columns of the matrix: k to the head, j to the back by row spacing, i to the left.
    expected: list[list[float]] = [
        [0, 0, 0.5, -10],
        [0, 0.75, 0, -20],
        [2.5, 0, 0, 70],
        [0, 0, 0, 1],
    ]
    assert np.allclose(stack.grid.affine, expected, rtol=0, atol=1e-12)
    assert stack.notes == ()
    assert stack.reason == "They lie on one grid."


@pytest.mark.parametrize("orientation", [AXIAL, turned(30), turned(-70), turned(25, "z")])
def test_pixels_lie_where_their_headers_put_them(orientation: tuple[float, ...]) -> None:
    row, column = np.array(orientation[:3]), np.array(orientation[3:])
    normal = np.cross(row, column)
    slices = [
        classic(number, 7.5 * normal * number + (3, -4, 5), orientation=orientation)
        for number in range(9)
    ]
    volume = dk.read_volume(shuffled(slices))
    assert max(sampled_errors(volume, slices)) < 1e-5
    assert volume.grid is not None
    assert volume.grid.spacing == pytest.approx((7.5, 0.75, 0.5), abs=1e-6)


@pytest.mark.parametrize("degrees", [-18.5, 16.5])
def test_a_tilted_gantry_is_a_sheared_grid(degrees: float) -> None:
    # The table moves along z, whatever the tilt of the slices.
    slices = [classic(n, (0, 0, 5 * n), orientation=turned(degrees)) for n in range(1, 13)]
    volume = dk.read_volume(shuffled(slices))
    assert max(sampled_errors(volume, slices)) < 0.002
    assert volume.grid is not None
    assert volume.grid.sheared
    assert volume.grid.tilt == pytest.approx(abs(degrees), abs=1e-6)
    (note,) = volume.notes
    assert note.code == "sheared"
    assert f"{abs(degrees):g} degrees" in note.message


def test_gantry_detector_tilt_is_not_asked() -> None:
    slices = axial(GantryDetectorTilt=20)
    assert not dk.read_volume(slices).notes


def test_slice_thickness_and_spacing_between_slices_are_not_asked() -> None:
    volume = dk.read_volume(axial(SpacingBetweenSlices=77, SliceThickness=3))
    assert volume.grid is not None
    assert volume.grid.spacing[0] == pytest.approx(STEP)


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


@pytest.mark.parametrize("far", [0.0002, 0.004])
def test_jitter_is_rounding(far: float) -> None:
    rng = np.random.default_rng(3)
    slices = [classic(n, np.array((0, 0, 3.0 * n)) + rng.choice((-far, far), 3)) for n in range(12)]
    (stack,) = dk.stacks(slices)
    assert len(stack) == 12
    assert codes(stack.notes) == ({"positions_rounded"} if far > 0.001 else set())
    assert max(sampled_errors(dk.read_volume(stack), slices)) < 6 * far


def test_positions_rounded_to_tenths_are_one_volume() -> None:
    # As on the console: 6.9368 mm between slices, each place rounded to 0.1 mm.
    slices = [
        classic(n, [round(part, 1) for part in (0, -0.9421 * n, 6.9368 * n)]) for n in range(20)
    ]
    (stack,) = dk.stacks(slices)
    assert len(stack) == 20
    assert codes(stack.notes) >= {"positions_rounded"}


def test_each_slice_has_its_own_slope() -> None:
    slices = axial(RescaleType="US")
    for number, one in enumerate(slices):
        one.RescaleSlope, one.RescaleIntercept = f"{0.9999 + number / 7:.10g}", -number
    volume = dk.read_volume(shuffled(slices))
    assert max(sampled_errors(volume, slices)) < 0.002
    assert volume.units is None


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


B_VALUES = (0, 500, 1000)


def diffusion(**more: Any) -> list[Dataset]:  # noqa: ANN401
    return [
        classic(20 * index + n, (0, 0, 4 * n), modality="MR", DiffusionBValue=float(b), **more)
        for index, b in enumerate(B_VALUES)
        for n in range(6)
    ]


def test_several_b_values_are_volumes_on_one_grid() -> None:
    slices = diffusion()
    found = dk.stacks(shuffled(slices))
    assert [stack.key for stack in found] == [(("DiffusionBValue", f"{b}"),) for b in B_VALUES]
    assert [stack.label for stack in found] == ["b 0", "b 500", "b 1000"]
    grids = [stack.grid for stack in found if stack.grid is not None]
    assert grids[0] == grids[1] == grids[2]
    for stack in found:
        assert max(sampled_errors(dk.read_volume(stack), slices)) < 0.002
    with pytest.raises(dk.InconsistentError) as caught:
        dk.read_volume(slices)
    assert caught.value.message == (
        "the series is 3 volumes (b 0; b 500; b 1000): pass one of stacks(series)"
    )


def test_volumes_with_a_slice_missing_are_still_told_apart() -> None:
    slices = diffusion()
    del slices[9]
    assert lengths(slices) == [6, 3, 2, 6]


PRIVATE = [
    ("SIEMENS MR HEADER", 0x0019, 0x0C, "IS"),
    ("GEMS_PARM_01", 0x0043, 0x39, "IS"),
    ("Philips Imaging DD 001", 0x2001, 0x03, "FL"),
    ("Image Private Header", 0x0065, 0x09, "FD"),
]


@pytest.mark.parametrize(("creator", "group", "offset", "vr"), PRIVATE)
def test_the_makers_own_b_values_tell_apart(creator: str, group: int, offset: int, vr: str) -> None:
    slices = diffusion()
    for one in slices:
        # Another maker's block comes first.
        one.private_block(group, "SOMEBODY ELSE", create=True).add_new(offset, "LO", "no number")
        b_value = one.DiffusionBValue
        # Some write the b-value with this offset.
        value = 1_000_000_000 + int(b_value) if creator == "GEMS_PARM_01" else b_value
        block = one.private_block(group, creator, create=True)
        block.add_new(offset, vr, int(value) if vr == "IS" else value)
        del one.DiffusionBValue
    assert [stack.label for stack in dk.stacks(slices)] == ["b 0", "b 500", "b 1000"]


def test_a_pair_tells_apart_what_neither_does_alone() -> None:
    slices = [
        classic(
            100 * echo + 10 * part + n,
            (0, 0, 4 * n),
            modality="MR",
            EchoTime=echo,
            ImageType=["ORIGINAL", "PRIMARY", "MP"[part]],
        )
        for echo in (3, 6)
        for part in (0, 1)
        for n in range(4)
    ]
    found = dk.stacks(shuffled(slices))
    assert [stack.label for stack in found] == [
        f"echo time {echo}, image type ORIGINAL\\PRIMARY\\{part}"
        for echo in (3, 6)
        for part in "MP"
    ]
    assert found[0].reason == "Slices of another echo time and image type lie at the same places."


def test_three_traits_together() -> None:
    slices = [
        classic(
            n + 10 * a + 100 * b + 1000 * c,
            (0, 0, 4 * n),
            modality="MR",
            EchoTime=a,
            TriggerTime=b,
            FlipAngle=c,
        )
        for a in (3, 6)
        for b in (10, 20)
        for c in (5, 15)
        for n in range(3)
    ]
    assert lengths(shuffled(slices)) == [3] * 8


def test_texts_of_unknown_meaning_stay_out_of_messages() -> None:
    slices = [
        classic(10 * part + n, (0, 0, n), ImageType=["DERIVED", "PRIMARY", name])
        for part, name in enumerate(("DOE JANE", "ROE JOHN"))
        for n in range(4)
    ]
    found = dk.stacks(slices)
    assert [stack.label for stack in found] == ["image type 1", "image type 2"]
    assert found[0].key[0][1].endswith("DOE JANE")
    with pytest.raises(dk.InconsistentError) as caught:
        dk.read_volume(slices)
    assert "DOE" not in caught.value.message
    assert "DOE" not in repr(found) + found[0]._repr_html_()


@pytest.mark.parametrize("by_slice", [False, True])
def test_what_nothing_tells_apart_is_dealt_out_by_number(by_slice: bool) -> None:
    slices = [
        classic(1 + (10 * n + time if by_slice else 15 * time + n), (0, 0, 5 * n), modality="MR")
        for time in range(10)
        for n in range(15)
    ]
    found = dk.stacks(shuffled(slices))
    assert [len(stack) for stack in found] == [15] * 10
    assert all(codes(stack.notes) == {"split_assumed"} for stack in found)
    for time, stack in enumerate(found):
        numbers = [one.instance_number for one in stack.slices]
        expected = range(1 + time, 151, 10) if by_slice else range(1 + 15 * time, 16 + 15 * time)
        assert numbers == list(expected)


def test_another_frame_of_reference_is_another_stack() -> None:
    slices = axial()
    for one in slices[6:]:
        one.FrameOfReferenceUID = "1.2.3.4"
    assert lengths(slices) == [6, 6]


def test_slices_without_a_frame_of_reference_go_with_the_others() -> None:
    slices = axial()
    for one in slices[::2]:
        del one.FrameOfReferenceUID
    assert lengths(slices) == [12]


@pytest.mark.parametrize(
    ("keyword", "value", "label"),
    [
        ("Rows", 4, "rows 4"),
        ("PixelSpacing", [0.75, 0.51], "pixel spacing 0.75 x 0.51 mm"),
        ("ImageOrientationPatient", list(turned(0.2)), "orientation 1 0 0 0 1 0.00349"),
        ("SeriesInstanceUID", "1.2.3", "series 2"),
    ],
)
def test_what_differs_is_another_stack(keyword: str, value: object, label: str) -> None:
    slices = axial()
    for one in slices[8:]:
        setattr(one, keyword, value)
    found = dk.stacks(slices)
    assert [len(stack) for stack in found] == [8, 4]
    assert found[1].label == label


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("PixelSpacing", [0.7503, 0.5]),
        ("ImageOrientationPatient", list(turned(0.02))),
        ("PhotometricInterpretation", "MONOCHROME1"),
        ("ImageType", ["DERIVED", "SECONDARY", "AXIAL"]),
    ],
)
def test_what_is_but_rounded_is_one_stack(keyword: str, value: object) -> None:
    slices = axial()
    for one in slices[8:]:
        setattr(one, keyword, value)
    assert lengths(slices) == [12]


def test_one_slice_has_an_assumed_step() -> None:
    volume = dk.read_volume(classic(1, (1, 2, 3), SpacingBetweenSlices=6, SliceThickness=2))
    assert volume.grid is not None
    assert volume.grid.spacing == (6.0, 0.75, 0.5)
    assert codes(volume.notes) == {"step_assumed"}
    volume = dk.read_volume(classic(1, (1, 2, 3), SliceThickness=2))
    assert volume.grid is not None
    assert volume.grid.spacing == (1.0, 0.75, 0.5)


def test_images_without_a_place_are_in_the_order_of_their_numbers() -> None:
    slices = axial()
    for one in slices:
        del one.ImagePositionPatient
    (stack,) = dk.stacks(shuffled(slices))
    assert stack.grid is None
    assert [one.instance_number for one in stack.slices] == list(range(1, 13))
    assert codes(stack.notes) == {"unplaced"}
    volume = dk.read_volume(slices)
    assert volume.grid is None
    assert volume.array[3, 0, 0] == 400 - 1024


def test_a_mosaic_is_not_read_as_a_slice() -> None:
    slices = axial(3, modality="MR", ImageType=["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"])
    (stack,) = dk.stacks(slices)
    assert stack.grid is None
    assert codes(stack.notes) == {"mosaic"}
    for source in (slices, stack):
        with pytest.raises(dk.UnsupportedError, match="mosaics"):
            dk.read_volume(source)


def test_cosines_that_are_no_directions_place_nothing() -> None:
    slices = axial(ImageOrientationPatient=[1, 0, 0, 0.2, 1, 0])
    (stack,) = dk.stacks(slices)
    assert stack.grid is None
    assert codes(stack.notes) == {"unplaced", "orientation_ignored"}


def test_cosines_that_are_a_little_off_are_mended() -> None:
    (stack,) = dk.stacks(axial(ImageOrientationPatient=[1.01, 0, 0, 0.001, 1, 0]))
    assert stack.grid is not None
    assert stack.grid.spacing == pytest.approx((STEP, 0.75, 0.5))
    assert codes(stack.notes) == {"orientation_mended"}


def test_cosines_that_are_rounded_are_taken_as_they_are() -> None:
    cosines = [0.99995, 0.01, 0, -0.01, 0.99995, 0]
    slices = axial(ImageOrientationPatient=cosines)
    (stack,) = dk.stacks(slices)
    assert stack.grid is not None
    assert np.allclose(stack.grid.affine[:3, 2], np.array(cosines[:3]) * 0.5, atol=1e-15)
    assert stack.notes == ()


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


def test_parallel_slabs_side_by_side_are_no_volume() -> None:
    slices = [classic(n, (0, 0, 4 * n)) for n in range(4)]
    slices += [classic(10 + n, (200, 0, 4 * n)) for n in range(4)]
    # Nothing is lost, and no grid has slices without a step.
    assert sum(lengths(slices)) == 8


def test_slabs_side_by_side_are_told_apart_by_acquisition() -> None:
    slices = [classic(n, (0, 0, 4 * n), AcquisitionNumber=1) for n in range(4)]
    slices += [classic(10 + n, (200, 0, 4 * n), AcquisitionNumber=2) for n in range(4)]
    assert lengths(slices) == [4, 4]


@given(st.permutations(range(18)))
def test_the_order_of_the_files_does_not_matter(order: list[int]) -> None:
    slices = [*diffusion()]
    expected = dk.stacks(slices)
    found = dk.stacks([slices[index] for index in order])
    assert found == expected
    assert [dk.read_volume(stack).array.tobytes() for stack in found] == [
        dk.read_volume(stack).array.tobytes() for stack in expected
    ]


@given(
    st.integers(2, 8),
    st.floats(0.5, 20),
    st.floats(-80, 80),
    st.sampled_from("xz"),
    st.tuples(*[st.floats(-500, 500)] * 3),
    st.floats(-30, 30),
)
def test_any_even_row_of_slices_is_one_exact_volume(  # noqa: PLR0917 - Hypothesis fills them in
    count: int, step: float, degrees: float, about: str, start: tuple[float, ...], tilt: float
) -> None:
    orientation = np.array(turned(degrees, about))
    normal = np.cross(orientation[:3], orientation[3:])
    slip = np.tan(np.radians(tilt)) * orientation[3:]
    slices = [
        classic(n, start + step * n * (normal + slip), orientation=orientation)
        for n in range(count)
    ]
    volume = dk.read_volume(shuffled(slices))
    assert max(sampled_errors(volume, slices)) < 0.002


def test_there_is_nothing_to_make_a_volume_of() -> None:
    report = Dataset()
    report.Modality = "SR"
    assert dk.stacks([report]) == ()
    with pytest.raises(dk.NoPixelsError):
        dk.read_volume([report])
