"""Interpolation by hand, and against SimpleITK where it is installed."""

from __future__ import annotations

import numpy as np
import pytest

from dicomkit.transforms.interpolation import interpolate

CUBE = np.arange(8, dtype=np.float64).reshape(2, 2, 2)
CUBE.flags.writeable = False


def at(*places: tuple[float, float, float], how: str = "linear", **more: object) -> list[float]:
    indices = np.array(places).T
    found = interpolate(CUBE, indices, interpolation=how, fill=-1, **more)  # type: ignore[arg-type]
    assert found.dtype == np.float32
    return [float(value) for value in found]


def test_linear_between_voxels() -> None:
    # 4 k + 2 j + i is linear in each.
    assert at((0.5, 0.5, 0.5), (0.25, 0, 1), (1, 1, 1)) == [3.5, 2, 7]


def test_a_voxel_reaches_half_a_step_beyond_its_centre() -> None:
    assert at((0, 0, -0.5), (0, 0, -0.51), (1.5, 1.5, 1.5), (1.51, 1, 1)) == [0, -1, 7, -1]


def test_nearest_takes_the_higher_of_two() -> None:
    found = at((0, 0, 0.49), (0, 0, 0.5), (1.4, 1, 1), (1.6, 1, 1), how="nearest")
    assert found == [0, 1, 7, -1]


def test_what_is_missing_takes_no_part() -> None:
    missing = np.zeros((2, 2, 2), bool)
    missing[0, 0, 1] = True
    # Of 0 and 1, only the first counts; beyond half the way there is none.
    found = at((0, 0, 0.25), (0, 0, 0.5), (0, 0, 0.75), (0, 0.5, 0.5), missing=missing)
    # The last: 0, 2 and 3 remain of four.
    assert found == pytest.approx([0, 0, -1, 5 / 3])
    assert at((0, 0, 1), (0, 1, 1), how="nearest", missing=missing) == [-1, 3]


def test_nan_that_is_missing_does_not_spread() -> None:
    array = CUBE.copy()
    array[0, 0, 1] = np.nan
    places = np.array([[0.0, 0.0, 0.25]]).T
    found = interpolate(array, places, interpolation="linear", fill=-1, missing=np.isnan(array))
    assert found.tolist() == [0]


def test_channels_go_together() -> None:
    colours = np.stack([CUBE, 10 * CUBE], axis=-1)
    places = np.array([[0.5, 0.5, 0.5], [9, 9, 9]]).T
    found = interpolate(colours, places, interpolation="linear", fill=0)
    assert found.tolist() == [[3.5, 35], [0, 0]]
    missing = np.zeros((2, 2, 2), bool)
    missing[1] = True
    found = interpolate(colours, places[:, :1], interpolation="linear", fill=0, missing=missing)
    assert found.tolist() == [[1.5, 15]]
