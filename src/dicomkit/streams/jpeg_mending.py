"""Mending JPEG streams (ITU-T T.81) where what they should say is certain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.notes import Note
from dicomkit.streams.jpeg_segments import scan_headers
from dicomkit.transforms.bits import container

if TYPE_CHECKING:
    from dicomkit.streams.header import StreamHeader
    from dicomkit.transforms.bits import Cells

__all__ = [
    "as_16_bits",
    "from_16_bits",
    "mended",
    "shifted_back",
    "without_padding",
    "without_points",
]

# A byte before an EOI or SOS marker, which coded data cannot hold.
_PADDING = re.compile(rb"\0(?=\xff[\xd9\xda])")
# Ns, one component's two bytes and the last three.
_LEAST_SCAN = 6
_WIDE_BITS = 16


def mended(data: bytes, header: StreamHeader) -> tuple[bytes, tuple[Note, ...]]:
    """Give a stream that decoders take, and what was wrong with it.

    Its length stays the same, so that the header's places hold for it.
    """
    notes: tuple[Note, ...] = ()
    if header.late_lines:
        # Few decoders look for the number of lines behind the first scan.
        data = _with(data, header.frame_at + 1, header.rows.to_bytes(2, "big"))
    if header.scan_fault:
        data = _with_sound_scans(data, header)
        message = "the JPEG scan header had values that its coding does not allow"
        notes = (Note("scan_header_mended", message),)
    return data, notes


def as_16_bits(data: bytes, header: StreamHeader) -> bytes:
    """Let a lossless stream say that its samples have 16 bits; see `from_16_bits`.

    T.81 H.2.1 adds differences modulo 65 536 whatever the precision is, and encoders of
    ultrasound devices make use of it: 128 behind 52 is coded as -180. libjpeg holds sums
    inside the precision instead, so a bright picture comes out white; those of 16 bits
    it wraps. With a point transform it takes the first prediction for another one than
    2 ** (P - Pt - 1), so it is told of none.
    """
    return without_points(_with(data, header.frame_at, bytes([_WIDE_BITS])), header)


def from_16_bits(samples: Cells, header: StreamHeader) -> Cells:
    r"""Take the samples of a stream out of those that it gives when it says 16 bits.

    Every prediction goes back to the first one of half the range (T.81 H.1.2.1), so all
    samples are too high by how much that one is. The point transform's shift is undone.

    Examples
    --------
    >>> from dicomkit.streams.jpeg import parse_jpeg
    >>> sof = b"\xff\xc3\0\x0b\x08\0\1\0\3\1\1\x11\0"
    >>> stream = b"\xff\xd8" + sof + b"\xff\xda\0\x08\1\1\0\1\0\0" + b"\xff\xd9"
    >>> from_16_bits(np.array([32768, 32768 - 76, 32768 - 256], np.uint16), parse_jpeg(stream))
    array([128,  52, 128], dtype=uint8)
    """
    if header.precision == _WIDE_BITS and not header.points:
        return samples
    # A number for each component, or one for all.
    points = np.array(header.points or (0,), np.int64)
    bits = header.precision - points
    excess = (1 << (_WIDE_BITS - 1)) - (1 << (bits - 1))
    narrow = (samples - excess.astype(np.uint16)) & ((1 << bits) - 1).astype(np.uint16)
    return shifted_back(narrow, header).astype(container(header.precision))


def without_points(data: bytes, header: StreamHeader) -> bytes:
    """Let a lossless stream say that no bits were shifted out of its samples."""
    if not header.points:
        return data
    changed = bytearray(data)
    for stop in (header.body, *(stop for _, stop in scan_headers(data, header.body))):
        # Al is the last byte of a scan header (T.81 B.2.3, T.87 C.2.3).
        changed[stop - 1] &= 0xF0
    return bytes(changed)


def shifted_back(samples: Cells, header: StreamHeader) -> Cells:
    """Undo the point transform (T.81 A.4): shift each component's samples left again."""
    if not header.points:
        return samples
    shifted: Cells = samples << np.array(header.points, samples.dtype)
    return shifted


def without_padding(data: bytes, header: StreamHeader) -> bytes:
    """Leave out a zero byte between the coded data of a JPEG-LS stream and a marker.

    T.87 knows none there, but an encoder that a working group of DICOM's once used made
    coded data even in length with it. CharLS refuses it, and whatever is one byte short:
    it is the proof that the byte was none of the data.
    """
    body = header.body - header.start
    return data[:body] + _PADDING.sub(b"", data[body:])


def _with(data: bytes, at: int, part: bytes) -> bytes:
    return b"".join((data[:at], part, data[at + len(part) :]))


def _with_sound_scans(data: bytes, header: StreamHeader) -> bytes:
    """Write into each scan header the only values that it may have (T.81 table B.3)."""
    sound = bytearray(data)
    later = (stop for start, stop in scan_headers(data, header.body) if stop - start >= _LEAST_SCAN)
    for stop in (header.body, *later):
        if header.kind == "jpeg-lossless":
            # Ss is the predictor and Al the point transform: both may be anything.
            sound[stop - 2 : stop] = bytes([0, sound[stop - 1] & 0x0F])
        else:
            sound[stop - 3 : stop] = b"\x00\x3f\x00"
    return bytes(sound)
