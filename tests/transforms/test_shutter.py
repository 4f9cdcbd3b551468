"""Shutters; the clause is PS3.3 C.7.6.11."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicomkit.errors import LimitError
from dicomkit.transforms.shutter import (
    CircularShutter,
    Occlusion,
    PolygonalShutter,
    RectangularShutter,
    level,
    polygon_mask,
)

PLACES = st.integers(-3, 9)
EIGHTHS = st.integers(-32, 72).map(lambda n: n / 8)


@given(PLACES, PLACES, PLACES, PLACES)
def test_a_rectangle_shows_its_edges_and_what_lies_between(
    left: int, right: int, upper: int, lower: int
) -> None:
    visible = RectangularShutter(left, right, upper, lower).visible((5, 6))
    for row in range(1, 6):
        for column in range(1, 7):
            inside = left <= column <= right and upper <= row <= lower
            assert visible[row - 1, column - 1] == inside


@given(PLACES, PLACES, st.integers(0, 7))
def test_a_circle_shows_what_is_no_farther_than_its_radius(
    row: int, column: int, radius: int
) -> None:
    visible = CircularShutter(row, column, radius).visible((5, 6))
    for y in range(1, 6):
        for x in range(1, 7):
            assert visible[y - 1, x - 1] == ((y - row) ** 2 + (x - column) ** 2 <= radius**2)


def test_a_radius_counts_along_a_row_where_pixels_are_not_square() -> None:
    """Pixels twice as high as wide: four to the left and right, two up and down."""
    visible = CircularShutter(6, 6, 4).visible((11, 11), aspect=2.0)
    assert np.flatnonzero(visible[5]).tolist() == list(range(1, 10))
    assert np.flatnonzero(visible[:, 5]).tolist() == list(range(3, 8))


def test_a_polygon_like_a_rectangle_shows_the_same() -> None:
    polygon = PolygonalShutter(((2, 2), (2, 5), (4, 5), (4, 2)))
    assert np.array_equal(polygon.visible((6, 7)), RectangularShutter(2, 5, 2, 4).visible((6, 7)))


def test_a_polygon_with_a_notch() -> None:
    """The letter U: rows and columns by hand."""
    vertices = ((1, 1), (1, 2), (4, 2), (4, 5), (1, 5), (1, 6), (5, 6), (5, 1))
    expected = [
        [1, 1, 0, 0, 1, 1],
        [1, 1, 0, 0, 1, 1],
        [1, 1, 0, 0, 1, 1],
        [1, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1, 1],
    ]
    assert PolygonalShutter(vertices).visible((5, 6)).astype(int).tolist() == expected


def test_where_a_polygon_crosses_itself_the_even_odd_rule_holds() -> None:
    """Two turns around the same square make a hole of the inner one."""
    outer = [(0, 0), (6, 0), (6, 6), (0, 6), (0, 0)]
    inner = [(1.5, 1.5), (4.5, 1.5), (4.5, 4.5), (1.5, 4.5), (1.5, 1.5)]
    mask = polygon_mask([*outer, *inner, (0, 0)], (7, 7))
    expected = np.ones((7, 7), int)
    expected[2:5, 2:5] = 0
    # The lines that lead to the hole and back lie on one another, from one corner to the other.
    expected[[1], [1]] = 1
    assert mask.astype(int).tolist() == expected.tolist()


@given(st.lists(st.tuples(EIGHTHS, EIGHTHS), min_size=3, max_size=7))
def test_a_polygon_of_any_kind_holds_the_centres_that_a_ray_says(
    vertices: list[tuple[float, float]],
) -> None:
    """Only centres that are no outline's neighbours: there the rule is open to rounding."""
    mask = polygon_mask(vertices, (6, 6))
    edges = list(zip(vertices, [*vertices[1:], vertices[0]], strict=True))
    for y in range(6):
        for x in range(6):
            crossings, near = 0, False
            for (x0, y0), (x1, y1) in edges:
                length = np.hypot(x1 - x0, y1 - y0)
                share = (
                    0 if length == 0 else ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length**2
                )
                share = min(max(share, 0), 1)
                gap = np.hypot(x0 + share * (x1 - x0) - x, y0 + share * (y1 - y0) - y)
                near |= bool(gap < 1e-6)
                if (y0 <= y) != (y1 <= y):
                    crossings += x0 + (y - y0) / (y1 - y0) * (x1 - x0) > x
            if not near:
                assert mask[y, x] == crossings % 2


def test_several_shutters_hide_what_any_of_them_hides() -> None:
    shapes = (RectangularShutter(1, 2, 1, 3), RectangularShutter(2, 3, 2, 3))
    bitmap = np.zeros((3, 3), np.bool_)
    bitmap[2, 1] = True
    picture = np.full((3, 3), 9, np.uint8)
    picture.flags.writeable = False
    drawn = Occlusion(shapes, bitmap, 0)(picture)
    assert drawn.tolist() == [[0, 0, 0], [0, 9, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("value", "shown"), [(0, 0), (65535, 255), (32768, 128), (257, 1), (128, 0)]
)
def test_the_value_is_a_p_value_of_16_bits(value: int, shown: int) -> None:
    shape = (RectangularShutter(9, 9, 9, 9),)
    assert Occlusion(shape, None, value)(np.ones((1, 1), np.uint8)).tolist() == [[shown]]
    assert Occlusion(shape, None, value)(np.ones((1, 1), np.uint16)).tolist() == [[value]]
    assert level(value, np.dtype(np.uint8)) == shown


def test_a_picture_in_colour_is_hidden_in_grey() -> None:
    drawn = Occlusion((RectangularShutter(2, 2, 1, 1),), None, 65535)(np.zeros((1, 2, 3), np.uint8))
    assert drawn.tolist() == [[[255] * 3, [0] * 3]]


def test_places_that_are_absurd_cost_nothing() -> None:
    far = 2**31
    begun = time.process_time()
    assert RectangularShutter(-far, far, -far, far).visible((9, 9)).all()
    assert not RectangularShutter(far, -far, 0, 1).visible((9, 9)).any()
    assert CircularShutter(-far, far, far).visible((9, 9)).shape == (9, 9)
    assert (
        PolygonalShutter(((-far, -far), (-far, far), (far, far), (far, -far))).visible((9, 9)).all()
    )
    assert polygon_mask([], (2, 2)).sum() == 0
    assert time.process_time() - begun < 1


def test_an_outline_that_goes_up_and_down_without_end_is_refused() -> None:
    vertices = [(i, 5000 * (i % 2)) for i in range(5000)]
    with pytest.raises(LimitError, match="crosses more rows"):
        polygon_mask(vertices, (5000, 5000))
