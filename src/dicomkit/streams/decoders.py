r"""Choosing a decoder for a compressed frame, and running it.

The first decoder that is installed is taken, in this order:

===================== ================== ==================================================
stream                decoder            why
===================== ================== ==================================================
JPEG, 8 bits          Pillow             libjpeg-turbo: 4 to 5 times as fast as libjpeg,
                                         and it refuses a stream that ends too early
JPEG, 12 bits         pylibjpeg-libjpeg  the only one for 12 bits
JPEG Lossless         pylibjpeg-libjpeg  exact with every predictor, 8 to 16 bits
JPEG-LS               pyjpegls           CharLS: 2 to 14 times as fast as libjpeg; it noticed
                                         89 to 99 % of damaged streams, libjpeg 7 to 12 %
\                     pylibjpeg-libjpeg  the same values, without an extra
JPEG 2000, HTJ2K      pylibjpeg-openjpeg every depth and sign
\                     Pillow             the same values up to 16 bits grey and 8 bits
                                         colour, without an extra
===================== ================== ==================================================
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from dicomkit.errors import DecodeError, LimitError, TruncatedError, UnsupportedError
from dicomkit.streams.header import JP2, JPEG, SOC
from dicomkit.streams.jpeg import bare_jpeg, parse_jpeg
from dicomkit.streams.jpeg2000 import parse_jpeg2000, with_end
from dicomkit.streams.jpeg_mending import (
    as_16_bits,
    from_16_bits,
    mended,
    without_padding,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from dicomkit.notes import Note
    from dicomkit.streams.header import SampleColor, StreamHeader, StreamKind
    from dicomkit.transforms.bits import Cells

__all__ = ["DecodedStream", "check_memory", "decode_stream", "parse_stream"]

# The end marker of JPEG and JPEG-LS, and of JPEG 2000 too.
_EOI = b"\xff\xd9"
# Measured with every decoder: OpenJPEG's 32-bit planes, all of them twice, are the most.
_BYTES_A_SAMPLE = 8
_AT_LEAST = 1 << 18


_EXTRA = 'pip install "dicomkit[codecs]"'
# A core package, but its licence makes some leave it out.
_CORE = "pip install pylibjpeg-libjpeg"

_NAMES: Mapping[StreamKind, str] = {
    "jpeg": "JPEG",
    "jpeg-lossless": "JPEG Lossless",
    "jpeg-ls": "JPEG-LS",
    "jpeg-2000": "JPEG 2000",
    "htj2k": "High-Throughput JPEG 2000",
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


@dataclass(frozen=True, slots=True)
class _Decoder:
    """One way to decode a kind of stream: the module that it needs and what to do with it."""

    module: str
    decode: Callable[[ModuleType, bytes, StreamHeader], Cells]
    suits: Callable[[StreamHeader], bool]
    # Whether it gives what there is of a stream without its end.
    forgiving: bool = True
    install: str = _EXTRA


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
    if any(signature.startswith(data) for signature in (JPEG, SOC, JP2)):
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
    decoder, module = _choose(header, syntax)
    data, notes = mended(data, header)
    data = data[header.start : header.stop]
    if not (header.complete and data.endswith(_EOI)):
        data = with_end(data, header) if header.kind in _JPEG_2000 else data + _EOI
    if decoder.decode is _pillow_jpeg:
        data = bare_jpeg(data, color)
    if color is not None and (decoder.decode is _pillow_jpeg or header.subsampled):
        color = "rgb"
    try:
        values = decoder.decode(module, data, header)
    except MemoryError:
        msg = f"there is not enough memory to decode the {_NAMES[header.kind]} stream"
        raise LimitError(msg) from None
    except Exception as error:  # noqa: BLE001 - decoders raise whatever they meet
        msg = f"the {_NAMES[header.kind]} stream could not be decoded ({type(error).__name__})"
        best = _DECODERS[header.kind][0]
        if decoder is not best and not _is_installed(best.module):
            msg = f"{msg}; a better decoder may do it: {best.install}"
        raise DecodeError(msg) from None
    shape = (header.rows, header.columns, header.components)[: 2 + (header.components > 1)]
    if values.shape != shape:
        msg = f"the {_NAMES[header.kind]} decoder gave {values.shape} where {shape} was announced"
        raise DecodeError(msg)
    return DecodedStream(values, color, notes)


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


def _choose(header: StreamHeader, syntax: str) -> tuple[_Decoder, ModuleType]:
    """Take the first decoder that suits the stream and is installed."""
    missing = []
    for decoder in _DECODERS[header.kind]:
        if not decoder.suits(header) or not (header.complete or decoder.forgiving):
            continue
        try:
            return decoder, import_module(decoder.module)
        except ImportError:
            missing.append(decoder)
    components = "one component" if header.components == 1 else f"{header.components} components"
    what = f"{_NAMES[header.kind]} of {header.precision} bits and {components} ({syntax})"
    if missing:
        msg = f"no installed decoder takes {what}: {missing[0].install}"
    else:
        msg = f"no decoder takes {what}"
    raise UnsupportedError(msg)


def _is_installed(module: str) -> bool:
    try:
        import_module(module)
    except ImportError:
        return False
    return True


def _pillow_jpeg(module: ModuleType, data: bytes, header: StreamHeader) -> Cells:
    del header
    # Not Image.open: its limit on pixels is a global of the process, ours is an argument.
    with module.JpegImageFile(BytesIO(data)) as image:
        return np.asarray(image)


def _pillow_jpeg2000(module: ModuleType, data: bytes, header: StreamHeader) -> Cells:
    with module.Jpeg2KImageFile(BytesIO(data)) as image:
        values: Cells = np.asarray(image)
    # Pillow moves samples to the high end of 8 or 16 bits, and signed ones above 0.
    width = 8 * values.dtype.itemsize
    values = values >> values.dtype.type(width - header.precision)
    if not header.signed:
        return values
    return values.astype(np.int32) - (1 << (header.precision - 1))


def _libjpeg(module: ModuleType, data: bytes, header: StreamHeader) -> Cells:
    values: Cells = module.decode(as_16_bits(data, header) if header.widened else data)
    return from_16_bits(values, header) if header.widened else values


def _charls(module: ModuleType, data: bytes, header: StreamHeader) -> Cells:
    try:
        buffer, info = module.decode_buffer(data)
    except RuntimeError:
        sound = without_padding(data, header)
        if sound == data:
            raise
        buffer, info = module.decode_buffer(sound)
    values = np.frombuffer(buffer, np.uint8 if header.precision <= 8 else "<u2")  # noqa: PLR2004
    if header.components == 1:
        return values.reshape(header.rows, header.columns)
    if info["interleave_mode"] == 0:
        planes = values.reshape(header.components, header.rows, header.columns)
        return np.ascontiguousarray(planes.transpose(1, 2, 0))
    return values.reshape(header.rows, header.columns, header.components)


def _openjpeg(module: ModuleType, data: bytes, header: StreamHeader) -> Cells:
    flat: np.ndarray[Any, np.dtype[np.uint8]] = module.decode(data, j2k_format=0, reshape=False)
    size = next(size for size in (1, 2, 4) if header.precision <= 8 * size)
    values: Cells = flat.view(f"<{'i' if header.signed else 'u'}{size}")
    if header.components == 1:
        return values.reshape(header.rows, header.columns)
    return values.reshape(header.rows, header.columns, header.components)


def _any(header: StreamHeader) -> bool:
    del header
    return True


_JPEG_2000 = ("jpeg-2000", "htj2k")
_PILLOW_JPEG = _Decoder(
    "PIL.JpegImagePlugin",
    _pillow_jpeg,
    lambda header: header.precision == 8 and header.components in (1, 3),  # noqa: PLR2004
)
_LIBJPEG = _Decoder("libjpeg", _libjpeg, _any, install=_CORE)
_DECODERS_JPEG_2000 = (
    _Decoder("openjpeg", _openjpeg, lambda header: header.precision <= 32),  # noqa: PLR2004
    _Decoder(
        "PIL.Jpeg2KImagePlugin",
        _pillow_jpeg2000,
        lambda header: (
            header.precision <= (16 if header.components == 1 else 8)
            and header.components in (1, 3)
        ),
    ),
)
_DECODERS: Mapping[StreamKind, tuple[_Decoder, ...]] = {
    "jpeg": (_PILLOW_JPEG, _LIBJPEG),
    "jpeg-lossless": (_LIBJPEG,),
    "jpeg-ls": (
        _Decoder("jpeg_ls", _charls, _any, forgiving=False),
        _Decoder("libjpeg", _libjpeg, lambda header: not header.hp_transform, install=_CORE),
    ),
    "jpeg-2000": _DECODERS_JPEG_2000,
    "htj2k": _DECODERS_JPEG_2000,
}
