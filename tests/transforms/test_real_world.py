"""Mappings to real-world values; the clause is PS3.3 C.7.6.16.2.11."""

from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicomkit.transforms.real_world import LinearMapping, TableMapping

NAN = math.nan


def same(found: Any, expected: list[float]) -> bool:  # noqa: ANN401 - an array of any type
    return bool(np.array_equal(found, np.array(expected, found.dtype), equal_nan=True))


def test_a_line_is_slope_times_stored_plus_intercept() -> None:
    stored = np.array([0, 1, 100], np.uint16)
    # 0.25 * SV - 3
    assert LinearMapping(0.25, -3)(stored).tolist() == [-3, -2.75, 22]


def test_outside_of_its_range_a_line_has_no_value() -> None:
    stored = np.array([9, 10, 20, 21], np.int16)
    assert same(LinearMapping(2, 1, 10, 20)(stored), [NAN, 21, 41, NAN])
    assert same(LinearMapping(2, 1, 10)(stored), [NAN, 21, 41, 43])
    assert same(LinearMapping(2, 1, None, 20)(stored), [19, 21, 41, NAN])


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "i8", "f4", "f8"])
def test_ranges_that_the_type_cannot_hold_are_no_trouble(dtype: str) -> None:
    stored = np.array([0, 5, 100], dtype)
    assert LinearMapping(1, 0, -70000, 70000)(stored).tolist() == [0, 5, 100]
    assert same(LinearMapping(1, 0, 70000, 70001)(stored), [NAN, NAN, NAN])


@pytest.mark.parametrize(
    ("dtype", "expected"), [("u1", "f4"), ("i4", "f4"), ("f4", "f4"), ("f8", "f8"), (">f8", "f8")]
)
@pytest.mark.parametrize("mapping", [LinearMapping(0.1, 0), TableMapping(0, [0, 0.1])])
def test_doubles_stay_doubles_and_all_else_is_float32(
    mapping: Any,  # noqa: ANN401 - of either kind
    dtype: str,
    expected: str,
) -> None:
    result = mapping(np.array([[0, 1]], dtype))
    assert result.dtype == np.dtype(expected)
    assert result.shape == (1, 2)
    assert result[0, 1] == np.dtype(expected).type(0.1)


@given(st.integers(0, 2**32 - 1), st.floats(1e-12, 1e3))
def test_arithmetic_is_double_and_rounded_once(stored: int, slope: float) -> None:
    (found,) = LinearMapping(slope, 0)(np.array([stored], np.uint32))
    assert found == np.float32(float(stored) * slope)


def test_a_table_has_an_entry_for_each_stored_value_from_the_first() -> None:
    table = TableMapping(-2, [0.5, 1.5, 100])
    assert table.last == 0
    assert same(table(np.array([-3, -2, -1, 0, 1], np.int8)), [NAN, 0.5, 1.5, 100, NAN])


def test_what_is_no_number_has_no_value() -> None:
    stored = np.array([NAN, 1], np.float32)
    assert same(LinearMapping(2, 0, 0, 5)(stored), [NAN, 2])
    assert same(TableMapping(0, [7, 8])(stored), [NAN, 8])


def test_stored_values_are_left_alone() -> None:
    stored = np.arange(4, dtype=np.float32)
    stored.flags.writeable = False
    LinearMapping(2, 1, 1, 2)(stored)
    TableMapping(1, [3.0])(stored)
    assert stored.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "arguments",
    [(0, 1), (NAN, 0), (1, math.inf), (1, 0, 2, 1), (1, 0, -math.inf, 1), (1, 0, None, NAN)],
)
def test_impossible_lines_cannot_be_made(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match=r"slope|range|below"):
        LinearMapping(*arguments)


@pytest.mark.parametrize("entries", [[], [[1.0]]])
def test_impossible_tables_cannot_be_made(entries: list[Any]) -> None:
    with pytest.raises(ValueError, match="one entry or more"):
        TableMapping(0, entries)


def test_tables_are_values() -> None:
    table = TableMapping(1, [1.5, NAN])
    assert table == TableMapping(1, [1.5, NAN])
    assert table != TableMapping(2, [1.5, NAN])
    assert table != "table"
    assert len({table, TableMapping(1, [1.5, NAN])}) == 1
    copied = pickle.loads(pickle.dumps(table))  # noqa: S301
    assert copied == table
    assert not copied.entries.flags.writeable


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        (LinearMapping(1e-6, 0), "x * 1e-06"),
        (LinearMapping(2, -1024), "x * 2 - 1024"),
        (LinearMapping(2, 3, 0, 4095), "x * 2 + 3 for 0..4095"),
        (LinearMapping(2, 3, 10), "x * 2 + 3 for 10.."),
        (TableMapping(3, [1, 2, 3]), "table for 3..5"),
    ],
)
def test_they_print_their_formula(mapping: object, expected: str) -> None:
    assert str(mapping) == expected
