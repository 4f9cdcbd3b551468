from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dicomkit.transforms.rescale import Rescale

if TYPE_CHECKING:
    import numpy.typing as npt

# DS holds at most 16 characters (PS3.5 6.2): these bounds hold what scanners write.
FACTORS = st.floats(-1e6, 1e6).filter(lambda slope: abs(slope) > 1e-6)


def test_c_11_1_1_2_output_units_are_m_times_sv_plus_b() -> None:
    stored = np.array([0, 24, 1024, 4095], np.uint16)
    # 1 * SV - 1024
    assert Rescale(1, -1024)(stored).tolist() == [-1024, -1000, 0, 3071]
    # 2.5 * SV + 10
    assert Rescale(2.5, 10)(stored).tolist() == [10, 70, 2570, 10247.5]
    # -1 * SV + 4095
    assert Rescale(-1, 4095)(stored).tolist() == [4095, 4071, 3071, 0]


@given(
    st.integers(-(2**31), 2**31 - 1),
    FACTORS,
    st.floats(-1e6, 1e6),
)
def test_arithmetic_is_double_and_rounded_once(value: int, slope: float, intercept: float) -> None:
    exact = Fraction(slope) * value + Fraction(intercept)
    (result,) = Rescale(slope, intercept)(np.array([value], np.int64)).tolist()
    # float64 keeps what it rounds far below float32's half unit.
    magnitude = max(abs(Fraction(slope) * value), abs(Fraction(intercept)))
    half_unit = Fraction(float(np.spacing(np.float32(abs(float(exact)))))) / 2
    assert abs(Fraction(result) - exact) <= half_unit + magnitude / 2**51


@given(arrays(np.int16, 20), FACTORS, st.floats(-1e6, 1e6))
def test_monotone_in_the_sign_of_the_slope(
    stored: npt.NDArray[np.int16], slope: float, intercept: float
) -> None:
    steps = np.diff(Rescale(slope, intercept)(np.sort(stored)))
    assert np.all(steps >= 0 if slope > 0 else steps <= 0)


@given(arrays(np.int32, 10, elements=st.integers(-(2**24), 2**24)))
def test_identity_keeps_what_float32_can_hold(stored: npt.NDArray[np.int32]) -> None:
    assert np.array_equal(Rescale(1, 0)(stored), stored)


def test_values_beyond_float32_become_infinite_without_a_warning() -> None:
    assert Rescale(1e300, 0)(np.array([-1e10, 0, 1e10])).tolist() == [-math.inf, 0, math.inf]


def test_unsigned_values_do_not_wrap() -> None:
    assert Rescale(1, -1024)(np.array([0], np.uint8)).tolist() == [-1024]


@pytest.mark.parametrize(
    ("slope", "intercept"),
    [(0, 0), (0.0, -1024), (-0.0, 1), (math.nan, 0), (math.inf, 0), (1, math.nan), (1, -math.inf)],
)
def test_what_no_file_can_mean_is_refused(slope: float, intercept: float) -> None:
    with pytest.raises(ValueError, match=r"slope|intercept"):
        Rescale(slope, intercept)


@pytest.mark.parametrize("wrong", ["1", None, [1]])
def test_what_is_no_number_is_refused(wrong: Any) -> None:  # noqa: ANN401 - a caller's mistake
    with pytest.raises(TypeError):
        Rescale(wrong, 0)


def test_units_tell_two_rescales_apart() -> None:
    assert Rescale(1, 0, "HU") != Rescale(1, 0)
    assert Rescale(1, 0).units is None
    assert Rescale(1.0, 0.0) == Rescale(1, 0)


def test_the_printout_gives_formula_and_units() -> None:
    assert str(Rescale(1, -1024, "HU")) == "x * 1 - 1024 HU"
    assert str(Rescale(0.5, 0)) == "x * 0.5 + 0"
