"""Values between voxels: nearest and linear interpolation on a regular grid."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from dicomkit.transforms.arrays import AnyArray, FloatArray

__all__ = ["Interpolation", "interpolate"]

Interpolation: TypeAlias = Literal["linear", "nearest"]

# So far a place may be off the outermost centres, which arithmetic brings about.
_ROUNDED = 1e-6
_HALF = 0.5


def interpolate(
    array: AnyArray,
    indices: npt.NDArray[np.float64],
    *,
    interpolation: Interpolation,
    fill: float,
    missing: npt.NDArray[np.bool_] | None = None,
) -> FloatArray:
    """Give the values of an array at places between its elements.

    A voxel reaches half a step to each side of its centre: there, the outermost value goes on.
    Beyond is `fill`.

    Parameters
    ----------
    array : ndarray of real numbers, shape (slices, rows, columns[, channels])
        The values.
    indices : ndarray of float64, shape (3, n)
        Where: k, j, i.
    interpolation : {"linear", "nearest"}
        Of a place just between two, nearest takes the higher index.
    fill : float
        What is where no value is.
    missing : ndarray of bool, shape (slices, rows, columns), optional
        Which elements hold none. They take no part: the weights of the others are as much
        larger; and where the missing ones have the larger part, the result is `fill`.

    Returns
    -------
    numpy.ndarray of float32, shape (n,) or (n, channels)

    Examples
    --------
    >>> values = np.array([[[0.0, 10.0, 20.0]]])
    >>> places = np.array([[0, 0, 0], [0, 0, 0], [0.25, 1.9, 3.0]])
    >>> interpolate(values, places, interpolation="linear", fill=-1)
    array([ 2.5, 19. , -1. ], dtype=float32)
    """
    last = np.array(array.shape[:3])[:, None] - 1
    inside = ((indices >= -_HALF - _ROUNDED) & (indices < last + _HALF + _ROUNDED)).all(axis=0)
    result = np.full((indices.shape[1], *array.shape[3:]), fill, np.float32)
    places = np.clip(indices[:, inside], 0, last)
    if interpolation == "nearest":
        # floor(x + 1/2): halves go up.
        k, j, i = np.minimum(np.floor(places + _HALF).astype(np.intp), last)
        found = np.asarray(array[k, j, i], np.float32)
        if missing is not None:
            found[missing[k, j, i]] = fill
    else:
        found = _linear(array, places, last, fill, missing)
    result[inside] = found
    return result


def _linear(
    array: AnyArray,
    places: npt.NDArray[np.float64],
    last: npt.NDArray[np.intp],
    fill: float,
    missing: npt.NDArray[np.bool_] | None,
) -> FloatArray:
    lower = np.floor(places).astype(np.intp)
    share = places - lower
    upper = np.minimum(lower + 1, last)
    channels = (1,) * (array.ndim - 3)
    total = np.zeros((places.shape[1], *array.shape[3:]))
    present = np.zeros(places.shape[1])
    for corner in product((False, True), repeat=3):
        k, j, i = ((upper if high else lower)[axis] for axis, high in enumerate(corner))
        weight = np.ones(places.shape[1])
        for axis, high in enumerate(corner):
            weight *= share[axis] if high else 1 - share[axis]
        values = array[k, j, i]
        if missing is not None:
            lacking = missing[k, j, i]
            weight[lacking] = 0
            values = np.where(lacking.reshape(-1, *channels), 0, values)
            present += weight
        total += weight.reshape(-1, *channels) * values
    if missing is not None:
        enough = present >= _HALF
        total[~enough] = fill
        total[enough] /= present[enough].reshape(-1, *channels)
    return total.astype(np.float32)
