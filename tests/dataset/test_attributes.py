"""Typed access to elements; the grammars are PS3.5 6.2's, the byte orders PS3.5 7.3's."""

from __future__ import annotations

import contextlib
import io
import logging
import math
import struct
import warnings
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.valuerep import DSdecimal, DSfloat

from dicomkit.dataset.attributes import (
    integer,
    integers,
    item,
    items,
    number,
    numbers,
    octets,
    raw,
    text,
    texts,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dicomkit.notes import Note

LONG_FORM = {"OB", "OD", "OF", "OL", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}
ENCODINGS = pytest.mark.parametrize("big", [False, True], ids=["little", "big"])


def element(keyword: str, vr: str, value: bytes, *, big: bool = False) -> bytes:
    """Encode an element with explicit VR (PS3.5 7.1.2)."""
    tag = Tag(keyword)
    order = ">" if big else "<"
    form = "H2sHL" if vr in LONG_FORM else "H2sH"
    middle = [vr.encode(), 0] if vr in LONG_FORM else [vr.encode()]
    return struct.pack(f"{order}H{form}", tag.group, tag.element, *middle, len(value)) + value


def implicit(keyword: str, value: bytes) -> bytes:
    """Encode an element with implicit VR (PS3.5 7.1.3)."""
    tag = Tag(keyword)
    return struct.pack("<HHL", tag.group, tag.element, len(value)) + value


def read(*elements: bytes, big: bool = False, explicit: bool = True) -> Dataset:
    """Let pydicom split elements; their values stay the raw bytes."""
    buffer = io.BytesIO(b"".join(elements))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read_dataset(buffer, not explicit, not big)


def one(keyword: str, vr: str, value: bytes, *, big: bool = False) -> Dataset:
    return read(element(keyword, vr, value, big=big), big=big)


def convert(ds: Dataset, keyword: str) -> None:
    """Have pydicom turn the raw bytes into its own values."""
    ds[keyword]
    assert not isinstance(ds.get_item(keyword), RawDataElement)


def in_memory(keyword: str, vr: str, value: object) -> Dataset:
    ds = Dataset()
    ds[keyword] = DataElement(Tag(keyword), vr, value, already_converted=True)
    return ds


# ---- Decimal strings ---------------------------------------------------------------------

GOOD_DECIMALS = {
    b"5": (5,),
    b" 5 ": (5,),
    b"5 ": (5,),
    b"5\0": (5,),
    b"+5": (5,),
    b"-5.25": (-5.25,),
    b"5.": (5,),
    b".5": (0.5,),
    b"1e5": (1e5,),
    b"1E+5": (1e5,),
    b"-.5e-3": (-0.0005,),
    b"5\\6": (5, 6),
    b" 5 \\ 6 ": (5, 6),
    b"1\\2\\3\\4": (1, 2, 3, 4),
    b"0": (0,),
    b"-0": (0,),
}
BAD_DECIMALS = [
    b"1_0",
    b"NaN",
    b"nan",
    b"inf",
    b"-Infinity",
    b"1e400",
    b"1,5",
    b"5\\",
    b"\\5",
    b"5\\\\6",
    b"5\\x",
    b".",
    b"+",
    b"1e",
    b"e5",
    b"0x10",
    b"--5",
    b"1 2",
    b"5\t",
    b"5\n",
    b"five",
    b"\xb5",
    b"\xd9\xa5",
]
EMPTY = [b"", b" ", b"  ", b"\0", b"\0\0"]


@pytest.mark.parametrize("value", GOOD_DECIMALS)
def test_decimal_strings(value: bytes) -> None:
    notes: list[Note] = []
    ds = one("WindowCenter", "DS", value)
    assert numbers(ds, "WindowCenter", notes) == GOOD_DECIMALS[value]
    assert number(ds, "WindowCenter", notes) == GOOD_DECIMALS[value][0]
    assert not notes


@pytest.mark.parametrize("value", BAD_DECIMALS)
def test_a_decimal_string_that_breaks_the_grammar_is_absent_and_noted(value: bytes) -> None:
    notes: list[Note] = []
    ds = one("WindowCenter", "DS", value)
    assert numbers(ds, "WindowCenter", notes) == ()
    assert [note.code for note in notes] == ["attribute_ignored"]
    assert notes[0].message.startswith("(0028,1050) Window Center ")
    assert number(ds, "WindowCenter") is None


@pytest.mark.parametrize("value", EMPTY)
def test_an_empty_number_is_absent_and_no_fault(value: bytes) -> None:
    notes: list[Note] = []
    for vr in ("DS", "IS"):
        ds = one("WindowCenter", vr, value)
        assert numbers(ds, "WindowCenter", notes) == ()
        assert integers(ds, "WindowCenter", notes) == ()
    assert not notes


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_that_is_written_comes_back(value: float) -> None:
    assert number(one("RescaleSlope", "DS", repr(value).encode()), "RescaleSlope") == value


@given(st.binary(max_size=20))
def test_no_bytes_make_a_number_raise_or_warn(value: bytes) -> None:
    ds = one("RescaleSlope", "DS", value)
    found = numbers(ds, "RescaleSlope")
    assert all(math.isfinite(part) for part in found)
    assert all(isinstance(part, float) for part in found)
    assert isinstance(ds._dict[Tag("RescaleSlope")], RawDataElement)


def test_numbers_without_end_are_not_read() -> None:
    """Each would take many times its bytes, and no picture depends on so many."""
    value = b"\\".join([b"1"] * 40_000)
    ds = read(implicit("WindowCenter", value), explicit=False)
    notes: list[Note] = []
    assert numbers(ds, "WindowCenter", notes) == ()
    assert len(notes) == 1


# ---- Integer strings ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"5", (5,)),
        (b" 5 ", (5,)),
        (b"-12", (-12,)),
        (b"+7\0", (7,)),
        (b"007", (7,)),
        (b"1\\2", (1, 2)),
        (b"2147483647", (2147483647,)),
    ],
)
def test_integer_strings(value: bytes, expected: tuple[int, ...]) -> None:
    ds = one("NumberOfFrames", "IS", value)
    assert integers(ds, "NumberOfFrames") == expected
    assert integer(ds, "NumberOfFrames") == expected[0]
    assert numbers(ds, "NumberOfFrames") == expected


@pytest.mark.parametrize(
    "value",
    [b"1_0", b"5.0", b"1e2", b"NaN", b"5\\", b"x", b"- 5", b"9" * 13, b"\xb2", b"\xd9\xa5"],
)
def test_an_integer_string_that_breaks_the_grammar_is_absent_and_noted(value: bytes) -> None:
    notes: list[Note] = []
    ds = one("NumberOfFrames", "IS", value)
    assert integers(ds, "NumberOfFrames", notes) == ()
    assert integer(ds, "NumberOfFrames", notes) is None
    assert [note.code for note in notes] == ["attribute_ignored"] * 2
    assert "(0028,0008) Number of Frames" in notes[0].message


@given(st.binary(max_size=14))
def test_no_bytes_make_an_integer_raise_or_warn(value: bytes) -> None:
    assert all(isinstance(part, int) for part in integers(one("Rows", "IS", value), "Rows"))


# ---- Binary numbers ----------------------------------------------------------------------

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


# ---- Elements set in memory ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.5, (1.5,)),
        (3, (3,)),
        ("1.5", (1.5,)),
        ("1.5\\2", (1.5, 2)),
        (Decimal("1.5"), (1.5,)),
        (DSfloat(1.5), (1.5,)),
        (DSfloat("1.50"), (1.5,)),
        (np.float32(1.5), (1.5,)),
        ([1, "2.5", 3.5], (1, 2.5, 3.5)),
        ([], ()),
        ("", ()),
        (None, ()),
    ],
)
def test_decimals_set_in_memory(value: Any, expected: tuple[float, ...]) -> None:  # noqa: ANN401
    notes: list[Note] = []
    ds = Dataset()
    ds.WindowCenter = value
    assert numbers(ds, "WindowCenter", notes) == expected
    assert not notes


@pytest.mark.parametrize(
    ("value", "expected"),
    [(5, (5,)), ("5", (5,)), ([5, "6"], (5, 6)), (np.int16(-5), (-5,)), ([], ()), (None, ())],
)
def test_integers_set_in_memory(value: Any, expected: tuple[int, ...]) -> None:  # noqa: ANN401
    ds = Dataset()
    ds.InstanceNumber = value
    assert integers(ds, "InstanceNumber") == expected


@pytest.mark.parametrize(
    "value",
    [
        DSdecimal("1.5"),
        1.5,
        True,
        np.float64(1.5),
        np.array([1.5, 2.0]),
        [np.float32(2), 3],
        Decimal(7),
    ],
)
def test_values_that_pydicom_did_not_convert(value: object) -> None:
    expected = tuple(np.atleast_1d(np.array(value, np.float64)).tolist())
    assert numbers(in_memory("WindowCenter", "DS", value), "WindowCenter") == expected


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        "1_0",
        "\N{ARABIC-INDIC DIGIT FIVE}",
        [1, math.nan],
        [1, None],
        [1, ""],
        Decimal("NaN"),
        Decimal("sNaN"),
        10**400,
        1j,
        object(),
        {"a": 1},
        np.array([1.0, np.nan]),
        np.array([[1.0], [2.0]]),
    ],
)
def test_values_in_memory_that_are_no_numbers_are_absent_and_noted(value: object) -> None:
    notes: list[Note] = []
    assert numbers(in_memory("WindowCenter", "DS", value), "WindowCenter", notes) == ()
    assert len(notes) == 1


@pytest.mark.parametrize("value", [b"1_0", b"NaN", b"1,5"])
def test_a_broken_decimal_stays_broken_whatever_pydicom_made_of_it(value: bytes) -> None:
    ds = one("WindowCenter", "DS", value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.suppress(ValueError):
            convert(ds, "WindowCenter")
    assert numbers(ds, "WindowCenter") == ()


def test_large_integers_in_memory_keep_every_digit() -> None:
    ds = in_memory("Rows", "UV", 2**63 + 1)
    assert integer(ds, "Rows") == 2**63 + 1


# ---- Text ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"MR", ("MR",)),
        (b" MR ", ("MR",)),
        (b"1.2.3\0", ("1.2.3",)),
        (b"A\\B ", ("A", "B")),
        (b"A\\\\B", ("A", "", "B")),
        (b"\\B", ("", "B")),
        (b"", ()),
        (b"  ", ()),
        (b"\0", ()),
        (b"\\", ()),
    ],
)
def test_text_without_padding(value: bytes, expected: tuple[str, ...]) -> None:
    ds = one("Modality", "CS", value)
    assert texts(ds, "Modality") == expected
    assert text(ds, "Modality") == (expected[0] or None if expected else None)
    convert(ds, "Modality")
    assert texts(ds, "Modality") == expected


@pytest.mark.parametrize(
    ("keyword", "vr"),
    [
        ("ImageComments", "LT"),
        ("DerivationDescription", "ST"),
        ("ImageComments", "UN"),
        ("RetrieveURL", "UR"),
        ("TextValue", "UT"),
    ],
)
def test_a_backslash_in_prose_is_a_letter(keyword: str, vr: str) -> None:
    ds = one(keyword, vr, rb"C:\scans\7 ")
    assert texts(ds, keyword) == (r"C:\scans\7",)
    convert(ds, keyword)
    assert texts(ds, keyword) == (r"C:\scans\7",)


@pytest.mark.parametrize(
    ("terms", "value", "expected"),
    [
        (b"ISO_IR 192", "Müller^Jürgen".encode(), "Müller^Jürgen"),
        (b"ISO_IR 100", "Müller^Jürgen".encode("latin-1"), "Müller^Jürgen"),
        (b"ISO_IR 144", "Люк".encode("iso8859-5"), "Люк"),
        (b"GB18030", "王^小东".encode("gb18030"), "王^小东"),
        # PS3.5 H.3, example 1.
        (
            b"\\ISO 2022 IR 87",
            b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
            "Yamada^Tarou=山田^太郎=やまだ^たろう",
        ),
        # PS3.5 I.2, example 1.
        (
            b"\\ISO 2022 IR 149",
            b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
            "Hong^Gildong=洪^吉洞=홍^길동",
        ),
    ],
)
def test_text_is_decoded_by_the_specific_character_set(
    terms: bytes, value: bytes, expected: str
) -> None:
    ds = read(element("SpecificCharacterSet", "CS", terms), element("PatientName", "PN", value))
    assert text(ds, "PatientName") == expected


def test_text_in_an_item_is_decoded_by_the_datasets_character_set() -> None:
    name = element("LUTExplanation", "LO", "Schädel".encode())
    framed = struct.pack("<HHL", 0xFFFE, 0xE000, len(name)) + name
    ds = read(
        element("SpecificCharacterSet", "CS", b"ISO_IR 192"),
        element("VOILUTSequence", "SQ", framed),
    )
    (found,) = items(ds, "VOILUTSequence")
    assert text(found, "LUTExplanation") == "Schädel"


@pytest.mark.parametrize("terms", [b"ISO_IR 192", b"ISO_IR 999", b"\\ISO 2022 IR 87", b"GB18030"])
@given(value=st.binary(min_size=1, max_size=12))
def test_no_bytes_make_text_raise_or_warn(terms: bytes, value: bytes) -> None:
    ds = read(element("SpecificCharacterSet", "CS", terms), element("PatientName", "PN", value))
    assert all(isinstance(part, str) for part in texts(ds, "PatientName"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, ()), ("", ()), ("a\\ b ", ("a", "b")), (["a", "b"], ("a", "b")), (5, ("5",))],
)
def test_text_set_in_memory(value: object, expected: tuple[str, ...]) -> None:
    assert texts(in_memory("SeriesDescription", "LO", value), "SeriesDescription") == expected


def test_numbers_can_be_asked_for_as_text() -> None:
    assert text(one("SeriesNumber", "IS", b" 7 "), "SeriesNumber") == "7"


# ---- Sequences -----------------------------------------------------------------------------


def sequence(*parts: bytes) -> bytes:
    framed = [struct.pack("<HHL", 0xFFFE, 0xE000, len(part)) + part for part in parts]
    return element("VOILUTSequence", "SQ", b"".join(framed))


def test_items_in_order() -> None:
    ds = read(sequence(*(element("Rows", "US", bytes([n, 0])) for n in (3, 1, 2))))
    assert [integer(found, "Rows") for found in items(ds, "VOILUTSequence")] == [3, 1, 2]
    for index, expected in enumerate((3, 1, 2)):
        found = item(ds, "VOILUTSequence", index)
        assert found is not None
        assert integer(found, "Rows") == expected
    assert item(ds, "VOILUTSequence", 3) is None


def test_items_set_in_memory() -> None:
    ds, child = Dataset(), Dataset()
    ds.VOILUTSequence = [child]
    assert items(ds, "VOILUTSequence") == (child,)
    assert item(ds, "VOILUTSequence") is child
    ds.VOILUTSequence = []
    assert items(ds, "VOILUTSequence") == ()
    assert item(ds, "VOILUTSequence") is None


@pytest.mark.parametrize(
    "broken",
    [
        element("VOILUTSequence", "SQ", b"garbage!"),
        element("VOILUTSequence", "SQ", b"\xfe\xff\x00\xe0\xff\x00\x00\x00"),
        element("VOILUTSequence", "SQ", struct.pack("<HHL", 0xFFFE, 0xE000, 4) + b"abcd"),
        element("VOILUTSequence", "LO", b"garbage!"),
        element("VOILUTSequence", "LO", b""),
        element("VOILUTSequence", "SQ", b""),
        element("VOILUTSequence", "US", b"\x01\x02"),
        element("VOILUTSequence", "UN", b"garbage!"),
    ],
)
def test_a_broken_sequence_has_no_usable_items(broken: bytes) -> None:
    ds = read(broken)
    assert all(not list(found.keys()) for found in items(ds, "VOILUTSequence"))
    assert not list((item(ds, "VOILUTSequence") or Dataset()).keys())


@pytest.mark.parametrize("value", ["text", b"bytes", 5, None, [1, 2], [[]]])
def test_what_is_no_sequence_has_no_items(value: object) -> None:
    ds = in_memory("VOILUTSequence", "LO", value)
    assert items(ds, "VOILUTSequence") == ()
    assert item(ds, "VOILUTSequence") is None


def test_a_sequence_of_unknown_vr_is_read() -> None:
    """PS3.5 6.2.2: the value of a sequence in UN is implicit VR little endian."""
    inner = implicit("Rows", b"\x07\x00")
    framed = struct.pack("<HHL", 0xFFFE, 0xE000, len(inner)) + inner
    (found,) = items(read(element("VOILUTSequence", "UN", framed)), "VOILUTSequence")
    assert integer(found, "Rows") == 7


# ---- Words and octets ----------------------------------------------------------------------


@ENCODINGS
@pytest.mark.parametrize("vr", ["OW", "US", "SS", "OB", "UN"])
@pytest.mark.parametrize("touched", [False, True])
def test_words_in_both_byte_orders_before_and_after_pydicom(
    vr: str, *, big: bool, touched: bool
) -> None:
    data = struct.pack(f"{'>' if big else '<'}4H", 1, 2, 32768, 65535)
    descriptor = struct.pack(f"{'>' if big else '<'}3H", 4, 0, 16)
    ds = read(
        element("LUTDescriptor", "US", descriptor, big=big),
        element("LUTData", vr, data, big=big),
        big=big,
    )
    if touched:
        convert(ds, "LUTData")
    found = words(ds, "LUTData")
    assert found.dtype == np.uint16
    assert found.dtype.isnative
    assert found.tolist() == [1, 2, 32768, 65535]


def test_words_that_are_not_there() -> None:
    assert words(Dataset(), "LUTData").tolist() == []
    assert words(one("LUTData", "OW", b""), "LUTData").tolist() == []
    assert words(one("LUTData", "OW", b"\x01"), "LUTData").tolist() == []
    assert words(in_memory("LUTData", "OW", None), "LUTData").tolist() == []


def test_words_set_in_memory() -> None:
    assert words(in_memory("LUTData", "US", [1, 65535]), "LUTData").tolist() == [1, 65535]
    assert words(in_memory("LUTData", "US", 7), "LUTData").tolist() == [7]
    assert words(in_memory("LUTData", "SS", [-1, -32768]), "LUTData").tolist() == [65535, 32768]
    assert words(in_memory("LUTData", "OW", b"\x01\x00\x02\x01"), "LUTData").tolist() == [1, 258]
    assert words(in_memory("LUTData", "US", ["x"]), "LUTData").tolist() == []


def test_words_cannot_write_into_the_dataset() -> None:
    ds = one("LUTData", "OW", b"\x01\x00\x02\x00")
    words(ds, "LUTData")[0] = 99
    assert words(ds, "LUTData").tolist() == [1, 2]


@ENCODINGS
@pytest.mark.parametrize("touched", [False, True])
def test_octets_are_little_endian_words_but_bytes_stay(*, big: bool, touched: bool) -> None:
    data = b"\x01\x02\x03\x04"
    wide, narrow = (one("RedPaletteColorLookupTableData", vr, data, big=big) for vr in ("OW", "OB"))
    if touched:
        convert(wide, "RedPaletteColorLookupTableData")
        convert(narrow, "RedPaletteColorLookupTableData")
    assert octets(wide, "RedPaletteColorLookupTableData") == (b"\x02\x01\x04\x03" if big else data)
    assert octets(narrow, "RedPaletteColorLookupTableData") == data
    assert raw(wide, "RedPaletteColorLookupTableData") == data


def test_octets_and_raw_of_what_has_no_bytes() -> None:
    for access in (octets, raw):
        assert access(Dataset(), "RedPaletteColorLookupTableData") is None
        assert (
            access(
                in_memory("RedPaletteColorLookupTableData", "US", [1, 2]),
                "RedPaletteColorLookupTableData",
            )
            is None
        )
        assert access(
            one("RedPaletteColorLookupTableData", "OW", b""), "RedPaletteColorLookupTableData"
        ) in (None, b"")


def test_a_repeating_group_is_named_by_its_number() -> None:
    ds = Dataset()
    ds.add_new(0x60020010, "US", 17)
    assert integer(ds, 0x60020010) == 17
    broken = Dataset()
    broken.add(DataElement(0x60020010, "US", "x", already_converted=True))
    notes: list[Note] = []
    assert integer(broken, 0x60020010, notes) is None
    assert notes[0].message.startswith("(6002,0010) Overlay Rows")


# ---- What holds for all --------------------------------------------------------------------

ACCESSES: list[tuple[Callable[..., object], object]] = [
    (text, None),
    (texts, ()),
    (integer, None),
    (integers, ()),
    (number, None),
    (numbers, ()),
    (items, ()),
    (item, None),
    (raw, None),
    (octets, None),
]


@pytest.mark.parametrize(("access", "nothing"), ACCESSES)
def test_what_is_not_there_is_nothing(access: Callable[..., object], nothing: object) -> None:
    assert access(Dataset(), "RescaleSlope") == nothing
    assert access(one("RescaleSlope", "DS", b""), "RescaleSlope") in (nothing, b"")


def test_values_that_pydicom_defers_are_fetched(tmp_path: Path) -> None:
    path = tmp_path / "deferred.dcm"
    entries = struct.pack("<40H", *range(40))
    path.write_bytes(
        element("WindowCenter", "DS", b"40\\600" + b" " * 40) + element("LUTData", "OW", entries)
    )
    ds = pydicom.dcmread(path, force=True, defer_size=16)
    assert ds.get_item("LUTData", keep_deferred=True).value is None
    assert words(ds, "LUTData").tolist() == list(range(40))
    assert numbers(ds, "WindowCenter") == (40, 600)


def test_deferred_values_of_a_file_that_is_gone_are_absent(tmp_path: Path) -> None:
    path = tmp_path / "deferred.dcm"
    path.write_bytes(element("LUTData", "OW", bytes(40)))
    ds = pydicom.dcmread(path, force=True, defer_size=16)
    path.unlink()
    assert words(ds, "LUTData").tolist() == []


@pytest.mark.parametrize(
    ("keyword", "vr", "value"),
    [
        ("PatientName", "PN", b"Canary\xff^Name\x1b$B\xff"),
        ("PatientBirthDate", "DA", b"Canary\xff"),
        ("WindowCenter", "DS", b"Canary\xff"),
        ("NumberOfFrames", "IS", b"Canary\xff"),
        ("Modality", "CS", b"Canary\xff"),
        ("SOPClassUID", "UI", b"Canary\xff"),
        ("VOILUTSequence", "SQ", b"Canary\xff\xff"),
    ],
)
def test_no_value_leaves_in_a_warning_a_log_or_a_note(
    keyword: str, vr: str, value: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    ds = read(
        element("SpecificCharacterSet", "CS", b"Canary 9\\ISO 2022 IR 87"),
        element(keyword, vr, value),
    )
    notes: list[Note] = []
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        for access, _ in ACCESSES:
            access(ds, keyword)
        for noting in (integer, integers, number, numbers):
            noting(ds, keyword, notes)
    assert not caplog.records
    assert not any("Canary" in str(note) for note in notes)


def test_reading_leaves_the_dataset_as_it_was() -> None:
    ds = read(
        element("Rows", "US", b"\x05\x00"), element("WindowCenter", "DS", b"40"), sequence(b"")
    )
    before = {tag: ds.get_item(tag) for tag in list(ds._dict)}
    for access, _ in ACCESSES[2:6]:
        access(ds, "Rows")
        access(ds, "WindowCenter")
    text(ds, "WindowCenter")
    assert all(ds.get_item(tag) is before[tag] for tag in before)


def test_a_sequence_is_pydicoms_own() -> None:
    ds = Dataset()
    ds.VOILUTSequence = Sequence([Dataset(), Dataset()])
    assert len(items(ds, "VOILUTSequence")) == 2


def test_a_private_creator_without_a_vr_is_text() -> None:
    ds = Dataset()
    creator = RawDataElement(Tag(0x00430010), None, 4, b"GEMS", 0, True, True)  # noqa: FBT003
    ds[0x00430010] = creator
    assert text(ds, 0x00430010) == "GEMS"
    assert numbers(ds, 0x00430010) == ()
