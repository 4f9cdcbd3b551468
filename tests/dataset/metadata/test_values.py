"""Values for people, after PS3.5 table 6.2-1."""

from __future__ import annotations

import struct

import pytest
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.tag import BaseTag
from pydicom.valuerep import DSdecimal, PersonName

from dicomkit.dataset.metadata.values import Value, ValueReading, read_value


def raw(value: bytes | None, *, little: bool = True, length: int | None = None) -> RawDataElement:
    size = len(value or b"") if length is None else length
    return RawDataElement(BaseTag(0x00090010), None, size, value, 0, True, little)  # noqa: FBT003


def read(vr: str, value: bytes, *, little: bool = True) -> ValueReading:
    return read_value(raw(value, little=little), vr, ("latin_1",))


@pytest.mark.parametrize(
    ("vr", "value", "expected", "count"),
    [
        ("CS", b"ORIGINAL\\PRIMARY ", ("ORIGINAL", "PRIMARY"), 2),
        ("CS", b"CT", "CT", 1),
        ("CS", b"", None, 0),
        ("CS", b"  ", None, 0),
        ("CS", b"A\\\\B", ("A", "", "B"), 3),
        ("LO", b"J\xe9r\xf4me", "J\u00e9r\u00f4me", 1),
        ("PN", b"Doe^Jane ", "Doe^Jane", 1),
        ("DS", b"1.5\\ -2e1 ", (1.5, -20.0), 2),
        ("IS", b"+7", 7, 1),
        ("IS", b"7\\\\8", ("7", "", "8"), 3),
        ("DA", b"20200131", "20200131", 1),
        ("DA", b"1997.04.30", "1997.04.30", 1),
        ("TM", b"235959.5", "235959.5", 1),
        ("UI", b"1.2.840.10008.1.2\0", "1.2.840.10008.1.2", 1),
        ("ST", b" indented\\text ", " indented\\text", 1),
        ("UT", b"   ", None, 1),
        ("US", b"\x01\x00", 1, 1),
        ("SS", b"\xff\xff\x02\x00", (-1, 2), 2),
        ("FD", struct.pack("<2d", 0.5, -1.0), (0.5, -1.0), 2),
        ("AT", b"\x10\x00\x20\x00", "(0010,0020)", 1),
        ("AT", b"\x10\x00\x20\x00\xe0\x7f\x10\x00", ("(0010,0020)", "(7FE0,0010)"), 2),
        ("OB", b"\x00\x01", "<2 bytes: 00 01>", 1),
        ("OW", bytes(range(20)), "<20 bytes: 00 01 02 03 04 05 06 07 \u2026>", 1),
        ("UN", b"plain text ", "plain text", 1),
        ("UN", b"\x00\x01\x02", "<3 bytes: 00 01 02>", 1),
        ("UN", b"\0\0", "<2 bytes: 00 00>", 1),
    ],
)
def test_sound_values(vr: str, value: bytes, expected: Value, count: int) -> None:
    assert read(vr, value) == ValueReading(expected, count, broken=False)


@pytest.mark.parametrize(
    ("vr", "value", "expected"),
    [
        ("DS", b"1_0", "1_0"),
        ("DS", b"1.5\\abc", ("1.5", "abc")),
        ("DS", b"1e999", "1e999"),
        ("DS", b"nan", "nan"),
        ("IS", b"1.0", "1.0"),
        ("IS", b"9999999999999", "9999999999999"),
        ("DA", b"31.1.2020", "31.1.2020"),
        ("TM", b"noon", "noon"),
        ("AS", b"12", "12"),
        ("UI", b"1.02.3", "1.02.3"),
        ("CS", b"J\xe9r", "J\ufffdr"),
        ("US", b"\x01", "<1 bytes: 01>"),
    ],
)
def test_broken_values_are_shown_as_they_were_written(
    vr: str, value: bytes, expected: Value
) -> None:
    reading = read(vr, value)
    assert reading.broken
    assert reading.value == expected


def test_big_endian() -> None:
    assert read("US", b"\x00\x01", little=False).value == 1
    assert read("AT", b"\x00\x10\x00\x20", little=False).value == "(0010,0020)"


def test_large_values_are_summed_up() -> None:
    assert read("OB", bytes(1 << 20)).value == "<1048576 bytes: 00 00 00 00 00 00 00 00 \u2026>"
    assert read("FD", bytes(8 * 1000)) == ValueReading("<1000 numbers>", 1000)
    assert read("DS", b"\\".join([b"1"] * 1000)) == ValueReading("<1000 numbers>", 1000)
    text = read("UT", b"x" * (1 << 20)).value
    assert isinstance(text, str)
    assert len(text) < 70_000
    assert text.endswith("(1048576 characters)")


def test_a_value_that_was_left_in_the_file() -> None:
    assert read_value(raw(None, length=500), "OB", ("latin_1",)).value == "<not read>"
    assert read_value(raw(None), "US", ("latin_1",)) == ValueReading(None, 0)


@pytest.mark.parametrize(
    ("vr", "value", "expected", "count"),
    [
        ("PN", PersonName("Doe^Jane"), "Doe^Jane", 1),
        ("LO", "text", "text", 1),
        ("LO", "", None, 0),
        ("LO", None, None, 0),
        ("LO", [], None, 0),
        ("DS", ["1.50", "2"], (1.5, 2.0), 2),
        ("DS", DSdecimal("0.25"), 0.25, 1),
        ("IS", 7, 7, 1),
        ("US", 3, 3, 1),
        ("FD", [0.5, 1.5], (0.5, 1.5), 2),
        ("AT", 0x00100020, "(0010,0020)", 1),
        ("AT", [0x00100020, 0x7FE00010], ("(0010,0020)", "(7FE0,0010)"), 2),
        ("OB", b"\x00\x01", "<2 bytes: 00 01>", 1),
        ("LT", "one\\text", "one\\text", 1),
        ("US", list(range(300)), "<300 numbers>", 300),
    ],
)
def test_values_that_pydicom_has_converted(
    vr: str, value: object, expected: Value, count: int
) -> None:
    element = DataElement(0x00090010, vr, value)
    assert read_value(element, vr, ("latin_1",)) == ValueReading(expected, count)
