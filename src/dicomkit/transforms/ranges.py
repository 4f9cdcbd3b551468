"""Windows that come from the data where a file offers none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    import numpy.typing as npt

    from dicomkit.transforms.arrays import AnyArray

__all__ = ["auto_window", "full_window", "window_between"]


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
    low, high = percentiles
    if not 0 <= low < high <= 100:  # noqa: PLR2004 - percent
        msg = "percentiles must ascend and lie from 0 to 100"
        raise ValueError(msg)
    kept = _meaningful(np.asarray(values), exclude)
    if not kept.size:
        return window_between(0, 0)
    first, last = np.percentile(kept, (low, high), method="nearest")
    return window_between(float(first), float(last))


def full_window(values: npt.ArrayLike, *, exclude: tuple[float, float] | None = None) -> Window:
    """Choose the window from the lowest to the highest value.

    Parameters and result are as in `auto_window`.

    Examples
    --------
    >>> full_window(np.array([-2000, 0, 99]), exclude=(-2000, -2000))
    Window(center=50.0, width=100.0, function='LINEAR')
    """
    kept = _meaningful(np.asarray(values), exclude)
    if not kept.size:
        return window_between(0, 0)
    return window_between(float(kept.min()), float(kept.max()))


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
    # (x - x1) / (x2 - x1); of a constant image it makes the threshold at which it is black.
    if first == last or (first % 1 == 0 and last % 1 == 0):
        return Window((first + last + 1) / 2, last - first + 1)
    return Window((first + last) / 2, last - first, "LINEAR_EXACT")


def _meaningful(values: AnyArray, exclude: tuple[float, float] | None) -> AnyArray:
    if exclude is not None:
        low, high = sorted(exclude)
        values = values[(values < low) | (values > high)]
    return values[np.isfinite(values)] if values.dtype.kind == "f" else values
