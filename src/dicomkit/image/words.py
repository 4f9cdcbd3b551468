"""The words that hold a frame's samples, and the stored values in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.errors import InconsistentError, LimitError, UnsupportedError
from dicomkit.notes import Note
from dicomkit.transforms.bits import (
    as_unsigned,
    clip_to_bits,
    container,
    sign_extend,
    take_bits,
)
from dicomkit.transforms.color import ybr_to_rgb

if TYPE_CHECKING:
    from dicomkit.dataset.modules.image_pixel import ImageDescription
    from dicomkit.streams.header import SampleColor, StreamHeader
    from dicomkit.transforms.bits import Cells

__all__ = [
    "Words",
    "check_plausible",
    "plain_words",
    "sample_color",
    "to_stored",
]

_JPEG_2000 = ("jpeg-2000", "htj2k")
_LARGE = 1 << 26
_MOST_RATIO = 2048

# PS3.3 C.7.6.3.1.2. What JPEG 2000 transformed comes out of its decoder as RGB. What it did not
# transform is what went in: of YBR_ICT that is YCbCr (PS3.5 8.2.4); of YBR_RCT it can be nothing
# but RGB, for its two differences would need a bit more than samples have.
_COLORS: dict[str, SampleColor] = {
    "RGB": "rgb",
    "YBR_FULL": "ybr",
    "YBR_FULL_422": "ybr",
    "YBR_RCT": "rgb",
    "YBR_ICT": "rgb",
}
_TRANSFORMED: dict[str, SampleColor] = {"YBR_RCT": "rgb", "YBR_ICT": "ybr"}
# JPEG knows the full range alone, whatever a file calls it.
_PARTIAL = ("YBR_PARTIAL_420", "YBR_PARTIAL_422")
_ONE_SAMPLE = ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR")


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


def sample_color(
    image: ImageDescription, header: StreamHeader | None = None
) -> tuple[SampleColor | None, tuple[Note, ...]]:
    """Say which colour an image's samples are coded in, None for one sample a pixel.

    A compressed stream's own markers decide; where it is silent, or there is none, the
    Photometric Interpretation does.

    Raises
    ------
    InconsistentError
        Samples per Pixel and Photometric Interpretation exclude each other.
    UnsupportedError
        A colour model that is retired or unknown.
    """
    name = image.photometric
    if image.samples == 1:
        if name not in _COLORS:
            return None, ()
        if header is None:
            msg = f"Photometric Interpretation {name} needs 3 samples per pixel, not 1"
            raise InconsistentError(msg)
        # PS3.5 8.2.1: the stream controls the decoding, and it has one component, too.
        message = f"the stream has one component, which Photometric Interpretation {name} has not"
        return None, (Note("photometric_contradicted", message),)
    if name in _ONE_SAMPLE or (name in _COLORS and image.samples != 3):  # noqa: PLR2004 - colour
        msg = f"Photometric Interpretation {name} does not go with {image.samples} samples"
        raise InconsistentError(msg)
    stated = _COLORS.get(name)
    if stated is None and header is not None and name in _PARTIAL:
        stated = "ybr"
    if stated is None and header is not None and name == "XYB":
        # Of JPEG XL's own: its decoder gives RGB.
        stated = "rgb"
    if stated is None:
        msg = "this Photometric Interpretation of several samples is retired or unknown"
        raise UnsupportedError(msg)
    silent = header is not None and header.kind in _JPEG_2000 and header.color is None
    if silent and name in _TRANSFORMED:
        color = _TRANSFORMED[name]
        message = f"the stream has no component transform, so its {name} is {color.upper()}"
        return color, (Note("photometric_contradicted", message),)
    if header is None or header.color is None or header.color == stated:
        return stated, ()
    note = Note(
        "photometric_contradicted",
        f"the stream says that its samples are {header.color.upper()}, "
        f"not what Photometric Interpretation {name} stands for",
    )
    return header.color, (note,)


def plain_words(
    cells: Cells,
    missing: int,
    image: ImageDescription,
    color: SampleColor | None,
    notes: tuple[Note, ...],
) -> Words:
    """Make the words of a frame that no stream says anything of; `missing` bytes are zeros."""
    stated, _ = sample_color(image)
    if missing:
        notes = (*notes, Note("truncated", f"the frame lacks {missing} bytes, which are 0 now"))
    return Words(cells, stated and (color or stated), None, notes)


def check_plausible(size: int, image: ImageDescription) -> None:
    """Refuse a large picture that next to nothing was needed to code.

    JPEG 2000 and JPEG-LS can say in a few bytes that a picture of any size is empty, and
    their decoders take many times its memory. And a damaged frame is not worth showing
    where next to nothing of it is left.
    """
    raw = image.frame_bits // 8
    if raw > _LARGE and raw > _MOST_RATIO * size:
        msg = f"a stream of {size} bytes would unfold to {raw}: that is no picture"
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
