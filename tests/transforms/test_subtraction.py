"""Expectations from the formulas: a mean, a difference, and bilinear interpolation by hand."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dicomkit.transforms.subtraction import Logarithm, Subtraction, shifted

SQUARE = np.array([[0.0, 10.0, 20.0], [30.0, 40.0, 50.0], [60.0, 70.0, 80.0]])


def test_what_is_not_shifted_stays() -> None:
    assert shifted(SQUARE, 0, 0).tolist() == SQUARE.tolist()


def test_a_shift_is_down_and_to_the_right() -> None:
    moved = shifted(SQUARE, 1, 1)
    assert moved[1:, 1:].tolist() == SQUARE[:-1, :-1].tolist()
    assert np.isnan(moved[0]).all()
    assert np.isnan(moved[:, 0]).all()


def test_a_negative_shift_moves_it_up_and_to_the_left() -> None:
    moved = shifted(SQUARE, -1, -2)
    assert moved[:2, 0].tolist() == [50, 80]
    assert np.isnan(moved[2]).all()
    assert np.isnan(moved[:, 1:]).all()


def test_part_of_a_pixel_is_interpolated_along_both_axes() -> None:
    # The second pixel of the second row lies at row 0.75, column 0.5 of what is moved:
    # 30 * 0.75 + 10 * 0.5 = 27.5.
    assert shifted(SQUARE, 0.25, 0.5)[1, 1] == 27.5


def test_an_edge_reaches_half_a_pixel_beyond_its_centres() -> None:
    row = np.array([[4.0, 8.0]])
    assert shifted(row, 0, 0.5).tolist() == [[4, 6]]
    assert shifted(row, 0, -0.5).tolist() == [[6, 8]]
    assert np.isnan(shifted(row, 0, 0.75)[0, 0])


@given(
    hnp.arrays(np.float64, (4, 5), elements=st.floats(-1000, 1000)),
    st.floats(-6, 6),
    st.floats(-6, 6),
)
def test_a_shifted_image_stays_within_its_values(
    image: np.ndarray[tuple[int, int], np.dtype[np.float64]], down: float, right: float
) -> None:
    image.setflags(write=False)
    moved = shifted(image, down, right)
    known = moved[np.isfinite(moved)]
    assert moved.shape == image.shape
    assert not known.size or (
        known.min() >= image.min() - 1e-9 and known.max() <= image.max() + 1e-9
    )


def test_the_logarithm_of_nothing_is_that_of_one() -> None:
    values = Logarithm()(np.array([0, 1, 2, 65535], np.uint16))
    np.testing.assert_allclose(values, [0, 0, math.log(2), math.log(65535)], rtol=1e-6)
    assert np.isnan(Logarithm()(np.array([np.nan]))).all()


def test_a_contrast_medium_takes_the_same_from_every_beam() -> None:
    # Half of the beam is absorbed, whatever came so far: the differences of logarithms agree.
    before, after = np.array([1000, 64]), np.array([500, 32])
    differences = Subtraction(Logarithm()(before).astype(np.float64), (1,), (0,), (0, 0))(
        Logarithm()(after)
    )
    np.testing.assert_allclose(differences, [-math.log(2)] * 2, rtol=1e-6)


def test_the_difference_has_a_sign() -> None:
    subtraction = Subtraction(np.array([[10.0, 10.0, 10.0]]), (1,), (0,), (0, 0))
    found = subtraction(np.array([[4, 10, 255]], np.uint8))
    assert found.tolist() == [[-6, 0, 245]]
    assert found.dtype == np.float32


def test_of_averaged_frames_each_has_its_share() -> None:
    # (60 + 30) / 2 - 20 = 25; of the mask, the other frame's share is taken off already.
    subtraction = Subtraction(np.array([20.0 - 30 / 2]), (1, 2), (0,), (0, 0))
    assert subtraction(np.array([60])).tolist() == [25]


@pytest.mark.parametrize(
    ("subtraction", "said"),
    [
        (((4,), (0,), (0, 0)), "x minus frame 0"),
        (((4, 5), (0, 1), (0, 0)), "the mean of x and frame 5 minus the mean of frames 0, 1"),
        (((4,), (2,), (0.5, -1)), "x minus frame 2, shifted by 0.5 down and 1 right"),
        (((4,), (2,), (-0.5, 0)), "x minus frame 2, shifted by 0.5 up"),
        (((9,), tuple(range(8)), (0, 0)), "x minus the mean of frames 0, 1, 2, 3, 4 and 3 more"),
    ],
)
def test_it_says_what_it_does(
    subtraction: tuple[tuple[int, ...], tuple[int, ...], tuple[float, float]], said: str
) -> None:
    assert str(Subtraction(np.zeros((1, 1)), *subtraction)) == said


def test_equal_ones_are_equal_and_travel() -> None:
    one, same, other = (
        Subtraction(np.array([[value, np.nan]]), (1,), (0,), (0, 0)) for value in (1.0, 1.0, 2.0)
    )
    assert one == same == pickle.loads(pickle.dumps(one))  # noqa: S301 - made here
    assert hash(one) == hash(same)
    assert one != other
    assert one != "x minus frame 0"
