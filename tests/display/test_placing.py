"""Where a presentation state puts pixels, and which it hides; PS3.3 C.10.4, C.10.6 and C.7.6.11."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.display.drawings import UID, F, shown, small
from tests.states import (
    area,
    bitmap,
    make_state,
    reference,
    state_of,
)

import dicomkit as dk
from dicomkit.limits import Limits

if TYPE_CHECKING:
    from tests.display.conftest import MakeImage


def test_an_area_of_the_unrotated_image_that_is_then_turned(grey: MakeImage) -> None:
    """C.10.4: the corners are column\\row in the image as it is stored."""
    image = small(grey)
    part = [area((1, 2), (2, 4))]
    assert shown(image, DisplayedAreaSelectionSequence=part) == [[1, 0], [1, 1], [1, 0]]
    turned = {"ImageRotation": 90, "ImageHorizontalFlip": "N"}
    assert shown(image, DisplayedAreaSelectionSequence=part, **turned) == [[1, 1, 1], [0, 1, 0]]
    # In the picture, the pixel in column 1, row 4 is at the top left: corners may say so.
    again = [area((1, 4), (2, 2))]
    assert shown(image, DisplayedAreaSelectionSequence=again, **turned) == [[1, 1, 1], [0, 1, 0]]


def test_an_area_beyond_the_image_is_background(grey: MakeImage) -> None:
    image = small(grey)
    assert shown(image, DisplayedAreaSelectionSequence=[area((3, 0), (4, 2))]) == [
        [0, 0],
        [1, 0],
        [0, 0],
    ]
    assert shown(image, DisplayedAreaSelectionSequence=[area((90, 90), (91, 91))]) == [[0, 0]] * 2


def test_areas_for_some_images_and_frames(grey: MakeImage) -> None:
    image = grey(np.zeros((2, 4, 4)), SOPInstanceUID=UID)
    areas = [
        area((1, 1), (2, 3), "SCALE TO FIT", None, reference(image, 2)),
        area((1, 1), (1, 1), "SCALE TO FIT", None, reference(image, 1)),
    ]
    state = state_of(image, DisplayedAreaSelectionSequence=areas)
    assert dk.render(image, 0, presentation=state).shape == (1, 1)
    assert dk.render(image, 1, presentation=state).shape == (3, 2)
    with pytest.raises(dk.InconsistentError, match="render them one by one") as caught:
        dk.render(image, presentation=state)
    assert caught.value.frame == 1


@pytest.mark.parametrize("mode", ["SCALE TO FIT", "TRUE SIZE"])
def test_what_depends_on_a_display_is_drawn_one_to_one_and_noted(
    grey: MakeImage, mode: str
) -> None:
    image = small(grey)
    state = state_of(image, DisplayedAreaSelectionSequence=[area((1, 1), (3, 4), mode)])
    pipeline = dk.display_pipeline(image, presentation=state)
    assert [note.code for note in pipeline.notes] == ["size_not_applied"]
    assert dk.render(image, presentation=state).tolist() == F.tolist()


@pytest.mark.parametrize(
    ("magnification", "shape", "codes"),
    [
        (2, (8, 6), []),
        (1.5, (6, 4), []),
        (0.5, (2, 2), []),
        (8, (32, 24), []),
        (9, (32, 24), ["magnification_limited"]),
    ],
)
def test_magnified_up_to_8(
    grey: MakeImage, magnification: float, shape: tuple[int, int], codes: list[str]
) -> None:
    image = small(grey)
    areas = [area((1, 1), (3, 4), "MAGNIFY", magnification)]
    state = state_of(image, DisplayedAreaSelectionSequence=areas)
    picture = dk.render(image, presentation=state)
    assert picture.shape == shape
    assert [note.code for note in dk.display_pipeline(image, presentation=state).notes] == codes
    # What is one colour in the image stays so away from its edges.
    if magnification == 8:
        assert (picture[:, 2] == 255).all()
        assert picture[12, 20] == 0


@pytest.mark.parametrize(
    ("elements", "shape"),
    [
        ({"PresentationPixelSpacing": ["2", "1"]}, (8, 3)),
        ({"PresentationPixelAspectRatio": [1, 3]}, (4, 9)),
        ({"PresentationPixelAspectRatio": [1, 1]}, (4, 3)),
    ],
)
def test_pixels_are_made_square_by_what_the_state_says(
    grey: MakeImage, elements: dict[str, Any], shape: tuple[int, int]
) -> None:
    """C.10.4: vertical\\horizontal, of the image before it is turned."""
    image = small(grey, PixelSpacing=["1", "5"])
    areas = [area((1, 1), (3, 4), **elements)]
    for rotation, expected in ((0, shape), (90, shape[::-1]), (180, shape), (270, shape[::-1])):
        state = state_of(image, DisplayedAreaSelectionSequence=areas, ImageRotation=rotation)
        assert dk.render(image, presentation=state, square=True).shape == expected
        assert dk.render(image, presentation=state).shape == ((3, 4) if rotation % 180 else (4, 3))


def test_without_an_area_the_images_own_pixels_count(grey: MakeImage) -> None:
    image = small(grey, PixelSpacing=["1", "2"])
    assert dk.render(image, presentation=state_of(image), square=True).shape == (4, 6)
    del image.PixelSpacing
    pipeline_notes = dk.render(image, presentation=state_of(image), square=True)
    assert pipeline_notes.shape == (4, 3)


@pytest.mark.parametrize("ratio", [[100, 1], [1, 100]])
def test_pixels_that_are_absurdly_oblong(grey: MakeImage, ratio: list[int]) -> None:
    image = small(grey)
    areas = [area((1, 1), (3, 4), PresentationPixelAspectRatio=ratio)]
    state = state_of(image, DisplayedAreaSelectionSequence=areas)
    with pytest.raises(dk.LimitError, match="64 times as long as wide"):
        dk.render(image, presentation=state, square=True)
    assert dk.render(image, presentation=state).shape == (4, 3)


def test_an_area_is_no_larger_than_the_limits_allow(grey: MakeImage) -> None:
    image = small(grey)
    huge = [area((-(2**31), -(2**31)), (2**31 - 1, 2**31 - 1))]
    state = state_of(image, DisplayedAreaSelectionSequence=huge)
    with pytest.raises(dk.LimitError, match="displayed area is larger"):
        dk.display_pipeline(image, presentation=state)
    state = state_of(image, DisplayedAreaSelectionSequence=[area((1, 1), (100, 100), "MAGNIFY", 8)])
    with pytest.raises(dk.LimitError, match="displayed area is larger"):
        dk.render(image, presentation=state, limits=Limits(frame_bytes=100_000))
    assert dk.render(image, presentation=state).shape == (800, 800)


def test_a_shutter_hides_in_the_image_as_it_is_stored(grey: MakeImage) -> None:
    image = small(grey)
    edges = {
        "ShutterShape": "RECTANGULAR",
        "ShutterLeftVerticalEdge": 1,
        "ShutterRightVerticalEdge": 2,
        "ShutterUpperHorizontalEdge": 1,
        "ShutterLowerHorizontalEdge": 2,
    }
    assert shown(image, **edges) == [[1, 1, 0], [1, 0, 0], [0, 0, 0], [0, 0, 0]]
    # The value is drawn after the inversion, and is none of what is inverted.
    inverse = shown(image, **edges, PresentationLUTShape="INVERSE")
    assert inverse == [[0, 0, 0], [0, 1, 0], [0, 0, 0], [0, 0, 0]]
    white = shown(image, **edges, ShutterPresentationValue=65535, ImageRotation=90)
    assert white == [[1, 1, 1, 1], [1, 1, 0, 1], [1, 1, 1, 1]]


def test_beyond_the_image_an_area_is_background_and_no_shutter(grey: MakeImage) -> None:
    image = small(grey)
    circle = {
        "ShutterShape": "CIRCULAR",
        "CenterOfCircularShutter": [1, 1],
        "RadiusOfCircularShutter": 0,
        "ShutterPresentationValue": 65535,
    }
    areas = [area((0, 1), (2, 1))]
    assert shown(image, **circle, DisplayedAreaSelectionSequence=areas) == [[0, 1, 1]]


def test_a_bitmap_hides_where_its_bits_are_set(grey: MakeImage) -> None:
    """C.7.6.15: in its own place, and no overlay to be drawn besides."""
    image = grey(np.full((3, 3), 255), "u1", SOPInstanceUID=UID)
    ps = bitmap(make_state(image), [[1, 0], [1, 1]], origin=[2, 2])
    ps.ShutterShape, ps.ShutterOverlayGroup = "BITMAP", 0x6000
    picture = dk.render(image, presentation=dk.presentation_state(ps))
    assert (picture // 255).tolist() == [[1, 1, 1], [1, 0, 1], [1, 0, 0]]


def test_a_bitmap_that_is_not_there_is_noted(grey: MakeImage) -> None:
    image = grey(np.full((2, 2), 255), "u1", SOPInstanceUID=UID)
    for group in (0x6002, 0x7FE0, 0):
        state = state_of(image, ShutterShape="BITMAP", ShutterOverlayGroup=group)
        pipeline = dk.display_pipeline(image, presentation=state)
        assert pipeline.placing == ()
        assert [note.code for note in pipeline.notes] == ["shutter_ignored"]


def test_a_circle_is_one_in_millimetres(grey: MakeImage) -> None:
    image = grey(np.full((9, 9), 255), "u1", SOPInstanceUID=UID, PixelSpacing=["2", "1"])
    state = state_of(
        image,
        ShutterShape="CIRCULAR",
        CenterOfCircularShutter=[5, 5],
        RadiusOfCircularShutter=4,
    )
    picture = dk.render(image, presentation=state)
    assert np.flatnonzero(picture[4]).tolist() == list(range(9))
    assert np.flatnonzero(picture[:, 4]).tolist() == [2, 3, 4, 5, 6]
