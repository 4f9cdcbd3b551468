from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dicomkit.transforms.palette import GrayToRgb, Palette, SupplementalPalette
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    import numpy.typing as npt

RED, GREEN, BLUE = [65535, 0, 0], [0, 65535, 0], [0, 0, 65535]


def test_c_7_6_3_1_5_both_ends_clamp() -> None:
    palette = Palette(10, [RED, GREEN, BLUE])
    colors = palette(np.array([0, 9, 10, 11, 12, 13, 255], np.uint8))
    red, green, blue = [1, 0, 0], [0, 1, 0], [0, 0, 1]
    assert colors.tolist() == [red, red, red, green, blue, blue, blue]


def test_c_7_6_3_1_5_a_first_value_below_0() -> None:
    palette = Palette(-1, [RED, GREEN])
    assert palette(np.array([-2, -1, 0], np.int16)).tolist() == [[1, 0, 0], [1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize("level", range(0, 256, 17))
def test_c_7_6_3_1_6_entries_span_16_bits(level: int) -> None:
    """An 8-bit level L is the entry 257 L: full intensity is 65 535 whatever the bits."""
    palette = Palette(0, [[257 * level] * 3])
    assert palette(np.array([0])).tolist() == [[float(np.float32(level / 255))] * 3]


@given(arrays(np.uint16, st.tuples(st.integers(1, 40), st.just(3))), arrays(np.int16, (3, 4)))
def test_every_pixel_gets_its_entry(
    entries: npt.NDArray[np.uint16], stored: npt.NDArray[np.int16]
) -> None:
    colors = Palette(-5, entries)(stored)
    assert colors.shape == (3, 4, 3)
    for place, value in np.ndenumerate(stored):
        entry = entries[min(max(int(value) + 5, 0), len(entries) - 1)]
        assert colors[place].tolist() == (entry / np.float32(65535)).tolist()


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        (np.zeros((0, 3), np.uint16), "shape"),
        (np.zeros((4, 2), np.uint16), "shape"),
        (np.zeros(3, np.uint16), "shape"),
        ([[-1, 0, 0]], "0 to 65535"),
        ([[0, 0, 65536]], "0 to 65535"),
        ([[0.5, 0, 0]], "whole numbers"),
    ],
)
def test_impossible_palettes_are_refused(entries: Any, message: str) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match=message):
        Palette(0, entries)


def test_the_entries_are_a_read_only_copy() -> None:
    source = np.array([RED], np.uint16)
    palette = Palette(0, source)
    source[0] = 7
    assert palette.entries.tolist() == [RED]
    with pytest.raises(ValueError, match="read-only"):
        palette.entries[0] = 1


def test_content_decides_equality() -> None:
    palette = Palette(0, [RED, GREEN])
    assert palette == Palette(0, np.array([RED, GREEN], np.uint16))
    assert palette != Palette(1, [RED, GREEN])
    assert palette != Palette(0, [RED, BLUE])
    assert palette != "palette"
    assert str(palette) == "palette of 2 colours from 0"


def test_c_8_16_2_1_1_1_grey_below_the_first_mapped_value_colour_from_it_on() -> None:
    mixed = SupplementalPalette(Palette(100, [RED, GREEN]), (Window(50, 101),))
    # The grey branch: (x - 49.5) / 100 + 0.5 = (x + 0.5) / 100
    views = mixed(np.array([-60, 0, 49, 99, 100, 101, 500], np.int16))
    assert views[:4].tolist() == [[float(np.float32(y))] * 3 for y in (0, 0.005, 0.495, 0.995)]
    assert views[4:].tolist() == [[1, 0, 0], [0, 1, 0], [0, 1, 0]]
    assert views.dtype == np.float32


def test_a_supplemental_palette_leaves_nan_to_become_background() -> None:
    mixed = SupplementalPalette(Palette(0, [RED]), (Window(50, 101),))
    assert np.isnan(mixed(np.array([np.nan]))).all()


def test_a_supplemental_palette_says_both_branches() -> None:
    mixed = SupplementalPalette(Palette(9, [RED]), (Window(1, 2), Window(3, 4)))
    assert str(mixed) == (
        "palette of 1 colours from 9 on; below it grey: "
        "center 1, width 2, LINEAR; center 3, width 4, LINEAR"
    )


def test_grey_as_colour_repeats_each_sample() -> None:
    colors = GrayToRgb()(np.array([[0, 0.5], [1, np.nan]], np.float32))
    assert colors.shape == (2, 2, 3)
    assert colors[0].tolist() == [[0, 0, 0], [0.5, 0.5, 0.5]]
    assert np.isnan(colors[1, 1]).all()
    assert str(GrayToRgb()) == "grey as RGB"
