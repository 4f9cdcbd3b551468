"""Which frames are subtracted from which, as PS3.3 C.7.6.10.1.1 says; numbers from its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dicomkit.dataset.modules.mask import mask_module, recommends_subtraction

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    Make = Callable[..., Dataset]

AVERAGE = {"MaskOperation": "AVG_SUB", "MaskFrameNumbers": [1, 2]}


def pairs(
    dataset: Make, frames: int, *items: dict[str, Any]
) -> dict[int, tuple[tuple[int, ...], tuple[int, ...]]]:
    """Give the contrast frames and the masks of every frame that has some; numbers as in files."""
    ds = dataset(MaskSubtractionSequence=[dataset(**item) for item in items])
    module = mask_module(ds, frames)
    found = {frame + 1: module.pairing(frame) for frame in range(frames)}
    return {
        number: (
            tuple(one + 1 for one in pairing.contrast),
            tuple(one + 1 for one in pairing.mask),
        )
        for number, pairing in found.items()
        if pairing is not None
    }


def codes(dataset: Make, frames: int, *items: dict[str, Any]) -> list[str]:
    ds = dataset(MaskSubtractionSequence=[dataset(**item) for item in items])
    return [note.code for note in mask_module(ds, frames).notes]


def test_an_average_is_subtracted_from_every_frame(dataset: Make) -> None:
    assert pairs(dataset, 3, AVERAGE) == {n: ((n,), (1, 2)) for n in (1, 2, 3)}


def test_a_range_is_inclusive_and_there_may_be_several(dataset: Make) -> None:
    item = AVERAGE | {"ApplicableFrameRange": [3, 4, 7, 7]}
    assert list(pairs(dataset, 8, item)) == [3, 4, 7]


def test_contrast_frames_are_averaged_from_the_current_one_on(dataset: Make) -> None:
    # Without a range, it ends at the last frame minus Contrast Frame Averaging plus one.
    found = pairs(dataset, 5, AVERAGE | {"ContrastFrameAveraging": 3})
    assert found == {n: ((n, n + 1, n + 2), (1, 2)) for n in (1, 2, 3)}


def test_differences_in_time(dataset: Make) -> None:
    item = {"MaskOperation": "TID", "TIDOffset": 2}
    assert pairs(dataset, 5, item) == {3: ((3,), (1,)), 4: ((4,), (2,)), 5: ((5,), (3,))}
    item = {"MaskOperation": "TID", "TIDOffset": -1, "ApplicableFrameRange": [1, 2]}
    assert pairs(dataset, 5, item) == {1: ((1,), (2,)), 2: ((2,), (3,))}


@pytest.mark.parametrize("offset", [{}, {"TIDOffset": None}], ids=["absent", "empty"])
def test_the_offset_is_1_if_nothing_is_said(dataset: Make, offset: dict[str, None]) -> None:
    assert pairs(dataset, 3, {"MaskOperation": "TID"} | offset) == {
        2: ((2,), (1,)),
        3: ((3,), (2,)),
    }


def test_reversed_differences_in_time(dataset: Make) -> None:
    # The example of the standard: 32 frames, and table C.7.6.10-1.
    item = {"MaskOperation": "REV_TID", "TIDOffset": 5, "ApplicableFrameRange": [20, 30]}
    found = {number: mask for number, (_, mask) in pairs(dataset, 32, item).items()}
    assert found == {number: (35 - number,) for number in range(20, 31)}
    assert (found[20], found[21], found[22], found[30]) == ((15,), (14,), (13,), (5,))
    # MFN = (FCFN - TID Offset) - (CFN - FCFN), with FCFN = 6: 5, 4, 3, 2, 1, then none.
    item = {"MaskOperation": "REV_TID", "TIDOffset": 1, "ApplicableFrameRange": [6, 12]}
    found = {number: mask for number, (_, mask) in pairs(dataset, 12, item).items()}
    assert found == {6: (5,), 7: (4,), 8: (3,), 9: (2,), 10: (1,)}


def test_of_several_items_the_first_that_is_for_a_frame_counts(dataset: Make) -> None:
    items = (
        {"MaskOperation": "NONE", "ApplicableFrameRange": [1, 2]},
        AVERAGE | {"ApplicableFrameRange": [2, 4]},
        {"MaskOperation": "TID"},
    )
    masks = {number: mask for number, (_, mask) in pairs(dataset, 6, *items).items()}
    assert masks == {3: (1, 2), 4: (1, 2), 5: (4,), 6: (5,)}
    assert codes(dataset, 6, *items) == []


@pytest.mark.parametrize(
    "item",
    [
        {"MaskOperation": "AVG_SUB"},
        {"MaskOperation": "AVG_SUB", "MaskFrameNumbers": [0]},
        {"MaskOperation": "AVG_SUB", "MaskFrameNumbers": [1, 6]},
        {"MaskOperation": "AVG_SUB", "MaskFrameNumbers": list(range(1, 60000))},
        AVERAGE | {"ContrastFrameAveraging": 0},
        AVERAGE | {"ContrastFrameAveraging": 65535},
        AVERAGE | {"ApplicableFrameRange": [1, 2, 3]},
        AVERAGE | {"ApplicableFrameRange": [4, 2]},
        {"MaskOperation": "REV_TID"},
        {"MaskOperation": "TID", "TIDOffset": 0},
        {"MaskOperation": "XOR"},
        {},
    ],
    ids=str,
)
def test_what_is_impossible_is_left_out_and_noted(dataset: Make, item: dict[str, Any]) -> None:
    assert pairs(dataset, 5, item) == {}
    assert codes(dataset, 5, item) == ["mask_ignored"]


@pytest.mark.parametrize("last", [3, 65535])
def test_a_range_may_reach_beyond_the_frames(dataset: Make, last: int) -> None:
    item = AVERAGE | {"ApplicableFrameRange": [0, last]}
    assert list(pairs(dataset, 3, item)) == [1, 2, 3]
    assert pairs(dataset, 3, AVERAGE | {"ApplicableFrameRange": [60000, 65535]}) == {}


def test_more_items_than_any_device_writes(dataset: Make) -> None:
    items = [{"MaskOperation": "NONE", "ApplicableFrameRange": [2, 2]}] * 1000 + [AVERAGE]
    assert pairs(dataset, 3, *items) == {}
    assert codes(dataset, 3, *items) == ["mask_ignored"]


def test_no_module_no_mask(dataset: Make) -> None:
    assert pairs(dataset, 3) == {}
    assert mask_module(dataset(), 3).pairing(0) is None


def test_a_presentation_of_some_frames_goes_before_what_holds_for_all(dataset: Make) -> None:
    assert not recommends_subtraction(dataset(), 0)
    assert not recommends_subtraction(dataset(RecommendedViewingMode="NAT"), 0)
    native = dataset(StartTrim=1, StopTrim=2, RecommendedViewingMode="NAT")
    silent = dataset(StartTrim=3, StopTrim=3)
    ds = dataset(RecommendedViewingMode="SUB", FrameDisplaySequence=[native, silent])
    assert [recommends_subtraction(ds, frame) for frame in range(4)] == [False, False, True, True]
