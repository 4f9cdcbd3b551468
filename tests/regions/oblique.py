"""Labels on a grid whose axes, steps and sides are all different."""

from __future__ import annotations

from itertools import permutations, product
from typing import TYPE_CHECKING, Any

import numpy as np
from tests.segmentations import shapes

import dicomkit as dk

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["AFFINE", "GRID", "LABELS", "WAYS", "masks_of", "turned"]

# Oblique, no two sides or steps alike.
TURN = np.linalg.qr(np.array([[3.0, 1, 0.5], [-1, 2, 1], [0.2, -0.7, 3]]))[0]
STEPS = TURN * [2.5, 0.75, 0.5]
AFFINE = np.vstack([np.column_stack([STEPS, [-10.0, 20, 30]]), [0, 0, 0, 1]])
GRID = dk.Grid((4, 5, 6), AFFINE)
LABELS = shapes(GRID)
WAYS = list(product(permutations(range(3)), product((1, -1), repeat=3)))


def masks_of(labels: npt.NDArray[Any]) -> dict[int, npt.NDArray[np.bool_]]:
    return {number: labels == number for number in (3, 1, 2)}


def turned(
    grid: dk.Grid, labels: npt.NDArray[Any], axes: tuple[int, ...], signs: tuple[int, ...]
) -> tuple[dk.Grid, npt.NDArray[Any]]:
    """Give the same labels at the same places in arrays whose axes run another way."""
    affine = grid.affine.copy()
    steps = grid.affine[:3, :3][:, axes]
    shape = [grid.shape[axis] for axis in axes]
    array = labels.transpose(axes)
    for side, sign in enumerate(signs):
        if sign < 0:
            affine[:3, 3] += steps[:, side] * (shape[side] - 1)
            array = np.flip(array, side)
    affine[:3, :3] = steps * signs
    return dk.Grid(shape, affine), array
