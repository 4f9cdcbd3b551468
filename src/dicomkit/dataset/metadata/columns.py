"""Chosen elements of a file as typed cells of a table."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from pydicom.datadict import dictionary_VM, keyword_dict, keyword_for_tag
from pydicom.dataelem import RawDataElement
from pydicom.tag import BaseTag

from dicomkit.dataset.elements.charsets import DEFAULT_ENCODINGS, python_encodings
from dicomkit.dataset.elements.tags import (
    creator_tag,
    dictionary_entry,
    resolve_vr,
    shared_tag,
)
from dicomkit.dataset.elements.values import (
    NUMBERS,
    TEXTS,
    WHOLE,
    first_text,
    parse_numbers,
    parse_values,
    type_texts,
)
from dicomkit.dataset.files.elements import Elements, read_elements
from dicomkit.dataset.files.encoding import Encoding
from dicomkit.dataset.files.nesting import Span, item_spans
from dicomkit.dataset.files.opening import open_file
from dicomkit.dataset.files.part10 import TRANSFER_SYNTAX, read_front
from dicomkit.dataset.identity import OWN_TAGS
from dicomkit.errors import DicomKitError
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from dicomkit.dataset.elements.values import Typed

__all__ = ["Cell", "Column", "Step", "parse_column", "read_cells"]

Single: TypeAlias = str | int | float | date | time | datetime
Cell: TypeAlias = Single | tuple[Single | None, ...] | None

_STEP: Final = re.compile(
    r"\s*(?:\(?(?P<group>[0-9a-f]{4}), ?(?P<element>[0-9a-f]{4})\)?"
    r"|\((?P<block>[0-9a-f]{3}[13579bdf]),(?P<creator>.+?), ?(?P<offset>[0-9a-f]{2})\)"
    r"|(?P<keyword>\w+))"
    r"(?:\[(?P<index>\d{1,9})\])?\s*(?P<more>\.|$)",
    re.ASCII | re.IGNORECASE,
)
_CHARACTER_SET: Final = shared_tag(0x00080005)
_PIXEL_REPRESENTATION: Final = shared_tag(0x00280103)
# These decide how others are read.
_ALWAYS: Final = frozenset((int(_CHARACTER_SET), int(_PIXEL_REPRESENTATION)))
# PS3.5 7.8.1: the elements of a private group that name creators, and so the blocks that there are.
_BLOCKS: Final = range(0x10, 0x100)
# What comes from here on is, or lies behind, pixel data.
_PIXELS: Final = 0x7FE00000
_META: Final = 0x0002


@dataclass(frozen=True, slots=True)
class Step:
    """An element on the way, and which item of it, counted from 0, if it is a sequence.

    That of a private element with its creator has no block in its tag: where that is, each
    dataset says.
    """

    tag: BaseTag
    index: int = 0
    creator: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """An element to look for.

    Attributes
    ----------
    name : str
        What the caller calls it.
    steps : tuple of Step
        The way to it.
    """

    name: str
    steps: tuple[Step, ...]


class _Level(NamedTuple):
    """The elements of a dataset or an item, and how to read them."""

    elements: Elements
    encodings: Sequence[str]
    signed: bool


def parse_column(element: str | int, /) -> Column:
    """Understand a keyword, a tag, a private element, or a path through sequences.

    Raises
    ------
    ValueError
        The dictionary has no such keyword, or it is pixel data.

    Examples
    --------
    >>> parse_column("SliceThickness").steps
    (Step(tag=(0018,0050), index=0, creator=None),)
    >>> parse_column(0x00180050).name, parse_column("0018,0050").name
    ('SliceThickness', '0018,0050')
    >>> parse_column("(0019,SIEMENS MR HEADER,0C)").steps
    (Step(tag=(0019,000C), index=0, creator='SIEMENS MR HEADER'),)
    """
    if isinstance(element, str):
        column = Column(element, tuple(_parse_steps(element)))
    else:
        tag = BaseTag(element)
        column = Column(keyword_for_tag(tag) or str(tag), (Step(tag),))
    if column.steps[0].tag >= _PIXELS:
        msg = f"{column.name} is no element for a table: pixel data, or what follows them"
        raise ValueError(msg)
    return column


def read_cells(
    path: str | os.PathLike[str], columns: Sequence[Column], limits: Limits = DEFAULT_LIMITS
) -> list[Cell]:
    """Read chosen elements of a file, and as little else of it as can be.

    Never raises for what a file says: an element that is absent, empty or binary is None, and so
    is one that is no number, date or time where its VR says that it is one. Of a file with a
    fault those before the fault are there.
    """
    wanted = _ALWAYS.union(*(_tags_of(column.steps[0]) for column in columns))
    meta: Elements = {}
    found: Elements = {}
    with suppress(DicomKitError), open_file(path, limits) as source:
        front = read_front(source, limits)
        meta = front.meta
        # What `read_dataset` finds, whatever the file states.
        syntax = str(front.syntax).encode()
        meta[TRANSFER_SYNTAX] = RawDataElement(
            TRANSFER_SYNTAX,
            "UI",
            len(syntax),
            syntax,
            0,
            is_implicit_VR=False,
            is_little_endian=True,
        )
        front.cursor.take(front.encoding, found, limits, stop=max(wanted) + 1, wanted=wanted)
    top = _enter(found, DEFAULT_ENCODINGS, signed=False)
    levels = {True: _enter(meta, DEFAULT_ENCODINGS, signed=False), False: top}
    return [
        _look(levels[column.steps[0].tag.group == _META], column.steps, limits.depth)
        for column in columns
    ]


def _parse_steps(text: str) -> Iterator[Step]:
    place, more = 0, "."
    while more:
        found = _STEP.match(text, place)
        if found is None:
            msg = (
                f"{text!r} is neither a keyword, a tag such as '0018,0050', a private element such "
                "as '(0019,SIEMENS MR HEADER,0C)', nor a path of these"
            )
            raise ValueError(msg)
        place, more = found.end(), found["more"]
        if found["block"]:
            tag = int(found["block"] + "00" + found["offset"], 16)
        elif found["keyword"]:
            tag = _tag_of(found["keyword"])
        else:
            tag = int(found["group"] + found["element"], 16)
        creator = found["creator"] and found["creator"].strip()
        yield Step(BaseTag(tag), int(found["index"] or 0), creator)


def _tag_of(keyword: str) -> int:
    tag = keyword_dict.get(keyword)
    if tag is None:
        close = get_close_matches(keyword, keyword_dict, 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        msg = f"the dictionary has no keyword {keyword!r}{hint}"
        raise ValueError(msg)
    return tag


def _tags_of(step: Step) -> set[int]:
    """List the tags that an element may have, and those of the creators that know its VR."""
    tag = int(step.tag)
    group = tag & 0xFFFF0000
    if step.creator is not None:
        return {group | low for block in _BLOCKS for low in (block, block << 8 | tag & 0xFF)}
    return {tag, creator_tag(tag) or tag}


def _enter(elements: Elements, encodings: Sequence[str], *, signed: bool) -> _Level:
    """Take what bears on others out of some elements, or from the level around them."""
    stated = elements.get(_CHARACTER_SET)
    if stated is not None and stated.value:
        encodings = python_encodings(stated.value)
    said = elements.get(_PIXEL_REPRESENTATION)
    if isinstance(said, RawDataElement):
        signed = parse_numbers(said.value, "US", WHOLE, little=said.is_little_endian) == (1,)
    return _Level(elements, encodings, signed)


def _look(level: _Level, steps: Sequence[Step], depth: int) -> Cell:
    """Follow the steps from the level of the first one."""
    for step, after in zip_longest(steps, steps[1:]):
        element, vr = _find(level, step)
        if element is None:
            return None
        if after is None:
            return _cell(element, vr, level, depth)
        if vr != "SQ":
            return None
        found: Elements = {}
        # Of an item with a fault, what comes before it is there.
        with suppress(DicomKitError):
            for span in islice(_spans(element, depth), step.index, step.index + 1):
                item = (element.value or b"")[span.start : span.end]
                wanted = _ALWAYS | _tags_of(after)
                read_elements(item, 0, span.encoding, found, depth=depth, wanted=wanted)
        level = _enter(found, level.encodings, signed=level.signed)
    return None


def _find(level: _Level, step: Step) -> tuple[RawDataElement | None, str]:
    """Find a step's element, and resolve its VR."""
    tags = [int(step.tag)]
    if step.creator is not None:
        group, offset = tags[0] & 0xFFFF0000, tags[0] & 0xFF
        tags = [
            group | block << 8 | offset
            for block in _BLOCKS
            if _creator(level, group | block) == step.creator
        ]
    for tag in tags:
        element = level.elements.get(shared_tag(tag))
        if isinstance(element, RawDataElement):
            owner = creator_tag(tag)
            creator = None if owner is None else _creator(level, owner)
            vr = resolve_vr(element.VR, dictionary_entry(tag, creator).vr, signed=level.signed)
            return element, vr
    return None, "UN"


def _creator(level: _Level, tag: int) -> str | None:
    element = level.elements.get(shared_tag(tag))
    return None if element is None else first_text(element.value, "LO", level.encodings)


def _spans(element: RawDataElement, depth: int) -> Iterator[Span]:
    value = element.value or b""
    written = Encoding(explicit=not element.is_implicit_VR, little=element.is_little_endian)
    return item_spans(value, 0, len(value), written, depth)


def _cell(element: RawDataElement, vr: str, level: _Level, depth: int) -> Cell:
    if vr == "SQ":
        with suppress(DicomKitError):
            return sum(1 for _ in _spans(element, depth))
        return None
    # What the dictionary knows for text, number or date is the same kind of cell in every file.
    known = dictionary_entry(int(element.tag)).vr
    if vr not in NUMBERS and vr not in TEXTS and known in TEXTS:
        vr = known
    values = parse_values(element.value, vr, level.encodings, little=element.is_little_endian)
    if vr in NUMBERS:
        parts = tuple([_single(part) for part in values.typed])
        missing = parts.count(None)
    elif vr in TEXTS and (values.said or not values.multiplicity):
        parts = type_texts(values.said, known if known in TEXTS else vr)
        missing = parts.count(None) - values.said.count("")
    else:
        parts, missing = values.said, 0
    if not parts or missing:
        return None
    return parts[0] if len(parts) == 1 or _is_single(element.tag) else parts


def _single(part: Typed | None) -> Single | None:
    if isinstance(part, BaseTag):
        return str(part)
    return None if isinstance(part, float) and not math.isfinite(part) else part


def _is_single(tag: BaseTag) -> bool:
    """Tell whether an identity has an element's first value, whatever a file adds to it."""
    return int(tag) in OWN_TAGS and dictionary_VM(tag) == "1"
