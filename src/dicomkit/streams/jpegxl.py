"""The headers of JPEG XL streams (ISO/IEC 18181-1 annex D, and the boxes of 18181-2)."""

from __future__ import annotations

from dicomkit.errors import DecodeError, InconsistentError, TruncatedError
from dicomkit.streams.boxes import boxes
from dicomkit.streams.header import JXL, JXL_FILE, StreamHeader

__all__ = ["parse_jpeg_xl"]

# More than what is read here can take.
_HEADER_BYTES = 64
# (bits, offset) of the four distributions that a U32 chooses from (B.2.2).
_SIDE = ((9, 1), (13, 1), (18, 1), (30, 1))
_DEPTH = ((0, 8), (0, 10), (0, 12), (6, 1))
_CHANNELS = ((0, 0), (0, 1), (4, 2), (12, 1))
_ENUM = ((0, 0), (0, 1), (4, 2), (6, 18))
_GRAY = 1
# D.2: width to height.
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))


class _Bits:
    """Reads numbers from the least significant bit of each byte on (B.2)."""

    def __init__(self, data: bytes) -> None:
        self._bits = int.from_bytes(data, "little")
        self._left = 8 * len(data)

    def take(self, count: int) -> int:
        if count > self._left:
            msg = "the JPEG XL stream ends within its header"
            raise TruncatedError(msg)
        value = self._bits & ((1 << count) - 1)
        self._bits >>= count
        self._left -= count
        return value

    def flag(self) -> bool:
        return self.take(1) == 1

    def choose(self, distributions: tuple[tuple[int, int], ...]) -> int:
        bits, offset = distributions[self.take(2)]
        return self.take(bits) + offset


def parse_jpeg_xl(data: bytes) -> StreamHeader:
    r"""Read the header of a JPEG XL stream, bare or in its boxes.

    Parameters
    ----------
    data : bytes
        The stream, from its first marker or its signature box.

    Returns
    -------
    StreamHeader
        Complete in every case: where a stream ends is known to its decoder alone, which
        refuses one that was cut off.

    Raises
    ------
    TruncatedError
        The stream ends within its header.
    DecodeError
        The bytes are not such a stream, or it is an animation, or its samples are floats.
    InconsistentError
        It has channels that pixel data have not, such as transparency.

    Examples
    --------
    >>> header = parse_jpeg_xl(bytes.fromhex("ff0a090c0c8a160108040100"))
    >>> header.rows, header.columns, header.precision, header.components
    (40, 56, 12, 1)
    """
    start, head, recompressed = _codestream(data)
    if not head.startswith(JXL):
        msg = "the bytes are not a JPEG XL stream: they do not begin with its marker"
        raise DecodeError(msg)
    bits = _Bits(head[len(JXL) :])
    rows, columns = _size(bits)
    depth, components, transformed = _metadata(bits)
    return StreamHeader(
        kind="jpeg-xl",
        rows=rows,
        columns=columns,
        components=components,
        precision=depth,
        complete=True,
        start=0,
        body=start + len(JXL),
        stop=len(data),
        lossy=transformed or recompressed,
        color="rgb" if components > 1 and (transformed or recompressed) else None,
    )


def _codestream(data: bytes) -> tuple[int, bytes, bool]:
    """Find where the codestream begins, give its head, and say whether it was a JPEG file."""
    if not data.startswith(JXL_FILE):
        return 0, data[:_HEADER_BYTES], False
    start, head = 0, b""
    recompressed = False
    for kind, body, stop in boxes(data):
        recompressed |= kind == b"jbrd"
        if kind in (b"jxlc", b"jxlp") and len(head) < _HEADER_BYTES:
            # A part of the codestream has its number in front.
            first = body + 4 * (kind == b"jxlp")
            start = start or first
            head += data[first : min(stop, first + _HEADER_BYTES)]
    return start, head, recompressed


def _size(bits: _Bits) -> tuple[int, int]:
    """Read SizeHeader (D.2)."""
    small = bits.flag()
    rows = 8 * (bits.take(5) + 1) if small else bits.choose(_SIDE)
    ratio = bits.take(3)
    if ratio:
        wide, high = _RATIOS[ratio - 1]
        return rows, rows * wide // high
    return rows, 8 * (bits.take(5) + 1) if small else bits.choose(_SIDE)


def _metadata(bits: _Bits) -> tuple[int, int, bool]:
    """Read ImageMetadata (D.3): the depth, the number of channels, whether they are XYB."""
    if bits.flag():
        return 8, 3, True
    if bits.flag():
        bits.take(3)  # the orientation is left to the dataset
        if bits.flag():
            _size(bits)  # the intrinsic size
        if bits.take(2):
            msg = "the JPEG XL stream has a preview or is an animation, which no frame is"
            raise DecodeError(msg)
    if bits.flag():
        msg = "the JPEG XL stream has samples that are no whole numbers"
        raise DecodeError(msg)
    depth = bits.choose(_DEPTH)
    bits.take(1)
    if bits.choose(_CHANNELS):
        msg = "the JPEG XL stream has channels beside those of its colours"
        raise InconsistentError(msg)
    transformed = bits.flag()
    # ColorEncoding (E.2): sRGB by default, else whether there is a profile, and the colours.
    if bits.flag():
        return depth, 3, transformed
    bits.take(1)
    return depth, 1 if bits.choose(_ENUM) == _GRAY else 3, transformed
