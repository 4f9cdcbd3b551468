"""The range of stored values that have a meaning of their own, which no picture stretches."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dicomkit.dataset.elements.attributes import integer, text
from dicomkit.notes import Note

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.image_pixel import ImageDescription

__all__ = ["StatedRange", "is_label_map", "stated_range"]

# Their values are P-Values unless there is a VOI LUT (PS3.3 A.8.3.4, A.8.4.4).
_P_VALUES = (
    "1.2.840.10008.5.1.4.1.1.7.2",  # Multi-frame Grayscale Byte Secondary Capture Image Storage
    "1.2.840.10008.5.1.4.1.1.7.3",  # Multi-frame Grayscale Word Secondary Capture Image Storage
)


class StatedRange(NamedTuple):
    """From which stored value to which the meaning reaches, and who says so."""

    low: int
    high: int
    source: str


def stated_range(ds: Dataset, image: ImageDescription, notes: list[Note]) -> StatedRange | None:
    """Give the range that the class or the depth of an image states, or None.

    One bit is off or on, and so is a BINARY segmentation; a FRACTIONAL one is stored over its
    Maximum Fractional Value (PS3.3 C.8.20.2); multi-frame secondary captures hold P-Values.
    """
    if image.kind != "integer":
        return None
    if image.bits_stored == 1:
        return StatedRange(0, 1, "one bit: off and on")
    kind = text(ds, "SegmentationType")
    if kind == "BINARY":
        return StatedRange(0, 1, "a BINARY segmentation: off and on")
    if kind == "FRACTIONAL":
        most = integer(ds, "MaximumFractionalValue", notes)
        if most is None or most < 1:
            most = image.stored_range[1]
            message = f"Maximum Fractional Value is missing or not above 0: {most} assumed"
            notes.append(Note("fraction_assumed", message))
        return StatedRange(0, most, "a FRACTIONAL segmentation: 0 to Maximum Fractional Value")
    if text(ds, "SOPClassUID") in _P_VALUES:
        return StatedRange(*image.stored_range, "P-Values: the range of Bits Stored")
    return None


def is_label_map(ds: Dataset) -> bool:
    """Tell whether stored values are the numbers of segments (PS3.3 C.8.20.2)."""
    return text(ds, "SegmentationType") == "LABELMAP"
