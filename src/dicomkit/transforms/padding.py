"""Pixel padding painted as background."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from dicomkit.transforms.arrays import AnyArray

__all__ = ["PaddingMask"]


@dataclass(frozen=True, slots=True)
class PaddingMask:
    """Marks stored values within Pixel Padding Value and Range Limit (PS3.3 C.7.5.1.1.2).

    Parameters
    ----------
    low, high : float
        The inclusive range of stored values that are padding.

    Examples
    --------
    >>> PaddingMask(-2000, -2000)(np.array([-2000, 5], np.int16))
    array([nan,  5.])
    """

    low: float
    high: float

    def __call__(self, stored: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Give stored values of any real dtype and shape as float64, NaN where they are padding."""
        array = np.asarray(stored)
        # A signalling NaN becomes a quiet one here.
        with np.errstate(invalid="ignore"):
            return np.where(self.covers(array), np.nan, array.astype(np.float64))

    def covers(self, stored: AnyArray) -> npt.NDArray[np.bool_]:
        """Say which stored values are padding."""
        # A bound that the stored values' type cannot hold becomes infinite.
        with np.errstate(over="ignore", invalid="ignore"):
            covered: npt.NDArray[np.bool_] = (stored >= self.low) & (stored <= self.high)
        return covered

    def __str__(self) -> str:
        """Give the range."""
        span = f"{self.low:g}" if self.low == self.high else f"{self.low:g} to {self.high:g}"
        return f"stored {span} drawn as background"
