"""Frames on another's grid: where one's pixels are the other's, whichever way they run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import numpy as np

from dicomkit.errors import InconsistentError

if TYPE_CHECKING:
    import numpy.typing as npt

    from dicomkit.dataset.modules.places import FramePlaces
    from dicomkit.transforms.arrays import AnyArray
    from dicomkit.transforms.grid import Grid

__all__ = ["Fit", "fit_frames", "overlapping"]

_Places: TypeAlias = "npt.NDArray[np.float64]"

# How far a pixel may be from the one that it stands for, in steps of the grid.
_SAME: Final = 1e-3
_HALF: Final = 0.5
_AXES: Final = 3
_OTHER_GRID: Final = (
    "the segmentation lies on another grid: resample the images to its grid, or its labels as a "
    "Volume to theirs, with interpolation='nearest'"
)


class Fit(NamedTuple):
    """A frame whose pixels are voxels of a grid.

    The pixel in row j and column i is voxel ``origin + down * j + across * i``, where `down` and
    `across` are 1 or -1 along one axis each.
    """

    frame: int
    origin: tuple[int, int, int]
    down: tuple[int, int, int]
    across: tuple[int, int, int]

    @property
    def axis(self) -> int:
        """The axis of the grid that the frame lies across."""
        rows, columns = np.flatnonzero(self.down)[0], np.flatnonzero(self.across)[0]
        return int(_AXES - rows - columns)


def fit_frames(
    places: FramePlaces, grid: Grid, frames: npt.NDArray[np.intp] | None = None
) -> list[Fit]:
    """Find the frames that share space with a grid, and which voxels their pixels are.

    Any of the 48 ways in which two grids can share axes will do, and one may reach beyond the
    other. `frames` are those to look at, all with a place; by default, every one that has.

    Raises
    ------
    InconsistentError
        One that shares space with it has other pixels, or lies between its slices.
    """
    inverse = np.linalg.inv(grid.affine[:3, :3])
    known = np.flatnonzero(places.known) if frames is None else frames
    origins = (places.origins[known] - grid.affine[:3, 3]) @ inverse.T
    down, across = places.down[known] @ inverse.T, places.across[known] @ inverse.T
    rows, columns = (side - 1 for side in places.shape)
    corners = _corners(origins, rows * down, columns * across)
    beyond = np.array(grid.shape) - _HALF
    shares = (corners.max(axis=0) >= -_HALF - _SAME) & (corners.min(axis=0) <= beyond + _SAME)
    chosen = np.flatnonzero(shares.all(axis=1))
    whole = np.rint([origins[chosen], down[chosen], across[chosen]])
    exact = _corners(whole[0], rows * whole[1], columns * whole[2])
    off = np.abs(exact - corners[:, chosen]).max(axis=(0, 2), initial=0) > _SAME
    # A single row or column does not show at its corners how long a step is.
    steps = np.abs(whole[1:] - [down[chosen], across[chosen]]).max(axis=(0, 2), initial=0)
    along = np.abs(whole[1:])
    turned = (along.sum(axis=2) != 1).any(axis=0) | (along[0] * along[1]).any(axis=1)
    wrong = off | (steps > _SAME) | turned
    if wrong.any():
        frame = int(known[chosen[np.argmax(wrong)]])
        raise InconsistentError(_OTHER_GRID, frame=frame)
    found = [
        Fit(int(known[row]), *(tuple(vector) for vector in vectors))
        for row, vectors in zip(chosen, whole.astype(int).swapaxes(0, 1).tolist(), strict=True)
    ]
    _check_step(places, found, grid)
    return found


def _corners(first: _Places, height: _Places, width: _Places) -> _Places:
    """Give the centres of frames' outermost pixels, shape (corners, frames, axes)."""
    return np.stack([first, first + height, first + width, first + height + width])


def _check_step(places: FramePlaces, found: list[Fit], grid: Grid) -> None:
    """Refuse frames that lie farther apart than slices: between them would be stripes of nothing.

    Raises
    ------
    InconsistentError
        They do, as far as it can be known of a segmentation that leaves frames out.
    """
    if not found:
        return
    axis = found[0].axis
    if grid.shape[axis] == 1:
        return
    taken = np.unique([fit.origin[axis] for fit in found if fit.axis == axis])
    gap = int(np.diff(taken).min()) if len(taken) > 1 else None
    if gap == 1:
        return
    normal = np.cross(places.across[found[0].frame], places.down[found[0].frame])
    normal /= np.linalg.norm(normal)
    # How far it is along the normal to the next slice of the grid.
    slices = abs(float(grid.affine[:3, axis] @ normal))
    if places.step is not None:
        apart = abs(places.step / slices - 1) > _SAME
    else:
        # Slices as thick as they lie apart leave nothing out.
        thick = 0.0 if gap is None else (places.thickness or 0.0) / (slices * gap)
        apart = abs(thick - 1) <= _SAME
    if apart:
        raise InconsistentError(_OTHER_GRID)


def overlapping(fit: Fit, pixels: AnyArray, target: AnyArray) -> tuple[AnyArray, AnyArray] | None:
    """Give the parts of a frame and of an array on the grid that are each other's.

    Parameters
    ----------
    fit : Fit
        Where the frame lies.
    pixels : ndarray, shape (rows, columns)
        The frame.
    target : ndarray, shape (slices, rows, columns)
        The array.

    Returns
    -------
    (ndarray, ndarray) or None
        Views of both, pixel for pixel; None where they have nothing in common.
    """
    axis = fit.axis
    if not 0 <= fit.origin[axis] < target.shape[axis]:
        return None
    plane = np.moveaxis(target, axis, 0)[fit.origin[axis]]
    rows, columns = int(np.flatnonzero(fit.down)[0]), int(np.flatnonzero(fit.across)[0])
    if rows > columns:
        plane = plane.T
    for side, (along, vector) in enumerate(((rows, fit.down), (columns, fit.across))):
        begin, sign = fit.origin[along], vector[along]
        if sign < 0:
            # The last pixel comes first.
            pixels = np.flip(pixels, side)
            begin -= pixels.shape[side] - 1
        end = min(begin + pixels.shape[side], plane.shape[side])
        first = max(begin, 0)
        if first >= end:
            return None
        theirs, own = [slice(None)] * 2, [slice(None)] * 2
        theirs[side], own[side] = slice(first, end), slice(first - begin, end - begin)
        plane, pixels = plane[tuple(theirs)], pixels[tuple(own)]
    return pixels, plane
