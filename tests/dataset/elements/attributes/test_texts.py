"""Text without its padding, in every character set (PS3.5 6.1 and 6.2)."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dataset.elements.attributes.encoded import (
    convert,
    element,
    in_memory,
    one,
    read,
)

from dicomkit.dataset.elements.attributes import (
    items,
    text,
    texts,
)


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
