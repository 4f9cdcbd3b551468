"""The Modality step, by a line or a table, and VOI LUTs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from reference.synthetic.making import curve, lut, make_gray, ramp, window

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TABLE_MAKERS"]


def _rescale() -> Dataset:
    ds = window(make_gray(ramp(0, 4095, "<u2"), 12), 40, 400)
    ds.RescaleSlope, ds.RescaleIntercept = "1", "-1024"
    return ds


def _rescale_negative() -> Dataset:
    ds = make_gray(ramp(0, 4095, "<u2"), 12)
    ds.RescaleSlope, ds.RescaleIntercept = "-2", "3000"
    return ds


def _rescale_fraction() -> Dataset:
    ds = window(make_gray(ramp(0, 4095, "<u2"), 12), 2.0, 1001.0)
    ds.RescaleSlope, ds.RescaleIntercept = "0.377", "-300.5"
    return ds


def _modality_lut() -> Dataset:
    ds = window(make_gray(ramp(0, 4095, "<u2"), 12), 30000, 40001)
    item = lut(0, curve(4096, 65535), 16)
    item.ModalityLUTType = "US"
    ds.ModalityLUTSequence = Sequence([item])
    return ds


def _modality_lut_signed() -> Dataset:
    ds = make_gray(ramp(-2048, 2047, "<i2"), 12)
    item = lut(-1000, curve(2000, 4095), 12, signed=True)
    item.ModalityLUTType = "US"
    ds.ModalityLUTSequence = Sequence([item])
    return ds


def _modality_lut_and_rescale() -> Dataset:
    ds = _modality_lut()
    ds.RescaleSlope, ds.RescaleIntercept = "2", "-5000"
    return ds


def _voi_lut() -> Dataset:
    ds = make_gray(ramp(0, 4095, "<u2"), 12)
    ds.VOILUTSequence = Sequence([lut(0, curve(4096, 65535), 16)])
    return ds


def _voi_lut_clamped() -> Dataset:
    ds = make_gray(ramp(0, 4095, "<u2"), 12)
    ds.VOILUTSequence = Sequence([lut(1000, curve(2000, 1023), 10)])
    return ds


def _voi_lut_lying() -> Dataset:
    ds = make_gray(ramp(0, 255, "<u1"), 8)
    ds.VOILUTSequence = Sequence([lut(0, curve(256, 4095), 16)])
    return ds


def _voi_lut_rescaled() -> Dataset:
    ds = make_gray(ramp(0, 4095, "<u2"), 12)
    ds.RescaleSlope, ds.RescaleIntercept = "1", "-1024"
    ds.VOILUTSequence = Sequence([lut(-1024, curve(4096, 4095), 12, signed=True)])
    return ds


def _voi_lut_and_window() -> Dataset:
    return window(_voi_lut(), 1000, 500)


def _empty_tables() -> Dataset:
    ds = _rescale_negative()
    ds.ModalityLUTSequence = Sequence([Dataset()])
    ds.VOILUTSequence = Sequence([lut(0, np.zeros(0, np.int64), 16)])
    return ds


TABLE_MAKERS: Final[tuple[Callable[[], Dataset], ...]] = (
    _rescale,
    _rescale_negative,
    _rescale_fraction,
    _modality_lut,
    _modality_lut_signed,
    _modality_lut_and_rescale,
    _voi_lut,
    _voi_lut_clamped,
    _voi_lut_lying,
    _voi_lut_rescaled,
    _voi_lut_and_window,
    _empty_tables,
)
"""What makes each dataset; the functions' names say what is in it."""
