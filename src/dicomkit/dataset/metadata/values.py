"""An element's value for people to read: natural types, and no fault of a file in the way."""

from __future__ import annotations

import math
import re
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from pydicom.dataelem import RawDataElement
from pydicom.multival import MultiValue

from dicomkit.dataset.elements.charsets import decode_text
from dicomkit.dataset.elements.numbers import (
    DECIMAL_STRING,
    INTEGER_STRING,
    NUMBER_FORMATS,
    SINGLE_TEXTS,
)
from dicomkit.dataset.files.recognition import well_formed_uid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydicom.dataelem import DataElement

__all__ = ["Scalar", "Value", "ValueReading", "read_value"]

Scalar: TypeAlias = str | int | float
Value: TypeAlias = Scalar | tuple[Scalar, ...] | None

# More numbers than this are an array, not something to read.
_MOST_NUMBERS: Final = 256
_MOST_TEXT: Final = 1 << 16
_SHOWN_BYTES: Final = 8
_NUMBERS: Final = {**NUMBER_FORMATS, "AT": "L"}
_TEXT: Final = frozenset(
    ("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "PN", "SH", "TM", "UC", "UI", *SINGLE_TEXTS)
)
# The character set of the dataset bears on these alone (PS3.5 6.1.2.2).
_LOCALIZED: Final = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))
# PS3.5 table 6.2-1.
_GRAMMAR: Final = {
    "AS": re.compile(r"\d{3}[DWMY]", re.ASCII),
    "DA": re.compile(r"\d{4}(?:\d{4}|\.\d\d\.\d\d)", re.ASCII),
    "DS": DECIMAL_STRING,
    "IS": INTEGER_STRING,
    "TM": re.compile(r"\d\d(?::?\d\d(?::?\d\d(?:\.\d{1,6})?)?)?", re.ASCII),
}


@dataclass(frozen=True, slots=True)
class ValueReading:
    """What an element says.

    Attributes
    ----------
    value : str, int, float, tuple of these, or None
        None where the element is empty. Bytes, and numbers by the hundred, are summed up.
    multiplicity : int
        How many values there are.
    broken : bool
        The value does not follow the rules of its VR; it stands there as it was written.
    """

    value: Value
    multiplicity: int
    broken: bool = False


def read_value(
    element: DataElement | RawDataElement,
    vr: str,
    encodings: Sequence[str],
) -> ValueReading:
    """Read the value of an element that is no sequence.

    Parameters
    ----------
    element : DataElement or RawDataElement
        As it lies in its dataset.
    vr : str
        Its VR, from the dictionary where the file has none.
    encodings : sequence of str
        Python's names of the character sets.
    """
    value = element.value
    if value is None and isinstance(element, RawDataElement) and element.length:
        return ValueReading("<not read>", 1)
    if not isinstance(value, bytes):
        return _read_object(value, vr)
    if not value:
        return ValueReading(None, 0)
    if vr in _TEXT:
        return _read_text(value, vr, encodings)
    if vr in _NUMBERS:
        little = not isinstance(element, RawDataElement) or element.is_little_endian
        return _read_numbers(value, vr, "<" if little else ">")
    said = _printable(value) if vr == "UN" else None
    return ValueReading(_sum_up(value) if said is None else said, 1)


def _read_text(value: bytes, vr: str, encodings: Sequence[str]) -> ValueReading:
    text, sound = decode_text(value, encodings if vr in _LOCALIZED else ("ascii",))
    if len(text) > _MOST_TEXT:
        text = f"{text[:_MOST_TEXT]}\u2026 ({len(text)} characters)"
    if vr in SINGLE_TEXTS:
        return ValueReading(text.rstrip(" \0") or None, 1, not sound)
    parts = [part.strip(" \0") for part in text.split("\\")]
    if not any(parts):
        return ValueReading(None, 0)
    return _read_parts(parts, vr, sound=sound)


def _read_parts(parts: Sequence[str], vr: str, *, sound: bool) -> ValueReading:
    said = [part for part in parts if part]
    grammar = _GRAMMAR.get(vr)
    if grammar is not None and not all(grammar.fullmatch(part) for part in said):
        sound = False
    if vr == "UI" and not all(well_formed_uid(part.encode("utf-8")) for part in said):
        sound = False
    values: Sequence[Scalar] = parts
    if sound and vr in ("DS", "IS") and len(said) == len(parts):
        numbers = [float(part) if vr == "DS" else int(part) for part in parts]
        sound = all(map(math.isfinite, numbers))
        values = numbers if sound else parts
    if len(values) > _MOST_NUMBERS and vr in ("DS", "IS"):
        return ValueReading(f"<{len(values)} numbers>", len(values), not sound)
    return ValueReading(_single(values), len(values), not sound)


def _read_numbers(value: bytes, vr: str, order: str) -> ValueReading:
    letter = _NUMBERS[vr]
    count, rest = divmod(len(value), struct.calcsize(f"={letter}"))
    if rest:
        return ValueReading(_sum_up(value), 1, broken=True)
    if count > _MOST_NUMBERS:
        return ValueReading(f"<{count} numbers>", count)
    numbers: Sequence[Scalar] = struct.unpack(f"{order}{count}{letter}", value)
    if vr == "AT":
        pairs = struct.unpack(f"{order}{2 * count}H", value)
        numbers = [f"({g:04X},{e:04X})" for g, e in zip(pairs[::2], pairs[1::2], strict=True)]
    return ValueReading(_single(numbers), count)


def _read_object(value: object, vr: str) -> ValueReading:
    """Read what pydicom has converted, or a caller has put there."""
    parts = list(value) if isinstance(value, list | tuple | MultiValue) else [value]
    parts = [] if parts in ([None], [""]) else parts
    if not parts:
        return ValueReading(None, 0)
    if vr not in _TEXT:
        if len(parts) > _MOST_NUMBERS:
            return ValueReading(f"<{len(parts)} numbers>", len(parts))
        numbers = [part for part in parts if isinstance(part, int | float)]
        if vr != "AT" and len(numbers) == len(parts):
            return ValueReading(_single(numbers), len(parts))
    said = [_as_written(part).strip(" \0") for part in parts]
    if vr in SINGLE_TEXTS or vr not in _TEXT:
        return ValueReading(_single(said), len(said))
    return _read_parts(said, vr, sound=True)


def _as_written(part: object) -> str:
    # pydicom keeps what the file said beside the number that it made of it.
    original = getattr(part, "original_string", part)
    return original if isinstance(original, str) else str(part)


def _single(values: Sequence[Scalar]) -> Value:
    return values[0] if len(values) == 1 else tuple(values)


def _printable(value: bytes) -> str | None:
    text = value.rstrip(b" \0")[:_MOST_TEXT].decode("latin-1")
    return text if text and text.isascii() and text.isprintable() else None


def _sum_up(value: bytes) -> str:
    shown = value[:_SHOWN_BYTES].hex(" ")
    more = " \u2026" if len(value) > _SHOWN_BYTES else ""
    return f"<{len(value)} bytes: {shown}{more}>"
