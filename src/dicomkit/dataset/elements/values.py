"""Values out of an element's bytes, or out of what a program put there: the one place that parses.

What does not follow the rules of its VR (PS3.5 table 6.2-1) is told, and stays readable as it was
written. pydicom's converters are not asked: they take "1_0" for 10, warn or refuse, and quote
values when they do.
"""

from __future__ import annotations

import functools
import math
import re
import struct
from collections.abc import Callable  # noqa: TC003 - the fields of a NamedTuple
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag

from dicomkit.dataset.elements.charsets import DEFAULT_ENCODINGS, PROSE, decode_text
from dicomkit.dataset.elements.dates import is_datetime, read_date, read_datetime, read_time

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "MOST_NUMBERS",
    "NUMBERS",
    "REAL",
    "TEXTS",
    "WHOLE",
    "Kind",
    "Scalar",
    "Typed",
    "Values",
    "first_text",
    "parse_numbers",
    "parse_texts",
    "parse_values",
    "type_texts",
    "well_formed_uid",
]

Scalar: TypeAlias = str | int | float
Typed: TypeAlias = Scalar | date | time | datetime

# More numbers than this are an array, not something to read one by one.
MOST_NUMBERS: Final = 256
_MAX_UID: Final = 64
_UID: Final = re.compile(r"[0-2](?:\.(?:0|[1-9]\d*))+", re.ASCII)


class Kind(NamedTuple):
    """A kind of number: how it is written as text, and how it is made of a number or text."""

    grammar: re.Pattern[str]
    make: Callable[[str | float], float]


def _whole(value: str | float) -> int:
    result = int(value.partition(".")[0] if isinstance(value, str) else value)
    if not isinstance(value, str) and result != value:
        raise ValueError
    return result


def _real(value: str | float) -> float:
    result = float(value)
    if not math.isfinite(result):
        raise ValueError
    return result


# PS3.5 6.2 has room for 12 digits and for no point; what has one right reading is read anyway.
WHOLE: Final = Kind(re.compile(r" *[+-]?\d{1,4000}(?:\.0*)? *", re.ASCII), _whole)
# A fixed or floating point number, spaces around it allowed.
REAL: Final = Kind(
    re.compile(r" *[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)? *", re.ASCII), _real
)
# What an explicit VR leaves a length for, far above any number that a picture depends on: each
# value takes many times its bytes.
_MOST_BYTES: Final = 1 << 16
# What is worth remembering: one or a few numbers.
_SHORT: Final = 64
# The VRs that are numbers in binary, with struct's letters for them.
NUMBERS: Final = {
    "AT": "H",
    "FD": "d",
    "FL": "f",
    "SL": "l",
    "SS": "h",
    "SV": "q",
    "UL": "L",
    "US": "H",
    "UV": "Q",
}
# OW, OB and their kin stand in for them in elements whose VR is open.
_WORDS: Final = {
    **NUMBERS,
    "OB": "B",
    "OD": "d",
    "OF": "f",
    "OL": "L",
    "OW": "H",
    "US or OW": "H",
    "US or SS": "H",
    "US or SS or OW": "H",
}
_WORD: Final = 1 << 16
# The VRs that are text, numbers and dates in text among them.
TEXTS: Final = frozenset(
    ("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "PN", "SH", "TM", "UC", "UI", *PROSE)
)


class Values(NamedTuple):
    """What an element says.

    Attributes
    ----------
    said : tuple of str
        Text without its padding; nothing of numbers in binary, and of bytes that are no text.
    typed : tuple of str, int, float, date, time, datetime or None
        The values as what their VR stands for: DS and IS as numbers, DA, TM and DT as dates and
        times, AT as `BaseTag`. None for one that is empty, or none of these. Nothing of bytes,
        and of more numbers than `MOST_NUMBERS`.
    multiplicity : int
        How many values there are.
    broken : bool
        One of them does not follow the rules of its VR.
    """

    said: tuple[str, ...]
    typed: tuple[Typed | None, ...]
    multiplicity: int
    broken: bool = False


def parse_values(
    value: object,
    vr: str,
    encodings: Sequence[str] = DEFAULT_ENCODINGS,
    *,
    little: bool = True,
) -> Values:
    r"""Parse the value of an element that is no sequence.

    Parameters
    ----------
    value : bytes or object
        Bytes as they lie in the file, or what pydicom or a caller made of them.
    vr : str
        The element's VR, from the dictionary where the file has none.
    encodings : sequence of str
        What `python_encodings` gives.
    little : bool
        Whether binary numbers have their least significant byte first.

    Examples
    --------
    >>> parse_values(b"1.5\\2 ", "DS").typed, parse_values(b"1.5\\x ", "DS").broken
    ((1.5, 2.0), True)
    """
    if vr in TEXTS:
        said, sound = parse_texts(value, vr, encodings)
        if vr in _CONVERTERS or vr in _RULES:
            return _check_texts(said, vr, sound=sound)
        return Values(said, said, len(said), not sound)
    if not isinstance(value, bytes):
        return _parse_objects(_parts(value), vr, encodings)
    if not value:
        return Values((), (), 0)
    if vr in NUMBERS:
        return _parse_binary(value, vr, "<" if little else ">")
    return Values(_plain_text(value) if vr == "UN" else (), (), 1)


def parse_texts(
    value: object, vr: str, encodings: Sequence[str] = DEFAULT_ENCODINGS
) -> tuple[tuple[str, ...], bool]:
    r"""Split text into its values, without their padding, and say whether all could be decoded.

    Nothing where all of them are empty; an empty one among others is an empty text.

    Examples
    --------
    >>> parse_texts(b"ORIGINAL\\PRIMARY ", "CS"), parse_texts(rb"C:\\scans ", "ST")
    ((('ORIGINAL', 'PRIMARY'), True), (('C:\\\\scans',), True))
    """
    sound = True
    if isinstance(value, bytes):
        text, sound = decode_text(value, encodings, vr)
    elif isinstance(value, str):
        text = _as_written(value)
    else:
        parts = _parts(value)
        if len(parts) != 1:
            said = tuple([_as_written(part, encodings).strip(" \0") for part in parts])
            return said if any(said) else (), True
        text = _as_written(parts[0], encodings)
    if vr in PROSE:
        # PS3.5 6.2: leading spaces are part of it.
        text = text.rstrip(" \0")
        return (text,) if text else (), sound
    if "\\" not in text:
        text = text.strip(" \0")
        return (text,) if text else (), sound
    said = tuple([part.strip(" \0") for part in text.split("\\")])
    return said if any(said) else (), sound


def first_text(value: object, vr: str, encodings: Sequence[str] = DEFAULT_ENCODINGS) -> str | None:
    """Give the first value of a text; None where it is empty."""
    said, _ = parse_texts(value, vr, encodings)
    return said[0] or None if said else None


def parse_numbers(
    value: object, vr: str, kind: Kind, *, little: bool = True, signed: bool = False
) -> tuple[float, ...] | None:
    """Parse numbers, whichever VR they were written with.

    Parameters
    ----------
    value : bytes or object
        Bytes as they lie in the file, or what pydicom or a caller made of them.
    vr : str
        Says whether bytes are text or binary.
    kind : Kind
        What the numbers must be.
    little : bool
        Whether binary ones have their least significant byte first.
    signed : bool
        Whether 16-bit words are two's complement where the VR leaves that open.

    Returns
    -------
    tuple of int or float, or None
        None where one of them is broken, or there are far too many.

    Examples
    --------
    >>> parse_numbers(b"1.0", "IS", WHOLE), parse_numbers(b"1.5", "IS", WHOLE)
    ((1,), None)
    """
    try:
        if isinstance(value, bytes):
            parse = _parse_again if len(value) <= _SHORT else _parse
            return parse(value, vr, little, signed, kind)
        numbers = tuple([_make_number(part, kind) for part in _parts(value)])
    except (ValueError, TypeError, OverflowError, struct.error):
        return None
    if signed and vr == "US":
        return tuple([n - _WORD if _WORD // 2 <= n < _WORD else n for n in numbers])
    return numbers


def type_texts(said: Sequence[str], vr: str) -> tuple[Typed | None, ...]:
    """Make of texts what a VR stands for; None of those that are empty, or no such thing."""
    convert = _CONVERTERS.get(vr)
    if convert is None:
        return tuple([part or None for part in said])
    return tuple([convert(part) if part else None for part in said])


def well_formed_uid(value: bytes | None) -> str | None:
    """Give a UID without its padding (PS3.5 9.1), or None where the bytes are none."""
    text = (value or b"").decode("latin-1").strip(" \0")
    return text if _is_uid(text) else None


def _check_texts(said: tuple[str, ...], vr: str, *, sound: bool) -> Values:
    rule = _RULES.get(vr)
    if rule is not None:
        broken = any(part and not rule(part) for part in said)
        return Values(said, type_texts(said, vr), len(said), broken or not sound)
    if len(said) > MOST_NUMBERS:
        return Values((), (), len(said), not sound)
    typed = type_texts(said, vr)
    return Values(said, typed, len(said), typed.count(None) > said.count("") or not sound)


def _parse_objects(parts: Sequence[object], vr: str, encodings: Sequence[str]) -> Values:
    if len(parts) > MOST_NUMBERS:
        return Values((), (), len(parts))
    numbers = [part for part in parts if isinstance(part, int | float)]
    if len(numbers) == len(parts):
        return Values((), tuple(map(BaseTag, numbers) if vr == "AT" else numbers), len(parts))
    said = tuple([_as_written(part, encodings) for part in parts])
    return Values(said, said, len(said), vr in NUMBERS)


def _parse_binary(value: bytes, vr: str, order: str) -> Values:
    letter = NUMBERS[vr]
    count, rest = divmod(len(value), struct.calcsize(f"={letter}") * (2 if vr == "AT" else 1))
    if not count:
        return Values((), (), 1, broken=True)
    if count > MOST_NUMBERS:
        return Values((), (), count, bool(rest))
    numbers = _unpack(value, vr, letter, order)
    return Values((), tuple(map(BaseTag, numbers)) if vr == "AT" else numbers, count, bool(rest))


def _number(text: str, kind: Kind) -> float | None:
    try:
        return kind.make(text) if kind.grammar.fullmatch(text) else None
    except ValueError:
        return None


def _is_uid(text: str) -> bool:
    return len(text) <= _MAX_UID and _UID.fullmatch(text) is not None


_CONVERTERS: Final[dict[str, Callable[[str], Typed | None]]] = {
    "DA": read_date,
    "DS": lambda text: _number(text, REAL),
    "DT": read_datetime,
    "IS": lambda text: _number(text, WHOLE),
    "TM": read_time,
}
# PS3.5 table 6.2-1, where a value can follow the rules and be none of Python's, or the reverse.
_RULES: Final[dict[str, Callable[[str], object]]] = {
    "AS": re.compile(r"\d{3}[DWMY]", re.ASCII).fullmatch,
    "DT": is_datetime,
    "UI": _is_uid,
}


def _parse(
    value: bytes,
    vr: str,
    little: bool,  # noqa: FBT001 - one key of a cache
    signed: bool,  # noqa: FBT001 - as above
    kind: Kind,
) -> tuple[float, ...]:
    if len(value) > _MOST_BYTES:
        raise ValueError
    letter = _WORDS.get(vr)
    if letter is None:
        said = value.decode("ascii").rstrip(" \0")
        return tuple([_make_number(part, kind) for part in said.split("\\")]) if said else ()
    if signed and letter == "H" and vr != "AT":
        letter = "h"
    numbers = _unpack(value, vr, letter, "<" if little else ">")
    if value and not numbers:
        raise ValueError
    return tuple(map(kind.make, numbers))


# The headers of a series say the same again and again.
_parse_again: Final = functools.lru_cache(1 << 12)(_parse)


def _unpack(value: bytes, vr: str, letter: str, order: str) -> tuple[int | float, ...]:
    # A stray padding byte behind the last whole value is left out.
    count = len(value) // struct.calcsize(f"={letter}")
    numbers = struct.unpack_from(f"{order}{count}{letter}", value)
    if vr != "AT":
        return numbers
    # PS3.5 6.2: the group's word before the element's, in either byte order.
    pairs = zip(numbers[::2], numbers[1::2], strict=False)
    return tuple([group * _WORD + element for group, element in pairs])


def _make_number(part: object, kind: Kind) -> float:
    """Make one number of text or of an object; ValueError or TypeError where it is none."""
    # pydicom keeps what the file said beside the number that it made of it.
    said = getattr(part, "original_string", part)
    if isinstance(said, str):
        if not kind.grammar.fullmatch(said.strip("\0")):
            raise ValueError
        return kind.make(said.strip("\0"))
    if isinstance(said, np.ndarray):
        # One of a single value is a number to older numpy.
        raise TypeError
    return kind.make(said)  # type: ignore[arg-type]  # what is no number raises


def _parts(value: object) -> list[object]:
    """List the values of what pydicom has converted, or a caller has put there."""
    if isinstance(value, str):
        return list(value.split("\\")) if value else []
    # Asking whether something is a MultiValue takes longer than all else here.
    if isinstance(value, int | float):
        return [value]
    if isinstance(value, list | tuple | MultiValue):
        return list(value)
    if isinstance(value, np.ndarray):
        return [value] if value.ndim > 1 else list(value.ravel().tolist())
    return [] if value is None else [value]


def _as_written(part: object, encodings: Sequence[str] = DEFAULT_ENCODINGS) -> str:
    # pydicom keeps what the file said beside what it made of it; of names, in bytes.
    original = getattr(part, "original_string", part)
    if isinstance(original, bytes):
        return decode_text(original, getattr(part, "encodings", None) or encodings, "PN")[0]
    return original if isinstance(original, str) else str(part)


def _plain_text(value: bytes) -> tuple[str, ...]:
    if len(value) > _MOST_BYTES:
        return ()
    text = value.rstrip(b" \0").decode("latin-1")
    return (text,) if text and text.isascii() and text.isprintable() else ()
