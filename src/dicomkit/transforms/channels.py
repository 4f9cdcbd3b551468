"""Composites: several ways through the same values, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.transforms.arrays import AnyArray, FloatArray, blockwise

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

__all__ = ["Channels", "FullScale"]


@dataclass(frozen=True, slots=True)
class Channels:
    """Three steps on the same values, which become red, green and blue.

    Examples
    --------
    >>> from dicomkit.transforms.window import Window
    >>> Channels((Window(1, 2), Window(2, 2), Window(3, 2)))(np.array([1.0]))
    array([[1., 0., 0.]], dtype=float32)
    """

    steps: tuple[Callable[[AnyArray], AnyArray], ...]

    def __call__(self, values: npt.ArrayLike) -> FloatArray:
        """Map values of shape (...) to float32 of shape (..., number of steps)."""
        array = np.asarray(values)
        return np.stack([step(array) for step in self.steps], axis=-1, dtype=np.float32)

    def __str__(self) -> str:
        """Name the channels."""
        return " | ".join(str(step) for step in self.steps)


@dataclass(frozen=True, slots=True)
class FullScale:
    """Colour samples as a view: the least that their bits hold is none, the most is full.

    Examples
    --------
    >>> FullScale(8)(np.array([0, 51, 255], np.uint8))
    array([0. , 0.2, 1. ], dtype=float32)
    >>> FullScale(8, signed=True)(np.array([-128, -77, 127], np.int8))
    array([0. , 0.2, 1. ], dtype=float32)
    """

    bits: int
    signed: bool = False

    def __call__(self, samples: npt.ArrayLike) -> FloatArray:
        """Scale samples of any shape to float32 from 0 to 1."""
        return blockwise(samples, self._scaled, np.float32)

    def _scaled(self, block: AnyArray) -> AnyArray:
        # PS3.3 C.7.6.3.1.2: the minimum sample value is the minimum intensity of the colour.
        return np.subtract(block, self._least, dtype=np.float64) / ((1 << self.bits) - 1)

    @property
    def _least(self) -> int:
        return -(1 << (self.bits - 1)) if self.signed else 0

    def __str__(self) -> str:
        """Give the range."""
        return f"{self._least}..{self._least + (1 << self.bits) - 1} as 0..1"
