"""Bins that do not lie, and curves that are the pipeline's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle, StepPatch

from dicomkit.display.pipeline import Step
from dicomkit.notebook.histogram import bin_edges, draw_histogram, drawable, finite_ends
from dicomkit.transforms.output import Quantize
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    from numpy.typing import NDArray


@pytest.mark.parametrize(
    ("values", "edges"),
    [
        ([0, 1, 2], [-0.5, 0.5, 1.5, 2.5]),
        ([5, 5], [4.5, 5.5]),
        ([], [-0.5, 0.5]),
        ([np.nan, 1.0, np.inf], [0.5, 1.5]),
        ([0.0, 0.25], [-0.125, 0.125, 0.375]),
    ],
)
def test_few_values_get_a_bin_each(values: list[float], edges: list[float]) -> None:
    assert bin_edges(np.array(values)).tolist() == edges


@given(st.integers(2, 70_000))
def test_bins_hold_equally_many_whole_numbers(count: int) -> None:
    values = np.arange(count)
    edges = bin_edges(values)
    inside, _ = np.histogram(values, edges)
    assert len(inside) <= 128
    assert inside.sum() == count
    # The last bin may reach beyond the highest value.
    assert len(set(inside[:-1].tolist())) <= 1


def test_ends_leave_out_what_is_not_finite() -> None:
    assert finite_ends(np.array([-np.inf, 2, 7, np.nan])) == (2, 7)
    assert finite_ends(np.array([np.nan])) == (0, 0)


def test_the_window_is_drawn_as_a_curve_and_a_shade() -> None:
    ax = Figure().add_subplot()
    steps = (Step("VOI", Window(50.5, 11), "here"), Step("Output", Quantize(8), "8 bits"))
    draw_histogram(ax, np.arange(101).reshape(1, 101), steps)
    (curve,) = ax.lines
    points, levels = np.asarray(curve.get_xdata()), np.asarray(curve.get_ydata())
    # LINEAR with c = 50.5, w = 11: black up to 45, white from 55, a tenth more at each step.
    assert points.tolist() == list(range(101))
    assert (levels[:46] == 0).all()
    assert (levels[55:] == 1).all()
    assert levels[46:55] == pytest.approx(np.arange(1, 10) / 10, abs=0.5 / 255)
    (shade,) = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    assert (shade.get_x(), shade.get_x() + shade.get_width()) == (46, 54)
    assert ax.get_yscale() == "log"
    assert ax.get_xlim() == (-0.5, 100.5)


def test_a_threshold_has_no_shade() -> None:
    ax = Figure().add_subplot()
    steps = (Step("VOI", Window(50, 1), "here"), Step("Output", Quantize(8), "8 bits"))
    draw_histogram(ax, np.arange(100.0).reshape(10, 10), steps)
    assert not [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def test_each_channel_is_counted() -> None:
    ax = Figure().add_subplot()
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[..., 2] = 1
    draw_histogram(ax, pixels, None)
    counts = [patch.get_data()[0].tolist() for patch in ax.patches if isinstance(patch, StepPatch)]
    assert counts == [[4, 0], [4, 0], [0, 4]]
    assert not ax.lines


@given(
    arrays(
        st.sampled_from([np.float32, np.float64, np.uint64, np.int64]),
        st.integers(0, 6),
    )
)
def test_any_values_have_bins_that_ascend_and_hold_them(values: NDArray[Any]) -> None:
    edges = bin_edges(values)
    assert np.isfinite(edges).all()
    assert (np.diff(edges) > 0).all()
    assert len(edges) <= 130
    finite = drawable(values[np.isfinite(values)])
    assert np.histogram(finite, edges)[0].sum() == finite.size


def test_without_a_value_the_axis_is_not_logarithmic() -> None:
    ax = Figure().add_subplot()
    draw_histogram(ax, np.full((2, 2), np.nan), None)
    assert ax.get_yscale() == "linear"
