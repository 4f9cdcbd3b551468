"""Specific Character Set: terms after PS3.3 C.12.1.1.2, samples after PS3.5 annexes H to K."""

from __future__ import annotations

import pytest

from dicomkit.dataset.elements.charsets import decode_text, python_encodings


@pytest.mark.parametrize(
    ("value", "encodings"),
    [
        (b"ISO_IR 100", ["latin_1"]),
        (b"ISO_IR 192 ", ["UTF8"]),
        (b"\\ISO 2022 IR 87", ["iso8859", "iso2022_jp"]),
        (b"ISO 2022 IR 13\\ISO 2022 IR 87", ["shift_jis", "iso2022_jp"]),
        # Separators that are often written wrong.
        (b"ISO-IR 144", ["iso_ir_144"]),
        (b"ISO 2022_IR-149", ["euc_kr"]),
        # GB18030 and UTF-8 stand alone.
        (b"GB18030\\ISO 2022 IR 87", ["GB18030"]),
        (b"ISO 2022 IR 6\\GB18030\\ISO 2022 IR 87", ["iso8859", "iso2022_jp"]),
        (b"", ["iso8859"]),
        (b"nothing known", ["iso8859"]),
        (b"\xff\xfe", ["iso8859"]),
    ],
)
def test_terms(value: bytes, encodings: list[str]) -> None:
    assert python_encodings(value) == encodings


@pytest.mark.parametrize(
    ("value", "terms", "text"),
    [
        (b"Buc^J\xe9r\xf4me", b"ISO_IR 100", "Buc^J\u00e9r\u00f4me"),
        # PS3.5 H.3.1.
        (
            b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B",
            b"\\ISO 2022 IR 87",
            "Yamada^Tarou=\u5c71\u7530^\u592a\u90ce",
        ),
        # PS3.5 I.2.
        (
            b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7",
            b"\\ISO 2022 IR 149",
            "Hong^Gildong=\u6d2a^\u5409\u6d1e",
        ),
        # PS3.5 J.1.
        (
            b"Wang^XiaoDong=\xe7\x8e\x8b^\xe5\xb0\x8f\xe6\x9d\xb1",
            b"ISO_IR 192",
            "Wang^XiaoDong=\u738b^\u5c0f\u6771",
        ),
    ],
)
def test_text(value: bytes, terms: bytes, text: str) -> None:
    assert decode_text(value, python_encodings(terms)) == (text, True)


@pytest.mark.parametrize(
    ("value", "terms"),
    [
        (b"\xff\xfe", b"ISO_IR 192"),
        (b"a\x1b$B\xff\xff\xff\x1b(Bb", b"\\ISO 2022 IR 87"),
        (b"a\x1b$Bb", b"ISO_IR 100"),
    ],
)
def test_bytes_that_stand_for_nothing_are_told(value: bytes, terms: bytes) -> None:
    _, whole = decode_text(value, python_encodings(terms))
    assert not whole
