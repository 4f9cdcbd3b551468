"""Typed access to a dataset's elements, wherever their values lie and however they are written.

Values are parsed from the element's own bytes, so that what pydicom would convert
leniently ("1_0" as 10), warn about or refuse gets the standard's grammar instead: a
value that does not follow it counts as absent and is noted.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from dicomkit.dataset.elements.charsets import (
    DEFAULT_ENCODINGS,
    LOCALIZED,
    is_plain,
    python_encodings,
)
from dicomkit.dataset.elements.quiet import quiet
from dicomkit.dataset.elements.tags import dictionary_entry, shared_tag
from dicomkit.dataset.elements.values import (
    REAL,
    TEXTS,
    WHOLE,
    Kind,
    parse_numbers,
    parse_texts,
)
from dicomkit.notes import Note

if TYPE_CHECKING:
    from collections.abc import Sequence as OrderedValues

    import numpy.typing as npt
    from pydicom.dataelem import DataElement
    from pydicom.tag import BaseTag

__all__ = [
    "decimals",
    "doubles",
    "encodings_of",
    "integer",
    "integers",
    "item",
    "items",
    "number",
    "numbers",
    "octets",
    "raw",
    "text",
    "texts",
    "words",
]

# A keyword, or the number of a tag that has none of its own, as in the repeating groups.
Key: TypeAlias = str | int

_CHARACTER_SET = 0x00080005
# Twice what PS3.5 6.2 allows.
_LONGEST_DECIMAL = 32


def encodings_of(ds: Dataset) -> OrderedValues[str]:
    """Name the character sets of a dataset's text; those of an item may be its parent's."""
    stated = _element(ds, _CHARACTER_SET)
    if stated is not None and isinstance(stated.value, bytes | str | MultiValue) and stated.value:
        value = stated.value
        if not isinstance(value, bytes):
            said = [value] if isinstance(value, str) else value
            value = "\\".join(map(str, said)).encode("latin-1", errors="replace")
        return python_encodings(value)
    inherited = ds.original_character_set or DEFAULT_ENCODINGS
    return (inherited,) if isinstance(inherited, str) else inherited


def text(ds: Dataset, keyword: Key) -> str | None:
    """Give the first value of a text element, or None where it is absent or empty."""
    values = texts(ds, keyword)
    return values[0] if values and values[0] else None


def texts(ds: Dataset, keyword: Key) -> tuple[str, ...]:
    """Give the values of a text element without padding, decoded by its character set."""
    element = _element(ds, keyword)
    value = None if element is None else element.value
    # Asking bytes whether they are a sequence takes longer than all else here.
    if (
        element is None
        or value is None
        or (not isinstance(value, bytes) and isinstance(value, Sequence))
    ):
        return ()
    vr = element.VR
    if vr not in TEXTS:
        vr = dictionary_entry(_number_of(keyword)).vr
    encodings: OrderedValues[str] = DEFAULT_ENCODINGS
    # Which character set there is need not be asked for most texts.
    if vr in LOCALIZED and not (isinstance(value, bytes) and is_plain(value)):
        encodings = encodings_of(ds)
    return parse_texts(value, vr, encodings)[0]


def integer(
    ds: Dataset, keyword: Key, notes: list[Note] | None = None, *, signed: bool = False
) -> int | None:
    """Give the first value of an integer element, or None where it is absent or broken."""
    values = integers(ds, keyword, notes, signed=signed)
    return values[0] if values else None


def integers(
    ds: Dataset, keyword: Key, notes: list[Note] | None = None, *, signed: bool = False
) -> tuple[int, ...]:
    """Give all values of an integer element; one that is broken counts as absent.

    ``signed`` reads 16-bit words as two's complement where the VR leaves that to the
    Pixel Representation.
    """
    return cast("tuple[int, ...]", _parsed(ds, keyword, WHOLE, notes, signed=signed))


def number(ds: Dataset, keyword: Key, notes: list[Note] | None = None) -> float | None:
    """Give the first value of a numeric element, or None where it is absent or broken."""
    values = numbers(ds, keyword, notes)
    return values[0] if values else None


def numbers(ds: Dataset, keyword: Key, notes: list[Note] | None = None) -> tuple[float, ...]:
    """Give all values of a numeric element; one that is broken or not finite counts as absent."""
    return _parsed(ds, keyword, REAL, notes, signed=False)


def items(ds: Dataset, keyword: Key) -> tuple[Dataset, ...]:
    """Give the items of a sequence, none where it is absent or cannot be read."""
    element = _element(ds, keyword)
    if element is None:
        return ()
    value = element.value
    if isinstance(element, RawDataElement):
        value = _decoded(ds, keyword)
    if not isinstance(value, Iterable) or isinstance(value, bytes | str):
        return ()
    return tuple(item for item in value if isinstance(item, Dataset))


def item(ds: Dataset, keyword: Key, index: int = 0) -> Dataset | None:
    """Give one item of a sequence without walking the others, or None where it is not there."""
    element = _element(ds, keyword)
    if element is None:
        return None
    value = _decoded(ds, keyword) if isinstance(element, RawDataElement) else element.value
    if not isinstance(value, Sequence) or index >= len(value):
        return None
    return value[index]


def octets(ds: Dataset, keyword: Key) -> bytes | None:
    """Give the bytes of an OB or OW element, words in little endian; None where it is absent."""
    element = _element(ds, keyword)
    if element is None or not isinstance(element.value, bytes):
        return None
    if _is_little(ds, element) or element.VR == "OB":
        return element.value
    return words(ds, keyword).astype("<u2").tobytes()


def raw(ds: Dataset, keyword: Key) -> bytes | None:
    """Give the bytes of a binary element as they lie in the file, or None where it is absent."""
    element = _element(ds, keyword)
    value = None if element is None else element.value
    return value if isinstance(value, bytes) else None


def words(ds: Dataset, keyword: Key) -> npt.NDArray[np.uint16]:
    """Give an element's 16-bit words, such as LUT Data, whatever VR it was written with.

    Native byte order; empty where the element is absent or broken. An element's bytes are
    read in the byte order of its dataset, so that bytes packed two a word keep their order
    when the result is viewed as little endian.
    """
    element = _element(ds, keyword)
    if element is None or element.value is None:
        return np.empty(0, np.uint16)
    if isinstance(element.value, bytes):
        data = element.value
        order = "<u2" if _is_little(ds, element) else ">u2"
        return np.frombuffer(data, order, len(data) // 2).astype(np.uint16)
    return np.array(integers(ds, keyword), np.int64).astype(np.uint16)


def doubles(ds: Dataset, keyword: Key) -> npt.NDArray[np.float64]:
    """Give the values of an FD or FL element, however many; empty where it is absent."""
    element = _element(ds, keyword)
    if element is not None and isinstance(element.value, bytes):
        data = element.value
        vr = element.VR
        if vr is None or vr == "UN":
            vr = dictionary_entry(_number_of(keyword)).vr
        size = 4 if vr == "FL" else 8
        order = "<" if _is_little(ds, element) else ">"
        # A signalling NaN becomes a quiet one.
        with np.errstate(invalid="ignore"):
            return np.frombuffer(data, f"{order}f{size}", len(data) // size).astype(np.float64)
    return np.array(numbers(ds, keyword), np.float64)


def decimals(ds: Dataset, keyword: Key) -> npt.NDArray[np.float64]:
    """Give the values of a DS element, however many they are; empty where one is broken."""
    element = _element(ds, keyword)
    if element is None or not isinstance(element.value, bytes):
        return np.array(numbers(ds, keyword), np.float64)
    parts = element.value.rstrip(b" \0").split(b"\\")
    # An array of text has room for the longest in every place. numpy takes "1_0" for 10.
    if max(map(len, parts)) > _LONGEST_DECIMAL or b"_" in element.value:
        return np.empty(0)
    try:
        values = np.array(parts).astype(np.float64)
    except ValueError:
        return np.empty(0)
    return values if np.isfinite(values).all() else np.empty(0)


def _element(ds: Dataset, keyword: Key) -> DataElement | RawDataElement | None:
    """Fetch an element as it lies in the dataset, unconverted if it was never touched."""
    tag = _tag(keyword)
    # Most that is asked for is not there.
    if tag not in ds.keys():  # noqa: SIM118 - in a third of the time
        return None
    element: DataElement | RawDataElement | None = ds.get_item(tag, keep_deferred=True)
    # The value of an empty element is None too, but has no length.
    if isinstance(element, RawDataElement) and element.value is None and element.length:
        _decoded(ds, keyword)
        element = ds.get_item(tag, keep_deferred=True)
    return element


def _tag(keyword: Key) -> BaseTag:
    return shared_tag(_number_of(keyword))


@functools.cache
def _number_of(keyword: Key) -> int:
    return int(Tag(keyword))


def _is_little(ds: Dataset, element: DataElement | RawDataElement) -> bool:
    """Say in which byte order an element's bytes lie; pydicom does not swap those of OW."""
    if isinstance(element, RawDataElement):
        return element.is_little_endian
    return ds.original_encoding[1] is not False


def _decoded(ds: Dataset, keyword: Key) -> object:
    """Let pydicom convert an element; None where it cannot."""
    try:
        with quiet():
            return ds[_tag(keyword)].value
    except Exception:  # noqa: BLE001 - pydicom raises whatever its parsers meet
        return None


def _note(keyword: Key, notes: list[Note] | None) -> None:
    if notes is None:
        return
    entry = dictionary_entry(_number_of(keyword))
    notes.append(
        Note(
            "attribute_ignored",
            f"{entry.tag} {entry.name} does not hold a valid, finite number",
        )
    )


def _parsed(
    ds: Dataset, keyword: Key, kind: Kind, notes: list[Note] | None, *, signed: bool
) -> tuple[float, ...]:
    """Parse every value of an element; a broken one is noted and empties the whole."""
    element = _element(ds, keyword)
    if element is None or element.value is None:
        return ()
    vr = element.VR
    if vr is None or vr == "UN":
        vr = dictionary_entry(_number_of(keyword)).vr
    little = _is_little(ds, element)
    values = parse_numbers(element.value, vr, kind, little=little, signed=signed)
    if values is None:
        _note(keyword, notes)
        return ()
    return values
