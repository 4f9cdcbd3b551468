"""Stepping over sequences (PS3.5 7.5) and fragments (PS3.5 A.4) without parsing them.

pydicom parses a sequence of undefined length by recursion while it reads, which hostile
nesting turns into a `RecursionError`. Here a stack of our own finds where it ends; its items
become datasets when somebody asks for them.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from pydicom.datadict import dictionary_VR
from pydicom.valuerep import VR

from dicomkit.dataset.files.encoding import (
    ITEM,
    ITEM_END,
    SEQUENCE_END,
    UNDEFINED,
    Encoding,
    Incomplete,
    read_header,
    read_item_header,
)
from dicomkit.errors import InconsistentError, LimitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicomkit.limits import Limits

__all__ = [
    "MAY_NEST",
    "ItemBudget",
    "Span",
    "check_depth",
    "encapsulated_end",
    "is_sequence",
    "item_spans",
    "sequence_end",
]

# The least that an item takes.
_ITEM_BYTES: Final = 8
MAY_NEST: Final = frozenset(("SQ", "UN", None))


class ItemBudget:
    """How many items the sequences of one dataset may still have.

    Raises
    ------
    LimitError
        When more is spent than `Limits.items`.
    """

    def __init__(self, limits: Limits) -> None:
        self.left: int = limits.items
        self._limit = limits.items

    def spend(self, items: int) -> None:
        """Take items off."""
        self.left -= items
        if self.left < 0:
            msg = (
                f"the sequences have more than the limit of {self._limit} items; pass a larger "
                "Limits(items=...) if that is meant"
            )
            raise LimitError(msg)

    def spend_on(self, buffer: bytes, span: Span) -> None:
        """Take off the items of a sequence's value, those of the sequences in it included.

        Their markers are counted, which is as many items or more, and takes no time.
        """
        marker = span.encoding.item
        if buffer.startswith(marker, span.start):
            self.spend(buffer.count(marker, span.start, span.end))


class Span(NamedTuple):
    """Where the elements of one item lie in a sequence's value, and how they are written."""

    start: int
    end: int
    encoding: Encoding


def is_sequence(buffer: bytes, tag: int, vr: str | None, start: int, encoding: Encoding) -> bool:
    """Tell whether a value of undefined length holds items of elements, not fragments."""
    if vr is not None:
        return vr in ("SQ", "UN")
    try:
        return dictionary_VR(tag) == VR.SQ
    except KeyError:
        if start + 4 > len(buffer):
            raise Incomplete(start + 4) from None
        return buffer.startswith(encoding.item, start)


def sequence_end(
    buffer: bytes,
    pos: int,
    encoding: Encoding,
    depth: int,
    budget: ItemBudget | None = None,
) -> tuple[int, int]:
    """Step over the items of a sequence of undefined length, and over its delimiter.

    Parameters
    ----------
    buffer : bytes
        Encoded elements.
    pos : int
        Where the first item begins.
    encoding : Encoding
        How the dataset around the sequence is written.
    depth : int
        How deep sequences may nest, this one included.
    budget : ItemBudget, optional
        What there may be of items; nothing is taken off.

    Returns
    -------
    tuple of int
        Where the last item ends and where the delimiter does.

    Raises
    ------
    Incomplete
        The bytes end first.
    LimitError
        Sequences nest deeper, or have more items.
    InconsistentError
        There is something between the items.
    """
    return _Walk(buffer, pos, _Level(None, encoding, 1, of_items=True), depth, budget).run()


def check_depth(buffer: bytes, start: int, end: int, encoding: Encoding, depth: int) -> None:
    """Refuse a value of defined length in which sequences nest too deep."""
    if _may_exceed(buffer, start, end, encoding, depth):
        # What is no sequence after all cannot nest.
        with suppress(Incomplete, InconsistentError):
            level = _Level(end - start, encoding, 1, of_items=True)
            _Walk(buffer[start:end], 0, level, depth).run()


def item_spans(buffer: bytes, pos: int, end: int, encoding: Encoding, depth: int) -> Iterator[Span]:
    """Find the items of the sequence whose value is ``buffer[pos:end]``.

    What is no item, or an item that is cut off, ends the search.
    """
    while pos + 8 <= end:
        tag, length, start = read_item_header(buffer, pos, encoding)
        if tag != ITEM:
            return
        try:
            inner = encoding.within(buffer, start) if length else encoding
            if length == UNDEFINED:
                level = _Level(None, inner, 0, of_items=False)
                last, pos = _Walk(buffer, start, level, depth).run()
            else:
                pos = start + length
                last = min(pos, end)
        except (Incomplete, InconsistentError):
            return
        yield Span(start, last, inner)


def encapsulated_end(buffer: bytes, pos: int, encoding: Encoding) -> tuple[int, int]:
    """Step over fragments (PS3.5 A.4): where the last one ends, and the delimiter behind it."""
    start = pos
    while True:
        tag, length, value = read_item_header(buffer, pos, encoding)
        if tag == SEQUENCE_END:
            return pos, value
        if tag != ITEM or length == UNDEFINED:
            break
        pos = value + length
    # Some writers put no items there: the delimiter's bytes are all that can be looked for.
    pos = buffer.find(encoding.sequence_end, start)
    if pos < 0:
        raise Incomplete(2 * len(buffer))
    return pos, pos + 8


class _Level(NamedTuple):
    """An open sequence or item: where it ends (None: at its delimiter) and how it is written."""

    end: int | None
    encoding: Encoding
    depth: int
    of_items: bool


class _Walk:
    """A way through nested sequences and items, with a stack in place of recursion."""

    def __init__(
        self,
        buffer: bytes,
        pos: int,
        outer: _Level,
        depth: int,
        budget: ItemBudget | None = None,
    ) -> None:
        self._buffer = buffer
        self._pos = self._last = pos
        self._levels = [outer]
        self._depth = depth
        self._budget = budget
        self._items = 0

    def run(self) -> tuple[int, int]:
        """Go to the end of the outermost level: of its content, and of its delimiter."""
        while self._levels:
            level = self._levels[-1]
            if level.end is not None and self._pos >= level.end:
                self._close(self._pos)
            elif level.of_items:
                self._pass_item(level)
            else:
                self._pass_element(level)
        return self._last, self._pos

    def _pass_item(self, level: _Level) -> None:
        tag, length, start = read_item_header(self._buffer, self._pos, level.encoding)
        if tag == SEQUENCE_END:
            self._close(start)
        elif tag == ITEM_END:
            # Some writers end items of defined length too.
            self._pos = start
        elif tag != ITEM:
            msg = "a sequence holds something that is not an item"
            raise InconsistentError(msg)
        elif self._budget is not None and self._items == self._budget.left:
            self._budget.spend(self._items + 1)
        elif length == UNDEFINED and self._buffer.startswith(level.encoding.item_end, start):
            # Nothing is in it: the way in and out costs five times as much.
            self._pos = start + _ITEM_BYTES
        elif length == UNDEFINED or self._may_exceed(level, start, length):
            inner = level.encoding.within(self._buffer, start)
            self._open(_Level(_end(start, length), inner, level.depth, of_items=False), start)
        else:
            self._pos = start + length
        self._items += tag == ITEM

    def _pass_element(self, level: _Level) -> None:
        tag, vr, length, start = read_header(self._buffer, self._pos, level.encoding)
        if tag == ITEM_END:
            self._close(start)
        elif tag == SEQUENCE_END:
            # The end of a sequence also ends an item that lacks a delimiter of its own.
            self._close(self._pos)
        elif not self._nests(level, (tag, vr, length, start)):
            if length == UNDEFINED:
                start, length = encapsulated_end(self._buffer, start, level.encoding)[1], 0
            self._pos = start + length
        elif level.depth == self._depth:
            msg = f"sequences nest deeper than the limit of {self._depth} levels"
            raise LimitError(msg)
        else:
            inside = _Level(_end(start, length), level.encoding, level.depth + 1, of_items=True)
            self._open(inside, start)

    def _nests(self, level: _Level, header: tuple[int, str | None, int, int]) -> bool:
        """Tell whether an element must be entered: it has no length, or may hide too much."""
        tag, vr, length, start = header
        if length == UNDEFINED:
            return is_sequence(self._buffer, tag, vr, start, level.encoding)
        return vr in MAY_NEST and self._may_exceed(level, start, length)

    def _may_exceed(self, level: _Level, start: int, length: int) -> bool:
        return _may_exceed(
            self._buffer, start, start + length, level.encoding, self._depth - level.depth
        )

    def _open(self, level: _Level, start: int) -> None:
        self._levels.append(level)
        self._pos = start

    def _close(self, after: int) -> None:
        self._levels.pop()
        self._last, self._pos = self._pos, after


def _end(start: int, length: int) -> int | None:
    return None if length == UNDEFINED else start + length


def _may_exceed(buffer: bytes, start: int, end: int, encoding: Encoding, items: int) -> bool:
    """Tell cheaply whether a value could hold more than so many items; most cannot."""
    return end - start > items * _ITEM_BYTES and buffer.count(encoding.item, start, end) > items
