"""Datasets for what the corpora do not have, each made of one sentence of the standard."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    DigitalMammographyXRayImageStorageForPresentation,
    EnhancedCTImageStorage,
    ExplicitVRLittleEndian,
    MRImageStorage,
    MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    XRayAngiographicImageStorage,
    XRayRadiofluoroscopicImageStorage,
)

from reference.streams import STREAM_MAKERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

__all__ = ["SYNTHETIC"]

_UID: Final = "1.2.826.0.1.3680043.8.498.9"
_SIDE: Final = 64


def _gray(
    stored: NDArray[np.integer],
    bits: int,
    *,
    high_bit: int | None = None,
    photometric: str = "MONOCHROME2",
) -> Dataset:
    ds = _image(stored, photometric, samples=1)
    ds.BitsStored = bits
    ds.HighBit = bits - 1 if high_bit is None else high_bit
    return ds


def _color(stored: NDArray[np.integer], photometric: str, planar: int = 0) -> Dataset:
    ds = _image(stored, photometric, samples=3)
    ds.PlanarConfiguration = planar
    if planar:
        _set_pixels(ds, np.moveaxis(stored, -1, 0))
    return ds


def _image(stored: NDArray[np.integer], photometric: str, *, samples: int) -> Dataset:
    ds = Dataset()
    ds.SOPClassUID = MultiFrameGrayscaleWordSecondaryCaptureImageStorage
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
    _set_pixels(ds, stored)
    return ds


def _set_pixels(ds: Dataset, stored: NDArray[np.integer]) -> None:
    ds.PixelData = stored.tobytes() + b"\0" * (stored.nbytes % 2)
    ds["PixelData"].VR = "OB" if stored.itemsize == 1 else "OW"


def _ramp(low: int, high: int, dtype: str, side: int = _SIDE) -> NDArray[np.integer]:
    values = np.linspace(low, high, side * side).reshape(side, side)
    return np.asarray(np.rint(values)).astype(dtype)


def _window(ds: Dataset, center: float, width: float, function: str = "") -> Dataset:
    ds.WindowCenter, ds.WindowWidth = center, width
    if function:
        ds.VOILUTFunction = function
    return ds


def _lut(first: int, entries: NDArray[np.integer], bits: int, *, signed: bool = False) -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if signed else "US", [len(entries) % 65536, first, bits])
    item.add_new("LUTData", "OW", entries.astype("<u2").tobytes())
    return item


def _curve(count: int, top: int) -> NDArray[np.int64]:
    curve: NDArray[np.int64] = np.rint(top * np.linspace(0, 1, count) ** 0.5).astype(np.int64)
    return curve


def _colors(dtype: str) -> NDArray[np.unsignedinteger]:
    top = np.iinfo(dtype).max
    y, x = np.mgrid[0 : 1 : _SIDE * 1j, 0 : 1 : _SIDE * 1j]
    colors = np.stack([x, y, (x + 1 - y) / 2], axis=-1)
    return np.asarray(np.rint(colors * top)).astype(dtype)


def _palette(
    stored: NDArray[np.integer], first: int, tables: NDArray[np.integer], bits: int, dtype: str
) -> Dataset:
    ds = _gray(stored, stored.dtype.itemsize * 8, photometric="PALETTE COLOR")
    for color, table in zip(("Red", "Green", "Blue"), tables, strict=True):
        keyword = f"{color}PaletteColorLookupTable"
        setattr(ds, f"{keyword}Descriptor", [len(table) % 65536, first, bits])
        setattr(ds, f"{keyword}Data", table.astype(dtype).tobytes())
    return ds


def _tables(count: int, top: int) -> NDArray[np.int64]:
    x = np.linspace(0, 1, count)
    tables: NDArray[np.int64] = np.rint(np.stack([x, 1 - x, np.abs(2 * x - 1)]) * top).astype(int)
    return tables


def _linear() -> Dataset:
    return _window(_gray(_ramp(0, 4095, "<u2"), 12), 1000, 500)


def _linear_fractional() -> Dataset:
    return _window(_gray(_ramp(0, 255, "<u2"), 12), 100.25, 77.5)


def _linear_one() -> Dataset:
    return _window(_gray(_ramp(0, 255, "<u1"), 8), 128, 1)


def _linear_two() -> Dataset:
    return _window(_gray(_ramp(0, 255, "<u1"), 8), 128, 2)


def _linear_exact() -> Dataset:
    return _window(_gray(_ramp(0, 4095, "<u2"), 12), 1000, 20, "LINEAR_EXACT")


def _linear_exact_one() -> Dataset:
    return _window(_gray(_ramp(0, 255, "<u1"), 8), 128, 1, "LINEAR_EXACT")


def _sigmoid() -> Dataset:
    return _window(_gray(_ramp(0, 4095, "<u2"), 12), 1500, 900, "SIGMOID")


def _monochrome1() -> Dataset:
    return _window(_gray(_ramp(0, 4095, "<u2"), 12, photometric="MONOCHROME1"), 1000, 500)


def _monochrome1_no_view() -> Dataset:
    return _gray(_ramp(100, 4000, "<u2"), 12, photometric="MONOCHROME1")


def _monochrome1_sigmoid() -> Dataset:
    ds = _gray(_ramp(0, 4095, "<u2"), 12, photometric="MONOCHROME1")
    return _window(ds, 1500, 900, "SIGMOID")


def _monochrome1_lut() -> Dataset:
    ds = _gray(_ramp(0, 4095, "<u2"), 12, photometric="MONOCHROME1")
    ds.VOILUTSequence = Sequence([_lut(0, _curve(4096, 4095), 12)])
    return ds


def _shape_inverse() -> Dataset:
    ds = _linear()
    ds.PresentationLUTShape = "INVERSE"
    return ds


def _shape_inverse_monochrome1() -> Dataset:
    ds = _monochrome1()
    ds.PresentationLUTShape = "INVERSE"
    return ds


def _shape_identity_monochrome1() -> Dataset:
    ds = _monochrome1()
    ds.PresentationLUTShape = "IDENTITY"
    return ds


def _rescale() -> Dataset:
    ds = _window(_gray(_ramp(0, 4095, "<u2"), 12), 40, 400)
    ds.RescaleSlope, ds.RescaleIntercept = "1", "-1024"
    return ds


def _rescale_negative() -> Dataset:
    ds = _gray(_ramp(0, 4095, "<u2"), 12)
    ds.RescaleSlope, ds.RescaleIntercept = "-2", "3000"
    return ds


def _rescale_fraction() -> Dataset:
    ds = _window(_gray(_ramp(0, 4095, "<u2"), 12), 2.0, 1001.0)
    ds.RescaleSlope, ds.RescaleIntercept = "0.377", "-300.5"
    return ds


def _modality_lut() -> Dataset:
    ds = _window(_gray(_ramp(0, 4095, "<u2"), 12), 30000, 40001)
    item = _lut(0, _curve(4096, 65535), 16)
    item.ModalityLUTType = "US"
    ds.ModalityLUTSequence = Sequence([item])
    return ds


def _modality_lut_signed() -> Dataset:
    ds = _gray(_ramp(-2048, 2047, "<i2"), 12)
    item = _lut(-1000, _curve(2000, 4095), 12, signed=True)
    item.ModalityLUTType = "US"
    ds.ModalityLUTSequence = Sequence([item])
    return ds


def _modality_lut_and_rescale() -> Dataset:
    ds = _modality_lut()
    ds.RescaleSlope, ds.RescaleIntercept = "2", "-5000"
    return ds


def _voi_lut() -> Dataset:
    ds = _gray(_ramp(0, 4095, "<u2"), 12)
    ds.VOILUTSequence = Sequence([_lut(0, _curve(4096, 65535), 16)])
    return ds


def _voi_lut_clamped() -> Dataset:
    ds = _gray(_ramp(0, 4095, "<u2"), 12)
    ds.VOILUTSequence = Sequence([_lut(1000, _curve(2000, 1023), 10)])
    return ds


def _voi_lut_lying() -> Dataset:
    ds = _gray(_ramp(0, 255, "<u1"), 8)
    ds.VOILUTSequence = Sequence([_lut(0, _curve(256, 4095), 16)])
    return ds


def _voi_lut_rescaled() -> Dataset:
    ds = _gray(_ramp(0, 4095, "<u2"), 12)
    ds.RescaleSlope, ds.RescaleIntercept = "1", "-1024"
    ds.VOILUTSequence = Sequence([_lut(-1024, _curve(4096, 4095), 12, signed=True)])
    return ds


def _voi_lut_and_window() -> Dataset:
    return _window(_voi_lut(), 1000, 500)


def _signed_12() -> Dataset:
    # The bits above High Bit belong to nobody: here they contradict the sign.
    stored = (_ramp(-2048, 2047, "<i2") & 0x0FFF).astype("<i2") | np.int16(0x5000)
    return _window(_gray(stored, 12), 100, 1000)


def _signed_8() -> Dataset:
    return _window(_gray(_ramp(-128, 127, "<i1"), 8), -20, 101)


def _signed_no_view() -> Dataset:
    return _gray(_ramp(-700, 1900, "<i2"), 16)


def _high_bit_14() -> Dataset:
    stored = (_ramp(0, 4095, "<u2") << 3 | 0x8005).astype("<u2")
    return _window(_gray(stored, 12, high_bit=14), 1000, 500)


def _bits_32() -> Dataset:
    return _window(_gray(_ramp(0, 2**31, "<u4"), 32), 2**30, 2**29)


def _bits_32_signed() -> Dataset:
    return _gray(_ramp(-(2**30), 2**30, "<i4"), 32)


def _bit() -> Dataset:
    ds = _gray(_ramp(0, 1, "<u1"), 1)
    ds.BitsAllocated = 1
    _set_pixels(ds, np.packbits(_ramp(0, 1, "<u1"), bitorder="little"))
    return ds


def _padding() -> Dataset:
    stored = _ramp(0, 2000, "<i2")
    stored[:8] = -2000
    ds = _gray(stored, 16)
    ds.add_new("PixelPaddingValue", "SS", -2000)
    return ds


def _padding_range() -> Dataset:
    stored = _ramp(0, 2000, "<i2")
    stored[:8] = np.linspace(-2000, -1000, _SIDE)
    ds = _gray(stored, 16)
    ds.add_new("PixelPaddingValue", "SS", -2000)
    ds.add_new("PixelPaddingRangeLimit", "SS", -1000)
    return ds


def _padding_windowed() -> Dataset:
    return _window(_padding(), 900, 1200)


def _constant() -> Dataset:
    return _gray(np.full((_SIDE, _SIDE), 700, "<u2"), 12)


def _functional_groups() -> Dataset:
    frames = [_ramp(0, 4095, "<u2"), _ramp(4095, 0, "<u2")]
    ds = _gray(frames[0], 12)
    ds.SOPClassUID = EnhancedCTImageStorage
    ds.NumberOfFrames = 2
    _set_pixels(ds, np.concatenate(frames))
    ds.PerFrameFunctionalGroupsSequence = Sequence()
    for center, intercept in ((40, -1024), (300, -200)):
        view, values, group = Dataset(), Dataset(), Dataset()
        view.WindowCenter, view.WindowWidth = center, 400
        values.RescaleSlope, values.RescaleIntercept, values.RescaleType = 1, intercept, "HU"
        group.FrameVOILUTSequence = Sequence([view])
        group.PixelValueTransformationSequence = Sequence([values])
        ds.PerFrameFunctionalGroupsSequence.append(group)
    shared = Dataset()
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    return ds


def _shared_functional_groups() -> Dataset:
    ds = _functional_groups()
    ds.SharedFunctionalGroupsSequence[0].update(ds.PerFrameFunctionalGroupsSequence[0])
    del ds.PerFrameFunctionalGroupsSequence
    return ds


def _narrow_and_real() -> Dataset:
    # A real-world value of 0.01 a step, with the width below 1 that LINEAR does not allow.
    ds = _window(_gray(_ramp(0, 100, "<u2"), 12), 0.5, 0.8)
    ds.RescaleSlope, ds.RescaleIntercept = "0.01", "0"
    return ds


def _width_zero() -> Dataset:
    return _window(_gray(_ramp(100, 900, "<u2"), 12), 0, 0)


def _several_windows() -> Dataset:
    ds = _linear()
    ds.WindowCenter, ds.WindowWidth = [1000, 3000], [500, 100]
    return ds


def _beam_intensity() -> Dataset:
    ds = _window(_gray(_ramp(0, 4095, "<u2"), 12), 1000, 500)
    ds.SOPClassUID, ds.Modality = XRayAngiographicImageStorage, "XA"
    ds.PixelIntensityRelationship = "DISP"
    item = _lut(0, _curve(4096, 65535), 16)
    item.ModalityLUTType = "US"
    ds.ModalityLUTSequence = Sequence([item])
    return ds


def _fluoroscopy_rescaled() -> Dataset:
    ds = _window(_gray(_ramp(0, 4095, "<u2"), 12), 1000, 500)
    ds.SOPClassUID, ds.Modality = XRayRadiofluoroscopicImageStorage, "RF"
    ds.PixelIntensityRelationship = "LIN"
    ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = "2", "-500", "US"
    return ds


def _mammogram() -> Dataset:
    ds = _window(_gray(_ramp(0, 4095, "<u2"), 12, photometric="MONOCHROME1"), 2000, 3000)
    ds.SOPClassUID, ds.Modality = DigitalMammographyXRayImageStorageForPresentation, "MG"
    ds.PixelIntensityRelationship, ds.PixelIntensityRelationshipSign = "LOG", 1
    ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = "1", "0", "US"
    ds.PresentationLUTShape = "INVERSE"
    return ds


def _mr_window_of_stored() -> Dataset:
    # The window fits the stored values, the rescale leads far away from it.
    ds = _window(_gray(_ramp(0, 1000, "<u2"), 12), 500, 1000)
    ds.SOPClassUID, ds.Modality = MRImageStorage, "MR"
    ds.RescaleSlope, ds.RescaleIntercept = "0.001", "0"
    return ds


def _mr_window_of_rescaled() -> Dataset:
    ds = _window(_gray(_ramp(0, 1000, "<u2"), 12), 1850, 3700)
    ds.SOPClassUID, ds.Modality = MRImageStorage, "MR"
    ds.RescaleSlope, ds.RescaleIntercept = "3.7", "0"
    return ds


def _palette_16() -> Dataset:
    return _palette(_ramp(0, 255, "<u1"), 0, _tables(256, 65535), 16, "<u2")


def _palette_8() -> Dataset:
    return _palette(_ramp(0, 255, "<u1"), 0, _tables(256, 255), 8, "<u1")


def _palette_8_in_16() -> Dataset:
    return _palette(_ramp(0, 255, "<u1"), 0, _tables(256, 255), 16, "<u2")


def _palette_first() -> Dataset:
    return _palette(_ramp(0, 255, "<u1"), 50, _tables(100, 65535), 16, "<u2")


def _palette_65536() -> Dataset:
    return _palette(_ramp(0, 65535, "<u2"), 0, _tables(65536, 65535), 16, "<u2")


def _palette_12() -> Dataset:
    return _palette(_ramp(0, 4095, "<u2"), 0, _tables(4096, 4095), 12, "<u2")


def _palette_segmented() -> Dataset:
    ds = _palette(_ramp(0, 255, "<u1"), 0, _tables(256, 65535), 16, "<u2")
    # 56 entries of 1000 one by one, 100 on a line to 41000, 50 more to 60000, then 50 like
    # the first 50 of the discrete segment, which starts at word 0.
    flat = [0, 50, *([1000] * 50), 0, 6, *([1000] * 6)]
    words = [*flat, 1, 100, 41000, 1, 50, 60000, 2, 1, 0, 0]
    for color in ("Red", "Green", "Blue"):
        keyword = f"{color}PaletteColorLookupTableData"
        delattr(ds, keyword)
        setattr(ds, f"Segmented{keyword}", np.asarray(words, "<u2").tobytes())
    return ds


def _rgb_16() -> Dataset:
    return _color(_colors("<u2"), "RGB")


def _rgb_signed() -> Dataset:
    colors = _colors("<u1")
    return _color((colors ^ np.uint8(0x80)).view("<i1"), "RGB")


def _rgb_planar() -> Dataset:
    return _color(_colors("<u1"), "RGB", planar=1)


def _rgb_windowed() -> Dataset:
    return _window(_color(_colors("<u1"), "RGB"), 100, 50)


def _rgb_12_in_16() -> Dataset:
    ds = _color((_colors("<u2") >> 4).astype("<u2"), "RGB")
    ds.BitsStored, ds.HighBit = 12, 11
    return ds


def _ybr_full() -> Dataset:
    return _color(_colors("<u1"), "YBR_FULL")


def _ybr_full_planar() -> Dataset:
    return _color(_colors("<u1"), "YBR_FULL", planar=1)


def _ybr_full_422() -> Dataset:
    colors = _colors("<u1")
    ds = _color(colors, "YBR_FULL_422")
    luma, chroma = colors[..., 0], colors[:, ::2, 1:]
    pairs = np.stack([luma[:, ::2], luma[:, 1::2], chroma[..., 0], chroma[..., 1]], axis=-1)
    _set_pixels(ds, pairs)
    return ds


def _overlay() -> Dataset:
    ds = _linear()
    plane = np.zeros((_SIDE, _SIDE), np.uint8)
    plane[10:20, 10:20] = 1
    ds.add_new(0x60000010, "US", _SIDE)
    ds.add_new(0x60000011, "US", _SIDE)
    ds.add_new(0x60000040, "CS", "G")
    ds.add_new(0x60000050, "SS", [1, 1])
    ds.add_new(0x60000100, "US", 1)
    ds.add_new(0x60000102, "US", 0)
    ds.add_new(0x60003000, "OW", np.packbits(plane, bitorder="little").tobytes())
    return ds


def _overlay_outside() -> Dataset:
    ds = _overlay()
    ds.add_new(0x60000050, "SS", [-5, 20])
    return ds


def _overlay_embedded() -> Dataset:
    stored = _ramp(0, 4095, "<u2")
    stored[10:20, 10:20] |= 0x1000
    ds = _window(_gray(stored, 12), 1000, 500)
    ds.add_new(0x60000010, "US", _SIDE)
    ds.add_new(0x60000011, "US", _SIDE)
    ds.add_new(0x60000040, "CS", "G")
    ds.add_new(0x60000050, "SS", [1, 1])
    ds.add_new(0x60000100, "US", 16)
    ds.add_new(0x60000102, "US", 12)
    return ds


_MAKERS: Final[tuple[Callable[[], Dataset], ...]] = (
    _linear,
    _linear_fractional,
    _linear_one,
    _linear_two,
    _linear_exact,
    _linear_exact_one,
    _sigmoid,
    _monochrome1,
    _monochrome1_no_view,
    _monochrome1_sigmoid,
    _monochrome1_lut,
    _shape_inverse,
    _shape_inverse_monochrome1,
    _shape_identity_monochrome1,
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
    _signed_12,
    _signed_8,
    _signed_no_view,
    _high_bit_14,
    _bits_32,
    _bits_32_signed,
    _bit,
    _padding,
    _padding_range,
    _padding_windowed,
    _constant,
    _functional_groups,
    _shared_functional_groups,
    _narrow_and_real,
    _width_zero,
    _several_windows,
    _beam_intensity,
    _fluoroscopy_rescaled,
    _mammogram,
    _mr_window_of_stored,
    _mr_window_of_rescaled,
    _palette_16,
    _palette_8,
    _palette_8_in_16,
    _palette_first,
    _palette_65536,
    _palette_12,
    _palette_segmented,
    _rgb_16,
    _rgb_signed,
    _rgb_planar,
    _rgb_windowed,
    _rgb_12_in_16,
    _ybr_full,
    _ybr_full_planar,
    _ybr_full_422,
    _overlay,
    _overlay_outside,
    _overlay_embedded,
    *STREAM_MAKERS,
)

SYNTHETIC: Final[Mapping[str, Callable[[], Dataset]]] = MappingProxyType(
    {maker.__name__.lstrip("_").replace("_", " "): maker for maker in _MAKERS}
)
"""What makes each dataset, by a name that says what is in it."""
