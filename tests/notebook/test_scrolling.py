"""`scroll` without a browser: what its slider and its list do to the picture and the words."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from PIL import Image
from pydicom.dataset import Dataset
from tests.volumes import classic, save, turned

import dicomkit as dk
import dicomkit.notebook as nb
from dicomkit.notebook.sequences import place_along

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dicomkit.transforms.arrays import AnyArray

    Sample = Callable[[str], Dataset]


def scroll(*given: Any) -> Any:  # noqa: ANN401 - its parts have no types
    return nb.scroll(*given)


def display(widget: Any) -> None:  # noqa: ANN401 - of ipywidgets
    """Do what a notebook does with the last line of a cell."""
    formatter: Any = DisplayFormatter()
    formatter.format(widget)


def at(widget: Any, index: int) -> AnyArray:  # noqa: ANN401 - of ipywidgets
    """Move the slider, and give the picture."""
    widget._slider.value = index
    with Image.open(io.BytesIO(widget._picture.value)) as picture:
        return np.asarray(picture)


def choose(widget: Any, window: str) -> None:  # noqa: ANN401 - of ipywidgets
    labels = [label for label, _ in widget._windows.options]
    widget._windows.value = labels.index(window)


def said(widget: Any) -> list[str]:  # noqa: ANN401 - of ipywidgets
    """Give what stands under the picture, line by line."""
    return re.findall(r">([^<]+)<", widget._caption.value)


def letters(widget: Any) -> str:  # noqa: ANN401 - of ipywidgets
    return "".join(
        "".join(re.findall(r">(\w+)<", widget._marks[side].value))
        for side in ("left", "right", "top", "bottom")
    )


def series(folder: Path, *slices: Dataset) -> dk.Series:
    # The names of the files are in no order of space.
    save(sorted(slices, key=lambda ds: int(ds.InstanceNumber) * 7 % 10), folder)
    (found,) = dk.FileSetWalker(folder).series()
    return found


def test_the_middle_frame_comes_first_and_the_slider_reaches_all(sample: Sample) -> None:
    ds = sample("emri_small.dcm")
    widget = scroll(ds)
    assert repr(widget) == "<Scroller: frame 5 of 10>"
    assert (widget._slider.min, widget._slider.max) == (0, 9)
    for index, picture in enumerate(dk.render(ds)):
        np.testing.assert_array_equal(at(widget, index), picture)
        assert said(widget)[0].startswith(f"frame {index} of 10")


def test_a_window_is_one_for_all_frames(sample: Sample) -> None:
    ds = sample("emri_small.dcm")
    widget = scroll(ds)
    for name, percentiles in (("auto", (0.5, 99.5)), ("full", (0, 100))):
        choose(widget, name)
        window = dk.series_window([ds], percentiles=percentiles)
        for index in (2, 7):
            np.testing.assert_array_equal(at(widget, index), dk.render(ds, index, window))
            assert said(widget)[0].endswith(str(window))


def test_the_view_of_the_middle_frame_holds_for_all(sample: Sample) -> None:
    # Each frame has a window of its own in the file.
    ds = sample("emri_small.dcm")
    views = [Dataset() for _ in range(10)]
    for index, view in enumerate(views):
        view.WindowCenter, view.WindowWidth = 100 + 10 * index, 50
    groups = [Dataset() for _ in views]
    for group, view in zip(groups, views, strict=True):
        group.FrameVOILUTSequence = [view]
    ds.PerFrameFunctionalGroupsSequence = groups
    widget = scroll(ds)
    assert [label for label, _ in widget._windows.options] == [
        "file: center 150, width 50, LINEAR",
        "auto",
        "full",
    ]
    np.testing.assert_array_equal(at(widget, 9), dk.render(ds, 9, dk.Window(150, 50)))


def test_presets_are_offered_where_they_fit(sample: Sample) -> None:
    ct = sample("CT_small.dcm")
    labels = [label for label, _ in scroll(ct)._windows.options]
    assert labels == ["default", *dk.WINDOWS, "auto", "full"]
    widget = scroll(ct, "brain")
    assert widget._windows.label == "brain"
    np.testing.assert_array_equal(at(widget, 0), dk.render(ct, window="brain"))
    with pytest.raises(dk.UnitsError):
        scroll(sample("MR_small.dcm"), "brain")


def test_a_window_of_the_caller_s_is_the_first(sample: Sample) -> None:
    ct = sample("CT_small.dcm")
    three = ("lung", dk.Window(40, 400), "full")
    for window in (dk.Window(40, 400), three):
        widget = scroll(ct, window)
        assert widget._windows.label == "as given"
        np.testing.assert_array_equal(at(widget, 0), dk.render(ct, window=window))


@pytest.mark.parametrize(("window", "error"), [("brian", ValueError), (3, IndexError)])
def test_a_window_that_is_none(sample: Sample, window: Any, error: type[Exception]) -> None:  # noqa: ANN401
    with pytest.raises(error):
        scroll(sample("CT_small.dcm"), window)


def test_colour_has_no_windows(sample: Sample) -> None:
    ds = sample("examples_ybr_color.dcm")
    widget = scroll(ds)
    assert len(widget.children[0].children) == 1
    assert at(widget, 3).shape == (240, 320, 3)
    np.testing.assert_array_equal(at(widget, 29), dk.render(ds, 29))


def test_a_series_stands_in_the_order_of_space(tmp_path: Path) -> None:
    # Numbers ascend as positions descend; 4 mm apart, along the normal to the head.
    slices = [classic(n, (0, 0, -4 * n)) for n in range(5)]
    widget = scroll(series(tmp_path, *slices), dk.Window(-800, 600))
    assert repr(widget) == "<Scroller: slice 2 of 5>"
    for index, number in enumerate((4, 3, 2, 1, 0)):
        picture = dk.render(slices[number], window=dk.Window(-800, 600))
        assert at(widget, index)[0, 0] == picture[0, 0]
        place = f"F {4 * number:.1f} mm" if number else "H 0.0 mm"
        assert said(widget) == [
            f"slice {index} of 5 \u00b7 {place} \u00b7 center -800, width 600, LINEAR"
        ]
    assert letters(widget) == "RLAP"


def test_a_series_that_is_no_volume_says_so(tmp_path: Path) -> None:
    slices = [classic(n, (0, 0, 4.0 * n)) for n in range(3)]
    slices += [classic(n, (0, 4.0 * n, 0), orientation=turned(90)) for n in range(3, 6)]
    widget = scroll(series(tmp_path, *slices), dk.Window(-800, 600))
    said_last = said(widget)[-1]
    assert said_last == "in the order of instance numbers: the series has 2 volumes"
    assert [at(widget, index)[0, 0] for index in range(6)] == [
        dk.render(ds, window=dk.Window(-800, 600))[0, 0] for ds in slices
    ]


def test_what_lies_beside_the_volume_comes_last(tmp_path: Path) -> None:
    scout = classic(0, (0, 0, 0), orientation=turned(90))
    slices = [classic(n, (0, 0, 4.0 * n)) for n in range(1, 4)]
    widget = scroll(series(tmp_path, scout, *slices))
    assert said(widget)[-1] == "the last one lies beside the volume"
    at(widget, 3)
    # Its columns lead to the head.
    assert letters(widget) == "RLFH"


def test_the_window_of_a_series_holds_for_all_of_it(tmp_path: Path) -> None:
    slices = [classic(n, (0, 0, 4.0 * n)) for n in range(4)]
    widget = scroll(series(tmp_path, *slices))
    window = dk.series_window(slices)
    for index, ds in enumerate(slices):
        assert at(widget, index)[-1, -1] == dk.render(ds, window=window)[-1, -1]


def test_one_file_of_a_series_is_open_at_a_time(tmp_path: Path) -> None:
    widget = scroll(series(tmp_path, *(classic(n, (0, 0, 4.0 * n)) for n in range(5))))
    for index in range(5):
        at(widget, index)
        assert widget._frames._last[1].dataset.InstanceNumber == index


def test_a_slice_that_cannot_be_drawn_leaves_no_other_in_its_place(tmp_path: Path) -> None:
    slices = [classic(n, (0, 0, 4.0 * n)) for n in range(3)]
    slices[2].PixelData = slices[2].PixelData[:20]
    widget = scroll(series(tmp_path, *slices), dk.Window(-800, 600))
    assert at(widget, 1).max() > 0
    assert at(widget, 2).tolist() == [[0]]
    assert letters(widget) == ""
    assert "truncated" in widget._marks["error"].value
    assert said(widget)[0].startswith("slice 2 of 3: the pixel data end")
    assert at(widget, 1).max() > 0
    assert widget._marks["error"].value == ""


def test_a_file_that_is_gone_leaves_nothing_either(tmp_path: Path) -> None:
    widget = scroll(series(tmp_path, *(classic(n, (0, 0, 4.0 * n)) for n in range(3))))
    for path in tmp_path.iterdir():
        path.unlink()
    assert at(widget, 2).tolist() == [[0]]
    assert "read" in widget._marks["error"].value


def test_the_window_is_of_those_that_can_be_decoded(tmp_path: Path) -> None:
    slices = [classic(n, (0, 0, 4.0 * n)) for n in range(5)]
    slices[2].PixelData = slices[2].PixelData[:20]
    widget = scroll(series(tmp_path, *slices))
    window = dk.series_window([ds for n, ds in enumerate(slices) if n != 2])
    assert at(widget, 4)[-1, -1] == dk.render(slices[4], window=window)[-1, -1]


def test_a_volume(tmp_path: Path) -> None:
    save([classic(n, (0, 0, 4.0 * n), spacing=(2, 1)) for n in range(3)], tmp_path)
    volume = dk.read_volume(tmp_path, values="hu")
    widget = scroll(volume, dk.Window(0, 2000))
    # Pixels twice as high as wide are made square.
    assert at(widget, 2).shape == (10, 7)
    assert said(widget)[0] == "slice 2 of 3 \u00b7 H 8.0 mm \u00b7 center 0, width 2000, LINEAR"
    assert letters(widget) == "RLAP"
    assert "2 mm" in widget._marks["scale"].value
    labels = [label for label, _ in widget._windows.options]
    assert labels == ["as given", "auto", *dk.WINDOWS, "full"]
    with pytest.raises(ValueError, match="window of a volume"):
        scroll(volume, ("lung", "bone", "full"))


def test_a_volume_without_a_place() -> None:
    array = np.arange(60, dtype=np.float32).reshape(3, 4, 5)
    widget = scroll(dk.Volume(array, None, None, (), ()), dk.Window(30, 60))
    picture = dk.to_uint8(dk.apply_window(array, dk.Window(30, 60)))
    np.testing.assert_array_equal(at(widget, 0), picture[0])
    assert (letters(widget), widget._marks["scale"].value) == ("", "")
    assert said(widget) == ["slice 0 of 3 \u00b7 center 30, width 60, LINEAR"]


@pytest.mark.parametrize(
    ("normal", "position", "place"),
    [
        ((0, 0, 1), (5, 6, 12.34), "H 12.3 mm"),
        ((0, 0, -1), (5, 6, -12.34), "F 12.3 mm"),
        ((1, 0, 0), (-3, 0, 0), "R 3.0 mm"),
        ((0, 0.6, 0.8), (0, 0, 10), "H 8.0 mm"),
        ((0, 0, 1), (0, 0, 1e300), ""),
    ],
)
def test_where_a_plane_lies(normal: Any, position: Any, place: str) -> None:  # noqa: ANN401
    assert place_along(normal, position) == place


def test_what_it_displays_is_a_still_and_the_widget(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, **_: shown.append(data))
    widget = scroll(sample("emri_small.dcm"))
    at(widget, 2)
    display(widget)
    still, live = shown
    assert "application/vnd.jupyter.widget-view+json" in live
    html = still["text/html"]
    assert html.startswith(f'<div id="dicomkit-still-{widget.model_id}"><img ')
    # The widget hides it, as long as there is one.
    hidden = f"#dicomkit-still-{widget.model_id}{{display:none}}"
    assert hidden in widget.children[-1].value


def test_nothing_says_who_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, **_: shown.append(data))
    ds = classic(0, (0, 0, 0))
    ds.WindowCenter, ds.WindowWidth, ds.WindowCenterWidthExplanation = 100, 200, "Secret^Name"
    broken = classic(1, (0, 0, 4))
    broken.PixelData = broken.PixelData[:20]
    widget = scroll(series(tmp_path, ds, broken))
    display(widget)
    text = repr((shown, widget._caption.value, widget._windows.options, widget.get_state()))
    at(widget, 0)
    text += repr((widget._caption.value, [mark.value for mark in widget._marks.values()]))
    assert not re.search("secret", text, re.IGNORECASE)


def test_without_ipywidgets_it_says_what_to_install(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dicomkit.notebook.scrolling.find_spec", lambda _name: None)
    with pytest.raises(ImportError, match=re.escape("pip install 'dicomkit[widgets]'")):
        scroll(sample("CT_small.dcm"))
