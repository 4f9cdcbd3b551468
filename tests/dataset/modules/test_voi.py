"""The views of a file; the clauses are PS3.3 C.11.2 and C.7.6.16.2.10."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from dicomkit.dataset.modules.voi import VoiOption, voi_views
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.window import VoiFunction, Window

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    Make = Callable[..., Dataset]


def views(ds: Dataset, frame: int = 0) -> tuple[VoiOption, ...]:
    return voi_views(ds, frame, signed_input=True)[0]


def windows(ds: Dataset) -> list[Window | LookupTable]:
    return [option.window for option in views(ds)]


def codes(ds: Dataset) -> list[str]:
    return [note.code for note in voi_views(ds, 0, signed_input=True)[1]]


@pytest.fixture
def table(dataset: Make) -> Callable[..., Dataset]:
    def make(first: int = -1, explanation: str | None = None) -> Dataset:
        item = dataset(
            LUTDescriptor=struct.pack("<HhH", 2, first, 8), LUTData=struct.pack("<2H", 3, 4)
        )
        if explanation:
            item.LUTExplanation = explanation
        return item

    return make


# ---- Windows -------------------------------------------------------------------------------


def test_one_window(dataset: Make) -> None:
    ds = dataset(WindowCenter=40, WindowWidth=80)
    assert views(ds) == (VoiOption(Window(40, 80), None, "the file"),)
    assert codes(ds) == []


def test_c_11_2_1_2_several_windows_are_alternatives_in_pairs(dataset: Make) -> None:
    ds = dataset(
        WindowCenter=[40, 400],
        WindowWidth=[80, 2000],
        WindowCenterWidthExplanation=["BRAIN", "BONE"],
    )
    assert views(ds) == (
        VoiOption(Window(40, 80), "BRAIN", "the file, window 0"),
        VoiOption(Window(400, 2000), "BONE", "the file, window 1"),
    )
    assert codes(ds) == []


@pytest.mark.parametrize(
    ("explanations", "expected"),
    [
        (None, [None, None]),
        (["A"], ["A", None]),
        (["", "B"], [None, "B"]),
        (["A", "B", "C"], ["A", "B"]),
    ],
)
def test_explanations_may_be_fewer_or_more(
    dataset: Make, explanations: list[str] | None, expected: list[str | None]
) -> None:
    ds = dataset(WindowCenter=[1, 2], WindowWidth=[3, 4])
    if explanations is not None:
        ds.WindowCenterWidthExplanation = explanations
    assert [option.explanation for option in views(ds)] == expected


@pytest.mark.parametrize(
    ("centers", "widths", "count"), [([1, 2, 3], [4, 5], 2), ([1], [4, 5], 1), ([1, 2], [4], 1)]
)
def test_unpaired_values_are_left_out_and_noted(
    dataset: Make, centers: list[int], widths: list[int], count: int
) -> None:
    ds = dataset(WindowCenter=centers, WindowWidth=widths)
    expected = [Window(c, w) for c, w in zip(centers, widths, strict=False)]
    assert windows(ds) == expected
    assert len(expected) == count
    assert codes(ds) == ["windows_unpaired"]


@pytest.mark.parametrize("keyword", ["WindowCenter", "WindowWidth"])
def test_half_a_window_is_none(dataset: Make, keyword: str) -> None:
    ds = dataset(**{keyword: 40})
    assert windows(ds) == []
    assert codes(ds) == ["windows_unpaired"]


def test_no_window_is_no_view_and_no_fault(dataset: Make) -> None:
    assert windows(dataset()) == []
    assert codes(dataset()) == []
    empty = dataset(WindowCenter=b"", WindowWidth=b"", VOILUTFunction="SIGMOID")
    assert windows(empty) == []
    assert codes(empty) == []


# ---- Functions and widths ------------------------------------------------------------------


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
def test_c_11_2_1_3_the_function_is_the_files(dataset: Make, function: VoiFunction) -> None:
    ds = dataset(WindowCenter=[40, 0], WindowWidth=[80, 9], VOILUTFunction=function)
    assert windows(ds) == [Window(40, 80, function), Window(0, 9, function)]


@pytest.mark.parametrize("function", [b"", b"  ", None])
def test_c_11_2_1_3_an_empty_function_is_linear(dataset: Make, function: bytes | None) -> None:
    ds = dataset(WindowCenter=40, WindowWidth=80)
    if function is not None:
        ds.update(dataset(VOILUTFunction=function))
    assert windows(ds) == [Window(40, 80, "LINEAR")]
    assert codes(ds) == []


def test_an_unknown_function_is_linear_and_noted_once(dataset: Make) -> None:
    ds = dataset(WindowCenter=[40, 1], WindowWidth=[80, 2], VOILUTFunction="LOGARITHMIC")
    assert windows(ds) == [Window(40, 80), Window(1, 2)]
    assert codes(ds) == ["voi_function_unknown"]


@pytest.mark.parametrize("width", [0.999, 0.5, 1e-6])
def test_a_linear_width_below_1_is_exact_and_noted(dataset: Make, width: float) -> None:
    """C.11.2.1.2.1 asks for 1 at least; files of real values hold less, and mean it."""
    ds = dataset(WindowCenter=0.25, WindowWidth=width)
    assert windows(ds) == [Window(0.25, width, "LINEAR_EXACT")]
    assert codes(ds) == ["window_exact"]
    ds = dataset(WindowCenter=0.25, WindowWidth=width, VOILUTFunction="SIGMOID")
    assert windows(ds) == [Window(0.25, width, "SIGMOID")]
    assert codes(ds) == []


def test_a_width_of_1_is_the_threshold_that_the_clause_defines(dataset: Make) -> None:
    ds = dataset(WindowCenter=10, WindowWidth=1)
    assert windows(ds) == [Window(10, 1)]
    assert codes(ds) == []


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize("width", [0, -1, -80])
def test_a_width_that_is_not_above_0_loses_that_view_only(
    dataset: Make, function: str, width: float
) -> None:
    ds = dataset(
        WindowCenter=[1, 2],
        WindowWidth=[width, 9],
        VOILUTFunction=function,
        WindowCenterWidthExplanation=["A", "B"],
    )
    (view,) = views(ds)
    assert isinstance(view.window, Window)
    assert (view.window.center, view.window.width) == (2, 9)
    assert view.explanation == "B"
    assert view.source == "the file, window 1"
    assert codes(ds) == ["window_ignored"]


@pytest.mark.parametrize("broken", [b"NaN", b"1_0", b"inf", b"1e400", b"40,5", b"40\\NaN"])
@pytest.mark.parametrize("keyword", ["WindowCenter", "WindowWidth"])
def test_a_broken_number_leaves_no_window(dataset: Make, keyword: str, broken: bytes) -> None:
    other = ({"WindowCenter", "WindowWidth"} - {keyword}).pop()
    ds = dataset(**{keyword: broken, other: b"80"})
    assert windows(ds) == []
    assert codes(ds)[0] == "attribute_ignored"


# ---- Tables --------------------------------------------------------------------------------


def test_c_11_2_1_1_voi_luts_follow_the_windows(
    dataset: Make, table: Callable[..., Dataset]
) -> None:
    ds = dataset(WindowCenter=40, WindowWidth=80, VOILUTSequence=[table(-1, "NORMAL"), table(-2)])
    assert views(ds) == (
        VoiOption(Window(40, 80), None, "the file"),
        VoiOption(LookupTable(-1, [3, 4], 8), "NORMAL", "the file, VOI LUT 0"),
        VoiOption(LookupTable(-2, [3, 4], 8), None, "the file, VOI LUT 1"),
    )


def test_c_11_2_1_1_the_first_value_has_the_sign_of_the_luts_input(
    dataset: Make, table: Callable[..., Dataset]
) -> None:
    ds = dataset(VOILUTSequence=[table(-1)])
    for signed, first in ((True, -1), (False, 65535)):
        (option,), _ = voi_views(ds, 0, signed_input=signed)
        assert option.window == LookupTable(first, [3, 4], 8)


def test_a_broken_table_is_left_out_and_noted(dataset: Make, table: Callable[..., Dataset]) -> None:
    ds = dataset(VOILUTSequence=[dataset(), table()])
    assert [option.source for option in views(ds)] == ["the file, VOI LUT 1"]
    assert codes(ds) == ["table_ignored"]
    assert windows(dataset(VOILUTSequence=b"garbage!")) == []


# ---- Functional groups ---------------------------------------------------------------------


def test_c_7_6_16_2_10_per_frame_then_shared_then_root(dataset: Make) -> None:
    def group(center: float) -> Dataset:
        own = dataset(WindowCenter=center, WindowWidth=10, VOILUTFunction="SIGMOID")
        return dataset(FrameVOILUTSequence=[own])

    ds = dataset(
        WindowCenter=9,
        WindowWidth=9,
        SharedFunctionalGroupsSequence=[group(5)],
        PerFrameFunctionalGroupsSequence=[group(1), dataset()],
    )
    expected = [(1, "frame 0's functional group"), (5, "the shared functional group")]
    for frame, (center, source) in enumerate(expected):
        assert views(ds, frame) == (VoiOption(Window(center, 10, "SIGMOID"), None, source),)
    del ds.SharedFunctionalGroupsSequence
    assert views(ds, 1) == (VoiOption(Window(9, 9), None, "the file"),)
