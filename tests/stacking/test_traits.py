"""Several volumes at the same places, and slices of another kind: what tells them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.stacking.made import axial, codes, lengths, shuffled
from tests.volumes import classic, sampled_errors, turned

import dicomkit as dk

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

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


def test_only_what_nothing_tells_apart_is_dealt_out() -> None:
    # Two without diffusion, of which only the numbers say which is which, and three directions.
    directions = [(0, 0, 0), (0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)]
    slices = [
        classic(
            10 * turn + n, (0, 0, 3 * n), modality="MR",
            DiffusionBValue=1000.0 if any(direction) else 0.0,
            DiffusionGradientOrientation=list(direction),
        )
        for turn, direction in enumerate(directions)
        for n in range(6)
    ]  # fmt: skip
    found = dk.stacks(shuffled(slices))
    assert [(stack.label, codes(stack.notes)) for stack in found] == [
        ("b 0, occurrence 1", {"split_assumed"}),
        ("b 0, occurrence 2", {"split_assumed"}),
        ("b 1000, gradient 0 0 1", set()),
        ("b 1000, gradient 0 1 0", set()),
        ("b 1000, gradient 1 0 0", set()),
    ]
    assert [one.instance_number for one in found[1].slices] == list(range(10, 16))


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


@given(st.permutations(range(18)))
def test_the_order_of_the_files_does_not_matter(order: list[int]) -> None:
    slices = [*diffusion()]
    expected = dk.stacks(slices)
    found = dk.stacks([slices[index] for index in order])
    assert found == expected
    assert [dk.read_volume(stack).array.tobytes() for stack in found] == [
        dk.read_volume(stack).array.tobytes() for stack in expected
    ]


@pytest.mark.parametrize(
    ("keyword", "values", "word"),
    [
        ("SeriesDescription", ("CT 0 %", "CT 50 %", "CT DOE JANE"), "series description"),
        ("ImageComments", ("0 %", "50 %", "DOE JANE"), "comment"),
        ("SequenceName", ("ep_b0", "ep_b500", "ep_b1000"), "sequence"),
        ("ConvolutionKernel", ("B30f", "B45f", "B70f"), "kernel"),
    ],
)
def test_words_tell_apart_where_nothing_else_does(
    keyword: str, values: tuple[Any, ...], word: str
) -> None:
    # Each phase has the same instance numbers, which would mix them.
    slices = [
        classic(n, (0, 0, 2 * n), **{keyword: value}) for value in values for n in range(1, 6)
    ]
    found = dk.stacks(shuffled(slices))
    assert [stack.label for stack in found] == [f"{word} {n}" for n in (1, 2, 3)]
    assert sorted(stack.key[0][1] for stack in found) == sorted(map(str.upper, values))
    for stack in found:
        uids = {one.sop_instance_uid for one in stack.slices}
        assert len({one[keyword].value for one in slices if one.SOPInstanceUID in uids}) == 1


def test_numbers_that_differ_by_rounding_are_one() -> None:
    rng = np.random.default_rng(4)
    slices = [
        classic(
            int(rng.integers(1000)), (0, 0, 4 * n), modality="MR",
            EchoTime=f"{te + rng.uniform(-1, 1) * 1e-4:.7f}",
        )
        for te in (4.92, 9.84)
        for n in range(8)
    ]  # fmt: skip
    found = dk.stacks(shuffled(slices))
    assert [len(stack) for stack in found] == [8, 8]
    assert [stack.label[:13] for stack in found] == ["echo time 4.9", "echo time 9.8"]
    by_uid = {one.SOPInstanceUID: float(one.EchoTime) for one in slices}
    times = [round(by_uid[one.sop_instance_uid or ""], 2) for one in found[0].slices]
    assert times == [4.92] * 8


def test_gradients_that_differ_by_rounding_are_one() -> None:
    rng = np.random.default_rng(4)
    slices = [
        classic(
            int(rng.integers(1000)), (0, 0, 4 * n), modality="MR",
            DiffusionGradientOrientation=(direction + rng.uniform(-1e-5, 1e-5, 3)).tolist(),
        )
        for direction in np.eye(3)
        for n in range(5)
    ]  # fmt: skip
    found = dk.stacks(slices)
    assert [len(stack) for stack in found] == [5, 5, 5]
    assert all(stack.label.startswith("gradient") for stack in found)


def test_a_copy_does_not_keep_two_echoes_together() -> None:
    slices = [
        classic(10 * echo + n, (0, 0, 4 * n), modality="MR", EchoTime=echo)
        for echo in (3, 6)
        for n in range(8)
    ]
    copy = classic(33, (0, 0, 12), modality="MR", EchoTime=3, ContentTime="101112")
    found = dk.stacks(shuffled([*slices, copy]))
    assert sorted((stack.label, len(stack)) for stack in found) == [
        ("echo time 3", 1),
        ("echo time 3", 8),
        ("echo time 6", 8),
    ]
    with pytest.raises(dk.InconsistentError, match="nothing tells them apart") as caught:
        dk.read_volume([*slices, copy])
    assert "echo time 3, 1 slice;" in caught.value.message


@pytest.mark.parametrize("number", [7, None])
def test_without_an_order_of_numbers_nothing_is_dealt_out(number: int | None) -> None:
    slices = [
        classic(1, (0, 0, 2 * n), ContentTime=f"10101{time}") for time in (1, 2) for n in range(5)
    ]
    for one in slices:
        one.InstanceNumber = number
    found = dk.stacks(slices)
    assert [len(stack) for stack in found] == [5, 5]
    assert all(codes(stack.notes) == {"duplicate_position"} for stack in found)
    with pytest.raises(dk.InconsistentError, match="nothing tells them apart"):
        dk.read_volume(slices)


def test_one_volume_of_two_echo_times_is_noted() -> None:
    slices = axial(modality="MR")
    for number, one in enumerate(slices):
        one.EchoTime = 10.0001 if number % 2 else 10
    assert dk.read_volume(slices).notes == ()
    for one in slices[6:]:
        one.EchoTime = 20
    (note,) = dk.read_volume(slices).notes
    assert str(note) == ("mixed_contrast: slices of one volume were taken with another echo time")


def test_what_is_not_placed_says_so() -> None:
    slices = axial()
    del slices[11].ImagePositionPatient
    found = dk.stacks(slices)
    assert {stack.label for stack in found} == {"place stated", "place none"}


def test_copies_that_say_something_else_come_in_a_steady_order() -> None:
    slices = axial(4)
    for one in slices:
        del one.SOPInstanceUID
        one.InstanceNumber = None
    other = axial(1)[0]
    other.FrameOfReferenceUID = "1.2.3"
    del other.SOPInstanceUID
    other.InstanceNumber = None
    expected = [(stack.label, stack.grid) for stack in dk.stacks([*slices, other])]
    assert len(expected) == 2
    assert [(stack.label, stack.grid) for stack in dk.stacks([other, *slices])] == expected
