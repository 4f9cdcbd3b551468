"""The table, the pipeline step by step, and the functions composed by hand agree to the bit.

Each case takes the header of a real file, puts every value that its bits can store into one
image, and compares the three ways to its picture.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import FileMetaDataset
from pydicom.pixels.processing import apply_color_lut
from pydicom.uid import ExplicitVRLittleEndian

import dicomkit as dk
from dicomkit.dataset.modules.image_pixel import describe_image

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from pydicom.dataset import FileDataset

    from dicomkit.display.views import WindowLike

GREY = {
    "CT_small.dcm": "16 bits signed, rescale, padding, no window",
    "MR_small.dcm": "16 bits signed, one window",
    "bad_sequence.dcm": "12-bit CT, rescale, two windows",
    "J2K_pixelrep_mismatch.dcm": "13 bits signed, three windows",
    "693_UNCI.dcm": "14 bits signed, rescale, window, padding",
    "examples_overlay.dcm": "12-bit MR, two windows",
    "vlut_04.dcm": "VOI LUT",
    "mlut_18.dcm": "Modality LUT, 12 bits signed",
    "RG1_UNCI.dcm": "15 bits, MONOCHROME1",
    "RG3_UNCI.dcm": "10 bits, MONOCHROME1",
    "dicomdirtests/77654033/CR1/6154": "12 bits, MONOCHROME1, fractional rescale",
    "liver.dcm": "1 bit",
    "image_dfl.dcm": "8 bits, neither window nor rescale",
}
PALETTES = ["OBXXXX1A.dcm", "gdcm-US-ALOKA-16.dcm", "OT-PAL-8-face.dcm"]
OWN = (dk.Window(123.25, 77.5), dk.Window(-20.5, 0.3, "LINEAR_EXACT"), dk.Window(900, 1, "SIGMOID"))
TABLE = dk.LookupTable(-100, np.arange(4000) % 1024, 10)


def every_value(name: str) -> FileDataset:
    """Put every stored value that the file's header allows into one frame of it."""
    path = get_testdata_file(name, download=False)
    assert isinstance(path, str)
    ds = copy.deepcopy(pydicom.dcmread(path, force=True))
    low, high = describe_image(ds).stored_range
    stored = np.arange(low, high + 1)
    ds.Rows, ds.Columns = (1, 2) if stored.size == 2 else (2, stored.size // 2)
    ds.NumberOfFrames = 1
    ds.PlanarConfiguration = 0
    if ds.BitsAllocated == 1:
        ds.PixelData = b"\x02\x00"
    else:
        words = stored & ((1 << ds.BitsStored) - 1)
        ds.PixelData = words.astype(f"<u{ds.BitsAllocated // 8}").tobytes()
    ds["PixelData"].VR = "OW"
    if not hasattr(ds, "file_meta"):
        ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.set_original_encoding(is_implicit_vr=False, is_little_endian=True)
    assert dk.stored_values(ds).ravel().tolist() == stored.tolist()
    return ds


@pytest.fixture(scope="module", params=GREY, ids=lambda name: name.rsplit("/", 1)[-1])
def header(request: pytest.FixtureRequest) -> FileDataset:
    return every_value(request.param)


def by_hand(
    ds: FileDataset,
    window: dk.Window | dk.LookupTable,
    convert: Callable[..., npt.NDArray[Any]] = dk.to_uint8,
) -> npt.NDArray[Any]:
    view = dk.apply_window(dk.to_values(ds), window)
    return convert(1 - view if ds.PhotometricInterpretation == "MONOCHROME1" else view)


def check(ds: FileDataset, window: WindowLike, expected: npt.NDArray[Any], bits: Any = 8) -> None:  # noqa: ANN401
    pipeline = dk.display_pipeline(ds, window=window, bits=bits)
    stored = dk.stored_values(ds)
    low, high = describe_image(ds).stored_range
    table = pipeline.table()
    assert table.shape[0] == high - low + 1
    assert table.dtype == expected.dtype
    # Negative stored values stand last, as in two's complement.
    assert np.array_equal(np.roll(table, -low, axis=0), expected.reshape(table.shape))
    for picture in (
        pipeline(stored),
        pipeline.by_steps(stored),
        dk.render(ds, 0, window, bits=bits),
    ):
        assert picture.dtype == expected.dtype
        assert np.array_equal(picture, expected)
    # Types that take the other path through the same pipeline.
    assert np.array_equal(pipeline(stored.astype(np.float64)), expected)
    assert np.array_equal(pipeline(stored.astype(np.int64)), expected)


def test_with_the_views_of_the_file(header: FileDataset) -> None:
    options = dk.voi_options(header)
    for index, option in enumerate(options):
        check(header, index, by_hand(header, option.window))
    if options:
        check(header, None, by_hand(header, options[0].window))


def test_with_windows_and_a_table_of_the_callers(header: FileDataset) -> None:
    for window in (*OWN, TABLE):
        check(header, window, by_hand(header, window))


def test_with_16_bits(header: FileDataset) -> None:
    for window in (OWN[0], TABLE):
        check(header, window, by_hand(header, window, dk.to_uint16), bits=16)


def test_with_three_windows(header: FileDataset) -> None:
    channels = [by_hand(header, window) for window in (*OWN[:2], TABLE)]
    check(header, (*OWN[:2], TABLE), np.stack(channels, axis=-1))


def test_with_a_computed_window(header: FileDataset) -> None:
    values = dk.to_values(header)
    padding = header.get("PixelPaddingValue")
    kept = values if padding is None else values[dk.stored_values(header) != padding]
    check(header, "auto", by_hand(header, dk.auto_window(kept)))
    low, high = float(kept.min()), float(kept.max())
    if low % 1 == high % 1 == 0:
        full = dk.Window((low + high + 1) / 2, high - low + 1)
    else:
        full = dk.Window((low + high) / 2, high - low, "LINEAR_EXACT")
    check(header, "full", by_hand(header, full))


@pytest.mark.parametrize("name", ["CT_small.dcm", "bad_sequence.dcm", "693_UNCI.dcm"])
@pytest.mark.parametrize("preset", dk.WINDOWS)
def test_with_every_preset(name: str, preset: str) -> None:
    ds = every_value(name)
    check(ds, preset, dk.to_uint8(dk.apply_window(dk.to_hu(ds), dk.WINDOWS[preset])))


def lut(ds: FileDataset, color: str) -> tuple[int, npt.NDArray[np.uint16]]:
    """Read a table by its bytes alone."""
    count, first, bits = ds[f"{color}PaletteColorLookupTableDescriptor"].value
    entries = np.frombuffer(ds[f"{color}PaletteColorLookupTableData"].value, "<u2")
    assert (entries.size, bits) == (count, 16)
    return first, entries


@pytest.mark.parametrize("name", PALETTES)
def test_with_a_palette(name: str) -> None:
    """pydicom expands, clamps and applies tables by code of its own."""
    ds = every_value(name)
    colors = apply_color_lut(dk.stored_values(ds).astype(int), ds)
    white = np.iinfo(colors.dtype).max
    check(ds, None, dk.to_uint8(colors, (0, white)))
    check(ds, None, dk.to_uint16(colors, (0, white)), bits=16)


def test_with_a_supplemental_palette() -> None:
    ds = every_value("eCT_Supplemental.dcm")
    stored = dk.stored_values(ds)
    first = lut(ds, "Red")[0]
    (option, *_) = dk.voi_options(ds) or (None,)
    assert option is not None
    view = dk.apply_window(dk.to_values(ds), option.window)
    expected = np.repeat(dk.to_uint8(view)[..., np.newaxis], 3, axis=-1)
    for channel, color in enumerate(("Red", "Green", "Blue")):
        _, entries = lut(ds, color)
        index = np.clip(stored.astype(int) - first, 0, entries.size - 1)
        colored = dk.to_uint8(entries[index], (0, 65535))
        expected[..., channel][stored >= first] = colored[stored >= first]
    assert 0 < np.mean(stored >= first) < 1
    check(ds, None, expected)
