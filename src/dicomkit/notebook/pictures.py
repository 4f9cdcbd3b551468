"""One frame as a figure, and one frame through several windows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from dicomkit.dataset.modules.image_pixel import describe_image
from dicomkit.display.options import PictureOptions
from dicomkit.display.render import render_frame
from dicomkit.display.thumbnail import pixel_aspect
from dicomkit.image.image import open_image
from dicomkit.notebook.canvas import figure_of, given_axes, grid
from dicomkit.notebook.marks import (
    draw_letters,
    draw_scale,
    set_title,
    view_title,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pydicom.dataset import Dataset

    from dicomkit.display.pipeline import Picture
    from dicomkit.display.views import WindowLike

__all__ = ["draw_frame", "draw_pixels", "panel_size", "show", "show_windows"]

_INCHES = 5.0
_PANEL_INCHES = 3.0
_PANELS_A_ROW = 3
# A strip of an image shall not make a strip of a figure.
_FLATTEST, _TALLEST = 0.4, 2.0
_TITLE_INCHES = 0.5


def show(
    ds: Dataset,
    /,
    frame: int = 0,
    window: WindowLike = None,
    *,
    ax: Axes | None = None,
) -> Figure:
    """Draw a frame as it is displayed, with what is known about it.

    The pixels have their true shape; a scale in millimetres, and letters for the patient's
    sides, are there where the dataset knows them; the title names the window.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
        An image.
    frame : int
        Counted from 0.
    window : optional
        As in `dicomkit.display_pipeline`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None makes a new figure.

    Returns
    -------
    matplotlib.figure.Figure
        A notebook shows it; ``savefig`` writes it.

    Raises
    ------
    DicomKitError, IndexError, ValueError
        As `dicomkit.render`.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("CT_small.dcm"))
    >>> figure = show(ds, window="soft_tissue")
    >>> print(figure.axes[0].get_title())
    preset soft_tissue
    center 40, width 400, LINEAR
    """
    if ax is None:
        (ax,) = grid(1, 1, size=panel_size(ds, frame, _INCHES))
    picture = draw_frame(ax, ds, frame, window)
    draw_letters(ax, ds, frame)
    draw_scale(ax, ds, frame, picture.shape)
    return figure_of(ax)


def show_windows(
    ds: Dataset,
    windows: Sequence[WindowLike],
    /,
    frame: int = 0,
    *,
    axes: npt.ArrayLike | Sequence[Axes] | None = None,
) -> Figure:
    """Draw a frame through several windows, side by side.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
        An image.
    windows : sequence
        Each as in `dicomkit.display_pipeline`: names of presets, windows, indices of the
        file's views, ``"auto"``, ``"full"``.
    frame : int
        Counted from 0.
    axes : array-like of matplotlib.axes.Axes, optional
        Where to draw, one for each window; None makes a new figure.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    DicomKitError, IndexError, ValueError
        As `dicomkit.render`; ValueError too if there is no window, or too few axes.
    TypeError
        A single name stands where several windows could.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("CT_small.dcm"))
    >>> [ax.get_title().splitlines()[0] for ax in show_windows(ds, ["lung", "bone"]).axes]
    ['preset lung', 'preset bone']
    """
    if isinstance(windows, str):
        msg = f"windows are a sequence; for a single one, write [{windows!r}]"
        raise TypeError(msg)
    if not windows:
        msg = "no window was given"
        raise ValueError(msg)
    if axes is None:
        # Four make a square; a longer row would shrink the titles where a page is narrow.
        columns = 2 if len(windows) == 2 * 2 else min(len(windows), _PANELS_A_ROW)
        rows = math.ceil(len(windows) / columns)
        width, height = panel_size(ds, frame, _PANEL_INCHES)
        panels = grid(rows, columns, size=(columns * width, rows * height))
    else:
        panels = given_axes(axes, len(windows))
    for ax, window in zip(panels, windows, strict=False):
        draw_frame(ax, ds, frame, window)
    for ax in panels[len(windows) :]:
        ax.set_axis_off()
    return figure_of(panels[0])


def draw_frame(ax: Axes, ds: Dataset, frame: int, window: WindowLike) -> Picture:
    """Draw a frame and its title; give the picture."""
    image = describe_image(ds)
    rendered = render_frame(open_image(ds), frame, PictureOptions(window))
    draw_pixels(ax, rendered.image, pixel_aspect(ds, frame))
    set_title(ax, view_title(rendered.pipeline, image.photometric, frame, image.frames))
    return rendered.image


def draw_pixels(ax: Axes, picture: Picture, aspect: float) -> None:
    """Draw a picture of 8 bits as it is."""
    ax.imshow(picture, cmap="gray", vmin=0, vmax=255, aspect=aspect, interpolation="antialiased")
    ax.set_axis_off()


def panel_size(ds: Dataset, frame: int, inches: float) -> tuple[float, float]:
    """Choose the size of axes, so that the picture fills them."""
    image = describe_image(ds)
    ratio = image.rows / image.columns * pixel_aspect(ds, frame)
    return inches, inches * min(max(ratio, _FLATTEST), _TALLEST) + _TITLE_INCHES
