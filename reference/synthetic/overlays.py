"""Overlay planes of their own and in the pixels' unused bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from reference.synthetic.making import SIDE, make_gray, ramp, window

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

__all__ = ["OVERLAY_MAKERS"]

_SQUARE: Final = np.s_[10:20, 10:20]


def _overlay() -> Dataset:
    ds = window(make_gray(ramp(0, 4095, "<u2"), 12), 1000, 500)
    plane = np.zeros((SIDE, SIDE), np.uint8)
    plane[_SQUARE] = 1
    _describe_plane(ds, bits_allocated=1, bit=0)
    ds.add_new(0x60003000, "OW", np.packbits(plane, bitorder="little").tobytes())
    return ds


def _overlay_outside() -> Dataset:
    ds = _overlay()
    ds.add_new(0x60000050, "SS", [-5, 20])
    return ds


def _overlay_embedded() -> Dataset:
    stored = ramp(0, 4095, "<u2")
    stored[_SQUARE] |= 0x1000
    ds = window(make_gray(stored, 12), 1000, 500)
    _describe_plane(ds, bits_allocated=16, bit=12)
    return ds


def _describe_plane(ds: Dataset, *, bits_allocated: int, bit: int) -> None:
    ds.add_new(0x60000010, "US", SIDE)
    ds.add_new(0x60000011, "US", SIDE)
    ds.add_new(0x60000040, "CS", "G")
    ds.add_new(0x60000050, "SS", [1, 1])
    ds.add_new(0x60000100, "US", bits_allocated)
    ds.add_new(0x60000102, "US", bit)


OVERLAY_MAKERS: Final[tuple[Callable[[], Dataset], ...]] = (
    _overlay,
    _overlay_outside,
    _overlay_embedded,
)
"""What makes each dataset; the functions' names say what is in it."""
