"""`show_steps`, by what it drew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.figure import Figure

import dicomkit as dk
from dicomkit.notebook import show_steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from pydicom.dataset import Dataset

    from dicomkit.transforms.arrays import AnyArray


def images(axes: list[Axes]) -> list[AnyArray]:
    return [np.asarray(image.get_array()) for ax in axes for image in ax.images]


def titles(axes: list[Axes]) -> list[str]:
    return [ax.get_title() for ax in axes if ax.get_title()]


def test_grey_has_three_stages(sample: Callable[[str], Dataset]) -> None:
    ds = sample("CT_small.dcm")
    axes = show_steps(ds, window="bone").axes
    assert len(axes) == 6
    stored, values, picture = images(axes)
    assert np.array_equal(stored, dk.stored_values(ds))
    assert np.array_equal(values, dk.to_hu(ds))
    assert np.array_equal(picture, dk.render(ds, window="bone"))
    assert titles(axes) == [
        "stored values\nint16",
        "values in HU\nx * 1 - 1024 HU",
        "preset bone\ncenter 400, width 1800, LINEAR",
    ]
    assert [ax.get_xlabel() for ax in axes[3:]] == ["stored value", "HU", "grey level"]


def test_the_window_lies_where_it_belongs_in_each_histogram(
    sample: Callable[[str], Dataset],
) -> None:
    # Rescale Intercept is -1024, so 40 HU is the stored value 1064.
    axes = show_steps(sample("CT_small.dcm"), window=dk.Window(40, 80)).axes
    middles = []
    for ax in axes[3:]:
        (curve,) = ax.lines
        points, levels = np.asarray(curve.get_xdata()), np.asarray(curve.get_ydata())
        middles.append(float(points[np.searchsorted(levels, 0.5)]))
    assert middles == pytest.approx([1064, 40, 128], abs=2)


def test_an_inverted_picture_has_a_falling_curve(sample: Callable[[str], Dataset]) -> None:
    axes = show_steps(sample("RG3_UNCR.dcm")).axes
    for ax, rises in zip(axes[3:], (False, False, True), strict=True):
        levels = np.asarray(ax.lines[0].get_ydata())
        assert (levels[-1] > levels[0]) == rises


def test_what_has_no_modality_step_says_so(sample: Callable[[str], Dataset]) -> None:
    axes = show_steps(sample("MR_small.dcm")).axes
    assert axes[1].get_title() == "values without units\nas stored"
    assert axes[4].get_xlabel() == "value"
    assert len(axes[4].lines) == 1


def test_unspecified_units_are_none(sample: Callable[[str], Dataset]) -> None:
    ds = sample("CT_small.dcm")
    ds.RescaleType = "US"
    assert show_steps(ds).axes[1].get_title().startswith("values without units\n")


def test_a_palette_has_two_stages_and_curves_of_its_colours(
    sample: Callable[[str], Dataset],
) -> None:
    ds = sample("examples_palette.dcm")
    axes = show_steps(ds).axes
    stored, picture = images(axes)
    assert np.array_equal(stored, dk.stored_values(ds))
    assert np.array_equal(picture, dk.render(ds))
    assert [len(ax.lines) for ax in axes[2:]] == [3, 0]
    assert axes[3].get_xlabel() == "level"


@pytest.mark.parametrize("name", ["examples_rgb_color.dcm", "SC_rgb_rle_16bit.dcm"])
def test_colour_has_two_stages(sample: Callable[[str], Dataset], name: str) -> None:
    ds = sample(name)
    axes = show_steps(ds).axes
    stored, picture = images(axes)
    bits = ds.BitsStored
    assert stored == pytest.approx(dk.stored_values(ds) / (2**bits - 1))
    assert np.array_equal(picture, dk.render(ds))


def test_grey_with_a_supplemental_palette_keeps_its_values(
    sample: Callable[[str], Dataset],
) -> None:
    axes = show_steps(sample("eCT_Supplemental.dcm")).axes
    assert titles(axes)[2] == "frame 0 of 2\nMONOCHROME2 with a palette"
    assert [len(ax.lines) for ax in axes[3:]] == [3, 0, 0]


def test_three_windows_are_three_curves(sample: Callable[[str], Dataset]) -> None:
    axes = show_steps(sample("CT_small.dcm"), window=("lung", "bone", "liver")).axes
    assert [len(ax.lines) for ax in axes[3:]] == [3, 3, 0]


def test_given_axes_are_used(sample: Callable[[str], Dataset]) -> None:
    figure = Figure()
    axes = figure.subplots(2, 3)
    assert show_steps(sample("CT_small.dcm"), axes=axes) is figure
    assert all(ax.images for ax in axes[0])
    assert all(ax.lines for ax in axes[1])
