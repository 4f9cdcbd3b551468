"""Values out of bytes and out of objects, after PS3.5 table 6.2-1."""

from __future__ import annotations

import math
import struct
from datetime import date, datetime, time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag
from pydicom.valuerep import DSdecimal, DSfloat, PersonName

from dicomkit.dataset.elements.values import (
    REAL,
    TEXTS,
    WHOLE,
    Values,
    first_text,
    parse_numbers,
    parse_texts,
    parse_values,
    type_texts,
    well_formed_uid,
)

if TYPE_CHECKING:
    from dicomkit.dataset.elements.values import Kind, Typed

VRS = (*sorted(TEXTS), "AT", "FD", "FL", "OB", "OW", "SL", "SS", "SV", "UL", "UN", "US", "UV", "ZZ")


@pytest.mark.parametrize(
    ("vr", "value", "said", "typed"),
    [
        ("AE", b" STATION ", ("STATION",), ("STATION",)),
        ("AS", b"042Y", ("042Y",), ("042Y",)),
        ("CS", b"ORIGINAL\\PRIMARY ", ("ORIGINAL", "PRIMARY"), ("ORIGINAL", "PRIMARY")),
        ("CS", b"A\\\\B", ("A", "", "B"), ("A", "", "B")),
        ("LO", b"J\xe9r\xf4me", ("J\u00e9r\u00f4me",), ("J\u00e9r\u00f4me",)),
        ("PN", b"Doe^Jane ", ("Doe^Jane",), ("Doe^Jane",)),
        ("ST", b" indented\\text ", (" indented\\text",), (" indented\\text",)),
        ("UR", b"http://a/b\\c ", ("http://a/b\\c",), ("http://a/b\\c",)),
        ("UI", b"1.2.840.10008.1.2\0", ("1.2.840.10008.1.2",), ("1.2.840.10008.1.2",)),
        ("DS", b"1.5\\ -2e1 ", ("1.5", "-2e1"), (1.5, -20.0)),
        ("DS", b"\\2.5", ("", "2.5"), (None, 2.5)),
        ("IS", b"+7", ("+7",), (7,)),
        ("IS", b"7\\\\8", ("7", "", "8"), (7, None, 8)),
        ("DA", b"20200131", ("20200131",), (date(2020, 1, 31),)),
        ("DA", b"1997.04.30", ("1997.04.30",), (date(1997, 4, 30),)),
        ("TM", b"235959.5", ("235959.5",), (time(23, 59, 59, 500_000),)),
        ("DT", b"20200131101530", ("20200131101530",), (datetime(2020, 1, 31, 10, 15, 30),)),  # noqa: DTZ001
        # The standard lets a DT end anywhere behind the year; Python's has a day at least.
        ("DT", b"202001", ("202001",), (None,)),
        ("DT", b"2020+0100", ("2020+0100",), (None,)),
        ("UN", b"plain text ", ("plain text",), ()),
        ("UN", b"\x00\x01\x02", (), ()),
        ("UN", b"\0\0", (), ()),
        ("OB", b"plain text ", (), ()),
        ("US", b"\x01\x00", (), (1,)),
        ("SS", b"\xff\xff\x02\x00", (), (-1, 2)),
        ("UL", b"\x01\x00\x00\x80", (), (0x80000001,)),
        ("FD", struct.pack("<2d", 0.5, -1.0), (), (0.5, -1.0)),
        ("AT", b"\x10\x00\x20\x00\xe0\x7f\x10\x00", (), (0x00100020, 0x7FE00010)),
    ],
)
def test_sound_values(
    vr: str, value: bytes, said: tuple[str, ...], typed: tuple[Typed | None, ...]
) -> None:
    expected = Values(said, typed, len(said or typed) or 1, broken=False)
    assert parse_values(value, vr, ("latin_1",)) == expected
    assert [type(part) for part in parse_values(value, vr, ("latin_1",)).typed] == [
        BaseTag if vr == "AT" else type(part) for part in typed
    ]


@pytest.mark.parametrize("vr", VRS)
@pytest.mark.parametrize("value", [b"", None, [], ""])
def test_what_is_empty_has_no_values(vr: str, value: object) -> None:
    assert parse_values(value, vr) == Values((), (), 0)


@pytest.mark.parametrize("vr", sorted(TEXTS))
@pytest.mark.parametrize("value", [b"  ", b" \0", b"\0"])
def test_padding_is_no_value(vr: str, value: bytes) -> None:
    assert parse_values(value, vr) == Values((), (), 0)
    assert first_text(value, vr) is None


@pytest.mark.parametrize(
    ("vr", "value", "said", "typed"),
    [
        ("DS", b"1_0", ("1_0",), (None,)),
        ("DS", b"1.5\\abc", ("1.5", "abc"), (1.5, None)),
        ("DS", b"1e999", ("1e999",), (None,)),
        ("DS", b"nan", ("nan",), (None,)),
        ("IS", b"1.5", ("1.5",), (None,)),
        ("IS", b"1e2", ("1e2",), (None,)),
        ("DA", b"31.1.2020", ("31.1.2020",), (None,)),
        ("DA", b"20201301", ("20201301",), (None,)),
        ("TM", b"noon", ("noon",), (None,)),
        ("DT", b"yesterday", ("yesterday",), (None,)),
        ("DT", b"20201301", ("20201301",), (None,)),
        ("DT", b"202013", ("202013",), (None,)),
        ("DT", b"2020013", ("2020013",), (None,)),
        # Text stays text, whatever is wrong with it.
        ("AS", b"42", ("42",), ("42",)),
        ("AS", b"0Y", ("0Y",), ("0Y",)),
        ("UI", b"1.02.3", ("1.02.3",), ("1.02.3",)),
        ("UI", b"1.2.abc", ("1.2.abc",), ("1.2.abc",)),
        ("CS", b"J\xe9r", ("J\ufffdr",), ("J\ufffdr",)),
        ("PN", b"J\xffr", ("J\ufffdr",), ("J\ufffdr",)),
    ],
)
def test_broken_values_stay_as_they_were_written(
    vr: str, value: bytes, said: tuple[str, ...], typed: tuple[Typed | None, ...]
) -> None:
    found = parse_values(value, vr, ("UTF8",))
    assert found == Values(said, typed, len(said), broken=True)


@pytest.mark.parametrize(
    ("value", "typed"),
    [
        (b"1.0", 1),
        (b"1.", 1),
        (b"-12.00", -12),
        (b"1234567890123", 1_234_567_890_123),
        (b"-1234567890123", -1_234_567_890_123),
        (b"007", 7),
    ],
)
def test_integer_strings_with_one_right_reading_are_numbers(value: bytes, typed: int) -> None:
    assert parse_values(value, "IS").typed == (typed,)
    assert parse_numbers(value, "IS", WHOLE) == (typed,)
    assert type_texts((value.decode(),), "IS") == (typed,)
    assert not parse_values(value, "IS").broken


def test_digits_without_end_are_no_number() -> None:
    assert parse_numbers(b"1" * 5000, "IS", WHOLE) is None
    assert parse_values(b"1" * 5000, "IS").broken


def test_binary_numbers_in_big_endian() -> None:
    assert parse_values(b"\x00\x01", "US", little=False).typed == (1,)
    assert parse_values(b"\x00\x10\x00\x20", "AT", little=False).typed == (0x00100020,)


@pytest.mark.parametrize(
    ("vr", "value", "typed"),
    [
        ("US", b"\x01", ()),
        ("AT", b"\x10\x00", ()),
        ("US", b"\x02\x01\0", (258,)),
        ("AT", b"\x10\x00\x20\x00\xe0\x7f", (0x00100020,)),
    ],
)
def test_half_a_number_is_broken_and_whole_ones_are_there(
    vr: str, value: bytes, typed: tuple[int, ...]
) -> None:
    assert parse_values(value, vr) == Values((), typed, 1, broken=True)


def test_arrays_are_counted_and_not_parsed() -> None:
    assert parse_values(bytes(8 * 1000), "FD") == Values((), (), 1000)
    assert parse_values(b"\\".join([b"1"] * 1000), "DS") == Values((), (), 1000)
    assert parse_values(list(range(1000)), "US") == Values((), (), 1000)
    # Of 256 each is there.
    assert len(parse_values(bytes(8 * 256), "FD").typed) == 256
    assert len(parse_values(b"\\".join([b"1"] * 256), "IS").typed) == 256


@pytest.mark.parametrize(
    ("vr", "value", "said", "typed"),
    [
        ("PN", PersonName("Doe^Jane"), ("Doe^Jane",), ("Doe^Jane",)),
        ("LO", "text", ("text",), ("text",)),
        ("LO", "a\\ b ", ("a", "b"), ("a", "b")),
        ("LO", MultiValue(str, ["a", "", "b"]), ("a", "", "b"), ("a", "", "b")),
        ("LO", ["", ""], (), ()),
        ("DS", [DSfloat("1.50"), DSfloat("2")], ("1.50", "2"), (1.5, 2.0)),
        ("DS", DSdecimal("0.25"), ("0.25",), (0.25,)),
        ("DS", 1.5, ("1.5",), (1.5,)),
        ("DS", np.float32(1.5), ("1.5",), (1.5,)),
        ("IS", 7, ("7",), (7,)),
        ("DA", "20200131", ("20200131",), (date(2020, 1, 31),)),
        ("LT", "one\\text", ("one\\text",), ("one\\text",)),
        ("US", 3, (), (3,)),
        ("FD", [0.5, 1.5], (), (0.5, 1.5)),
        ("FD", np.array([0.5, 1.5]), (), (0.5, 1.5)),
        ("AT", 0x00100020, (), (0x00100020,)),
        ("AT", [0x00100020, BaseTag(0x7FE00010)], (), (0x00100020, 0x7FE00010)),
    ],
)
def test_values_that_pydicom_has_converted(
    vr: str, value: object, said: tuple[str, ...], typed: tuple[Typed | None, ...]
) -> None:
    assert parse_values(value, vr) == Values(said, typed, len(said or typed))


def test_objects_that_do_not_fit_their_vr_are_broken() -> None:
    assert parse_values("x", "US") == Values(("x",), ("x",), 1, broken=True)
    assert parse_values(object, "DS").broken


def test_a_name_that_pydicom_has_converted_is_decoded_from_its_bytes() -> None:
    # PS3.5 K.2; pydicom leaves the escapes in.
    written = b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab="
    for name in (PersonName(written), PersonName(written, ["iso8859", "iso_ir_58"])):
        said, sound = parse_texts(name, "PN", ("iso8859", "iso_ir_58"))
        assert (said, sound) == (("Zhang^XiaoDong=\u5f20^\u5c0f\u4e1c=",), True)


def test_text_that_cannot_be_decoded_is_told() -> None:
    assert parse_texts(b"a\xff\\b", "LO", ("UTF8",)) == (("a\ufffd", "b"), False)


@pytest.mark.parametrize(
    ("value", "vr", "expected"),
    [
        (b"7\\8", "LO", "7"),
        (b"\\8", "LO", None),
        (b" 7 ", "SH", "7"),
        (b"a\\b ", "ST", "a\\b"),
        ("7\\8", "LO", "7"),
        (["7", "8"], "LO", "7"),
    ],
)
def test_the_first_text(value: object, vr: str, expected: str | None) -> None:
    assert first_text(value, vr) == expected


@pytest.mark.parametrize(
    ("value", "vr", "kind", "expected"),
    [
        (b"5\\6", "DS", REAL, (5.0, 6.0)),
        (b"5\\x", "DS", REAL, None),
        (b"5\\", "DS", REAL, None),
        (b"512 ", "LO", WHOLE, (512,)),
        (b"", "DS", REAL, ()),
        (b"\x00\x02", "US", REAL, (512.0,)),
        (b"\xff\xff", "US or SS", WHOLE, (65535,)),
        (struct.pack("<d", math.nan), "FD", REAL, None),
        (struct.pack("<d", 5.5), "FD", WHOLE, None),
        (1.5, "DS", WHOLE, None),
        ([1, "2.0"], "IS", WHOLE, (1, 2)),
        (10**400, "DS", REAL, None),
    ],
)
def test_numbers_of_a_kind(
    value: object, vr: str, kind: Kind, expected: tuple[float, ...] | None
) -> None:
    assert parse_numbers(value, vr, kind) == expected


def test_signed_words() -> None:
    for value in (b"\xff\xff", 65535):
        assert parse_numbers(value, "US", WHOLE, signed=True) == (-1,)
        assert parse_numbers(value, "US", WHOLE) == (65535,)


@pytest.mark.parametrize(
    ("value", "uid"),
    [
        (b"1.2.840.10008.1.2\0", "1.2.840.10008.1.2"),
        (b"1.2.840.10008.1.2 ", "1.2.840.10008.1.2"),
        (b"0.0", "0.0"),
        (b"1", None),
        (b"1.02", None),
        (b"3.1", None),
        (b"1.2.", None),
        (b"1.2\n", None),
        ("1.\u0662".encode(), None),
        (b"1." + b"1" * 63, None),
        (b"", None),
        (None, None),
    ],
)
def test_uids_follow_the_grammar(value: bytes | None, uid: str | None) -> None:
    assert well_formed_uid(value) == uid


@given(st.binary(max_size=24), st.sampled_from(VRS), st.booleans())
def test_no_bytes_raise(value: bytes, vr: str, little: bool) -> None:
    found = parse_values(value, vr, ("iso8859", "iso2022_jp"), little=little)
    assert found.multiplicity >= len(found.typed)
    assert len(found.said) in (0, found.multiplicity)
    for kind in (WHOLE, REAL):
        numbers = parse_numbers(value, vr, kind, little=little)
        assert numbers is None or all(map(math.isfinite, numbers))
