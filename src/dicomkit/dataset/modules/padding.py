"""Pixel Padding Value and Range Limit (PS3.3 C.7.5.1.1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.dataset.elements.attributes import integer, number
from dicomkit.dataset.elements.functional_groups import scope
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
    """Read a word as the pixels are read: files write one as US whose pixels are signed."""
    if value is None:
        return None
    if image.signed and value >= _WORD // 2:
        return value - _WORD
    if not image.signed and value < 0:
        return value + _WORD
    return value
