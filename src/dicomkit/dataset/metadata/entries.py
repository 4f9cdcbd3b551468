"""A dataset's elements one by one, sequences opened on demand, whatever state they are in."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pydicom.datadict import (
    dictionary_description,
    dictionary_VR,
    keyword_for_tag,
    private_dictionary_description,
    private_dictionary_VR,
)
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as ItemSequence
from pydicom.tag import BaseTag

from dicomkit.dataset.elements.attributes import integer, text, texts
from dicomkit.dataset.elements.charsets import DEFAULT_ENCODINGS, python_encodings
from dicomkit.dataset.files.elements import Elements, read_elements
from dicomkit.dataset.files.encoding import Encoding
from dicomkit.dataset.files.nesting import Span, item_spans
from dicomkit.dataset.metadata.values import ValueReading, read_value
from dicomkit.errors import InconsistentError, LimitError
from dicomkit.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydicom.dataelem import DataElement

__all__ = ["Context", "Entry", "entries", "top_entries"]

_CHARACTER_SET: Final = BaseTag(0x00080005)
_LAST_CREATOR: Final = 0xFF
_DELIMITER: Final = 8
_AMBIGUOUS: Final = {"OB or OW": "OW", "US or OW": "US", "US or SS or OW": "US"}


@dataclass(frozen=True, slots=True)
class Context:
    """What an item takes over from the dataset around it."""

    encodings: Sequence[str] = DEFAULT_ENCODINGS
    signed: bool = False
    depth: int = DEFAULT_LIMITS.depth


@dataclass(frozen=True, slots=True)
class Entry:
    """One element.

    Attributes
    ----------
    tag : BaseTag
        Its tag.
    keyword, name : str
        What the dictionary calls it; a private element has no keyword, and its name stands
        in brackets, as pydicom writes it.
    vr : str
        Its VR, from the dictionary where the file has none.
    reading : ValueReading
        Its value; of a sequence, the number of its items.
    """

    tag: BaseTag
    keyword: str
    name: str
    vr: str
    reading: ValueReading
    element: DataElement | RawDataElement
    context: Context

    @property
    def label(self) -> str:
        """The keyword, or the tag where there is none."""
        return self.keyword or str(self.tag)

    def children(self) -> Iterator[Iterator[Entry]]:
        """Open the items of a sequence, one after the other."""
        if self.vr == "SQ":
            inside = replace(self.context, depth=self.context.depth - 1)
            for item in _items(self.element, self.context.depth):
                yield entries(item, inside)


def entries(ds: Dataset, context: Context = Context()) -> Iterator[Entry]:
    """Go through a dataset's elements by ascending tag, without converting them in it.

    Never raises for what a file says, and pydicom's converters, which quote values in
    their warnings, are not asked.
    """
    representation = integer(ds, "PixelRepresentation")
    context = Context(
        encodings=_encodings(ds, context),
        signed=context.signed if representation is None else representation == 1,
        depth=context.depth,
    )
    for tag in sorted(ds.keys()):
        element = ds.get_item(tag, keep_deferred=True)
        creator = _creator(ds, tag)
        vr = _resolve_vr(tag, element.VR, creator, signed=context.signed)
        if vr == "SQ":
            reading = _read_sequence(element, context.depth)
        else:
            reading = read_value(element, vr, context.encodings)
        yield Entry(tag, keyword_for_tag(tag), _name(tag, creator), vr, reading, element, context)


def top_entries(ds: Dataset) -> Iterator[Entry]:
    """Go through the File Meta Information, where there is any, and then the dataset."""
    meta = getattr(ds, "file_meta", None)
    if meta is not None:
        yield from entries(meta)
    yield from entries(ds)


def _encodings(ds: Dataset, context: Context) -> Sequence[str]:
    stated = ds.get_item(_CHARACTER_SET, keep_deferred=True) if _CHARACTER_SET in ds else None
    if stated is None or not stated.value:
        return context.encodings
    if isinstance(stated.value, bytes):
        return python_encodings(stated.value)
    return python_encodings("\\".join(texts(ds, "SpecificCharacterSet")).encode())


def _creator(ds: Dataset, tag: BaseTag) -> str | None:
    """Name the creator of a private element's block (PS3.5 7.8.1)."""
    if not tag.is_private or tag.element <= _LAST_CREATOR:
        return None
    return text(ds, tag.group << 16 | tag.element >> 8)


def _resolve_vr(tag: BaseTag, vr: str | None, creator: str | None, *, signed: bool) -> str:
    if vr is None or vr == "UN":
        try:
            if creator is not None:
                vr = private_dictionary_VR(tag, creator)
            elif tag.is_private_creator:
                vr = "LO"
            else:
                vr = dictionary_VR(tag)
        except KeyError:
            vr = "UN" if tag.element else "UL"
    if vr == "US or SS":
        return "SS" if signed else "US"
    return _AMBIGUOUS.get(vr, str(vr))


def _name(tag: BaseTag, creator: str | None) -> str:
    try:
        if creator is not None:
            return f"[{private_dictionary_description(tag, creator)}]"
        return dictionary_description(tag)
    except KeyError:
        pass
    if tag.is_private_creator:
        return "Private Creator"
    if not tag.element:
        return "Group Length"
    return "Private tag data" if tag.is_private else "Unknown"


def _read_sequence(element: DataElement | RawDataElement, depth: int) -> ValueReading:
    """Count a sequence's items; broken where bytes are left over behind them."""
    value = element.value
    if not isinstance(value, bytes):
        count = len(value) if isinstance(value, ItemSequence) else 0
        return ValueReading(_count(count), count)
    count = end = 0
    for span in _spans(element, value, depth):
        count += 1
        end = span.end
    return ValueReading(_count(count), count, broken=len(value) > end + _DELIMITER)


def _count(items: int) -> str:
    return "1 item" if items == 1 else f"{items} items"


def _items(element: DataElement | RawDataElement, depth: int) -> Iterator[Dataset]:
    value = element.value
    if isinstance(value, bytes):
        for span in _spans(element, value, depth):
            found: Elements = {}
            # Of an item with a fault, what comes before it is shown.
            with suppress(LimitError, InconsistentError):
                read_elements(value[span.start : span.end], 0, span.encoding, found, depth=depth)
            yield Dataset(found)
    elif isinstance(value, ItemSequence) and depth > 0:
        yield from value


def _spans(element: DataElement | RawDataElement, value: bytes, depth: int) -> Iterator[Span]:
    """Find the items in the bytes of a sequence; those that nest too deep end the search."""
    explicit, little = True, True
    if isinstance(element, RawDataElement):
        explicit, little = not element.is_implicit_VR, element.is_little_endian
    try:
        yield from item_spans(value, 0, len(value), Encoding(explicit, little), depth)
    except LimitError:
        return
