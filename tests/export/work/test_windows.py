from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from dicomkit.export.work.windows import check_window, describe_window
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    from dicomkit.display.views import WindowLike

TABLE = LookupTable(3, np.array([0, 7, 255]), 8)
GOOD: list[WindowLike] = [
    None,
    "brain",
    "auto",
    "full",
    0,
    2,
    Window(40, 80),
    TABLE,
    ("brain", 1, Window(40, 80)),
    ["bone", None, TABLE],
]


@pytest.mark.parametrize("window", GOOD, ids=str)
def test_what_a_window_may_be(window: WindowLike) -> None:
    check_window(window)
    json.dumps(describe_window(window))


@pytest.mark.parametrize(
    ("window", "message"),
    [
        ("brian", "known are auto, full, .*brain"),
        (-1, "count from 0"),
        (("brain", "bone"), "three"),
        (("brain", "bone", "brian"), "brian"),
    ],
)
def test_what_it_may_not_be(window: WindowLike, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_window(window)


@pytest.mark.parametrize("window", [40.0, {"center": 1}, (40, 80.0, 1)])
def test_other_types_are_the_callers_mistake(window: WindowLike) -> None:
    with pytest.raises(TypeError, match="a window is"):
        check_window(window)


def test_different_windows_read_differently() -> None:
    other = LookupTable(3, np.array([0, 8, 255]), 8)
    texts = {json.dumps(describe_window(window)) for window in [*GOOD, other, "0"]}
    assert len(texts) == len(GOOD) + 2


def test_equal_tables_read_the_same() -> None:
    assert describe_window(TABLE) == describe_window(LookupTable(3, np.array([0, 7, 255]), 8))
