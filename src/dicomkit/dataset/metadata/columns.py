"""Chosen elements of a file as typed cells of a table."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

from pydicom.datadict import keyword_dict, keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from dicomkit.dataset.files.part10 import read_front
from dicomkit.dataset.files.sources import open_file
from dicomkit.dataset.metadata.dates import read_date, read_datetime, read_time
from dicomkit.dataset.metadata.entries import entries
from dicomkit.errors import DicomKitError
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence

    from dicomkit.dataset.files.elements import Elements
    from dicomkit.dataset.metadata.entries import Entry
    from dicomkit.dataset.metadata.values import Scalar

__all__ = ["Cell", "Column", "parse_column", "read_cells"]

Single: TypeAlias = str | int | float | date | time | datetime
Cell: TypeAlias = Single | tuple[Single | None, ...] | None

_STEP: Final = re.compile(
    r"(?:\(?(?P<group>[0-9a-f]{4}), ?(?P<element>[0-9a-f]{4})\)?|(?P<keyword>\w+))"
    r"(?:\[(?P<index>\d{1,9})\])?",
    re.ASCII | re.IGNORECASE,
)
# Specific Character Set and Pixel Representation decide how others are read.
_ALWAYS: Final = frozenset((0x00080005, 0x00280103))
# What comes from here on is, or lies behind, pixel data.
_PIXELS: Final = 0x7FE00000
_BINARY: Final = frozenset(("OB", "OD", "OF", "OL", "OV", "OW"))
# More values than this are an array; `metadata_rows` sums them up, too.
_MOST_VALUES: Final = 256


@dataclass(frozen=True, slots=True)
class Column:
    """An element to look for.

    Attributes
    ----------
    name : str
        What the caller calls it.
    steps : tuple of (BaseTag, int)
        The tags on the way to it, and which item of each sequence, counted from 0.
    """

    name: str
    steps: tuple[tuple[BaseTag, int], ...]


def parse_column(element: str | int, /) -> Column:
    """Understand a keyword, a tag, or a path through sequences.

    Raises
    ------
    ValueError
        The dictionary has no such keyword, or it is pixel data.

    Examples
    --------
    >>> parse_column("SliceThickness").steps
    (((0018,0050), 0),)
    >>> parse_column(0x00180050).name, parse_column("0018,0050").name
    ('SliceThickness', '0018,0050')
    """
    if isinstance(element, str):
        steps = tuple(map(_parse_step, element.split(".")))
        column = Column(element, steps)
    else:
        tag = BaseTag(element)
        column = Column(keyword_for_tag(tag) or str(tag), ((tag, 0),))
    if column.steps[0][0] >= _PIXELS:
        msg = f"{column.name} is no element for a table: pixel data, or what follows them"
        raise ValueError(msg)
    return column


def read_cells(
    path: str | os.PathLike[str], columns: Sequence[Column], limits: Limits = DEFAULT_LIMITS
) -> list[Cell]:
    """Read chosen elements of a file, and as little else of it as can be.

    Never raises for what a file says: an element that is absent, empty, broken or binary
    is None, and of a file with a fault those before the fault are there.
    """
    wanted = _ALWAYS | {tag for column in columns for tag in _needed(column.steps[0][0])}
    meta: Elements = {}
    found: Elements = {}
    with suppress(DicomKitError), open_file(path, limits) as source:
        front = read_front(source, limits)
        meta = front.meta
        front.cursor.take(front.encoding, found, limits, stop=max(wanted) + 1, wanted=wanted)
    top = {entry.tag: entry for part in (found, meta) for entry in entries(Dataset(part))}
    return [_look(top.get(column.steps[0][0]), column.steps) for column in columns]


def _parse_step(text: str) -> tuple[BaseTag, int]:
    found = _STEP.fullmatch(text.strip())
    if found is None:
        msg = f"{text!r} is neither a keyword, a tag such as '0018,0050', nor a path of these"
        raise ValueError(msg)
    keyword = found["keyword"]
    if keyword is None:
        tag = int(found["group"] + found["element"], 16)
    elif keyword in keyword_dict:
        tag = keyword_dict[keyword]
    else:
        close = get_close_matches(keyword, keyword_dict, 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        msg = f"the dictionary has no keyword {keyword!r}{hint}"
        raise ValueError(msg)
    return BaseTag(tag), int(found["index"] or 0)


def _needed(tag: BaseTag) -> Iterator[int]:
    """Give the tag, and that of its block's creator, who knows the VR (PS3.5 7.8.1)."""
    yield tag
    if tag.is_private:
        yield tag.group << 16 | tag.element >> 8


def _look(entry: Entry | None, steps: Sequence[tuple[BaseTag, int]]) -> Cell:
    """Follow the steps from the entry of the first one."""
    for (_, index), (tag, _) in pairwise(steps):
        items = iter(()) if entry is None else islice(entry.children(), index, None)
        entry = next((one for one in next(items, ()) if one.tag == tag), None)
    return None if entry is None else _cell(entry)


def _cell(entry: Entry) -> Cell:
    reading = entry.reading
    if entry.vr == "SQ":
        return reading.multiplicity
    if entry.vr == "UN":
        return _plain_text(entry.element.value)
    if reading.broken or entry.vr in _BINARY or reading.multiplicity > _MOST_VALUES:
        return None
    if not isinstance(reading.value, tuple):
        return None if reading.value is None else _convert(reading.value, entry.vr)
    parts = tuple(None if part == "" else _convert(part, entry.vr) for part in reading.value)
    return parts if parts.count(None) == reading.value.count("") else None


def _convert(part: Scalar, vr: str) -> Single | None:
    convert = _CONVERTERS.get(vr)
    return convert(part) if convert is not None and isinstance(part, str) else part


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


# Numbers are text where an empty value stands beside them.
_CONVERTERS: Final[dict[str, Callable[[str], Single | None]]] = {
    "DA": read_date,
    "DS": _finite,
    "DT": read_datetime,
    "IS": int,
    "TM": read_time,
}


def _plain_text(value: object) -> str | None:
    said = value.rstrip(b" \0") if isinstance(value, bytes) else b""
    text = said.decode("ascii", errors="replace")
    return text if text and text.isascii() and text.isprintable() else None
