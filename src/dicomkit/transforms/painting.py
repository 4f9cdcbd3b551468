"""Colour over a picture: regions, and values as a wash."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicomkit.transforms.arrays import AnyArray, FloatArray
    from dicomkit.transforms.padding import PaddingMask

__all__ = [
    "WASH_COLORS",
    "Color",
    "LabelColors",
    "Labels",
    "color_of",
    "color_wash",
    "paint",
]

Color: TypeAlias = tuple[int, int, int]
Labels: TypeAlias = (
    npt.NDArray[np.integer[Any]] | npt.NDArray[np.bool_] | Mapping[int, npt.NDArray[Any]]
)

# What regions without a colour of their own get, by their numbers from 1 on, again and again.
_REGION_COLORS: Final[tuple[Color, ...]] = (
    (230, 70, 60),
    (70, 180, 80),
    (70, 130, 250),
    (250, 190, 40),
    (200, 90, 220),
    (50, 200, 210),
    (250, 130, 50),
    (180, 220, 60),
    (250, 130, 180),
    (150, 120, 250),
    (40, 150, 130),
    (180, 130, 80),
)
# From cold to hot, as systems for planning of treatments show dose.
WASH_COLORS: Final[tuple[Color, ...]] = (
    (40, 60, 220),
    (0, 190, 255),
    (30, 210, 90),
    (255, 225, 0),
    (255, 120, 0),
    (225, 20, 30),
)
"""The colours of `color_wash` at even steps from the lowest to the highest value."""
_WHITE: Final = 255
_GRAY_AXES, _RGB = 2, 3


def paint(
    picture: npt.NDArray[np.uint8],
    labels: Labels,
    /,
    colors: Mapping[int, Color | None] | None = None,
    *,
    alpha: float = 0.4,
    outline: bool = False,
) -> npt.NDArray[np.uint8]:
    """Paint regions over a picture, so that it shows through.

    Parameters
    ----------
    picture : numpy.ndarray of uint8, shape (rows, columns) or (rows, columns, 3)
        As `render` gives it.
    labels : numpy.ndarray of int or bool, shape (rows, columns), or dict of int to numpy.ndarray
        A label for each pixel, 0 for none; or masks by number, as `segment_masks` gives them,
        painted in ascending order. Fractions from 0 to 1 paint as much more faintly.
    colors : dict of int to (int, int, int), optional
        Red, green and blue by number, each 0 to 255. Where there is none, or None, numbers have
        colours that tell them apart.
    alpha : float
        How much of a pixel is colour: 0 for none, 1 for all.
    outline : bool
        Whether regions have an edge as well, all colour: their pixels beside, above or below one
        that is not of the region. With ``alpha=0`` there is nothing but that.

    Returns
    -------
    numpy.ndarray of uint8, shape (rows, columns, 3)
        RGB; the picture stays as it is.

    Raises
    ------
    ValueError
        The arrays are of different rows and columns, or `alpha` or a color is out of range.
    TypeError
        The picture is not uint8, or labels are no whole numbers.

    Examples
    --------
    >>> picture = np.full((1, 3), 100, np.uint8)
    >>> paint(picture, np.array([[0, 1, 2]]), {2: (0, 0, 200)}, alpha=0.5).tolist()
    [[[100, 100, 100], [165, 85, 80], [50, 50, 150]]]
    """
    painted = _as_rgb(picture, alpha)
    for number, weights in _weights(labels, picture.shape[:2]):
        color = np.array(color_of(number, colors), np.float64)
        _blend(painted, weights * alpha, color)
        if outline:
            painted[_edge(weights > 0.5)] = color  # noqa: PLR2004 - more than half of a pixel
    return np.rint(painted).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class LabelColors:
    """The picture of a label map: each label in its colour, the background black.

    Parameters
    ----------
    colors : tuple of (int, (int, int, int))
        Red, green and blue by label, each 0 to 255; other labels have colours of `paint`.
    background : PaddingMask
        The labels that are none.

    Examples
    --------
    >>> from dicomkit.transforms.padding import PaddingMask
    >>> LabelColors(((2, (0, 0, 255)),), PaddingMask(0, 0))(np.array([0, 2])).tolist()
    [[0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """

    colors: tuple[tuple[int, Color], ...]
    background: PaddingMask

    def __call__(self, stored: npt.NDArray[np.integer[Any]]) -> FloatArray:
        """Give the colours of labels of any shape, as float32 from 0 to 1 on a last axis of 3."""
        most = int(stored.max(initial=0))
        numbers = np.arange(most + 1)
        usual = np.array(_REGION_COLORS, np.float32)
        table = usual[(numbers - 1) % len(usual)] / np.float32(_WHITE)
        for number, color in self.colors:
            if number <= most:
                table[number] = np.array(color, np.float32) / np.float32(_WHITE)
        table[self.background.covers(numbers)] = 0
        colored: FloatArray = table[stored]
        return colored

    def __str__(self) -> str:
        """Say how many labels have a colour of their own."""
        return f"{len(self.colors)} labels in their colours, others in those that are usual"


def color_of(number: int, colors: Mapping[int, Color | None] | None) -> Color:
    """Give a region's colour: its own, or one of the usual ones.

    Raises
    ------
    ValueError
        Its own is no three numbers from 0 to 255.
    """
    color = None if colors is None else colors.get(number)
    if color is None:
        return _REGION_COLORS[(number - 1) % len(_REGION_COLORS)]
    if len(color) != _RGB or not all(0 <= part <= _WHITE for part in color):
        msg = "a colour is red, green and blue, each from 0 to 255"
        raise ValueError(msg)
    return color


def color_wash(
    picture: npt.NDArray[np.uint8],
    values: npt.ArrayLike,
    value_range: tuple[float, float],
    /,
    *,
    alpha: float = 0.4,
) -> npt.NDArray[np.uint8]:
    """Lay values, such as dose, over a picture in colours from blue to red.

    Parameters
    ----------
    picture : numpy.ndarray of uint8, shape (rows, columns) or (rows, columns, 3)
        As `render` gives it.
    values : array_like of real numbers, shape (rows, columns)
        On the picture's pixels; `resample` brings a volume there.
    value_range : (float, float)
        The values that are bluest and reddest. Lower ones, and NaN, have no colour; higher ones
        are red as well. It never comes from the data, so that pictures can be compared.
    alpha : float
        How much of a pixel is colour: 0 for none, 1 for all.

    Returns
    -------
    numpy.ndarray of uint8, shape (rows, columns, 3)
        RGB; the picture stays as it is.

    Raises
    ------
    ValueError
        The arrays are of different rows and columns, the range does not ascend or is not finite,
        or `alpha` is out of range.
    TypeError
        The picture is not uint8, or values are no real numbers.

    Examples
    --------
    >>> picture = np.full((1, 3), 100, np.uint8)
    >>> color_wash(picture, [[1, 20, 70]], (20, 60), alpha=1).tolist()
    [[[100, 100, 100], [40, 60, 220], [225, 20, 30]]]
    """
    painted = _as_rgb(picture, alpha)
    array = np.asarray(values)
    low, high = value_range
    if not 0 < high - low < math.inf:
        msg = "value_range must ascend and be finite"
        raise ValueError(msg)
    if array.dtype.kind not in "biuf":
        msg = f"values must be real numbers, not {array.dtype}"
        raise TypeError(msg)
    _check_shape(array, picture.shape[:2])
    with np.errstate(invalid="ignore"):
        shown = array >= low
        share = np.clip((array[shown].astype(np.float64) - low) / (high - low), 0, 1)
    steps = np.linspace(0, 1, len(WASH_COLORS))
    colors = np.stack(
        [np.interp(share, steps, part) for part in zip(*WASH_COLORS, strict=True)], -1
    )
    painted[shown] += alpha * (colors - painted[shown])
    return np.rint(painted).astype(np.uint8)


def _as_rgb(picture: npt.NDArray[np.uint8], alpha: float) -> npt.NDArray[np.float64]:
    if picture.dtype != np.uint8:
        msg = f"a picture to paint on is uint8, not {picture.dtype}"
        raise TypeError(msg)
    if picture.ndim == _GRAY_AXES:
        picture = np.repeat(picture[..., None], _RGB, axis=-1)
    if picture.ndim != _RGB or picture.shape[-1] != _RGB:
        msg = "a picture to paint on has the shape (rows, columns) or (rows, columns, 3)"
        raise ValueError(msg)
    if not 0 <= alpha <= 1:
        msg = "alpha is from 0 to 1"
        raise ValueError(msg)
    return picture.astype(np.float64)


def _check_shape(array: AnyArray, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        msg = f"what is painted has the shape {array.shape}, the picture {shape}"
        raise ValueError(msg)


def _weights(labels: Labels, shape: tuple[int, ...]) -> Iterator[tuple[int, AnyArray]]:
    """Give how much each region has of each pixel, in ascending order of their numbers."""
    if isinstance(labels, Mapping):
        for number in sorted(labels):
            mask = np.asarray(labels[number])
            _check_shape(mask, shape)
            yield number, np.clip(np.nan_to_num(mask.astype(np.float64)), 0, 1)
        return
    array = np.asarray(labels)
    if array.dtype.kind not in "biu":
        msg = f"labels are whole numbers, or masks by number, not {array.dtype}"
        raise TypeError(msg)
    _check_shape(array, shape)
    for number in np.unique(array[array != 0]).tolist():
        yield int(number), (array == number).astype(np.float64)


def _blend(painted: AnyArray, weights: AnyArray, color: AnyArray) -> None:
    inside = weights > 0
    # (1 - w) picture + w color
    painted[inside] += weights[inside, None] * (color - painted[inside])


def _edge(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Find a region's pixels that have one beside, above or below them that is not of it."""
    wide = np.pad(mask, 1, mode="edge")
    inner = wide[:-2, 1:-1] & wide[2:, 1:-1] & wide[1:-1, :-2] & wide[1:-1, 2:]
    return np.asarray(mask & ~inner)
