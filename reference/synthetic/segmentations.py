"""Segmentations of every type, whose stored values have a meaning that no range stretches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import SegmentationStorage

from reference.synthetic.making import SIDE, make_gray, ramp, set_pixels

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["SEGMENTATION_MAKERS"]

_LABEL_MAP_STORAGE: Final = "1.2.840.10008.5.1.4.1.1.66.7"


def _segmentation(kind: str, stored: NDArray[np.integer], bits: int) -> Dataset:
    ds = make_gray(stored, bits)
    ds.SOPClassUID, ds.Modality, ds.SegmentationType = SegmentationStorage, "SEG", kind
    return ds


def _binary_segmentation() -> Dataset:
    frames = np.stack([ramp(low, high, "<u1") for low, high in ((0, 1), (1, 1), (0, 0))])
    ds = _segmentation("BINARY", frames, 1)
    ds.BitsAllocated = 1
    set_pixels(ds, np.packbits(frames, bitorder="little"))
    return ds


def _binary_segmentation_all_set() -> Dataset:
    ds = _binary_segmentation()
    set_pixels(ds, np.full(3 * SIDE * SIDE // 8, 255, np.uint8))
    return ds


def _binary_segmentation_in_bytes() -> Dataset:
    return _segmentation("BINARY", np.ones((2, SIDE, SIDE), "<u1"), 8)


def _fractional_segmentation() -> Dataset:
    frames = np.stack([ramp(0, 40, "<u1"), ramp(10, 80, "<u1")])
    ds = _segmentation("FRACTIONAL", frames, 8)
    ds.SegmentationFractionalType, ds.MaximumFractionalValue = "PROBABILITY", 100
    return ds


def _fractional_segmentation_of_255() -> Dataset:
    ds = _fractional_segmentation()
    ds.SegmentationFractionalType, ds.MaximumFractionalValue = "OCCUPANCY", 255
    return ds


def _label_map(frames: list[list[int]], dtype: str, background: int) -> Dataset:
    # Stripes of equal width, one for each number.
    stripes = [np.repeat(np.array(numbers, dtype), SIDE // len(numbers)) for numbers in frames]
    stored = np.stack([np.tile(stripe, (SIDE, 1)) for stripe in stripes])
    ds = _segmentation("LABELMAP", stored, stored.itemsize * 8)
    ds.SOPClassUID = _LABEL_MAP_STORAGE
    ds.PixelPaddingValue = background
    labels = sorted({number for numbers in frames for number in numbers} - {background})
    ds.SegmentSequence = Sequence(_segment(number) for number in labels)
    return ds


def _segment(number: int) -> Dataset:
    ds = Dataset()
    ds.SegmentNumber, ds.SegmentLabel = number, f"segment {number}"
    # Faint enough that sRGB holds it, and another for each.
    light, a, b = 50 + 3 * (number % 8), 7 * (number % 6) - 18, 18 - 7 * (number % 5)
    ds.RecommendedDisplayCIELabValue = [
        round(65535 * part) for part in (light / 100, (a + 128) / 255, (b + 128) / 255)
    ]
    return ds


def _label_map_with_background_0() -> Dataset:
    return _label_map([[0, 1, 2, 0], [0, 0, 4, 4]], "<u1", 0)


def _label_map_with_background_255() -> Dataset:
    return _label_map([[255, 1, 2, 0], [255, 255, 4, 4]], "<u1", 255)


def _label_map_with_background_between() -> Dataset:
    return _label_map([[3, 1, 2, 9], [3, 3, 7, 5]], "<u2", 3)


def _label_map_of_one_label() -> Dataset:
    return _label_map([[0, 0, 7, 0], [0, 0, 0, 0]], "<u1", 0)


def _label_map_without_padding_value() -> Dataset:
    ds = _label_map_with_background_0()
    del ds.PixelPaddingValue
    return ds


def _label_map_in_color() -> Dataset:
    ds = _label_map_with_background_0()
    ds.PhotometricInterpretation = "PALETTE COLOR"
    entries = {"Red": [0, 65535, 0, 0, 30000], "Green": [0, 0, 65535, 0, 20000], "Blue": [0] * 5}
    for color, table in entries.items():
        keyword = f"{color}PaletteColorLookupTable"
        setattr(ds, f"{keyword}Descriptor", [len(table), 0, 16])
        setattr(ds, f"{keyword}Data", np.array(table, "<u2").tobytes())
    return ds


SEGMENTATION_MAKERS: Final[tuple[Callable[[], Dataset], ...]] = (
    _binary_segmentation,
    _binary_segmentation_all_set,
    _binary_segmentation_in_bytes,
    _fractional_segmentation,
    _fractional_segmentation_of_255,
    _label_map_with_background_0,
    _label_map_with_background_255,
    _label_map_with_background_between,
    _label_map_of_one_label,
    _label_map_without_padding_value,
    _label_map_in_color,
)
"""What makes each dataset; the functions' names say what is in it."""
