"""A contact sheet: many images at a glance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from dicomkit.display.options import PictureOptions
from dicomkit.display.render import render_frame
from dicomkit.display.thumbnail import pixel_aspect
from dicomkit.errors import DicomKitError
from dicomkit.fileset.images import open_source
from dicomkit.fileset.instances import Series
from dicomkit.notebook.canvas import figure_of, given_axes, grid
from dicomkit.notebook.layers import volume_layer
from dicomkit.notebook.marks import set_title
from dicomkit.notebook.pictures import draw_pixels
from dicomkit.notebook.planes import VolumeWindow, draw_slice, volume_window
from dicomkit.volume.reading import stacks
from dicomkit.volume.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from dicomkit.display.views import WindowLike
    from dicomkit.fileset.images import ImageSource
    from dicomkit.notebook.layers import Layer
    from dicomkit.regions.structures import Region
    from dicomkit.transforms.painting import Labels

__all__ = ["evenly", "montage"]

_INCHES = 1.7
_LABEL_INCHES = 0.25
_BAR_INCHES = 0.9
# A strip of an image shall not make a strip of a sheet.
_FLATTEST, _TALLEST = 0.4, 2.0


def montage(
    source: Volume | ImageSource | Sequence[ImageSource],
    /,
    count: int = 16,
    window: WindowLike = None,
    *,
    labels: Labels | None = None,
    segments: Iterable[Region] = (),
    wash: Volume | None = None,
    wash_range: tuple[float, float] | None = None,
    columns: int | None = None,
    axes: npt.ArrayLike | Sequence[Axes] | None = None,
) -> Figure:
    """Draw a contact sheet of a volume, a series, several images, or the frames of one.

    Where there are more images than places, they are sampled evenly from the first to the
    last. Each is read, drawn and forgotten before the next.

    Parameters
    ----------
    source : Volume, Series, or sequence of paths, instances, datasets or images, or one of them
        Of a volume, its slices. Of a series and a sequence, each first frame is drawn; of one
        image, or a series of one, the frames. Those of a series stand in the order of their
        places in the patient, as `dicomkit.stacks` finds it.
    count : int
        The most pictures to draw.
    window : optional
        As in `dicomkit.display_pipeline`; of a volume, as in `planes`.
        `dicomkit.series_window` finds one for all.
    labels, segments, wash, wash_range : optional
        What to paint over the slices of a volume, as in `planes`.
    columns : int, optional
        How many stand in a row; None makes the sheet about square.
    axes : array-like of matplotlib.axes.Axes, optional
        Where to draw, one for each picture. None makes a new figure.

    Returns
    -------
    matplotlib.figure.Figure
        Over each picture stands its index in the source: ``[3]``, or ``frame 3``. In place
        of an image that cannot be drawn stands the code of its error.

    Raises
    ------
    ValueError
        There is nothing to draw, ``count`` or ``columns`` is less than 1, there are too few
        axes, labels are of another shape, or they or a wash are for what is no volume.
    DicomKitError
        A single image cannot be read, or the wash is on another grid.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("emri_small.dcm"))
    >>> [ax.get_title() for ax in montage(ds, 4).axes]
    ['frame 0', 'frame 3', 'frame 6', 'frame 9']
    """
    if count < 1 or (columns is not None and columns < 1):
        msg = "count and columns must be at least 1"
        raise ValueError(msg)
    layer: Layer | None = None
    if isinstance(source, Volume):
        window = volume_window(source, window)
        layer = volume_layer(source, labels, segments, wash, wash_range)
    elif labels is not None or wash is not None:
        msg = "labels and a wash lie over a volume, which read_volume gives"
        raise ValueError(msg)
    chosen = _chosen(source, count)
    if not chosen:
        msg = "there is nothing to draw"
        raise ValueError(msg)
    across = min(columns or math.ceil(math.sqrt(len(chosen))), len(chosen))
    down = math.ceil(len(chosen) / across)
    if axes is None:
        panels = grid(down, across, size=(across * _INCHES, down * _INCHES))
    else:
        panels = given_axes(axes, len(chosen))
    for ax, (image, frame, label) in zip(panels, chosen, strict=False):
        _draw(ax, image, frame, window, layer)
        set_title(ax, label)
    for ax in panels[len(chosen) :]:
        ax.set_axis_off()
    figure = figure_of(panels[0])
    if axes is None:
        figure.set_size_inches(
            across * _INCHES + (0 if wash is None else _BAR_INCHES),
            down * (_INCHES * _tallest(panels) + _LABEL_INCHES),
        )
    if layer is not None:
        layer.mark(figure, panels[: len(chosen)], own=axes is None)
    return figure


def _chosen(
    source: Volume | ImageSource | Sequence[ImageSource], count: int
) -> list[tuple[Volume | ImageSource, int, str]]:
    """Choose what is drawn: of which image which frame, and what stands over it."""
    if isinstance(source, Volume):
        return [(source, index, f"[{index}]") for index in evenly(len(source), count)]
    images = _images(source)
    if len(images) > 1:
        order = _order(source) if isinstance(source, Series) else range(len(images))
        places = [order[place] for place in evenly(len(images), count)]
        return [(images[place], 0, f"[{place}]") for place in places]
    if not images:
        return []
    only = open_source(images[0])
    return [(only, frame, f"frame {frame}") for frame in evenly(len(only), count)]


def _order(series: Series) -> Sequence[int]:
    """Order the instances of a series by their place in the patient, as far as it is known."""
    try:
        found = stacks(series)
    except DicomKitError:
        return range(len(series))
    numbers = {instance.path: number for number, instance in enumerate(series)}
    placed = [numbers[one.path] for stack in found for one in stack.slices if one.path in numbers]
    # What is no image comes last.
    return list(dict.fromkeys((*placed, *numbers.values())))


def evenly(available: int, count: int) -> list[int]:
    """Choose indices evenly, the first and the last among them.

    Examples
    --------
    >>> evenly(10, 4), evenly(3, 16), evenly(9, 1)
    ([0, 3, 6, 9], [0, 1, 2], [4])
    """
    if available <= count:
        return list(range(available))
    if count == 1:
        return [available // 2]
    return [round(place * (available - 1) / (count - 1)) for place in range(count)]


def _tallest(panels: Sequence[Axes]) -> float:
    """Give the height in widths of the tallest image, within what a sheet can bear."""
    ratios = [
        image.get_size()[0] / image.get_size()[1] * float(ax.get_aspect())
        for ax in panels
        for image in ax.images
    ]
    return min(max([*ratios, _FLATTEST]), _TALLEST)


def _images(source: ImageSource | Sequence[ImageSource]) -> Sequence[ImageSource]:
    if isinstance(source, Sequence) and not isinstance(source, str | bytes | bytearray):
        return source
    return [source]


def _draw(
    ax: Axes,
    source: Volume | ImageSource,
    frame: int,
    window: WindowLike,
    layer: Layer | None,
) -> None:
    if isinstance(source, Volume):
        draw_slice(ax, source, frame, cast("VolumeWindow", window), layer)
        return
    try:
        image = open_source(source)
        picture = render_frame(image, frame, PictureOptions(window)).image
    except DicomKitError as error:
        ax.text(0.5, 0.5, error.code, transform=ax.transAxes, ha="center", va="center")
        ax.set_xticks([])
        ax.set_yticks([])
        return
    draw_pixels(ax, picture, pixel_aspect(image.dataset, frame))
