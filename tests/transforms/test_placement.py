"""Displayed areas and spatial transformations; the clauses are PS3.3 C.10.4 and C.10.6."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicomkit.transforms.placement import CutOut, Degrees, Turn

# The letter F: none of its eight turns is like another.
F = np.array([[1, 1, 1], [1, 0, 0], [1, 1, 0], [1, 0, 0]], np.uint8)
EDGES = st.integers(-4, 8)


@pytest.mark.parametrize(
    ("rotation", "flip", "expected"),
    [
        (0, False, ["111", "100", "110", "100"]),
        (90, False, ["1111", "0101", "0001"]),
        (180, False, ["001", "011", "001", "111"]),
        (270, False, ["1000", "1010", "1111"]),
        (0, True, ["111", "001", "011", "001"]),
        (90, True, ["1111", "1010", "1000"]),
        (180, True, ["100", "110", "100", "111"]),
        (270, True, ["0001", "0101", "1111"]),
    ],
)
def test_clockwise_first_and_then_from_left_to_right(
    rotation: Degrees, *, flip: bool, expected: list[str]
) -> None:
    turned = Turn(rotation, flip)(F)
    assert ["".join(map(str, row)) for row in turned] == expected
    assert Turn(rotation, flip).shape(F.shape) == turned.shape


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_points_go_where_their_pixels_go(rotation: Degrees, *, flip: bool) -> None:
    turn = Turn(rotation, flip)
    for row in range(4):
        for column in range(3):
            image = np.zeros((4, 3), np.uint8)
            image[row, column] = 1
            ((x, y),) = turn.points(np.array([[column + 0.5, row + 0.5]]), (4, 3))
            assert turn(image)[int(y), int(x)] == 1


@given(EDGES, EDGES, EDGES, EDGES)
def test_an_area_may_lie_anywhere_and_what_lies_beyond_is_0(
    left: int, top: int, width: int, height: int
) -> None:
    area = CutOut(left, top, left + abs(width), top + abs(height))
    image = np.arange(1, 13, dtype=np.uint8).reshape(3, 4)
    image.flags.writeable = False
    found = area(image)
    assert found.shape == area.shape(image.shape) == (abs(height) + 1, abs(width) + 1)
    for y in range(found.shape[0]):
        for x in range(found.shape[1]):
            row, column = top + y, left + x
            inside = 1 <= row <= 3 and 1 <= column <= 4
            assert found[y, x] == (image[row - 1, column - 1] if inside else 0)
    assert area.points(np.array([[left - 0.5, top - 0.5]]), (3, 4)).tolist() == [[0.5, 0.5]]


def test_pictures_in_colour() -> None:
    image = np.arange(12, dtype=np.uint16).reshape(2, 2, 3)
    assert CutOut(2, 2, 3, 3)(image).tolist() == [
        [[9, 10, 11], [0, 0, 0]],
        [[0, 0, 0], [0, 0, 0]],
    ]
    assert Turn(90, flip=False)(image)[0, 0].tolist() == [6, 7, 8]


def test_what_is_printed() -> None:
    assert str(Turn(270, flip=True)) == "270 degrees clockwise, then flipped left to right"
    assert str(Turn(0, flip=True)) == "flipped left to right"
    assert str(CutOut(-1, 2, 3, 4)) == "columns -1 to 3, rows 2 to 4"
