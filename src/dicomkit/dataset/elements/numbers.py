"""Numbers, out of bytes or out of what a program put into a dataset."""

from __future__ import annotations

import functools
import math
import re
import struct
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "DECIMAL_STRING",
    "INTEGER_STRING",
    "NUMBER_FORMATS",
    "REAL",
    "SINGLE_TEXTS",
    "WHOLE",
    "Kind",
    "make_number",
    "parse_numbers",
]

# A fixed or floating point number, spaces around it allowed.
DECIMAL_STRING: Final = re.compile(r" *[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)? *", re.ASCII)
INTEGER_STRING: Final = re.compile(r" *[+-]?\d{1,12} *", re.ASCII)
# A backslash in these is a letter, no border between values.
SINGLE_TEXTS: Final = frozenset(("LT", "ST", "UT", "UR"))
# struct's letters for the VRs that are single numbers in binary.
NUMBER_FORMATS: Final = {
    "US": "H",
    "SS": "h",
    "UL": "L",
    "SL": "l",
    "UV": "Q",
    "SV": "q",
    "FL": "f",
    "FD": "d",
}


class Kind(NamedTuple):
    """A kind of number: how it is written as text, and how it is made of a number or text."""

    grammar: re.Pattern[str]
    make: Callable[[str | float], float]


def _whole(value: str | float) -> int:
    result = int(value)
    if not isinstance(value, str) and result != value:
        raise ValueError
    return result


def _real(value: str | float) -> float:
    result = float(value)
    if not math.isfinite(result):
        raise ValueError
    return result


WHOLE = Kind(INTEGER_STRING, _whole)
REAL = Kind(DECIMAL_STRING, _real)
# What an explicit VR leaves a length for, far above any number that a picture depends on: each
# value takes many times its bytes.
_MOST_BYTES = 1 << 16
# What is worth remembering: one or a few numbers.
_SHORT = 64
# struct's letters for the binary VRs; OW and OB stand in for them in ambiguous elements.
_BINARY = {
    **NUMBER_FORMATS,
    "OB": "B",
    "OW": "H",
    "OL": "L",
    "OF": "f",
    "OD": "d",
    "US or SS": "H",
    "US or OW": "H",
    "US or SS or OW": "H",
    "AT": "H",
}
_WORD = 1 << 16


def parse_numbers(
    value: bytes, vr: str, kind: Kind, *, little: bool, signed: bool
) -> tuple[float, ...]:
    """Parse an element's bytes.

    Parameters
    ----------
    value : bytes
        As they lie in the file.
    vr : str
        Says whether they are text or binary.
    kind : Kind
        What the numbers must be.
    little : bool
        Whether binary ones have their least significant byte first.
    signed : bool
        Whether words that the VR leaves open are two's complement.

    Raises
    ------
    ValueError, OverflowError, struct.error
        They are broken, or far too many.
    """
    parse = _parse_again if len(value) <= _SHORT else _parse
    return parse(value, vr, little, signed, kind)


def _parse(
    value: bytes,
    vr: str,
    little: bool,  # noqa: FBT001 - one key of a cache
    signed: bool,  # noqa: FBT001 - as above
    kind: Kind,
) -> tuple[float, ...]:
    if len(value) > _MOST_BYTES:
        raise ValueError
    letter = _BINARY.get(vr)
    if letter is None:
        said = value.decode("ascii").rstrip(" \0")
        return tuple(make_number(part, kind) for part in said.split("\\")) if said else ()
    if vr == "AT":
        # PS3.5 6.2: the group's word before the element's, in either byte order.
        halves = _from_words(value, letter, little)
        pairs = zip(halves[::2], halves[1::2], strict=False)
        return tuple(kind.make(group * _WORD + part) for group, part in pairs)
    words = _from_words(value, "h" if signed and letter == "H" else letter, little)
    return tuple(map(kind.make, words))


# The headers of a series say the same again and again.
_parse_again = functools.lru_cache(1 << 12)(_parse)


def _from_words(value: bytes, letter: str, little: bool) -> tuple[int | float, ...]:  # noqa: FBT001
    size = struct.calcsize(f"={letter}")
    # A stray padding byte behind the last whole value is not an error.
    count = len(value) // size
    if value and not count:
        raise ValueError
    return struct.unpack(f"{'<' if little else '>'}{count}{letter}", value[: count * size])


def make_number(value: object, kind: Kind) -> float:
    """Make one number of text or of an object; ValueError or TypeError where it is none."""
    # pydicom keeps what the file said beside the number that it made of it.
    said = getattr(value, "original_string", value)
    if isinstance(said, str):
        if not kind.grammar.fullmatch(said.strip("\0")):
            raise ValueError
        return kind.make(said.strip("\0"))
    if isinstance(said, np.ndarray):
        # One of a single value is a number to older numpy.
        raise TypeError
    return kind.make(said)  # type: ignore[arg-type]  # what is no number raises
