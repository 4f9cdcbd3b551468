"""Numbers in binary, of every VR and in both byte orders (PS3.5 6.2 and 7.3)."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING

import pytest
from pydicom.dataelem import RawDataElement
from tests.dataset.elements.attributes.encoded import (
    ENCODINGS,
    convert,
    element,
    implicit,
    in_memory,
    one,
    read,
)

from dicomkit.dataset.elements.attributes import (
    integer,
    integers,
    number,
    numbers,
    text,
)

if TYPE_CHECKING:
    from dicomkit.notes import Note

BINARY = {
    "US": ("H", (1, 65535)),
    "SS": ("h", (-1, -32768)),
    "UL": ("L", (1, 2**32 - 1)),
    "SL": ("l", (-1, -(2**31))),
    "UV": ("Q", (1, 2**64 - 1)),
    "SV": ("q", (-1, -(2**63))),
    "FL": ("f", (1.0, -2.0)),
    "FD": ("d", (1.0, -2.0)),
    "OW": ("H", (1, 65534)),
    "OB": ("B", (1, 254)),
    "OL": ("L", (1, 2**31)),
    "OF": ("f", (3.0, -4.0)),
    "OD": ("d", (3.0, -4.0)),
}


@ENCODINGS
@pytest.mark.parametrize("vr", BINARY)
def test_binary_numbers_in_both_byte_orders(vr: str, *, big: bool) -> None:
    letter, values = BINARY[vr]
    data = struct.pack(f"{'>' if big else '<'}2{letter}", *values)
    ds = one("SimpleFrameList", vr, data, big=big)
    assert integers(ds, "SimpleFrameList") == values
    assert numbers(ds, "SimpleFrameList") == pytest.approx(values, rel=0)
    assert isinstance(ds.get_item("SimpleFrameList"), RawDataElement)


@ENCODINGS
def test_tags_are_integers(*, big: bool) -> None:
    # PS3.5 6.2: two words each, the group's first; half a tag at the end is none.
    data = struct.pack(f"{'>' if big else '<'}5H", 0x0018, 0x1063, 0x7FE0, 0x0010, 0x0018)
    ds = one("FrameIncrementPointer", "AT", data, big=big)
    assert integers(ds, "FrameIncrementPointer") == (0x00181063, 0x7FE00010)
    ds = one("FrameIncrementPointer", "AT", data[:8], big=big)
    convert(ds, "FrameIncrementPointer")
    assert integers(ds, "FrameIncrementPointer") == (0x00181063, 0x7FE00010)


@ENCODINGS
@pytest.mark.parametrize("vr", BINARY)
def test_numbers_stay_the_same_once_pydicom_has_converted_them(vr: str, *, big: bool) -> None:
    letter, values = BINARY[vr]
    data = struct.pack(f"{'>' if big else '<'}2{letter}", *values)
    ds = one("SimpleFrameList", vr, data, big=big)
    convert(ds, "SimpleFrameList")
    assert integers(ds, "SimpleFrameList") == values


@pytest.mark.parametrize("vr", ["FL", "FD", "OF", "OD"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_absent_and_noted(vr: str, value: float) -> None:
    notes: list[Note] = []
    data = struct.pack(f"<2{BINARY[vr][0]}", 1.0, value)
    assert (
        numbers(one("RecommendedDisplayFrameRate", vr, data), "RecommendedDisplayFrameRate", notes)
        == ()
    )
    assert len(notes) == 1


def test_a_fraction_is_no_integer() -> None:
    notes: list[Note] = []
    ds = one("Rows", "FD", struct.pack("<d", 5.5))
    assert integer(ds, "Rows", notes) is None
    assert len(notes) == 1
    assert number(ds, "Rows") == 5.5


def test_a_padding_byte_behind_whole_words_is_no_fault_and_half_a_word_is() -> None:
    notes: list[Note] = []
    assert integers(one("Rows", "US", b"\x02\x01\0"), "Rows", notes) == (258,)
    assert not notes
    assert integers(one("Rows", "US", b"\x02"), "Rows", notes) == ()
    assert len(notes) == 1
    assert integers(one("Rows", "US", b""), "Rows", notes) == ()
    assert len(notes) == 1


def test_implicit_vr_takes_the_dictionarys() -> None:
    ds = read(
        implicit("Rows", b"\x00\x02"),
        implicit("NumberOfFrames", b"12"),
        implicit("RescaleSlope", b"1.5 "),
        implicit("SmallestImagePixelValue", b"\xff\xff"),
        implicit("FloatPixelPaddingValue", struct.pack("<f", -1.5)),
        explicit=False,
    )
    assert integer(ds, "Rows") == 512
    assert integer(ds, "NumberOfFrames") == 12
    assert number(ds, "RescaleSlope") == 1.5
    assert number(ds, "FloatPixelPaddingValue") == -1.5
    assert integer(ds, "SmallestImagePixelValue") == 65535
    assert integer(ds, "SmallestImagePixelValue", signed=True) == -1


@ENCODINGS
def test_unknown_vr_takes_the_dictionarys(*, big: bool) -> None:
    order = ">" if big else "<"
    ds = read(
        element("Rows", "UN", struct.pack(f"{order}H", 513), big=big),
        element("WindowCenter", "UN", b"40\\600", big=big),
        element("Modality", "UN", b"MR", big=big),
        element("LUTDescriptor", "UN", struct.pack(f"{order}3H", 4, 65535, 16), big=big),
        big=big,
    )
    assert integer(ds, "Rows") == 513
    assert numbers(ds, "WindowCenter") == (40, 600)
    assert text(ds, "Modality") == "MR"
    assert integers(ds, "LUTDescriptor") == (4, 65535, 16)
    assert integers(ds, "LUTDescriptor", signed=True) == (4, -1, 16)


def test_signed_reads_words_only_where_the_vr_leaves_it_open() -> None:
    assert (
        integer(one("PixelPaddingValue", "US", b"\x00\xf8"), "PixelPaddingValue", signed=True)
        == -2048
    )
    assert integer(one("PixelPaddingValue", "SS", b"\x00\xf8"), "PixelPaddingValue") == -2048
    assert integer(one("Rows", "UL", b"\x00\xf8\x00\x00"), "Rows", signed=True) == 0xF800


def test_signed_words_stay_signed_once_pydicom_has_converted_them() -> None:
    ds = one("PixelPaddingValue", "US", b"\x00\xf8")
    convert(ds, "PixelPaddingValue")
    assert integer(ds, "PixelPaddingValue", signed=True) == -2048
    assert integer(ds, "PixelPaddingValue") == 63488
    ds = in_memory("Rows", "UL", 0xF800)
    assert integer(ds, "Rows", signed=True) == 0xF800


def test_a_vr_of_text_for_a_word_is_read_as_what_it_says() -> None:
    assert integer(one("Rows", "IS", b"512 "), "Rows") == 512
    assert integer(one("Rows", "DS", b"512 "), "Rows") == 512
    assert integer(one("Rows", "LO", b"512 "), "Rows") == 512


def test_a_vr_that_nobody_knows_is_read_as_text() -> None:
    assert integer(one("Rows", "ZZ", b"512 "), "Rows") == 512
    assert integer(one("Rows", "ZZ", b"\x00\x02"), "Rows") is None
