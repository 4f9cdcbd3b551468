"""From stored values to a picture: each stage with its histogram and the window in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, SupportsIndex

from dicomkit.dataset.modules.modality import modality_step
from dicomkit.display.build import display_pipeline
from dicomkit.display.thumbnail import pixel_aspect
from dicomkit.fileset.images import ImageSource, open_source
from dicomkit.image.values import to_values
from dicomkit.notebook.canvas import figure_of, given_axes, grid
from dicomkit.notebook.histogram import draw_histogram, drawable, finite_ends
from dicomkit.notebook.marks import set_title, view_title
from dicomkit.notebook.pictures import panel_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from dicomkit.display.pipeline import DisplayPipeline, Step
    from dicomkit.display.views import WindowLike
    from dicomkit.image.image import Image
    from dicomkit.transforms.arrays import AnyArray
    from dicomkit.transforms.lut import LookupTable
    from dicomkit.transforms.rescale import Rescale

__all__ = ["show_steps"]

_INCHES = 3.0
_HISTOGRAM_INCHES = 1.6
_GRAY_NDIM = 2
# The defined term of Rescale Type for values without a known unit (C.11.1.1.2).
_UNSPECIFIED = "US"


@dataclass(frozen=True, slots=True, eq=False)
class _Stage:
    """One column: an image, the values of its histogram, and what these become."""

    title: str
    label: str
    image: AnyArray
    values: AnyArray
    ends: tuple[float, float]
    steps: tuple[Step, ...] | None


def show_steps(
    source: ImageSource,
    /,
    frame: SupportsIndex = 0,
    window: WindowLike = None,
    *,
    axes: npt.ArrayLike | Sequence[Axes] | None = None,
) -> Figure:
    """Draw a frame's stored values, its values in units, and its picture, side by side.

    Under each stands its histogram, with a logarithmic axis, and in it the window: a curve of
    the grey level that each value gets, and a shade over the values between black and white.
    A colour image has neither units nor a window: two columns, and a histogram a channel.

    Parameters
    ----------
    source : path, Instance, pydicom.dataset.Dataset or Image
        An image.
    frame : int
        Counted from 0.
    window : optional
        As in `dicomkit.display_pipeline`.
    axes : array-like of matplotlib.axes.Axes, optional
        Where to draw: a row for the images, then a row for the histograms, three axes each
        (two for colour). None makes a new figure.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    DicomKitError, IndexError, ValueError
        As `dicomkit.render`; ValueError too if there are too few axes.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("CT_small.dcm"))
    >>> [ax.get_title().splitlines()[0] for ax in show_steps(ds, window="bone").axes[:3]]
    ['stored values', 'values in HU', 'preset bone']
    """
    image = open_source(source)
    index = image.index(frame)
    stages = _stages(image, index, window)
    count = len(stages)
    if axes is None:
        width, height = panel_size(image, index, _INCHES)
        size = (width * count, height + _HISTOGRAM_INCHES)
        panels = grid(2, count, size=size, heights=(height, _HISTOGRAM_INCHES))
    else:
        panels = given_axes(axes, 2 * count)
    aspect = pixel_aspect(image.dataset, index)
    for stage, above, below in zip(stages, panels, panels[count:], strict=False):
        low, high = stage.ends
        above.imshow(
            drawable(stage.image),
            cmap="gray",
            vmin=low,
            vmax=high,
            aspect=aspect,
            interpolation="auto",
        )
        above.set_axis_off()
        set_title(above, stage.title)
        draw_histogram(below, stage.values, stage.steps)
        below.set_xlabel(stage.label)
    return figure_of(panels[0])


def _stages(image: Image, frame: int, window: WindowLike) -> list[_Stage]:
    described = image.description
    pipeline = display_pipeline(image, frame, window)
    stored = image[frame]
    picture = pipeline(stored)
    title = view_title(pipeline, described.photometric, frame, len(image))
    stored_title = f"stored values\n{stored.dtype}"
    level = "grey level" if picture.ndim == _GRAY_NDIM else "level"
    last = _Stage(title, level, picture, picture, (0, 255), ())
    if described.samples != 1:
        # Colour samples are drawn from none to full, whatever their depth.
        drawn = pipeline.steps[0](stored)
        return [_Stage(stored_title, "stored sample", drawn, stored, (0, 1), None), last]
    first = _gray_stage(stored_title, "stored value", stored, pipeline.steps)
    if not image.is_gray:
        return [first, last]
    modality = modality_step(image.dataset, frame, described)
    units = None if modality.units == _UNSPECIFIED else modality.units
    unit = "without units" if units is None else f"in {units}"
    formula = "as stored" if modality.transform is None else str(modality.transform)
    values = to_values(image, frame)
    rest = _after(modality.transform, pipeline)
    title = f"values {unit}\n{formula}"
    return [first, _gray_stage(title, units or "value", values, rest), last]


def _gray_stage(title: str, label: str, values: AnyArray, steps: tuple[Step, ...] | None) -> _Stage:
    return _Stage(title, label, values, values, finite_ends(values), steps)


def _after(
    modality: Rescale | LookupTable | None, pipeline: DisplayPipeline
) -> tuple[Step, ...] | None:
    """Find the steps that values in units take; None where the picture is not made of them."""
    if modality is None:
        return pipeline.steps
    return pipeline.steps[1:] if pipeline.steps[0].role == "Modality" else None
