"""What is painted over pictures: regions with their legend, values with their scale."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.patches import Patch

from dicomkit.dataset.modules.segmentation import Segment
from dicomkit.errors import InconsistentError
from dicomkit.transforms.painting import WASH_COLORS, color_of, color_wash, paint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from dicomkit.regions.structures import Region
    from dicomkit.transforms.arrays import AnyArray
    from dicomkit.transforms.painting import Color, Labels
    from dicomkit.volume.volume import Volume

__all__ = ["Layer", "draw_legend", "legend_of", "volume_layer"]

_FONT_SIZE: Final = 8
_MOST_NAMED: Final = 24
_LONGEST: Final = 40
_ACROSS: Final = 4
_BYTE: Final = 255
# So much of the highest value has a colour at all.
_LEAST: Final = 0.1
_NDIM: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """What lies over a volume: labels, values, or both.

    Attributes
    ----------
    labels : array of labels, dict of masks, or None
        On the volume's voxels.
    regions : tuple of Segment or Structure
        What the labels mean.
    wash : Volume or None
        Values on the volume's grid.
    ends : (float, float)
        From where to where these have colours.
    """

    labels: Labels | None
    regions: tuple[Region, ...]
    wash: Volume | None
    ends: tuple[float, float]

    def over(self, picture: npt.NDArray[np.uint8], index: tuple[int | slice, ...]) -> AnyArray:
        """Paint what lies on a cut through the volume over its picture."""
        painted: AnyArray = picture
        if self.wash is not None:
            painted = color_wash(painted, np.asarray(self.wash.array[index]), self.ends)
        if self.labels is not None:
            labels, colors = _cut(self.labels, index), _colors(self.regions)
            if self.wash is None:
                painted = paint(painted, labels, colors)
            else:
                # A colour over a colour would be neither.
                painted = paint(painted, labels, colors, alpha=0, outline=True)
        return painted

    def mark(self, figure: Figure, axes: Sequence[Axes], *, own: bool) -> None:
        """Draw the legend and the scale; beside axes of the caller's, into the last of them."""
        if self.labels is not None:
            place = None if own else axes[-1]
            draw_legend(figure, legend_of(_shown(self.labels), self.regions), place)
        if self.wash is not None:
            colors = [_shares(color) for color in WASH_COLORS]
            scale = ScalarMappable(
                Normalize(*self.ends), LinearSegmentedColormap.from_list("wash", colors)
            )
            bar = figure.colorbar(scale, ax=list(axes), shrink=0.8, extend="max")
            bar.set_label(self.wash.units or "", parse_math=False)


def volume_layer(
    volume: Volume,
    labels: Labels | None,
    segments: Iterable[Region],
    wash: Volume | None,
    wash_range: tuple[float, float] | None,
) -> Layer | None:
    """Check what is to lie over a volume; None where nothing is.

    Raises
    ------
    ValueError
        Labels are of another shape, or there is no range of values to draw.
    InconsistentError
        The values are on another grid.
    """
    if labels is None and wash is None:
        return None
    shape = volume.shape[:_NDIM]
    masks = labels.values() if isinstance(labels, Mapping) else [labels]
    for mask in masks:
        if mask is not None and mask.shape != shape:
            msg = f"labels have the shape {mask.shape}, the volume {shape}"
            raise ValueError(msg)
    ends = (0.0, 1.0)
    if wash is not None:
        _check_grid(volume, wash)
        ends = _ends(wash) if wash_range is None else wash_range
    return Layer(labels, tuple(segments), wash, ends)


def _check_grid(volume: Volume, wash: Volume) -> None:
    same = volume.grid is not None and wash.grid is not None and wash.grid.matches(volume.grid)
    if not same or not wash.is_gray:
        msg = "a wash is values on the volume's own grid: resample(wash, volume.grid) gives them"
        raise InconsistentError(msg)


def _ends(wash: Volume) -> tuple[float, float]:
    array = np.asarray(wash.array)
    most = float(np.max(array, initial=-math.inf, where=np.isfinite(array)))
    if most <= 0:
        msg = "no value of the wash is above 0: wash_range says from where to where to draw it"
        raise ValueError(msg)
    return _LEAST * most, most


def _cut(labels: Labels, index: tuple[int | slice, ...]) -> Labels:
    if isinstance(labels, Mapping):
        return {number: np.asarray(mask[index]) for number, mask in labels.items()}
    cut: Labels = labels[index]
    return cut


def _shown(labels: Labels) -> list[int]:
    """List the numbers of what there is to see."""
    if isinstance(labels, Mapping):
        return sorted(number for number, mask in labels.items() if np.any(mask))
    return [int(number) for number in np.unique(labels) if number]


def _colors(regions: Iterable[Region]) -> dict[int, Color | None]:
    return {region.number: region.color for region in regions}


def legend_of(numbers: Iterable[int], regions: Sequence[Region]) -> list[tuple[str, Color]]:
    """Name regions and give their colours."""
    known, colors = {region.number: region for region in regions}, _colors(regions)
    return [(_name(number, known.get(number)), color_of(number, colors)) for number in numbers]


def _name(number: int, region: Region | None) -> str:
    name = region.label if isinstance(region, Segment) else region and region.name
    return (name or f"region {number}")[:_LONGEST]


def draw_legend(figure: Figure, entries: Sequence[tuple[str, Color]], ax: Axes | None) -> None:
    """Draw names and colours below the pictures of a figure, or into axes."""
    if not entries:
        return
    shown = list(entries[:_MOST_NAMED])
    handles = [Patch(facecolor=_shares(color)) for _, color in shown]
    names = [name for name, _ in shown]
    if len(entries) > len(shown):
        handles.append(Patch(alpha=0))
        names.append(f"and {len(entries) - len(shown)} more")
    # Names come later: those that begin with an underscore would be left out.
    numbers = [str(place) for place in range(len(names))]
    if ax is None:
        legend = figure.legend(
            handles,
            numbers,
            loc="outside lower center",
            ncols=min(len(names), _ACROSS),
            fontsize=_FONT_SIZE,
        )
    else:
        legend = ax.legend(handles, numbers, loc="lower right", fontsize=_FONT_SIZE)
    for text, name in zip(legend.get_texts(), names, strict=True):
        # A dollar in a name is a dollar.
        text.set_parse_math(False)
        text.set_text(name)


def _shares(color: Color) -> tuple[float, float, float]:
    red, green, blue = color
    return red / _BYTE, green / _BYTE, blue / _BYTE
