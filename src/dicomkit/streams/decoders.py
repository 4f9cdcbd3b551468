"""Choosing a decoder for a compressed frame, and running it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.errors import DecodeError, DicomKitError, LimitError, TruncatedError, UnsupportedError
from dicomkit.notes import Note
from dicomkit.streams.engines import DECODERS
from dicomkit.streams.header import JP2, JPEG, JXL, JXL_FILE, SOC
from dicomkit.streams.jpeg import parse_jpeg
from dicomkit.streams.jpeg2000 import parse_jpeg2000, with_end
from dicomkit.streams.jpeg_accounting import is_used_up
from dicomkit.streams.jpeg_mending import as_16_bits, from_16_bits, mended
from dicomkit.streams.jpegxl import parse_jpeg_xl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from dicomkit.streams.engines import Decoder
    from dicomkit.streams.header import SampleColor, StreamHeader, StreamKind
    from dicomkit.transforms.bits import Cells

__all__ = ["DecodedStream", "check_memory", "decode_stream", "parse_stream"]

# The end marker of JPEG and JPEG-LS, and of JPEG 2000 too.
_EOI = b"\xff\xd9"
# Measured with every decoder: OpenJPEG's 32-bit planes, all of them twice, are the most.
_BYTES_A_SAMPLE = 8
_AT_LEAST = 1 << 18
_JPEG_2000 = ("jpeg-2000", "htj2k")
_NAMES: Mapping[StreamKind, str] = {
    "jpeg": "JPEG",
    "jpeg-lossless": "JPEG Lossless",
    "jpeg-ls": "JPEG-LS",
    "jpeg-2000": "JPEG 2000",
    "htj2k": "High-Throughput JPEG 2000",
    "jpeg-xl": "JPEG XL",
}


@dataclass(frozen=True, slots=True)
class DecodedStream:
    """What a decoder gave.

    Attributes
    ----------
    values : ndarray, shape (rows, columns[, components])
        Integers of the stream's own depth and sign.
    color : {"rgb", "ybr"} or None
        The colour that they are in now, where the decoder may have changed it.
    notes : tuple of Note
        What was mended on the way.
    """

    values: Cells
    color: SampleColor | None
    notes: tuple[Note, ...]


def parse_stream(data: bytes) -> StreamHeader:
    """Read the header of whichever stream the bytes hold.

    The stream's own markers decide what it is, not the Transfer Syntax UID: files that
    name another member of the family are common.

    Raises
    ------
    TruncatedError
        The stream ends within its header.
    DecodeError
        The bytes are none of these streams, or its header makes no sense.
    InconsistentError
        The components of a JPEG 2000 stream differ in depth or sign.

    Examples
    --------
    >>> parse_stream(b"no picture")
    Traceback (most recent call last):
    ...
    dicomkit.errors.DecodeError: the frame begins with none of the JPEG family's markers
    """
    if data.startswith(JPEG):
        return parse_jpeg(data)
    if data.startswith((SOC, JP2)):
        return parse_jpeg2000(data)
    if data.startswith((JXL, JXL_FILE)):
        return parse_jpeg_xl(data)
    if any(signature.startswith(data) for signature in (JPEG, SOC, JP2, JXL_FILE)):
        msg = "the frame ends before its first marker does"
        raise TruncatedError(msg)
    msg = "the frame begins with none of the JPEG family's markers"
    raise DecodeError(msg)


def decode_stream(
    data: bytes, header: StreamHeader, color: SampleColor | None, syntax: str
) -> DecodedStream:
    """Decode one frame whose header has been compared with the dataset.

    Parameters
    ----------
    data : bytes
        The frame.
    header : StreamHeader
        What `parse_stream` read in it. One that is not complete is decoded as far as it
        goes.
    color : {"rgb", "ybr"} or None
        The colour that its samples are coded in, None for one component. JPEG comes out as
        RGB from either.
    syntax : str
        The transfer syntax's name, for messages.

    Raises
    ------
    UnsupportedError
        No installed decoder takes such a stream.
    DecodeError
        The decoder refused the stream or gave something else than the header announced.
    LimitError
        There is not enough memory.
    """
    check_memory(header.rows * header.columns * header.components, -(-header.precision // 8))
    decoder = _choose(header, syntax)
    data, notes = mended(data, header)
    data = data[header.start : header.stop]
    if header.kind != "jpeg-xl" and not (header.complete and data.endswith(_EOI)):
        data = with_end(data, header) if header.kind in _JPEG_2000 else data + _EOI
    wide = header.kind == "jpeg-lossless" and header.plain
    if wide:
        data = as_16_bits(data, header)
    values = _run(decoder, data, header, color)
    if wide:
        if header.complete and not is_used_up(data, header, values):
            message = "the stream has more or fewer bytes than its picture takes: it may be damaged"
            notes = (*notes, Note("stream_doubtful", message))
            # One that looks more closely may refuse it.
            for other in _installed(header, behind=decoder):
                values = _run(other, data, header, color)
        values = from_16_bits(values, header)
    if color is not None and (decoder.makes_rgb or header.subsampled):
        color = "rgb"
    return DecodedStream(values, color, notes)


def _run(decoder: Decoder, data: bytes, header: StreamHeader, color: SampleColor | None) -> Cells:
    name = _NAMES[header.kind]
    try:
        values = decoder.run(data, header, color)
    except MemoryError:
        msg = f"there is not enough memory to decode the {name} stream"
        raise LimitError(msg) from None
    except DicomKitError:
        raise
    except Exception as error:  # noqa: BLE001 - decoders raise whatever they meet
        msg = f"the {name} stream could not be decoded ({type(error).__name__})"
        best = DECODERS[header.kind][0]
        if best.find() is None:
            msg = f"{msg}; a better decoder may do it: {best.install}"
        raise DecodeError(msg) from None
    shape = (header.rows, header.columns, header.components)[: 2 + (header.components > 1)]
    if values.shape != shape:
        msg = f"the {name} decoder gave {values.shape} where {shape} was announced"
        raise DecodeError(msg)
    return values


def check_memory(samples: int, sample_bytes: int) -> None:
    """Take the memory that decoding a frame needs, and give it back at once.

    Nothing is written to it, so that it costs next to nothing. A decoder that is refused
    memory half way through crashes, aborts or says that the picture is damaged.

    Parameters
    ----------
    samples : int
        Rows times columns times samples per pixel.
    sample_bytes : int
        How many bytes one of them takes in the end.

    Raises
    ------
    LimitError
        The system has not got as much.
    """
    with suppress(MemoryError):
        np.empty(samples * (_BYTES_A_SAMPLE + sample_bytes) + _AT_LEAST, np.uint8)
        return
    msg = f"there is not enough memory to decode a frame of {samples} samples"
    raise LimitError(msg)


def _choose(header: StreamHeader, syntax: str) -> Decoder:
    """Give the first decoder that suits the stream and is installed."""
    for decoder in _installed(header):
        return decoder
    components = "one component" if header.components == 1 else f"{header.components} components"
    what = f"{_NAMES[header.kind]} of {header.precision} bits and {components} ({syntax})"
    for decoder in _suitable(header):
        msg = f"no installed decoder takes {what}: {decoder.install}"
        raise UnsupportedError(msg)
    msg = f"no decoder takes {what}"
    raise UnsupportedError(msg)


def _installed(header: StreamHeader, *, behind: Decoder | None = None) -> Iterator[Decoder]:
    """Go through the installed ones of those that suit, from the one behind another on."""
    suitable = _suitable(header)
    first = 0 if behind is None else suitable.index(behind) + 1
    return (decoder for decoder in suitable[first:] if decoder.find() is not None)


def _suitable(header: StreamHeader) -> list[Decoder]:
    return [
        decoder
        for decoder in DECODERS[header.kind]
        if decoder.suits(header) and (header.complete or decoder.forgiving)
    ]
