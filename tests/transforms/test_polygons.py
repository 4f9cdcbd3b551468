"""Polygons as pixels: areas by formula, edges by a rule, and every centre by exact arithmetic."""

from __future__ import annotations

import math
import time
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicomkit.transforms.polygons import fill_polygons

Corners = list[tuple[float, float]]
# Quarters of pixels: many corners and edges meet centres.
QUARTERS = st.integers(-12, 44).map(lambda number: number / 4)
POLYGONS = st.lists(
    st.lists(st.tuples(QUARTERS, QUARTERS), min_size=1, max_size=7), min_size=1, max_size=3
)
SHAPE = (8, 9)


def holds(corners: Corners, row: int, column: int) -> bool:
    """Count, in fractions, the edges from above to below on the way from the left to a centre."""
    inside = False
    for (y0, x0), (y1, x1) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if min(y0, y1) <= row < max(y0, y1):
            share = (row - Fraction(y0)) / (Fraction(y1) - Fraction(y0))
            inside ^= Fraction(x0) + share * (Fraction(x1) - Fraction(x0)) <= column
    return inside


def circle(radius: float, center: tuple[float, float] = (60.3, 59.6)) -> npt.NDArray[np.float64]:
    angle = np.linspace(0, 2 * math.pi, 720, endpoint=False)
    return np.stack([center[0] + radius * np.sin(angle), center[1] + radius * np.cos(angle)], 1)


@given(POLYGONS)
def test_a_centre_is_in_where_an_odd_number_of_polygons_hold_it(polygons: list[Corners]) -> None:
    found = fill_polygons([np.array(one) for one in polygons], SHAPE).mask
    for row, column in np.ndindex(*SHAPE):
        expected = sum(holds(one, row, column) for one in polygons) % 2 == 1
        assert found[row, column] == expected


@given(st.lists(st.tuples(QUARTERS, QUARTERS), min_size=3, max_size=3), QUARTERS, QUARTERS)
def test_of_two_with_an_edge_in_common_each_centre_is_in_one(
    triangle: Corners, y: float, x: float
) -> None:
    """A triangle is the sum of three that meet in any point, with those outside taken away."""
    a, b, c = map(np.array, triangle)
    point = np.array([y, x])
    parts = [np.stack(one) for one in ((a, b, point), (b, c, point), (c, a, point))]
    whole = fill_polygons([np.array(triangle)], SHAPE).mask
    np.testing.assert_array_equal(fill_polygons(parts, SHAPE).mask, whole)


def test_upper_and_left_edges_are_in_and_lower_and_right_ones_out() -> None:
    square = np.array([[1, 2], [1, 5], [4, 5], [4, 2]])
    expected = np.zeros((6, 7), bool)
    expected[1:4, 2:5] = True
    for corners in (square, square[::-1], np.roll(square, 1, axis=0)):
        np.testing.assert_array_equal(fill_polygons([corners], (6, 7)).mask, expected)
    beside = fill_polygons([square + np.array([0, 3])], (6, 7)).mask
    assert not (beside & expected).any()


@pytest.mark.parametrize("radius", [3.2, 17.5, 58])
def test_a_circle_has_its_area(radius: float) -> None:
    filled = fill_polygons([circle(radius)], (120, 120))
    area = math.pi * radius**2
    # What a boundary of this length can be off by.
    assert abs(np.count_nonzero(filled.mask) - area) < 2 * math.sqrt(2 * math.pi * radius)
    assert not filled.overlap


def test_a_ring_has_a_hole() -> None:
    filled = fill_polygons([circle(50), circle(30)], (120, 120))
    assert filled.overlap
    assert not filled.mask[60, 60]
    assert filled.mask[60, 100]
    np.testing.assert_array_equal(
        filled.mask,
        fill_polygons([circle(50)], (120, 120)).mask
        & ~fill_polygons([circle(30)], (120, 120)).mask,
    )


def test_a_keyhole_is_a_ring() -> None:
    """One contour goes round, in along a slit, round the hole the other way, and out again."""
    outer, inner = circle(50), circle(30)
    key = np.concatenate([outer, outer[:1], inner[:1], inner[::-1], inner[:1], outer[:1]])
    filled = fill_polygons([key], (120, 120))
    np.testing.assert_array_equal(filled.mask, fill_polygons([outer, inner], (120, 120)).mask)
    assert not filled.overlap


def test_islands_apart_do_not_overlap() -> None:
    filled = fill_polygons([circle(10, (20, 20)), circle(12, (80, 80))[::-1]], (120, 120))
    assert not filled.overlap
    assert abs(np.count_nonzero(filled.mask) - math.pi * (100 + 144)) < 30


@pytest.mark.parametrize("size", [1e3, 1e9, 1e15])
def test_what_reaches_beyond_is_cut(size: float) -> None:
    huge = np.array([[-size, -size], [-size, size], [size, size], [size, -size]])
    assert fill_polygons([huge], (30, 40)).mask.all()
    assert not fill_polygons([huge + 3 * size], (30, 40)).mask.any()
    half = np.array([[-size, 10], [-size, size], [size, size], [size, 10]])
    expected = np.zeros((30, 40), bool)
    expected[:, 10:] = True
    np.testing.assert_array_equal(fill_polygons([half], (30, 40)).mask, expected)


@pytest.mark.parametrize("corners", [[[3, 3]], [[1, 1], [5, 7]], [[2, 1], [2, 5], [2, 3]]])
def test_points_and_lines_hold_nothing(corners: list[list[float]]) -> None:
    assert not fill_polygons([np.array(corners, float)], (9, 9)).mask.any()
    assert not fill_polygons([], (9, 9)).mask.any()


def test_a_million_edges_across_all_rows_take_bounded_memory_and_time() -> None:
    rng = np.random.default_rng(0)
    zigzag = np.stack([np.tile([-5.0, 600.0], 20_000), rng.uniform(-5, 600, 40_000)], axis=1)
    started = time.process_time()
    filled = fill_polygons([zigzag], (512, 512))
    # Some 20 million crossings.
    assert time.process_time() - started < 20
    assert filled.mask.shape == (512, 512)
