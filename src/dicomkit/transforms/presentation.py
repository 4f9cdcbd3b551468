"""The Presentation step: P-Values from the view (PS3.3 C.11.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.transforms.arrays import AnyArray, FloatArray, blockwise

if TYPE_CHECKING:
    import numpy.typing as npt

    from dicomkit.transforms.lut import LookupTable

__all__ = ["Invert", "PresentationTable"]


@dataclass(frozen=True, slots=True)
class Invert:
    """Presentation LUT Shape INVERSE, and MONOCHROME1: dark becomes bright.

    Examples
    --------
    >>> Invert()(np.array([0.0, 0.25, 1.0], np.float32))
    array([1.  , 0.75, 0.  ], dtype=float32)
    """

    def __call__(self, view: npt.ArrayLike) -> FloatArray:
        """Invert a view from 0 to 1, of any shape; NaN stays NaN."""
        return blockwise(view, self._inverted, np.float32)

    def _inverted(self, block: AnyArray) -> AnyArray:
        # ymin + ymax - y
        return np.subtract(1, block, dtype=np.float32)

    def __str__(self) -> str:
        """Give the formula."""
        return "1 - y"


@dataclass(frozen=True, slots=True)
class PresentationTable:
    """A Presentation LUT (2050,0010), entered with the whole range of the VOI step's output.

    Parameters
    ----------
    table : LookupTable
        Its first entry stands for black whatever the view's own minimum is.

    Examples
    --------
    >>> from dicomkit.transforms.lut import LookupTable
    >>> PresentationTable(LookupTable(0, [0, 10, 255], 8))(np.array([0.0, 0.5, 1.0]))
    array([0.        , 0.03921569, 1.        ], dtype=float32)
    """

    table: LookupTable

    def __call__(self, view: npt.ArrayLike) -> FloatArray:
        """Map a view from 0 to 1 through the table to one from 0 to 1; NaN stays NaN."""
        return blockwise(view, self._looked_up, np.float32)

    def _looked_up(self, block: AnyArray) -> AnyArray:
        index = np.multiply(block, self.table.entries.size - 1, dtype=np.float64)
        return self.table(index + self.table.first) / np.float32(self.table.maximum)

    def __str__(self) -> str:
        """Summarise the table."""
        return str(self.table)
