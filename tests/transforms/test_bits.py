"""PS3.5 8.1.1: where a sample lies in its word."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from dicomkit.transforms.bits import (
    as_unsigned,
    clip_to_bits,
    container,
    sign_extend,
    take_bits,
)


def words(*values: int, size: int = 2) -> np.ndarray[Any, np.dtype[Any]]:
    array = np.array(values, f"u{size}")
    array.setflags(write=False)
    return array


@pytest.mark.parametrize(
    ("bits", "signed", "name"),
    [
        (1, False, "uint8"),
        (8, True, "int8"),
        (9, False, "uint16"),
        (16, True, "int16"),
        (24, False, "uint32"),
        (32, True, "int32"),
        (33, False, "uint64"),
        (64, True, "int64"),
    ],
)
def test_the_smallest_type_that_holds_the_bits(*, bits: int, signed: bool, name: str) -> None:
    assert container(bits, signed=signed) == np.dtype(name)


def test_bits_above_high_bit_are_dropped() -> None:
    # An overlay in bits 12 and 15 beside 12-bit samples.
    values = take_bits(words(0x1ABC, 0x8001, 0x0FFF), 12, 11, signed=False)
    assert_array_equal(values, [0xABC, 0x001, 0xFFF])
    assert values.dtype == np.uint16


def test_samples_shift_down_from_high_bit() -> None:
    # Bits Stored 12, High Bit 15: the sample's lowest bit is bit 4.
    assert_array_equal(take_bits(words(0xABCD, 0x0010), 12, 15, signed=False), [0xABC, 1])


def test_samples_in_the_middle_of_a_word_are_signed() -> None:
    # Bits Stored 8, High Bit 11: bits 4 to 11; 0x80 is -128.
    values = take_bits(words(0xF80F, 0x07F0), 8, 11, signed=True)
    assert_array_equal(values, [-128, 127])
    assert values.dtype == np.int16


def test_the_sign_is_extended_from_bits_stored() -> None:
    assert_array_equal(
        take_bits(words(0x0FFF, 0x0800, 0x07FF), 12, 11, signed=True), [-1, -2048, 2047]
    )


@pytest.mark.parametrize(
    ("values", "signed"),
    [((0, 4095), False), ((0xF800, 0x07FF), True), ((0xFFFF, 3), True)],
)
def test_clean_words_are_not_copied(*, values: tuple[int, ...], signed: bool) -> None:
    cells = words(*values)
    assert np.shares_memory(take_bits(cells, 12, 11, signed=signed), cells)


def test_whole_words_are_viewed() -> None:
    cells = words(0xFFFFFFFF, 5, size=4)
    values = take_bits(cells, 32, 31, signed=True)
    assert_array_equal(values, [-1, 5])
    assert np.shares_memory(values, cells)


def test_no_words_give_no_values() -> None:
    assert take_bits(words(), 12, 11, signed=False).shape == (0,)


@given(st.data())
def test_any_place_agrees_with_python_integers(data: st.DataObject) -> None:
    width = data.draw(st.sampled_from([8, 16, 32, 64]))
    stored = data.draw(st.integers(1, width))
    high = data.draw(st.integers(stored - 1, width - 1))
    signed = data.draw(st.booleans())
    word = data.draw(st.integers(0, 2**width - 1))
    expected = (word >> (high + 1 - stored)) & (2**stored - 1)
    if signed and expected >= 2 ** (stored - 1):
        expected -= 2**stored
    found = take_bits(words(word, size=width // 8), stored, high, signed=signed)
    assert int(found[0]) == expected


def test_sign_extension_alone() -> None:
    assert_array_equal(sign_extend(words(0x1FFF, 0x0FFF), 13), [-1, 4095])


@pytest.mark.parametrize(
    ("values", "signed", "expected"),
    [([4097, 4095, 0], False, [4095, 4095, 0]), ([-2050, 2050], True, [-2048, 2047])],
)
def test_lossy_overshoot_is_held(*, values: list[int], signed: bool, expected: list[int]) -> None:
    assert_array_equal(clip_to_bits(np.array(values, np.int32), 12, signed=signed), expected)


@pytest.mark.parametrize("order", ["<", ">"])
def test_words_are_in_the_machines_order(order: str) -> None:
    found = as_unsigned(np.array([-2, 258], f"{order}i2"))
    assert_array_equal(found, [65534, 258])
    assert found.dtype == np.uint16
    assert found.dtype.isnative
