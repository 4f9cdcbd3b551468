from __future__ import annotations

import json
from typing import Any

import pytest

from dicomkit.display.extent import Extent
from dicomkit.display.options import PictureOptions
from dicomkit.export.naming.names import Planned
from dicomkit.export.work.series import SeriesWindows
from dicomkit.export.work.tasks import Surveyed
from dicomkit.transforms.window import Window

PLANNED = [Planned(name, name, name, series) for name, series in ("aX", "bX", "cX", "dY")]
FULL = PictureOptions("full", bits=16)


def reach(low: int, high: int) -> Extent:
    """Give the extent of whole numbers."""
    return Extent(low, high, False, Window((low + high + 1) / 2, high - low + 1))  # noqa: FBT003


def decided(*surveyed: Surveyed) -> SeriesWindows:
    windows = SeriesWindows(PLANNED, FULL)
    for one in surveyed:
        windows.take(one)
    return windows


def test_a_series_gets_one_window_and_keeps_the_other_options() -> None:
    windows = decided(
        Surveyed(0, "HU", (reach(0, 9),)),
        Surveyed(1, "HU", (reach(-50, 5),)),
        Surveyed(3, "HU", (reach(0, 99),)),
    )
    chosen = windows.options(0)
    # -50 to 9 are 60 values around -20.5.
    assert chosen.window == Window(-20, 60)
    assert (chosen.bits, chosen.source) == (16, "the series")
    assert windows.options(1) is chosen
    # Another series, and an instance of which nothing is known.
    assert windows.options(3) is FULL
    assert windows.options(2) is FULL
    assert windows.shared(2) is None


def test_the_order_of_the_survey_does_not_matter() -> None:
    surveys = [Surveyed(index, "HU", (reach(index, 10 * index),)) for index in (1, 2, 0)]
    forth, back = decided(*surveys), decided(*reversed(surveys))
    assert forth.options(0) == back.options(0)
    assert forth.shared(0) == back.shared(0) == {"domain": "HU", "windows": [[10.5, 21, "LINEAR"]]}


def test_where_all_have_the_same_view_they_keep_it() -> None:
    windows = decided(*(Surveyed(index, "HU", (reach(0, 9),)) for index in (0, 1)))
    assert windows.options(0) is FULL
    assert windows.shared(0) == {"domain": "HU", "windows": None}


def test_other_units_have_a_window_of_their_own() -> None:
    windows = decided(
        Surveyed(0, "HU", (reach(0, 9),)),
        Surveyed(1, "HU", (reach(0, 19),)),
        Surveyed(2, "stored values", (reach(5000, 9000),)),
    )
    assert windows.options(1).window == Window(10, 20)
    assert windows.options(2) is FULL


def test_what_keeps_its_own_view_counts_for_none() -> None:
    windows = decided(
        Surveyed(0, "HU", (reach(0, 9),)),
        Surveyed(1, None),
        Surveyed(2, "HU", (reach(0, 19),)),
    )
    assert windows.options(1) is FULL
    assert windows.options(0).window == Window(10, 20)


def test_an_instance_whose_frames_differ_in_meaning_keeps_its_own_views() -> None:
    windows = decided(
        Surveyed(0, "HU", (reach(0, 9),)),
        Surveyed(0, "US", (reach(0, 90),)),
        Surveyed(0, "HU", (reach(0, 9),)),
        Surveyed(1, "HU", (reach(0, 19),)),
    )
    assert windows.options(0) is FULL
    assert windows.options(1).window == Window(10, 20)


def test_frames_without_values_leave_it_to_the_others() -> None:
    windows = decided(
        Surveyed(0, "HU"),
        Surveyed(1, "HU", (reach(0, 9),)),
        Surveyed(1, "HU"),
        Surveyed(2, "HU", (reach(0, 19),)),
    )
    assert windows.options(0).window == windows.options(1).window == Window(10, 20)
    assert decided(Surveyed(0, "HU")).options(0) is FULL


def test_three_windows_are_shared_one_by_one() -> None:
    windows = SeriesWindows(PLANNED, PictureOptions(("full", "bone", "auto")))
    windows.take(Surveyed(0, "HU", (reach(0, 9), reach(1, 8))))
    windows.take(Surveyed(1, "HU", (reach(0, 19), reach(1, 8))))
    assert windows.options(0).window == (Window(10, 20), "bone", Window(5, 8))


@pytest.mark.parametrize(("first", "window"), [(9, Window(10, 20)), (19, "full")])
def test_an_earlier_runs_windows_hold(first: int, window: object) -> None:
    """Whether or not they are to be seen in what is left."""
    earlier = decided(Surveyed(0, "HU", (reach(0, first),)), Surveyed(1, "HU", (reach(0, 19),)))
    line = json.loads(json.dumps(earlier.shared(0)))
    windows = SeriesWindows(PLANNED, FULL)
    windows.keep(0, line)
    windows.take(Surveyed(1, "HU", (reach(0, 19),)))
    windows.take(Surveyed(2, "HU", (reach(0, 4000),)))
    assert windows.options(1).window == windows.options(2).window == window
    assert windows.shared(1) == line
    # Not for other units.
    windows.take(Surveyed(3, "HU", (reach(0, 7),)))
    assert windows.options(3) is FULL


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"domain": 7, "windows": None},
        {"domain": "HU", "windows": 7},
        {"domain": "HU", "windows": "ab"},
        {"domain": "HU", "windows": [[1]]},
        {"domain": "HU", "windows": [[1, 0]]},
        {"domain": "HU", "windows": [["1", "2"]]},
        {"domain": "HU", "windows": [[1, 10**400]]},
        {"domain": "HU", "windows": []},
        {"domain": "HU", "windows": [[1, 2], [3, 4]]},
    ],
    ids=str,
)
def test_a_line_that_makes_no_sense_says_nothing(line: dict[str, Any]) -> None:
    windows = SeriesWindows(PLANNED, FULL)
    windows.keep(0, line)
    windows.take(Surveyed(1, "HU", (reach(0, 9),)))
    windows.take(Surveyed(2, "HU", (reach(0, 19),)))
    assert windows.options(1).window == Window(10, 20)
