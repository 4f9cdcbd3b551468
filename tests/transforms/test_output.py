from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dicomkit.transforms.output import Quantize, to_uint8, to_uint16

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

both = pytest.mark.parametrize(
    ("convert", "white"), [(to_uint8, 255), (to_uint16, 65535)], ids=["uint8", "uint16"]
)


def test_levels_are_rounded_to_the_nearest() -> None:
    """255 y: 0.49/255 is nearer to 0, 0.51/255 to 1; 0.5 lies at 127.5 between two levels."""
    view = np.array([0, 0.49 / 255, 0.51 / 255, 1.49 / 255, 0.5, 254.4 / 255, 254.6 / 255, 1])
    assert to_uint8(view).tolist() == [0, 0, 1, 1, 128, 254, 255, 255]
    assert to_uint16(view[[0, 4, 7]]).tolist() == [0, 32768, 65535]


@both
def test_values_outside_clamp_and_nan_is_black(
    convert: Callable[..., npt.NDArray[Any]], white: int
) -> None:
    view = np.array([-np.inf, -1e300, -1e-9, 1.0000001, 1e300, np.inf, np.nan])
    assert convert(view).tolist() == [0, 0, 0, white, white, white, 0]


def test_a_range_of_units() -> None:
    """255 (x + 1000) / 2000"""
    values = np.array([-1001, -1000, -996, 0, 600, 1000, 1001], np.int16)
    assert to_uint8(values, (-1000, 1000)).tolist() == [0, 0, 1, 128, 204, 255, 255]


@both
def test_whole_levels_come_back(convert: Callable[..., npt.NDArray[Any]], white: int) -> None:
    levels = np.arange(white + 1)
    assert np.array_equal(convert(levels, (0, white)), levels)
    assert np.array_equal(convert((levels / white).astype(np.float32)), levels)


@both
@given(x=st.floats(-1e6, 1e6), low=st.floats(-1e6, 1e6), span=st.floats(1e-3, 1e6))
def test_no_level_is_nearer(
    convert: Callable[..., npt.NDArray[Any]], white: int, x: float, low: float, span: float
) -> None:
    high = low + span
    position = (Fraction(x) - Fraction(low)) / (Fraction(high) - Fraction(low))
    exact = min(max(position, Fraction(0)), Fraction(1)) * white
    level = int(convert(np.array(x), (low, high)))
    # Half a level, and what float64 loses where the range is narrow and far from 0.
    slack = white * (abs(x) + abs(low) + abs(high)) / (high - low) * 2**-51
    assert abs(level - exact) <= Fraction(1, 2) + Fraction(slack)


@both
@given(arrays(np.float64, 30, elements=st.floats(allow_nan=False)))
@example(np.array([-1.7e308, 1.7e308]))
def test_levels_never_fall(
    convert: Callable[..., npt.NDArray[Any]], white: int, view: npt.NDArray[np.float64]
) -> None:
    levels = convert(np.sort(view), (-3.5, 1e5)).astype(np.int64)
    assert np.all(np.diff(levels) >= 0)
    assert levels.max() <= white


@both
@pytest.mark.parametrize(
    "value_range",
    [
        (1, 0),
        (0, 0),
        (0, math.nan),
        (math.nan, 1),
        (0, math.inf),
        (-math.inf, 0),
        (-1.7e308, 1.7e308),
    ],
)
def test_a_range_ascends_and_is_finite(
    convert: Callable[..., npt.NDArray[Any]], white: int, value_range: tuple[float, float]
) -> None:
    del white
    with pytest.raises(ValueError, match="ascend"):
        convert(np.zeros(2), value_range)


@both
def test_the_narrowest_range_is_a_range(
    convert: Callable[..., npt.NDArray[Any]], white: int
) -> None:
    assert convert(np.array([-1, 0, 5e-324, 1]), (0, 5e-324)).tolist() == [0, 0, white, white]


@pytest.mark.parametrize(("bits", "convert"), [(8, to_uint8), (16, to_uint16)])
def test_the_step_is_the_function(
    bits: Literal[8, 16], convert: Callable[..., npt.NDArray[Any]]
) -> None:
    view = np.linspace(-0.1, 1.1, 999, dtype=np.float32)
    step = Quantize(bits)
    assert step(view).dtype == convert(view).dtype
    assert np.array_equal(step(view), convert(view))
    assert str(step) == f"0..{2**bits - 1}, to the nearest"
