"""Reading layers, figures and texts; the clauses are PS3.3 C.10.5 and C.10.7."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from pydicom import dcmread
from tests.states import (
    IMAGE,
    annotation,
    codes,
    figure,
    layer,
    make_state,
    read_state,
    reference,
    text,
)

import dicomkit as dk
from dicomkit.dataset.modules.references import ImageReference

if TYPE_CHECKING:
    from pydicom.dataset import Dataset


def test_layers_are_in_the_order_in_which_they_are_drawn() -> None:
    state = read_state(GraphicLayerSequence=[layer("A", 3, 7), layer("B", 1), layer("C", 3, 8)])
    assert [(one.name, one.order, one.value) for one in state.layers] == [
        ("B", 1, 65535),
        ("A", 3, 7),
        ("C", 3, 8),
    ]


def test_figures_and_texts() -> None:
    box = {
        "BoundingBoxAnnotationUnits": "DISPLAY",
        "BoundingBoxTopLeftHandCorner": [0.0, 0.25],
        "BoundingBoxBottomRightHandCorner": [0.5, 1.0],
        "BoundingBoxTextHorizontalJustification": "RIGHT",
    }
    anchor = {
        "AnchorPointAnnotationUnits": "PIXEL",
        "AnchorPoint": [3.0, 4.0],
        "AnchorPointVisibility": "Y",
    }
    (found,) = read_state(
        GraphicAnnotationSequence=[
            annotation(
                figure("CIRCLE", [1, 2, 3, 4, 5, 6], filled=True),
                text("HELLO\r\nTHERE", **box, **anchor),
                references=[reference(IMAGE)],
            )
        ]
    ).graphics
    assert (found.layer, found.references) == ("MARKS", (ImageReference("1.2.3"),))
    (circle,) = found.figures
    assert (circle.kind, circle.units, circle.filled) == ("CIRCLE", "PIXEL", True)
    assert circle.points.tolist() == [[1, 2], [3, 4]]
    assert not circle.points.flags.writeable
    (said,) = found.texts
    assert said.text == "HELLO\r\nTHERE"
    assert (said.box, said.box_units) == ((0, 0.25, 0.5, 1), "DISPLAY")
    assert (said.anchor, said.anchor_units, said.anchor_visible) == ((3, 4), "PIXEL", True)
    assert said.justification == "RIGHT"


@pytest.mark.parametrize(
    "broken",
    [
        figure("SQUARE", [1, 2, 3, 4]),
        figure("POLYLINE", [1, 2]),
        figure("POLYLINE", [1, 2, 3]),
        figure("ELLIPSE", [1, 2, 3, 4, 5, 6]),
        figure("POINT", [1, 2], "MATRIX"),
        figure("POINT", [float("nan"), 2]),
        figure("POLYLINE", [1, 2, float("inf"), 4]),
        text("no place"),
        text("half a box", BoundingBoxTopLeftHandCorner=[0.0, 0.0]),
        text("no units", AnchorPoint=[1.0, 1.0]),
    ],
)
def test_what_cannot_be_drawn_is_noted(broken: Dataset) -> None:
    made = make_state(IMAGE, GraphicAnnotationSequence=[annotation(broken)])
    for ps in (made, dcmread(written(made))):
        state = dk.presentation_state(ps)
        assert state.graphics == ()
        assert codes(state) == ["graphic_ignored"]


def test_more_than_anybody_draws_is_left_out() -> None:
    long = annotation(figure("POLYLINE", [0.0, 1.0] * 70_000))
    assert codes(read_state(GraphicAnnotationSequence=[long])) == ["graphic_ignored"]
    sequence = [annotation(figure("POINT", [1, 2])) for _ in range(10_001)]
    state = read_state(GraphicAnnotationSequence=sequence)
    assert len(state.graphics) == 10_000
    assert codes(state) == ["graphics_limited"]


def written(ds: Dataset) -> BytesIO:
    stream = BytesIO()
    ds.save_as(stream, enforce_file_format=True)
    stream.seek(0)
    return stream
