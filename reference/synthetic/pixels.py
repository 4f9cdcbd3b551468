"""Stored values: their bits, their sign, their padding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from pydicom.uid import ParametricMapStorage

from reference.synthetic.making import SIDE, make_gray, ramp, set_pixels, window

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

__all__ = ["PIXEL_MAKERS"]


def _signed_12() -> Dataset:
    # The bits above High Bit belong to nobody: here they contradict the sign.
    stored = (ramp(-2048, 2047, "<i2") & 0x0FFF).astype("<i2") | np.int16(0x5000)
    return window(make_gray(stored, 12), 100, 1000)


def _signed_8() -> Dataset:
    return window(make_gray(ramp(-128, 127, "<i1"), 8), -20, 101)


def _signed_no_view() -> Dataset:
    return make_gray(ramp(-700, 1900, "<i2"), 16)


def _high_bit_14() -> Dataset:
    stored = (ramp(0, 4095, "<u2") << 3 | 0x8005).astype("<u2")
    return window(make_gray(stored, 12, high_bit=14), 1000, 500)


def _bits_32() -> Dataset:
    return window(make_gray(ramp(0, 2**31, "<u4"), 32), 2**30, 2**29)


def _bits_32_signed() -> Dataset:
    return make_gray(ramp(-(2**30), 2**30, "<i4"), 32)


def _bit() -> Dataset:
    ds = make_gray(ramp(0, 1, "<u1"), 1)
    ds.BitsAllocated = 1
    set_pixels(ds, np.packbits(ramp(0, 1, "<u1"), bitorder="little"))
    return ds


def _float_pixels() -> Dataset:
    values = np.stack([ramp(0, 1000, "<f4") / 1000 - 0.25, ramp(0, 1000, "<f4") / 100])
    values[0, :8], values[1, -8:] = np.nan, -9999
    ds = make_gray(values.view("<i4"), 32)
    del ds.BitsStored, ds.HighBit, ds.PixelRepresentation, ds.PixelData
    ds.FloatPixelData, ds.FloatPixelPaddingValue = values.tobytes(), -9999.0
    ds.SOPClassUID = ParametricMapStorage
    return ds


def _padding() -> Dataset:
    stored = ramp(0, 2000, "<i2")
    stored[:8] = -2000
    ds = make_gray(stored, 16)
    ds.add_new("PixelPaddingValue", "SS", -2000)
    return ds


def _padding_range() -> Dataset:
    stored = ramp(0, 2000, "<i2")
    stored[:8] = np.linspace(-2000, -1000, SIDE)
    ds = make_gray(stored, 16)
    ds.add_new("PixelPaddingValue", "SS", -2000)
    ds.add_new("PixelPaddingRangeLimit", "SS", -1000)
    return ds


def _padding_of_the_other_sign() -> Dataset:
    ds = _padding()
    del ds.PixelPaddingValue
    # -2000 as an unsigned word.
    ds.add_new("PixelPaddingValue", "US", 65536 - 2000)
    return ds


def _padding_of_the_other_sign_in_12_bits() -> Dataset:
    stored = ramp(0, 1500, "<i2")
    stored[:8] = -2000
    ds = make_gray(stored, 12)
    ds.add_new("PixelPaddingValue", "US", 4096 - 2000)
    return ds


def _padding_that_is_negative() -> Dataset:
    stored = ramp(0, 2000, "<u2")
    stored[-8:] = 65535
    ds = make_gray(stored, 16)
    ds.add_new("PixelPaddingValue", "SS", -1)
    return ds


def _padding_windowed() -> Dataset:
    return window(_padding(), 900, 1200)


def _constant() -> Dataset:
    return make_gray(np.full((SIDE, SIDE), 700, "<u2"), 12)


PIXEL_MAKERS: Final[tuple[Callable[[], Dataset], ...]] = (
    _signed_12,
    _signed_8,
    _signed_no_view,
    _high_bit_14,
    _bits_32,
    _bits_32_signed,
    _bit,
    _float_pixels,
    _padding,
    _padding_range,
    _padding_of_the_other_sign,
    _padding_of_the_other_sign_in_12_bits,
    _padding_that_is_negative,
    _padding_windowed,
    _constant,
)
"""What makes each dataset; the functions' names say what is in it."""
