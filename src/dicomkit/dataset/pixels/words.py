"""From one frame's bytes to the words that hold its samples, and on to stored values."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.dataset.pixels.bits import (
    as_unsigned,
    clip_to_bits,
    container,
    sign_extend,
    take_bits,
)
from dicomkit.dataset.pixels.codecs import decode_stream
from dicomkit.dataset.pixels.codestream import begins_stream, parse_stream
from dicomkit.dataset.pixels.color import sample_color
from dicomkit.dataset.pixels.native import decode_native, frame_bits
from dicomkit.dataset.pixels.rle import begins_rle, decode_rle
from dicomkit.dataset.pixels.syntaxes import Packing, expected_kinds, packing, syntax_name
from dicomkit.errors import DecodeError, InconsistentError, LimitError, TruncatedError
from dicomkit.notes import Note
from dicomkit.transforms.color import ybr_to_rgb

if TYPE_CHECKING:
    from dicomkit.dataset.description import ImageDescription
    from dicomkit.dataset.pixels.bits import Cells
    from dicomkit.dataset.pixels.header import SampleColor, StreamHeader
    from dicomkit.dataset.pixels.source import PixelSource

__all__ = ["Words", "fetch_words", "to_stored"]

_JPEG_2000 = ("jpeg-2000", "htj2k")
_LARGE = 1 << 26
_MOST_RATIO = 2048
# Code-blocks of 64 x 64 samples are usual, tiles of 256 x 256 and more.
_FREE_PARTS = 1 << 17
_SAMPLES_A_PART = 128


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one frame.

    Attributes
    ----------
    cells : ndarray, shape (rows, columns[, samples])
        As they lie in the file, or as a decoder gave them.
    color : {"rgb", "ybr"} or None
        The colour that they are in; None for one sample a pixel.
    header : StreamHeader or None
        The header of the compressed stream that they come out of, if any.
    notes : tuple of Note
        What was noticed.
    """

    cells: Cells
    color: SampleColor | None
    header: StreamHeader | None
    notes: tuple[Note, ...]


def fetch_words(
    source: PixelSource, index: int, *, lenient: bool = False, color: SampleColor | None = None
) -> Words:
    """Fetch one frame's words.

    Parameters
    ----------
    source : PixelSource
        The opened pixel data.
    index : int
        The frame, below the number declared.
    lenient : bool
        Give what there is of a frame that ends too early.
    color : {"rgb", "ybr"}, optional
        The colour that the samples are in, where the caller knows better than the file.
    """
    image = source.image
    if source.items is None:
        if lenient:
            _check_plausible(len(source.data), image)
        cells, missing = decode_native(
            source.data,
            image,
            index,
            big_endian=source.big_endian,
            swapped=source.swapped,
            lenient=lenient,
        )
        return _plain(cells, missing, image, color, ())
    data, notes = source.items.frame(index)
    if source.packing in {Packing.FRAMED, Packing.DEFLATED}:
        if source.packing is Packing.DEFLATED:
            data = _inflated(data, image)
        if lenient:
            _check_plausible(len(data), image)
        cells, missing = decode_native(data, image, lenient=lenient)
        return _plain(cells, missing, image, color, notes)
    # What the frame begins with decides: syntaxes that name another codec are common.
    if begins_rle(data) or (source.packing is Packing.RLE and not begins_stream(data)):
        if lenient:
            _check_plausible(len(data), image)
        cells, missing = decode_rle(data, image, lenient=lenient)
        contradiction = _contradiction(image, "RLE", expected=source.packing is Packing.RLE)
        return _plain(cells, missing, image, color, (*notes, *contradiction))
    return _from_stream(data, image, notes, lenient=lenient, color=color)


def to_stored(words: Words, image: ImageDescription) -> tuple[Cells, tuple[Note, ...]]:
    """Turn a frame's words into stored values: masked, shifted, signed, colour as RGB.

    Returns
    -------
    values : ndarray, shape (rows, columns) or (rows, columns, 3)
        Of the smallest type that holds Bits Allocated, or the floats of float pixel data.
    notes : tuple of Note
        What was noticed on the way.
    """
    if image.kind != "integer":
        return words.cells, ()
    notes: tuple[Note, ...] = ()
    bits = image.bits_stored
    if words.header is None:
        values = take_bits(words.cells, bits, image.high_bit, signed=image.signed)
    else:
        values, notes = _from_samples(words.cells, image, words.header)
        bits = min(bits, words.header.precision)
    kind = container(image.bits_allocated, signed=image.signed)
    values = values.astype(kind, copy=False)
    if words.color == "ybr":
        values = ybr_to_rgb(values, bits)
    return values, notes


def _plain(
    cells: Cells,
    missing: int,
    image: ImageDescription,
    color: SampleColor | None,
    notes: tuple[Note, ...],
) -> Words:
    stated, _ = sample_color(image)
    if missing:
        notes = (*notes, Note("truncated", f"the frame lacks {missing} bytes, which are 0 now"))
    return Words(cells, stated and (color or stated), None, notes)


def _inflated(data: bytes, image: ImageDescription) -> bytes:
    """Undo the raw deflate (RFC 1951) of one frame, no further than the frame goes."""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, -(-frame_bits(image) // 8))
    except zlib.error:
        msg = "the deflated frame could not be inflated"
        raise DecodeError(msg) from None


def _contradiction(image: ImageDescription, found: str, *, expected: bool) -> tuple[Note, ...]:
    # Where no compression was announced, that was noted when the pixel data were opened.
    if expected or packing(image.transfer_syntax) in {Packing.NATIVE, Packing.UNKNOWN}:
        return ()
    name = syntax_name(image.transfer_syntax)
    return (Note("syntax_contradicted", f"the frame is {found}, not {name}"),)


def _from_stream(
    data: bytes,
    image: ImageDescription,
    notes: tuple[Note, ...],
    *,
    lenient: bool,
    color: SampleColor | None,
) -> Words:
    header = parse_stream(data)
    _compare(header, image)
    if header.excess is not None:
        msg = f"the compressed stream is too short for the {header.excess} that it announces"
        raise TruncatedError(msg)
    _check_plausible(len(data), image)
    _check_parts(header)
    stated, contradictions = sample_color(image, header)
    if not header.complete:
        if not lenient:
            msg = "the compressed stream ends too early, or lacks its end marker"
            raise TruncatedError(msg)
        notes = (*notes, Note("truncated", "the stream ends too early: what there is was decoded"))
    syntax = image.transfer_syntax
    decoded = decode_stream(data, header, stated and (color or stated), syntax_name(syntax))
    known = header.kind in expected_kinds(syntax)
    notes = (
        *notes,
        *_contradiction(image, header.kind.upper(), expected=known),
        *contradictions,
        *decoded.notes,
    )
    return Words(decoded.values, decoded.color, header, notes)


def _compare(header: StreamHeader, image: ImageDescription) -> None:
    """Refuse a stream that is not the picture that the dataset describes."""
    pairs = (
        ("rows", header.rows, image.rows),
        ("columns", header.columns, image.columns),
        ("components", header.components, image.samples),
    )
    for name, found, stated in pairs:
        if found != stated:
            msg = f"the compressed stream has {found} {name} where the dataset says {stated}"
            raise InconsistentError(msg)
    # Fewer bits than Bits Stored, or up to Bits Allocated, are common and mean no harm.
    if not 1 <= header.precision <= image.bits_allocated:
        msg = (
            f"the compressed stream has samples of {header.precision} bits "
            f"where Bits Allocated says {image.bits_allocated}"
        )
        raise InconsistentError(msg)


def _check_plausible(size: int, image: ImageDescription) -> None:
    """Refuse a large picture that next to nothing was needed to code.

    JPEG 2000 and JPEG-LS can say in a few bytes that a picture of any size is empty, and
    their decoders take many times its memory. And a damaged frame is not worth showing
    where next to nothing of it is left.
    """
    raw = frame_bits(image) // 8
    if raw > _LARGE and raw > _MOST_RATIO * size:
        msg = f"a stream of {size} bytes would unfold to {raw}: that is no picture"
        raise LimitError(msg)


def _check_parts(header: StreamHeader) -> None:
    """Refuse a stream whose decoder would work on everything but the picture."""
    samples = header.rows * header.columns * header.components
    if header.parts > _FREE_PARTS + samples // _SAMPLES_A_PART:
        msg = f"the stream cuts {samples} samples up into some {header.parts} parts"
        raise LimitError(msg)


def _from_samples(
    samples: Cells, image: ImageDescription, header: StreamHeader
) -> tuple[Cells, tuple[Note, ...]]:
    """Take stored values out of a stream's samples, whose bits and sign may differ."""
    words = as_unsigned(samples)
    own_depth = header.kind in _JPEG_2000 and header.precision % 8 and image.samples == 1
    if header.precision > image.bits_stored and not own_depth:
        if not header.lossy:
            # The stream holds the whole words, bits outside Bits Stored and all.
            high = min(image.high_bit, header.precision - 1)
            return take_bits(words, image.bits_stored, high, signed=image.signed), ()
        values = sign_extend(words, header.precision) if image.signed else words
        return clip_to_bits(values, image.bits_stored, signed=image.signed), ()
    notes: tuple[Note, ...] = ()
    if header.precision > image.bits_stored:
        # Whole words have 8 or 16 bits. A stream of 10 was made of samples of 10, and it is
        # the stream that controls the decoding (PS3.5 8.2.4).
        message = f"Bits Stored is {image.bits_stored}, but the stream has {header.precision} bits"
        notes = (Note("depth_contradicted", message),)
    if header.signed != image.signed and header.kind in _JPEG_2000:
        # Two's complement of the stream's depth either way, as uncompressed it would be.
        note = Note("sign_contradicted", "the stream's sign is not Pixel Representation's")
        notes = (*notes, note)
    # Streams other than JPEG 2000 know no sign: what was coded as signed needs it back.
    depth = header.precision
    return take_bits(words, depth, depth - 1, signed=image.signed), notes
