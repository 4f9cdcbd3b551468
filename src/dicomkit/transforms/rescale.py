"""The linear Modality transformation: stored values to values in units."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.transforms.arrays import AnyArray, FloatArray, blockwise

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Rescale"]


@dataclass(frozen=True, slots=True)
class Rescale:
    """Rescale Slope and Rescale Intercept (PS3.3 C.11.1).

    Parameters
    ----------
    slope : float
        (0028,1053), finite and not 0.
    intercept : float
        (0028,1052), finite.
    units : str, optional
        Rescale Type (0028,1054), such as ``"HU"``.

    Raises
    ------
    ValueError
        The slope is 0, or either value is not finite.

    Examples
    --------
    >>> Rescale(2, -1024, "HU")(np.array([0, 512], np.uint16))
    array([-1024.,     0.], dtype=float32)
    """

    slope: float
    intercept: float
    units: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no file can mean."""
        if not (math.isfinite(self.slope) and math.isfinite(self.intercept)):
            msg = "slope and intercept must be finite"
            raise ValueError(msg)
        if self.slope == 0:
            msg = "a slope of 0 would make every value the same"
            raise ValueError(msg)

    def __call__(self, values: npt.ArrayLike) -> FloatArray:
        """Convert values of any real dtype and shape to float32 of the same shape.

        The arithmetic is done in float64 and rounded once.
        """
        # Output units = m * SV + b
        return blockwise(values, self._rescaled, np.float32)

    def _rescaled(self, block: AnyArray) -> AnyArray:
        return np.multiply(block, self.slope, dtype=np.float64) + self.intercept

    def __str__(self) -> str:
        """Give the formula."""
        sign = "-" if self.intercept < 0 else "+"
        formula = f"x * {self.slope:g} {sign} {abs(self.intercept):g}"
        return f"{formula} {self.units}" if self.units else formula
