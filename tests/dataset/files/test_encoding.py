"""Headers of elements and items, by hand after PS3.5 7.1.2 and 7.1.3."""

from __future__ import annotations

import struct

import pytest

from dicomkit.dataset.files.encoding import Encoding, Incomplete, read_header, read_item_header

LITTLE = Encoding(explicit=True, little=True)
BIG = Encoding(explicit=True, little=False)
IMPLICIT = Encoding(explicit=False, little=True)


def test_short_form() -> None:
    buffer = b"\x10\x00\x20\x00LO\x04\x00ABCD"
    assert read_header(buffer, 0, LITTLE) == (0x00100020, "LO", 4, 8)


def test_long_form_has_two_reserved_bytes_and_a_length_of_32_bits() -> None:
    buffer = b"xx\xe0\x7f\x10\x00OW\x00\x00\x01\x00\x01\x00"
    assert read_header(buffer, 2, LITTLE) == (0x7FE00010, "OW", 65537, 14)


def test_big_endian() -> None:
    assert read_header(b"\x00\x10\x00\x20LO\x00\x04", 0, BIG) == (0x00100020, "LO", 4, 8)


def test_implicit() -> None:
    assert read_header(b"\x10\x00\x20\x00\x04\x00\x00\x00", 0, IMPLICIT) == (
        0x00100020,
        None,
        4,
        8,
    )


def test_no_letters_where_the_vr_would_be_is_the_implicit_form() -> None:
    assert read_header(b"\x10\x00\x20\x00\x04\x00\x00\x00", 0, LITTLE) == (
        0x00100020,
        None,
        4,
        8,
    )


def test_an_unknown_vr_is_unknown_with_a_short_length() -> None:
    assert read_header(b"\x10\x00\x20\x00ZZ\x04\x00", 0, LITTLE) == (0x00100020, "UN", 4, 8)


@pytest.mark.parametrize(
    ("buffer", "need"), [(b"\x10\x00\x20\x00LO\x04", 8), (b"\xe0\x7f\x10\x00OW\x00\x00\x01", 12)]
)
def test_a_header_that_is_cut_off_says_how_far_it_goes(buffer: bytes, need: int) -> None:
    with pytest.raises(Incomplete) as caught:
        read_header(buffer, 0, LITTLE)
    assert caught.value.need == need


def test_item_headers_have_no_vr() -> None:
    assert read_item_header(b"\xff\xfe\xe0\x00\x00\x00\x41\x41", 0, BIG) == (
        0xFFFEE000,
        0x4141,
        8,
    )
    with pytest.raises(Incomplete):
        read_item_header(b"\xfe\xff\x00\xe0\x00\x00\x00", 0, LITTLE)


def test_delimiters_are_written_in_the_byte_order_of_the_dataset() -> None:
    assert LITTLE.item == struct.pack("<HH", 0xFFFE, 0xE000)
    assert BIG.item == struct.pack(">HH", 0xFFFE, 0xE000)
    assert LITTLE.sequence_end == struct.pack("<HH", 0xFFFE, 0xE0DD)
    assert BIG.sequence_end == struct.pack(">HH", 0xFFFE, 0xE0DD)


def test_an_item_without_vrs_in_a_dataset_with_them() -> None:
    assert LITTLE.within(b"\x10\x00\x20\x00LO\x04\x00", 0) is LITTLE
    assert LITTLE.within(b"\x10\x00\x20\x00\x04\x00\x00\x00", 0) == IMPLICIT
    # The other way round cannot be: two letters there are a length.
    assert IMPLICIT.within(b"\x10\x00\x20\x00LO\x04\x00", 0) is IMPLICIT
    with pytest.raises(Incomplete):
        LITTLE.within(b"\x10\x00\x20\x00LO", 0)
