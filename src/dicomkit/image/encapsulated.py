"""From one frame in encapsulated pixel data to the words that hold its samples."""

from __future__ import annotations

import zlib
from contextlib import suppress
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

# What all frames of a dataset may have in common for what a decoder does besides going over each
# sample once, about a sixth of a second; and what each byte gives it. Code-blocks of 64 x 64
# samples are usual, tiles of 256 x 256 and more, and some ten scans over a picture.
_FREE_WORK = 1 << 24
_WORK_A_BYTE = 64


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
            data, wrapped = _inflated(data, image)
            notes = (*notes, *wrapped)
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
        notes = (*notes, *contradiction)
        if source.spare_bits and not missing and _is_turned(cells, image):
            cells = _turned(cells, image)
            message = "the RLE segments have the least significant bytes first"
            notes = (*notes, Note("segments_turned", message))
        return plain_words(cells, missing, image, color, notes)
    return _from_stream(data, image, notes, lenient=lenient, color=color)


def _inflated(data: bytes, image: ImageDescription) -> tuple[bytes, tuple[Note, ...]]:
    """Undo the raw deflate (RFC 1951) of one frame, no further than the frame goes.

    Some writers wrap it as zlib does (RFC 1950), with a header that no raw one begins with.
    """
    most = -(-image.frame_bits // 8)
    with suppress(zlib.error):
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, most), ()
    note = Note("deflate_wrapped", "the deflated frame has a zlib header, which it should not")
    with suppress(zlib.error):
        return zlib.decompressobj(zlib.MAX_WBITS).decompress(data, most), (note,)
    msg = "the deflated frame could not be inflated"
    raise DecodeError(msg)


def _is_turned(words: Cells, image: ImageDescription) -> bool:
    """Tell whether unused bits prove that the bytes of all words have to be turned round.

    They do where some of them are in use, and none is once the bytes are turned.
    """
    return not _are_spared(words, image) and _are_spared(_turned(words, image), image)


def _are_spared(words: Cells, image: ImageDescription) -> bool:
    """Tell whether the bits beside those of samples are zeros, or the extended sign."""
    below = image.high_bit + 1 - image.bits_stored
    used = ((1 << image.bits_stored) - 1) << below
    unused = words & words.dtype.type(~used & ((1 << image.bits_allocated) - 1))
    if not unused.any():
        return True
    if not image.signed or below:
        return False
    negative = (words >> words.dtype.type(image.high_bit) & 1).astype(bool)
    all_ones = words.dtype.type(((1 << image.bits_allocated) - 1) & ~used)
    return bool((unused == np.where(negative, all_ones, 0)).all())


def _turned(words: Cells, image: ImageDescription) -> Cells:
    spare = 8 * words.dtype.itemsize - image.bits_allocated
    turned: Cells = words.byteswap() >> words.dtype.type(spare)
    return turned


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
    exchanged = _is_exchanged(header, image)
    smaller = lenient and _fits_inside(header, image)
    _compare(header, image, any_size=smaller or exchanged)
    if header.excess is not None:
        msg = f"the compressed stream is too short for the {header.excess} that it announces"
        raise TruncatedError(msg)
    check_plausible(len(data), image)
    _check_work(header, len(data), image)
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
    if exchanged:
        message = "the lossless stream exchanges rows and columns: read in the dataset's shape"
        notes = (*notes, Note("size_exchanged", message))
        cells = cells.reshape(image.rows, image.columns, *cells.shape[2:])
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


def _is_exchanged(header: StreamHeader, image: ImageDescription) -> bool:
    """Tell whether a lossless stream has the right samples, but rows for columns.

    Its coder was told so of the same row of samples, which it does not change.
    """
    size, declared = (header.rows, header.columns), (image.columns, image.rows)
    certain = not header.lossy and header.kind != "jpeg-xl"
    return certain and size == declared and image.rows != image.columns


def _placed(
    cells: Cells, image: ImageDescription, color: SampleColor | None, precision: int
) -> Cells:
    whole = np.zeros((image.rows, image.columns, *cells.shape[2:]), cells.dtype)
    if color == "ybr":
        # Without colour, chroma is half of its range.
        whole[..., 1:] = 1 << (precision - 1)
    whole[: cells.shape[0], : cells.shape[1]] = cells
    return whole


def _compare(header: StreamHeader, image: ImageDescription, *, any_size: bool) -> None:
    """Refuse a stream that is not the picture that the dataset describes."""
    pairs = [("components", header.components, image.samples)]
    if not any_size:
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


def _check_work(header: StreamHeader, size: int, image: ImageDescription) -> None:
    """Refuse a stream whose decoder would work on everything but the picture."""
    samples = header.rows * header.columns * header.components
    if header.work > _FREE_WORK // image.frames + samples + _WORK_A_BYTE * size:
        msg = (
            f"a stream of {size} bytes for {samples} samples makes its decoder do "
            f"the work of {header.work} more: that is no picture"
        )
        raise LimitError(msg)
