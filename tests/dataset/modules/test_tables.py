"""LUT Descriptor and LUT Data; the clauses are PS3.3 C.11.1.1.1 and C.11.2.1.1."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pydicom.filereader import read_dataset

from dicomkit.dataset.modules.tables import descriptor, entries, lookup_table
from dicomkit.transforms.lut import LookupTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    from dicomkit.notes import Note

    Make = Callable[..., Dataset]
    Read = Callable[..., tuple[LookupTable | None, list[str]]]


def words(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}H", *(value % 65536 for value in values))


@pytest.fixture
def table(dataset: Make) -> Read:
    """Read a table of a descriptor and data; give it and the codes of its notes."""

    def read(
        descriptor: bytes | None, data: bytes | None, *, signed: bool = False
    ) -> tuple[LookupTable | None, list[str]]:
        elements = {"LUTDescriptor": descriptor, "LUTData": data}
        item = dataset(**{k: v for k, v in elements.items() if v is not None})
        notes: list[Note] = []
        found = lookup_table(item, signed_input=signed, notes=notes, role="VOI LUT 0")
        assert all("VOI LUT 0" in note.message for note in notes)
        return found, [note.code for note in notes]

    return read


def test_three_values_say_count_first_and_bits(table: Read) -> None:
    assert table(words(4, 10, 12), words(0, 1, 2, 4095)) == (
        LookupTable(10, [0, 1, 2, 4095], 12),
        [],
    )


def test_a_count_of_0_is_65536(table: Read) -> None:
    every = np.arange(65536, dtype="<u2").tobytes()
    found, notes = table(words(0, 0, 16), every)
    assert found == LookupTable(0, np.arange(65536), 16)
    assert notes == []


@pytest.mark.parametrize(
    ("first", "signed", "expected"),
    [
        (0xFC00, True, -1024),
        (0xFC00, False, 0xFC00),
        (0x7FFF, True, 0x7FFF),
        (0x8000, True, -32768),
        (5, True, 5),
    ],
)
def test_the_first_value_is_signed_where_the_input_is(
    table: Read, first: int, expected: int, *, signed: bool
) -> None:
    found, _ = table(words(2, first, 8), words(1, 2), signed=signed)
    assert found == LookupTable(expected, [1, 2], 8)


def test_a_first_value_written_as_signed_number_is_read_all_the_same(dataset: Make) -> None:
    """Explicit VR files write SS; pydicom then gives numbers below 0."""
    item = dataset(LUTData=words(1, 2))
    item.add_new("LUTDescriptor", "SS", [2, -1024, 8])
    assert descriptor(item, "LUTDescriptor", signed=True) == (2, -1024, 8)
    assert descriptor(item, "LUTDescriptor", signed=False) == (2, 64512, 8)


def test_8_bit_entries_may_be_packed_two_a_word(table: Read) -> None:
    """The first entry of a pair lies in the word's low byte."""
    assert table(words(4, 0, 8), words(0x0201, 0x0403)) == (LookupTable(0, [1, 2, 3, 4], 8), [])
    # An odd count leaves half a word.
    assert table(words(3, 0, 8), words(0x0201, 0x0003)) == (LookupTable(0, [1, 2, 3], 8), [])
    # And may be one a word.
    assert table(words(2, 0, 8), words(1, 255)) == (LookupTable(0, [1, 255], 8), [])
    assert table(words(1, 0, 8), words(7)) == (LookupTable(0, [7], 8), [])


def test_packed_entries_have_8_bits_whatever_is_declared(table: Read) -> None:
    """Output of 16 bits would show them all as black."""
    found, notes = table(words(4, 0, 16), words(0x0201, 0x0403))
    assert found == LookupTable(0, [1, 2, 3, 4], 8)
    assert notes == ["table_bits"]


@pytest.mark.parametrize("big", [False, True])
def test_packed_entries_keep_their_order_in_big_endian_files(*, big: bool) -> None:
    """PS3.5 8.3.1: bytes of OW swap in pairs, so that the word stays what it was."""
    order = ">" if big else "<"
    head = struct.pack(f"{order}HH2sH3H", 0x0028, 0x3002, b"US", 6, 4, 0, 8)
    packed = struct.pack(f"{order}2H", 0x0201, 0x0403)
    data = struct.pack(f"{order}HH2sHL", 0x0028, 0x3006, b"OW", 0, 4) + packed
    item = read_dataset(io.BytesIO(head + data), False, not big)  # noqa: FBT003
    found = lookup_table(item, signed_input=False, notes=[], role="")
    assert found == LookupTable(0, [1, 2, 3, 4], 8)


def test_data_that_need_more_bits_than_declared_are_believed(table: Read) -> None:
    assert table(words(3, 0, 8), words(0, 100, 4095)) == (
        LookupTable(0, [0, 100, 4095], 12),
        ["table_bits"],
    )


@pytest.mark.parametrize("bits", [0, 17, 255, 65535])
def test_impossible_bits_are_what_the_data_need(table: Read, bits: int) -> None:
    assert table(words(3, 0, bits), words(0, 100, 1000)) == (
        LookupTable(0, [0, 100, 1000], 10),
        ["table_bits"],
    )
    assert table(words(1, 0, bits), words(0)) == (LookupTable(0, [0], 1), ["table_bits"])


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_declared_bits_that_the_data_do_not_exhaust_stand(table: Read, bits: int) -> None:
    """Entries lie from 0 to 2^n - 1, and need not reach it."""
    assert table(words(3, 0, bits), words(0, 5, 100)) == (LookupTable(0, [0, 5, 100], bits), [])


def test_a_single_bit_is_a_depth_like_any_other(table: Read) -> None:
    assert table(words(2, 0, 1), words(0, 1)) == (LookupTable(0, [0, 1], 1), [])


def test_fewer_entries_than_declared_are_noted(table: Read) -> None:
    assert table(words(9, 0, 12), words(1, 2, 3)) == (
        LookupTable(0, [1, 2, 3], 12),
        ["table_short"],
    )


def test_more_entries_than_declared_are_cut(table: Read) -> None:
    assert table(words(2, 0, 12), words(1, 2, 4095)) == (LookupTable(0, [1, 2], 12), [])


@pytest.mark.parametrize(
    ("described", "data"),
    [
        (None, words(1, 2)),
        (words(2, 0), words(1, 2)),
        (words(2, 0, 8, 8), words(1, 2)),
        (b"", words(1, 2)),
        (b"\x01", words(1, 2)),
        (words(2, 0, 8), None),
        (words(2, 0, 8), b""),
        (words(2, 0, 8), b"\x01"),
        (None, None),
    ],
)
def test_without_a_descriptor_or_data_there_is_no_table(
    table: Read, described: bytes | None, data: bytes | None
) -> None:
    assert table(described, data) == (None, ["table_ignored"])


def test_entries_are_cut_or_unpacked_by_hand() -> None:
    data = np.array([0x0201, 0x0403], np.uint16)
    assert entries(data, 2).tolist() == [0x0201, 0x0403]
    assert entries(data, 4).tolist() == [1, 2, 3, 4]
    assert entries(data, 5).tolist() == [0x0201, 0x0403]
    assert entries(data, 1).tolist() == [0x0201]
