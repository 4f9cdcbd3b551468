from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dicomkit.transforms.output import to_uint8
from dicomkit.transforms.ranges import auto_window, reach, window_between
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    import numpy.typing as npt


def full_window(values: npt.ArrayLike, exclude: tuple[float, float] | None = None) -> Window:
    return auto_window(values, percentiles=(0, 100), exclude=exclude)


def test_the_full_range_of_integers_by_hand() -> None:
    """c = (x1 + x2 + 1) / 2 and w = x2 - x1 + 1."""
    assert full_window(np.array([3, -5, 10], np.int16)) == Window(3, 16)
    assert full_window(np.array([[0, 255]], np.uint8)) == Window(128, 256)


def test_the_full_range_of_real_values_by_hand() -> None:
    """LINEAR_EXACT from x1 to x2: c = (x1 + x2) / 2 and w = x2 - x1."""
    assert full_window(np.array([0.5, 0.25, 2.5])) == Window(1.375, 2.25, "LINEAR_EXACT")
    assert full_window(np.array([0, 1.5])) == Window(0.75, 1.5, "LINEAR_EXACT")
    assert full_window(np.array([-0.5, 1])) == Window(0.25, 1.5, "LINEAR_EXACT")


@given(arrays(np.int32, 20))
def test_lowest_is_black_highest_white_and_between_is_linear(values: npt.NDArray[np.int32]) -> None:
    levels = to_uint8(full_window(values)(values))
    low, high = int(values.min()), int(values.max())
    if low == high:
        assert not levels.any()
        return
    for x, level in zip(values.tolist(), levels.tolist(), strict=True):
        # Half a level, and what float32 loses.
        assert abs(level - 255 * (x - low) / (high - low)) <= 0.5 + 255 * 2**-23


@given(arrays(np.float32, 20, elements=st.floats(-1e6, 1e6, width=32)))
def test_real_values_span_the_levels_too(values: npt.NDArray[np.float32]) -> None:
    levels = to_uint8(full_window(values)(values))
    assert levels[values.argmin()] == 0
    if values.min() < values.max():
        assert levels[values.argmax()] == 255


@pytest.mark.parametrize("find", [auto_window, full_window])
@given(value=st.floats(allow_nan=False, allow_infinity=False))
@example(0.1)
@example(-0.3)
@example(2.0**53 + 2)
@example(1.7976931348623157e308)
@example(-1.7976931348623157e308)
@example(5e-324)
def test_a_constant_image_is_black(find: Any, value: float) -> None:  # noqa: ANN401
    values = np.full(3, value)
    assert not to_uint8(find(values)(values)).any()


@pytest.mark.parametrize("find", [auto_window, full_window])
@pytest.mark.parametrize("value", [np.int64(2**63 - 1), np.uint64(2**64 - 1), np.float32(0.1)])
def test_a_constant_image_of_other_types_is_black(find: Any, value: np.generic) -> None:  # noqa: ANN401
    values = np.full(3, value)
    assert not to_uint8(find(values)(values)).any()


def test_the_widest_range_that_doubles_allow_is_still_a_window() -> None:
    ends = np.array([-1.7e308, 0, 1.7e308])
    assert to_uint8(full_window(ends)(ends)).tolist() == [0, 128, 255]


@pytest.mark.parametrize("find", [auto_window, full_window])
def test_padding_is_left_out_both_ends_inclusive_in_either_order(find: Any) -> None:  # noqa: ANN401
    values = np.array([-2000, -1500, -1000, 0, 10, 99], np.int16)
    for exclude in ((-2000, -1000), (-1000, -2000)):
        assert find(values, exclude=exclude) == Window(50, 100)
    assert find(values, exclude=(-2000, -2000)) == Window(-700, 1600)


@pytest.mark.parametrize("find", [auto_window, full_window])
def test_what_is_not_finite_is_left_out(find: Any) -> None:  # noqa: ANN401
    values = np.array([np.nan, -np.inf, np.inf, 0, 99], np.float32)
    assert find(values) == Window(50, 100)
    assert find(values, exclude=(0, 0)) == find(np.array([99.0]))


@pytest.mark.parametrize("find", [auto_window, full_window])
@pytest.mark.parametrize(
    ("values", "exclude"),
    [
        (np.empty(0, np.int16), None),
        (np.empty((0, 5)), None),
        (np.array([np.nan, np.inf]), None),
        (np.array([7, 7, 7]), (7, 7)),
    ],
)
def test_nothing_to_look_at_gives_a_window_all_the_same(
    find: Any,  # noqa: ANN401
    values: npt.NDArray[Any],
    exclude: tuple[float, float] | None,
) -> None:
    # The one of a constant image of zeros.
    assert find(values, exclude=exclude) == Window(0.5, 1)


def test_percentiles_by_hand() -> None:
    """0, 1, ..., 1000: the half percentiles are 5 and 995."""
    assert auto_window(np.arange(1001)) == Window((5 + 995 + 1) / 2, 991)
    assert full_window(np.arange(1001)) == Window((0 + 1000 + 1) / 2, 1001)


def test_reach_gives_values_that_are_there() -> None:
    values = np.array([10, 20, 30, 40, 1000])
    assert reach(values, (0, 100)) == (10, 1000)
    assert reach(values, (25, 75)) == (20, 40)
    assert reach(values[:0], (0, 100)) is None
    with pytest.raises(ValueError, match="percentiles"):
        reach(values[:0], (60, 40))


def test_a_few_extreme_pixels_do_not_spoil_it() -> None:
    values = np.concatenate([np.arange(1000), [30000, -30000]])
    assert auto_window(values).width < 1001
    assert full_window(values).width == 60001


@given(arrays(np.int16, st.integers(1, 50)), st.floats(0, 49), st.floats(51, 100))
def test_an_automatic_window_lies_within_the_full_one(
    values: npt.NDArray[np.int16], low: float, high: float
) -> None:
    window, full = auto_window(values, percentiles=(low, high)), full_window(values)
    assert window.center - window.width / 2 >= full.center - full.width / 2
    assert window.center + window.width / 2 <= full.center + full.width / 2


@pytest.mark.parametrize("percentiles", [(50, 50), (60, 40), (-1, 50), (0, 101), (math.nan, 50)])
def test_percentiles_ascend_from_0_to_100(percentiles: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="percentiles"):
        auto_window(np.arange(5), percentiles=percentiles)


@pytest.mark.parametrize("find", [auto_window, full_window])
@pytest.mark.parametrize("dtype", [np.bool_, np.uint8, np.int16, np.float16, np.float32, ">i2"])
def test_any_real_dtype_and_shape(find: Any, dtype: Any) -> None:  # noqa: ANN401
    values = np.array([[0, 1], [1, 0]]).astype(dtype)
    values.flags.writeable = False
    assert find(values) == Window(1, 2)
    assert find(values[0, 1]) == Window(1.5, 1)


@given(st.integers(-(2**31), 2**31), st.integers(1, 2**31))
def test_c_11_2_1_2_1_becomes_x_minus_x1_over_x2_minus_x1(first: int, span: int) -> None:
    window = window_between(first, first + span)
    assert window == Window((2 * first + span + 1) / 2, span + 1)
    assert window(np.array([first, first + span])).tolist() == [0, 1]
