"""Luma and colour differences against the formulas of ITU-T H.273."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicomkit.transforms.video import BT601, BT709, VideoColor

COLORS = [BT601, BT709, VideoColor(0.2627, 0.0593), VideoColor(0.299, 0.114, full=True)]


def expected(y: int, cb: int, cr: int, color: VideoColor, bits: int) -> list[float]:
    """Compute one pixel in plain arithmetic."""
    scale, top = 2 ** (bits - 8), 2**bits - 1
    if color.full:
        light, blue, red = y / top, (cb - 128 * scale) / top, (cr - 128 * scale) / top
    else:
        light = (y - 16 * scale) / (219 * scale)
        blue, red = ((c - 128 * scale) / (224 * scale) for c in (cb, cr))
    r, b = light + 2 * (1 - color.red) * red, light + 2 * (1 - color.blue) * blue
    g = (light - color.red * r - color.blue * b) / (1 - color.red - color.blue)
    return [min(max(top * part, 0), top) for part in (r, g, b)]


@pytest.mark.parametrize("color", COLORS)
@pytest.mark.parametrize("bits", [8, 10, 12])
@given(seed=st.integers(0, 2**32 - 1))
def test_samples_become_the_colours_of_the_formula(color: VideoColor, bits: int, seed: int) -> None:
    kind = np.uint8 if bits == 8 else np.uint16
    planes = np.random.default_rng(seed).integers(0, 2**bits, (3, 1, 16)).astype(kind)
    rgb = color.to_rgb((planes[0], planes[1], planes[2]), bits)
    assert rgb.dtype == kind
    for column in range(16):
        y, cb, cr = map(int, planes[:, 0, column])
        pixel = expected(y, cb, cr, color, bits)
        assert np.abs(rgb[0, column] - pixel).max() < 0.56


@pytest.mark.parametrize("color", COLORS)
def test_without_a_difference_there_is_no_colour(color: VideoColor) -> None:
    luma = np.arange(256, dtype=np.uint8).reshape(16, 16)
    gray = np.full((8, 8), 128, np.uint8)
    rgb = color.to_rgb((luma, gray, gray))
    assert (rgb[..., 0] == rgb[..., 1]).all()
    assert (rgb[..., 0] == rgb[..., 2]).all()


@pytest.mark.parametrize("shape", [(3, 5), (2, 5), (3, 3), (2, 3)])
def test_a_colour_sample_stands_for_its_neighbours(shape: tuple[int, int]) -> None:
    luma = np.full((3, 5), 100, np.uint8)
    difference = np.random.default_rng(3).integers(60, 200, (2, *shape)).astype(np.uint8)
    rgb = BT601.to_rgb((luma, difference[0], difference[1]))
    for row, column in np.ndindex(3, 5):
        down, right = (row // 2 if shape[0] < 3 else row), (column // 2 if shape[1] < 5 else column)
        pixel = (100, int(difference[0, down, right]), int(difference[1, down, right]))
        assert np.abs(rgb[row, column] - expected(*pixel, BT601, 8)).max() < 0.56


def test_the_planes_of_primary_colours_are_those_of_bt_709() -> None:
    # ITU-R BT.709, digital representation: black, white, and 100 % bars of red and blue.
    bars = {
        (0, 0, 0): (16, 128, 128),
        (255, 255, 255): (235, 128, 128),
        (255, 0, 0): (63, 102, 240),
        (0, 0, 255): (32, 240, 118),
    }
    for rgb, ycbcr in bars.items():
        planes = BT709.from_rgb(np.full((2, 2, 3), rgb, np.uint8))
        assert [int(plane[0, 0]) for plane in planes] == list(ycbcr)


@pytest.mark.parametrize("color", COLORS)
def test_smooth_colours_come_back(color: VideoColor) -> None:
    picture = np.full((4, 6, 3), (200, 90, 40), np.uint8)
    back = color.to_rgb(color.from_rgb(picture))
    assert np.abs(back.astype(int) - picture).max() <= 2


def test_greys_come_back_one_level_off_at_most() -> None:
    grays = np.arange(256, dtype=np.uint8).reshape(16, 16)
    back = BT709.to_rgb(BT709.from_rgb(grays))
    assert np.abs(back[..., 0].astype(int) - grays).max() <= 1
