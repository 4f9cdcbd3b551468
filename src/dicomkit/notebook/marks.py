"""What stands beside the pixels: title, letters at the edges, a scale in millimetres."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from matplotlib.patheffects import withStroke

from dicomkit.dataset.modules.geometry import pixel_spacing
from dicomkit.dataset.modules.orientation import edge_letters
from dicomkit.transforms.channels import Channels
from dicomkit.transforms.painting import LabelColors
from dicomkit.transforms.palette import SupplementalPalette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.orientation import EdgeLetters
    from dicomkit.display.pipeline import DisplayPipeline, Step

__all__ = [
    "draw_letters",
    "draw_scale",
    "measured_place",
    "nice_length",
    "scale_length",
    "set_title",
    "view_text",
    "view_title",
    "write_length",
    "write_letters",
]

_CHANNELS = ("red", "green", "blue")
_FONT_SIZE = 9
_TITLE_SIZE = 9
# Readable on black and on white.
_INK = "white"
_OUTLINE = withStroke(linewidth=2.5, foreground="black")
# The share of the picture's width that a scale takes at most, and its distance from the edges.
_WIDEST_SCALE = 0.3
_MARGIN = 0.04
# What lies between an atom and a city, in mm; no image is of anything else.
_NARROWEST, _WIDEST = 1e-7, 1e7


def view_title(pipeline: DisplayPipeline, photometric: str, frame: int, frames: int) -> str:
    """Say which frame this is, where its window came from, and what the window is."""
    place = [f"frame {frame} of {frames}"] if frames > 1 else []
    for step in pipeline.steps:
        if step.role == "VOI":
            return "\n".join([*place, *view_text(step)])
        if isinstance(step.transform, SupplementalPalette):
            photometric = f"{photometric} with a palette"
        if isinstance(step.transform, LabelColors):
            photometric = "segments in their colours"
    return "\n".join([*place, photometric])


def view_text(step: Step) -> list[str]:
    """Say where the window of a step came from, and what it is."""
    if isinstance(step.transform, Channels):
        parts = zip(_CHANNELS, step.transform.steps, strict=True)
        return [step.source, *(f"{color}: {part}" for color, part in parts)]
    return [step.source, str(step.transform)]


def draw_letters(ax: Axes, ds: Dataset, frame: int) -> None:
    """Write at each edge what part of the patient is nearest, where the dataset knows."""
    letters = edge_letters(ds, frame)
    if letters is not None:
        write_letters(ax, letters)


def write_letters(ax: Axes, letters: EdgeLetters) -> None:
    """Write a letter at each edge."""
    places = (
        (letters.left, (0.01, 0.5), ("left", "center")),
        (letters.right, (0.99, 0.5), ("right", "center")),
        (letters.top, (0.5, 0.99), ("center", "top")),
        (letters.bottom, (0.5, 0.01), ("center", "bottom")),
    )
    for letter, (x, y), (across, along) in places:
        ax.text(
            x,
            y,
            letter or "",
            transform=ax.transAxes,
            ha=across,
            va=along,
            color=_INK,
            fontsize=_FONT_SIZE,
            fontweight="bold",
            path_effects=[_OUTLINE],
        )


def draw_scale(ax: Axes, ds: Dataset, frame: int, shape: tuple[int, ...]) -> None:
    """Draw a length in millimetres at the lower left, where the dataset knows the spacing."""
    spacing = pixel_spacing(ds, frame)
    if spacing is None or not spacing.in_mm:
        return
    rows, columns = shape[:2]
    place = measured_place(spacing.measured_at)
    # Pixel centres lie on whole numbers, so the picture begins at -0.5.
    across, down = (-0.5, columns - 0.5), (rows - 0.5, -0.5)
    write_length(ax, across, down, unit=spacing.between_columns, place=place)


def measured_place(measured_at: str) -> str:
    """Say where a length lies, if it is not the patient's own."""
    return "" if measured_at == "patient" else f" at the {measured_at}"


def scale_length(width: float) -> float | None:
    """Give how long a scale is for a picture so many millimetres wide; None for none."""
    if not _NARROWEST < width < _WIDEST:
        return None
    return nice_length(width * _WIDEST_SCALE)


def write_length(
    ax: Axes,
    across: tuple[float, float],
    down: tuple[float, float],
    *,
    unit: float = 1.0,
    place: str = "",
) -> None:
    """Draw a length in millimetres at the lower left.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    across : (float, float)
        The left and the right edge of the picture.
    down : (float, float)
        Its lower and its upper edge.
    unit : float
        How many millimetres one is across.
    place : str
        What the length is measured at.
    """
    width, lower = across[1] - across[0], down[0]
    length = scale_length(width * unit)
    if length is None:
        return
    left = across[0] + width * _MARGIN
    right = left + length / unit
    height = lower + (down[1] - lower) * _MARGIN
    ax.plot(
        [left, right],
        [height, height],
        color=_INK,
        linewidth=2,
        solid_capstyle="butt",
        path_effects=[_OUTLINE],
        scalex=False,
        scaley=False,
    )
    ax.annotate(
        f"{length:g} mm{place}",
        (left, height),
        xytext=(0, 3),
        textcoords="offset points",
        color=_INK,
        fontsize=_FONT_SIZE,
        path_effects=[_OUTLINE],
    )


def nice_length(longest: float) -> float:
    """Give the longest of 1, 2, 5, 10, 20, ... that fits.

    Examples
    --------
    >>> nice_length(70), nice_length(0.3)
    (50.0, 0.2)
    """
    power = 10.0 ** math.floor(math.log10(longest))
    # Repeated division of decimals is not exact: a length that just fits must not be lost.
    return max(step * power for step in (1, 2, 5) if step * power <= longest * (1 + 1e-9))


def set_title(ax: Axes, title: str) -> None:
    """Write a title in the size of all of them."""
    ax.set_title(title, fontsize=_TITLE_SIZE)
