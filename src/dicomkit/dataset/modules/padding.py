"""Pixel Padding Value and Range Limit (PS3.3 C.7.5.1.1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dicomkit.dataset.elements.attributes import integer, number
from dicomkit.dataset.elements.functional_groups import scope
from dicomkit.transforms.bits import container, take_bits
from dicomkit.transforms.padding import PaddingMask

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.image_pixel import ImageDescription
    from dicomkit.notes import Note

__all__ = ["padding_mask"]

_FLOAT = {
    "float32": ("FloatPixelPaddingValue", "FloatPixelPaddingRangeLimit"),
    "float64": ("DoubleFloatPixelPaddingValue", "DoubleFloatPixelPaddingRangeLimit"),
}
_WORD = 1 << 16


def padding_mask(
    ds: Dataset, frame: int, image: ImageDescription, notes: list[Note]
) -> PaddingMask | None:
    """Read which stored values are padding; None where none are, and for colour."""
    if image.samples != 1:
        return None
    scoped, _ = scope(ds, frame, "PixelValueTransformationSequence")
    for place in (ds,) if scoped is ds else (scoped, ds):
        ends = _ends(place, image, notes)
        if ends:
            return PaddingMask(min(ends), max(ends))
    return None


def _ends(ds: Dataset, image: ImageDescription, notes: list[Note]) -> tuple[float, ...]:
    if image.kind != "integer":
        values = [number(ds, keyword, notes) for keyword in _FLOAT[image.kind]]
    else:
        values = [
            _as_stored(integer(ds, keyword, notes), image)
            for keyword in ("PixelPaddingValue", "PixelPaddingRangeLimit")
        ]
    # A limit without a value pads nothing.
    return () if values[0] is None else tuple(value for value in values if value is not None)


def _as_stored(value: int | None, image: ImageDescription) -> float | None:
    """Read a value as the pixels are read, whose sign and unused bits writers forget."""
    if value is None:
        return None
    # US for pixels that are signed, or the reverse: the same word.
    if image.signed and value >= _WORD // 2:
        value -= _WORD
    elif not image.signed and value < 0:
        value += _WORD
    low, high = image.stored_range
    if low <= value <= high:
        return value
    word = np.array([value % (1 << image.bits_allocated)], container(image.bits_allocated))
    return int(take_bits(word, image.bits_stored, image.high_bit, signed=image.signed)[0])
