"""Outlines of circles, ellipses and curves, and lines as far as they are seen."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicomkit.transforms.curves import circle, clipped, ellipse, interpolated

NUMBERS = st.integers(-80, 80).map(lambda n: n / 4)


def test_every_place_of_a_circle_is_as_far_from_its_centre() -> None:
    outline = circle(np.array([10.0, 20.0]), np.array([13.0, 24.0]))
    assert np.allclose(np.hypot(*(outline - (10, 20)).T), 5)
    assert np.allclose(outline[0], outline[-1])
    assert len(outline) >= 2 * np.pi * 5


def test_an_ellipse_goes_through_the_ends_of_its_axes() -> None:
    """Tilted: the major axis from (0, 0) to (8, 6), the minor one at a right angle to it."""
    ends = np.array([[0.0, 0], [8, 6], [2.5, 5], [5.5, 1]])
    outline = ellipse(ends)
    for end in ends:
        assert np.hypot(*(outline - end).T).min() < 1e-9
    along = (outline - (4, 3)) @ np.array([0.8, 0.6])
    across = (outline - (4, 3)) @ np.array([-0.6, 0.8])
    assert np.allclose((along / 5) ** 2 + (across / 2.5) ** 2, 1)


def test_outlines_have_so_many_points_and_no_more() -> None:
    assert len(circle(np.zeros(2), np.array([1e30, 0]))) == 4097
    assert len(circle(np.zeros(2), np.zeros(2))) == 33


def test_a_curve_goes_through_its_points() -> None:
    points = np.array([[0.0, 0], [4, 3], [9, 1], [7, 8]])
    curve = interpolated(points)
    assert np.allclose(curve[::16], points)
    # Two points are a line; points on a line, evenly apart, too.
    assert interpolated(points[:2]).tolist() == points[:2].tolist()
    straight = interpolated(np.array([[0.0, 0], [2, 1], [4, 2]]))
    assert np.allclose(straight[:, 0], 2 * straight[:, 1])


def test_a_closed_curve_has_no_corner_where_it_closes() -> None:
    square = np.array([[0.0, 0], [4, 0], [4, 4], [0, 4], [0, 0]])
    curve = interpolated(square)
    first, last = curve[1] - curve[0], curve[-1] - curve[-2]
    cosine = first @ last / np.hypot(*first) / np.hypot(*last)
    assert cosine > 0.95
    # A right angle, where it is open.
    opened = interpolated(square[:-1])
    assert np.allclose(opened[[0, -1]], square[[0, 3]])


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=5))
def test_lines_are_cut_where_they_leave_the_picture(points: list[tuple[float, float]]) -> None:
    lines = clipped(np.array(points), (6, 4))
    assert (lines >= -1).all()
    assert (lines[..., 0] <= 7).all()
    assert (lines[..., 1] <= 5).all()
    shares = np.linspace(0, 1, 301)
    kept = [np.outer(1 - shares, a) + np.outer(shares, b) for a, b in lines]
    for start, end in pairwise(points):
        along = np.outer(1 - shares, start) + np.outer(shares, end)
        for place in along[((along >= 0) & (along <= (6, 4))).all(axis=1)]:
            assert min(np.hypot(*(line - place).T).min() for line in kept) < 0.5


@pytest.mark.parametrize("far", [1e6, 1e30, 3e38])
def test_lines_from_afar(far: float) -> None:
    lines = clipped(np.array([[-far, 2.0], [far, 2.0]]), (6, 4))
    assert lines.tolist() == [[[-1.0, 2.0], [7.0, 2.0]]]
    assert len(clipped(np.array([[-far, far], [far, far]]), (6, 4))) == 0
    assert np.isfinite(clipped(np.array([[-far, -far], [far, far]]), (6, 4))).all()
    assert len(clipped(np.array([[1.0, 1.0]]), (6, 4))) == 0
