"""Several frames without a view: cines, tiles, planes of a dose, secondary captures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from pydicom.sequence import Sequence
from pydicom.uid import (
    MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    RTDoseStorage,
    UltrasoundMultiFrameImageStorage,
    VLWholeSlideMicroscopyImageStorage,
)

from reference.synthetic.making import SIDE, curve, lut, make_gray, ramp, set_pixels, window

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

__all__ = ["FRAME_MAKERS"]


def _ramps(ends: list[tuple[int, int]], dtype: str) -> NDArray[np.integer]:
    return np.stack([ramp(low, high, dtype) for low, high in ends])


def _cine() -> Dataset:
    ds = make_gray(_ramps([(10, 60), (0, 30), (20, 240), (100, 140)], "<u1"), 8)
    ds.SOPClassUID, ds.Modality = UltrasoundMultiFrameImageStorage, "US"
    return ds


def _cine_monochrome1() -> Dataset:
    ds = _cine()
    ds.PhotometricInterpretation = "MONOCHROME1"
    return ds


def _cine_rescaled() -> Dataset:
    ds = make_gray(_ramps([(-700, 0), (200, 1900)], "<i2"), 16)
    ds.RescaleSlope, ds.RescaleIntercept = "-3", "50"
    return ds


def _cine_with_a_constant_frame() -> Dataset:
    return make_gray(_ramps([(500, 500), (0, 4095)], "<u2"), 12)


def _cine_padded() -> Dataset:
    # The first frame is padding alone, the others hold some of it.
    stored = _ramps([(-2000, -2000), (0, 900), (300, 2000)], "<i2")
    stored[1:, :8] = -2000
    ds = make_gray(stored, 16)
    ds.add_new("PixelPaddingValue", "SS", -2000)
    return ds


def _tiles() -> Dataset:
    # One picture, bright to the lower right, cut into four.
    y, x = np.mgrid[: 2 * SIDE, : 2 * SIDE]
    whole = (20 + (x + y) * 0.8).astype("<u1")
    ds = make_gray(np.stack([half for row in np.split(whole, 2) for half in np.hsplit(row, 2)]), 8)
    ds.SOPClassUID, ds.Modality = VLWholeSlideMicroscopyImageStorage, "SM"
    ds.TotalPixelMatrixRows = ds.TotalPixelMatrixColumns = 2 * SIDE
    ds.DimensionOrganizationType = "TILED_FULL"
    return ds


def _dose_planes() -> Dataset:
    ds = make_gray(_ramps([(0, 600), (0, 60000), (0, 9000)], "<u4"), 32)
    ds.SOPClassUID, ds.Modality = RTDoseStorage, "RTDOSE"
    ds.DoseUnits, ds.DoseType, ds.DoseGridScaling = "GY", "PHYSICAL", "0.001"
    return ds


def _p_values_byte() -> Dataset:
    ds = make_gray(_ramps([(0, 100), (200, 200)], "<u1"), 8)
    ds.SOPClassUID = MultiFrameGrayscaleByteSecondaryCaptureImageStorage
    ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = "1", "0", "US"
    ds.PresentationLUTShape = "IDENTITY"
    return ds


def _p_values_word() -> Dataset:
    ds = make_gray(_ramps([(0, 1000), (500, 3000)], "<u2"), 12)
    ds.SOPClassUID = MultiFrameGrayscaleWordSecondaryCaptureImageStorage
    ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = "1", "0", "US"
    ds.PresentationLUTShape = "IDENTITY"
    return ds


def _p_values_windowed() -> Dataset:
    return window(_p_values_word(), 1000, 500)


def _p_values_with_a_voi_lut() -> Dataset:
    ds = _p_values_word()
    ds.VOILUTSequence = Sequence([lut(0, curve(4096, 4095), 12)])
    return ds


def _bit_frames() -> Dataset:
    # A frame of zeros, one of ones, and one of both.
    frames = _ramps([(0, 0), (1, 1), (0, 1)], "<u1")
    ds = make_gray(frames, 1)
    ds.BitsAllocated = 1
    set_pixels(ds, np.packbits(frames, bitorder="little"))
    return ds


FRAME_MAKERS: Final[tuple[Callable[[], Dataset], ...]] = (
    _cine,
    _cine_monochrome1,
    _cine_rescaled,
    _cine_with_a_constant_frame,
    _cine_padded,
    _tiles,
    _dose_planes,
    _p_values_byte,
    _p_values_word,
    _p_values_windowed,
    _p_values_with_a_voi_lut,
    _bit_frames,
)
"""What makes each dataset; the functions' names say what is in it."""
