"""Lookup tables; the clauses are PS3.3 C.11.1.1.1 and C.11.2.1.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dicomkit.transforms.lut import LookupTable, nearest_index

if TYPE_CHECKING:
    import numpy.typing as npt

TABLES = st.builds(
    LookupTable,
    st.integers(-(2**15), 2**16 - 1),
    arrays(np.uint16, st.integers(1, 300)),
    st.just(16),
)


def test_c_11_1_1_1_first_value_maps_to_first_entry_and_the_ends_clamp() -> None:
    table = LookupTable(100, [7, 5, 3], 8)
    inputs = np.array([-32768, 0, 99, 100, 101, 102, 103, 65535])
    assert table(inputs).tolist() == [7, 7, 7, 7, 5, 3, 3, 3]


def test_c_11_1_1_1_a_first_value_below_0() -> None:
    table = LookupTable(-3, [1, 2, 3, 4], 3)
    assert table(np.array([-4, -3, -2, -1, 0, 1], np.int16)).tolist() == [1, 1, 2, 3, 4, 4]


def test_c_11_1_1_1_a_whole_table_of_65536_entries() -> None:
    """A descriptor can say 0 for 65 536; every unsigned word then has an entry of its own."""
    table = LookupTable(0, np.arange(65536)[::-1], 16)
    every = np.arange(65536, dtype=np.uint16)
    assert np.array_equal(table(every), 65535 - every.astype(np.int64))


def test_a_table_of_one_entry_is_constant() -> None:
    assert LookupTable(5, [9], 4)(np.array([-1, 5, 99])).tolist() == [9, 9, 9]


@given(TABLES, arrays(np.int64, 50, elements=st.integers(-(2**31), 2**31)))
def test_every_integer_gets_the_entry_that_the_clause_says(
    table: LookupTable, inputs: npt.NDArray[np.int64]
) -> None:
    entries = table.entries.tolist()
    last = table.first + len(entries) - 1
    expected = [entries[min(max(x, table.first), last) - table.first] for x in inputs.tolist()]
    assert table(inputs).tolist() == expected


@given(TABLES, arrays(np.float64, 30, elements=st.floats(allow_nan=False)))
def test_real_values_take_an_entry_of_a_nearest_input(
    table: LookupTable, inputs: npt.NDArray[np.float64]
) -> None:
    last = table.first + table.entries.size - 1
    for x, y in zip(inputs.tolist(), table(inputs).tolist(), strict=True):
        clamped = min(max(x, table.first), last)
        nearest = {int(np.floor(clamped + 0.5)), int(np.ceil(clamped - 0.5))}
        assert y in {table.entries[n - table.first] for n in nearest if n <= last}


def test_nan_stays_and_infinities_clamp() -> None:
    low, high, unknown = LookupTable(0, [3, 4], 3)(np.array([-np.inf, np.inf, np.nan]))
    assert (low, high) == (3, 4)
    assert np.isnan(unknown)


def test_the_entries_are_a_read_only_copy() -> None:
    source = np.array([1, 2, 3], np.uint16)
    table = LookupTable(0, source, 8)
    source[0] = 99
    assert table.entries.tolist() == [1, 2, 3]
    assert table.entries.dtype == np.uint16
    with pytest.raises(ValueError, match="read-only"):
        table.entries[0] = 5


@pytest.mark.parametrize("bits", range(1, 17))
def test_bits_bound_the_entries(bits: int) -> None:
    white = 2**bits - 1
    assert LookupTable(0, [0, white], bits).maximum == white
    with pytest.raises(ValueError, match=f"0 to {white}, as {bits} bits"):
        LookupTable(0, [white + 1], bits)


def test_numbers_of_numpy_serve_as_bits_and_first() -> None:
    first: Any = np.int16(-2)
    bits: Any = np.uint8(8)
    table = LookupTable(first, [0, 255], bits)
    assert table.maximum == 255
    assert table(np.array([-2, -1])).tolist() == [0, 255]
    assert table == LookupTable(-2, [0, 255], 8)


@pytest.mark.parametrize(
    ("entries", "bits", "message"),
    [
        ([], 8, "1 to 65536 entries"),
        (np.zeros(65537, np.uint16), 16, "1 to 65536 entries"),
        ([[1, 2]], 8, "one dimension"),
        (5, 8, "one dimension"),
        ([1], 0, "bits must be 1 to 16"),
        ([1], 17, "bits must be 1 to 16"),
        ([1], -8, "bits must be 1 to 16"),
        ([-1, 3], 8, "0 to 255"),
        ([256], 8, "0 to 255"),
        ([2**70], 8, "whole numbers"),
        ([0.5, 1], 8, "whole numbers"),
        ([float("nan")], 8, "whole numbers"),
        (["1"], 8, "whole numbers"),
    ],
)
def test_impossible_tables_are_refused(entries: Any, bits: int, message: str) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match=message):
        LookupTable(0, entries, bits)


def test_content_decides_equality() -> None:
    table = LookupTable(0, np.array([1, 2], np.uint8), 8)
    assert table == LookupTable(0, np.array([1, 2], np.int64), 8)
    assert table != LookupTable(1, [1, 2], 8)
    assert table != LookupTable(0, [1, 3], 8)
    assert table != LookupTable(0, [1, 2], 9)
    assert table != LookupTable(0, [1, 2, 2], 8)
    assert table != [1, 2]


def test_the_printout_summarises() -> None:
    assert str(LookupTable(-7, np.arange(5), 3)) == "table of 5 entries from -7, 3 bits"


def test_nearest_index_says_what_was_no_number() -> None:
    index, unknown = nearest_index(np.array([np.nan, 9.6, -5, 1e300]), 10, 4)
    assert index.tolist() == [0, 0, 0, 3]
    assert unknown.tolist() == [True, False, False, False]
