"""A dataset's elements one by one, those in its sequences included, whatever state they are in.

Nothing is converted in the dataset, and pydicom's converters, which quote values in their warnings,
are not asked. Each byte of a sequence is looked at once, however deep it lies.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as ItemSequence

from dicomkit.dataset.elements.attributes import encodings_of, integer
from dicomkit.dataset.elements.charsets import python_encodings
from dicomkit.dataset.elements.tags import creator_tag, dictionary_entry, resolve_vr
from dicomkit.dataset.elements.values import (
    WHOLE,
    Scalar,
    first_text,
    parse_numbers,
    parse_values,
)
from dicomkit.dataset.files.encoding import KNOWN_VRS, Encoding
from dicomkit.dataset.files.items import open_sequence
from dicomkit.dataset.files.nesting import MAY_NEST, ItemBudget, Span, check_depth
from dicomkit.dataset.files.recognition import EXPLICIT_LITTLE
from dicomkit.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dicomkit.dataset.elements.tags import TagEntry
    from dicomkit.dataset.files.items import OpenedElement
    from dicomkit.limits import Limits

__all__ = ["Entry", "ItemStart", "Value", "check_limits", "summarize", "walk"]

# An empty one among several numbers is None.
Value: TypeAlias = Scalar | tuple[Scalar | None, ...] | None
Summary: TypeAlias = tuple[Value, int, bool]

_CHARACTER_SET: Final = 0x00080005
_PIXEL_REPRESENTATION: Final = 0x00280103
_PRIVATE: Final = 0x00010000
_MOST_TEXT: Final = 1 << 16
_SHOWN_BYTES: Final = 8
_SHORT: Final = 64
_REMEMBERED: Final = frozenset((bytes, str))
_IN_THE_FILE: Final = object()
# What needs no dictionary.
_DEFINITE: Final = frozenset(KNOWN_VRS.values()) - {"UN"}
_ENCODINGS: Final = {
    (implicit, little): Encoding(explicit=not implicit, little=little)
    for implicit in (False, True)
    for little in (False, True)
}


@dataclass(slots=True)
class Context:
    """What bears on the elements of a dataset, and of its items unless they say otherwise.

    Attributes
    ----------
    encodings : sequence of str
        Of text.
    signed : bool
        Whether stored values are two's complement.
    written : Encoding
        How the elements are written.
    known : dict
        What short values were found to say: items repeat each other.
    """

    encodings: Sequence[str]
    signed: bool
    written: Encoding
    known: dict[tuple[str, bytes | str], Summary] = field(default_factory=dict)


# As frozen values, these two would take most of the time that it takes to walk.
@dataclass(slots=True)
class Entry:
    """One element.

    Attributes
    ----------
    level : int
        How many sequences it is in.
    names : TagEntry
        Its tag, keyword and name.
    vr : str
        Its VR, from the dictionary where the file has none.
    value : object
        Bytes, or what pydicom or a caller made of them; `summarize` parses it.
    context : Context
        What bears on it.
    items : sequence, or None
        What a sequence holds.
    broken : bool
        A sequence holds more than items, or its last item is cut off.
    """

    level: int
    names: TagEntry
    vr: str
    value: object
    context: Context
    items: Sequence[object] | None = None
    broken: bool = False


@dataclass(slots=True)
class ItemStart:
    """An item, whose elements follow.

    Attributes
    ----------
    level : int
        That of its elements.
    index : int
        Which item of its sequence, from 0.
    left : int
        That it is none, but stands for so many that are left out.
    """

    level: int
    index: int
    left: int = 0


def walk(
    ds: Dataset, limits: Limits, *, most_items: int | None = None
) -> Iterator[Entry | ItemStart]:
    """Go through the File Meta Information, where there is any, and then the dataset.

    Elements come by ascending tag; those of a sequence's items behind it.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
        Where to go.
    limits : Limits
        For the items and their nesting.
    most_items : int, optional
        How many items of each sequence to enter.

    Raises
    ------
    LimitError
        There are more items, or they nest deeper, than `limits` allow.
    """
    walker = _Walker(limits, most_items)
    meta = getattr(ds, "file_meta", None)
    if meta is not None:
        yield from walker.walk(meta)
    yield from walker.walk(ds)


def check_limits(ds: Dataset, limits: Limits) -> None:
    """Refuse a dataset that has more items, or deeper ones, than `limits` allow.

    Raises
    ------
    LimitError
        It has.
    """
    budget = ItemBudget(limits)
    found = [(0, ds)]
    while found:
        depth, item = found.pop()
        for element in item.values():
            value = element.value
            if isinstance(value, ItemSequence) and value:
                _check_depth(depth + 1, limits)
                budget.spend(len(value))
                found += [(depth + 1, inner) for inner in value]
            elif isinstance(element, RawDataElement) and element.VR in MAY_NEST:
                if not isinstance(value, bytes) or not value:
                    continue
                written = _ENCODINGS[element.is_implicit_VR, element.is_little_endian]
                budget.spend_on(value, Span(0, len(value), written))
                check_depth(value, 0, len(value), written, limits.depth - depth)


def _check_depth(depth: int, limits: Limits) -> None:
    if depth > limits.depth:
        msg = f"sequences nest deeper than the limit of {limits.depth} levels"
        raise LimitError(msg)


def summarize(entry: Entry) -> Summary:
    """Give an element's value for people to read, how many it has, and whether it is broken.

    Numbers are numbers; dates, and what breaks the rules of its VR, stay as they were written;
    bytes, numbers by the hundred, and a sequence's items are summed up.
    """
    value, items = entry.value, entry.items
    if items is not None:
        count = len(items)
        return "1 item" if count == 1 else f"{count} items", count, entry.broken
    if value is _IN_THE_FILE:
        return "<not read>", 1, False
    if type(value) not in _REMEMBERED or len(cast("bytes | str", value)) > _SHORT:
        return _summarize(entry)
    key = entry.vr, cast("bytes | str", value)
    found = entry.context.known.get(key)
    if found is None:
        found = entry.context.known[key] = _summarize(entry)
    return found


def _summarize(entry: Entry) -> Summary:
    value, context = entry.value, entry.context
    said, typed, count, broken = parse_values(
        value, entry.vr, context.encodings, little=context.written.little
    )
    if not count:
        return None, 0, broken
    parts: Sequence[object] = [_shorten(part) for part in said]
    if not said or (entry.vr in ("DS", "IS") and not broken):
        parts = [str(part) if entry.vr == "AT" else part for part in typed]
    # Of binary numbers, what is broken is bytes.
    if isinstance(value, bytes) and count == 1 and (not parts or (broken and not said)):
        parts = [_sum_up(value)]
    elif not parts:
        parts = [f"<{count} numbers>"]
    return cast("Value", parts[0] if len(parts) == 1 else tuple(parts)), count, broken


class _Walker:
    """A walk with a stack in place of recursion."""

    def __init__(self, limits: Limits, most_items: int | None) -> None:
        self._most = most_items
        self._limits = limits
        self._budget = ItemBudget(limits)

    def walk(self, ds: Dataset) -> Iterator[Entry | ItemStart]:
        elements, context = _enter_dataset(ds, None)
        creators: dict[int, str] = {}
        # The levels above, and the sequences that lead down from them.
        above: list[tuple[Iterator[OpenedElement], Context, dict[int, str]]] = []
        sequences: list[tuple[Sequence[object], Iterator[tuple[int, object]]]] = []
        while True:
            for tag, stated, value, broken in elements:
                creator = _creator(tag, value, creators) if tag & _PRIVATE else None
                names = dictionary_entry(tag, creator)
                vr = stated
                if vr not in _DEFINITE:
                    vr = resolve_vr(vr, names.vr, signed=context.signed)
                if vr != "SQ":
                    yield Entry(len(above), names, vr, value, context)
                    continue
                items, cut = self._open(value, context, len(above))
                yield Entry(len(above), names, vr, value, context, items, broken or cut)
                above.append((elements, context, creators))
                sequences.append((items, enumerate(items)))
                break
            if not sequences:
                return
            items, indexed = sequences[-1]
            index, item = next(indexed, (None, None))
            if index is None or index == self._most:
                if index is not None:
                    yield ItemStart(len(above), index, len(items) - index)
                sequences.pop()
                elements, context, creators = above.pop()
            else:
                yield ItemStart(len(above), index)
                elements, context = _enter(item, above[-1][1])
                creators = {}

    def _open(self, value: object, context: Context, level: int) -> tuple[Sequence[object], bool]:
        """Give the items of a sequence, and say whether there is more than these."""
        if isinstance(value, tuple):
            return value, False
        if isinstance(value, bytes):
            return open_sequence(value, context.written, self._limits.depth - level, self._budget)
        if not isinstance(value, ItemSequence) or not value:
            return (), False
        _check_depth(level + 1, self._limits)
        self._budget.spend(len(value))
        return value, False


def _enter(item: object, around: Context) -> tuple[Iterator[OpenedElement], Context]:
    """Give the elements of an item, and what bears on them."""
    if isinstance(item, Dataset):
        return _enter_dataset(item, around)
    elements = cast("tuple[OpenedElement, ...]", item)
    context = around
    for tag, _, value, _ in elements:
        if tag == _CHARACTER_SET and value and isinstance(value, bytes):
            context = Context(python_encodings(value), context.signed, context.written)
        elif tag == _PIXEL_REPRESENTATION:
            found = parse_numbers(value, "US", WHOLE, little=context.written.little)
            if found:
                context = Context(context.encodings, found[0] == 1, context.written)
    return iter(elements), context


def _enter_dataset(ds: Dataset, around: Context | None) -> tuple[Iterator[OpenedElement], Context]:
    context = around or Context(encodings_of(ds), signed=False, written=EXPLICIT_LITTLE)
    written, before, ordered = context.written, -1, True
    elements: list[tuple[int, str | None, Any, bool]] = []
    for element in ds.values():
        value, vr, tag = element.value, element.VR, int(element.tag)
        if isinstance(element, RawDataElement):
            written = _ENCODINGS[element.is_implicit_VR, element.is_little_endian]
            if value is None and element.length:
                value = _IN_THE_FILE
        elif vr is not None:
            # Not the enumeration's member.
            vr = str(vr)
        ordered &= tag > before
        before = tag
        elements.append((tag, vr, value, False))
        if tag == _CHARACTER_SET and value:
            context = Context(encodings_of(ds), context.signed, written)
        elif tag == _PIXEL_REPRESENTATION:
            found = integer(ds, "PixelRepresentation")
            if found is not None:
                context = Context(context.encodings, found == 1, written)
    if written != context.written:
        context = Context(context.encodings, context.signed, written)
    if not ordered:
        elements.sort(key=itemgetter(0))
    return iter(elements), context


def _creator(tag: int, value: object, creators: dict[int, str]) -> str | None:
    """Name the creator of a private element's block (PS3.5 7.8.1); creators come before theirs."""
    owner = creator_tag(tag)
    if owner is not None:
        return creators.get(owner)
    creator = first_text(value, "LO") if isinstance(value, bytes | str) else None
    if creator is not None:
        creators[tag] = creator
    return None


def _shorten(text: str) -> str:
    if len(text) <= _MOST_TEXT:
        return text
    return f"{text[:_MOST_TEXT]}\u2026 ({len(text)} characters)"


def _sum_up(value: bytes) -> str:
    shown = value[:_SHOWN_BYTES].hex(" ")
    more = " \u2026" if len(value) > _SHOWN_BYTES else ""
    return f"<{len(value)} bytes: {shown}{more}>"
