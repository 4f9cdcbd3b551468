"""Where an image's pixels come to lie in a picture: cut out, turned, flipped (PS3.3 C.10.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from dicomkit.transforms.arrays import AnyArray

__all__ = ["CutOut", "Degrees", "Turn"]

Degrees: TypeAlias = Literal[0, 90, 180, 270]

_QUARTER = 90


@dataclass(frozen=True, slots=True)
class CutOut:
    """A displayed area: a rectangle of pixels, which may reach beyond the image (PS3.3 C.10.4).

    Parameters
    ----------
    left, top, right, bottom : int
        Columns and rows, counted from 1; the right and the bottom one belong to it.

    Examples
    --------
    >>> CutOut(2, 0, 3, 1)(np.array([[1, 2, 3], [4, 5, 6]]))
    array([[0, 0],
           [2, 3]])
    """

    left: int
    top: int
    right: int
    bottom: int

    def shape(self, shape: tuple[int, int]) -> tuple[int, int]:  # noqa: ARG002 - as `Turn` is asked
        """Give the rows and columns of what comes out."""
        return self.bottom - self.top + 1, self.right - self.left + 1

    def __call__(self, picture: AnyArray) -> AnyArray:
        """Cut it out of a picture, shape (rows, columns[, 3]); what lies beyond is 0."""
        rows, columns = self.shape(picture.shape[:2])
        top, left = self.top - 1, self.left - 1
        inside = picture[max(top, 0) : max(top + rows, 0), max(left, 0) : max(left + columns, 0)]
        if inside.shape[:2] == (rows, columns):
            return inside.copy()
        result = np.zeros((rows, columns, *picture.shape[2:]), picture.dtype)
        if inside.size:
            y, x = max(-top, 0), max(-left, 0)
            result[y : y + inside.shape[0], x : x + inside.shape[1]] = inside
        return result

    def points(
        self,
        points: npt.NDArray[np.float64],
        shape: tuple[int, int],  # noqa: ARG002 - as `Turn` is asked
    ) -> npt.NDArray[np.float64]:
        """Say where points come to lie: x and y from the upper left corner, shape (n, 2)."""
        return points - (self.left - 1, self.top - 1)

    def __str__(self) -> str:
        """Give the rectangle."""
        return f"columns {self.left} to {self.right}, rows {self.top} to {self.bottom}"


@dataclass(frozen=True, slots=True)
class Turn:
    """A spatial transformation: a rotation, and then a flip (PS3.3 C.10.6).

    Parameters
    ----------
    rotation : {0, 90, 180, 270}
        Clockwise.
    flip : bool
        Whether left and right are exchanged afterwards.

    Examples
    --------
    >>> picture = np.array([[1, 2], [3, 4]])
    >>> Turn(90, False)(picture)
    array([[3, 1],
           [4, 2]])
    >>> Turn(90, True)(picture)
    array([[1, 3],
           [2, 4]])
    """

    rotation: Degrees
    flip: bool

    def shape(self, shape: tuple[int, int]) -> tuple[int, int]:
        """Give the rows and columns of what comes out."""
        rows, columns = shape
        return (columns, rows) if self.rotation % 180 else (rows, columns)

    def __call__(self, picture: AnyArray) -> AnyArray:
        """Turn a picture, shape (rows, columns[, 3])."""
        turned = np.rot90(picture, -(self.rotation // _QUARTER))
        return np.ascontiguousarray(np.fliplr(turned) if self.flip else turned)

    def points(
        self, points: npt.NDArray[np.float64], shape: tuple[int, int]
    ) -> npt.NDArray[np.float64]:
        """Say where points come to lie: x and y from the upper left corner, shape (n, 2)."""
        rows, columns = shape
        x, y = points.T
        # Clockwise by 90 degrees, the lower left corner becomes the upper left one.
        x, y = {
            0: (x, y),
            90: (rows - y, x),
            180: (columns - x, rows - y),
            270: (y, columns - x),
        }[self.rotation]
        return np.stack([self.shape(shape)[1] - x if self.flip else x, y], axis=-1)

    def __str__(self) -> str:
        """Say what is done in which order."""
        said = [f"{self.rotation} degrees clockwise"] if self.rotation else []
        said += ["flipped left to right"] if self.flip else []
        return ", then ".join(said) or "none"
