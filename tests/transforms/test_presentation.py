from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.presentation import Invert, PresentationTable

if TYPE_CHECKING:
    import numpy.typing as npt

VIEWS = arrays(np.float32, 20, elements=st.floats(0, 1, width=32))


def test_c_11_6_1_2_inverse_is_ymin_plus_ymax_minus_y() -> None:
    assert Invert()(np.array([0, 0.25, 0.5, 1])).tolist() == [1, 0.75, 0.5, 0]
    assert str(Invert()) == "1 - y"


@given(VIEWS)
def test_inverting_turns_the_order_round(view: npt.NDArray[np.float32]) -> None:
    inverted = Invert()(np.sort(view))
    assert np.all(np.diff(inverted) <= 0)
    assert np.all((inverted >= 0) & (inverted <= 1))


@given(VIEWS)
def test_inverting_twice_changes_at_most_a_rounding(view: npt.NDArray[np.float32]) -> None:
    assert Invert()(Invert()(view)) == pytest.approx(view, abs=2**-24)


def test_c_11_6_1_1_the_views_whole_range_enters_the_table() -> None:
    """Five entries: y = 0, 1/4, 1/2, 3/4, 1 take one each, whatever the view's own extremes."""
    table = PresentationTable(LookupTable(0, [0, 10, 100, 200, 255], 8))
    view = np.array([0, 0.25, 0.5, 0.75, 1])
    expected = [float(np.float32(entry) / np.float32(255)) for entry in (0, 10, 100, 200, 255)]
    assert table(view).tolist() == expected
    assert table(view[1:3]).tolist() == expected[1:3]


def test_a_table_may_invert_and_its_first_value_does_not_shift_it() -> None:
    for first in (0, -7, 1000):
        table = PresentationTable(LookupTable(first, [15, 0], 4))
        assert table(np.array([0, 0.4, 0.6, 1])).tolist() == [1, 1, 0, 0]


def test_levels_outside_clamp_and_nan_stays() -> None:
    table = PresentationTable(LookupTable(0, [3, 12], 4))
    low, high, unknown = table(np.array([-0.5, 1.5, np.nan]))
    assert (low, high) == (np.float32(0.2), np.float32(0.8))
    assert np.isnan(unknown)


def test_the_printout_is_the_tables() -> None:
    assert str(PresentationTable(LookupTable(0, np.arange(4), 8))) == (
        "table of 4 entries from 0, 8 bits"
    )
