"""Reading displayed areas; the clause is PS3.3 C.10.4."""

from __future__ import annotations

from tests.states import area, codes, read_state


def test_corners_of_an_area_are_columns_and_rows_of_the_unrotated_image() -> None:
    """Turned by 180 degrees, what is top left in the picture has the higher numbers (C.10.4)."""
    (found,) = read_state(
        ImageRotation=180, DisplayedAreaSelectionSequence=[area((9, 8), (2, -3))]
    ).areas
    assert (found.left, found.top, found.right, found.bottom) == (2, -3, 9, 8)
    assert (found.mode, found.magnification) == ("SCALE TO FIT", 1)
    assert found.aspect == 1


def test_how_large_an_area_is_drawn() -> None:
    (found,) = read_state(
        DisplayedAreaSelectionSequence=[
            area((1, 1), (2, 2), "MAGNIFY", 2.5, PresentationPixelSpacing=["0.5", "0.25"])
        ]
    ).areas
    assert (found.mode, found.magnification) == ("MAGNIFY", 2.5)
    assert found.aspect == 2
    state = read_state(DisplayedAreaSelectionSequence=[area((1, 1), (2, 2), "MAGNIFY", -1)])
    assert state.areas[0].magnification == 1
    assert codes(state) == ["magnification_ignored"]


def test_an_area_without_a_corner_is_left_out() -> None:
    broken = area((1, 1), (2, 2))
    del broken.DisplayedAreaBottomRightHandCorner
    state = read_state(DisplayedAreaSelectionSequence=[broken])
    assert state.areas == ()
    assert codes(state) == ["area_ignored"]
