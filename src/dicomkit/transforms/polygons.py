"""Polygons as pixels: which centres lie inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

__all__ = ["Filled", "fill_polygons"]

# Crossings of edges and rows that are worked out at once, each some 100 bytes.
_BLOCK: Final = 1 << 18


class Filled(NamedTuple):
    """What polygons cover.

    Attributes
    ----------
    mask : numpy.ndarray of bool, shape (rows, columns)
        The pixels whose centres an odd number of polygons hold.
    overlap : bool
        Whether some of them lie within or across each other.
    """

    mask: npt.NDArray[np.bool_]
    overlap: bool


def fill_polygons(polygons: Sequence[npt.NDArray[np.float64]], shape: tuple[int, int]) -> Filled:
    """Fill polygons by the even-odd rule, all of them together: one in another is a hole.

    A pixel is in where its centre is. A centre on an edge is in where the inside is below it, or
    to its right: of two polygons that share an edge, it is in just one.

    Parameters
    ----------
    polygons : sequence of ndarray of float64, shape (n, 2)
        Corners as row and column, where whole numbers are the centres of pixels; finite. The last
        one is joined to the first.
    shape : (int, int)
        Rows and columns of the result.

    Returns
    -------
    Filled

    Examples
    --------
    >>> square = np.array([[0, 0], [0, 4], [4, 4], [4, 0]])
    >>> fill_polygons([square, square / 2 + 1], (4, 4)).mask.astype(int)
    array([[1, 1, 1, 1],
           [1, 0, 0, 1],
           [1, 0, 0, 1],
           [1, 1, 1, 1]])
    """
    rows, columns = shape
    mask = np.zeros(shape, np.bool_)
    if not polygons:
        return Filled(mask, overlap=False)
    begins = np.concatenate(polygons)
    ends = np.concatenate([np.roll(one, -1, axis=0) for one in polygons])
    owners = np.repeat(np.arange(len(polygons)), [len(one) for one in polygons])
    # Only these columns can be within; x counts from the first of them.
    left, right = np.clip(np.ceil([begins[:, 1].min(), begins[:, 1].max()]), 0, columns).astype(int)
    columns = right - left
    down = begins[:, 0] < ends[:, 0]
    # From above to below, so that two polygons with an edge in common cross rows alike to the bit.
    y0, x0 = np.where(down[:, None], begins, ends).T
    y1, x1 = np.where(down[:, None], ends, begins).T
    # An edge crosses the rows y with y0 <= y < y1.
    first = np.clip(np.ceil(y0), 0, rows).astype(np.intp)
    counts = np.clip(np.ceil(y1), 0, rows).astype(np.intp) - first
    before = np.concatenate([[0], np.cumsum(counts)])
    top = first.min()
    height = int((first + counts).max() - top)
    # Whether each row has crossed edges at a column an odd number of times; the last one holds
    # those beyond.
    odd = np.zeros(height * (columns + 1), np.uint8)
    areas = np.zeros(len(polygons))
    for start in range(0, int(before[-1]), _BLOCK):
        crossing = np.arange(start, min(start + _BLOCK, int(before[-1])))
        edge = np.searchsorted(before, crossing, side="right") - 1
        y = first[edge] + crossing - before[edge]
        # x = x0 + (y - y0) (x1 - x0) / (y1 - y0)
        x = x0[edge] + (y - y0[edge]) / (y1[edge] - y0[edge]) * (x1[edge] - x0[edge])
        column = np.clip(np.ceil(x) - left, 0, columns).astype(np.intp)
        np.bitwise_xor.at(odd, (y - top) * (columns + 1) + column, 1)
        signed = np.where(down[edge], columns - column, column - columns)
        areas += np.bincount(owners[edge], signed, len(polygons))
    within = odd.reshape(height, columns + 1)[:, :columns]
    inside = np.bitwise_xor.accumulate(within, axis=1, out=within).view(np.bool_)
    mask[top : top + height, left:right] = inside
    # Polygons apart from each other cover together what each of them does.
    return Filled(mask, bool(np.abs(areas).sum() != np.count_nonzero(inside)))
