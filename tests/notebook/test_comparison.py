"""`compare`, by what it drew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.figure import Figure

import dicomkit as dk
from dicomkit.notebook import compare

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset


def changed(ds: Dataset, *changes: tuple[int, int, int]) -> Dataset:
    values = dk.stored_values(ds).copy()
    for row, column, amount in changes:
        values[row, column] += amount
    ds.PixelData = values.tobytes()
    return ds


def test_the_difference_is_of_values_in_units(sample: Callable[[str], Dataset]) -> None:
    a, b = sample("CT_small.dcm"), changed(sample("CT_small.dcm"), (3, 4, 7), (5, 6, -2))
    left, right, third, bar = compare(a, b).axes
    assert np.array_equal(np.asarray(left.images[0].get_array()), dk.render(a))
    assert np.array_equal(np.asarray(right.images[0].get_array()), dk.render(b))
    difference = np.asarray(third.images[0].get_array())
    assert (difference[3, 4], difference[5, 6]) == (-7, 2)
    assert np.count_nonzero(difference) == 2
    assert third.get_title() == "a - b\n-7 to 2"
    low, high = third.images[0].get_clim()
    assert low == -high
    assert bar.get_ylim() == pytest.approx((low, high))


def test_a_few_extreme_pixels_do_not_take_all_colours(sample: Callable[[str], Dataset]) -> None:
    changes = [(row, column, 2) for row in range(20) for column in range(20)]
    a, b = sample("CT_small.dcm"), changed(sample("CT_small.dcm"), *changes, (60, 60, -1000))
    third = compare(a, b).axes[2]
    assert third.images[0].get_clim() == (-2, 2)
    assert third.get_title() == "a - b\n-2 to 1000"


def test_of_colour_the_channel_that_differs_most_is_drawn(
    sample: Callable[[str], Dataset],
) -> None:
    a, b = sample("examples_rgb_color.dcm"), sample("examples_rgb_color.dcm")
    values = dk.stored_values(a).copy()
    values[0, 0] = [10, 10, 10]
    a.PixelData = values.tobytes()
    values[0, 0] = [11, 5, 13]
    b.PixelData = values.tobytes()
    difference = np.asarray(compare(a, b).axes[2].images[0].get_array())
    assert difference.shape == values.shape[:2]
    assert difference[0, 0] == 5


def test_images_of_two_sizes_have_no_difference_and_say_so(
    sample: Callable[[str], Dataset],
) -> None:
    axes = compare(sample("CT_small.dcm"), sample("MR_small.dcm")).axes
    assert [ax.get_title()[:3] for ax in axes[:2]] == ["a: ", "b: "]
    assert [len(ax.images) for ax in axes] == [1, 1, 0]
    assert axes[2].get_title() == "a - b\nsizes differ: 128 x 128 and 64 x 64"
    assert not axes[2].axison


def test_grey_and_colour_have_no_difference_and_say_so(sample: Callable[[str], Dataset]) -> None:
    color = sample("examples_rgb_color.dcm")
    gray = sample("CT_small.dcm")
    rows, columns = color.Rows, color.Columns
    gray.Rows, gray.Columns, gray.PixelData = rows, columns, bytes(2 * rows * columns)
    axes = compare(gray, color).axes
    assert axes[2].get_title() == "a - b\none is grey, one in colour"


def test_frames_of_two_images_are_compared(sample: Callable[[str], Dataset]) -> None:
    ds = sample("emri_small.dcm")
    axes = compare(ds, ds, 3).axes
    assert axes[0].get_title().startswith("a: frame 3 of 10\n")
    with pytest.raises(IndexError):
        compare(ds, sample("CT_small.dcm"), 3)


def test_given_axes_are_used(sample: Callable[[str], Dataset]) -> None:
    figure = Figure()
    axes = figure.subplots(1, 3)
    ds = sample("CT_small.dcm")
    assert compare(ds, ds, axes=axes) is figure
    assert axes[2].get_title() == "a - b\nno difference"


def test_equal_infinities_do_not_differ_and_others_are_named(
    sample: Callable[[str], Dataset],
) -> None:
    def floating(*first: float) -> Dataset:
        ds = sample("CT_small.dcm")
        values = np.zeros((128, 128), np.float32)
        values[0, : len(first)] = first
        ds.BitsAllocated, ds.FloatPixelData = 32, values.tobytes()
        del ds.PixelData, ds.RescaleSlope, ds.RescaleIntercept
        return ds

    a = floating(np.inf, -np.inf, np.nan, 3)
    assert compare(a, a).axes[2].get_title() == "a - b\nno difference"
    b = floating(np.inf, -np.inf, np.nan, 1)
    assert compare(a, b).axes[2].get_title() == "a - b\n0 to 2"
    c = floating(np.inf, np.inf, np.nan, 1)
    assert compare(a, c).axes[2].get_title() == "a - b\n0 to 2, not finite"
    assert compare(a, floating(1)).axes[2].get_title() == "a - b\n0 to 3, not finite"
