"""The value that every stream parser gives: what one compressed frame says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["SampleColor", "StreamHeader", "StreamKind"]

StreamKind = Literal["jpeg", "jpeg-lossless", "jpeg-ls", "jpeg-2000", "htj2k"]
SampleColor = Literal["rgb", "ybr"]


@dataclass(frozen=True, slots=True)
class StreamHeader:
    """The header of one compressed frame.

    Attributes
    ----------
    kind : {"jpeg", "jpeg-lossless", "jpeg-ls", "jpeg-2000", "htj2k"}
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
    widened : bool
        Whether a lossless JPEG stream is to be decoded as one of 16 bits.
    subsampled : bool
        Whether chroma of a JPEG 2000 stream has fewer samples; decoders then give RGB.
    hp_transform : bool
        Whether a JPEG-LS stream uses the colour transform that is not in its standard.
    excess : str or None
        What the stream announces more of than its bytes can hold.
    parts : int
        How many records a decoder makes before it reads a pixel, of half a kilobyte each.
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
    widened: bool = False
    subsampled: bool = False
    hp_transform: bool = False
    excess: str | None = None
    parts: int = 0
