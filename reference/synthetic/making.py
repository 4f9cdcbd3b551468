"""Images made of arrays, and what several of the made datasets hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    ExplicitVRLittleEndian,
    SecondaryCaptureImageStorage,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SIDE", "curve", "lut", "make_color", "make_gray", "ramp", "set_pixels", "window"]

_UID: Final = "1.2.826.0.1.3680043.8.498.9"
SIDE: Final = 64


def make_gray(
    stored: NDArray[np.integer],
    bits: int,
    *,
    high_bit: int | None = None,
    photometric: str = "MONOCHROME2",
) -> Dataset:
    """Make a grey image without a view, and without a Modality step.

    Stored values of shape (rows, columns), or (frames, rows, columns).
    """
    ds = _image(stored, photometric, samples=1)
    ds.Rows, ds.Columns = stored.shape[-2:]
    if stored.ndim > len(("rows", "columns")):
        ds.NumberOfFrames = len(stored)
    ds.BitsStored = bits
    ds.HighBit = bits - 1 if high_bit is None else high_bit
    return ds


def make_color(stored: NDArray[np.integer], photometric: str, planar: int = 0) -> Dataset:
    """Make an image of three samples a pixel, planar configuration as asked."""
    ds = _image(stored, photometric, samples=3)
    ds.PlanarConfiguration = planar
    if planar:
        set_pixels(ds, np.moveaxis(stored, -1, 0))
    return ds


def _image(stored: NDArray[np.integer], photometric: str, *, samples: int) -> Dataset:
    ds = Dataset()
    ds.SOPClassUID = SecondaryCaptureImageStorage
    ds.SOPInstanceUID = _UID
    ds.Modality = "OT"
    ds.SamplesPerPixel = samples
    ds.PhotometricInterpretation = photometric
    ds.Rows, ds.Columns = stored.shape[:2]
    ds.BitsAllocated = ds.BitsStored = stored.dtype.itemsize * 8
    ds.HighBit = ds.BitsStored - 1
    ds.PixelRepresentation = int(stored.dtype.kind == "i")
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    set_pixels(ds, stored)
    return ds


def set_pixels(ds: Dataset, stored: NDArray[np.integer]) -> None:
    """Put stored values into an image, padded to an even length."""
    ds.PixelData = stored.tobytes() + b"\0" * (stored.nbytes % 2)
    ds["PixelData"].VR = "OB" if stored.itemsize == 1 else "OW"


def ramp(low: int, high: int, dtype: str, side: int = SIDE) -> NDArray[np.integer]:
    """Give values that rise evenly from the first pixel to the last."""
    values = np.linspace(low, high, side * side).reshape(side, side)
    return np.asarray(np.rint(values)).astype(dtype)


def window(ds: Dataset, center: float, width: float, function: str = "") -> Dataset:
    """Give an image a window, and say how it is applied."""
    ds.WindowCenter, ds.WindowWidth = center, width
    if function:
        ds.VOILUTFunction = function
    return ds


def lut(first: int, entries: NDArray[np.integer], bits: int, *, signed: bool = False) -> Dataset:
    """Make the item of a lookup table."""
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if signed else "US", [len(entries) % 65536, first, bits])
    item.add_new("LUTData", "OW", entries.astype("<u2").tobytes())
    return item


def curve(count: int, top: int) -> NDArray[np.int64]:
    """Give a table's entries, rising from 0 to the top like a square root."""
    curve: NDArray[np.int64] = np.rint(top * np.linspace(0, 1, count) ** 0.5).astype(np.int64)
    return curve
