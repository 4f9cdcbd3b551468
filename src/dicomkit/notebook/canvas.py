"""Figures and axes without pyplot: made here, or handed in by the caller."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

__all__ = ["NotebookFigure", "figure_of", "given_axes", "grid", "png_of"]


class NotebookFigure(Figure):
    """A figure that a notebook shows without pyplot's machinery."""

    def _repr_png_(self) -> bytes:
        return png_of(self)


def png_of(figure: Figure) -> bytes:
    """Draw a figure as a PNG file."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def grid(
    rows: int,
    columns: int,
    *,
    size: tuple[float, float],
    heights: Sequence[float] | None = None,
    widths: Sequence[float] | None = None,
) -> list[Axes]:
    """Make a figure with a grid of axes, listed row by row; ``size`` is in inches."""
    figure = NotebookFigure(figsize=size, layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, height_ratios=heights, width_ratios=widths)
    return list(axes.ravel())


def given_axes(axes: npt.ArrayLike | Sequence[Axes], needed: int) -> list[Axes]:
    """List the axes that a caller handed in, in whatever shape.

    Raises
    ------
    ValueError
        They are too few.
    TypeError
        They are something else.
    """
    listed = list(np.asarray(axes, dtype=object).ravel())
    if not all(isinstance(ax, Axes) for ax in listed):
        msg = "axes must be matplotlib axes"
        raise TypeError(msg)
    if len(listed) < needed:
        msg = f"{needed} axes are needed, {len(listed)} were given"
        raise ValueError(msg)
    return listed


def figure_of(ax: Axes) -> Figure:
    """Find the figure that axes lie in, that of a subfigure too."""
    figure = ax.get_figure(root=True)
    assert figure is not None  # noqa: S101 - axes that were never removed have one
    return figure
