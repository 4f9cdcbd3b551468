"""The structures of an RT structure set as masks on a grid."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np

from dicomkit.dataset.elements.datasets import DatasetLike, dataset_of, error_context
from dicomkit.dataset.modules.segmentation import Segment
from dicomkit.dataset.modules.structures import Structure, read_structures
from dicomkit.errors import LimitError
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.notes import Note
from dicomkit.transforms.polygons import fill_polygons

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from dicomkit.transforms.grid import Grid

__all__ = ["Region", "structure_mask", "structure_notes", "structures"]

Region: TypeAlias = Segment | Structure

_CLOSED: Final = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR")
_HALF: Final = 0.5
# Contours this far apart, in steps between slices, are drawn in one plane.
_SAME_PLANE: Final = 0.1
_ROUNDED: Final = 1e-6
_FEWEST_POINTS: Final = 3


def structures(rt: DatasetLike, /) -> tuple[Structure, ...]:
    """Read the structures of an RT structure set (PS3.3 C.8.8.5, C.8.8.6).

    Parameters
    ----------
    rt : pydicom.dataset.Dataset
        A structure set.

    Returns
    -------
    tuple of Structure
        In the order of the file.

    Raises
    ------
    InconsistentError
        It is none, or its structures have no numbers to tell them apart.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> rt = dk.read_dataset(pydicom.data.get_testdata_file("rtstruct.dcm"))
    >>> dk.structures(rt)[0]
    <Structure: 1, 'patient', 3 contours>
    """
    dataset = dataset_of(rt)
    with error_context(dataset):
        return read_structures(dataset)


def structure_mask(
    structure: Structure, grid: Grid, /, *, limits: Limits = DEFAULT_LIMITS
) -> npt.NDArray[np.bool_]:
    """Give the voxels whose centres lie in a structure (PS3.3 C.8.8.6.3).

    On each slice, the contours of its plane count together by the even-odd rule: one in another
    is a hole. A centre on an edge is in where the inside is below it, or to its right. Contours
    have to lie in planes of the grid's slices, rows or columns, which may be oblique or sheared,
    within half a step; where those of several planes are that near, the nearest count. Nothing is
    drawn between one plane and the next, and nothing of points and open lines.

    Parameters
    ----------
    structure : Structure
        One of `structures`.
    grid : Grid
        Such as ``volume.grid``, in the structure's Frame of Reference.
    limits : Limits
        ``total_bytes`` bounds the result.

    Returns
    -------
    numpy.ndarray of bool, shape of the grid
        `structure_notes` says what of the structure is not in it.

    Raises
    ------
    LimitError
        The result would take more memory than `limits` allow.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> rt = dk.read_dataset(pydicom.data.get_testdata_file("rtstruct.dcm"))
    >>> affine = [[0, 0, 5, -210], [0, 5, 0, -160], [10, 0, 0, -200], [0, 0, 0, 1]]
    >>> mask = dk.structure_mask(dk.structures(rt)[0], dk.Grid((3, 80, 80), affine))
    >>> mask.shape, int(mask.sum()) * 5 * 5 * 10  # cubic millimetres
    ((3, 80, 80), 3510000)
    """
    if math.prod(grid.shape) > limits.total_bytes:
        msg = (
            f"the mask takes {math.prod(grid.shape)} bytes, over the limit of "
            f"{limits.total_bytes}; pass a larger Limits(total_bytes=...) if that is meant"
        )
        raise LimitError(msg)
    return _rasterized(structure, grid).mask


def structure_notes(structure: Structure, grid: Grid, /) -> tuple[Note, ...]:
    """Say what of a structure `structure_mask` leaves out or assumes on a grid.

    Parameters
    ----------
    structure, grid
        As in `structure_mask`.

    Returns
    -------
    tuple of Note
        The structure's own notes first.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> rt = dk.read_dataset(pydicom.data.get_testdata_file("rtstruct.dcm"))
    >>> grid = dk.Grid((1, 80, 80), [[0, 0, 5, -210], [0, 5, 0, -160], [10, 0, 0, 0], [0, 0, 0, 1]])
    >>> print(dk.structure_notes(dk.structures(rt)[0], grid)[0])
    contour_off_planes: 3 contours are in no plane of the grid, by over half a step: left out
    """
    return (*structure.notes, *_rasterized(structure, grid).notes)


class _Rasterized(NamedTuple):
    mask: npt.NDArray[np.bool_]
    notes: tuple[Note, ...]


class _Placed(NamedTuple):
    """Contours as polygons on the planes across an axis of a grid."""

    axis: int
    planes: dict[int, list[npt.NDArray[np.float64]]]
    # How many lie beyond the grid or in none of its planes, and in a nearer one's stead.
    off: int
    between: int


def _rasterized(structure: Structure, grid: Grid) -> _Rasterized:
    placed = _placed(structure, grid)
    mask = np.zeros(grid.shape, np.bool_)
    planes = np.moveaxis(mask, placed.axis, 0)
    overlap = False
    for index, polygons in placed.planes.items():
        rows, columns = planes[index].shape
        filled = fill_polygons(polygons, (rows, columns))
        planes[index] = filled.mask
        overlap |= filled.overlap
    return _Rasterized(mask, tuple(_notes(structure, placed, overlap=overlap)))


def _placed(structure: Structure, grid: Grid) -> _Placed:
    """Find the plane of the grid that each closed contour lies in."""
    closed = [
        one.points
        for one in structure.contours
        if one.kind in _CLOSED and len(one.points) >= _FEWEST_POINTS
    ]
    if not closed:
        return _Placed(0, {}, 0, 0)
    begins = np.cumsum([0, *(len(points) for points in closed[:-1])])
    indices = grid.to_indices(np.concatenate(closed))
    low, high = np.minimum.reduceat(indices, begins), np.maximum.reduceat(indices, begins)
    # The axis across which contours are flat.
    axis = int(np.argmin((high - low).sum(axis=0)))
    heights = (low + high)[:, axis] / 2
    nearest = np.floor(heights + _HALF).astype(np.intp)
    spread = (high - low)[:, axis] / 2 + np.abs(heights - nearest)
    on = (spread <= _HALF + _ROUNDED) & (nearest >= 0) & (nearest < grid.shape[axis])
    polygons = np.split(np.delete(indices, axis, axis=1), begins[1:])
    planes: dict[int, list[npt.NDArray[np.float64]]] = {}
    between = 0
    for plane in np.unique(nearest[on]).tolist():
        rows = np.flatnonzero(on & (nearest == plane))
        gaps = np.abs(heights[rows] - plane)
        best = heights[rows[np.argmin(gaps)]]
        same = np.abs(heights[rows] - best) <= _SAME_PLANE
        planes[plane] = [polygons[row] for row in rows[same]]
        between += int(np.count_nonzero(~same))
    return _Placed(axis, planes, int(np.count_nonzero(~on)), between)


def _notes(structure: Structure, placed: _Placed, *, overlap: bool) -> Iterator[Note]:
    opened = sum(
        one.kind not in _CLOSED or len(one.points) < _FEWEST_POINTS for one in structure.contours
    )
    if opened:
        message = f"{_counted(opened)} of points or open lines, which enclose nothing: left out"
        yield Note("contour_open", message)
    if placed.off:
        message = f"{_counted(placed.off)} in no plane of the grid, by over half a step: left out"
        yield Note("contour_off_planes", message)
    if placed.between:
        message = f"{_counted(placed.between)} farther from a plane than others of it: left out"
        yield Note("contour_between_planes", message)
    gaps = np.diff(sorted(placed.planes))
    if gaps.size and gaps.min() > 1:
        message = f"contours lie {gaps.min()} steps apart: between them, nothing is drawn"
        yield Note("contour_planes_sparse", message)
    if overlap and any(one.kind == "CLOSED_PLANAR" for one in structure.contours):
        message = (
            "contours of kind CLOSED_PLANAR lie within or across each other: what an even number "
            "of them holds was taken for a hole"
        )
        yield Note("contour_holes_assumed", message)


def _counted(contours: int) -> str:
    return "1 contour is" if contours == 1 else f"{contours} contours are"
