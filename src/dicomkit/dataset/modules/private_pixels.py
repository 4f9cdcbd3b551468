"""Pixel data in an element of Elscint's, where CT scanners of Philips put what they compress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.dataset.elements.attributes import raw, text
from dicomkit.errors import InconsistentError, UnsupportedError
from dicomkit.notes import Note

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["has_private_pixels", "private_pixels"]

_GROUP = 0x07A1
_CREATOR = "ELSCINT1"
# (07A1,xx0A) Tamar Compressed Pixel Data and (07A1,xx11) Tamar Compression Type.
_DATA = 0x0A
_TYPE = 0x11
_WORD = 16
_KNOWN = "PMSCT_RLE1"
_RICE = ("LOSSLESS RICE", "LOSSLESS_RICE")


def has_private_pixels(ds: Dataset) -> bool:
    """Tell whether there are such pixel data."""
    block = _block(ds)
    return block is not None and bool(raw(ds, block | _DATA)) and bool(text(ds, block | _TYPE))


def private_pixels(ds: Dataset, count: int, bits: int) -> tuple[bytes, Note]:
    """Give them as native pixel data.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
    count, bits : int
        How many pixels all frames have, and how many bits a pixel.

    Raises
    ------
    UnsupportedError
        They are compressed in another way than PMSCT_RLE1.
    InconsistentError
        Samples have other than 16 bits.
    """
    block = _block(ds)
    data = raw(ds, block | _DATA) if block is not None else None
    kind = text(ds, block | _TYPE) if block is not None else None
    if data is None or kind != _KNOWN:
        name = "LOSSLESS RICE" if kind in _RICE else "a kind that is not known"
        msg = f"no decoder exists for the private pixel data of ELSCINT1, compressed as {name}"
        raise UnsupportedError(msg)
    if bits != _WORD:
        msg = f"pixel data compressed as {_KNOWN} have one sample of 16 bits a pixel"
        raise InconsistentError(msg)
    from dicomkit.streams.pmsct import decode_pmsct

    note = Note("private_pixels", f"pixel data of ELSCINT1, compressed as {_KNOWN}")
    return decode_pmsct(data, count), note


def _block(ds: Dataset) -> int | None:
    """Find the elements that belong to the creator (PS3.5 7.8.1)."""
    reserved = (tag for tag in ds.keys() if tag >> 8 == _GROUP << 8)  # noqa: SIM118 - faster
    number = next((tag & 0xFF for tag in reserved if text(ds, tag) == _CREATOR), None)
    return None if number is None else _GROUP << 16 | number << 8
