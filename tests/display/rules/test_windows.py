"""Windows, what stands in for them, and which values they are of; PS3.3 C.11.2.

Every expectation is worked out by hand from the clause of PS3.3 (or PS3.5) in the test's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.display.rules.pictures import codes, levels, table

import dicomkit as dk
from dicomkit.display.options import PictureOptions
from dicomkit.display.render import render_frame

if TYPE_CHECKING:
    from tests.display.conftest import MakeImage
    from tests.display.rules.pictures import MakeItem

MR, PET, CT = (f"1.2.840.10008.5.1.4.1.1.{end}" for end in ("4", "128", "2"))


def test_c_11_2_1_2_1_linear(grey: MakeImage) -> None:
    """c = 10, w = 6: x <= 7 black, x > 12 white, else ((x - 9.5) / 5 + 0.5) * 255."""
    ds = grey([0, 7, 8, 9, 10, 11, 12, 13, 255], "u1", WindowCenter=10, WindowWidth=6)
    assert levels(ds) == [0, 0, 51, 102, 153, 204, 255, 255, 255]


def test_c_11_2_1_2_1_a_width_of_1_is_a_threshold(grey: MakeImage) -> None:
    ds = grey([9, 10, 11], WindowCenter=10, WindowWidth=1)
    assert levels(ds) == [0, 255, 255]
    ds.WindowCenter = 10.6
    assert levels(ds) == [0, 0, 255]


def test_c_11_2_1_3_2_linear_exact(grey: MakeImage) -> None:
    """c = 10, w = 8: x <= 6 black, x > 14 white, else ((x - 10) / 8 + 0.5) * 255."""
    ds = grey([6, 7, 10, 12, 14], WindowCenter=10, WindowWidth=8, VOILUTFunction="LINEAR_EXACT")
    assert levels(ds) == [0, 32, 128, 191, 255]


def test_c_11_2_1_3_1_sigmoid(grey: MakeImage) -> None:
    """255 / (1 + exp(-4 (x - 10) / 8)): x = 6, 10, 14 give 30.4, 127.5, 224.6."""
    ds = grey([0, 6, 10, 14, 255], "u1", WindowCenter=10, WindowWidth=8, VOILUTFunction="SIGMOID")
    assert levels(ds) == [2, 30, 128, 225, 255]


def test_c_11_2_1_2_windows_are_alternatives_and_the_first_is_taken(grey: MakeImage) -> None:
    ds = grey([0, 50, 100], WindowCenter=[50.5, 25.5], WindowWidth=[101, 51])
    assert levels(ds) == levels(ds, window=0) == [0, 128, 255]
    assert levels(ds, window=1) == [0, 255, 255]


def test_c_11_2_1_a_window_or_a_voi_lut_is_applied_never_both(
    grey: MakeImage, item: MakeItem
) -> None:
    ds = grey([0, 1, 2], VOILUTSequence=[table(item, 0, 8, [255, 51, 0])])
    assert levels(ds) == [255, 51, 0]
    ds.WindowCenter, ds.WindowWidth = 1.5, 3
    assert levels(ds) == levels(ds, window=0) == [0, 128, 255]
    assert levels(ds, window=1) == [255, 51, 0]


def test_c_11_2_1_2_1_a_linear_width_below_1_is_exact(grey: MakeImage) -> None:
    ds = grey([0, 0.25, 0.5, 1], "f4", WindowCenter=0.25, WindowWidth=0.5)
    assert levels(ds) == [0, 128, 255, 255]
    assert codes(ds) == ["window_exact"]


@pytest.mark.parametrize("width", [0, -100])
def test_c_11_2_1_2_1_an_impossible_width_leaves_the_next_view_or_the_full_range(
    grey: MakeImage, width: int
) -> None:
    ds = grey([0, 50, 100], WindowCenter=[7, 25.5], WindowWidth=[width, 51])
    assert levels(ds) == [0, 255, 255]
    assert codes(ds) == ["window_ignored"]
    ds.WindowCenter, ds.WindowWidth = 7, width
    assert levels(ds) == [0, 128, 255]
    assert codes(ds) == ["window_ignored"]
    assert "computed" in dk.display_pipeline(ds).steps[0].source


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"])
def test_without_a_view_the_lowest_is_black_and_the_highest_white(
    grey: MakeImage, dtype: str
) -> None:
    """x1 = 10, x2 = 61: (x - 10) / 51 * 255 = 5 (x - 10)."""
    assert levels(grey([10, 11, 35, 61], dtype)) == [0, 5, 125, 255]


def test_without_a_view_real_values_span_the_levels_too(grey: MakeImage) -> None:
    assert levels(grey([-0.5, 0, 0.5, 1.5], "f8")) == [0, 64, 128, 255]
    rescaled = grey([0, 1, 2, 4], RescaleSlope=0.25, RescaleIntercept=-0.1)
    assert levels(rescaled) == [0, 64, 128, 255]


def test_without_a_view_the_modality_step_comes_first(grey: MakeImage) -> None:
    ds = grey([0, 1, 2], RescaleSlope=-7, RescaleIntercept=3)
    assert levels(ds) == [255, 128, 0]


@pytest.mark.parametrize(("dtype", "value"), [("u2", 0), ("u2", 65535), ("i2", -9), ("f4", 0.1)])
@pytest.mark.parametrize("window", [None, "auto", "full"])
def test_a_constant_image_is_black(
    grey: MakeImage, dtype: str, value: float, window: str | None
) -> None:
    assert levels(grey([value] * 4, dtype), window=window) == [0] * 4


@pytest.mark.parametrize("uid", [MR, PET, CT])
@pytest.mark.parametrize(
    ("center", "width", "expected"), [(500.5, 1001, [0, 255, 255]), (5000.5, 10001, [0, 128, 255])]
)
def test_c_11_2_a_window_is_of_the_values_after_the_modality_step_whatever_they_are(
    grey: MakeImage, uid: str, center: float, width: float, expected: list[int]
) -> None:
    """Stored 0 to 1000 are 0 to 10 000: the first window is white from 1000 on."""
    ds = grey([0, 500, 1000], SOPClassUID=uid, RescaleSlope=10, RescaleIntercept=0)
    ds.WindowCenter, ds.WindowWidth = center, width
    assert levels(ds) == expected
    assert codes(ds) == []


@pytest.mark.parametrize("center", [5000, -5000])
def test_a_window_that_misses_all_values_is_noted(grey: MakeImage, center: float) -> None:
    ds = grey([0, 500, 1000], WindowCenter=center, WindowWidth=100)
    found = render_frame(dk.open_image(ds), 0, PictureOptions())
    assert set(found.image.ravel().tolist()) == {0 if center > 0 else 255}
    assert [note.code for note in found.notes] == ["window_missed"]


def test_a_picture_that_came_out_flat_is_noted_and_a_flat_image_is_not(
    grey: MakeImage, item: MakeItem
) -> None:
    flat = grey([0, 1, 2], VOILUTSequence=[table(item, 0, 8, [9, 9, 9])])
    for ds, expected in ((flat, ["picture_flat"]), (grey([7, 7, 7]), []), (grey([7]), [])):
        found = render_frame(dk.open_image(ds), 0, PictureOptions())
        assert [note.code for note in found.notes] == expected


@pytest.mark.parametrize("window", [dk.Window(500.5, 1001), "full", "auto"])
def test_a_window_of_the_callers_is_in_the_values_units(grey: MakeImage, window: Any) -> None:  # noqa: ANN401
    ds = grey([0, 100, 1000], SOPClassUID=MR, RescaleSlope=10, RescaleIntercept=0)
    ds.WindowCenter, ds.WindowWidth = 500.5, 1001
    # 0, 1000, 10 000: the caller's is white from 1000 on; the computed ones go up to 10 000.
    assert levels(ds, window=window)[1] == (255 if isinstance(window, dk.Window) else 26)
    assert codes(ds, window=window) == []
