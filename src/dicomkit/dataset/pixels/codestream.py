"""What a compressed stream says of itself, read from its header without decoding it.

Decoders believe a stream's header and take the memory that it asks for, and some of
them return half a picture for half a stream without a word. So headers are read and
ends are looked for before any decoder runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["BytesLike", "StreamHeader", "StreamKind"]

StreamKind = Literal["jpeg", "jpeg-lossless", "jpeg-ls", "jpeg-2000", "htj2k"]
StreamColor = Literal["rgb", "ybr"]


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
    signed : bool
        Whether samples are signed; only JPEG 2000 can say so.
    lossy : bool
        Whether samples may lie beside those that were coded, so also out of their range.
    color : {"rgb", "ybr"} or None
        What the stream says of its samples' colour; None where it is silent.
    fault : bool
        A JPEG scan header whose spectral selection cannot be what was coded.
    start, stop : int
        Where the codestream lies in the bytes: elsewhere than the whole inside a JP2 file.
    """

    kind: StreamKind
    rows: int
    columns: int
    components: int
    precision: int
    complete: bool
    signed: bool = False
    lossy: bool = False
    color: StreamColor | None = None
    fault: bool = False
    start: int = 0
    stop: int | None = None
