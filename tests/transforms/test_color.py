"""Colour models; the formulas are PS3.3 C.7.6.3.1.2's for YBR_FULL, turned round."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicomkit.transforms.color import cielab_to_rgb, ybr_to_rgb

BYTES = st.integers(0, 255)


def by_hand(y: int, cb: int, cr: int) -> list[Fraction]:
    b, r = cb - 128, cr - 128
    rgb = (
        y + Fraction("1.402") * r,
        y - Fraction("0.344136") * b - Fraction("0.714136") * r,
        y + Fraction("1.772") * b,
    )
    return [min(max(sample, Fraction(0)), Fraction(255)) for sample in rgb]


@given(BYTES, BYTES, BYTES)
def test_every_sample_is_a_nearest_level(y: int, cb: int, cr: int) -> None:
    rgb = ybr_to_rgb(np.array([y, cb, cr], np.uint8)).tolist()
    for level, exact in zip(rgb, by_hand(y, cb, cr), strict=True):
        # Half a level, and what float32 loses at 512.
        assert abs(level - exact) <= Fraction(1, 2) + Fraction(1, 2**14)


@pytest.mark.parametrize("grey", range(0, 256, 5))
def test_no_chroma_is_grey(grey: int) -> None:
    assert ybr_to_rgb(np.array([grey, 128, 128], np.uint8)).tolist() == [grey] * 3


@given(BYTES, BYTES, BYTES)
def test_the_forward_formula_comes_back(red: int, green: int, blue: int) -> None:
    """C.7.6.3.1.2: Y = .2990R + .5870G + .1140B and so on; rounding to bytes costs 2 levels."""
    y = 0.2990 * red + 0.5870 * green + 0.1140 * blue
    cb = -0.1687 * red - 0.3313 * green + 0.5 * blue + 128
    cr = 0.5 * red - 0.4187 * green - 0.0813 * blue + 128
    ybr = np.rint(np.minimum([y, cb, cr], 255)).astype(np.uint8)
    assert ybr_to_rgb(ybr).astype(int) == pytest.approx(np.array([red, green, blue]), abs=2)


def test_sixteen_bits_have_their_own_middle_and_ends() -> None:
    ybr = np.array([[1000, 32768, 32768], [65535, 65535, 0], [0, 0, 65535]], np.uint16)
    grey, blueish, reddish = ybr_to_rgb(ybr).tolist()
    assert grey == [1000, 1000, 1000]
    # R = 65535 - 1.402 * 32768, G = 65535 - .344136 * 32767 + .714136 * 32768 > 65535
    assert blueish == [19594, 65535, 65535]
    # R = 1.402 * 32767, G = .344136 * 32768 - .714136 * 32767 < 0
    assert reddish == [45939, 0, 0]


def test_32_bits_keep_every_digit() -> None:
    ybr = np.array([4_294_967_291, 2**31, 2**31], np.uint32)
    assert ybr_to_rgb(ybr).tolist() == [4_294_967_291] * 3


def test_a_single_bit() -> None:
    assert ybr_to_rgb(np.array([[1, 1, 1], [0, 1, 1]], np.uint8), 1).tolist() == [[1] * 3, [0] * 3]


def test_fewer_bits_than_the_dtype_holds() -> None:
    """12 bits: the middle is 2048, the highest 4095."""
    ybr = np.array([[100, 2048, 2048], [4095, 4095, 4095]], np.uint16)
    grey, white = ybr_to_rgb(ybr, 12).tolist()
    assert grey == [100, 100, 100]
    # G = 4095 - (.344136 + .714136) * 2047 = 1928.7
    assert white == [4095, 1929, 4095]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
def test_shape_dtype_and_purity(dtype: type[np.unsignedinteger[Any]]) -> None:
    ybr = np.arange(2 * 4 * 3, dtype=dtype).reshape(2, 4, 3)
    before = ybr.copy()
    ybr.flags.writeable = False
    rgb = ybr_to_rgb(ybr)
    assert (rgb.shape, rgb.dtype) == (ybr.shape, ybr.dtype)
    assert np.array_equal(ybr, before)
    assert np.array_equal(ybr_to_rgb(ybr[:, ::2]), rgb[:, ::2])
    assert ybr_to_rgb(ybr[:0]).shape == (0, 4, 3)


def test_blocks_do_not_show() -> None:
    ybr = np.random.default_rng(7).integers(0, 256, (20_000, 3), np.uint8)
    half = len(ybr) // 2
    parts = np.concatenate([ybr_to_rgb(ybr[:half]), ybr_to_rgb(ybr[half:])])
    assert np.array_equal(ybr_to_rgb(ybr), parts)


@pytest.mark.parametrize("shape", [(), (4,), (3, 2)])
def test_the_last_axis_holds_three_samples(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="three samples"):
        ybr_to_rgb(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("bits", [0, 9, -1])
def test_bits_are_the_dtypes(bits: int) -> None:
    with pytest.raises(ValueError, match="bits must be from 1 to 8"):
        ybr_to_rgb(np.zeros(3, np.uint8), bits)


@pytest.mark.parametrize("bits", [8, 16, 32, 64])
def test_signed_samples_count_from_half_of_their_range(bits: int) -> None:
    kind = np.dtype(f"i{bits // 8}")
    half = 1 << (bits - 1)
    ybr = np.array([[-half, 0, 0], [0, 0, 0], [half - 1, half - 1, half - 1]], kind)
    rgb = ybr_to_rgb(ybr)
    assert rgb.dtype == kind
    assert rgb[:2].tolist() == [[-half] * 3, [0] * 3]
    # Red and blue are held within the range; G = Y - (.344136 + .714136) / 2 of the range.
    assert rgb[2, 0] > 0.99 * half
    assert rgb[2, 2] > 0.99 * half
    assert abs(int(rgb[2, 1]) - (half - 1.058272 * half)) <= 2 + half / 1000


def test_64_bits_are_held_within_64_bits() -> None:
    top = (1 << 64) - 1
    rgb = ybr_to_rgb(np.array([[top, 1 << 63, 1 << 63], [top, top, top]], np.uint64))
    # float64 has no number between this and 2 ** 64.
    assert rgb[0].tolist() == [top - 2047] * 3
    assert rgb[1, 0] == top - 2047


# By the formulas of CIE 15 and IEC 61966-2-1, as on colour charts of sRGB with D65.
CHART = {
    (0.0, 0.0, 0.0): (0, 0, 0),
    (100.0, 0.0, 0.0): (255, 255, 255),
    (53.585, 0.0, 0.0): (128, 128, 128),
    (53.2408, 80.0925, 67.2032): (255, 0, 0),
    (87.7347, -86.1827, 83.1793): (0, 255, 0),
    (32.2970, 79.1875, -107.8602): (0, 0, 255),
    (25.5308, 48.0554, 38.0597): (128, 0, 0),
    # Y = 1.5 / 903.3, and 255 * 12.92 Y = 5.47
    (1.5, 0.0, 0.0): (5, 5, 5),
}


@pytest.mark.parametrize("lab", CHART)
def test_lab_is_converted_as_on_the_chart(lab: tuple[float, float, float]) -> None:
    assert cielab_to_rgb(lab) == CHART[lab]


def test_colours_beyond_srgb_are_clipped() -> None:
    assert cielab_to_rgb((100, 127, 127))[0] == 255
    assert min(cielab_to_rgb((50, -128, -128))) == 0
