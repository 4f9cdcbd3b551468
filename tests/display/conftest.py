"""Making images in memory from arrays of stored values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pytest
from pydicom.dataset import Dataset

if TYPE_CHECKING:
    import numpy.typing as npt

_PIXELS = {"f4": "FloatPixelData", "f8": "DoubleFloatPixelData"}


class MakeImage(Protocol):
    """Makes a greyscale image; an axis before rows and columns is one of frames."""

    def __call__(self, stored: npt.ArrayLike, dtype: str = "u2", **elements: object) -> Dataset: ...


def make_image(stored: npt.ArrayLike, dtype: str = "u2", **elements: object) -> Dataset:
    array = np.atleast_2d(np.asarray(stored, np.dtype(f"<{dtype}")))
    ds = Dataset()
    ds.set_original_encoding(is_implicit_vr=False, is_little_endian=True)
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = array.shape[-2:]
    if array.ndim > 2:
        ds.NumberOfFrames = len(array)
    ds.BitsAllocated = bits = 8 * array.itemsize
    if dtype not in _PIXELS:
        ds.BitsStored, ds.HighBit = bits, bits - 1
        ds.PixelRepresentation = int(dtype.startswith("i"))
    if "BitsStored" in elements:
        elements.setdefault("HighBit", int(str(elements["BitsStored"])) - 1)
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    pixels: Any = array.tobytes()
    setattr(ds, _PIXELS.get(dtype, "PixelData"), pixels + b"\0" * (len(pixels) % 2))
    return ds


@pytest.fixture(scope="session")
def grey() -> MakeImage:
    return make_image


def make_item(**elements: object) -> Dataset:
    ds = Dataset()
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


@pytest.fixture(scope="session")
def item() -> Any:  # noqa: ANN401 - a maker of datasets
    """Give the maker of sequence items."""
    return make_item
