"""From one frame in encapsulated pixel data to the words that hold its samples."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.dataset.modules.syntaxes import Packing, expected_kinds, packing, syntax_name
from dicomkit.errors import DecodeError, InconsistentError, LimitError, TruncatedError
from dicomkit.image.native import decode_native
from dicomkit.image.words import Words, check_plausible, plain_words, sample_color
from dicomkit.notes import Note
from dicomkit.streams.decoders import decode_stream, parse_stream
from dicomkit.streams.header import begins_rle, begins_stream
from dicomkit.streams.rle import decode_rle

if TYPE_CHECKING:
    from dicomkit.dataset.modules.image_pixel import ImageDescription
    from dicomkit.dataset.modules.pixel_data import PixelSource
    from dicomkit.streams.fragments import EncapsulatedFrames
    from dicomkit.streams.header import SampleColor, StreamHeader
    from dicomkit.transforms.bits import Cells

__all__ = ["encapsulated_words"]

# Code-blocks of 64 x 64 samples are usual, tiles of 256 x 256 and more.
_FREE_PARTS = 1 << 17
_SAMPLES_A_PART = 128


def encapsulated_words(
    source: PixelSource,
    items: EncapsulatedFrames,
    index: int,
    *,
    lenient: bool,
    color: SampleColor | None,
) -> Words:
    """Fetch one frame's words as `fetch_words` does; `items` are the source's own."""
    image = source.image
    data, notes = items.frame(index)
    if source.packing in {Packing.FRAMED, Packing.DEFLATED}:
        if source.packing is Packing.DEFLATED:
            data = _inflated(data, image)
        if lenient:
            check_plausible(len(data), image)
        cells, missing = decode_native(data, image, lenient=lenient)
        return plain_words(cells, missing, image, color, notes)
    # What the frame begins with decides: syntaxes that name another codec are common.
    if begins_rle(data) or (source.packing is Packing.RLE and not begins_stream(data)):
        if lenient:
            check_plausible(len(data), image)
        cells, missing = decode_rle(
            data, (image.rows, image.columns, image.samples), image.bits_allocated, lenient=lenient
        )
        contradiction = _contradiction(image, "RLE", expected=source.packing is Packing.RLE)
        return plain_words(cells, missing, image, color, (*notes, *contradiction))
    return _from_stream(data, image, notes, lenient=lenient, color=color)


def _inflated(data: bytes, image: ImageDescription) -> bytes:
    """Undo the raw deflate (RFC 1951) of one frame, no further than the frame goes."""
    try:
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, -(-image.frame_bits // 8))
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
    smaller = lenient and _fits_inside(header, image)
    _compare(header, image, smaller=smaller)
    if header.excess is not None:
        msg = f"the compressed stream is too short for the {header.excess} that it announces"
        raise TruncatedError(msg)
    check_plausible(len(data), image)
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
    cells = decoded.values
    if smaller:
        size = f"{header.rows} x {header.columns}"
        message = f"the frame is {size}: placed top left, and 0 where it does not reach"
        notes = (*notes, Note("frame_smaller", message))
        cells = _placed(cells, image, decoded.color, header.precision)
    return Words(cells, decoded.color, header, notes)


def _fits_inside(header: StreamHeader, image: ImageDescription) -> bool:
    """Tell whether a frame is smaller than declared, as some slides' tiles at the edge are."""
    size, declared = (header.rows, header.columns), (image.rows, image.columns)
    return size != declared and all(one <= whole for one, whole in zip(size, declared, strict=True))


def _placed(
    cells: Cells, image: ImageDescription, color: SampleColor | None, precision: int
) -> Cells:
    whole = np.zeros((image.rows, image.columns, *cells.shape[2:]), cells.dtype)
    if color == "ybr":
        # Without colour, chroma is half of its range.
        whole[..., 1:] = 1 << (precision - 1)
    whole[: cells.shape[0], : cells.shape[1]] = cells
    return whole


def _compare(header: StreamHeader, image: ImageDescription, *, smaller: bool) -> None:
    """Refuse a stream that is not the picture that the dataset describes."""
    pairs = [("components", header.components, image.samples)]
    if not smaller:
        pairs += [
            ("rows", header.rows, image.rows),
            ("columns", header.columns, image.columns),
        ]
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


def _check_parts(header: StreamHeader) -> None:
    """Refuse a stream whose decoder would work on everything but the picture."""
    samples = header.rows * header.columns * header.components
    if header.parts > _FREE_PARTS + samples // _SAMPLES_A_PART:
        msg = f"the stream cuts {samples} samples up into some {header.parts} parts"
        raise LimitError(msg)
