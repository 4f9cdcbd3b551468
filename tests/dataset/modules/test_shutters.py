"""Reading shutters; the clauses are PS3.3 C.7.6.11 and C.7.6.15."""

from __future__ import annotations

from typing import Any

import pytest
from tests.states import codes, read_state

from dicomkit.transforms.shutter import CircularShutter, PolygonalShutter, RectangularShutter


def test_shutters_of_every_shape() -> None:
    state = read_state(
        ShutterShape=["RECTANGULAR", "CIRCULAR", "POLYGONAL", "BITMAP"],
        ShutterLeftVerticalEdge=1,
        ShutterRightVerticalEdge=2,
        ShutterUpperHorizontalEdge=3,
        ShutterLowerHorizontalEdge=4,
        CenterOfCircularShutter=[5, 6],
        RadiusOfCircularShutter=7,
        VerticesOfThePolygonalShutter=[1, 2, 3, 4, 5, 7],
        ShutterOverlayGroup=0x6002,
        ShutterPresentationValue=1000,
    )
    assert state.shutter is not None
    assert state.shutter.shapes == (
        RectangularShutter(left=1, right=2, upper=3, lower=4),
        CircularShutter(row=5, column=6, radius=7),
        PolygonalShutter(((1, 2), (3, 4), (5, 7))),
    )
    assert (state.shutter.overlay, state.shutter.value) == (0x6002, 1000)
    assert state.notes == ()


@pytest.mark.parametrize(
    "elements",
    [
        {"ShutterShape": "RECTANGULAR", "ShutterLeftVerticalEdge": 1},
        {"ShutterShape": "CIRCULAR", "CenterOfCircularShutter": [1, 2]},
        {
            "ShutterShape": "CIRCULAR",
            "CenterOfCircularShutter": [1, 2],
            "RadiusOfCircularShutter": -1,
        },
        {"ShutterShape": "POLYGONAL", "VerticesOfThePolygonalShutter": [1, 2, 3, 4]},
        {"ShutterShape": "POLYGONAL", "VerticesOfThePolygonalShutter": [1, 2, 3, 4, 5, 6, 7]},
        {"ShutterShape": "BITMAP"},
        {"ShutterShape": "OVAL"},
    ],
)
def test_a_shutter_without_its_numbers_is_left_out(elements: dict[str, Any]) -> None:
    state = read_state(**elements)
    assert state.shutter is None
    assert codes(state) == ["shutter_ignored"]
