"""The VOI step: a window or a table chooses which values become visible."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from dicomkit.transforms.arrays import AnyArray, FloatArray, blockwise
from dicomkit.transforms.lut import LookupTable

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["VoiFunction", "VoiTable", "Window", "apply_window"]

VoiFunction: TypeAlias = Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"]


@dataclass(frozen=True, slots=True)
class Window:
    """Window Center, Window Width and VOI LUT Function (PS3.3 C.11.2.1.2, C.11.2.1.3).

    Parameters
    ----------
    center : float
        (0028,1050), in the units of the values.
    width : float
        (0028,1051): at least 1 for LINEAR, above 0 for the other functions.
    function : {"LINEAR", "LINEAR_EXACT", "SIGMOID"}
        (0028,1056).

    Raises
    ------
    ValueError
        The width is too small for the function, a value is not finite, or the function
        is unknown.

    Examples
    --------
    >>> Window(50, 100)(np.array([-10, 50, 200]))
    array([0.       , 0.5050505, 1.       ], dtype=float32)
    """

    center: float
    width: float
    function: VoiFunction = "LINEAR"

    def __post_init__(self) -> None:
        """Refuse windows that the standard does not define."""
        if self.function not in ("LINEAR", "LINEAR_EXACT", "SIGMOID"):
            msg = "function must be LINEAR, LINEAR_EXACT or SIGMOID"
            raise ValueError(msg)
        if not (math.isfinite(self.center) and math.isfinite(self.width)):
            msg = "center and width must be finite"
            raise ValueError(msg)
        if self.function == "LINEAR" and self.width < 1:
            msg = "a LINEAR window's width must be at least 1; LINEAR_EXACT allows less"
            raise ValueError(msg)
        if self.width <= 0:
            msg = "width must be above 0"
            raise ValueError(msg)

    def __call__(self, values: npt.ArrayLike) -> FloatArray:
        """Map values of any real dtype and shape to float32 from 0 to 1; NaN stays NaN."""
        step = {
            "LINEAR": self._linear,
            "LINEAR_EXACT": self._linear_exact,
            "SIGMOID": self._sigmoid,
        }[self.function]
        return blockwise(values, step, np.float32)

    def _linear(self, x: AnyArray) -> AnyArray:
        # A center of float32 would otherwise be rounded as one, and equal windows differ.
        middle, span = float(self.center) - 0.5, float(self.width) - 1
        if span == 0:
            above = np.greater(x, middle).astype(np.float32)
            return np.where(np.isnan(x), np.float32(np.nan), above)
        # These become y = 0:  x <= c - 0.5 - (w-1)/2
        # These become y = 1:  x >  c - 0.5 + (w-1)/2
        # All the others:      y = (x - (c - 0.5)) / (w-1) + 0.5
        y = np.subtract(x, middle, dtype=np.float64)
        y /= span
        y += 0.5
        return np.clip(y, 0, 1, out=y)

    def _linear_exact(self, x: AnyArray) -> AnyArray:
        # y = 0 where x <= c - w/2, y = 1 where x > c + w/2, else y = (x - c) / w + 0.5
        y = np.subtract(x, self.center, dtype=np.float64)
        y /= self.width
        y += 0.5
        return np.clip(y, 0, 1, out=y)

    def _sigmoid(self, x: AnyArray) -> AnyArray:
        # All values: y = 1 / (1 + exp(-4 (x - c) / w))
        y = np.subtract(x, self.center, dtype=np.float64)
        y /= self.width
        y *= -4
        np.exp(y, out=y)
        y += 1
        return np.reciprocal(y, out=y)

    def __str__(self) -> str:
        """Give center, width and function."""
        return f"center {self.center:g}, width {self.width:g}, {self.function}"


def apply_window(values: npt.ArrayLike, window: Window | LookupTable) -> FloatArray:
    """Apply a window or a VOI LUT (PS3.3 C.11.2).

    Parameters
    ----------
    values : array_like, any real dtype, any shape
        Values after the Modality step, as `to_values` or `to_hu` give them.
    window : Window or LookupTable
        What to show. A table's entries are scaled by the range that its bits can hold.

    Returns
    -------
    numpy.ndarray of float32
        The view, of the same shape: 0 is the darkest, 1 the brightest. NaN stays NaN.

    Raises
    ------
    TypeError
        The window is something else, such as the name of one.

    Examples
    --------
    >>> apply_window(np.array([0.0, 40.0, 80.0]), Window(40, 80)).round(3)
    array([0.   , 0.506, 1.   ], dtype=float32)
    """
    if isinstance(window, LookupTable):
        view = window(values)
        view /= np.float32(window.maximum)
        return view
    if not isinstance(window, Window):
        msg = f"expected a Window or a LookupTable, not {window!r}; WINDOWS has some by name"
        raise TypeError(msg)
    return window(values)


@dataclass(frozen=True, slots=True)
class VoiTable:
    """A VOI LUT as a step of a pipeline: what `apply_window` does with a table.

    Examples
    --------
    >>> VoiTable(LookupTable(0, [0, 255], 8))(np.array([0, 1]))
    array([0., 1.], dtype=float32)
    """

    table: LookupTable

    def __call__(self, values: npt.ArrayLike) -> FloatArray:
        """Map values of any real dtype and shape to float32 from 0 to 1; NaN stays NaN."""
        return apply_window(values, self.table)

    def __str__(self) -> str:
        """Summarise the table."""
        return str(self.table)
