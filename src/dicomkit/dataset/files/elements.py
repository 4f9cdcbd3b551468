"""Reading data elements, unconverted, out of bytes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from pydicom.dataelem import DataElement, RawDataElement, empty_value_for_VR

from dicomkit.dataset.elements.tags import shared_tag
from dicomkit.dataset.files.encoding import (
    ITEM_END,
    KNOWN_VRS,
    SHORT_HEADER,
    SHORT_VRS,
    UNDEFINED,
    Encoding,
    Incomplete,
    read_header,
)
from dicomkit.dataset.files.nesting import (
    MAY_NEST,
    ItemBudget,
    Span,
    check_depth,
    encapsulated_end,
    is_sequence,
    sequence_end,
)
from dicomkit.errors import LimitError

if TYPE_CHECKING:
    from pydicom.tag import BaseTag

__all__ = ["MAX_ELEMENTS", "NO_TAG", "Elements", "Stop", "read_elements"]

# What a pydicom Dataset is made of.
Elements: TypeAlias = "dict[BaseTag, DataElement | RawDataElement]"

# Far above any real header; a raw element takes some forty times the bytes it comes from.
MAX_ELEMENTS: Final = 100_000
# Above every tag.
NO_TAG: Final = 0x100000000


def _raw_empty(vr: str | None) -> bytes | None:
    value = empty_value_for_VR(vr, raw=True)
    return value if isinstance(value, bytes) else None


_NOTHING: Final = (0, 0, b"", 0)
_SHORT: Final = SHORT_HEADER[True].size
# As many headers as those of some kinds of file together.
_MOST_STEPS: Final = 1 << 12
_EMPTY: Final = {vr: _raw_empty(vr) for vr in (*KNOWN_VRS.values(), None)}


class Stop(NamedTuple):
    """Where reading stopped, and how far the bytes must go for the element there (else 0)."""

    pos: int
    need: int


def read_elements(
    buffer: bytes,
    pos: int,
    encoding: Encoding,
    out: Elements,
    *,
    depth: int,
    budget: ItemBudget | None = None,
    base: int = 0,
    first: int = 0,
    stop: int = NO_TAG,
    wanted: frozenset[int] | None = None,
) -> Stop:
    """Read elements into `out` until the bytes end, or one outside ``first <= tag < stop``.

    Parameters
    ----------
    buffer : bytes
        Encoded elements.
    pos : int
        Where the first one begins.
    encoding : Encoding
        How they are written.
    out : dict
        Takes the elements by tag; of two with one tag the later stays, as in pydicom.
    depth : int
        How deep sequences may nest.
    budget : ItemBudget, optional
        What is left of the items that sequences may have.
    base : int
        Where `buffer` begins in its source.
    first, stop : int
        The lowest tag that is read, and the lowest that is not.
    wanted : frozenset of int, optional
        Tags to keep; others are stepped over, even beyond the end of `buffer`.

    Returns
    -------
    Stop
        The place of the element that was not read, and what it needs.

    Raises
    ------
    LimitError
        Sequences nest deeper than `depth`, have more items than `budget` has left, or there are
        implausibly many elements.
    InconsistentError
        A sequence of undefined length holds something that is not an item.
    """
    explicit, little = encoding.explicit, encoding.little
    unpack = SHORT_HEADER[little].unpack_from
    last = len(buffer) - _SHORT
    steps = None if wanted is None else _steps(wanted, encoding, first, stop)
    for _ in range(MAX_ELEMENTS):
        pos = pos if steps is None else steps.leap(buffer, pos)
        if pos >= len(buffer):
            return Stop(pos, 0)
        group, element, code, length = unpack(buffer, pos) if pos <= last else _NOTHING
        vr = SHORT_VRS.get(code) if explicit else None
        try:
            # Nearly every element is of the short form: the rest of the grammar can wait.
            if vr is not None:
                tag, start = group << 16 | element, pos + 8
            else:
                tag, vr, length, start = read_header(buffer, pos, encoding)
            # Zeros behind the last element are padding of a block or a tape.
            if not first <= tag < stop or tag == ITEM_END or tag == length == 0:
                return Stop(pos, 0)
            end = after = start + length
            if length == UNDEFINED:
                vr, end, after = _pass_undefined(buffer, (tag, vr, start), encoding, depth, budget)
        except Incomplete as cut:
            return Stop(pos, cut.need)
        if steps is not None and tag not in steps.wanted:
            steps.learn(buffer[pos:start], length)
            pos = after
            continue
        if after > len(buffer):
            return Stop(pos, after)
        if vr in MAY_NEST:
            _check_sequence(buffer, Span(start, end, encoding), length, depth, budget)
        value = buffer[start:end] or _EMPTY[vr]
        key = shared_tag(tag)
        out[key] = RawDataElement(key, vr, length, value, base + start, not explicit, little)
        pos = after
    msg = f"the dataset has more than {MAX_ELEMENTS} elements"
    raise LimitError(msg)


class _Steps:
    """How far the headers of elements that nobody wants lead.

    Files of one kind are full of the same ones, and a header of 8 bytes says all by itself.
    """

    def __init__(self, wanted: frozenset[int]) -> None:
        self.wanted = wanted
        self._known: dict[bytes, int] = {}

    def leap(self, buffer: bytes, pos: int) -> int:
        """Step over all that is known from a place on, even beyond the end."""
        get = self._known.get
        while (step := get(buffer[pos : pos + _SHORT])) is not None:
            pos += step
        return pos

    def learn(self, header: bytes, length: int) -> None:
        """Remember a header, if that is all there is to it."""
        if len(header) == _SHORT and length != UNDEFINED:
            if len(self._known) == _MOST_STEPS:
                self._known.clear()
            self._known[header] = _SHORT + length


@lru_cache(8)
def _steps(
    wanted: frozenset[int],
    encoding: Encoding,  # noqa: ARG001 - what a header means depends on these, too
    first: int,  # noqa: ARG001
    stop: int,  # noqa: ARG001
) -> _Steps:
    return _Steps(wanted)


def _check_sequence(
    buffer: bytes, span: Span, length: int, depth: int, budget: ItemBudget | None
) -> None:
    if budget is not None:
        budget.spend_on(buffer, span)
    # One of undefined length has been stepped through.
    if length != UNDEFINED:
        check_depth(buffer, *span, depth)


def _pass_undefined(
    buffer: bytes,
    header: tuple[int, str | None, int],
    encoding: Encoding,
    depth: int,
    budget: ItemBudget | None,
) -> tuple[str | None, int, int]:
    """Step over a value of undefined length; give its VR, its end and its delimiter's."""
    tag, vr, start = header
    if is_sequence(buffer, tag, vr, start, encoding):
        return "SQ", *sequence_end(buffer, start, encoding, depth, budget)
    return vr, *encapsulated_end(buffer, start, encoding)
