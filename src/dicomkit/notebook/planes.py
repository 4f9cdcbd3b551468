"""A volume as figures: three cuts at right angles, and its slices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from matplotlib.transforms import Affine2D

from dicomkit.dataset.modules.orientation import EdgeLetters, direction_letters
from dicomkit.display.series import series_window
from dicomkit.errors import UnitsError
from dicomkit.image.image import as_index
from dicomkit.notebook.canvas import figure_of, given_axes, grid
from dicomkit.notebook.layers import volume_layer
from dicomkit.notebook.marks import set_title, write_length, write_letters
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.output import to_uint8
from dicomkit.transforms.presets import WINDOWS
from dicomkit.transforms.window import Window, apply_window
from dicomkit.volume.conversion import grid_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import SupportsIndex

    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from dicomkit.display.views import WindowLike
    from dicomkit.notebook.layers import Layer
    from dicomkit.regions.structures import Region
    from dicomkit.transforms.arrays import AnyArray
    from dicomkit.transforms.painting import Labels
    from dicomkit.volume.volume import Volume

__all__ = ["VolumeWindow", "draw_slice", "planes", "slice_picture", "volume_window"]

_INCHES = 4.0
_TITLE_INCHES = 0.5
_AXES = "kji"
# The patient's axes in the order in which one becomes vertical: head, back, left.
_VERTICAL = (2, 1, 0)
_HEAD = 2
_LINE: dict[str, Any] = {"color": "#ffb000", "linewidth": 0.8, "alpha": 0.7}
_NDIM = 3


class _Cut(NamedTuple):
    """A cut through a volume as it is drawn: which way lies where.

    Attributes
    ----------
    across : int
        The axis of the array that it is cut across.
    down, right : int
        The axes of the array that lead down (or up) and to the right (or left).
    flips : (bool, bool)
        Whether down and right run against the array.
    """

    across: int
    down: int
    right: int
    flips: tuple[bool, bool]


def planes(
    volume: Volume,
    /,
    at: Sequence[SupportsIndex] | None = None,
    window: WindowLike = None,
    *,
    labels: Labels | None = None,
    segments: Iterable[Region] = (),
    wash: Volume | None = None,
    wash_range: tuple[float, float] | None = None,
    axes: npt.ArrayLike | Sequence[Axes] | None = None,
) -> Figure:
    """Draw three cuts through a volume, at right angles to each other.

    The head, or else the front, is up, and the patient's right at the left, as radiologists
    hang pictures. Pixels have their true shape, and a sheared volume leans as it does in the
    patient: nothing is resampled. Letters name the sides, a scale is in millimetres, and thin
    lines show where the other two cuts are.

    Parameters
    ----------
    volume : Volume
        With a grid.
    at : (int, int, int), optional
        The voxel that all three cuts go through: k, j, i. The middle by default;
        ``volume.grid.to_indices`` finds that of a place.
    window : optional
        A `Window`, a preset's name for Hounsfield units, a `LookupTable`, or ``"full"``. By
        default, all but the extreme values, as `series_window` finds them.
    labels : numpy.ndarray of int or bool, or dict of int to numpy.ndarray, optional
        What to paint over the voxels, as in `dicomkit.paint`: `dicomkit.segment_labels` on
        ``volume.grid``, or masks by number. A legend names them. Over a wash, they are outlines.
    segments : iterable of Segment or Structure, optional
        What labels mean, and in which colour.
    wash : Volume, optional
        Values to lay over the voxels as colours, such as dose, on the same grid: what
        `dicomkit.resample` gives. A bar shows which value has which colour.
    wash_range : (float, float), optional
        The values that are bluest and reddest; by default a tenth of the highest, and that.
    axes : array-like of matplotlib.axes.Axes, optional
        Where to draw, three of them. None makes a new figure.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InconsistentError
        The volume has no grid, or the wash another one.
    IndexError
        There is no such voxel.
    UnitsError
        A preset is asked for, but the values are not in Hounsfield units.
    ValueError
        There is no such window, labels are of another shape, or there are too few axes.

    Examples
    --------
    >>> import dicomkit as dk
    >>> from pydicom.data import get_testdata_file
    >>> dose = dk.read_volume(get_testdata_file("rtdose.dcm", download=False))
    >>> [ax.get_title() for ax in planes(dose).axes]
    ['k = 7', 'j = 5', 'i = 5']
    """
    lattice = grid_of(volume)
    point = _checked(volume, at)
    view = volume_window(volume, window)
    layer = volume_layer(volume, labels, segments, wash, wash_range)
    steps = lattice.affine[:3, :3].T
    cuts = [_cut(steps, across) for across in range(_NDIM)]
    extents = [_extent(steps, cut, volume.shape) for cut in cuts]
    if axes is None:
        widths = [np.ptp(extent[:, 0]) for extent in extents]
        tallest = max(float(np.ptp(extent[:, 1])) for extent in extents)
        scale = 3 * _INCHES / sum(widths)
        size = (3 * _INCHES, min(max(tallest * scale, 1), 2 * _INCHES) + _TITLE_INCHES)
        panels = grid(1, 3, size=size, widths=widths)
    else:
        panels = given_axes(axes, 3)
    for ax, cut, extent in zip(panels, cuts, extents, strict=False):
        _draw(ax, volume, cut, point, view, layer=layer)
        _mark(ax, volume, cut, point, extent)
        set_title(ax, f"{_AXES[cut.across]} = {point[cut.across]}")
    for ax in panels[3:]:
        ax.set_axis_off()
    figure = figure_of(panels[0])
    if layer is not None:
        layer.mark(figure, panels[:3], own=axes is None)
    return figure


def draw_slice(
    ax: Axes, volume: Volume, index: int, window: VolumeWindow, layer: Layer | None = None
) -> None:
    """Draw one slice as its file has it, its pixels in their true shape."""
    spacing = (1.0, 1.0, 1.0) if volume.grid is None else volume.grid.spacing
    ax.imshow(
        slice_picture(volume, (index,), window, layer),
        cmap="gray",
        vmin=0,
        vmax=255,
        aspect=spacing[1] / spacing[2],
        interpolation="antialiased",
    )
    ax.set_axis_off()


VolumeWindow: TypeAlias = Window | LookupTable | None


def volume_window(volume: Volume, window: WindowLike) -> VolumeWindow:
    """Choose what to show of a volume's values; None for colour, which has no window.

    Raises
    ------
    UnitsError
        A preset is asked for, but the values are not in Hounsfield units.
    ValueError
        There is no such window.
    """
    if not volume.is_gray:
        return None
    if isinstance(window, Window | LookupTable):
        return window
    if window is None or (isinstance(window, str) and window == "auto"):
        return series_window(volume)
    if isinstance(window, str) and window == "full":
        return series_window(volume, percentiles=(0, 100))
    if isinstance(window, str) and window in WINDOWS:
        if volume.units != "HU":
            msg = f"the preset {window!r} is in Hounsfield units, but the values are not"
            raise UnitsError(msg)
        return WINDOWS[window]
    msg = (
        "the window of a volume is a Window, a LookupTable, 'auto', 'full', "
        f"or one of {', '.join(WINDOWS)}"
    )
    raise ValueError(msg)


def _checked(volume: Volume, at: Sequence[SupportsIndex] | None) -> tuple[int, int, int]:
    sides = volume.shape[:_NDIM]
    if at is None:
        k, j, i = (side // 2 for side in sides)
        return k, j, i
    point = [as_index(index) for index in at]
    pairs = zip(point, sides, strict=False)
    if len(point) != _NDIM or not all(one is not None and 0 <= one < side for one, side in pairs):
        msg = f"at is a voxel k, j, i below {' x '.join(map(str, sides))}, counted from 0"
        raise IndexError(msg)
    k, j, i = (int(one or 0) for one in point)
    return k, j, i


def _cut(steps: AnyArray, across: int) -> _Cut:
    """Choose which axis of a cut is vertical, and which way it runs."""
    one, other = (axis for axis in range(_NDIM) if axis != across)
    mains = {axis: int(np.argmax(np.abs(steps[axis]))) for axis in (one, other)}
    down, right = sorted((one, other), key=lambda axis: _VERTICAL.index(mains[axis]))
    # On a screen, down is the feet's side, the back or the left; right is the left or the back.
    upward = steps[down][mains[down]] > 0 if mains[down] == _HEAD else steps[down][mains[down]] < 0
    return _Cut(across, down, right, (bool(upward), bool(steps[right][mains[right]] < 0)))


def _in_plane(steps: AnyArray, cut: _Cut) -> AnyArray:
    """Give a cut's steps on the screen, in mm: the rows are those of right and of down."""
    right = steps[cut.right] * (-1 if cut.flips[1] else 1)
    down = steps[cut.down] * (-1 if cut.flips[0] else 1)
    width = float(np.linalg.norm(right))
    along = float(down @ right) / width
    return np.array([[width, 0.0], [along, np.sqrt(max(float(down @ down) - along**2, 0.0))]])


def _extent(steps: AnyArray, cut: _Cut, shape: tuple[int, ...]) -> AnyArray:
    """Give the corners of a cut on the screen, in mm; pixel centres are whole steps."""
    across, down = shape[cut.right], shape[cut.down]
    corners = np.array([(x, y) for x in (-0.5, across - 0.5) for y in (-0.5, down - 0.5)])
    return np.asarray(corners @ _in_plane(steps, cut))


def _draw(
    ax: Axes,
    volume: Volume,
    cut: _Cut,
    point: tuple[int, int, int],
    window: VolumeWindow,
    *,
    layer: Layer | None,
) -> None:
    index: list[int | slice] = [slice(None)] * _NDIM
    index[cut.across] = point[cut.across]
    picture = slice_picture(volume, tuple(index), window, layer)
    if cut.down > cut.right:
        picture = picture.swapaxes(0, 1)
    picture = picture[:: -1 if cut.flips[0] else 1, :: -1 if cut.flips[1] else 1]
    assert volume.grid is not None  # noqa: S101 - looked at by the caller
    (a, b), (c, d) = _in_plane(volume.grid.affine[:3, :3].T, cut)
    image = ax.imshow(picture, cmap="gray", vmin=0, vmax=255, interpolation="antialiased")
    image.set_transform(Affine2D.from_values(a, b, c, d, 0, 0) + ax.transData)
    ax.set_facecolor("black")
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)


def _mark(
    ax: Axes, volume: Volume, cut: _Cut, point: tuple[int, int, int], extent: AnyArray
) -> None:
    """Write letters and scale, and draw where the other cuts are."""
    (left, top), (right, bottom) = extent.min(axis=0), extent.max(axis=0)
    ax.set_xlim(left, right)
    ax.set_ylim(bottom, top)
    ax.set_aspect("equal")
    steps = grid_of(volume).affine[:3, :3].T
    directions, ends, places = [], [], []
    for axis, flipped in ((cut.right, cut.flips[1]), (cut.down, cut.flips[0])):
        x, y, z = map(float, steps[axis] / np.linalg.norm(steps[axis]) * (-1 if flipped else 1))
        directions.append(direction_letters((x, y, z)))
        last = volume.shape[axis] - 1
        ends.append((-0.5, last + 0.5))
        places.append(last - point[axis] if flipped else point[axis])
    write_letters(ax, EdgeLetters.from_directions(*directions))
    write_length(ax, (left, right), (bottom, top))
    vertical = [(places[0], end) for end in ends[1]]
    horizontal = [(end, places[1]) for end in ends[0]]
    for line in (vertical, horizontal):
        across, down = (np.array(line) @ _in_plane(steps, cut)).T
        ax.plot(across, down, scalex=False, scaley=False, **_LINE)


def slice_picture(
    volume: Volume,
    index: tuple[int | slice, ...],
    window: VolumeWindow,
    layer: Layer | None = None,
) -> AnyArray:
    """Give what an index cuts out of a volume as a picture, with what lies over it."""
    values = np.asarray(volume.array[index])
    if window is None:
        picture = np.asarray(np.clip(np.nan_to_num(values), 0, 255), np.uint8)
    else:
        picture = to_uint8(apply_window(values, window))
    return picture if layer is None else layer.over(picture, index)
