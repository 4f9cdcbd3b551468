"""Two images and their difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, SupportsIndex

import numpy as np

from dicomkit.display.thumbnail import pixel_aspect
from dicomkit.fileset.images import ImageSource, open_source
from dicomkit.image.values import to_values
from dicomkit.notebook.canvas import figure_of, given_axes, grid
from dicomkit.notebook.histogram import finite_ends
from dicomkit.notebook.marks import set_title
from dicomkit.notebook.pictures import draw_frame, panel_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from dicomkit.display.views import WindowLike
    from dicomkit.transforms.arrays import AnyArray

__all__ = ["compare"]

_PANELS = 3
_INCHES = 3.0
_BAR_INCHES = 0.8
_CHANNELS_NDIM = 3
# The share of differing pixels that the colours tell apart, in percent.
_COMMON = 99


def compare(
    a: ImageSource,
    b: ImageSource,
    /,
    frame: SupportsIndex = 0,
    window: WindowLike = None,
    *,
    axes: npt.ArrayLike | Sequence[Axes] | None = None,
) -> Figure:
    r"""Draw a frame of two images, and the difference of their values.

    Parameters
    ----------
    a, b : path, Instance, pydicom.dataset.Dataset or Image
        Two images, such as one before and after lossy compression.
    frame : int
        Counted from 0, of both.
    window : optional
        As in `dicomkit.display_pipeline`, for both.
    axes : array-like of matplotlib.axes.Axes, optional
        Where to draw: three. None makes a new figure.

    Returns
    -------
    matplotlib.figure.Figure
        The third axes show a minus b after the Modality step, of colour the channel that
        differs most: red where a is higher, blue where b is, white where they agree. Where the
        sizes differ, or one image is grey and one in colour, they are empty and say so.

    Raises
    ------
    DicomKitError, IndexError, ValueError
        As `dicomkit.render`; ValueError too if there are too few axes.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("MR_small.dcm"))
    >>> compare(ds, ds).axes[2].get_title()
    'a - b\nno difference'
    """
    images = [open_source(a), open_source(b)]
    indices = [image.index(frame) for image in images]
    if axes is None:
        width, height = panel_size(images[0], indices[0], _INCHES)
        panels = grid(1, _PANELS, size=(_PANELS * width + _BAR_INCHES, height))
    else:
        panels = given_axes(axes, _PANELS)
    for name, image, index, ax in zip("ab", images, indices, panels, strict=False):
        draw_frame(ax, image, index, window)
        set_title(ax, f"{name}: {ax.get_title()}")
    values = [to_values(image, index) for image, index in zip(images, indices, strict=True)]
    if values[0].shape == values[1].shape:
        aspect = pixel_aspect(images[0].dataset, indices[0])
        _draw_difference(panels[2], *values, aspect=aspect)
    else:
        panels[2].set_axis_off()
        set_title(panels[2], f"a - b\n{_why_not(*values)}")
    return figure_of(panels[0])


def _why_not(a: AnyArray, b: AnyArray) -> str:
    if a.shape[:2] == b.shape[:2]:
        return "one is grey, one in colour"
    return "sizes differ: " + " and ".join(
        f"{rows} x {columns}" for rows, columns, *_ in (a.shape, b.shape)
    )


def _draw_difference(ax: Axes, a: AnyArray, b: AnyArray, *, aspect: float) -> None:
    # Equal infinities, and what is no number in both, do not differ.
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    difference = np.subtract(a, b, dtype=np.float64, out=np.zeros(a.shape), where=~same)
    if difference.ndim == _CHANNELS_NDIM:
        most = np.abs(difference).argmax(axis=-1, keepdims=True)
        difference = np.take_along_axis(difference, most, axis=-1)[..., 0]
    low, high = finite_ends(difference)
    reach = _common_reach(difference)
    clips = max(-low, high) > reach
    drawn = ax.imshow(
        difference, cmap="RdBu_r", vmin=-reach, vmax=reach, aspect=aspect, interpolation="nearest"
    )
    ax.set_axis_off()
    figure_of(ax).colorbar(drawn, ax=ax, shrink=0.8, extend="both" if clips else "neither")
    said = [f"{low:g} to {high:g}"] if (low, high) != (0, 0) else []
    if not np.isfinite(difference).all():
        said.append("not finite")
    set_title(ax, f"a - b\n{', '.join(said) or 'no difference'}")


def _common_reach(difference: AnyArray) -> float:
    """Choose a range of colours that a few pixels at edges cannot stretch."""
    sizes = np.abs(difference[np.isfinite(difference)])
    sizes = sizes[sizes > 0]
    return float(np.percentile(sizes, _COMMON)) if sizes.size else 1.0
