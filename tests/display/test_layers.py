"""The layers of presentation states, and their overlays; PS3.3 C.10.7 and C.11.7."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from tests.display.drawings import MARKS, UID, black
from tests.states import (
    annotation,
    bitmap,
    figure,
    item,
    layer,
    make_state,
    reference,
)

import dicomkit as dk
from dicomkit.display.options import PictureOptions
from dicomkit.display.render import render_frame

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from tests.display.conftest import MakeImage


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
