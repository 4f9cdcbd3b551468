"""From one frame's bytes to the words that hold its samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.dataset.pixels.native import decode_native
from dicomkit.dataset.pixels.words import check_plausible, plain_words

if TYPE_CHECKING:
    from dicomkit.dataset.pixels.header import SampleColor
    from dicomkit.dataset.pixels.source import PixelSource
    from dicomkit.dataset.pixels.words import Words

__all__ = ["fetch_words"]


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
            check_plausible(len(source.data), image)
        cells, missing = decode_native(
            source.data,
            image,
            index,
            big_endian=source.big_endian,
            swapped=source.swapped,
            lenient=lenient,
        )
        return plain_words(cells, missing, image, color, ())
    # Most images are native: they do not wait for the decoders to be loaded.
    from dicomkit.dataset.pixels.encapsulated import encapsulated_words

    return encapsulated_words(source, source.items, index, lenient=lenient, color=color)
