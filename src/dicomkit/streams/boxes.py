"""The boxes that JP2 and JPEG XL files are made of (ITU-T T.800 I.4, ISO/IEC 18181-2)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["boxes"]

_MOST_BOXES = 256


def boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    r"""Give the kind of each box, and where its body begins and stops.

    Parameters
    ----------
    data : bytes
        The file, from its first box. Boxes that make no sense, or more than anyone writes,
        end it; the last one may claim to reach behind the end of the data.

    Examples
    --------
    >>> list(boxes(b"\0\0\0\x0aftyp??\0\0\0\0mdat!"))
    [(b'ftyp', 8, 10), (b'mdat', 18, 19)]
    """
    at = 0
    for _ in range(_MOST_BOXES):
        if at + 8 > len(data):
            return
        length, kind = struct.unpack_from(">L4s", data, at)
        body = at + 8
        if length == 1 and at + 16 <= len(data):
            (length,) = struct.unpack_from(">Q", data, body)
            body += 8
        # 0 means that the box reaches to the end of the file.
        stop = at + length if length else len(data)
        if stop < body:
            return
        yield kind, body, stop
        at = stop
