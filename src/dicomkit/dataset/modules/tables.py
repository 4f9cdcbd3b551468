"""LUT Descriptor and LUT Data (PS3.3 C.11.1.1.1, C.11.2.1.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dicomkit.dataset.elements.attributes import integers, words
from dicomkit.notes import Note
from dicomkit.transforms.lut import LookupTable

if TYPE_CHECKING:
    import numpy.typing as npt
    from pydicom.dataset import Dataset

__all__ = ["descriptor", "entries", "is_packed", "lookup_table"]

_WORD = 1 << 16
_MOST_BITS = 16
_BYTE_BITS = 8


def lookup_table(
    item: Dataset, *, signed_input: bool, notes: list[Note], role: str
) -> LookupTable | None:
    """Read the table of a sequence item, or note why there is none.

    Parameters
    ----------
    item : Dataset
        An item of a Modality, VOI or Presentation LUT Sequence.
    signed_input : bool
        Whether the values that enter the table can be negative: the first value mapped is
        then a signed word.
    notes : list of Note
        Gains what had to be mended.
    role : str
        The table's name for the notes.
    """
    described = descriptor(item, "LUTDescriptor", signed=signed_input)
    data = words(item, "LUTData")
    if described is None or not data.size:
        notes.append(Note("table_ignored", f"the {role} has no usable descriptor or data"))
        return None
    count, first, bits = described
    found = entries(data, count)
    if found.size < count:
        notes.append(
            Note("table_short", f"the {role} has {found.size} entries where {count} are declared")
        )
    needed = max(1, int(found.max()).bit_length())
    wide = is_packed(data, count) and bits > _BYTE_BITS
    if not 1 <= bits <= _MOST_BITS or needed > bits or wide:
        needed = _BYTE_BITS if wide else needed
        message = f"the {role} declares {bits} bits, its data need {needed}"
        notes.append(Note("table_bits", message))
        bits = needed
    return LookupTable(first, found, bits)


def descriptor(ds: Dataset, keyword: str, *, signed: bool) -> tuple[int, int, int] | None:
    """Read the number of entries, the first value mapped, and the bits of an entry."""
    values = integers(ds, keyword)
    if len(values) != 3:  # noqa: PLR2004 - the descriptor's three values
        return None
    count, first, bits = (value % _WORD for value in values)
    if signed and first >= _WORD // 2:
        first -= _WORD
    return count or _WORD, first, bits


def is_packed(data: npt.NDArray[np.uint16], count: int) -> bool:
    """Tell whether 8-bit entries lie two in a word, whatever the descriptor says of bits."""
    return data.size == (count + 1) // 2 < count


def entries(data: npt.NDArray[np.uint16], count: int) -> npt.NDArray[np.uint16]:
    """Cut the data to ``count`` entries, unpacking 8-bit ones that lie two in a word."""
    if is_packed(data, count):
        return data.astype("<u2").view(np.uint8)[:count].astype(np.uint16)
    return data[:count]
