"""Where a maker's private elements lie (PS3.5 7.8.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dicomkit.dataset.elements.attributes import text

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["private_tag"]

_FIRST_BLOCK: Final = 0x10
_LAST_BLOCK: Final = 0xFF


def private_tag(ds: Dataset, group: int, creator: str, element: int) -> int | None:
    """Find the tag of a private element, or None where its creator reserved no block.

    Where a group names no creator at all, as after careless de-identification, what lies where
    the first block would be is taken for the maker's.

    Parameters
    ----------
    ds : Dataset
        What may hold the element.
    group : int
        An odd number.
    creator : str
        The Private Creator.
    element : int
        The last two hexadecimal digits.
    """
    # Asking for the 240 possible blocks one by one takes longer.
    reserved = [
        tag & 0xFFFF
        for tag in ds.keys()  # noqa: SIM118 - the values of a dataset are converted
        if tag >> 16 == group and _FIRST_BLOCK <= tag & 0xFFFF <= _LAST_BLOCK
    ]
    for block in reserved:
        if text(ds, group << 16 | block) == creator:
            return group << 16 | block << 8 | element
    return None if reserved else group << 16 | _FIRST_BLOCK << 8 | element
