from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Dataset]


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"])
def test_values_are_float32_of_the_stored_shape(grey: Make, dtype: str) -> None:
    ds = grey([[0, 1, 2], [3, 4, 5]], dtype)
    values = dk.to_values(ds)
    assert values.dtype == np.float32
    assert values.shape == (2, 3)
    assert values.ravel().tolist() == [0, 1, 2, 3, 4, 5]
    ds.RescaleSlope, ds.RescaleIntercept = 0.5, -1
    assert dk.to_values(ds).ravel().tolist() == [-1, -0.5, 0, 0.5, 1, 1.5]


def test_frames(grey: Make) -> None:
    ds = grey([[[1, 2]], [[3, 4]], [[5, 6]]], RescaleSlope=10, RescaleIntercept=0, RescaleType="HU")
    for convert in (dk.to_values, dk.to_hu):
        assert convert(ds).tolist() == [[[10, 20]], [[30, 40]], [[50, 60]]]
        assert convert(ds, 1).tolist() == convert(ds, frame=1).tolist() == [[30, 40]]
        for frame in (-1, 3):
            with pytest.raises(IndexError, match="counted from 0"):
                convert(ds, frame)


def test_values_are_the_callers_own(grey: Make) -> None:
    ds = grey([1, 2], "f4")
    before = bytes(ds.FloatPixelData)
    values = dk.to_values(ds)
    if values.flags.writeable:
        values[:] = 9
    assert ds.FloatPixelData == before


def test_all_frames_keep_to_the_limit(grey: Make) -> None:
    ds = grey(np.zeros((4, 2, 2)))
    assert dk.to_values(ds, limits=dk.Limits(total_bytes=64)).shape == (4, 2, 2)
    with pytest.raises(dk.LimitError):
        dk.to_values(ds, limits=dk.Limits(total_bytes=63))
    with pytest.raises(dk.LimitError):
        dk.to_hu(grey([1], Modality="CT"), limits=dk.Limits(frame_bytes=1))


@pytest.mark.parametrize(
    "convert", [dk.to_values, dk.to_hu, dk.voi_options, dk.render, dk.display_pipeline]
)
def test_what_is_no_image_says_so(convert: Callable[[Dataset], Any]) -> None:
    with pytest.raises(dk.NoPixelsError) as caught:
        convert(Dataset())
    assert caught.value.code == "no_pixels"


# ---- Hounsfield units ----------------------------------------------------------------------


def test_c_8_2_1_1_ct_that_does_not_say_otherwise_is_in_hu(grey: Make) -> None:
    ds = grey([0, 1024], Modality="CT", RescaleSlope=1, RescaleIntercept=-1024)
    assert dk.to_hu(ds).tolist() == [[-1024, 0]]
    ds.RescaleType = "HU"
    assert dk.to_hu(ds).tolist() == [[-1024, 0]]


@pytest.mark.parametrize(
    ("elements", "stated"),
    [
        ({"Modality": "CT"}, "not stated"),
        ({"Modality": "MR", "RescaleSlope": 1, "RescaleIntercept": 0}, "not stated"),
        (
            {"Modality": "CT", "RescaleSlope": 1, "RescaleIntercept": 0, "RescaleType": "US"},
            "other than HU",
        ),
        ({"RescaleSlope": 1, "RescaleIntercept": 0, "RescaleType": "SECRET"}, "other than HU"),
        ({"Modality": "CT", "RescaleType": "HU"}, "not stated"),
    ],
)
def test_other_units_are_an_error_that_names_the_way_out(
    grey: Make, elements: dict[str, object], stated: str
) -> None:
    with pytest.raises(dk.UnitsError, match=f"{stated}.*to_values") as caught:
        dk.to_hu(grey([0, 1], **elements))
    assert caught.value.code == "units"
    assert caught.value.frame == 0
    assert "SECRET" not in str(caught.value)


def test_units_are_checked_before_a_frame_is_decoded(grey: Make) -> None:
    ds = grey([0, 1], Modality="MR")
    ds.PixelData = b""
    with pytest.raises(dk.UnitsError):
        dk.to_hu(ds)


def test_a_frame_in_other_units_is_named(grey: Make, item: Make) -> None:
    def group(units: str) -> Dataset:
        own = item(RescaleSlope=1, RescaleIntercept=0, RescaleType=units)
        return item(PixelValueTransformationSequence=[own])

    ds = grey([[[0]], [[1]]], PerFrameFunctionalGroupsSequence=[group("HU"), group("US")])
    assert dk.to_hu(ds, 0).tolist() == [[0]]
    for frame in (None, 1):
        with pytest.raises(dk.UnitsError) as caught:
            dk.to_hu(ds, frame)
        assert caught.value.frame == 1


def test_colour_has_no_hounsfield_units() -> None:
    path = get_testdata_file("examples_rgb_color.dcm", download=False)
    assert isinstance(path, str)
    with pytest.raises(dk.UnitsError):
        dk.to_hu(pydicom.dcmread(path))


# ---- Options -------------------------------------------------------------------------------


def test_the_views_of_a_file_in_order(grey: Make) -> None:
    ds = grey([0, 1], WindowCenter=[1, 2], WindowWidth=[3, 4], WindowCenterWidthExplanation="A")
    first, second = dk.voi_options(ds)
    assert (first.window, first.explanation) == (dk.Window(1, 3), "A")
    assert (second.window, second.explanation) == (dk.Window(2, 4), None)
    assert dk.voi_options(grey([0, 1])) == ()


@pytest.mark.parametrize("frame", [-1, 1])
def test_views_of_a_frame_that_is_not_there(grey: Make, frame: int) -> None:
    with pytest.raises(IndexError):
        dk.voi_options(grey([0, 1]), frame)


def test_views_of_each_frame(grey: Make, item: Make) -> None:
    groups = [
        item(FrameVOILUTSequence=[item(WindowCenter=center, WindowWidth=9)]) for center in (1, 2)
    ]
    ds = grey([[[0]], [[1]]], PerFrameFunctionalGroupsSequence=groups)
    assert [dk.voi_options(ds, frame)[0].window for frame in (0, 1)] == [
        dk.Window(1, 9),
        dk.Window(2, 9),
    ]


def test_views_can_be_listed_where_the_pixels_cannot_be_read(grey: Make) -> None:
    ds = grey([0, 1], WindowCenter=1, WindowWidth=3)
    ds.PixelData = b""
    assert len(dk.voi_options(ds)) == 1
