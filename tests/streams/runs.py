"""RLE frames (PS3.5 annex G), coded by hand."""

from __future__ import annotations

import struct

__all__ = ["literal", "repeated", "rle"]


def literal(data: bytes) -> bytes:
    """G.3.1: a run of n bytes as they are begins with n - 1."""
    return b"".join(
        bytes([len(part) - 1]) + part
        for part in (data[i : i + 128] for i in range(0, len(data), 128))
    )


def repeated(value: int, count: int) -> bytes:
    """G.3.1: a run of one byte n times begins with 257 - n."""
    return bytes([257 - count, value])


def rle(*segments: bytes, offsets: list[int] | None = None, count: int | None = None) -> bytes:
    """G.5: the number of segments, 15 offsets, the segments."""
    if offsets is None:
        offsets, at = [], 64
        for segment in segments:
            offsets.append(at)
            at += len(segment)
    padded = [*offsets, *[0] * (15 - len(offsets))]
    number = len(segments) if count is None else count
    return struct.pack("<16L", number, *padded) + b"".join(segments)
