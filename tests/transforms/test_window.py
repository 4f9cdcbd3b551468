"""The VOI step; every expectation is worked out from PS3.3 C.11.2.1.2 and C.11.2.1.3."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.output import to_uint8
from dicomkit.transforms.window import VoiFunction, VoiTable, Window, apply_window

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

FUNCTIONS: tuple[VoiFunction, ...] = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
CENTERS = st.floats(-1e5, 1e5)
WIDTHS = st.floats(1, 1e5)
WINDOWS = st.builds(Window, CENTERS, WIDTHS, st.sampled_from(FUNCTIONS))


def linear(x: Fraction, c: Fraction, w: Fraction) -> Fraction:
    """C.11.2.1.2.1 in exact arithmetic, ymin 0 and ymax 1."""
    half = Fraction(1, 2)
    if x <= c - half - (w - 1) / 2:
        return Fraction(0)
    if x > c - half + (w - 1) / 2:
        return Fraction(1)
    return (x - (c - half)) / (w - 1) + half


def linear_exact(x: Fraction, c: Fraction, w: Fraction) -> Fraction:
    """C.11.2.1.3.2 in exact arithmetic, ymin 0 and ymax 1."""
    if x <= c - w / 2:
        return Fraction(0)
    if x > c + w / 2:
        return Fraction(1)
    return (x - c) / w + Fraction(1, 2)


def test_c_11_2_1_2_1_examples_of_the_clause() -> None:
    """The clause's own notes: c = 2048, w = 4096 and c = 0, w = 100, and the two odd ones."""
    # x <= 0 -> 0, x > 4095 -> 255, else ((x - 2047.5) / 4095 + 0.5) * 255
    levels = to_uint8(
        apply_window(np.array([-1, 0, 1, 2047, 2048, 4095, 4096]), Window(2048, 4096))
    )
    assert levels.tolist() == [0, 0, 0, 127, 128, 255, 255]
    # x <= -50 -> 0, x > 49 -> 255, else ((x + 0.5) / 99 + 0.5) * 255
    view = apply_window(np.array([-51, -50, -49, 0, 49, 50]), Window(0, 100))
    expected = [0, 0, 1 / 99, 50 / 99, 1, 1]
    assert view.tolist() == [float(np.float32(y)) for y in expected]
    # w = 2: x <= -1 -> 0, x > 0 -> 1, else x + 0.5 + 0.5
    assert apply_window(np.array([-1, 0, 1]), Window(0, 2)).tolist() == [0, 1, 1]
    # w = 1: x <= c - 0.5 -> 0, else 1
    assert apply_window(np.array([-1, -0.5, -0.4, 0, 1]), Window(0, 1)).tolist() == [0, 0, 1, 1, 1]


def test_c_11_2_1_3_2_example_of_the_clause() -> None:
    """c = 0, w = 100: x <= -50 -> 0, x > 50 -> 1, else x / 100 + 0.5."""
    window = Window(0, 100, "LINEAR_EXACT")
    view = apply_window(np.array([-51, -50, -25, 0, 25, 50, 51]), window)
    assert view.tolist() == [0, 0, 0.25, 0.5, 0.75, 1, 1]


def test_c_11_2_1_3_1_sigmoid() -> None:
    """1 / (1 + exp(-4 (x - c) / w)): at c - w/2, c, c + w/2 the exponent is 2, 0, -2."""
    view = apply_window(np.array([-30, 20, 70]), Window(20, 100, "SIGMOID"))
    expected = [1 / (1 + math.e**2), 0.5, 1 / (1 + math.e**-2)]
    assert view == pytest.approx(expected, rel=1e-7)


def test_a_threshold_between_two_values() -> None:
    """w = 1 at c = 10.25: black up to 9.75, white above."""
    view = Window(10.25, 1)(np.array([9.75, 9.7500001, 10]))
    assert view.tolist() == [0, 1, 1]
    assert Window(10, 1)(np.array([9, 10], np.uint8)).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("function", "formula"), [("LINEAR", linear), ("LINEAR_EXACT", linear_exact)]
)
@given(x=st.floats(-2e5, 2e5), center=CENTERS, width=WIDTHS)
@example(x=-0.5, center=0.0, width=1.0)
@example(x=0.0, center=0.5, width=1.0000000000000002)
def test_linear_formulas_in_exact_arithmetic(
    function: VoiFunction,
    formula: Callable[[Fraction, Fraction, Fraction], Fraction],
    x: float,
    center: float,
    width: float,
) -> None:
    exact = formula(Fraction(x), Fraction(center), Fraction(width))
    (view,) = Window(center, width, function)(np.array([x])).tolist()
    # Near a width of 1 the slope is what enlarges float64's rounding of x - (c - 0.5).
    slope = 1 / (width - 1 if function == "LINEAR" and width > 1 else width)
    assert abs(view - exact) <= 2**-24 + slope * (abs(x) + abs(center) + 1) * 2**-51


@given(x=st.floats(-2e5, 2e5), center=CENTERS, width=st.floats(1e-3, 1e5))
def test_sigmoid_formula(x: float, center: float, width: float) -> None:
    exponent = -4 * (x - center) / width
    expected = 1 / (1 + math.exp(exponent)) if exponent < 700 else 0.0
    (view,) = Window(center, width, "SIGMOID")(np.array([x])).tolist()
    assert view == pytest.approx(expected, rel=1e-6, abs=1e-30)


@given(WINDOWS, arrays(np.float64, 30, elements=st.floats(allow_nan=False)))
def test_a_view_lies_from_0_to_1_and_never_falls(
    window: Window, values: npt.NDArray[np.float64]
) -> None:
    view = window(np.sort(values))
    assert view.dtype == np.float32
    assert np.all((view >= 0) & (view <= 1))
    assert np.all(np.diff(view) >= 0)


@given(WINDOWS)
def test_infinities_clamp_and_nan_stays(window: Window) -> None:
    black, white, unknown = window(np.array([-np.inf, np.inf, np.nan]))
    assert (black, white) == (0, 1)
    assert np.isnan(unknown)


@given(CENTERS, WIDTHS)
def test_ends_of_a_linear_window_are_black_and_white(center: float, width: float) -> None:
    low = math.floor(center - 0.5 - (width - 1) / 2) - 1
    high = math.ceil(center - 0.5 + (width - 1) / 2) + 1
    for function in ("LINEAR", "LINEAR_EXACT"):
        assert Window(center, width, function)(np.array([low - 1, high + 1])).tolist() == [0, 1]


@given(st.integers(-2000, 2000), st.integers(1, 4000), arrays(np.int16, 10))
def test_every_dtype_of_the_same_values_gives_the_same_bits(
    center: int, width: int, values: npt.NDArray[np.int16]
) -> None:
    for function in FUNCTIONS:
        window = Window(center, width, function)
        views = {
            window(values.astype(dtype)).tobytes()
            for dtype in (np.int16, np.int32, np.int64, np.float32, np.float64)
        }
        assert len(views) == 1


@pytest.mark.parametrize("function", ["LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize("width", [5e-324, 1e-300, 0.25, 1.7e308])
def test_any_width_above_0_serves_where_the_clause_allows_it(
    function: VoiFunction, width: float
) -> None:
    view = Window(3, width, function)(np.array([-np.inf, 3, np.inf]))
    assert view.tolist() == [0, 0.5, 1]


@pytest.mark.parametrize("width", [0, -1, -0.0, 0.999, -math.inf, math.inf, math.nan])
def test_c_11_2_1_2_1_a_linear_width_is_at_least_1(width: float) -> None:
    with pytest.raises(ValueError, match="width"):
        Window(0, width)


@pytest.mark.parametrize("function", ["LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize("width", [0, -0.5, math.inf, math.nan])
def test_c_11_2_1_3_other_widths_are_above_0(function: VoiFunction, width: float) -> None:
    with pytest.raises(ValueError, match="width"):
        Window(0, width, function)


@pytest.mark.parametrize("center", [math.nan, math.inf, -math.inf])
def test_a_center_is_finite(center: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Window(center, 100)


@pytest.mark.parametrize("function", ["", "linear", "LOG", None, 3])
def test_a_function_is_one_of_three(function: Any) -> None:  # noqa: ANN401 - a caller's mistake
    with pytest.raises(ValueError, match="function"):
        Window(0, 100, function)


@pytest.mark.parametrize("wrong", ["40", None])
def test_a_center_is_a_number(wrong: Any) -> None:  # noqa: ANN401 - a caller's mistake
    with pytest.raises(TypeError):
        Window(wrong, 80)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_windows_of_numpys_numbers_equal_and_do_the_same(function: VoiFunction) -> None:
    """Equal windows share a prepared table: float32's rounding must not show in one."""
    center: Any = np.float32(40.1)
    width: Any = np.float32(80.3)
    one, other = Window(center, width, function), Window(float(center), float(width), function)
    values = np.linspace(-20, 100, 999)
    assert one == other
    assert hash(one) == hash(other)
    assert np.array_equal(one(values), other(values))


def test_function_tells_windows_apart_and_numbers_do_not() -> None:
    assert Window(40, 80) == Window(40.0, 80.0, "LINEAR")
    assert len({Window(40, 80, function) for function in FUNCTIONS}) == 3


def test_the_printout_names_all_three() -> None:
    assert str(Window(40, 80)) == "center 40, width 80, LINEAR"
    assert str(Window(0.5, 0.25, "SIGMOID")) == "center 0.5, width 0.25, SIGMOID"


def test_apply_window_calls_the_window() -> None:
    values = np.linspace(-100, 100, 50)
    for function in FUNCTIONS:
        window = Window(7, 33, function)
        assert np.array_equal(apply_window(values, window), window(values))


def test_apply_window_scales_a_table_by_what_its_bits_can_hold() -> None:
    """C.11.2.1.1: entries go from 0 to 2^n - 1, whatever the highest one in the table is."""
    table = LookupTable(-1, [0, 1023, 4095], 12)
    view = apply_window(np.array([-9, -1, 0, 1, 9]), table)
    assert view.tolist() == [0, 0, float(np.float32(1023) / np.float32(4095)), 1, 1]
    dim = apply_window(np.array([0]), LookupTable(0, [255], 16))
    assert dim.tolist() == [float(np.float32(255) / np.float32(65535))]
    assert np.isnan(apply_window(np.array([np.nan]), table)).all()


def test_a_table_as_a_step_is_apply_window() -> None:
    table = LookupTable(3, [1, 40, 9], 7)
    values = np.arange(10)
    assert np.array_equal(VoiTable(table)(values), apply_window(values, table))
    assert str(VoiTable(table)) == "table of 3 entries from 3, 7 bits"


@pytest.mark.parametrize("window", ["brain", (40, 80), None])
def test_what_is_no_window_is_a_type_error(window: object) -> None:
    with pytest.raises(TypeError, match="expected a Window or a LookupTable"):
        apply_window(np.zeros(3), cast("Window", window))
