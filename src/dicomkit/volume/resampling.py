"""A volume on another grid: asked for, never done on the way."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.errors import LimitError
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.notes import Note
from dicomkit.transforms.grid import Grid
from dicomkit.transforms.interpolation import Interpolation, interpolate
from dicomkit.transforms.padding import PaddingMask
from dicomkit.volume.conversion import grid_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from dicomkit.transforms.arrays import AnyArray
    from dicomkit.volume.volume import Volume

__all__ = ["resample", "unshear"]

# Places that are worked out at once, each some 200 bytes.
_BLOCK = 1 << 17


def resample(
    volume: Volume,
    grid: Grid,
    /,
    *,
    interpolation: Interpolation = "linear",
    exclude: tuple[float, float] | None = None,
    fill: float = math.nan,
    limits: Limits = DEFAULT_LIMITS,
) -> Volume:
    """Give the values of a volume on another grid.

    Parameters
    ----------
    volume : Volume
        With a grid, sheared or not.
    grid : Grid
        Where the new voxels lie: another volume's, or one of ``volume.grid.with_spacing(...)``
        or ``volume.grid.along_axes(...)``.
    interpolation : {"linear", "nearest"}
        Nearest is for labels.
    exclude : (float, float), optional
        An inclusive range of values that are padding. Like values that are not finite, they
        take no part: where they have the larger share of a new voxel, it is `fill`, and
        elsewhere the others' weights make up for them.
    fill : float
        What is outside of the volume, NaN by default.
    limits : Limits
        ``total_bytes`` bounds the result.

    Returns
    -------
    Volume
        Of float32. It has no slices: none of its planes is one of a file's.

    Raises
    ------
    InconsistentError
        The volume has no grid.
    LimitError
        The result would take more memory than `limits` allow.
    ValueError
        There is no such interpolation.

    Notes
    -----
    A voxel fills the space to half a step beside its centre. Each new voxel has the value at
    its own centre: to go to much larger steps, smooth before, or details fold over.

    Examples
    --------
    >>> from dicomkit import Volume
    >>> ramp = np.arange(4, dtype=np.float32).reshape(1, 1, 4)
    >>> volume = Volume(ramp, Grid((1, 1, 4), np.diag([1, 1, 1, 1])), None, (), ())
    >>> resample(volume, volume.grid.with_spacing((1, 1, 2))).array
    array([[[0.5, 2.5]]], dtype=float32)
    """
    if interpolation not in ("linear", "nearest"):
        msg = f"interpolation is 'linear' or 'nearest', not {interpolation!r}"
        raise ValueError(msg)
    source = grid_of(volume)
    array = np.asarray(volume.array)
    shape = (*grid.shape, *array.shape[3:])
    if math.prod(shape) * 4 > limits.total_bytes:
        msg = (
            f"the result takes {math.prod(shape) * 4} bytes, over the limit of "
            f"{limits.total_bytes}; pass a larger Limits(total_bytes=...) if that is meant"
        )
        raise LimitError(msg)
    missing = _missing(array, exclude)
    # From indices of the new grid to those of the old one.
    matrix = np.linalg.inv(source.affine) @ grid.affine
    result = np.empty((math.prod(grid.shape), *array.shape[3:]), np.float32)
    for start in range(0, len(result), _BLOCK):
        flat = np.arange(start, min(start + _BLOCK, len(result)))
        indices = np.array(np.unravel_index(flat, grid.shape), np.float64)
        places = matrix[:3, :3] @ indices + matrix[:3, 3:]
        result[start : start + _BLOCK] = interpolate(
            array, places, interpolation=interpolation, fill=fill, missing=missing
        )
    note = Note("resampled", f"the values were interpolated, {interpolation}")
    return replace(
        volume,
        array=result.reshape(shape),
        grid=grid,
        slices=(),
        notes=(*volume.notes, note),
    )


def unshear(
    volume: Volume,
    /,
    *,
    interpolation: Interpolation = "linear",
    exclude: tuple[float, float] | None = None,
    fill: float = math.nan,
    limits: Limits = DEFAULT_LIMITS,
) -> Volume:
    """Give a sheared volume, as of a tilted gantry, on a grid with right angles.

    Parameters
    ----------
    volume : Volume
        With a grid.
    interpolation, exclude, fill, limits
        As in `resample`.

    Returns
    -------
    Volume
        With the same rows and columns and as many slices, along their normal. It has as many
        more rows and columns as it takes to hold all of the old one; a volume that is not
        sheared is given back as it is.

    Raises
    ------
    InconsistentError, LimitError, ValueError
        As `resample`.

    Examples
    --------
    >>> from dicomkit import Volume
    >>> leaning = [[0, 0, 1, 0], [0.5, 1, 0, 0], [2, 0, 0, 0], [0, 0, 0, 1]]
    >>> volume = Volume(np.ones((3, 4, 4), np.float32), Grid((3, 4, 4), leaning), None, (), ())
    >>> unshear(volume).grid
    <Grid: 3 x 5 x 4 voxels of 2 x 1 x 1 mm>
    """
    grid = grid_of(volume)
    if not grid.sheared:
        return volume
    return resample(
        volume,
        _upright(grid),
        interpolation=interpolation,
        exclude=exclude,
        fill=fill,
        limits=limits,
    )


def _upright(grid: Grid) -> Grid:
    """Give the grid whose slices lie along the normal, wide enough for all of a sheared one."""
    affine = grid.affine.copy()
    normal = np.array(grid.normal)
    affine[:3, 0] = normal * (grid.affine[:3, 0] @ normal)
    # Where the first pixels of the first and the last slice lie in the new one's rows.
    count = grid.shape[0] - 1
    drift = np.linalg.solve(affine[:3, :3], grid.affine[:3, 0] * count)[1:]
    # What is a whole step but for the arithmetic must not gain a row.
    before = np.ceil(np.maximum(-drift, 0) - 1e-6).astype(int)
    behind = np.ceil(np.maximum(drift, 0) - 1e-6).astype(int)
    affine[:3, 3] -= affine[:3, 1:3] @ before
    slices, rows, columns = grid.shape
    return Grid((slices, rows + before[0] + behind[0], columns + before[1] + behind[1]), affine)


def _missing(array: AnyArray, exclude: tuple[float, float] | None) -> npt.NDArray[np.bool_] | None:
    """Mark voxels that hold no value; None where all do."""
    if array.dtype.kind != "f" and exclude is None:
        return None
    missing: npt.NDArray[np.bool_] = ~np.isfinite(array)
    if exclude is not None:
        missing |= PaddingMask(*sorted(exclude)).covers(array)
    if not missing.any():
        return None
    return np.asarray(missing.any(axis=-1)) if missing.ndim > 3 else missing  # noqa: PLR2004 - colour
