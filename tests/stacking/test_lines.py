"""Rows of positions: where steps are even, and how many there are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicomkit.stacking.lines import lattice

NORMAL = np.array((0.0, 0.0, 1.0))


def along(*places: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([(0, 0, place) for place in places], np.float64)


@pytest.mark.parametrize(
    ("places", "numbers"),
    [
        ((7,), [0]),
        ((0, 5), [0, 1]),
        ((0, 5, 10, 15), [0, 1, 2, 3]),
        ((0, 5, 15, 20), [0, 1, 3, 4]),
        # The shorter of two steps is the step.
        ((0, 5, 15), [0, 1, 3]),
        ((0, 10, 15), [0, 2, 3]),
        # Up to 1 % of the step, or 0.01 mm, is rounding.
        ((0, 5.04, 10), [0, 1, 2]),
        ((0, 0.505, 1), [0, 1, 2]),
    ],
)
def test_even_steps(places: tuple[float, ...], numbers: list[int]) -> None:
    found = lattice(along(*places), NORMAL)
    assert found is not None
    assert found.tolist() == numbers


@pytest.mark.parametrize(
    "places",
    [(0, 5, 11, 18), (0, 5, 5, 10), (0, 0.005), (0, 4.22, 8.44, 15.82, 23.2), (0, 5.2, 10)],
)
def test_uneven_steps(places: tuple[float, ...]) -> None:
    assert lattice(along(*places), NORMAL) is None


def test_steps_sideways_alone_are_none() -> None:
    sideways = np.array([(3.0 * n, 0, 0) for n in range(4)])
    assert lattice(sideways, NORMAL) is None


@given(
    st.lists(st.integers(1, 3), min_size=4, max_size=20),
    st.floats(0.5, 10),
    st.floats(-1, 1),
)
def test_any_row_with_gaps_is_numbered(steps: list[int], step: float, slip: float) -> None:
    # More than half are single steps, as of a series that lacks a few slices.
    numbers = np.concatenate(([0], np.cumsum([*steps, *([1] * (len(steps) + 1))])))
    positions = numbers[:, None] * np.array((0, slip, step))
    found = lattice(positions, NORMAL)
    assert found is not None
    assert found.tolist() == numbers.tolist()


@pytest.mark.parametrize("places", [(0, 0.6, 1.3, 1.9, 2.5), (0, 0.6, 1.2, 1.9, 3.1, 3.8, 4.4)])
def test_what_one_decimal_does_to_a_step_is_rounding(places: tuple[float, ...]) -> None:
    found = lattice(along(*places), NORMAL)
    assert found is not None
    # Not where other coordinates have more.
    shifted = along(*places) + np.array((0.003, 0, 0.0))
    shifted[1, 0] += 0.004
    assert lattice(shifted, NORMAL) is None
