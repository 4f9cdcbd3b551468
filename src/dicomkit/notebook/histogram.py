"""A histogram, and in it what becomes of each value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from dicomkit.display.pipeline import Step
    from dicomkit.transforms.arrays import AnyArray

__all__ = ["bin_edges", "draw_histogram", "drawable", "finite_ends"]

_BINS = 128
_POINTS = 1024
_GRAY = ("0.55",)
_CHANNELS = ("tab:red", "tab:green", "tab:blue")
_WINDOW = "tab:orange"
_WHITE = 255
_CHANNEL_COUNT = 3
# Above it, the numbers of axes and colours would overflow.
_FARTHEST = 1e100
# More steps than this cannot be told apart by the numbers that axes have.
_MOST_STEPS = 2.0**50


def draw_histogram(ax: Axes, values: AnyArray, steps: tuple[Step, ...] | None) -> None:
    """Count values, of each channel where the last of three axes is one.

    ``steps`` lead from the values to a picture and are drawn as curves; none at all is the
    picture itself, and None draws no curve.
    """
    channels = [values]
    if values.ndim == _CHANNEL_COUNT:
        channels = list(np.moveaxis(values, -1, 0))
    edges = bin_edges(values)
    colors = _GRAY if len(channels) == 1 else _CHANNELS
    for channel, color in zip(channels, colors, strict=True):
        counts, _ = np.histogram(drawable(channel[np.isfinite(channel)]), edges)
        ax.stairs(counts, edges, fill=len(channels) == 1, color=color)
    # Without a single value, there is nothing to take the logarithm of.
    if np.isfinite(values).any():
        ax.set_yscale("log")
    ax.set_xlim(edges[0], edges[-1])
    ax.set_ylabel("pixels")
    if steps is not None and len(channels) == 1:
        _draw_curve(ax, *finite_ends(values), steps, whole=values.dtype.kind in "iu")


def _draw_curve(ax: Axes, low: float, high: float, steps: tuple[Step, ...], *, whole: bool) -> None:
    points: AnyArray = np.linspace(low, high, _POINTS)
    if whole:
        points = np.unique(points.round())
    levels: AnyArray = points
    for step in steps:
        levels = step(levels)
    between = points[(levels > 0) & (levels < _WHITE)] if levels.ndim == 1 else points[:0]
    if between.size:
        ax.axvspan(between[0], between[-1], color=_WINDOW, alpha=0.15, linewidth=0)
    curves = levels.reshape(len(points), -1).T
    colors = (_WINDOW,) if len(curves) == 1 else _CHANNELS
    for curve, color in zip(curves, colors, strict=True):
        # Values lie on the axis below; levels span the axes from bottom to top.
        ax.plot(points, curve / _WHITE, color=color, transform=ax.get_xaxis_transform())


def bin_edges(values: AnyArray) -> AnyArray:
    """Choose the edges of at most 128 bins that all hold equally many possible values.

    Otherwise whole numbers would make a comb of the histogram.
    """
    levels = np.unique(drawable(values[np.isfinite(values)]).astype(np.float64))
    low, high = (levels[0], levels[-1]) if levels.size else (0.0, 0.0)
    span, margin = high - low, 1e-3 * max(-low, high)
    if span <= margin * 1e-9:
        margin = max(margin, 0.5)
        return np.array([low - margin, high + margin])
    step = np.diff(levels).min()
    if step * _MOST_STEPS <= span:
        return np.linspace(low, high, _BINS + 1)
    width = step * np.ceil((span / step + 1) / _BINS)
    count = int(np.ceil((span + step) / width))
    edges: AnyArray = low - step / 2 + width * np.arange(count + 1)
    return edges


def drawable(values: AnyArray) -> AnyArray:
    """Bring real values to where they can be drawn; NaN, and whole numbers, stay as they are."""
    if values.dtype.kind != "f":
        return values
    # A signalling NaN becomes a quiet one here.
    with np.errstate(invalid="ignore"):
        near: AnyArray = np.clip(values.astype(np.float64), -_FARTHEST, _FARTHEST)
    return near


def finite_ends(values: AnyArray) -> tuple[float, float]:
    """Give the lowest and the highest finite value, as drawn; 0 and 0 where there is none."""
    finite = drawable(values[np.isfinite(values)])
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
