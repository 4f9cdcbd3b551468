"""What a presentation state draws in its layers; the clauses are PS3.3 C.10.5, C.10.7, C.11.7."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.display.test_presented import bitmap
from tests.states import annotation, area, figure, item, layer, make_state, reference, text

import dicomkit as dk
from dicomkit.display.options import PictureOptions
from dicomkit.display.render import render_frame

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from tests.display.conftest import MakeImage

UID = "1.2.3"
MARKS = [layer("MARKS")]


def black(grey: MakeImage, rows: int = 9, columns: int = 9, **elements: object) -> Dataset:
    return grey(np.zeros((rows, columns)), "u1", SOPInstanceUID=UID, **elements)


def drawn(image: Dataset, *objects: Dataset, **elements: Any) -> list[str]:  # noqa: ANN401
    """Give the rows of the picture, # for what is white."""
    elements.setdefault("GraphicLayerSequence", MARKS)
    ps = make_state(image, GraphicAnnotationSequence=[annotation(*objects)], **elements)
    picture = dk.render(image, presentation=dk.presentation_state(ps), graphics=True)
    assert set(np.unique(picture)) <= {0, 255}
    return ["".join("#" if one else "." for one in row) for row in picture]


# ---- Figures, pixel by pixel ---------------------------------------------------------------


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


# ---- Where they lie ------------------------------------------------------------------------

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


# ---- Layers and overlays -------------------------------------------------------------------


def test_layers_are_drawn_in_their_order_each_in_its_value(grey: MakeImage) -> None:
    image = black(grey, 3, 5)
    ps = make_state(
        image,
        GraphicLayerSequence=[layer("HIGH", 2, 257 * 100), layer("LOW", 1, 257 * 50)],
        GraphicAnnotationSequence=[
            annotation(figure("POLYLINE", [2.5, 0.5, 2.5, 2.5]), name="HIGH"),
            annotation(figure("POLYLINE", [0.5, 1.5, 4.5, 1.5]), name="LOW"),
        ],
    )
    state = dk.presentation_state(ps)
    assert dk.render(image, presentation=state, graphics=True).tolist() == [
        [0, 0, 100, 0, 0],
        [50, 50, 100, 50, 50],
        [0, 0, 100, 0, 0],
    ]
    deep = dk.render(image, presentation=state, graphics=True, bits=16)
    assert deep[1].tolist() == [12850, 12850, 25700, 12850, 12850]
    color = dk.render(image, 0, ("full",) * 3, presentation=state, graphics=True)
    assert color[1, 0].tolist() == [50, 50, 50]


def test_a_layer_that_is_not_defined_is_the_last_and_white(grey: MakeImage) -> None:
    image = black(grey, 1, 3)
    ps = make_state(
        image, GraphicAnnotationSequence=[annotation(figure("POLYLINE", [0.5, 0.5, 2.5, 0.5]))]
    )
    rendered = render_frame(
        dk.open_image(image),
        0,
        PictureOptions(presentation=dk.presentation_state(ps), graphics=True),
    )
    assert rendered.image.tolist() == [[255, 255, 255]]
    assert "layer_missing" in [note.code for note in rendered.notes]


def test_graphics_for_other_images_and_frames_are_not_drawn(grey: MakeImage) -> None:
    image = grey(np.zeros((3, 1, 1)), "u1", SOPInstanceUID=UID)
    ps = make_state(
        image,
        GraphicLayerSequence=MARKS,
        GraphicAnnotationSequence=[
            annotation(figure("POINT", [0.5, 0.5]), references=[reference(image, [1, 3])]),
            annotation(
                figure("POINT", [0.5, 0.5]), references=[reference(item(SOPInstanceUID="1.9"))]
            ),
        ],
    )
    picture = dk.render(image, presentation=dk.presentation_state(ps), graphics=True)
    assert picture.ravel().tolist() == [255, 0, 255]


def with_overlays(
    image: Dataset, ps: Dataset, *, overlays: bool = False, graphics: bool = False
) -> list[list[int]]:
    state = dk.presentation_state(ps)
    picture = dk.render(image, presentation=state, overlays=overlays, graphics=graphics)
    levels: list[list[int]] = (picture // 255).tolist()
    return levels


def test_overlays_are_drawn_where_their_layer_is_named(grey: MakeImage) -> None:
    """C.11.7: the state's own bitmaps and the image's, by activation only."""
    image = bitmap(bitmap(black(grey, 2, 3), [[1, 0, 0]], 0x6000), [[0, 1, 0]], 0x6002)
    ps = bitmap(make_state(image, GraphicLayerSequence=MARKS), [[0, 0, 1]], 0x6004, origin=[2, 1])
    assert with_overlays(image, ps, overlays=True) == [[0, 0, 0], [0, 0, 0]]
    ps.add_new(0x60021001, "CS", "MARKS")
    assert with_overlays(image, ps, overlays=True) == [[0, 1, 0], [0, 0, 0]]
    ps.add_new(0x60041001, "CS", "MARKS")
    assert with_overlays(image, ps, overlays=True) == [[0, 1, 0], [0, 0, 1]]
    assert with_overlays(image, ps, graphics=True) == [[0, 1, 0], [0, 0, 1]]
    assert with_overlays(image, ps) == [[0, 0, 0], [0, 0, 0]]


def test_a_states_overlay_takes_the_place_of_the_images(grey: MakeImage) -> None:
    image = bitmap(black(grey, 1, 3), [[1, 0, 0]])
    ps = bitmap(make_state(image, GraphicLayerSequence=MARKS), [[0, 0, 1]])
    ps.add_new(0x60001001, "CS", "MARKS")
    assert with_overlays(image, ps, overlays=True) == [[0, 0, 1]]


def test_overlays_turn_with_their_image(grey: MakeImage) -> None:
    image = bitmap(black(grey, 2, 3), [[1, 0, 0], [0, 0, 0]])
    ps = make_state(image, GraphicLayerSequence=MARKS, ImageRotation=90)
    ps.add_new(0x60001001, "CS", "MARKS")
    assert with_overlays(image, ps, overlays=True) == [[0, 1], [0, 0], [0, 0]]


def test_overlays_alone_are_no_figures(grey: MakeImage) -> None:
    image = bitmap(black(grey, 1, 3), [[1, 0, 0]])
    ps = make_state(
        image,
        GraphicLayerSequence=MARKS,
        GraphicAnnotationSequence=[annotation(figure("POINT", [2.5, 0.5]))],
    )
    ps.add_new(0x60001001, "CS", "MARKS")
    assert with_overlays(image, ps, overlays=True) == [[1, 0, 0]]
    assert with_overlays(image, ps, graphics=True) == [[1, 1, 1]]


def test_an_overlay_that_is_not_there_is_noted(grey: MakeImage) -> None:
    image = black(grey)
    ps = make_state(image, GraphicLayerSequence=MARKS)
    ps.add_new(0x60061001, "CS", "MARKS")
    options = PictureOptions(overlays=True, presentation=dk.presentation_state(ps))
    notes = render_frame(dk.open_image(image), 0, options).notes
    assert [note.code for note in notes] == ["overlay_ignored"]


# ---- Texts ---------------------------------------------------------------------------------


def box(left: float, top: float, right: float, bottom: float, at: str = "LEFT") -> dict[str, Any]:
    return {
        "BoundingBoxAnnotationUnits": "PIXEL",
        "BoundingBoxTopLeftHandCorner": [float(left), float(top)],
        "BoundingBoxBottomRightHandCorner": [float(right), float(bottom)],
        "BoundingBoxTextHorizontalJustification": at,
    }


def anchored(x: float, y: float, *, visible: bool = False) -> dict[str, Any]:
    return {
        "AnchorPointAnnotationUnits": "PIXEL",
        "AnchorPoint": [float(x), float(y)],
        "AnchorPointVisibility": "Y" if visible else "N",
    }


def inked(image: Dataset, *objects: Dataset, **elements: Any) -> tuple[int, int, int, int]:  # noqa: ANN401
    """Give where anything is drawn: left, top, right, bottom, counted from 0."""
    ps = make_state(
        image,
        GraphicLayerSequence=MARKS,
        GraphicAnnotationSequence=[annotation(*objects)],
        **elements,
    )
    picture = dk.render(image, presentation=dk.presentation_state(ps), graphics=True)
    rows, columns = np.nonzero(picture)
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


def test_a_text_stands_in_its_box(grey: MakeImage) -> None:
    image = black(grey, 100, 200)
    places = {}
    for at in ("LEFT", "CENTER", "RIGHT"):
        left, top, right, bottom = inked(image, text("Hg", **box(20, 30, 180, 60, at)))
        assert 20 <= left <= right < 180
        assert 30 <= top <= bottom < 60
        assert bottom - top > 12
        places[at] = left - 20, 180 - right
    assert places["LEFT"][0] < 5
    assert places["LEFT"][1] > 100
    assert places["RIGHT"][1] < 5
    assert places["RIGHT"][0] > 100
    assert abs(places["CENTER"][0] - places["CENTER"][1]) < 5


def test_a_long_text_becomes_smaller_and_lines_stand_below_each_other(grey: MakeImage) -> None:
    image = black(grey, 100, 200)
    one = inked(image, text("HHHHHHHHHHHHHHHH", **box(10, 10, 170, 50)))
    assert one[2] < 170
    two = inked(image, text("H\r\nH", **box(10, 10, 150, 70)))
    assert two[3] - two[1] > 35
    assert two[2] - two[0] < 40


def test_a_box_may_be_given_by_any_two_corners_and_turns_with_the_image(grey: MakeImage) -> None:
    """The letters stand upright all the same."""
    image = black(grey, 100, 200)
    assert inked(image, text("Hg", **box(180, 60, 20, 30))) == inked(
        image, text("Hg", **box(20, 30, 180, 60))
    )
    left, top, right, bottom = inked(
        image, text("HH", **box(20, 30, 90, 90)), ImageRotation=180, ImageHorizontalFlip="N"
    )
    assert 110 <= left <= right < 180
    assert 10 <= top <= bottom < 70
    turned = black(grey, 200, 100)
    assert inked(turned, text("HH", **box(30, 110, 90, 180)), ImageRotation=90) == inked(
        image, text("HH", **box(20, 30, 90, 90))
    )


def test_a_text_stands_at_its_anchor_and_inside_of_the_picture(grey: MakeImage) -> None:
    image = black(grey, 100, 200)
    left, top, _, _ = inked(image, text("H", **anchored(50, 40)))
    assert 50 <= left < 54
    assert 40 <= top < 46
    left, _, right, bottom = inked(image, text("WORDS", **anchored(199, 99)))
    assert right < 200
    assert bottom < 100
    assert left > 140


def test_a_line_leads_from_the_box_to_a_visible_anchor(grey: MakeImage) -> None:
    image = black(grey, 100, 200)
    hidden = inked(image, text("H", **box(20, 30, 60, 60), **anchored(150.5, 40.5)))
    assert hidden[2] < 60
    left, _, right, _ = inked(
        image, text("H", **box(20, 30, 60, 60), **anchored(150.5, 40.5, visible=True))
    )
    assert (left < 30, right) == (True, 150)


@pytest.mark.parametrize(
    ("words", "noted"),
    [("45 mm", False), ("Größe 3 µm²", True), ("\x1b[2J\tH", False), ("漢", True)],
)
def test_letters_without_a_font_have_others_in_their_place(
    grey: MakeImage, words: str, *, noted: bool
) -> None:
    image = black(grey, 100, 200)
    ps = make_state(
        image,
        GraphicLayerSequence=MARKS,
        SpecificCharacterSet="ISO_IR 192",
        GraphicAnnotationSequence=[annotation(text(words, **anchored(5, 5)))],
    )
    state = dk.presentation_state(ps)
    rendered = render_frame(
        dk.open_image(image), 0, PictureOptions(presentation=state, graphics=True)
    )
    assert rendered.image.any()
    assert ("letters_missing" in [note.code for note in rendered.notes]) == noted


def test_texts_are_drawn_only_where_they_are_asked_for(grey: MakeImage) -> None:
    """They may name a patient, and stand in no note and in no pipeline."""
    image = black(grey, 60, 60)
    ps = make_state(
        image,
        GraphicLayerSequence=MARKS,
        GraphicAnnotationSequence=[
            annotation(text("DOE^JOHN", **anchored(5, 5)), figure("POINT", [1, 1]))
        ],
    )
    state = dk.presentation_state(ps)
    plain = render_frame(dk.open_image(image), 0, PictureOptions(presentation=state))
    assert not plain.image.any()
    assert [note.code for note in plain.notes] == ["graphics_not_drawn"]
    assert "1 figure and 1 text" in plain.notes[0].message
    full = render_frame(dk.open_image(image), 0, PictureOptions(presentation=state, graphics=True))
    assert full.image.any()
    assert str(full.pipeline.placing[-1]) == (
        "Graphics      1 figure and 1 text  [the presentation state]"
    )
    said = repr((plain.pipeline, full.pipeline, plain.notes, full.notes)) + str(full.pipeline)
    assert "DOE" not in said


# ---- Absurd ones ---------------------------------------------------------------------------


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
