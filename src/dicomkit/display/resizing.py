"""Pictures of another size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import PIL.Image

from dicomkit.transforms.placement import CutOut, Turn

if TYPE_CHECKING:
    import numpy.typing as npt

    from dicomkit.display.pipeline import Picture

__all__ = ["Enlargement", "Placing", "resized"]

_COLOR_NDIM = 3


@dataclass(frozen=True, slots=True)
class Enlargement:
    """A picture drawn in more pixels, or in fewer, by bilinear interpolation.

    Parameters
    ----------
    rows, columns : int
        Of what comes out.

    Examples
    --------
    >>> Enlargement(2, 2)(np.array([[7]], np.uint8))
    array([[7, 7],
           [7, 7]], dtype=uint8)
    """

    rows: int
    columns: int

    def shape(self, shape: tuple[int, int]) -> tuple[int, int]:  # noqa: ARG002 - as `Turn` is asked
        """Give the rows and columns of what comes out."""
        return self.rows, self.columns

    def __call__(self, picture: Picture) -> Picture:
        """Resize a picture, shape (rows, columns[, 3])."""
        return resized(picture, (self.columns, self.rows))

    def points(
        self, points: npt.NDArray[np.float64], shape: tuple[int, int]
    ) -> npt.NDArray[np.float64]:
        """Say where points come to lie: x and y from the upper left corner, shape (n, 2)."""
        return points * (self.columns / shape[1], self.rows / shape[0])

    def __str__(self) -> str:
        """Give the size."""
        return f"{self.rows} rows, {self.columns} columns"


Placing: TypeAlias = CutOut | Turn | Enlargement
"""What leads a pixel of the image to its place in the picture."""


def resized(picture: Picture, size: tuple[int, int]) -> Picture:
    """Resize a picture to so many columns and rows."""
    if picture.dtype == np.uint8:
        enlarged = PIL.Image.fromarray(picture).resize(size, PIL.Image.Resampling.BILINEAR)
        return np.asarray(enlarged, np.uint8)
    channels = picture[..., np.newaxis] if picture.ndim < _COLOR_NDIM else picture
    # Pillow interpolates 16 bits in its 32-bit float mode only, one channel at a time.
    result: Picture = np.empty((size[1], size[0], channels.shape[-1]), np.uint16)
    for channel in range(channels.shape[-1]):
        floating = PIL.Image.fromarray(channels[..., channel].astype(np.float32))
        interpolated = floating.resize(size, PIL.Image.Resampling.BILINEAR)
        result[..., channel] = np.rint(np.asarray(interpolated))
    return result if picture.ndim == _COLOR_NDIM else result[..., 0]
