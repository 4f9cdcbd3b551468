"""Texts of presentation states; the clause is PS3.3 C.10.5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.display.drawings import MARKS, black
from tests.states import (
    anchored,
    annotation,
    box,
    figure,
    make_state,
    text,
)

import dicomkit as dk
from dicomkit.display.options import PictureOptions
from dicomkit.display.render import render_frame

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from tests.display.conftest import MakeImage


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
