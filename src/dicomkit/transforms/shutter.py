"""Shutters: what of a picture is hidden (PS3.3 C.7.6.11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from dicomkit.transforms.arrays import AnyArray

__all__ = [
    "CircularShutter",
    "Occlusion",
    "PolygonalShutter",
    "RectangularShutter",
    "Shape",
    "level",
    "polygon_mask",
]

# Places where an outline crosses a row: far above what is drawn by hand on any image.
_MOST_CROSSINGS = 1 << 23
# So far a crossing may be off a pixel's centre, which arithmetic brings about.
_ROUNDED = 1e-9
_WHITE = (1 << 16) - 1


@dataclass(frozen=True, slots=True)
class RectangularShutter:
    """What lies within four edges stays visible, the edges' own pixels too.

    Parameters
    ----------
    left, right : int
        Columns, counted from 1.
    upper, lower : int
        Rows, counted from 1.

    Examples
    --------
    >>> RectangularShutter(2, 3, 1, 1).visible((2, 4)).astype(int)
    array([[0, 1, 1, 0],
           [0, 0, 0, 0]])
    """

    left: int
    right: int
    upper: int
    lower: int

    def visible(self, shape: tuple[int, int], aspect: float = 1.0) -> npt.NDArray[np.bool_]:  # noqa: ARG002 - as the others are called
        """Say which pixels of an image stay visible; a pixel is ``aspect`` widths high."""
        rows, columns = _centers(shape)
        inside: npt.NDArray[np.bool_] = (
            (self.upper <= rows) & (rows <= self.lower) & (self.left <= columns)
        ) & (columns <= self.right)
        return inside

    def __str__(self) -> str:
        """Give the edges."""
        return f"columns {self.left} to {self.right}, rows {self.upper} to {self.lower}"


@dataclass(frozen=True, slots=True)
class CircularShutter:
    """What lies within a circle stays visible.

    Parameters
    ----------
    row, column : int
        Its centre, counted from 1; may lie outside of the image.
    radius : int
        In pixels along a row: where pixels are not square, the circle spans as many
        millimetres along a column.

    Examples
    --------
    >>> CircularShutter(2, 2, 1).visible((3, 3)).astype(int)
    array([[0, 1, 0],
           [1, 1, 1],
           [0, 1, 0]])
    """

    row: int
    column: int
    radius: int

    def visible(self, shape: tuple[int, int], aspect: float = 1.0) -> npt.NDArray[np.bool_]:
        """Say which pixels of an image stay visible; a pixel is ``aspect`` widths high."""
        rows, columns = _centers(shape)
        # (x - x0)^2 + (aspect (y - y0))^2 <= r^2
        across, down = columns - float(self.column), (rows - float(self.row)) * aspect
        inside: npt.NDArray[np.bool_] = across**2 + down**2 <= float(self.radius) ** 2
        return inside

    def __str__(self) -> str:
        """Give the circle."""
        return f"a circle of {self.radius} around column {self.column}, row {self.row}"


@dataclass(frozen=True, slots=True)
class PolygonalShutter:
    """What lies within a polygon stays visible, its outline too.

    Parameters
    ----------
    vertices : tuple of (int, int)
        Row and column of each, counted from 1. The last one is joined to the first.

    Examples
    --------
    >>> PolygonalShutter(((1, 1), (1, 3), (3, 1))).visible((3, 3)).astype(int)
    array([[1, 1, 1],
           [1, 1, 0],
           [1, 0, 0]])
    """

    vertices: tuple[tuple[int, int], ...]

    def visible(self, shape: tuple[int, int], aspect: float = 1.0) -> npt.NDArray[np.bool_]:  # noqa: ARG002 - as the others are called
        """Say which pixels of an image stay visible; a pixel is ``aspect`` widths high."""
        return polygon_mask([(column - 1.0, row - 1.0) for row, column in self.vertices], shape)

    def __str__(self) -> str:
        """Count the vertices."""
        return f"a polygon of {len(self.vertices)} vertices"


Shape = RectangularShutter | CircularShutter | PolygonalShutter


@dataclass(frozen=True, slots=True, eq=False)
class Occlusion:
    """All shutters of a picture: what any of them hides is drawn in one value.

    Parameters
    ----------
    shapes : tuple of RectangularShutter, CircularShutter or PolygonalShutter
    bitmap : numpy.ndarray of bool, shape (rows, columns), or None
        What is hidden besides.
    value : int
        Shutter Presentation Value (0018,1622), a P-Value: 0 is black, 65535 white.
    aspect : float
        A pixel's height in widths.

    Examples
    --------
    >>> occlusion = Occlusion((RectangularShutter(2, 2, 1, 1),), None, 65535)
    >>> occlusion(np.array([[7, 7, 7]], np.uint8))
    array([[255,   7, 255]], dtype=uint8)
    """

    shapes: tuple[Shape, ...]
    bitmap: npt.NDArray[np.bool_] | None
    value: int
    aspect: float = 1.0

    def __call__(self, picture: AnyArray) -> AnyArray:
        """Draw a picture of uint8 or uint16, shape (rows, columns) or (rows, columns, 3)."""
        shape = (picture.shape[0], picture.shape[1])
        hidden = np.zeros(shape, np.bool_) if self.bitmap is None else self.bitmap.copy()
        for one in self.shapes:
            hidden |= ~one.visible(shape, self.aspect)
        drawn = picture.copy()
        drawn[hidden] = level(self.value, picture.dtype)
        return drawn

    def __str__(self) -> str:
        """Say what stays visible, and what the rest is drawn as."""
        said = [f"only {' and '.join(map(str, self.shapes))}"] if self.shapes else []
        said += [] if self.bitmap is None else ["without the bits of a bitmap"]
        return f"{', '.join(said)}; else P-Value {self.value}"


def level(value: int, dtype: np.dtype[np.generic]) -> int:
    """Give the grey level of a P-Value of 16 bits in a picture of 8 or 16."""
    return round(value / _WHITE * (255 if dtype == np.uint8 else _WHITE))


def polygon_mask(
    vertices: Sequence[tuple[float, float]] | npt.NDArray[np.float64], shape: tuple[int, int]
) -> npt.NDArray[np.bool_]:
    """Say which pixels' centres lie in a polygon, by the even-odd rule, or on its outline.

    Parameters
    ----------
    vertices : sequence of (float, float)
        x and y of each; the centre of the pixel in row 0, column 0 is (0, 0). The last one is
        joined to the first. Finite, and anywhere.
    shape : (int, int)
        Rows and columns.

    Raises
    ------
    LimitError
        The outline crosses rows more often than could be meant.

    Examples
    --------
    >>> polygon_mask([(0, 0), (2, 0), (2, 1), (0, 1)], (2, 4)).astype(int)
    array([[1, 1, 1, 0],
           [1, 1, 1, 0]])
    """
    rows, columns = shape
    points = np.asarray(vertices, np.float64).reshape(-1, 2)
    mask = np.zeros(shape, np.bool_)
    if not len(points):
        return mask
    x0, y0 = points.T
    x1, y1 = np.roll(points, -1, axis=0).T
    low, high = np.minimum(y0, y1), np.maximum(y0, y1)
    # An edge owns its upper end but not its lower one, then the reverse: a corner counts once
    # either way, and both together give the inside with all of its outline.
    first = np.clip(np.ceil(low), 0, rows), np.clip(np.floor(low) + 1, 0, rows)
    last = np.clip(np.ceil(high), 0, rows), np.clip(np.floor(high) + 1, 0, rows)
    for start, stop in zip(first, last, strict=True):
        counts = np.maximum(stop - start, 0).astype(np.int64)
        if counts.sum() > _MOST_CROSSINGS:
            msg = "a polygon's outline crosses more rows than a picture has to be drawn for"
            raise LimitError(msg)
        edge = np.repeat(np.arange(len(points)), counts)
        ahead = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)
        row = start[edge].astype(np.int64) + ahead
        share = (row - y0[edge]) / (y1[edge] - y0[edge])
        # x = x0 + t (x1 - x0)
        crossing = x0[edge] + share * (x1[edge] - x0[edge])
        order = np.lexsort((crossing, row))
        row, crossing = row[order], crossing[order]
        # Every row is crossed an even number of times.
        begin = np.clip(np.ceil(crossing[::2] - _ROUNDED), 0, columns).astype(np.int64)
        end = np.clip(np.floor(crossing[1::2] + _ROUNDED) + 1, 0, columns).astype(np.int64)
        change = np.zeros((rows, columns + 1), np.int32)
        np.add.at(change, (row[::2], begin), 1)
        np.add.at(change, (row[::2], np.maximum(end, begin)), -1)
        mask |= np.cumsum(change, axis=1)[:, :columns] > 0
    return mask


def _centers(shape: tuple[int, int]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    rows, columns = np.ogrid[1 : shape[0] + 1, 1 : shape[1] + 1]
    return rows.astype(np.int64), columns.astype(np.int64)
