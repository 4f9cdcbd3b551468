"""The Icon Image Sequence's item is an image like any other (PS3.3 C.7.6.1.1.6)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

import dicomkit as dk
from dicomkit.display.options import PictureOptions
from dicomkit.display.render import render_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Dataset]

# What the Image Pixel macro has, and no more: an icon says neither its transfer syntax nor views.
PIXELS = (
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "PlanarConfiguration",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PixelData",
)


def real(name: str) -> Dataset:
    path = get_testdata_file(name, download=False)
    assert isinstance(path, str)
    return pydicom.dcmread(path)


def icon_of(holder: Dataset, icon: Dataset) -> Dataset:
    """Give the icon of an image that was written with it and read again."""
    holder.IconImageSequence = [icon]
    file = io.BytesIO()
    holder.save_as(file)
    found = dk.read_dataset(file.getvalue()).IconImageSequence[0]
    assert isinstance(found, Dataset)
    return found


def pixels_of(image: Dataset) -> Dataset:
    """Give an item with an image's pixels and nothing that says how they are coded."""
    item = Dataset()
    for keyword in PIXELS:
        if keyword in image:
            item.add(image[keyword])
    return item


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("MR_small.dcm", "MR_small.dcm"),
        ("MR_small_bigendian.dcm", "MR_small.dcm"),
        ("MR_small_implicit.dcm", "MR_small.dcm"),
        ("MR_small_RLE.dcm", "MR_small.dcm"),
        ("MR_small_jp2klossless.dcm", "MR_small.dcm"),
        ("MR_small_jpeg_ls_lossless.dcm", "MR_small.dcm"),
        ("SC_rgb_jpeg_gdcm.dcm", "SC_rgb.dcm"),
        ("SC_rgb_rle.dcm", "SC_rgb.dcm"),
        ("SC_rgb_gdcm_KY.dcm", "SC_rgb.dcm"),
    ],
)
def test_an_icon_that_is_coded_like_its_image(name: str, reference: str) -> None:
    icon = icon_of(real(name), pixels_of(real(name)))
    found = render_frame(dk.open_image(icon), 0, PictureOptions())
    assert np.array_equal(found.image, dk.render(pixels_of_native(reference)))
    # Nothing is wrong with it.
    assert found.notes == ()


def pixels_of_native(name: str) -> Dataset:
    image = real(name)
    item = pixels_of(image)
    item.set_original_encoding(is_implicit_vr=False, is_little_endian=True)
    return item


@pytest.mark.parametrize("name", ["MR_small_RLE.dcm", "SC_rgb_jpeg_gdcm.dcm", "JPEG2000.dcm"])
def test_a_native_icon_of_a_compressed_image(grey: Make, name: str) -> None:
    """PS3.5 A.4 allows it."""
    found = render_frame(
        dk.open_image(icon_of(real(name), grey([[0, 51], [102, 255]], "u1"))), 0, PictureOptions()
    )
    assert found.image.tolist() == [[0, 51], [102, 255]]
    assert found.notes == ()


def test_a_palette_icon_of_a_grey_image() -> None:
    ds = dk.read_dataset(str(get_testdata_file("examples_overlay.dcm", download=False)))
    icon = ds.IconImageSequence[0]
    picture = dk.render(icon)
    assert picture.shape == (64, 64, 3)
    # 256 entries of 8 bits, two a word.
    red = np.frombuffer(icon.RedPaletteColorLookupTableData, np.uint8)
    index = np.frombuffer(icon.PixelData, np.uint8).reshape(64, 64)
    assert np.array_equal(picture[..., 0], red[index])
    assert [step.role for step in dk.display_pipeline(icon).steps] == ["Palette", "Output"]


def test_an_icon_may_be_saved_and_measured(grey: Make) -> None:
    icon = icon_of(real("MR_small.dcm"), grey([[0, 51], [102, 255]], "u1"))
    assert dk.frame_count(icon) == 1
    assert dk.to_values(icon).tolist() == [[0, 51], [102, 255]]
    assert dk.render(icon, window=dk.Window(51.5, 103)).tolist() == [[0, 128], [255, 255]]
