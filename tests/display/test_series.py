from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydicom.dataset import Dataset

    Make = Callable[..., Dataset]

FULL = (0, 100)


def test_one_window_reaches_from_the_lowest_to_the_highest_of_all(grey: Make) -> None:
    first = grey([0, 100], RescaleSlope=1, RescaleIntercept=-50)
    second = grey([[[10, 20]], [[30, 1000]]], RescaleSlope=2, RescaleIntercept=0)
    # -50 to 50, and 20 to 2000.
    assert dk.series_window([first, second], percentiles=FULL) == dk.Window(975.5, 2051)


def test_every_frame_counts_for_its_percentiles(grey: Make) -> None:
    first, second = grey(np.arange(1001)), grey(np.arange(2000, 3001))
    # 5 to 995 and 2005 to 2995.
    assert dk.series_window([first, second]) == dk.Window((5 + 2995 + 1) / 2, 2991)


def test_padding_and_what_is_not_finite_do_not_count(grey: Make) -> None:
    padded = grey([-2000, 0, 9], "i2")
    padded.add_new("PixelPaddingValue", "SS", -2000)
    assert dk.series_window([padded], percentiles=FULL) == dk.Window(5, 10)
    real = grey([np.nan, np.inf, 0.5, 1.0], "f4")
    assert dk.series_window([real], percentiles=FULL) == dk.Window(0.75, 0.5, "LINEAR_EXACT")
    # An image that is all padding leaves it to the others.
    empty = grey([7, 7], PixelPaddingValue=7)
    assert dk.series_window([empty, padded], percentiles=FULL) == dk.Window(5, 10)


def test_one_dataset_is_held_at_a_time(grey: Make) -> None:
    def slices() -> Iterator[Dataset]:
        for value in (3, 1, 2):
            yield grey([value])

    assert dk.series_window(slices(), percentiles=FULL) == dk.Window(2.5, 3)


def test_its_result_renders_every_image_alike(grey: Make) -> None:
    images = [grey([0, 50]), grey([50, 100])]
    window = dk.series_window(images, percentiles=FULL)
    assert [dk.render(ds, window=window).tolist() for ds in images] == [[[0, 128]], [[128, 255]]]


def test_nothing_to_show(grey: Make) -> None:
    for images in ([], [grey([7], PixelPaddingValue=7)]):
        with pytest.raises(ValueError, match="no image has a value"):
            dk.series_window(images)


def test_colour_has_no_window() -> None:
    for name in ("examples_rgb_color.dcm", "examples_palette.dcm"):
        path = get_testdata_file(name, download=False)
        assert isinstance(path, str)
        with pytest.raises(ValueError, match="colour image"):
            dk.series_window([pydicom.dcmread(path)])


def test_values_of_other_units_are_not_mixed_in(grey: Make) -> None:
    hounsfield = grey([0, 100], Modality="CT", RescaleSlope=1, RescaleIntercept=-1024)
    scout = grey([0, 4000], Modality="CT")
    assert dk.series_window([hounsfield, hounsfield], percentiles=FULL) == dk.Window(-973.5, 101)
    with pytest.raises(dk.UnitsError, match="other units"):
        dk.series_window([hounsfield, scout])


@pytest.mark.parametrize("percentiles", [(50, 50), (90, 10), (-1, 50), (0, 101)])
def test_percentiles_ascend(grey: Make, percentiles: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="percentiles"):
        dk.series_window([grey([1, 2])], percentiles=percentiles)


def test_limits_hold(grey: Make) -> None:
    with pytest.raises(dk.LimitError):
        dk.series_window([grey([1, 2])], limits=dk.Limits(frame_bytes=3))


def test_values_that_a_rescale_makes_infinite_do_not_count(grey: Make) -> None:
    ds = grey([[0, 1], [2, 3]], RescaleSlope="1e38", RescaleIntercept="0")
    # Of 0 to 3e38 float32 has all, of 0 to 9e38 what is below 3.4e38.
    assert dk.series_window([ds]).width == pytest.approx(3e38)
    ds.RescaleSlope = "3e38"
    assert dk.series_window([ds]).width == pytest.approx(3e38)
    ds.RescaleSlope, ds.RescaleIntercept = "1e300", "1e300"
    with pytest.raises(dk.NoPixelsError):
        dk.series_window([ds])
