"""The last step: a view becomes whole grey levels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np

from dicomkit.transforms.arrays import AnyArray, blockwise

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Quantize", "to_uint8", "to_uint16"]

_Level = TypeVar("_Level", np.uint8, np.uint16)


def to_uint8(
    view: npt.ArrayLike, value_range: tuple[float, float] = (0, 1)
) -> npt.NDArray[np.uint8]:
    """Scale a view to 0..255 and round to the nearest level.

    Parameters
    ----------
    view : array_like, any real dtype, any shape
        What `apply_window` gives, or any values.
    value_range : (float, float)
        What becomes 0 and 255; values outside clamp. It never comes from the data.

    Returns
    -------
    numpy.ndarray of uint8
        The same shape; NaN becomes 0.

    Raises
    ------
    ValueError
        The range does not ascend, or is not finite.

    Examples
    --------
    >>> to_uint8(np.array([0.0, 0.5, 2.0, np.nan]))
    array([  0, 128, 255,   0], dtype=uint8)
    """
    return _quantized(view, value_range, np.uint8)


def to_uint16(
    view: npt.ArrayLike, value_range: tuple[float, float] = (0, 1)
) -> npt.NDArray[np.uint16]:
    """Scale a view to 0..65535 and round to the nearest level; otherwise as `to_uint8`.

    Examples
    --------
    >>> to_uint16(np.array([0, 2048, 4095]), (0, 4095))
    array([    0, 32776, 65535], dtype=uint16)
    """
    return _quantized(view, value_range, np.uint16)


@dataclass(frozen=True, slots=True)
class Quantize:
    """`to_uint8` or `to_uint16` as a step of a pipeline.

    Examples
    --------
    >>> Quantize(8)(np.array([1.0]))
    array([255], dtype=uint8)
    """

    bits: Literal[8, 16]

    def __call__(self, view: npt.ArrayLike) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
        """Quantize a view from 0 to 1."""
        return to_uint8(view) if self.bits == 8 else to_uint16(view)  # noqa: PLR2004

    def __str__(self) -> str:
        """Give the output's range."""
        return f"0..{(1 << self.bits) - 1}, to the nearest"


def _quantized(
    view: npt.ArrayLike, value_range: tuple[float, float], dtype: type[_Level]
) -> npt.NDArray[_Level]:
    low, high = value_range
    span = high - low
    if not 0 < span < math.inf:
        msg = "value_range must ascend and be finite"
        raise ValueError(msg)
    white = np.iinfo(dtype).max

    def quantized(block: AnyArray) -> AnyArray:
        scaled = np.subtract(block, low, dtype=np.float64)
        np.clip(scaled, 0, span, out=scaled)
        scaled /= span
        scaled *= white
        np.rint(scaled, out=scaled)
        scaled[np.isnan(scaled)] = 0
        return scaled

    return blockwise(view, quantized, dtype)
