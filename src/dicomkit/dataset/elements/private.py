"""Private elements, found by who made them (PS3.5 7.8.1)."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING

from pydicom.dataelem import RawDataElement

from dicomkit.dataset.elements.attributes import numbers, text
from dicomkit.dataset.elements.tags import shared_tag
from dicomkit.dataset.elements.values import NUMBERS

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["PrivateBlocks", "private_tag"]

# (gggg,00bb) reserves the block of (gggg,bb00) to (gggg,bbFF), where gggg is odd.
_ODD_GROUP, _ELEMENT, _FIRST, _END = 0x10000, 0xFFFF, 0x10, 0x100


class PrivateBlocks:
    """The blocks of private elements in a dataset.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
        Those of its sequences' items are others.
    """

    def __init__(self, ds: Dataset) -> None:
        self._ds = ds
        self._blocks: dict[tuple[int, str | None], int] = {}
        for tag in ds.keys():  # noqa: SIM118 - the values of a dataset are converted
            number = int(tag)
            if number & _ODD_GROUP and _FIRST <= number & _ELEMENT < _END:
                key = (number >> 16, text(ds, number))
                self._blocks.setdefault(key, number & _ELEMENT)

    def tag(self, group: int, creator: str, offset: int) -> int | None:
        """Give the tag of an element, or None where its creator reserved no block."""
        block = self._blocks.get((group, creator))
        return None if block is None else group << 16 | block << 8 | offset

    def reserved(self, group: int) -> bool:
        """Tell whether anybody reserved a block in a group."""
        return any(taken == group for taken, _ in self._blocks)

    def numbers(self, group: int, creator: str, offset: int, vr: str) -> tuple[float, ...]:
        """Give the values of an element; none where it is absent or holds no numbers.

        Parameters
        ----------
        group : int
            The group, odd.
        creator : str
            Whose block it is in.
        offset : int
            The last byte of its tag.
        vr : str
            What it is, where the file does not say so.
        """
        found = self.tag(group, creator, offset)
        if found is None or found not in self._ds:
            return ()
        tag = shared_tag(found)
        element = self._ds.get_item(tag, keep_deferred=True)
        if (
            not isinstance(element, RawDataElement)
            or element.VR not in (None, "UN")
            or not isinstance(element.value, bytes)
            or vr not in NUMBERS
        ):
            return numbers(self._ds, tag)
        order, letter = "<" if element.is_little_endian else ">", NUMBERS[vr]
        count = len(element.value) // struct.calcsize(f"={letter}")
        size = struct.calcsize(f"={count}{letter}")
        values = struct.unpack(f"{order}{count}{letter}", element.value[:size])
        return values if all(map(math.isfinite, values)) else ()


def private_tag(ds: Dataset, group: int, creator: str, offset: int) -> int | None:
    """Find the tag of a private element, or None where its creator reserved no block.

    Where a group names no creator at all, as after careless de-identification, what lies where
    the first block would be is taken for the maker's.
    """
    blocks = PrivateBlocks(ds)
    found = blocks.tag(group, creator, offset)
    if found is None and not blocks.reserved(group):
        return group << 16 | _FIRST << 8 | offset
    return found
