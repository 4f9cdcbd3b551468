"""Colour over pictures, pixel by pixel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from dicomkit.transforms.painting import WASH_COLORS, color_of, color_wash, paint

PICTURE = np.array([[0, 100, 200], [40, 100, 255]], np.uint8)
PICTURE.flags.writeable = False
RED, BLUE = (255, 0, 0), (0, 0, 255)


def test_half_of_a_pixel_is_colour_at_half_alpha() -> None:
    painted = paint(PICTURE, np.array([[0, 1, 1], [0, 2, 0]]), {1: RED, 2: BLUE}, alpha=0.5)
    # (1 - 0.5) * 100 + 0.5 * 255 = 177.5, to the nearest even.
    assert painted.tolist() == [
        [[0, 0, 0], [178, 50, 50], [228, 100, 100]],
        [[40, 40, 40], [50, 50, 178], [255, 255, 255]],
    ]
    assert painted.dtype == np.uint8


def test_a_picture_in_colour_is_painted_too() -> None:
    rgb = np.zeros((1, 2, 3), np.uint8) + np.array([10, 20, 30], np.uint8)
    painted = paint(rgb, np.array([[True, False]]), {1: RED}, alpha=1)
    assert painted.tolist() == [[[255, 0, 0], [10, 20, 30]]]


@pytest.mark.parametrize(("alpha", "expected"), [(0, 100), (1, 0), (0.4, 60)])
def test_alpha_is_the_share_of_colour(alpha: float, expected: int) -> None:
    painted = paint(PICTURE, np.ones((2, 3), np.uint8), {1: (0, 0, 0)}, alpha=alpha)
    assert painted[0, 1].tolist() == [expected] * 3


def test_fractions_paint_as_much_more_faintly() -> None:
    mask = np.array([[0, 0.5, 1], [np.nan, 2, -1]], np.float32)
    painted = paint(PICTURE, {4: mask}, {4: (0, 0, 0)}, alpha=1)
    assert painted[..., 0].tolist() == [[0, 50, 0], [40, 0, 255]]


def test_masks_are_painted_in_ascending_order() -> None:
    both = np.ones((2, 3), bool)
    masks = {7: both, 3: both}
    assert paint(PICTURE, masks, {3: RED, 7: BLUE}, alpha=1)[0, 0].tolist() == list(BLUE)


def test_an_edge_is_all_colour_and_the_inside_only_alpha() -> None:
    picture = np.full((7, 8), 100, np.uint8)
    mask = np.zeros((7, 8), bool)
    mask[1:6, 2:8] = True
    painted = paint(picture, mask, {1: RED}, alpha=0, outline=True)
    edge = np.zeros((7, 8), bool)
    edge[[1, 5], 2:8], edge[1:6, 2] = True, True
    # Where the picture ends, the region goes on for all that is known.
    assert (painted[edge] == RED).all()
    assert (painted[~edge] == 100).all()
    both = paint(picture, mask, {1: RED}, alpha=0.4, outline=True)
    assert both[3, 4].tolist() == [162, 60, 60]
    assert both[1, 4].tolist() == list(RED)


def test_numbers_without_a_colour_have_others() -> None:
    first = {color_of(number, {2: None}) for number in range(1, 13)}
    assert len(first) == 12
    assert color_of(13, None) == color_of(1, {})
    assert color_of(0, None) in first
    assert color_of(5, {5: RED}) == RED


@given(
    arrays.arrays(np.uint8, (4, 5)),
    arrays.arrays(np.uint8, (4, 5), elements=st.integers(0, 3)),
    st.floats(0, 1),
    st.booleans(),
)
def test_only_labelled_pixels_change_and_no_farther_than_the_colour(
    picture: Any,  # noqa: ANN401 - arrays by chance
    labels: Any,  # noqa: ANN401 - as above
    alpha: float,
    outline: bool,
) -> None:
    painted = paint(picture, labels, alpha=alpha, outline=outline).astype(int)
    gray = np.repeat(picture[..., None], 3, axis=-1).astype(int)
    assert (painted[labels == 0] == gray[labels == 0]).all()
    for number in (1, 2, 3):
        color = np.array(color_of(number, None))
        inside = labels == number
        low, high = np.minimum(gray[inside], color), np.maximum(gray[inside], color)
        assert ((painted[inside] >= low) & (painted[inside] <= high)).all()


def test_a_wash_goes_from_blue_to_red_and_leaves_what_is_below() -> None:
    picture = np.full((1, 6), 100, np.uint8)
    values = np.array([[9.9, 10, 15, 20, 30, np.nan]])
    painted = color_wash(picture, values, (10, 20), alpha=1)
    middle = np.mean([WASH_COLORS[2], WASH_COLORS[3]], axis=0)
    assert painted[0, [0, 5]].tolist() == [[100] * 3] * 2
    assert painted[0, 1].tolist() == list(WASH_COLORS[0])
    assert np.abs(painted[0, 2] - middle).max() <= 0.5
    assert painted[0, 3].tolist() == painted[0, 4].tolist() == list(WASH_COLORS[-1])
    half = color_wash(picture, values, (10, 20), alpha=0.5)
    assert np.abs(half[0, 1] - (50 + np.array(WASH_COLORS[0]) / 2)).max() <= 0.5


def test_the_scale_of_a_wash_is_not_the_values() -> None:
    picture = np.zeros((2, 2), np.uint8)
    low = color_wash(picture, [[1, 2], [3, 4]], (0, 10))
    high = color_wash(picture, [[1, 2], [3, 9]], (0, 10))
    np.testing.assert_array_equal(low[0], high[0])


GOOD = np.zeros((2, 3), int)


@pytest.mark.parametrize(
    ("picture", "labels", "options", "error"),
    [
        (PICTURE.astype(np.uint16), GOOD, {}, TypeError),
        (PICTURE[0], GOOD, {}, ValueError),
        (np.zeros((2, 3, 4), np.uint8), GOOD, {}, ValueError),
        (PICTURE, GOOD.T, {}, ValueError),
        (PICTURE, GOOD.astype(float), {}, TypeError),
        (PICTURE, {1: GOOD.T}, {}, ValueError),
        (PICTURE, GOOD, {"alpha": 1.1}, ValueError),
        (PICTURE, GOOD, {"alpha": float("nan")}, ValueError),
        (PICTURE, GOOD + 1, {"colors": {1: (0, 0, 256)}}, ValueError),
        (PICTURE, GOOD + 1, {"colors": {1: (0, 0)}}, ValueError),
    ],
)
def test_what_cannot_be_painted_is_refused(
    picture: Any,  # noqa: ANN401 - of any kind
    labels: Any,  # noqa: ANN401 - as above
    options: dict[str, Any],
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        paint(picture, labels, **options)


@pytest.mark.parametrize(
    ("values", "ends", "error"),
    [
        (GOOD.T, (0, 1), ValueError),
        (GOOD, (1, 1), ValueError),
        (GOOD, (0, float("inf")), ValueError),
        (GOOD, (float("nan"), 1), ValueError),
        (GOOD + 1j, (0, 1), TypeError),
    ],
)
def test_what_makes_no_wash_is_refused(
    values: Any,  # noqa: ANN401 - of any kind
    ends: tuple[float, float],
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        color_wash(PICTURE, values, ends)
