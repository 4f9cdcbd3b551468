"""What is left of a frame when a mask is taken away from it (PS3.3 C.7.6.10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.transforms.arrays import AnyArray, FloatArray, blockwise

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Logarithm", "Subtraction", "shifted"]

_MOST_NAMED = 5
_WORDS = (("down", "up"), ("left", "right"))
# How far a pixel reaches beyond its centre.
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Logarithm:
    """The natural logarithm of values that are proportional to the intensity of a beam.

    A contrast medium takes the same share of whatever beam reaches it: of logarithms, the
    difference does not depend on what else lies there (PS3.4 N.2.5). Values below 1, of which
    detectors count none, are taken for 1.

    Examples
    --------
    >>> Logarithm()(np.array([0, 1, np.e]))
    array([0., 0., 1.], dtype=float32)
    """

    def __call__(self, values: npt.ArrayLike) -> FloatArray:
        """Convert values of any real dtype and shape; NaN stays NaN."""
        return blockwise(values, self._logarithm, np.float32)

    def _logarithm(self, block: AnyArray) -> AnyArray:
        return np.log(np.maximum(block, 1, dtype=np.float64))

    def __str__(self) -> str:
        """Give the formula."""
        return "ln x, of beam intensity"


@dataclass(frozen=True, slots=True, eq=False)
class Subtraction:
    """Takes a mask from a frame, which may be averaged with others before (PS3.3 C.7.6.10.1).

    Attributes
    ----------
    taken : ndarray of float64, shape (rows, columns)
        What is subtracted from the frame's share: the mask, less the other contrast frames'
        shares. NaN where the shifted mask does not reach. Not to be written into.
    contrast : tuple of int
        The frames that are averaged, counted from 0; the one that this is called with is first.
    mask : tuple of int
        The frames whose mean is the mask, counted from 0.
    shift : (float, float)
        By how many pixels the mask was moved down and to the left, as files count.
    visibility : float
        How much of the mask is left to be seen, in percent (C.8.19.7.1.1).

    Examples
    --------
    >>> subtraction = Subtraction(np.array([[10.0, 20.0]]), (5,), (0, 1), (0, 0))
    >>> subtraction(np.array([[10, 5]], np.uint8))
    array([[  0., -15.]], dtype=float32)
    >>> print(subtraction)
    x minus the mean of frames 0, 1
    """

    taken: npt.NDArray[np.float64]
    contrast: tuple[int, ...]
    mask: tuple[int, ...]
    shift: tuple[float, float]
    visibility: float = 0.0

    def __call__(self, values: npt.ArrayLike) -> FloatArray:
        """Subtract from values of any real dtype, as float32: 0 is no difference."""
        share = np.true_divide(values, len(self.contrast), dtype=np.float64)
        return np.subtract(share, self.taken, out=share).astype(np.float32)

    def __eq__(self, other: object) -> bool:
        """Compare by content."""
        if not isinstance(other, Subtraction):
            return NotImplemented
        return self._named == other._named and np.array_equal(
            self.taken, other.taken, equal_nan=True
        )

    def __hash__(self) -> int:
        """Hash by what it is named after."""
        return hash(self._named)

    @property
    def _named(self) -> tuple[object, ...]:
        return self.contrast, self.mask, self.shift, self.visibility

    def __str__(self) -> str:
        """Say what is subtracted from what."""
        others = self.contrast[1:]
        what = f"the mean of x and {_frames(others)}" if others else "x"
        mean = "the mean of " if len(self.mask) > 1 else ""
        steps = " and ".join(
            f"{abs(by):g} {words[by < 0]}"
            for by, words in zip(self.shift, _WORDS, strict=True)
            if by
        )
        moved = f", shifted by {steps}" if steps else ""
        part = f"{100 - self.visibility:g}% of " if self.visibility else ""
        return f"{what} minus {part}{mean}{_frames(self.mask)}{moved}"


def _frames(numbers: tuple[int, ...]) -> str:
    named = ", ".join(map(str, numbers[:_MOST_NAMED]))
    rest = len(numbers) - _MOST_NAMED
    more = f" and {rest} more" if rest > 0 else ""
    return f"frame{'s' if len(numbers) > 1 else ''} {named}{more}"


def shifted(values: AnyArray, down: float, right: float) -> npt.NDArray[np.float64]:
    """Move an image by parts of pixels, with bilinear interpolation.

    Parameters
    ----------
    values : ndarray, shape (rows, columns)
    down, right : float
        By how many rows and columns.

    Returns
    -------
    ndarray of float64
        The same shape. NaN where no pixel of the image comes to lie: an edge reaches half a
        pixel beyond the centres of its pixels.

    Examples
    --------
    >>> shifted(np.array([[0.0, 10.0, 20.0]]), 0, 0.5)
    array([[ 0.,  5., 15.]])
    >>> shifted(np.array([[0.0, 10.0, 20.0]]), 0, -1)
    array([[10., 20., nan]])
    """
    return _moved(_moved(values, 0, down), 1, right)


def _moved(values: AnyArray, axis: int, shift: float) -> npt.NDArray[np.float64]:
    moved = np.asarray(values, np.float64)
    if not shift:
        return moved
    size = moved.shape[axis]
    places = np.arange(size) - shift
    inside = np.clip(places, 0, size - 1)
    first = inside.astype(np.intp)
    shape = (-1, 1) if axis == 0 else (1, -1)
    part = (inside - first).reshape(shape)
    lower, upper = (moved.take(index, axis) for index in (first, np.minimum(first + 1, size - 1)))
    moved = lower * (1 - part) + upper * part
    beyond = np.abs(places - inside) > _HALF
    return np.where(beyond.reshape(shape), np.nan, moved)
