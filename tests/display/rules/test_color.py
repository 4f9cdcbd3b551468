"""Palettes, RGB and YBR; PS3.3 C.7.6.3.

Every expectation is worked out by hand from the clause of PS3.3 (or PS3.5) in the test's name.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pydicom.dataset import Dataset
from tests.display.rules.pictures import codes, levels

import dicomkit as dk

if TYPE_CHECKING:
    from tests.display.conftest import MakeImage


def palette(ds: Dataset, bits: int, channels: list[list[int]], first: int = 0) -> Dataset:
    for color, entries in zip(("Red", "Green", "Blue"), channels, strict=True):
        ds.add_new(f"{color}PaletteColorLookupTableDescriptor", "US", [len(entries), first, bits])
        data = struct.pack(f"<{len(entries)}H", *entries)
        ds.add_new(f"{color}PaletteColorLookupTableData", "OW", data)
    return ds


def test_c_7_6_3_1_5_a_palette_clamps_and_spans_16_bits(grey: MakeImage) -> None:
    ds = grey([0, 1, 2, 9], "u1", PhotometricInterpretation="PALETTE COLOR")
    palette(ds, 16, [[0, 65535], [257, 514], [65535, 0]], first=1)
    assert levels(ds) == [[0, 1, 255], [0, 1, 255], [255, 2, 0], [255, 2, 0]]
    assert levels(ds, bits=16)[2] == [65535, 514, 0]


def test_c_7_6_3_1_6_an_8_bit_palette_and_one_that_says_16(grey: MakeImage) -> None:
    ds = grey([0, 1], "u1", PhotometricInterpretation="PALETTE COLOR")
    for bits, expected in ((8, []), (16, ["palette_bits"])):
        palette(ds, bits, [[0, 255], [1, 2], [128, 0]])
        assert levels(ds) == [[0, 1, 128], [255, 2, 0]]
        assert codes(ds) == expected


def test_c_11_2_a_palette_has_no_voi(grey: MakeImage) -> None:
    ds = grey([0, 1], "u1", PhotometricInterpretation="PALETTE COLOR")
    ds.WindowCenter, ds.WindowWidth = 1, 1
    ds.RescaleSlope, ds.RescaleIntercept = 7, 7
    palette(ds, 16, [[0, 65535], [0, 65535], [0, 0]])
    assert levels(ds) == [[0, 0, 0], [255, 255, 0]]
    assert dk.voi_options(ds) == ()
    assert dk.to_values(ds).tolist() == [[0, 1]]
    assert codes(ds, window="full") == ["window_not_applied"]


def test_c_8_16_2_1_1_1_a_supplemental_palette_colours_the_top(grey: MakeImage) -> None:
    ds = grey([0, 50, 99, 100, 101, 200], PixelPresentation="COLOR")
    ds.WindowCenter, ds.WindowWidth = 50.5, 101
    palette(ds, 16, [[65535, 0], [0, 65535], [0, 0]], first=100)
    grey_levels = [[0] * 3, [128] * 3, [252] * 3]
    assert levels(ds) == [*grey_levels, [255, 0, 0], [0, 255, 0], [0, 255, 0]]
    assert [step.role for step in dk.display_pipeline(ds).steps] == ["Palette", "Output"]


def test_three_windows_make_the_colours_and_leave_a_supplemental_palette_out(
    grey: MakeImage,
) -> None:
    """Windows from 0 to 2, 1 to 2 and 0 to 4: the values as red, green and blue."""
    ds = grey([0, 1, 2, 4], PixelPresentation="COLOR")
    palette(ds, 16, [[65535], [0], [0]], first=2)
    windows = (dk.Window(1.5, 3), dk.Window(2, 2), dk.Window(2.5, 5))
    expected = [[0, 0, 0], [128, 0, 64], [255, 255, 128], [255, 255, 255]]
    assert levels(ds, window=windows) == expected
    assert codes(ds, window=windows) == ["palette_ignored"]
    assert levels(ds, window=windows[0])[2] == [255, 0, 0]


def two_colors(photometric: str, data: bytes, planar: int = 0) -> Dataset:
    """Make an image of two pixels of three samples of 8 bits."""
    ds = Dataset()
    ds.set_original_encoding(is_implicit_vr=False, is_little_endian=True)
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = (
        3,
        photometric,
        planar,
    )
    ds.Rows, ds.Columns, ds.BitsAllocated, ds.BitsStored, ds.HighBit = 1, 2, 8, 8, 7
    ds.PixelRepresentation = 0
    ds.PixelData = data
    return ds


@pytest.mark.parametrize("planar", [0, 1])
def test_c_7_6_3_1_3_rgb_in_both_configurations_is_not_windowed(planar: int) -> None:
    pixels = np.array([[[1, 2, 3], [254, 128, 0]]], np.uint8)
    data = (pixels.transpose(2, 0, 1) if planar else pixels).tobytes()
    ds = two_colors("RGB", data, planar)
    ds.WindowCenter, ds.WindowWidth = 1, 1
    assert levels(ds) == [[1, 2, 3], [254, 128, 0]]
    assert levels(ds, bits=16) == [[257, 514, 771], [65278, 32896, 0]]
    assert codes(ds) == []
    assert codes(ds, window="brain") == ["window_not_applied"]
    with pytest.raises(ValueError, match="no window is called"):
        dk.render(ds, window="brian")
    assert dk.voi_options(ds) == ()


def test_c_7_6_3_1_2_ybr_comes_out_as_rgb() -> None:
    """Y = 100, CB = 128, CR = 228: R = 240.2, G = 28.6, B = 100."""
    ds = two_colors("YBR_FULL", bytes([100, 128, 228, 7, 128, 128]))
    assert levels(ds) == [[240, 29, 100], [7, 7, 7]]


def test_c_7_6_3_1_2_the_caller_may_know_the_samples_colour_better() -> None:
    ds = two_colors("RGB", bytes([100, 128, 228, 7, 128, 128]))
    as_stated = [[100, 128, 228], [7, 128, 128]]
    assert levels(ds) == levels(ds, sample_color="rgb") == as_stated
    # R = 100 + 1.402 * 100, G = 100 - 0.714136 * 100, B = 100.
    assert levels(ds, sample_color="ybr") == [[240, 29, 100], [7, 7, 7]]
    assert dk.to_values(ds, sample_color="ybr").tolist() == [[[240, 29, 100], [7, 7, 7]]]
    ds.PhotometricInterpretation = "YBR_FULL"
    assert levels(ds, sample_color="rgb") == as_stated
    assert dk.to_values(ds, sample_color="rgb").tolist() == [as_stated]


def test_grey_has_no_colour_to_override(grey: MakeImage) -> None:
    assert levels(grey([0, 100]), sample_color="ybr") == [0, 255]
