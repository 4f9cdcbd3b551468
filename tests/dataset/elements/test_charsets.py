"""Specific Character Set: terms after PS3.3 C.12.1.1.2, text after PS3.5 6.1.2, annexes H to K."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dataset.elements.annexes import EXAMPLES, Example

from dicomkit.dataset.elements.charsets import PROSE, decode_text, python_encodings

LOCALIZED = ("LO", "LT", "PN", "SH", "ST", "UC", "UT")


def decoded(value: bytes, terms: bytes, vr: str = "PN") -> tuple[str, bool]:
    return decode_text(value, python_encodings(terms), vr)


@pytest.mark.parametrize(
    ("value", "encodings"),
    [
        (b"ISO_IR 100", ["latin_1"]),
        (b"ISO_IR 192 ", ["UTF8"]),
        (b"\\ISO 2022 IR 87", ["iso8859", "iso2022_jp"]),
        (b"ISO 2022 IR 13\\ISO 2022 IR 87", ["shift_jis", "iso2022_jp"]),
        (b"\\ISO 2022 IR 58", ["iso8859", "iso_ir_58"]),
        (b"ISO_IR 203", ["iso8859_15"]),
        (b"ISO_IR 100\0", ["latin_1"]),
        # GB18030 and UTF-8 stand alone.
        (b"GB18030\\ISO 2022 IR 87", ["GB18030"]),
        (b"UTF-8\\ISO 2022 IR 87", ["UTF-8"]),
        (b"ISO 2022 IR 6\\GB18030\\ISO 2022 IR 87", ["iso8859", "iso2022_jp"]),
        (b"ISO 2022 IR 6\\UTF-8\\ISO 2022 IR 87", ["iso8859", "iso2022_jp"]),
        (b"", ["iso8859"]),
        (b"nothing known", ["iso8859"]),
        (b"nothing known\\ISO 2022 IR 87", ["iso8859", "iso2022_jp"]),
        (b"\xff\xfe", ["iso8859"]),
    ],
)
def test_terms(value: bytes, encodings: list[str]) -> None:
    assert python_encodings(value) == encodings


# "Müller" in Latin-1, in UTF-8; Chinese, Japanese, Korean, Cyrillic.
MISTAKES: list[tuple[bytes, bytes, str]] = [
    *(
        (term, b"M\xfcller", "Müller")
        for term in (
            b"ISO IR 100",
            b"ISO-IR 100",
            b"ISO_IR_100",
            b"ISO_IR100",
            b"iso_ir 100",
            b"ISO 2022_IR_100",
            b"ISO_2022_IR_100",
            b"ISO-2022-IR-100",
            b"ISO2022IR100",
            b"ISO 8859-1",
            b"ISO-8859-1",
            b"ISO8859-1",
            b"latin1",
            b"cp1252",
            b"WINDOWS-1252",
        )
    ),
    *(
        (term, "Müller".encode(), "Müller")
        for term in (b"UTF-8", b"UTF8", b"utf-8", b"utf_8", b"ISO-IR 192", b"ISO IR 192")
    ),
    *(
        (term, b"\xd0\xa1\xb6\xab", "小东")
        for term in (
            b"GB2312",
            b"gb2312",
            b"ISO_IR 58",
            b"ISO IR 58",
            b"EUC-CN",
            b"GB18030",
            b"GBK",
        )
    ),
    (b"SHIFT_JIS", b"\x8eR\x93c~\xd4", "山田~ﾔ"),
    (b"Shift-JIS", b"\x8eR\x93c", "山田"),
    (b"EUC-JP", b"\xbb\xb3\xc5\xc4", "山田"),
    (b"EUC_KR", b"\xd1\xce\xd4\xd7", "吉洞"),
    (b"ISO_IR 149", b"\xd1\xce\xd4\xd7", "吉洞"),
    (b"ISO_IR 87", b"\x1b$B;3ED\x1b(B", "山田"),
    (b"ISO 2022 IR 87", b"\x1b$B;3ED\x1b(B", "山田"),
    (b"\\ISO_2022_IR_87", b"\x1b$B;3ED\x1b(B", "山田"),
    (b"\\ISO 2022-IR 58", b"\x1b$)A\xd0\xa1\xb6\xab", "小东"),
    (b"\\ISO 2022 58", b"\x1b$)A\xd0\xa1\xb6\xab", "小东"),
    (b"\\GB2312", b"\x1b$)A\xd0\xa1\xb6\xab", "小东"),
    (b"KOI8-R", b"\xec\xc0\xcb", "Люк"),
    (b"cp1251", b"\xcb\xfe\xea", "Люк"),
    (b"big5", b"\xa4p\xaaF", "小東"),
]


@pytest.mark.parametrize(("terms", "value", "text"), MISTAKES)
@pytest.mark.parametrize("vr", ["PN", "LO"])
def test_terms_that_people_write_by_mistake(terms: bytes, value: bytes, text: str, vr: str) -> None:
    assert decoded(value, terms, vr) == (text, True)


@pytest.mark.parametrize(
    "term",
    [
        # These are no text, not every byte's, or do not keep ASCII, and so no backslash.
        b"hex",
        b"rot13",
        b"idna",
        b"punycode",
        b"undefined",
        b"unicode_escape",
        b"raw_unicode_escape",
        b"UTF-16",
        b"UTF-7",
        b"cp037",
        b"hz",
        b"x" * 10_000,
        b"../../etc",
        b"a\0b",
    ],
)
def test_a_term_that_is_no_character_set_is_none(term: bytes) -> None:
    assert decoded(rb"Doe^\x41+AGE-", term) == (r"Doe^\x41+AGE-", True)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.clause)
@pytest.mark.parametrize("vr", LOCALIZED)
def test_the_examples_of_the_standard(example: Example, vr: str) -> None:
    assert decoded(example.value, example.terms, vr) == (example.text, True)


def test_delimiters_of_names_end_a_character_set_in_names_alone() -> None:
    # PS3.5 6.1.2.5.3: behind them, Value 1 is in force again, which is Latin alphabet No. 1 here.
    terms = b"ISO 2022 IR 100\\ISO 2022 IR 149"
    value = b"\x1b$)C\xd1\xce^\xd4\xd7=\xc8\xab"
    assert decoded(value, terms, "PN") == ("吉^Ô\u00d7=È«", True)
    for vr in ("LO", "LT", "SH", "ST", "UC", "UT"):
        assert decoded(value, terms, vr) == ("吉^洞=홍", True)


@pytest.mark.parametrize("delimiter", ["\r", "\n", "\t", "\f"])
@pytest.mark.parametrize("vr", LOCALIZED)
def test_control_characters_end_a_character_set(delimiter: str, vr: str) -> None:
    value = b"\x1b$)C\xd1\xce" + delimiter.encode() + b"\xd4"
    terms = b"ISO 2022 IR 100\\ISO 2022 IR 149"
    assert decoded(value, terms, vr) == (f"吉{delimiter}Ô", True)
    # Two bytes a character in G0 end there, too.
    value = b"\x1b$B;3" + delimiter.encode() + b"ED"
    assert decoded(value, b"\\ISO 2022 IR 87", vr) == (f"山{delimiter}ED", True)


@pytest.mark.parametrize("vr", LOCALIZED)
def test_a_backslash_ends_a_character_set_where_it_ends_a_value(vr: str) -> None:
    value = b"\x1b$)C\xd1\xce\\\xd4\xd7"
    expected = "吉\\洞" if vr in PROSE else "吉\\Ô\u00d7"
    assert decoded(value, b"ISO 2022 IR 100\\ISO 2022 IR 149", vr) == (expected, True)


def test_delimiters_among_the_halves_of_characters_are_none() -> None:
    # 出 is 3D50 and 臂 is 665E: "=" and "^" in their bytes; 予 is 4D3D, 棔 5C46 has a backslash.
    value = b"\x1b$B=Pf^M=\x5c\x46\x1b(B"
    for vr in LOCALIZED:
        text, sound = decoded(value, b"\\ISO 2022 IR 87", vr)
        assert sound
        assert text.startswith("出")
        assert not set(text) & set("=^\\")
        assert len(text) == 4


def test_each_set_stays_in_its_half() -> None:
    """G0 and G1 are designated independently (PS3.5 6.1.2.5.1)."""
    terms = b"\\ISO 2022 IR 13\\ISO 2022 IR 87\\ISO 2022 IR 149"
    assert decoded(b"\x1b)I\xd4\x1b$B;3\xd4ED\x1b(Ba\xd4", terms) == ("ﾔ山ﾔ田aﾔ", True)
    assert decoded(b"\x1b$)C\xd1\xcea\x1b$B;3\x1b(B\xd4\xd7", terms) == ("吉a山洞", True)


def test_sets_of_one_byte() -> None:
    terms = b"ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 126"
    value = b"Buc^J\xe9r\xf4me=\x1b-L\xbb\xee\xda^a\x1b-F\xc4"
    assert decoded(value, terms) == ("Buc^Jérôme=Люк^aΔ", True)


def test_supplementary_kanji() -> None:
    # JIS X 0212, 3021 and 3022.
    terms = b"\\ISO 2022 IR 87\\ISO 2022 IR 159"
    assert decoded(b'\x1b$(D0!0"\x1b$B;3\x1b(B.', terms) == ("丂丄山.", True)


@pytest.mark.parametrize(
    ("value", "vr", "text"),
    [
        # PS3.5 H.1.1: JIS X 0201 has a yen sign for a backslash, and an overline for a tilde.
        (b"C:\\~\xd4", "LT", "C:¥‾ﾔ"),
        (b"C:\\~", "UT", "C:¥‾"),
        # The border of values stays one.
        (b"a~\\b", "LO", "a‾\\b"),
        (b"\x1b(B~\x1b(J~", "LO", "~‾"),
        # The sets of other VRs are none of the dataset's.
        (b"a~", "CS", "a~"),
    ],
)
def test_japanese_letters(value: bytes, vr: str, text: str) -> None:
    assert decoded(value, b"ISO 2022 IR 13\\ISO 2022 IR 87", vr) == (text, True)


@pytest.mark.parametrize("vr", ["AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"])
def test_other_vrs_have_the_default_repertoire(vr: str) -> None:
    assert decoded("Jü".encode(), b"ISO_IR 192", vr) == ("J\ufffd\ufffd", False)
    assert decoded(b"plain", b"ISO_IR 192", vr) == ("plain", True)


def test_latin_letters_without_a_character_set_are_what_they_look_like() -> None:
    assert decoded(b"J\xe9r\xf4me", b"") == ("Jérôme", True)


@pytest.mark.parametrize(
    ("value", "terms", "text"),
    [
        (b"a\xff\xfeb", b"ISO_IR 192", "a\ufffd\ufffdb"),
        (b"\xd0", b"GB18030", "\ufffd"),
        (b"\xfc", b"ISO_IR 166", "\ufffd"),
        # Three bytes of two each.
        (b"a\x1b$B;3E\x1b(Bb", b"\\ISO 2022 IR 87", "a山Eb"),
        (b"a\x1b$B;3\xff\xff\x1b(Bb", b"\\ISO 2022 IR 87", "a山ÿÿb"),
        # Nobody said that there would be such letters.
        (b"a\x1b$B;3\x1b(Bb", b"ISO_IR 100", "a山b"),
        # An escape that designates nothing, and one where there can be none.
        (b"a\x1b[31mb", b"\\ISO 2022 IR 87", "a\x1b[31mb"),
        (b"a\x1b", b"", "a\x1b"),
        (b"a\x1b(B\xc3\xbc", b"ISO_IR 192", "a\x1b(Bü"),
        # Behind the delimiter, the default repertoire has no such letters.
        (b"\x1b$)C\xd1\xce^\xd4\xd7", b"\\ISO 2022 IR 149", "吉^Ô\u00d7"),
    ],
)
def test_what_cannot_be_decoded_is_told_and_the_rest_is_there(
    value: bytes, terms: bytes, text: str
) -> None:
    assert decoded(value, terms) == (text, False)


ESCAPES = b"\x1b$B \x1b(B \x1b(J \x1b$)C \x1b$)A \x1b-A \x1b)I \x1b$(D \x1b"
PIECES = [*ESCAPES.split(), b"^", b"=", b"\\", b"\n", b"a", b";3", b"\xd1\xce", b"\xff"]


@given(
    st.lists(st.sampled_from(PIECES)),
    st.sampled_from([b"", b"ISO 2022 IR 13\\ISO 2022 IR 87", b"\\ISO 2022 IR 149", b"ISO_IR 192"]),
    st.sampled_from(LOCALIZED),
)
def test_nothing_raises_and_no_line_is_lost(pieces: list[bytes], terms: bytes, vr: str) -> None:
    value = b"".join(pieces)
    text, _ = decoded(value, terms, vr)
    assert text.count("\n") == value.count(b"\n")
