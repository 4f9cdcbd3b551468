"""RLE Lossless (PS3.5 annex G)."""

from __future__ import annotations

from importlib import import_module
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.errors import InconsistentError, TruncatedError
from dicomkit.streams.decoders import check_memory
from dicomkit.streams.header import MOST_SEGMENTS, RLE_HEADER
from dicomkit.transforms.bits import container

if TYPE_CHECKING:
    from collections.abc import Callable

    from dicomkit.transforms.bits import Cells

__all__ = ["decode_rle"]

# Two bytes stand for 128 at the most.
_MOST_PER_BYTE = 64
# What a segment may unfold to before anybody counts.
_UNCOUNTED = 1 << 28
_NOTHING = 128


def decode_rle(
    data: bytes, shape: tuple[int, int, int], bits_allocated: int, *, lenient: bool = False
) -> tuple[Cells, int]:
    """Decode one RLE frame.

    Parameters
    ----------
    data : bytes
        The frame, from its header, which must agree with the rest.
    shape : (int, int, int)
        Rows, columns, and samples per pixel.
    bits_allocated : int
        The size of a sample's word.
    lenient : bool
        Leave the samples that are not there at 0 instead of refusing the frame.

    Returns
    -------
    cells : ndarray of unsigned integers, shape (rows, columns[, samples])
        The words as they were coded.
    missing : int
        How many bytes of the frame were not there; 0 unless `lenient`.

    Raises
    ------
    InconsistentError
        The header does not describe as many segments as the image needs, or puts them
        where they cannot be.
    TruncatedError
        A segment holds less than its part of the image.
    LimitError
        There is not enough memory.
    """
    rows, columns, samples = shape
    depth = -(-bits_allocated // 8)
    pixels = rows * columns
    # What the pixels take at the least: some writers pack eight of one bit into each byte.
    least = -(-pixels // 8) if bits_allocated == 1 else pixels
    segments = _segments(data, depth * samples, lenient=lenient)
    check_memory(pixels * samples, depth)
    unpack = _unpacker()
    kind = container(bits_allocated)
    # The segments have the words' bytes with the most significant first.
    cells = np.zeros((pixels, samples), kind.newbyteorder(">"))
    planes = cells.view(np.uint8).reshape(pixels, samples, kind.itemsize)
    planes = planes[:, :, kind.itemsize - depth :]
    missing = 0
    for number, segment in enumerate(segments):
        if _MOST_PER_BYTE * len(segment) < least and not lenient:
            msg = f"RLE segment {number} is too short for {pixels} bytes"
            raise TruncatedError(msg)
        plane = np.frombuffer(_unpacked(unpack, segment, pixels), np.uint8)
        if bits_allocated == 1 and len(plane) == least:
            plane = np.unpackbits(plane, bitorder="little")
        plane = plane[:pixels]
        missing += pixels - len(plane)
        planes[: len(plane), number // depth, number % depth] = plane
    if missing and not lenient:
        msg = f"the RLE segments end {missing} bytes before the frame does"
        raise TruncatedError(msg)
    words = cells.astype(kind, copy=False)
    return words.reshape(shape if samples > 1 else shape[:2]), missing


def _segments(data: bytes, expected: int, *, lenient: bool) -> list[bytes]:
    if len(data) < RLE_HEADER.size:
        msg = "the RLE frame ends within its header"
        raise TruncatedError(msg)
    count, *offsets = RLE_HEADER.unpack_from(data)
    if count != expected or expected > MOST_SEGMENTS:
        msg = f"the RLE header speaks of {count} segments where the image has {expected}"
        raise InconsistentError(msg)
    starts = offsets[:count]
    if starts[0] < RLE_HEADER.size or any(b < a for a, b in pairwise(starts)):
        msg = "the RLE header puts its segments where they cannot be"
        raise InconsistentError(msg)
    if starts[-1] > len(data) and not lenient:
        msg = "the RLE frame ends before its last segment begins"
        raise TruncatedError(msg)
    bounds = [min(bound, len(data)) for bound in (*starts, len(data))]
    return [data[start:stop] for start, stop in pairwise(bounds)]


def _unpacker() -> Callable[[bytes], bytes]:
    try:
        decode: Callable[[bytes], bytes] = import_module("imagecodecs").packbits_decode
    except ImportError:
        return _unpack

    def unpack(segment: bytes) -> bytes:
        try:
            return decode(segment)
        except RuntimeError:
            # It refuses a segment that was cut off.
            return _unpack(segment)

    return unpack


def _unpacked(unpack: Callable[[bytes], bytes], segment: bytes, size: int) -> bytes:
    # No coder needs two bytes for one: what lies behind them is padding, or a bomb.
    segment = segment[: 2 * size + 2]
    if _MOST_PER_BYTE * len(segment) > _UNCOUNTED:
        segment = _needed(segment, size)
    return unpack(segment)


def _needed(segment: bytes, size: int) -> bytes:
    """Keep what unfolds to so many bytes, and no run behind them."""
    at = total = 0
    stop = len(segment)
    while at < stop and total < size:
        code = segment[at]
        if code < _NOTHING:
            total += code + 1
            at += code + 2
        elif code > _NOTHING:
            total += 257 - code
            at += 2
        else:
            at += 1
    return segment[:at]


def _unpack(segment: bytes) -> bytes:
    """Undo PackBits (PS3.5 G.3.2), as far as the segment goes."""
    parts: list[bytes] = []
    at, stop = 0, len(segment)
    while at < stop:
        code = segment[at]
        if code < _NOTHING:
            # So many bytes and one follow as they are.
            parts.append(segment[at + 1 : at + code + 2])
            at += code + 2
        elif code > _NOTHING:
            parts.append(segment[at + 1 : at + 2] * (257 - code))
            at += 2
        else:
            at += 1
    return b"".join(parts)
