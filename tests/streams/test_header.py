"""What pixel data and frames begin with."""

from __future__ import annotations

import struct

from dicomkit.streams.header import begins_rle


def header(count: int, first: int) -> bytes:
    """Make an RLE header (PS3.5 G.5): the number of segments and where each begins."""
    return struct.pack("<16L", count, first, *(14 * [0]))


def test_where_an_rle_frame_begins() -> None:
    assert begins_rle(header(1, 64))
    assert begins_rle(b"12345678" + header(15, 64), 8)


def test_what_begins_no_rle_frame() -> None:
    assert not begins_rle(header(1, 64)[:63])
    assert not begins_rle(header(1, 66))
    assert not begins_rle(header(0, 64))
    assert not begins_rle(header(16, 64))
