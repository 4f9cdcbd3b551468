"""Presentation LUTs, polarity and padding; PS3.3 C.11.6 and C.7.5.1.

Every expectation is worked out by hand from the clause of PS3.3 (or PS3.5) in the test's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.display.rules.pictures import codes, levels, table

import dicomkit as dk

if TYPE_CHECKING:
    from tests.display.conftest import MakeImage
    from tests.display.rules.pictures import MakeItem


@pytest.mark.parametrize("modality", ["DX", "MG"])
@pytest.mark.parametrize(
    ("photometric", "shape", "expected"),
    [
        ("MONOCHROME2", "IDENTITY", [0, 128, 255]),
        ("MONOCHROME1", "INVERSE", [255, 128, 0]),
        ("MONOCHROME1", None, [255, 128, 0]),
    ],
)
def test_c_8_11_3_1_2_dx_and_mg_are_inverted_once(
    grey: MakeImage, modality: str, photometric: str, shape: str | None, expected: list[int]
) -> None:
    ds = grey([0, 50, 100], Modality=modality, PhotometricInterpretation=photometric)
    ds.PixelIntensityRelationship, ds.PixelIntensityRelationshipSign = "LOG", -1
    ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = 1, 0, "US"
    ds.WindowCenter, ds.WindowWidth = 50.5, 101
    if shape:
        ds.PresentationLUTShape = shape
    assert levels(ds) == expected
    assert codes(ds) == []


def test_c_11_6_the_voi_steps_range_enters_the_presentation_lut(
    grey: MakeImage, item: MakeItem
) -> None:
    """Three entries: black, middle and white of the view; the data reach the middle only."""
    ds = grey([0, 50], WindowCenter=50.5, WindowWidth=101)
    ds.PresentationLUTSequence = [table(item, 0, 12, [4095, 0, 1365])]
    assert levels(ds) == [255, 0]
    assert levels(ds, window=dk.Window(25.5, 51)) == [255, 85]


def test_c_11_6_inverse_is_ymin_plus_ymax_minus_y(grey: MakeImage) -> None:
    ds = grey([0, 25, 100], WindowCenter=50.5, WindowWidth=101, PresentationLUTShape="INVERSE")
    assert levels(ds) == [255, 191, 0]
    assert levels(ds, bits=16) == [65535, 49151, 0]


def test_c_7_5_1_1_2_padding_is_out_of_every_statistic(grey: MakeImage) -> None:
    ds = grey([-2000, 0, 50, 100], "i2")
    ds.add_new("PixelPaddingValue", "SS", -2000)
    for window in (None, "full", "auto"):
        assert levels(ds, window=window) == [0, 0, 128, 255]


def test_c_7_5_1_1_2_the_range_is_inclusive_and_of_stored_values(grey: MakeImage) -> None:
    """Stored 900 and 1000 bound it; rescaled they would be 0 and 100."""
    ds = grey([0, 899, 900, 950, 1000], RescaleSlope=1, RescaleIntercept=-900)
    ds.PixelPaddingValue, ds.PixelPaddingRangeLimit = 1000, 900
    assert levels(ds) == [0, 255, 255, 255, 255]
    assert dk.display_pipeline(ds).steps[1].transform == dk.Window(-450, 900)
    assert levels(ds, padding="background") == [0, 255, 0, 0, 0]


def test_c_7_5_1_1_2_drawn_it_clamps_or_is_background_on_request(grey: MakeImage) -> None:
    ds = grey([5, 0, 50, 100, 5], PixelPaddingValue=5, PhotometricInterpretation="MONOCHROME1")
    ds.WindowCenter, ds.WindowWidth = 50.5, 101
    assert levels(ds) == [242, 255, 128, 0, 242]
    # Background is black whichever way round the grey goes.
    assert levels(ds, padding="background") == [0, 255, 128, 0, 0]
    without = grey([5], WindowCenter=5, WindowWidth=1)
    assert levels(without, padding="background") == levels(without) == [255]


@pytest.mark.parametrize(("dtype", "prefix"), [("f4", "Float"), ("f8", "DoubleFloat")])
def test_c_7_5_1_1_2_real_pixels_have_real_padding(
    grey: MakeImage, dtype: str, prefix: str
) -> None:
    ds = grey([-1e6, 0.0, 0.5, 1.0], dtype)
    setattr(ds, f"{prefix}PixelPaddingValue", -1e6)
    assert levels(ds) == [0, 0, 128, 255]
    assert levels(ds, padding="background", window=dk.Window(-1e6, 1)) == [0, 255, 255, 255]


def test_c_7_5_1_1_2_an_image_that_is_all_padding_has_a_picture(grey: MakeImage) -> None:
    ds = grey([7, 7, 7], PixelPaddingValue=7)
    for window in (None, "full", "auto"):
        assert set(levels(ds, window=window)) <= {0, 255}
        assert levels(ds, window=window, padding="background") == [0, 0, 0]
