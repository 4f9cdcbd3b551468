"""Where the voxels of a volume lie in the patient: a shape and one affine matrix."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

__all__ = ["Grid"]

_AXES = 3
# What positions are rounded to: so many millimetres, or this share of a step.
_SAME_PLACE = 0.01
_SAME_STEP = 0.01
_PARALLEL = 1e-9
# From the patient-based axes of DICOM (left, back, head) to those of NIfTI (right, front, head).
_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
_LETTERS = (("L", "R"), ("P", "A"), ("S", "I"))


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Grid:
    """A regular grid of voxels in the patient-based coordinate system (PS3.3 C.7.6.2.1.1).

    Coordinates are DICOM's own, LPS: millimetres towards the patient's left, back and head.
    Indices are in the order of the array's axes: slice k, row j, column i.

    Parameters
    ----------
    shape : (int, int, int)
        Slices, rows, columns.
    affine : array_like of float, shape (4, 4)
        ``affine @ (k, j, i, 1)`` is the place of the centre of voxel ``array[k, j, i]``.
        Kept as a read-only float64 copy.

    Raises
    ------
    ValueError
        The shape has a side below 1, or the matrix is not finite, is singular, or its last
        row is not 0, 0, 0, 1.

    Examples
    --------
    >>> grid = Grid((2, 4, 4), [[0, 0, 0.5, -10], [0, 0.5, 0, 20], [3, 0, 0, 5], [0, 0, 0, 1]])
    >>> grid
    <Grid: 2 x 4 x 4 voxels of 3 x 0.5 x 0.5 mm>
    >>> grid.to_patient((1, 0, 2))
    array([-9., 20.,  8.])
    """

    shape: tuple[int, int, int]
    affine: npt.NDArray[np.float64]

    def __init__(self, shape: Sequence[int], affine: npt.ArrayLike) -> None:
        sides = tuple(map(int, shape))
        if len(sides) != _AXES or min(sides) < 1:
            msg = "a grid has a number of slices, rows and columns, each at least 1"
            raise ValueError(msg)
        matrix = np.array(affine, np.float64)
        if matrix.shape != (4, 4) or not np.isfinite(matrix).all():
            msg = "an affine matrix has 4 x 4 finite numbers"
            raise ValueError(msg)
        if not np.array_equal(matrix[3], [0, 0, 0, 1]):
            msg = "the last row of an affine matrix is 0, 0, 0, 1"
            raise ValueError(msg)
        lengths = np.linalg.norm(matrix[:3, :3], axis=0)
        if not lengths.all() or abs(np.linalg.det(matrix[:3, :3] / lengths)) < _PARALLEL:
            msg = "the steps of a grid lead into three directions"
            raise ValueError(msg)
        matrix.flags.writeable = False
        object.__setattr__(self, "shape", sides)
        object.__setattr__(self, "affine", matrix)

    @property
    def spacing(self) -> tuple[float, float, float]:
        """The lengths of one step in k, j and i: between slices, rows and columns, in mm."""
        k, j, i = map(float, np.linalg.norm(self.affine[:3, :3], axis=0))
        return k, j, i

    @property
    def origin(self) -> tuple[float, float, float]:
        """The place of the first voxel, ``array[0, 0, 0]``."""
        x, y, z = map(float, self.affine[:3, 3])
        return x, y, z

    @property
    def normal(self) -> tuple[float, float, float]:
        """The unit vector across the slices: that of the rows times that of the columns."""
        x, y, z = map(float, self._normal())
        return x, y, z

    @property
    def tilt(self) -> float:
        """The angle between the step from slice to slice and the line of the normal, in degrees."""
        along, off = self._step()
        return math.degrees(math.atan2(off, abs(along)))

    @property
    def sheared(self) -> bool:
        """Whether the slices shift sideways, by more than the rounding of their positions.

        That is what a tilted gantry does. Rows and columns count as well.
        """
        _, off = self._step()
        step, rows, columns = (self.affine[:3, axis] for axis in range(_AXES))
        drift = off * max(self.shape[0] - 1, 1)
        skew = abs(rows @ columns) / np.linalg.norm(rows) / np.linalg.norm(columns)
        allowed = max(_SAME_PLACE, _SAME_STEP * float(np.linalg.norm(step)))
        return drift > allowed or bool(skew > _SAME_PLACE)

    @property
    def orientation(self) -> str:
        """Where k, j and i lead mostly: three letters of L, R, P, A, S and I.

        Examples
        --------
        >>> Grid((1, 1, 1), np.diag([1, 1, 1, 1])).orientation
        'LPS'
        """
        letters = []
        for step in self.affine[:3, :3].T:
            axis = int(np.argmax(np.abs(step)))
            letters.append(_LETTERS[axis][int(step[axis] < 0)])
        return "".join(letters)

    @property
    def ras_affine(self) -> npt.NDArray[np.float64]:
        """The matrix that NIfTI wants: from (i, j, k) to right, front, head.

        nibabel takes it with ``array.T``.
        """
        return _TO_RAS @ self.affine[:, [2, 1, 0, 3]]

    def to_patient(self, indices: npt.ArrayLike, /) -> npt.NDArray[np.float64]:
        """Give the places of voxels.

        Parameters
        ----------
        indices : array_like, shape (..., 3)
            k, j, i; fractions lie between voxels.

        Returns
        -------
        numpy.ndarray of float64, shape (..., 3)
            x, y, z in LPS, millimetres.
        """
        return np.asarray(indices, np.float64) @ self.affine[:3, :3].T + self.affine[:3, 3]

    def to_indices(self, points: npt.ArrayLike, /) -> npt.NDArray[np.float64]:
        """Give the indices of places: the reverse of `to_patient`, not rounded.

        Parameters
        ----------
        points : array_like, shape (..., 3)
            x, y, z in LPS, millimetres.

        Returns
        -------
        numpy.ndarray of float64, shape (..., 3)
            k, j, i; outside of the volume they go beyond its shape.
        """
        moved = np.asarray(points, np.float64) - self.affine[:3, 3]
        return moved @ np.linalg.inv(self.affine[:3, :3]).T

    def matches(self, other: Grid, /) -> bool:
        """Tell whether every voxel lies where the other grid's does, within 0.01 mm."""
        if self.shape != other.shape:
            return False
        corners = self._corners()
        gaps = self.to_patient(corners) - other.to_patient(corners)
        return bool(np.linalg.norm(gaps, axis=-1).max() <= _SAME_PLACE)

    def with_spacing(self, spacing: Sequence[float], /) -> Grid:
        """Give a grid over the same space, in the same directions, with other steps.

        Parameters
        ----------
        spacing : (float, float, float)
            Between slices, rows and columns, in mm.

        Returns
        -------
        Grid
            Its voxels fill the same space, as far as whole voxels can, about the same centre.

        Raises
        ------
        ValueError
            They are no three lengths above 0.

        Examples
        --------
        >>> Grid((10, 8, 8), np.diag([5, 1, 1, 1])).with_spacing((2.5, 2, 2))
        <Grid: 20 x 4 x 4 voxels of 2.5 x 2 x 2 mm>
        """
        ratios = _checked(spacing) / self.spacing
        return self._about_centre(self.affine[:3, :3] * ratios, np.array(self.shape) / ratios)

    def along_axes(self, spacing: Sequence[float], /) -> Grid:
        """Give a grid along the patient's axes that holds all of this one: slices are axial.

        Parameters
        ----------
        spacing : (float, float, float)
            Between slices, rows and columns, in mm.

        Returns
        -------
        Grid
            k leads to the head, j to the back, i to the left.

        Raises
        ------
        ValueError
            They are no three lengths above 0.

        Examples
        --------
        >>> Grid((9, 9, 9), np.diag([1, 1, 1, 1])).along_axes((3, 3, 3)).orientation
        'SPL'
        """
        steps = _checked(spacing)
        edges = self.to_patient(self._corners(beyond=0.5))
        directions = np.eye(_AXES)[:, ::-1] * steps
        size = np.ptp(edges, axis=0)[::-1] / steps
        return self._about_centre(directions, size, (edges.min(axis=0) + edges.max(axis=0)) / 2)

    def _about_centre(
        self,
        steps: npt.NDArray[np.float64],
        size: npt.NDArray[np.float64],
        centre: npt.NDArray[np.float64] | None = None,
    ) -> Grid:
        # A side that is a whole number but for the arithmetic must not gain a voxel.
        shape = np.maximum(np.ceil(size - 1e-6), 1).astype(int)
        if centre is None:
            centre = self.to_patient((np.array(self.shape) - 1) / 2)
        affine = np.eye(4)
        affine[:3, :3] = steps
        affine[:3, 3] = centre - steps @ ((shape - 1) / 2)
        return Grid(shape.tolist(), affine)

    def _normal(self) -> npt.NDArray[np.float64]:
        across = np.cross(self.affine[:3, 2], self.affine[:3, 1])
        return across / np.linalg.norm(across)

    def _step(self) -> tuple[float, float]:
        """Take the step from slice to slice apart: along the normal, and off it."""
        step, normal = self.affine[:3, 0], self._normal()
        along = float(step @ normal)
        return along, float(np.linalg.norm(step - along * normal))

    def _corners(self, *, beyond: float = 0.0) -> npt.NDArray[np.float64]:
        """Give the indices of the outermost voxels, or of so much beyond their centres."""
        return np.array(list(product(*((-beyond, side - 1 + beyond) for side in self.shape))))

    def __eq__(self, other: object) -> bool:
        """Compare by content, to the bit."""
        if not isinstance(other, Grid):
            return NotImplemented
        return self.shape == other.shape and np.array_equal(self.affine, other.affine)

    def __hash__(self) -> int:
        """Hash by content."""
        # Adding 0 makes one zero of the two that are equal.
        return hash((self.shape, (self.affine + 0.0).tobytes()))

    def __reduce__(self) -> tuple[object, ...]:
        """Make the copy afresh, because an array comes out of a pickle writeable."""
        return Grid, (self.shape, self.affine)

    def __repr__(self) -> str:
        """Give the shape and the steps."""
        sides = " x ".join(map(str, self.shape))
        return f"<Grid: {sides} voxels of {self._lengths()} mm{self._leaning()}>"

    def _repr_html_(self) -> str:
        """Show what there is to know of the grid, for a notebook."""
        from dicomkit.html.markup import escaped, table

        rows = [
            ("slices, rows, columns", " x ".join(map(str, self.shape))),
            ("step (mm)", self._lengths() + self._leaning()),
            ("k, j, i lead to", self.orientation),
            ("first voxel (mm, LPS)", ", ".join(f"{part:.6g}" for part in self.origin)),
        ]
        cells = [tuple(map(escaped, row)) for row in rows]
        return table(("Grid", ""), cells, caption="")

    def _lengths(self) -> str:
        return " x ".join(f"{length:.4g}" for length in self.spacing)

    def _leaning(self) -> str:
        return f", tilted by {self.tilt:.3g} degrees" if self.sheared else ""


def _checked(spacing: Sequence[float]) -> npt.NDArray[np.float64]:
    """Refuse what are no three steps."""
    steps = np.asarray(spacing, np.float64)
    if steps.shape != (_AXES,) or not (np.isfinite(steps) & (steps > 0)).all():
        msg = "spacing is three lengths above 0"
        raise ValueError(msg)
    return steps
