"""A lookup table that is a straight line between two ends, as most windows make one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from dicomkit.transforms.arrays import AnyArray, FloatArray

__all__ = ["Ramp", "find_ramp"]

# As float32 such a block fits into a second-level cache.
_BLOCK = 1 << 17
_WHITE = 255
# What rounding may have taken from the line, in levels.
_DOUBT = 1e-4


@dataclass(frozen=True, slots=True)
class Ramp:
    """A line between two clamped ends: in half the time what a look-up in its table gives.

    Parameters
    ----------
    low, high : int
        Stored values below and above are held there.
    slope, start : float
        The level of a value x is the whole part of ``slope * x + start``.

    Examples
    --------
    >>> Ramp(10, 20, 25.5, -255)(np.array([0, 11, 30], np.uint16))
    array([  0,  25, 255], dtype=uint8)
    """

    low: int
    high: int
    slope: float
    start: float

    def takes(self, dtype: np.dtype[Any]) -> bool:
        """Tell whether integers of a type can be mapped: of 8 or 16 bits that hold the ends."""
        if dtype.kind not in "iu" or dtype.itemsize > np.dtype(np.uint16).itemsize:
            return False
        holds = np.iinfo(dtype)
        return bool(holds.min <= self.low and self.high <= holds.max)

    def __call__(self, stored: AnyArray) -> npt.NDArray[np.uint8]:
        """Give the levels of integers, of any shape, that `takes` is true for."""
        flat = np.ascontiguousarray(stored).reshape(-1)
        low, high = flat.dtype.type(self.low), flat.dtype.type(self.high)
        slope, start = np.float32(self.slope), np.float32(self.start)
        levels = np.empty(flat.shape, np.uint8)
        scratch = np.empty(min(flat.size, _BLOCK), np.float32)
        for first in range(0, flat.size, _BLOCK):
            block = flat[first : first + _BLOCK]
            values: FloatArray = scratch[: block.size]
            np.clip(block, low, high, out=values)
            values *= slope
            values += start
            np.copyto(levels[first : first + _BLOCK], values, casting="unsafe")
        return levels.reshape(stored.shape)


def find_ramp(stored: AnyArray, view: FloatArray, levels: npt.NDArray[np.uint8]) -> Ramp | None:
    """Find the line that a table is, and prove it on every entry.

    Parameters
    ----------
    stored : ndarray of 8 or 16 bit integers, ascending by 1
        The values that the table has an entry for.
    view : ndarray of float32
        What is shown of each, from 0 to 1, before it is rounded to a level.
    levels : ndarray of uint8
        The table.

    Returns
    -------
    Ramp or None
        It gives exactly `levels` for `stored`; None where no line does.

    Examples
    --------
    >>> view = np.array([0, 0, 0.25, 0.5, 0.75, 1], np.float32)
    >>> levels = np.array([0, 0, 64, 128, 191, 255], np.uint8)
    >>> find_ramp(np.arange(6, dtype=np.uint16), view, levels)
    Ramp(low=1, high=5, slope=63.75, start=-63.25)
    """
    inside = np.flatnonzero((levels != levels[0]) & (levels != levels[-1]))
    if inside.size <= 1:
        return None
    first, last = int(inside[0]), int(inside[-1])
    origin = int(stored[0])
    slope = _WHITE * float(view[last] - view[first]) / (last - first)
    start = _WHITE * float(view[first]) - slope * (first + origin) + 0.5
    low, high = first - 1 + origin, last + 1 + origin
    # Outside of these, and of what is no number, the cast to whole levels is undefined.
    if not all(-1 < slope * end + start < _WHITE + 1 for end in (low, high)):
        return None
    for doubt in (0, _DOUBT, -_DOUBT):
        ramp = Ramp(low, high, slope, start + doubt)
        if np.array_equal(ramp(stored), levels):
            return ramp
    return None
