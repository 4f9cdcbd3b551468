"""Opening a sequence: its items, and all that nest in them, parsed in one pass (PS3.5 7.5).

`read_elements` leaves sequences as bytes and steps over them; opened level by level, bytes would be
gone through as often as they are deep.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final, TypeAlias

from dicomkit.dataset.elements.tags import dictionary_entry
from dicomkit.dataset.files.encoding import (
    ITEM,
    ITEM_END,
    KNOWN_VRS,
    SEQUENCE_END,
    SHORT_HEADER,
    SHORT_VRS,
    UNDEFINED,
    Encoding,
    Incomplete,
    read_header,
)
from dicomkit.dataset.files.nesting import encapsulated_end, is_sequence
from dicomkit.errors import InconsistentError, LimitError

if TYPE_CHECKING:
    from dicomkit.dataset.files.nesting import ItemBudget

__all__ = ["MAX_NESTED", "OpenedElement", "OpenedItems", "open_sequence"]

# An element: its tag, its VR where the file has one, its bytes; or of a sequence, its items, and
# whether there was more than items, or the last one was cut off. Plain tuples, because the garbage
# collector stops looking at those: of a hundred thousand objects of any other kind, most of the
# time would be its.
OpenedItems: TypeAlias = "tuple[tuple[OpenedElement, ...], ...]"
OpenedElement: TypeAlias = "tuple[int, str | None, bytes | OpenedItems, bool]"

# Far above what real sequences hold; opened, an element takes thirty times its bytes.
MAX_NESTED: Final = 3_000_000
_HEADER: Final = 8
# What cannot belong to an item.
_BEHIND: Final = frozenset((ITEM_END, SEQUENCE_END))
_OPEN: Final = frozenset(("UN", None))
_NOTHING: Final = (0, 0, b"", 0)


def open_sequence(
    buffer: bytes, encoding: Encoding, depth: int, budget: ItemBudget
) -> tuple[OpenedItems, bool]:
    """Parse the value of a sequence, and of those in it.

    Never raises for a fault of the file: what comes before it is there.

    Parameters
    ----------
    buffer : bytes
        The value, up to the delimiter if the sequence has one.
    encoding : Encoding
        How the dataset around the sequence is written.
    depth : int
        How deep sequences may nest, this one included.
    budget : ItemBudget
        What is left of the items that the dataset may have.

    Returns
    -------
    tuple of (tuple of items, bool)
        The elements of each item by ascending tag, of two with one tag the later; and whether
        there was more than items, or the last one was cut off.

    Raises
    ------
    LimitError
        Sequences nest deeper, or there are more items or implausibly many elements.
    """
    return _Opening(buffer, encoding, depth, budget).run()


class _Level:
    """A sequence that is being read, its item that is, and where both end (None: at delimiters)."""

    __slots__ = (
        "broken",
        "elements",
        "encoding",
        "end",
        "inner",
        "items",
        "ordered",
        "stop",
        "tag",
    )

    def __init__(self, tag: int, end: int | None, encoding: Encoding) -> None:
        self.tag = tag
        self.end = end
        self.encoding = self.inner = encoding
        self.items: list[tuple[OpenedElement, ...]] = []
        # None between two items.
        self.elements: list[OpenedElement] | None = None
        self.stop: int | None = None
        self.ordered = True
        self.broken = False


class _Opening:
    """A way through the bytes, with a stack in place of recursion."""

    def __init__(self, buffer: bytes, encoding: Encoding, depth: int, budget: ItemBudget) -> None:
        self._buffer = buffer
        self._pos = 0
        self._levels = [_Level(0, len(buffer), encoding)]
        self._depth = depth
        self._budget = budget
        self._left = MAX_NESTED
        order = "<" if encoding.little else ">"
        self._unpack_short = SHORT_HEADER[encoding.little].unpack_from
        self._unpack_long = Struct(f"{order}HHL").unpack_from

    def run(self) -> tuple[OpenedItems, bool]:
        levels = self._levels
        outer = levels[0]
        while levels:
            level = levels[-1]
            try:
                if level.elements is not None:
                    inside = self._read_elements(level, level.elements)
                    if inside is None:
                        self._end_item(level, level.elements)
                    else:
                        levels.append(inside)
                elif not self._begin_item(level):
                    self._end_sequence()
            except (Incomplete, InconsistentError):
                self._give_up()
        return tuple(outer.items), outer.broken

    def _begin_item(self, level: _Level) -> bool:
        """Read an item's header; False at the end of the sequence, where it goes to."""
        buffer, pos = self._buffer, self._pos
        end = len(buffer) if level.end is None else level.end
        if pos >= end and level.end is not None:
            self._pos = end
            return False
        if pos + _HEADER > len(buffer):
            raise Incomplete(pos + _HEADER)
        group, element, length = self._unpack_long(buffer, pos)
        tag, start = group << 16 | element, pos + _HEADER
        if tag == ITEM:
            if len(self._levels) > self._depth:
                msg = f"sequences nest deeper than the limit of {self._depth} levels"
                raise LimitError(msg)
            self._budget.spend(1)
            level.inner = level.encoding
            if (
                length
                and level.encoding.explicit
                and buffer[start + 4 : start + 6] not in KNOWN_VRS
            ):
                level.inner = level.encoding.within(buffer, start)
            level.stop = None if length == UNDEFINED else min(start + length, end)
            level.broken |= length != UNDEFINED and start + length > end
            level.elements = []
            level.ordered = True
        elif tag == SEQUENCE_END:
            # Some writers end sequences of defined length, too.
            level.broken |= level.end is not None and start < end
            self._pos = start if level.end is None else end
            return False
        elif tag != ITEM_END:
            msg = "a sequence holds something that is not an item"
            raise InconsistentError(msg)
        self._pos = start
        return True

    def _read_elements(self, level: _Level, out: list[OpenedElement]) -> _Level | None:
        """Read elements up to the end of the item, or up to a sequence, which is given."""
        buffer, pos, encoding = self._buffer, self._pos, level.inner
        explicit, unpack = encoding.explicit, self._unpack_short
        stop = len(buffer) if level.stop is None else level.stop
        last = stop - _HEADER
        before = out[-1][0] if out else -1
        while pos < stop:
            group, element, code, length = unpack(buffer, pos) if pos <= last else _NOTHING
            vr = SHORT_VRS.get(code) if explicit else None
            # Nearly every element is of the short form: the rest of the grammar can wait.
            if vr is not None:
                tag, start = group << 16 | element, pos + 8
                end = pos = start + length
            else:
                tag, vr, length, start = read_header(buffer, pos, encoding)
                if tag in _BEHIND:
                    # The end of a sequence also ends an item that lacks a delimiter of its own.
                    self._pos = level.stop or (start if tag == ITEM_END else pos)
                    return None
                if length == UNDEFINED:
                    if is_sequence(buffer, tag, vr, start, encoding):
                        level.ordered &= tag > before
                        self._pos = start
                        return _Level(tag, None, encoding)
                    end, pos = encapsulated_end(buffer, start, encoding)
                else:
                    end = pos = start + length
                    if end <= stop and (
                        vr == "SQ" or (vr in _OPEN and dictionary_entry(tag).vr == "SQ")
                    ):
                        level.ordered &= tag > before
                        self._pos = start
                        return _Level(tag, end, encoding)
            if end > stop:
                raise Incomplete(end)
            if tag <= before:
                level.ordered = False
            before = tag
            out.append((tag, vr, buffer[start:end], False))
        if level.stop is None:
            raise Incomplete(pos)
        self._pos = stop
        return None

    def _end_item(self, level: _Level, elements: list[OpenedElement]) -> None:
        self._left -= len(elements)
        if self._left < 0:
            msg = f"a sequence has more than {MAX_NESTED} elements"
            raise LimitError(msg)
        if not level.ordered:
            by_tag = {element[0]: element for element in elements}
            elements = [by_tag[tag] for tag in sorted(by_tag)]
        level.items.append(tuple(elements))
        level.elements = None

    def _end_sequence(self) -> None:
        level = self._levels.pop()
        if self._levels:
            opened = level.tag, "SQ", tuple(level.items), level.broken
            around = self._levels[-1].elements
            assert around is not None  # noqa: S101 - a sequence lies in an item
            around.append(opened)

    def _give_up(self) -> None:
        """Go on behind the innermost item or sequence whose end is known."""
        while self._levels:
            level = self._levels[-1]
            level.broken = True
            if level.elements is not None:
                self._end_item(level, level.elements)
                if level.stop is not None:
                    self._pos = level.stop
                    return
            if level.end is not None:
                self._pos = level.end
                self._end_sequence()
                return
            self._end_sequence()
