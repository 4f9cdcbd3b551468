"""One frame as a figure, and one frame through several windows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, SupportsIndex

import numpy as np

from dicomkit.dataset.elements.datasets import error_context
from dicomkit.dataset.modules.segmentation import segment_colors
from dicomkit.display.options import PictureOptions
from dicomkit.display.render import render_frame
from dicomkit.display.thumbnail import pixel_aspect
from dicomkit.fileset.images import ImageSource, open_source
from dicomkit.image.image import frame_number
from dicomkit.notebook.arrays import array_picture
from dicomkit.notebook.canvas import figure_of, given_axes, grid
from dicomkit.notebook.layers import draw_legend, legend_of
from dicomkit.notebook.marks import draw_letters, draw_scale, set_title, view_title
from dicomkit.regions.masks import masks_on, segments
from dicomkit.transforms.painting import paint

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from dicomkit.display.pipeline import Picture
    from dicomkit.display.views import WindowLike
    from dicomkit.image.image import Image
    from dicomkit.regions.masks import Mask
    from dicomkit.transforms.arrays import AnyArray
    from dicomkit.transforms.painting import Color

__all__ = ["draw_frame", "draw_pixels", "panel", "panel_size", "show", "show_windows"]

_INCHES = 5.0
_PANEL_INCHES = 3.0
_PANELS_A_ROW = 3
# A strip of an image shall not make a strip of a figure.
_FLATTEST, _TALLEST = 0.4, 2.0
_TITLE_INCHES = 0.5


def show(
    source: ImageSource | AnyArray,
    /,
    frame: SupportsIndex = 0,
    window: WindowLike = None,
    *,
    segmentation: ImageSource | None = None,
    ax: Axes | None = None,
) -> Figure:
    """Draw a frame as it is displayed, with what is known about it.

    The pixels have their true shape; a scale in millimetres, and letters for the patient's
    sides, are there where the dataset knows them; the title names the window.

    Parameters
    ----------
    source : path, Instance, pydicom.dataset.Dataset, Image or numpy.ndarray
        An image. An array has the shape (rows, columns), or (rows, columns, 3) for RGB of
        uint8, uint16, or real numbers from 0 to 1.
    frame : int
        Counted from 0.
    window : optional
        As in `dicomkit.display_pipeline`. Grey arrays of uint8 are drawn as they are by default,
        those of other types with ``"auto"``; they offer no views, and presets take their values
        for Hounsfield units.
    segmentation : path, Instance, pydicom.dataset.Dataset or Image, optional
        What to paint over the frame, in the segments' colours, as `dicomkit.segment_masks` places
        it. A legend names the segments that are to be seen.
    ax : matplotlib.axes.Axes, optional
        Where to draw; None makes a new figure.

    Returns
    -------
    matplotlib.figure.Figure
        A notebook shows it; ``savefig`` writes it.

    Raises
    ------
    DicomKitError, IndexError, ValueError
        As `dicomkit.render` and `dicomkit.segment_masks`; ValueError too for a segmentation of an
        array, which lies nowhere.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("CT_small.dcm"))
    >>> figure = show(ds, window="soft_tissue")
    >>> print(figure.axes[0].get_title())
    preset soft_tissue
    center 40, width 400, LINEAR
    """
    if isinstance(source, np.ndarray):
        if segmentation is not None:
            msg = "an array lies nowhere, so no segmentation lies on it; paint takes masks"
            raise ValueError(msg)
        return _show_array(source, frame, window, ax)
    image = open_source(source)
    index = image.index(frame)
    place, panel = ax, ax
    if panel is None:
        (panel,) = grid(1, 1, size=panel_size(image, index, _INCHES))
    seg = None if segmentation is None else open_source(segmentation)
    masks = None if seg is None else masks_on(seg, image, index)
    colors = {} if seg is None else dict(segment_colors(seg.dataset))
    picture = draw_frame(panel, image, index, window, masks=masks, colors=colors)
    draw_letters(panel, image.dataset, index)
    draw_scale(panel, image.dataset, index, picture.shape)
    if seg is not None and masks is not None:
        shown = [number for number, mask in masks.items() if mask.any()]
        draw_legend(figure_of(panel), legend_of(shown, segments(seg)), place)
    return figure_of(panel)


def _show_array(
    array: AnyArray, frame: SupportsIndex, window: WindowLike, ax: Axes | None
) -> Figure:
    if frame_number(frame):
        msg = "an array is one frame; of several, show array[0]"
        raise IndexError(msg)
    picture, title = array_picture(array, window)
    if ax is None:
        (ax,) = grid(1, 1, size=panel(picture.shape, 1, _INCHES))
    draw_pixels(ax, picture, 1)
    set_title(ax, title)
    return figure_of(ax)


def show_windows(
    source: ImageSource,
    windows: Sequence[WindowLike],
    /,
    frame: SupportsIndex = 0,
    *,
    axes: npt.ArrayLike | Sequence[Axes] | None = None,
) -> Figure:
    """Draw a frame through several windows, side by side.

    Parameters
    ----------
    source : path, Instance, pydicom.dataset.Dataset or Image
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
    image = open_source(source)
    index, count = image.index(frame), len(windows)
    panels = _places(image, index, count) if axes is None else given_axes(axes, count)
    for ax, window in zip(panels, windows, strict=False):
        draw_frame(ax, image, index, window)
    for ax in panels[count:]:
        ax.set_axis_off()
    return figure_of(panels[0])


def _places(image: Image, frame: int, count: int) -> list[Axes]:
    # Four make a square; a longer row would shrink the titles where a page is narrow.
    columns = 2 if count == 2 * 2 else min(count, _PANELS_A_ROW)
    rows = math.ceil(count / columns)
    width, height = panel_size(image, frame, _PANEL_INCHES)
    return grid(rows, columns, size=(columns * width, rows * height))


def draw_frame(
    ax: Axes,
    image: Image,
    frame: int,
    window: WindowLike,
    *,
    masks: dict[int, Mask] | None = None,
    colors: dict[int, Color] | None = None,
) -> Picture:
    """Draw a frame, with masks in their colours over it, and its title; give the picture."""
    with error_context(image.dataset):
        rendered = render_frame(image, frame, PictureOptions(window))
    picture = rendered.image
    if masks is not None:
        picture = paint(np.asarray(picture, np.uint8), masks, colors)
    draw_pixels(ax, picture, pixel_aspect(image.dataset, frame))
    photometric = image.description.photometric
    set_title(ax, view_title(rendered.pipeline, photometric, frame, len(image)))
    return rendered.image


def draw_pixels(ax: Axes, picture: Picture, aspect: float) -> None:
    """Draw a picture of 8 bits as it is."""
    ax.imshow(picture, cmap="gray", vmin=0, vmax=255, aspect=aspect, interpolation="antialiased")
    ax.set_axis_off()


def panel_size(image: Image, frame: int, inches: float) -> tuple[float, float]:
    """Choose the size of axes, so that the picture fills them."""
    described = image.description
    shape = (described.rows, described.columns)
    return panel(shape, pixel_aspect(image.dataset, frame), inches)


def panel(shape: tuple[int, ...], aspect: float, inches: float) -> tuple[float, float]:
    """Choose the size of axes for a picture of a shape, whose pixels have an aspect."""
    ratio = shape[0] / shape[1] * aspect
    return inches, inches * min(max(ratio, _FLATTEST), _TALLEST) + _TITLE_INCHES
