"""Specific Character Set (PS3.3 C.12.1.1.2), without pydicom's warnings: they quote values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pydicom.charset import (
    STAND_ALONE_ENCODINGS,
    decode_bytes,
    default_encoding,
    python_encoding,
)

from dicomkit.dataset.elements.quiet import quiet

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DEFAULT_ENCODINGS", "decode_text", "python_encodings"]

DEFAULT_ENCODINGS: Final = (default_encoding,)
# PS3.5 6.1.2.5.3: where the first character set is in force again.
_DELIMITERS: Final = {ord(c) for c in "\r\n\t\f\\^="}
_ESCAPE: Final = b"\x1b"


def _bare(term: str) -> str:
    """Reduce a defined term to letters and digits: separators are often written wrong."""
    return re.sub("[^A-Z0-9]", "", term)


_TERMS: Final = {_bare(term): term for term in python_encoding}


def python_encodings(value: bytes) -> list[str]:
    """Translate the value of (0008,0005) to the names of Python's encodings."""
    terms = [_TERMS.get(_bare(term)) for term in value.decode("latin-1").split("\\")]
    known = [term for term in terms if term is not None]
    # These sets know no code extensions.
    if known and known[0] in STAND_ALONE_ENCODINGS:
        known = known[:1]
    usable = known[:1] + [term for term in known[1:] if term not in STAND_ALONE_ENCODINGS]
    return [python_encoding[term] for term in usable] or [default_encoding]


def decode_text(value: bytes, encodings: Sequence[str]) -> tuple[str, bool]:
    """Decode a text value, and say whether every byte of it could be."""
    if _ESCAPE in value:
        with quiet() as said:
            text = decode_bytes(value, encodings, _DELIMITERS)
        return text, not said
    try:
        return value.decode(encodings[0]), True
    except UnicodeError:
        return value.decode(encodings[0], errors="replace"), False
