"""Where pixel data lie in a file, and where they end (PS3.5 8 and A.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dicomkit.dataset.files.encoding import (
    ITEM,
    SEQUENCE_END,
    UNDEFINED,
    Encoding,
    Incomplete,
    read_item_header,
)
from dicomkit.dataset.files.nesting import encapsulated_end
from dicomkit.dataset.files.recognition import NATIVE, name_encapsulated

if TYPE_CHECKING:
    from dicomkit.dataset.files.sources import Source

__all__ = ["PIXELS", "fragments_end", "pixels_end", "pixels_syntax", "read_pixels"]

PIXELS: Final = (0x7FE00008, 0x7FE00009, 0x7FE00010)
"""Float Pixel Data, Double Float Pixel Data, Pixel Data."""

_ITEM_HEADER: Final = 8
# Enough of a compressed stream to see its own header.
_STREAM_HEAD: Final = 1 << 16
# So many fragments are worth a look at each, even at the far end of a network.
_FEW: Final = 64


def read_pixels(source: Source, start: int, length: int, encoding: Encoding) -> tuple[bytes, int]:
    """Read pixel data as far as they go, and say where they end."""
    if length != UNDEFINED:
        return source.read(start, length), min(start + length, source.size)
    value = source.read(start, source.size - start)
    try:
        end, after = encapsulated_end(value, 0, encoding)
    except Incomplete:
        return value, source.size
    return value[:end], start + after


def pixels_syntax(syntax: str, source: Source, start: int, length: int, encoding: Encoding) -> str:
    """Name the transfer syntax: that of compressed pixel data that a native one is stated for."""
    if length == UNDEFINED and syntax in NATIVE:
        return name_encapsulated(source.read(start, _STREAM_HEAD), encoding)
    return syntax


def pixels_end(source: Source, start: int, length: int, encoding: Encoding) -> int:
    """Say where pixel data end, and read as little of them as can be."""
    if length != UNDEFINED:
        return min(start + length, source.size)
    end, whole = _pass_fragments(source, start, encoding, _FEW)
    if whole is None:
        delimiter = encoding.sequence_end + bytes(4)
        # Nearly every file ends with them.
        if source.read(source.size - len(delimiter), len(delimiter)) == delimiter:
            return source.size
        end, whole = _pass_fragments(source, end, encoding, None)
    return end if whole else read_pixels(source, start, length, encoding)[1]


def fragments_end(source: Source, start: int, encoding: Encoding) -> int | None:
    """Say where fragments end, their delimiter included; None where they are damaged."""
    end, whole = _pass_fragments(source, start, encoding, None)
    return end if whole else None


def _pass_fragments(
    source: Source, start: int, encoding: Encoding, most: int | None
) -> tuple[int, bool | None]:
    """Step over fragments: how far it goes, and whether that is their end; None after `most`."""
    end, count = start, 0
    while count != most:
        head = source.read(end, _ITEM_HEADER)
        if len(head) < _ITEM_HEADER:
            return end, False
        tag, length, _ = read_item_header(head, 0, encoding)
        end += _ITEM_HEADER
        if tag != ITEM:
            return end, tag == SEQUENCE_END
        end += length
        count += 1
    return end, None
