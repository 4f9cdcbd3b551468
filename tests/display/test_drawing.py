"""Figures of presentation states, pixel by pixel; the clause is PS3.3 C.10.5."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.display.drawings import MARKS, UID, black, drawn
from tests.states import (
    anchored,
    annotation,
    area,
    box,
    figure,
    layer,
    make_state,
    text,
)

import dicomkit as dk

if TYPE_CHECKING:
    from tests.display.conftest import MakeImage


def test_a_point_is_a_cross_around_its_pixel(grey: MakeImage) -> None:
    """0\\0 is the upper left corner of the first pixel, whose centre is 0.5\\0.5 (C.10.5)."""
    assert drawn(black(grey, 5, 6), figure("POINT", [3.5, 1.5])) == [
        "...#..",
        "..###.",
        "...#..",
        "......",
        "......",
    ]
    assert drawn(black(grey, 2, 2), figure("POINT", [0.5, 0.5])) == ["##", "#."]


def test_a_polyline_goes_through_the_pixels_of_its_points(grey: MakeImage) -> None:
    assert drawn(
        black(grey, 5, 7), figure("POLYLINE", [0.5, 0.5, 4.5, 0.5, 4.5, 3.5, 6.5, 1.5])
    ) == [
        "#####..",
        "....#.#",
        "....##.",
        "....#..",
        ".......",
    ]


def test_a_filled_polyline_is_its_inside_and_its_outline(grey: MakeImage) -> None:
    triangle = figure("POLYLINE", [0.5, 0.5, 4.5, 0.5, 0.5, 4.5, 0.5, 0.5], filled=True)
    assert drawn(black(grey, 6, 6), triangle) == [
        "#####.",
        "####..",
        "###...",
        "##....",
        "#.....",
        "......",
    ]


def test_a_circle_of_its_centre_and_a_place_on_it(grey: MakeImage) -> None:
    """Radius 3 around the pixel in the middle."""
    rows = drawn(black(grey), figure("CIRCLE", [4.5, 4.5, 7.5, 4.5]))
    assert [rows[4][x] for x in (1, 7)] == [rows[y][4] for y in (1, 7)] == ["#", "#"]
    for y in range(9):
        for x in range(9):
            gap = abs(np.hypot(y - 4, x - 4) - 3)
            if gap < 0.1:
                assert rows[y][x] == "#"
            if gap > 0.75:
                assert rows[y][x] == "."
    disc = drawn(black(grey), figure("CIRCLE", [4.5, 4.5, 7.5, 4.5], filled=True))
    for y in range(9):
        for x in range(9):
            far = np.hypot(y - 4, x - 4)
            assert disc[y][x] == ("#" if far <= 3 or rows[y][x] == "#" else ".")


def test_an_ellipse_by_the_ends_of_its_axes(grey: MakeImage) -> None:
    """Half axes of 4 and 2; the area of the filled one is pi a b, within its outline."""
    points = [0.5, 3.5, 8.5, 3.5, 4.5, 1.5, 4.5, 5.5]
    rows = drawn(black(grey, 7, 9), figure("ELLIPSE", points))
    assert rows[3] == "#.......#"
    assert [row[4] for row in rows] == [".", "#", ".", ".", ".", "#", "."]
    assert rows == [row[::-1] for row in rows]
    filled = drawn(black(grey, 7, 9), figure("ELLIPSE", points, filled=True))
    assert filled[3] == "#########"
    inside = sum(((x - 4) / 4) ** 2 + ((y - 3) / 2) ** 2 <= 1 for y in range(7) for x in range(9))
    assert inside <= "".join(filled).count("#") <= inside + "".join(rows).count("#")


def test_an_interpolated_curve_goes_through_its_points(grey: MakeImage) -> None:
    image = black(grey, 12, 12)
    rows = drawn(image, figure("INTERPOLATED", [1.5, 8.5, 4.5, 2.5, 8.5, 2.5, 10.5, 9.5]))
    assert [rows[y][x] for x, y in ((1, 8), (4, 2), (8, 2), (10, 9))] == ["#"] * 4
    # Between the upper two it bends upwards, where a line would not.
    assert rows[1][5:8].count("#") > 0
    line = drawn(image, figure("INTERPOLATED", [1.5, 1.5, 5.5, 1.5, 9.5, 1.5]))
    assert line[1] == ".#########.."


def test_display_units_are_parts_of_the_displayed_area(grey: MakeImage) -> None:
    """0\\0 to 1\\1, whatever the image's own corner is and however it is turned."""
    frame = figure("POLYLINE", [0.05, 0.05, 0.95, 0.05, 0.95, 0.95], "DISPLAY")
    expected = ["####", "...#", "...#", "...#"]
    assert drawn(black(grey, 4, 4), frame) == expected
    areas = [area((3, 2), (6, 5))]
    for rotation in (0, 90, 180):
        assert (
            drawn(black(grey), frame, DisplayedAreaSelectionSequence=areas, ImageRotation=rotation)
            == expected
        )


ROTATIONS = [(rotation, flip) for rotation in (0, 90, 180, 270) for flip in "NY"]


@pytest.mark.parametrize(("rotation", "flip"), ROTATIONS)
def test_figures_turn_with_their_image(grey: MakeImage, rotation: int, flip: str) -> None:
    """A figure over pixels of its own shape: whatever is done to both, they cover each other."""
    shape = np.zeros((6, 8), np.uint8)
    shape[1, 2:7] = shape[1:5, 2] = 255
    image = grey(shape, "u1", SOPInstanceUID=UID)
    ps = make_state(
        image,
        ImageRotation=rotation,
        ImageHorizontalFlip=flip,
        DisplayedAreaSelectionSequence=[area((2, 1), (9, 7))],
    )
    turned = dk.render(image, presentation=dk.presentation_state(ps))
    line = figure("POLYLINE", [6.5, 1.5, 2.5, 1.5, 2.5, 4.5])
    rows = drawn(
        black(grey, 6, 8),
        line,
        ImageRotation=rotation,
        ImageHorizontalFlip=flip,
        DisplayedAreaSelectionSequence=[area((2, 1), (9, 7))],
    )
    assert rows == ["".join("#" if one else "." for one in row) for row in turned]


def test_figures_are_drawn_on_the_magnified_picture(grey: MakeImage) -> None:
    """Three times as large: the line stays one pixel wide, through the middle of its own."""
    rows = drawn(
        black(grey, 3, 4),
        figure("POLYLINE", [1.5, 1.5, 3.5, 1.5]),
        DisplayedAreaSelectionSequence=[area((1, 1), (4, 3), "MAGNIFY", 3)],
    )
    assert rows == ["." * 12] * 4 + ["....#######."] + ["." * 12] * 4


def test_a_circle_is_one_on_square_pixels(grey: MakeImage) -> None:
    image = black(grey, 9, 9, PixelSpacing=["2", "1"])
    ps = make_state(
        image,
        GraphicLayerSequence=MARKS,
        GraphicAnnotationSequence=[annotation(figure("CIRCLE", [4.5, 4.5, 7.5, 4.5]))],
    )
    state = dk.presentation_state(ps)
    picture = dk.render(image, presentation=state, graphics=True, square=True)
    rows, columns = np.nonzero(picture)
    assert picture.shape == (18, 9)
    assert [int(np.ptp(rows)), int(np.ptp(columns))] == [6, 6]


@pytest.mark.parametrize("kind", ["POINT", "POLYLINE", "INTERPOLATED", "CIRCLE", "ELLIPSE"])
@pytest.mark.parametrize("far", [1e5, 1e9, 3e38])
def test_places_that_are_absurd_take_no_time(grey: MakeImage, kind: str, far: float) -> None:
    image = black(grey, 50, 50)
    points = [-far, far, far, -far, far, far, -far, -far]
    begun = time.process_time()
    for units in ("PIXEL", "DISPLAY"):
        for filled in (False, True):
            drawn(image, figure(kind, points, units, filled=filled))
    drawn(image, text("H", **box(-far, -far, far, far)), text("H", **anchored(far, far)))
    drawn(image, text("H", **box(far, far, far, far), **anchored(-far, far, visible=True)))
    assert time.process_time() - begun < 2


def test_more_than_a_picture_could_show_is_refused(grey: MakeImage) -> None:
    image = black(grey, 2000, 2000)
    whole = figure("POLYLINE", [0, 0, 2000, 0, 2000, 2000, 0, 2000, 0, 0], filled=True)
    ps = make_state(
        image, GraphicLayerSequence=MARKS, GraphicAnnotationSequence=[annotation(*[whole] * 60)]
    )
    state = dk.presentation_state(ps)
    begun = time.process_time()
    with pytest.raises(dk.LimitError, match="draws more than a picture could show"):
        dk.render(image, presentation=state, graphics=True)
    assert time.process_time() - begun < 10
    assert not dk.render(image, presentation=state).any()


def test_layers_without_end_are_refused(grey: MakeImage) -> None:
    image = black(grey, 2000, 2000)
    names = [f"L{number}" for number in range(3000)]
    ps = make_state(
        image,
        GraphicLayerSequence=[layer(name) for name in names],
        GraphicAnnotationSequence=[annotation(figure("POINT", [9, 9]), name=n) for n in names],
    )
    begun = time.process_time()
    with pytest.raises(dk.LimitError, match="draws more than a picture could show"):
        dk.render(image, presentation=dk.presentation_state(ps), graphics=True)
    assert time.process_time() - begun < 10


def test_thousands_of_polygons_are_drawn_in_bounded_time(grey: MakeImage) -> None:
    image = black(grey, 512, 512)
    generator = np.random.default_rng(0)
    many = [
        figure("POLYLINE", (generator.random(40) * 60 + place).tolist(), filled=True)
        for place in generator.random(3000) * 450
    ]
    ps = make_state(
        image, GraphicLayerSequence=MARKS, GraphicAnnotationSequence=[annotation(*many)]
    )
    state = dk.presentation_state(ps)
    begun = time.process_time()
    assert dk.render(image, presentation=state, graphics=True).any()
    assert time.process_time() - begun < 10
