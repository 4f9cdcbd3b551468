from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file

import dicomkit as dk
from dicomkit.display.options import PictureOptions
from dicomkit.display.render import render_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    Make = Callable[..., Dataset]


def real(name: str) -> Dataset:
    path = get_testdata_file(name, download=False)
    assert isinstance(path, str)
    return pydicom.dcmread(path)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("CT_small.dcm", (128, 128)),
        ("emri_small.dcm", (10, 64, 64)),
        ("examples_palette.dcm", (350, 800, 3)),
        ("OBXXXX1A_2frame.dcm", (2, 600, 800, 3)),
        ("examples_rgb_color.dcm", (240, 320, 3)),
        ("liver.dcm", (3, 512, 512)),
        ("rtdose.dcm", (15, 10, 10)),
    ],
)
@pytest.mark.parametrize("bits", [8, 16])
def test_shape_and_dtype_of_real_files(name: str, shape: tuple[int, ...], bits: Any) -> None:  # noqa: ANN401
    picture = dk.render(real(name), bits=bits)
    assert picture.shape == shape
    assert picture.dtype == f"uint{bits}"
    assert picture.min() < picture.max()


def test_one_frame_has_no_frame_axis(grey: Make) -> None:
    ds = grey([[[0, 1]], [[2, 3]]], WindowCenter=2, WindowWidth=4)
    assert dk.render(ds).tolist() == [[[0, 85]], [[170, 255]]]
    assert dk.render(ds, 1).tolist() == dk.render(ds, frame=1).tolist() == [[170, 255]]
    assert dk.render(grey([[[0, 1]]])).shape == (1, 2)


@pytest.mark.parametrize("frame", [-1, 1])
def test_a_frame_that_is_not_there(grey: Make, frame: int) -> None:
    with pytest.raises(IndexError):
        dk.render(grey([0, 1]), frame)
    with pytest.raises(IndexError):
        dk.open_image(grey([0, 1]))[frame]


def test_pictures_are_the_callers_own(grey: Make) -> None:
    for dtype in ("u1", "u2", "f4"):
        ds = grey(np.arange(256), dtype, WindowCenter=128, WindowWidth=256)
        before = dk.stored_values(ds).copy()
        picture = dk.render(ds)
        picture[:] = 7
        assert np.array_equal(dk.stored_values(ds), before)
        assert dk.render(ds).ravel().tolist() == list(range(256))


def test_a_rendered_frame_says_how(grey: Make) -> None:
    ds = grey([0, 50, 100], WindowCenter=1, WindowWidth=0)
    found = render_frame(dk.open_image(ds), 0, PictureOptions())
    assert found.image.tolist() == [[0, 128, 255]]
    assert found.pipeline == dk.display_pipeline(ds)
    assert [note.code for note in found.notes] == ["window_ignored"]


def test_what_decoding_noticed_is_noted_too(grey: Make) -> None:
    ds = grey([1, 2, 3, 9])
    ds.PixelData = ds.PixelData[:4]
    with pytest.raises(dk.TruncatedError):
        dk.render(ds)
    found = render_frame(dk.open_image(ds, lenient=True), 0, PictureOptions())
    assert found.image.tolist() == [[128, 255, 0, 0]]
    assert len(found.notes) > len(found.pipeline.notes)
    assert np.array_equal(dk.render(ds, lenient=True), found.image)


def test_limits_hold(grey: Make) -> None:
    ds = grey(np.zeros((4, 2, 2)))
    assert dk.render(ds, limits=dk.Limits(total_bytes=16)).shape == (4, 2, 2)
    with pytest.raises(dk.LimitError):
        dk.render(ds, limits=dk.Limits(total_bytes=15))
    with pytest.raises(dk.LimitError):
        dk.render(ds, 0, limits=dk.Limits(frame_bytes=7))


@pytest.mark.parametrize("options", [{"bits": 7}, {"padding": "black"}])
def test_options_are_checked(grey: Make, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"bits|padding"):
        dk.render(grey([0, 1]), **options)


def test_everything_at_once(grey: Make) -> None:
    """Overlay, square pixels, three windows and 16 bits in one picture."""
    ds = grey(np.zeros((2, 3)), PixelSpacing=[2, 1], WindowCenter=9, WindowWidth=2)
    for number, vr, value in (
        (0x0010, "US", 2),
        (0x0011, "US", 3),
        (0x0040, "CS", "G"),
        (0x0050, "SS", [1, 1]),
        (0x3000, "OW", b"\x3f\x00"),
    ):
        ds.add_new(0x60000000 | number, vr, value)
    picture = dk.render(ds, window=(0, 0, 0), bits=16, overlays=True, square=True, icc=True)
    assert picture.shape == (4, 3, 3)
    assert picture.dtype == np.uint16
    assert (picture == 65535).all()
