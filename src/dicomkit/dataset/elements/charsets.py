r"""Specific Character Set (PS3.3 C.12.1.1.2), and text in it (PS3.5 6.1.2).

pydicom's own decoder quotes values in its warnings, leaves the escapes of ISO 2022 IR 58 in the
text, and lets ``^`` and ``=`` end a character set in every VR.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from pydicom.charset import default_encoding, python_encoding

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "DEFAULT_ENCODINGS",
    "LOCALIZED",
    "PROSE",
    "decode_text",
    "is_plain",
    "python_encodings",
]

DEFAULT_ENCODINGS: Final = (default_encoding,)
# The character set of the dataset bears on these alone (PS3.5 6.1.2.2).
LOCALIZED: Final = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))
# A backslash in these is a letter, no border between values.
PROSE: Final = frozenset(("LT", "ST", "UT", "UR"))

# The designations of PS3.3 tables C.12-3 and C.12-4, behind ESC. G0 is for bytes below 80H, G1 for
# those above, and neither changes the other.
_ASCII: Final = b"(B"
_ROMAJI: Final = b"(J"
_KATAKANA: Final = "shift_jis"
_G0: Final = {
    _ASCII: default_encoding,
    _ROMAJI: _KATAKANA,
    b"$B": "iso2022_jp",
    b"$(D": "iso2022_jp_2",
}
_G1: Final = {
    b"-A": "latin_1",
    b"-B": "iso8859_2",
    b"-C": "iso8859_3",
    b"-D": "iso8859_4",
    b"-F": "iso_ir_126",
    b"-G": "iso_ir_127",
    b"-H": "iso_ir_138",
    b"-L": "iso_ir_144",
    b"-M": "iso_ir_148",
    b"-T": "iso_ir_166",
    b"-b": "iso8859_15",
    b")I": _KATAKANA,
    b"$)A": "iso_ir_58",
    b"$)C": "euc_kr",
}
_EXTENSIBLE: Final = frozenset((*_G0.values(), *_G1.values()))
# Everybody writes to this one, which is why nobody declares it.
_UNDECLARED: Final = frozenset((_ASCII, _ROMAJI))


def _bare(term: str) -> str:
    """Reduce a defined term to letters and digits: separators are often written wrong."""
    return re.sub("[^A-Z0-9]", "", term.upper())


_TERMS: Final = {_bare(term): encoding for term, encoding in python_encoding.items()}
_TERMS.update({f"{kind}203": "iso8859_15" for kind in ("ISOIR", "ISO2022IR")})
# Sets that have code extensions alone, named as if they had none, and one more common slip.
_TERMS.update({f"ISOIR{number}": _TERMS[f"ISO2022IR{number}"] for number in (58, 87, 149, 159)})
_TERMS["ISO202258"] = _TERMS["ISOIR58"]
# Other names of the same. That of Shift JIS means what JIS X 0201 has no room for.
_CANONICAL: Final = {codecs.lookup(name).name: name for name in sorted(_EXTENSIBLE - {_KATAKANA})}
# All that is graphic in ASCII, the backslash where it would mean something in a program's text.
_GRAPHIC: Final = bytes(set(range(0x20, 0x7F)) - {0x5C}) + rb"\x41\u0041"
_OTHERS: Final = bytes(range(0x80, 0x100))
_LONGEST_TERM: Final = 32


def python_encodings(value: bytes) -> list[str]:
    r"""Translate the value of (0008,0005) to the names of Python's encodings.

    Terms that are written wrong are taken for what they mean, and so are names that are no
    defined terms, such as ``UTF-8``.

    Examples
    --------
    >>> python_encodings(b"\\ISO 2022 IR 87"), python_encodings(b"ISO-IR 100")
    (['iso8859', 'iso2022_jp'], ['latin_1'])
    """
    return list(_python_encodings(value))


@lru_cache(64)
def _python_encodings(value: bytes) -> tuple[str, ...]:
    first, *more = map(_encoding_of, value.decode("latin-1").split("\\"))
    first = first or default_encoding
    if first not in _EXTENSIBLE:
        return (first,)
    return (first, *(name for name in more if name in _EXTENSIBLE))


def _encoding_of(term: str) -> str | None:
    """Name the encoding that a term stands for; None where nobody knows it."""
    known = _TERMS.get(_bare(term))
    if known is not None:
        return known
    name = term.strip(" \0")[:_LONGEST_TERM]
    try:
        # What does not keep ASCII has no place for the delimiters of values.
        if _GRAPHIC.decode(name) != _GRAPHIC.decode("ascii"):
            return None
        _OTHERS.decode(name, errors="replace")
        return _CANONICAL.get(codecs.lookup(name).name, name)
    except (LookupError, UnicodeError, ValueError):
        return None


class _State(NamedTuple):
    """What is designated: the set in G0, by its sequence, and the encoding of G1's."""

    g0: bytes
    g1: str


_SETS: Final = {**_G0, **_G1}
_TWO_BYTES: Final = frozenset((b"$B", b"$(D"))
# PS3.5 6.1.2.5.3: before these, the first character set is in force again.
_CONTROLS: Final = bytes(set(range(0x20)) - {0x1B})
_DELIMITERS: Final = {
    vr: re.compile(b"[" + re.escape(_CONTROLS) + more + b"]")
    for vr, more in {
        **{vr: b"" if vr in PROSE else rb"\\" for vr in LOCALIZED},
        "PN": rb"\\^=",
    }.items()
}
# With two bytes a character, whatever is graphic may be half of one.
_CONTROL: Final = re.compile(b"[" + re.escape(_CONTROLS) + b"]")
_RUNS: Final = re.compile(rb"([!-~]+)|([\x80-\xff]+)|([^!-~\x80-\xff]+)")
# JIS X 0201 has these where ASCII has a backslash and a tilde (PS3.5 H.1.1); where values are
# several, the former is the border between them all the same.
_OVERLINE: Final = {0x7E: "\N{OVERLINE}"}
_YEN_AND_OVERLINE: Final = {0x5C: "\N{YEN SIGN}", **_OVERLINE}


def is_plain(value: bytes) -> bool:
    r"""Tell whether a text is the same in every character set: most are.

    Examples
    --------
    >>> is_plain(b"Doe^Jane"), is_plain(b"J\xe9r\xf4me"), is_plain(b"\x1b$B;3ED")
    (True, False, False)
    """
    # JIS X 0201 has other letters in the place of these two.
    return value.isascii() and b"\x1b" not in value and b"\\" not in value and b"~" not in value


def decode_text(value: bytes, encodings: Sequence[str], vr: str = "PN") -> tuple[str, bool]:
    r"""Decode a text value, and say whether all of it could be.

    Parameters
    ----------
    value : bytes
        The whole value: all values of an element, with the backslashes between them.
    encodings : sequence of str
        What `python_encodings` gives.
    vr : str
        Its VR. The dataset's character set bears on some alone, and ``^`` and ``=`` end one in
        PN alone.

    Returns
    -------
    tuple of (str, bool)
        In the text, bytes that stand for nothing are U+FFFD.

    Notes
    -----
    PS3.5 6.1.2.5 and annexes H to K.

    Examples
    --------
    >>> decode_text(b"\x1b$)C\xd1\xce\xd4\xd7", ["iso8859", "euc_kr"], "LO")
    ('吉洞', True)
    """
    first = encodings[0]
    # Nearly every text is like this, and each of the encodings keeps ASCII.
    if value.isascii() and b"\x1b" not in value and first != _KATAKANA:
        return value.decode("ascii"), True
    if vr not in LOCALIZED:
        return _decode(value, "ascii")
    if b"\x1b" not in value:
        text, sound = _decode(value, first)
        return (_as_romaji(text, vr) if first == _KATAKANA else text), sound
    if first not in _EXTENSIBLE:
        # Without code extensions, what follows an escape is what it looks like.
        return _decode(value, first)[0], False
    return _decode_extended(value, encodings, vr)


def _decode(value: bytes, encoding: str) -> tuple[str, bool]:
    try:
        return value.decode(encoding), True
    except UnicodeError:
        return value.decode(encoding, errors="replace"), False


def _as_romaji(text: str, vr: str) -> str:
    return text.translate(_YEN_AND_OVERLINE if vr in PROSE else _OVERLINE)


def _decode_extended(value: bytes, encodings: Sequence[str], vr: str) -> tuple[str, bool]:
    """Decode text with code extensions, from one escape to the next."""
    first = encodings[0]
    right = first in _G1.values() or first == default_encoding
    initial = _State(_ROMAJI if first == _KATAKANA else _ASCII, first if right else "ascii")
    head, *parts = value.split(b"\x1b")
    text, whole = _decode_run(head, initial, vr)
    texts, state = [text], initial
    for part in parts:
        sequence = next((start for start in (part[:2], part[:3]) if start in _SETS), None)
        if sequence is None:
            run, whole = b"\x1b" + part, False
        else:
            run = part[len(sequence) :]
            whole &= _SETS[sequence] in encodings or sequence in _UNDECLARED
            state = (
                _State(sequence, state.g1) if sequence in _G0 else _State(state.g0, _G1[sequence])
            )
        borders = _CONTROL if state.g0 in _TWO_BYTES else _DELIMITERS[vr]
        border = borders.search(run)
        end = len(run) if border is None else border.start()
        for piece, designated in ((run[:end], state), (run[end:], initial)):
            text, sound = _decode_run(piece, designated, vr)
            texts.append(text)
            whole &= sound
        state = state if border is None else initial
    return "".join(texts), whole


def _decode_run(run: bytes, state: _State, vr: str) -> tuple[str, bool]:
    """Decode what lies between two changes of what is designated."""
    # What the default repertoire has no letters for lacks its escape.
    whole = state.g1 != default_encoding or run.isascii()
    if state.g0 not in _TWO_BYTES:
        text, sound = _decode(run, state.g1)
        return (_as_romaji(text, vr) if state.g0 == _ROMAJI else text), whole and sound
    texts = []
    for left, right, neither in _RUNS.findall(run):
        # Half a character is most likely a delimiter without its escape.
        even = len(left) // 2 * 2
        whole &= even == len(left)
        for piece, encoding in (
            (left[:even] and b"\x1b" + state.g0 + left[:even], _G0[state.g0]),
            (left[even:], "ascii"),
            (right, state.g1),
            (neither, "ascii"),
        ):
            text, sound = _decode(piece, encoding)
            texts.append(text)
            whole &= sound
    return "".join(texts), whole
