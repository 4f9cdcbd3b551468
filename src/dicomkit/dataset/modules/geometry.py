"""Pixel spacing and shape (PS3.3 10.7.1.3, C.7.6.3.1.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.dataset.elements.attributes import integers, numbers
from dicomkit.dataset.elements.functional_groups import scope

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["MOST_OBLONG", "PixelSpacing", "pixel_spacing", "places", "positive_pair"]

# Far above the most oblong pixels of any device.
MOST_OBLONG = 64
# What these measure is not the patient, whom a beam shows enlarged.
_MEASURED_AT = {"ImagerPixelSpacing": "detector", "NominalScannedPixelSpacing": "film"}
_PHYSICAL = ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing")
_PAIR = 2
# VR SL and IS hold no number farther away (PS3.5 6.2).
_FARTHEST = 1 << 31


@dataclass(frozen=True, slots=True)
class PixelSpacing:
    """The distance of pixel centres.

    Attributes
    ----------
    between_rows, between_columns : float
        Vertical and horizontal distance: in mm, or as a bare ratio.
    in_mm : bool
        False where only Pixel Aspect Ratio is known.
    keyword : str
        The attribute that said so.
    """

    between_rows: float
    between_columns: float
    in_mm: bool
    keyword: str

    @property
    def measured_at(self) -> str:
        """Where the distance lies: at the patient, the detector or the film."""
        return _MEASURED_AT.get(self.keyword, "patient")

    @property
    def aspect(self) -> float | None:
        """A pixel's height in widths; None where no pixel is so oblong."""
        # The ratio of two finite numbers may be 0 or infinite.
        ratio = self.between_rows / self.between_columns
        return ratio if 1 / MOST_OBLONG <= ratio <= MOST_OBLONG else None


def pixel_spacing(ds: Dataset, frame: int = 0) -> PixelSpacing | None:
    """Find the spacing of a frame, or None where nothing usable states it."""
    scoped, _ = scope(ds, frame, "PixelMeasuresSequence")
    for place, keyword in ((scoped, "PixelSpacing"), *((ds, name) for name in _PHYSICAL)):
        pair = positive_pair(place, keyword)
        if pair:
            return PixelSpacing(*pair, in_mm=True, keyword=keyword)
    pair = positive_pair(ds, "PixelAspectRatio")
    return PixelSpacing(*pair, in_mm=False, keyword="PixelAspectRatio") if pair else None


def positive_pair(ds: Dataset, keyword: str) -> tuple[float, float] | None:
    """Read two numbers above 0: between rows, and between columns."""
    values = numbers(ds, keyword)
    if len(values) != _PAIR or min(values) <= 0:
        return None
    return values[0], values[1]


def places(ds: Dataset, keyword: str) -> tuple[int, ...]:
    """Read rows and columns, which may lie anywhere that arithmetic can go."""
    return tuple(min(max(one, -_FARTHEST), _FARTHEST) for one in integers(ds, keyword))
