from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dicomkit.transforms.padding import PaddingMask

if TYPE_CHECKING:
    import numpy.typing as npt


def test_c_7_5_1_1_2_both_ends_are_padding() -> None:
    stored = np.array([-2001, -2000, -1500, -1000, -999], np.int16)
    masked = PaddingMask(-2000, -1000)(stored)
    assert np.isnan(masked).tolist() == [False, True, True, True, False]
    assert masked[[0, 4]].tolist() == [-2001, -999]


def test_one_value_is_a_range_of_its_own() -> None:
    assert PaddingMask(0, 0).covers(np.array([0, 1, 0], np.uint8)).tolist() == [True, False, True]


@given(arrays(np.int32, 30), st.integers(-(2**31), 2**31 - 1), st.integers(0, 2**31))
def test_everything_else_is_kept_to_the_bit(
    stored: npt.NDArray[np.int32], low: int, span: int
) -> None:
    masked = PaddingMask(low, low + span)(stored)
    for before, after in zip(stored.tolist(), masked.tolist(), strict=True):
        assert np.isnan(after) if low <= before <= low + span else after == before


def test_a_bound_of_float_data_is_compared_as_that_data() -> None:
    """(0028,0122) is FL: 0.1 as float32 is what both hold, and not what float64 calls 0.1."""
    stored = np.array([0.1, 0.2], np.float32)
    assert PaddingMask(0.1, 0.1).covers(stored).tolist() == [True, False]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
def test_a_bound_beyond_the_data_covers_nothing(dtype: type[np.generic]) -> None:
    stored = np.array([-5, 0, 5], dtype)
    assert not PaddingMask(1e300, 1e301).covers(stored).any()
    assert not PaddingMask(-1e301, -1e300).covers(stored).any()
    assert PaddingMask(-1e300, 1e300).covers(stored).all()


def test_nan_is_nothing_that_a_range_covers() -> None:
    assert not PaddingMask(-1, 1).covers(np.array([np.nan])).any()


def test_the_printout_gives_the_range() -> None:
    assert str(PaddingMask(-2000, -2000)) == "stored -2000 drawn as background"
    assert str(PaddingMask(0, 10)) == "stored 0 to 10 drawn as background"
