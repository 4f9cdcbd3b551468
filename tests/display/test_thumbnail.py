"""Thumbnails: small, of the true shape, and nothing but pixels."""

from __future__ import annotations

import base64
import io

import numpy as np
import PIL.Image
import pytest
from pydicom.data import get_testdata_file

import dicomkit as dk
from dicomkit.display.thumbnail import fitted, image_tag, pixel_aspect, thumbnail


def sample(name: str) -> dk.Image:
    return dk.open_image(dk.read_dataset(str(get_testdata_file(name, download=False))))


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("J2K_pixelrep_mismatch.dcm", (96, 96)),
        ("JPEG2000_UNC.dcm", (96, 24)),  # 1024 rows of 256
        ("color-px.dcm", (60, 96, 3)),  # 120 rows of 256, each a third taller than wide
        ("MR_small.dcm", (64, 64)),  # not enlarged
    ],
)
def test_it_fits_and_keeps_its_shape(name: str, shape: tuple[int, ...]) -> None:
    assert thumbnail(sample(name)).shape == shape


def test_a_small_image_is_the_picture_itself() -> None:
    ds = sample("MR_small.dcm")
    assert np.array_equal(thumbnail(ds), dk.render(ds))


def test_of_many_frames_the_middle_one_is_shown() -> None:
    ds = sample("emri_small.dcm")
    assert np.array_equal(thumbnail(ds), dk.render(ds, 5))


def test_a_thumbnail_looks_like_its_image() -> None:
    ds = sample("CT_small.dcm")
    blocks = dk.render(ds).reshape(32, 4, 32, 4).mean(axis=(1, 3))
    assert np.abs(thumbnail(ds, 32) - blocks).mean() < 3


def test_the_tag_holds_the_picture() -> None:
    picture = thumbnail(sample("MR_small.dcm"))
    data = image_tag(picture).split("base64,")[1].split('"')[0]
    with PIL.Image.open(io.BytesIO(base64.b64decode(data))) as image:
        assert np.array_equal(np.asarray(image), picture)


@pytest.mark.parametrize(("rows", "width", "height"), [(16, 32, 64), (20, 30, 60), (90, 10, 90)])
def test_a_tiny_picture_is_shown_enlarged(rows: int, width: int, height: int) -> None:
    columns = width // (height // rows)
    tag = image_tag(np.zeros((rows, columns), np.uint8))
    assert f'width="{width}" height="{height}"' in tag


def test_what_is_no_image_is_an_error() -> None:
    with pytest.raises(dk.NoPixelsError):
        thumbnail(sample("rtplan.dcm"))


def test_a_pixel_may_be_taller_than_wide() -> None:
    assert pixel_aspect(sample("color-px.dcm").dataset, 0) == pytest.approx(4 / 3)
    assert pixel_aspect(sample("RG1_UNCR.dcm").dataset, 0) == 1


@pytest.mark.parametrize(
    ("aspect", "box", "shape"),
    [
        (1, (10, 100), (10, 20)),
        (1, (100, 10), (5, 10)),
        (2, (100, 100), (50, 50)),
        (1, (1, 1), (1, 1)),
    ],
)
def test_the_narrower_side_of_the_box_decides(
    aspect: float, box: tuple[int, int], shape: tuple[int, int]
) -> None:
    assert fitted(np.zeros((25, 50), np.uint8), aspect, box).shape == shape
