"""What encapsulated pixel data and the frames in them begin with."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dicomkit.dataset.files.deferred import PixelBytes

__all__ = [
    "ITEM",
    "JP2",
    "JPEG",
    "MOST_SEGMENTS",
    "RLE_HEADER",
    "SOC",
    "begins_rle",
    "begins_stream",
]

ITEM = b"\xfe\xff\x00\xe0"
# SOI with the first byte of the marker that must follow.
JPEG = b"\xff\xd8\xff"
SOC = b"\xff\x4f\xff\x51"
JP2 = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
RLE_HEADER = struct.Struct("<16L")
MOST_SEGMENTS = 15


def begins_stream(data: PixelBytes, at: int = 0) -> bool:
    r"""Tell whether a JPEG, JPEG-LS or JPEG 2000 stream begins at an offset.

    Examples
    --------
    >>> begins_stream(b"\xff\xd8\xff\xe0"), begins_stream(b"\x00\x01\x02\x03")
    (True, False)
    """
    return data.startswith((JPEG, SOC, JP2), at)


def begins_rle(data: PixelBytes, at: int = 0) -> bool:
    """Tell whether an RLE frame's header may begin at an offset."""
    if at + RLE_HEADER.size > len(data):
        return False
    count: int
    first: int
    count, first, *_ = RLE_HEADER.unpack(data[at : at + RLE_HEADER.size])
    return 1 <= count <= MOST_SEGMENTS and first == RLE_HEADER.size
