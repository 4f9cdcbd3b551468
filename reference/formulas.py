"""Views and pictures worked out in numpy, each from the clause that its function names.

Nothing here uses dicomkit, and pydicom reads the pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.pixels.utils import pixel_array

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

__all__ = [
    "View",
    "colored",
    "exact",
    "is_drawn_by_formula",
    "is_label_map",
    "is_supplemented",
    "labelled",
    "stored_frames",
    "view",
]

_WHITE: Final = 255
_WORD: Final = 65535
_FLOAT: Final = ("FloatPixelData", "DoubleFloatPixelData")
_RESCALE: Final = ("RescaleSlope", "RescaleIntercept")
_COLORS: Final = ("Red", "Green", "Blue")
# PS3.3 C.7.6.3.1.2, solved for RGB with the weights .299, .587 and .114 of luminance.
_RGB_OF_YBR: Final = np.linalg.inv(
    [
        [0.299, 0.587, 0.114],
        [-0.299 / 1.772, -0.587 / 1.772, 0.5],
        [0.5, -0.587 / 1.402, -0.114 / 1.402],
    ]
)


@dataclass(frozen=True, slots=True)
class View:
    """A view that the file does not hold, as elements for DCMTK, and what it is."""

    elements: Dataset
    what: str


def view(
    parts: Sequence[Dataset], frames: Callable[[], Sequence[NDArray[np.number]]]
) -> View | None:
    """Work out the view that DCMTK cannot find, or None where its own is meant.

    `parts` say each what holds for some of the frames, whose stored values `frames` gives.
    """
    ds = parts[0]
    if ds.SamplesPerPixel != 1 or ds.PhotometricInterpretation == "PALETTE COLOR":
        return None
    kind = ds.get("SegmentationType")
    if kind in ("FRACTIONAL", "BINARY") or ds.BitsStored == 1:
        return _meaning(ds, kind, frames())
    rescaled_apart = len({_rescale(part) for part in parts}) > 1
    if not rescaled_apart and not any("PixelPaddingValue" in part for part in parts):
        return None
    said = list(zip(parts, frames(), strict=True))
    ends = _full_range(said)
    padded = any(_is_padding(part, stored).any() for part, stored in said)
    if ends is None or not (padded or rescaled_apart):
        return None
    what = (
        "the range of all frames, each rescaled, as a window (C.7.6.16)"
        if rescaled_apart
        else "the range without padding as a window (C.7.5.1.1.2)"
    )
    return View(_between(*ends), what)


def _meaning(ds: Dataset, kind: str | None, frames: Sequence[NDArray[np.number]]) -> View | None:
    if kind == "FRACTIONAL":
        most = ds.MaximumFractionalValue
        return View(_between(0, most), "0 to Maximum Fractional Value as a window (C.8.20.2)")
    values = np.unique(np.concatenate([frame.ravel() for frame in frames]))
    # Where there are both, DCMTK's range is what they mean.
    return None if values.size > 1 else View(_between(0, 1), "0 to 1 as a window (C.8.20.2)")


def is_drawn_by_formula(ds: Dataset) -> bool:
    """Say whether DCMTK has no picture of such pixels at all."""
    return any(keyword in ds for keyword in _FLOAT)


def exact(ds: Dataset) -> NDArray[np.float64]:
    """Give the levels from 0 to 255, not rounded, of an image without a view or of YBR_FULL.

    Its shape is (frames, rows, columns), and three samples last in colour.
    """
    stored = stored_frames(ds).astype(np.float64)
    if ds.PhotometricInterpretation.startswith("YBR_FULL"):
        levels = (stored - [0, 128, 128]) @ _RGB_OF_YBR.T
    else:
        values = _rescaled(ds, stored)
        low, high = _full_range([(ds, stored)]) or (0, 1)
        # The LINEAR window with c = (low + high + 1) / 2 and w = high - low + 1 (C.11.2.1.2.1),
        # and the LINEAR_EXACT one from end to end (C.11.2.1.3.2).
        levels = (values - low) / (high - low) * _WHITE
        if ds.PhotometricInterpretation == "MONOCHROME1":
            levels = _WHITE - levels
    finite = np.nan_to_num(levels, nan=0, posinf=_WHITE, neginf=0)
    drawn: NDArray[np.float64] = np.clip(finite, 0, _WHITE)
    return drawn


def is_label_map(ds: Dataset) -> bool:
    """Say whether pixels are numbers of segments that have colours of their own (C.8.20.2)."""
    gray = ds.PhotometricInterpretation != "PALETTE COLOR"
    return bool(ds.get("SegmentationType") == "LABELMAP" and gray)


def labelled(ds: Dataset) -> list[NDArray[np.uint8]]:
    """Colour a label map as highdicom converts the CIELab values of its segments."""
    from highdicom.color import CIELabColor

    stored = stored_frames(ds)
    drawn = np.zeros((*stored.shape, 3), np.uint8)
    for segment in ds.SegmentSequence:
        color = CIELabColor.from_dicom_value(segment.RecommendedDisplayCIELabValue)
        drawn[stored == segment.SegmentNumber] = color.to_rgb()
    # The standard names no colour for the background: black is dicomkit's choice.
    drawn[stored == ds.get("PixelPaddingValue", 0)] = 0
    return [np.asarray(picture, np.uint8) for picture in drawn]


def is_supplemented(ds: Dataset) -> bool:
    """Say whether a palette colours the highest stored values of a grey image (C.7.6.19)."""
    photometric, presentation = ds.PhotometricInterpretation, ds.get("PixelPresentation")
    return (photometric, presentation) == ("MONOCHROME2", "COLOR")


def colored(ds: Dataset, grays: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.uint8]]:
    """Colour grey pictures from the Supplemental Palette's first mapped value on (C.7.6.19)."""
    pictures = []
    for gray, stored in zip(grays, stored_frames(ds), strict=True):
        channels = []
        for color in _COLORS:
            keyword = f"{color}PaletteColorLookupTable"
            count, first, bits = ds[f"{keyword}Descriptor"].value
            entries = np.frombuffer(ds[f"{keyword}Data"].value, f"<u{bits // 8}")
            index = np.clip(stored.astype(int) - first, 0, (count or _WORD + 1) - 1)
            levels = np.rint(entries[index] * (_WHITE / ((1 << bits) - 1))).astype(np.uint8)
            channels.append(np.where(stored >= first, levels, gray))
        pictures.append(np.stack(channels, axis=-1))
    return pictures


def stored_frames(ds: Dataset) -> NDArray[np.number]:
    """Read the stored values with pydicom: (frames, rows, columns), and samples in colour."""
    stored = pixel_array(ds, raw=True)
    color = int(ds.SamplesPerPixel > 1)
    return stored if stored.ndim == 3 + color else stored[np.newaxis]


def _rescale(ds: Dataset) -> tuple[float, float]:
    slope, intercept = (ds.get(keyword) for keyword in _RESCALE)
    return 1 if slope is None else float(slope), float(intercept or 0)


def _rescaled(ds: Dataset, stored: NDArray[np.number]) -> NDArray[np.float64]:
    slope, intercept = _rescale(ds)
    return stored.astype(np.float64) * slope + intercept


def _full_range(
    parts: Sequence[tuple[Dataset, NDArray[np.number]]],
) -> tuple[float, float] | None:
    """Give the lowest and the highest finite value in any frame, without padding."""
    meant = [
        values[np.isfinite(values)]
        for ds, stored in parts
        for values in [_rescaled(ds, stored[~_is_padding(ds, stored)])]
    ]
    values = np.concatenate(meant)
    return (float(values.min()), float(values.max())) if values.size else None


def _is_padding(ds: Dataset, stored: NDArray[np.number]) -> NDArray[np.bool_]:
    # C.7.5.1.1.2: inclusive, in either order.
    prefix = next((keyword.removesuffix("PixelData") for keyword in _FLOAT if keyword in ds), "")
    first = ds.get(f"{prefix}PixelPaddingValue")
    last = ds.get(f"{prefix}PixelPaddingRangeLimit", first)
    if first is None or last is None:
        return np.zeros(stored.shape, np.bool_)
    ends = (first, last) if prefix else (_as_stored(first, ds), _as_stored(last, ds))
    is_padding: NDArray[np.bool_] = (stored >= min(ends)) & (stored <= max(ends))
    return is_padding


def _as_stored(value: int, ds: Dataset) -> int:
    # A value of the other sign is the same bits.
    count = int(ds.BitsStored)
    bits = value & ((1 << count) - 1)
    is_negative = ds.PixelRepresentation == 1 and bits >> (count - 1)
    return bits - (1 << count) if is_negative else bits


def _between(low: float, high: float) -> Dataset:
    # C.11.2.1.2.1 solved for the window whose ramp begins at low and ends at high.
    elements = Dataset()
    elements.WindowCenter, elements.WindowWidth = (low + high + 1) / 2, high - low + 1
    return elements
