"""The segments of JPEG (ITU-T T.81 annex B) and JPEG-LS streams, wherever they lie."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["count_codes", "scan_headers", "segments"]

_SOI = b"\xff\xd8"
_EOI = b"\xff\xd9"
_SOS = 0xDA
# TEM and the restart markers stand alone, without a length.
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_MOST_SEGMENTS = 4096
_FILL = 0xFF
_NOT_FILL = re.compile(rb"[^\xff]")
# What cannot be entropy-coded data: stuffed bytes and restart markers can.
_SEGMENT = re.compile(rb"\xff[\x80-\xcf\xd8-\xfe]")
# A segment's length counts the two bytes of the length itself.
_LENGTH_BYTES = 2


def segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and stop of each segment's body, up to the first scan's."""
    if not data.startswith(_SOI):
        msg = "the bytes are not a JPEG stream: they do not begin with an SOI marker"
        raise DecodeError(msg)
    at = len(_SOI)
    for _ in range(_MOST_SEGMENTS):
        if at + 1 >= len(data):
            return
        if data[at] != _FILL:
            msg = "the JPEG stream has something else where a marker belongs"
            raise DecodeError(msg)
        marker = data[at + 1]
        if marker == _FILL:
            # Skipped in one stride (T.81 B.1.1.2): hostile streams have megabytes of them.
            found = _NOT_FILL.search(data, at)
            at = len(data) if found is None else found.start() - 1
            continue
        at += 2
        if marker in _STANDALONE:
            continue
        length = int.from_bytes(data[at : at + 2], "big")
        if at + max(length, _LENGTH_BYTES) > len(data):
            return
        if length < _LENGTH_BYTES:
            msg = "the JPEG stream has a segment of impossible length"
            raise DecodeError(msg)
        yield marker, at + 2, at + length
        if marker == _SOS:
            return
        at += length
    msg = f"the JPEG stream has more than {_MOST_SEGMENTS} segments before its first scan"
    raise DecodeError(msg)


def scan_headers(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Give where the scan headers behind the first one begin and stop, their lengths left out.

    Parameters
    ----------
    data : bytes
        The stream.
    at : int
        Where the first scan's coded data begin.
    """
    # There may be others in comments, and behind the end.
    if not count_codes(data, at, _SOS):
        return
    found = _SEGMENT.search(data, at)
    while found is not None and found.group() != _EOI:
        at = found.end()
        stop = at + max(int.from_bytes(data[at : at + 2], "big"), _LENGTH_BYTES)
        if found.group()[1] == _SOS and stop <= len(data):
            yield at + _LENGTH_BYTES, stop
        found = _SEGMENT.search(data, stop)


def count_codes(data: bytes, at: int, code: int) -> int:
    """Count the places from an offset on where a byte of ones has a certain byte behind it."""
    # Several times as fast as bytes.count, and every frame is searched.
    octets = np.frombuffer(data, np.uint8, offset=min(at, len(data)))
    return int(np.count_nonzero((octets[:-1] == _FILL) & (octets[1:] == code)))
