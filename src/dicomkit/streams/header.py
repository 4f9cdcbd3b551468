"""What compressed frames begin with, and what one of them says of itself."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal, Protocol

__all__ = [
    "ITEM",
    "JP2",
    "JPEG",
    "JXL",
    "JXL_FILE",
    "MOST_SEGMENTS",
    "RLE_HEADER",
    "SOC",
    "PixelBytes",
    "SampleColor",
    "StreamHeader",
    "StreamKind",
    "begins_jpeg_xl",
    "begins_rle",
    "begins_stream",
]

ITEM = b"\xfe\xff\x00\xe0"
# SOI with the first byte of the marker that must follow.
JPEG = b"\xff\xd8\xff"
SOC = b"\xff\x4f\xff\x51"
JP2 = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
# Two bytes alone: many things begin so.
JXL = b"\xff\x0a"
JXL_FILE = b"\x00\x00\x00\x0cJXL \r\n\x87\n"
RLE_HEADER = struct.Struct("<16L")
MOST_SEGMENTS = 15

StreamKind = Literal["jpeg", "jpeg-lossless", "jpeg-ls", "jpeg-2000", "htj2k", "jpeg-xl"]
SampleColor = Literal["rgb", "ybr"]


class PixelBytes(Protocol):
    """What `bytes` and `FileBytes` have in common."""

    def __len__(self) -> int:
        """Count the bytes."""
        ...

    def __getitem__(self, part: slice, /) -> bytes:
        """Give a part of them."""
        ...

    def startswith(self, prefix: bytes | tuple[bytes, ...], start: int = 0, /) -> bool:
        """Tell whether one of the prefixes stands at an offset."""
        ...


@dataclass(frozen=True, slots=True)
class StreamHeader:
    """The header of one compressed frame.

    Attributes
    ----------
    kind : {"jpeg", "jpeg-lossless", "jpeg-ls", "jpeg-2000", "htj2k", "jpeg-xl"}
        Which family of coding; ``"jpeg"`` is the lossy (DCT) one of 8 or 12 bits.
    rows, columns, components, precision : int
        The shape and the bits of a sample.
    complete : bool
        Whether the stream reaches its own end marker, or holds all that it announced.
    start, body, stop : int
        Where the codestream begins and its coded data begin, and where the stream ends:
        other than the whole where it lies inside a JP2 file or has padding behind it.
    signed : bool
        Whether samples are signed; only JPEG 2000 can say so.
    lossy : bool
        Whether samples may lie beside those that were coded, so also out of their range.
    color : {"rgb", "ybr"} or None
        What the stream says of its samples' colour; None where it is silent.
    scan_fault : bool
        Whether a JPEG scan header has values that its coding does not allow.
    frame_at : int
        Where the body of a JPEG stream's frame header begins: precision, then lines.
    late_lines : bool
        Whether a JPEG stream only gives its number of lines behind its first scan.
    plain : bool
        Whether a JPEG Lossless stream is coded as nearly all are: with Huffman's codes, and a
        sample of each component for every pixel.
    points : tuple of int
        The point transform of each component: how many bits were shifted out of its samples
        before a JPEG Lossless or JPEG-LS stream was coded. Empty where none were.
    scans : int
        How often a JPEG stream goes over its picture, or parts of it.
    subsampled : bool
        Whether chroma of a JPEG 2000 stream has fewer samples; decoders then give RGB.
    hp_transform : bool
        Whether a JPEG-LS stream uses the colour transform that is not in its standard.
    excess : str or None
        What the stream announces more of than its bytes can hold.
    work : int
        What a decoder does besides going over each sample once, in units of about that: blocks
        that are visited again and again, records that are made before a pixel is read.
    """

    kind: StreamKind
    rows: int
    columns: int
    components: int
    precision: int
    complete: bool
    start: int
    body: int
    stop: int
    signed: bool = False
    lossy: bool = False
    color: SampleColor | None = None
    scan_fault: bool = False
    frame_at: int = 0
    late_lines: bool = False
    plain: bool = False
    points: tuple[int, ...] = ()
    scans: int = 1
    subsampled: bool = False
    hp_transform: bool = False
    excess: str | None = None
    work: int = 0


def begins_stream(data: PixelBytes, at: int = 0) -> bool:
    r"""Tell whether a JPEG, JPEG-LS or JPEG 2000 stream begins at an offset.

    Examples
    --------
    >>> begins_stream(b"\xff\xd8\xff\xe0"), begins_stream(b"\x00\x01\x02\x03")
    (True, False)
    """
    return data.startswith((JPEG, SOC, JP2, JXL_FILE), at)


def begins_jpeg_xl(data: PixelBytes, at: int = 0) -> bool:
    """Tell whether a stream begins at an offset where JPEG XL is to be expected."""
    return begins_stream(data, at) or data.startswith(JXL, at)


def begins_rle(data: PixelBytes, at: int = 0) -> bool:
    """Tell whether an RLE frame's header may begin at an offset."""
    if at + RLE_HEADER.size > len(data):
        return False
    count: int
    first: int
    count, first, *_ = RLE_HEADER.unpack(data[at : at + RLE_HEADER.size])
    return 1 <= count <= MOST_SEGMENTS and first == RLE_HEADER.size
