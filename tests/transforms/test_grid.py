"""The grid: affine arithmetic by hand, against nibabel's and highdicom's where they have it."""

from __future__ import annotations

import math
import pickle

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicomkit.transforms.grid import Grid

# Slices 3 mm apart, rows 2, columns 0.5, first voxel at (10, 20, 30); axial.
AXIAL: list[list[float]] = [[0, 0, 0.5, 10], [0, 2, 0, 20], [3, 0, 0, 30], [0, 0, 0, 1]]


def leaning(degrees: float, shape: tuple[int, int, int] = (4, 5, 6)) -> Grid:
    affine = np.array(AXIAL, float)
    affine[1, 0] = 3 * math.tan(math.radians(degrees))
    return Grid(shape, affine)


def test_indices_and_places() -> None:
    grid = Grid((4, 5, 6), AXIAL)
    assert grid.to_patient((1, 2, 3)).tolist() == [11.5, 24, 33]
    assert grid.to_indices((11.5, 24, 33)).tolist() == [1, 2, 3]
    many = np.arange(24).reshape(2, 4, 3)
    assert grid.to_patient(many).shape == (2, 4, 3)
    assert np.allclose(grid.to_indices(grid.to_patient(many)), many)


def test_what_a_grid_says_of_itself() -> None:
    grid = Grid((4, 5, 6), AXIAL)
    assert grid.spacing == (3, 2, 0.5)
    assert grid.origin == (10, 20, 30)
    # Row times column: left times back is head.
    assert grid.normal == (0, 0, 1)
    assert (grid.tilt, grid.sheared) == (0, False)
    assert grid.orientation == "SPL"
    assert repr(grid) == "<Grid: 4 x 5 x 6 voxels of 3 x 2 x 0.5 mm>"


def test_nifti_counts_to_the_right_and_to_the_front() -> None:
    # (i, j, k) to RAS: x and y change their sign.
    expected = [[-0.5, 0, 0, -10], [0, -2, 0, -20], [0, 0, 3, 30], [0, 0, 0, 1]]
    assert Grid((4, 5, 6), AXIAL).ras_affine.tolist() == expected


@pytest.mark.parametrize("degrees", [-18.5, 5, 16.5])
def test_a_tilt_is_in_degrees(degrees: float) -> None:
    grid = leaning(degrees)
    assert grid.tilt == pytest.approx(abs(degrees))
    assert grid.sheared
    assert repr(grid).endswith(f"tilted by {abs(degrees):g} degrees>")


def test_the_rounding_of_positions_is_no_tilt() -> None:
    # 0.009 mm over all slices, and 0.011 mm.
    assert not leaning(math.degrees(math.atan(0.009 / 9))).sheared
    steps = leaning(math.degrees(math.atan(0.04 / 9)))
    assert steps.sheared


def test_rows_and_columns_that_are_no_right_angle_are_sheared() -> None:
    affine = np.array(AXIAL, float)
    affine[0, 1] = 0.3
    assert Grid((4, 5, 6), affine).sheared


def test_the_reverse_step_is_no_tilt() -> None:
    affine = np.array(AXIAL, float)
    affine[2, 0] = -3
    grid = Grid((4, 5, 6), affine)
    assert (grid.tilt, grid.sheared, grid.orientation) == (0, False, "IPL")


def test_grids_match_within_a_hundredth_of_a_millimetre() -> None:
    grid = Grid((4, 5, 6), AXIAL)
    moved = grid.affine.copy()
    moved[0, 3] += 0.009
    assert grid.matches(Grid((4, 5, 6), moved))
    moved[0, 3] += 0.002
    assert not grid.matches(Grid((4, 5, 6), moved))
    assert not grid.matches(Grid((4, 5, 7), AXIAL))
    # What is small at the first voxel may be large at the last.
    stretched = grid.affine.copy()
    stretched[2, 0] += 0.004
    assert not grid.matches(Grid((4, 5, 6), stretched))


def test_equal_grids_are_one_value() -> None:
    grid, other = Grid((4, 5, 6), AXIAL), Grid([4, 5, 6], np.array(AXIAL))
    assert grid == other
    assert hash(grid) == hash(other)
    assert grid != Grid((4, 5, 7), AXIAL)
    assert grid != "grid"
    negative = np.array(AXIAL, float)
    negative[0, 0] = -0.0
    assert hash(Grid((4, 5, 6), negative)) == hash(grid)


def test_a_grid_travels_and_stays_read_only() -> None:
    grid = pickle.loads(pickle.dumps(Grid((4, 5, 6), AXIAL)))  # noqa: S301 - its own
    assert grid == Grid((4, 5, 6), AXIAL)
    with pytest.raises(ValueError, match="read-only"):
        grid.affine[0, 0] = 1


def test_the_matrix_is_a_copy() -> None:
    affine = np.array(AXIAL, float)
    grid = Grid((4, 5, 6), affine)
    affine[0, 3] = 99
    assert grid.origin == (10, 20, 30)


BAD = [
    ((4, 5), AXIAL, "number of slices"),
    ((4, 5, 0), AXIAL, "at least 1"),
    ((4, 5, 6), np.eye(3), "4 x 4"),
    ((4, 5, 6), np.full((4, 4), np.nan), "finite"),
    ((4, 5, 6), np.ones((4, 4)), "last row"),
    ((4, 5, 6), np.diag([1, 1, 0, 1]), "three directions"),
    ((4, 5, 6), [[1, 1, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], "three directions"),
]


@pytest.mark.parametrize(("shape", "affine", "message"), BAD)
def test_what_is_no_grid(shape: tuple[int, ...], affine: npt.ArrayLike, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Grid(shape, affine)


def test_small_voxels_are_a_grid() -> None:
    assert Grid((1, 1, 1), np.diag([1e-6, 1e-6, 1e-6, 1])).spacing == (1e-6, 1e-6, 1e-6)


def test_other_steps_over_the_same_space() -> None:
    grid = Grid((4, 5, 6), AXIAL).with_spacing((6, 1, 1))
    assert grid.shape == (2, 10, 3)
    # Before: from 30 - 1.5 to 30 + 9 + 1.5; so the first of two centres is 28.5 + 3.
    assert grid.origin == pytest.approx((10.25, 19.5, 31.5))
    assert grid.spacing == pytest.approx((6, 1, 1))


def test_steps_that_do_not_fit_stay_centred() -> None:
    grid = Grid((1, 1, 5), np.diag([1, 1, 1, 1])).with_spacing((1, 1, 2))
    # 5 mm in steps of 2 mm: three voxels about the centre at 2.
    assert grid.shape == (1, 1, 3)
    assert [grid.to_patient((0, 0, i))[2] for i in range(3)] == [0, 2, 4]


@pytest.mark.parametrize("spacing", [(0, 1, 1), (1, 1), (-1, 1, 1)])
def test_steps_are_above_0(spacing: tuple[float, ...]) -> None:
    for make in (Grid((4, 5, 6), AXIAL).with_spacing, Grid((4, 5, 6), AXIAL).along_axes):
        with pytest.raises(ValueError, match="three lengths above 0"):
            make(spacing)


def test_a_grid_along_the_axes_holds_all_corners() -> None:
    turned = np.array([[0, -1, 1, 0], [0, 1, 1, 0], [2, 0, 0, 0], [0, 0, 0, 1]], float)
    grid = Grid((3, 4, 5), turned).along_axes((2, 0.5, 0.5))
    assert grid.orientation == "SPL"
    edges = [(k, j, i) for k in (-0.5, 2.5) for j in (-0.5, 3.5) for i in (-0.5, 4.5)]
    outer = Grid((3, 4, 5), turned).to_patient(edges)
    indices = grid.to_indices(outer)
    assert (indices >= -0.5 - 1e-9).all()
    assert (indices <= np.array(grid.shape) - 0.5 + 1e-9).all()


@given(
    st.lists(st.floats(-5, 5), min_size=9, max_size=9),
    st.tuples(*[st.floats(-1000, 1000)] * 3),
    st.tuples(*[st.integers(-50, 50)] * 3),
)
def test_there_and_back(
    steps: list[float], origin: tuple[float, ...], indices: tuple[int, ...]
) -> None:
    matrix = np.array(steps).reshape(3, 3) + 12 * np.eye(3)
    affine = np.eye(4)
    affine[:3, :3], affine[:3, 3] = matrix, origin
    grid = Grid((2, 2, 2), affine)
    assert np.allclose(grid.to_indices(grid.to_patient(indices)), indices, atol=1e-6)
    # By hand, one coordinate after the other.
    place = [
        sum(affine[axis, n] * indices[n] for n in range(3)) + origin[axis] for axis in range(3)
    ]
    assert np.allclose(grid.to_patient(indices), place)


def test_a_notebook_shows_it() -> None:
    page = leaning(10)._repr_html_()
    assert "4 x 5 x 6" in page
    assert "tilted by 10 degrees" in page
    assert "SPL" in page
