"""Scale, letters and titles, against what the headers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.figure import Figure
from pydicom.dataset import Dataset

from dicomkit.display.pipeline import DisplayPipeline, Step
from dicomkit.notebook.marks import (
    draw_letters,
    draw_scale,
    nice_length,
    view_title,
)
from dicomkit.transforms.channels import Channels, FullScale
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def axes() -> Axes:
    return Figure().add_subplot()


def spaced(keyword: str, *spacing: float) -> Dataset:
    ds = Dataset()
    setattr(ds, keyword, list(spacing))
    return ds


@pytest.mark.parametrize(
    ("longest", "length"),
    [(1, 1), (1.9, 1), (2, 2), (4.9, 2), (5, 5), (9.9, 5), (10, 10), (73, 50), (0.07, 0.05)],
)
def test_a_scale_is_a_round_length(longest: float, length: float) -> None:
    assert nice_length(longest) == pytest.approx(length)


def test_the_scale_is_as_long_as_it_says() -> None:
    ax = axes()
    # 400 columns of 0.5 mm are 200 mm wide, of which 60 may be taken: 50 mm are 100 columns.
    draw_scale(ax, spaced("PixelSpacing", 0.25, 0.5), 0, (400, 400))
    (line,) = ax.lines
    left, right = np.asarray(line.get_xdata())
    assert right - left == pytest.approx(100)
    assert left > -0.5
    assert np.asarray(line.get_ydata()).tolist() == [383.5, 383.5]
    assert [text.get_text() for text in ax.texts] == ["50 mm"]


@pytest.mark.parametrize(
    ("keyword", "label"),
    [
        ("ImagerPixelSpacing", "20 mm at the detector"),
        ("NominalScannedPixelSpacing", "20 mm at the film"),
    ],
)
def test_a_scale_says_where_it_holds(keyword: str, label: str) -> None:
    ax = axes()
    draw_scale(ax, spaced(keyword, 1, 1), 0, (100, 100))
    assert [text.get_text() for text in ax.texts] == [label]


@pytest.mark.parametrize("ds", [Dataset(), spaced("PixelAspectRatio", 1, 1)])
def test_without_millimetres_there_is_no_scale(ds: Dataset) -> None:
    ax = axes()
    draw_scale(ax, ds, 0, (100, 100))
    assert not ax.lines
    assert not ax.texts


@pytest.mark.parametrize("between", [1e308, 1e300, 1e-300, 1e-308, 5e-324])
def test_a_scale_of_nothing_on_earth_is_not_drawn(between: float) -> None:
    ax = axes()
    draw_scale(ax, spaced("PixelSpacing", between, between), 0, (100, 100))
    assert not ax.lines
    assert not ax.texts


def test_letters_stand_at_their_edges() -> None:
    ax = axes()
    draw_letters(ax, spaced("ImageOrientationPatient", 1, 0, 0, 0, 1, 0), 0)
    places = {text.get_text(): text.get_position() for text in ax.texts}
    assert places["R"][0] < 0.1
    assert places["L"][0] > 0.9
    assert places["A"][1] > 0.9
    assert places["P"][1] < 0.1


def test_without_an_orientation_there_are_no_letters() -> None:
    ax = axes()
    draw_letters(ax, Dataset(), 0)
    assert not ax.texts


def pipeline(*steps: Step) -> DisplayPipeline:
    return DisplayPipeline(steps, None)


def test_a_title_names_the_window_and_its_source() -> None:
    steps = pipeline(Step("VOI", Window(40, 80), "preset brain"))
    expected = "preset brain\ncenter 40, width 80, LINEAR"
    assert view_title(steps, "MONOCHROME2", 0, 1) == expected


def test_a_title_names_the_frame_where_there_are_several() -> None:
    steps = pipeline(Step("VOI", Window(40, 80), "the file"))
    assert view_title(steps, "MONOCHROME2", 3, 9).startswith("frame 3 of 9\nthe file\n")


def test_three_windows_are_named_by_their_channel() -> None:
    windows = Channels((Window(1, 2), Window(3, 4), Window(5, 6)))
    title = view_title(pipeline(Step("VOI", windows, "a | b | c")), "MONOCHROME2", 0, 1)
    assert title.splitlines() == [
        "a | b | c",
        "red: center 1, width 2, LINEAR",
        "green: center 3, width 4, LINEAR",
        "blue: center 5, width 6, LINEAR",
    ]


def test_colour_has_no_window_to_name() -> None:
    steps = pipeline(Step("Colour", FullScale(8), "Bits Stored"))
    assert view_title(steps, "YBR_FULL", 1, 2) == "frame 1 of 2\nYBR_FULL"
