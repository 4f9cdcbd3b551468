"""Windows that come from the data where a file offers none."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.transforms.padding import PaddingMask
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    import numpy.typing as npt

    from dicomkit.transforms.arrays import AnyArray

__all__ = ["auto_window", "reach", "window_between", "window_ends"]

_WORD = (1 << 16) - 1


def auto_window(
    values: npt.ArrayLike,
    *,
    percentiles: tuple[float, float] = (0.5, 99.5),
    exclude: tuple[float, float] | None = None,
) -> Window:
    """Choose a window that a few extreme pixels cannot spoil.

    Parameters
    ----------
    values : array_like, any real dtype, any shape
        Values in the units that the window shall have.
    percentiles : (float, float)
        Where the window begins and ends, from 0 to 100.
    exclude : (float, float), optional
        An inclusive range of padding values, in either order, left out of the statistics;
        values that are not finite always are.

    Returns
    -------
    Window
        From the lower to the upper percentile. A constant image gives a window in which
        it is black.

    Raises
    ------
    ValueError
        The percentiles do not ascend from 0 to 100.

    Examples
    --------
    >>> auto_window(np.arange(101), percentiles=(10, 90))
    Window(center=50.5, width=81.0, function='LINEAR')
    """
    return window_between(*(reach(_meaningful(np.asarray(values), exclude), percentiles) or (0, 0)))


def reach(values: AnyArray, percentiles: tuple[float, float]) -> tuple[float, float] | None:
    """Give the values at two percentiles; None where there are no values.

    Raises
    ------
    ValueError
        The percentiles do not ascend from 0 to 100.
    """
    low, high = percentiles
    if not 0 <= low < high <= 100:  # noqa: PLR2004 - percent
        msg = "percentiles must ascend and lie from 0 to 100"
        raise ValueError(msg)
    if not values.size:
        return None
    if (low, high) == (0, 100):
        return float(values.min()), float(values.max())
    first, last = np.percentile(values, (low, high), method="nearest")
    return float(first), float(last)


def window_between(first: float, last: float) -> Window:
    """Give the window in which ``first`` is just black and ``last`` just white.

    Examples
    --------
    >>> window_between(0, 4095)
    Window(center=2048.0, width=4096, function='LINEAR')
    >>> window_between(0.0, 0.5)
    Window(center=0.25, width=0.5, function='LINEAR_EXACT')
    """
    # With c = (x1 + x2 + 1) / 2 and w = x2 - x1 + 1 the LINEAR formula becomes
    # (x - x1) / (x2 - x1); of a constant image a threshold at which it is black.
    middle = first / 2 + last / 2
    # Of values as far apart as float64 allows.
    width = min(last - first, sys.float_info.max)
    if first == last:
        # x > c - 0.5 must not hold for it, however c is rounded.
        center = middle + 0.5
        return Window(center if center - 0.5 >= first else math.nextafter(center, math.inf), 1)
    if first % 1 == 0 and last % 1 == 0:
        return Window(middle + 0.5, width + 1)
    return Window(middle, width, "LINEAR_EXACT")


def window_ends(window: Window) -> tuple[float, float]:
    """Give the values that a window draws just black and just white.

    A sigmoid has none: these are where its tangent in the center would end.

    Examples
    --------
    >>> window_ends(Window(2048, 4096)), window_ends(Window(0.25, 0.5, "LINEAR_EXACT"))
    ((0.0, 4095.0), (0.0, 0.5))
    """
    if window.function == "LINEAR":
        # These become y = 0:  x <= c - 0.5 - (w-1)/2
        # These become y = 1:  x >  c - 0.5 + (w-1)/2
        middle, half = window.center - 0.5, (window.width - 1) / 2
    else:
        middle, half = window.center, window.width / 2
    return middle - half, middle + half


def _meaningful(values: AnyArray, exclude: tuple[float, float] | None) -> AnyArray:
    if exclude is not None:
        values = values[~PaddingMask(*sorted(exclude)).covers(values)]
    return values[np.isfinite(values)] if values.dtype.kind == "f" else values
