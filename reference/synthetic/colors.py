"""Palettes, RGB and YBR."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from pydicom.uid import EnhancedCTImageStorage

from reference.synthetic.making import SIDE, make_color, make_gray, ramp, set_pixels, window

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

__all__ = ["COLOR_MAKERS"]


def _colors(dtype: str) -> NDArray[np.unsignedinteger]:
    top = np.iinfo(dtype).max
    y, x = np.mgrid[0 : 1 : SIDE * 1j, 0 : 1 : SIDE * 1j]
    colors = np.stack([x, y, (x + 1 - y) / 2], axis=-1)
    return np.asarray(np.rint(colors * top)).astype(dtype)


def _palette(
    stored: NDArray[np.integer], first: int, tables: NDArray[np.integer], bits: int, dtype: str
) -> Dataset:
    ds = make_gray(stored, stored.dtype.itemsize * 8, photometric="PALETTE COLOR")
    for color, table in zip(("Red", "Green", "Blue"), tables, strict=True):
        keyword = f"{color}PaletteColorLookupTable"
        setattr(ds, f"{keyword}Descriptor", [len(table) % 65536, first, bits])
        setattr(ds, f"{keyword}Data", table.astype(dtype).tobytes())
    return ds


def _tables(count: int, top: int) -> NDArray[np.int64]:
    x = np.linspace(0, 1, count)
    tables: NDArray[np.int64] = np.rint(np.stack([x, 1 - x, np.abs(2 * x - 1)]) * top).astype(int)
    return tables


def _palette_16() -> Dataset:
    return _palette(ramp(0, 255, "<u1"), 0, _tables(256, 65535), 16, "<u2")


def _palette_8() -> Dataset:
    return _palette(ramp(0, 255, "<u1"), 0, _tables(256, 255), 8, "<u1")


def _palette_8_in_16() -> Dataset:
    return _palette(ramp(0, 255, "<u1"), 0, _tables(256, 255), 16, "<u2")


def _palette_first() -> Dataset:
    return _palette(ramp(0, 255, "<u1"), 50, _tables(100, 65535), 16, "<u2")


def _palette_65536() -> Dataset:
    return _palette(ramp(0, 65535, "<u2"), 0, _tables(65536, 65535), 16, "<u2")


def _palette_12() -> Dataset:
    return _palette(ramp(0, 4095, "<u2"), 0, _tables(4096, 4095), 12, "<u2")


def _palette_segmented() -> Dataset:
    ds = _palette(ramp(0, 255, "<u1"), 0, _tables(256, 65535), 16, "<u2")
    # 56 entries of 1000 one by one, 100 on a line to 41000, 50 more to 60000, then 50 like
    # the first 50 of the discrete segment, which starts at word 0.
    flat = [0, 50, *([1000] * 50), 0, 6, *([1000] * 6)]
    words = [*flat, 1, 100, 41000, 1, 50, 60000, 2, 1, 0, 0]
    for color in ("Red", "Green", "Blue"):
        keyword = f"{color}PaletteColorLookupTableData"
        delattr(ds, keyword)
        setattr(ds, f"Segmented{keyword}", np.asarray(words, "<u2").tobytes())
    return ds


def _supplemental_palette() -> Dataset:
    ds = _palette(ramp(0, 4095, "<u2"), 3000, _tables(1096, 65535), 16, "<u2")
    ds.SOPClassUID = EnhancedCTImageStorage
    ds.PhotometricInterpretation, ds.PixelPresentation = "MONOCHROME2", "COLOR"
    return window(ds, 1500, 2500)


def _rgb_16() -> Dataset:
    return make_color(_colors("<u2"), "RGB")


def _rgb_signed() -> Dataset:
    colors = _colors("<u1")
    return make_color((colors ^ np.uint8(0x80)).view("<i1"), "RGB")


def _rgb_planar() -> Dataset:
    return make_color(_colors("<u1"), "RGB", planar=1)


def _rgb_windowed() -> Dataset:
    return window(make_color(_colors("<u1"), "RGB"), 100, 50)


def _rgb_12_in_16() -> Dataset:
    ds = make_color((_colors("<u2") >> 4).astype("<u2"), "RGB")
    ds.BitsStored, ds.HighBit = 12, 11
    return ds


def _ybr_full() -> Dataset:
    return make_color(_colors("<u1"), "YBR_FULL")


def _ybr_full_planar() -> Dataset:
    return make_color(_colors("<u1"), "YBR_FULL", planar=1)


def _ybr_full_422() -> Dataset:
    colors = _colors("<u1")
    ds = make_color(colors, "YBR_FULL_422")
    luma, chroma = colors[..., 0], colors[:, ::2, 1:]
    pairs = np.stack([luma[:, ::2], luma[:, 1::2], chroma[..., 0], chroma[..., 1]], axis=-1)
    set_pixels(ds, pairs)
    return ds


COLOR_MAKERS: Final[tuple[Callable[[], Dataset], ...]] = (
    _palette_16,
    _palette_8,
    _palette_8_in_16,
    _palette_first,
    _palette_65536,
    _palette_12,
    _palette_segmented,
    _supplemental_palette,
    _rgb_16,
    _rgb_signed,
    _rgb_planar,
    _rgb_windowed,
    _rgb_12_in_16,
    _ybr_full,
    _ybr_full_planar,
    _ybr_full_422,
)
"""What makes each dataset; the functions' names say what is in it."""
