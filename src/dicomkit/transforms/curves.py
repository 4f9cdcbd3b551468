"""Outlines as points that lines join, and lines as far as they are in a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Points = npt.NDArray[np.float64]

__all__ = ["circle", "clipped", "ellipse", "interpolated"]

_FEWEST, _MOST = 32, 4096
# Points of a curve between two of those that it goes through.
_BETWEEN = 16
_FARTHEST = 1e7


def circle(center: Points, place: Points) -> Points:
    """Give a circle around a centre through a place, closed; shape (n, 2).

    Examples
    --------
    >>> round(float(np.abs(circle(np.array([1.0, 1]), np.array([1.0, 3])) - 1).max()), 12)
    2.0
    """
    radius = place - center
    across = np.array([-radius[1], radius[0]])
    return ellipse(np.stack([center + radius, center - radius, center + across, center - across]))


def ellipse(ends: Points) -> Points:
    """Give an ellipse by the ends of its major and of its minor axis, closed; shape (n, 2).

    Examples
    --------
    >>> ends = np.array([[0.0, 2], [8, 2], [4, 0], [4, 4]])
    >>> np.ptp(ellipse(ends), axis=0).round(12)
    array([8., 4.])
    """
    center = (ends[0] + ends[1]) / 2
    major, minor = (ends[0] - ends[1]) / 2, (ends[2] - ends[3]) / 2
    around = 2 * math.pi * max(np.hypot(*major), np.hypot(*minor))
    # A multiple of 4 meets the ends of both axes.
    count = 4 * math.ceil(min(max(around, _FEWEST), _MOST) / 4)
    angle = np.linspace(0, 2 * math.pi, count + 1)[:, np.newaxis]
    # p = c + a cos t + b sin t
    outline: Points = center + major * np.cos(angle) + minor * np.sin(angle)
    return outline


def interpolated(points: Points) -> Points:
    """Give a smooth curve through all points, a Catmull-Rom spline; closed if they are.

    Examples
    --------
    >>> curve = interpolated(np.array([[0.0, 0], [2, 2], [4, 0]]))
    >>> len(curve), curve[0].tolist(), curve[16].tolist(), curve[-1].tolist()
    (33, [0.0, 0.0], [2.0, 2.0], [4.0, 0.0])
    """
    if len(points) < 3:  # noqa: PLR2004 - two points are joined by a line
        return points
    is_closed = (points[0] == points[-1]).all()
    before, after = (points[-2], points[1]) if is_closed else (points[0], points[-1])
    p0, p1 = np.vstack([before, points[:-2]]), points[:-1]
    p2, p3 = points[1:], np.vstack([points[2:], after])
    t = (np.arange(_BETWEEN) / _BETWEEN)[:, np.newaxis, np.newaxis]
    # 2 p(t) = 2 p1 + (p2 - p0) t + (2 p0 - 5 p1 + 4 p2 - p3) t^2 + (3 p1 - p0 - 3 p2 + p3) t^3
    curve = (
        2 * p1
        + (p2 - p0) * t
        + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    ) / 2
    return np.vstack([curve.transpose(1, 0, 2).reshape(-1, 2), points[-1]])


def clipped(points: Points, size: tuple[int, int]) -> Points:
    """Give the lines between points as far as they may be seen; shape (n, 2, 2).

    Parameters
    ----------
    points : numpy.ndarray of float64, shape (m, 2)
        x and y, anywhere.
    size : (int, int)
        Columns and rows of the picture, around which a margin of one pixel is kept.

    Examples
    --------
    >>> clipped(np.array([[-1e30, 2], [1e30, 2], [1e30, 9]]), (4, 4)).tolist()
    [[[-1.0, 2.0], [5.0, 2.0]]]
    """
    # From farther away, the arithmetic would lose the picture.
    points = np.clip(points, -_FARTHEST, _FARTHEST)
    start, delta = points[:-1], np.diff(points, axis=0)
    low, high = np.full(2, -1.0), np.array(size) + 1.0
    enter, leave = np.zeros(len(start)), np.ones(len(start))
    seen = np.ones(len(start), np.bool_)
    # Liang and Barsky: of each border, where a line crosses it inwards or outwards.
    with np.errstate(divide="ignore", invalid="ignore"):
        for axis in range(2):
            first = (low[axis] - start[:, axis]) / delta[:, axis]
            second = (high[axis] - start[:, axis]) / delta[:, axis]
            still = delta[:, axis] == 0
            inside = (low[axis] <= start[:, axis]) & (start[:, axis] <= high[axis])
            seen &= ~still | inside
            enter = np.maximum(enter, np.where(still, 0, np.minimum(first, second)))
            leave = np.minimum(leave, np.where(still, 1, np.maximum(first, second)))
    seen &= enter <= leave
    start, delta = start[seen], delta[seen]
    ends = [start + share[seen, np.newaxis] * delta for share in (enter, leave)]
    # Rounding leaves the borders.
    return np.clip(np.stack(ends, axis=1), low, high)
