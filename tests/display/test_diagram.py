"""The diagram of a pipeline, by what stands in it."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
from pydicom.config import disable_value_validation
from pydicom.data import get_testdata_file
from tests.pages import HOSTILE_TEXTS

import dicomkit as dk
from dicomkit.display.diagram import diagram
from dicomkit.display.pipeline import Step
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.output import Quantize
from dicomkit.transforms.padding import PaddingMask
from dicomkit.transforms.window import VoiTable

CHAIN = (
    Step("Modality", dk.Rescale(2, -1000, "HU"), "the file"),
    Step("VOI", dk.Window(40.5, 81), "preset brain"),
    Step("Output", Quantize(8), "8 bits"),
)


def boxes(page: str) -> list[str]:
    """Give the text of each box, without its curve."""
    root = ET.fromstring(page)  # noqa: S314 - our own page
    return [
        " | ".join(part for child in box if child.tag == "div" for part in child.itertext())
        for box in root[0]
        if box.get("aria-hidden") is None
    ]


def curves(page: str) -> list[list[tuple[float, float]]]:
    return [
        [(float(x), float(y)) for x, y in re.findall(r"([\d.]+),([\d.]+)", points)]
        for points in re.findall(r'points="([^"]*)"', page)
    ]


def test_each_step_has_a_box_in_order() -> None:
    page = diagram(dk.DisplayPipeline(CHAIN, (0, 4095)))
    stored, modality, voi, output = boxes(page)
    assert stored == "Stored values | 0 … 4095"
    assert modality.startswith("Modality | ")
    assert "x * 2 - 1000 HU | the file" in modality
    assert "center 40.5, width 81, LINEAR | preset brain" in voi
    assert output.endswith("0..255, to the nearest | 8 bits")


def test_a_curve_shows_where_a_window_tells_values_apart() -> None:
    page = diagram(dk.DisplayPipeline(CHAIN, (0, 4095)))
    _, voi, _ = curves(page)
    # The window lies from 0 to 80 HU, which are 40 stored values of 2 HU each.
    low, high = re.findall(r"<span>(-?[\d.]+)</span>", page)[2:4]
    assert -25 <= float(low) < 0
    assert 80 < float(high) <= 105
    heights = [y for _, y in voi]
    assert heights == sorted(heights, reverse=True)
    assert (heights[0], heights[-1]) == (46, 2)


def test_three_windows_are_three_curves() -> None:
    ds = dk.read_dataset(str(get_testdata_file("CT_small.dcm", download=False)))
    page = diagram(dk.display_pipeline(ds, window=("lung", "bone", "liver")))
    # One of the Modality step, three of the windows; the output is no longer one value.
    assert len(curves(page)) == 4
    assert page.count("#d62728") == 1


def test_values_without_a_known_range_have_no_curve() -> None:
    page = diagram(dk.DisplayPipeline(CHAIN, None))
    assert boxes(page)[0] == "Stored values"
    assert "<svg" not in page


def test_a_step_that_makes_all_the_same_has_no_curve() -> None:
    black = VoiTable(LookupTable(0, [7], 8))
    page = diagram(dk.DisplayPipeline((Step("VOI", black, "the file"),), (0, 255)))
    assert "<svg" not in page


def test_padding_does_not_spoil_the_curves() -> None:
    steps = (Step("Padding", PaddingMask(0, 0), "the file"), *CHAIN)
    page = diagram(dk.DisplayPipeline(steps, (0, 255)))
    assert "nan" not in page
    assert all(np.isfinite(points).all() for points in curves(page))


def test_notes_are_listed() -> None:
    page = diagram(dk.DisplayPipeline(CHAIN, None, (dk.Note("code", "a < b"),)))
    assert "<li>code: a &lt; b</li>" in page


@HOSTILE_TEXTS
def test_what_a_file_says_is_inert(said: str) -> None:
    steps = (Step("Modality", dk.Rescale(1, 0, said), said), *CHAIN[1:])
    page = diagram(dk.DisplayPipeline(steps, (0, 255), (dk.Note("code", said),)))
    assert said not in page
    assert page.isprintable()
    assert len(page) < 10_000
    assert {element.tag for element in ET.fromstring(page).iter()} == {  # noqa: S314 - ours
        "div", "li", "polyline", "span", "svg", "ul",
    }  # fmt: skip


def test_what_a_dataset_s_rescale_says_is_inert() -> None:
    ds = dk.read_dataset(str(get_testdata_file("CT_small.dcm", download=False)))
    with disable_value_validation():
        ds.RescaleType = '<b onclick="alert(1)">\x1b'
        ds.WindowCenter, ds.WindowWidth = "40", "80"
        ds.WindowCenterWidthExplanation = "<script>alert(1)</script>"
    page = dk.display_pipeline(ds)._repr_html_()
    assert page.isprintable()
    assert "onclick" not in page
    assert {element.tag for element in ET.fromstring(page).iter()} <= {  # noqa: S314 - ours
        "div", "li", "polyline", "span", "svg", "ul",
    }  # fmt: skip


def test_a_notebook_shows_it() -> None:
    pipeline = dk.DisplayPipeline(CHAIN, (0, 255))
    assert pipeline._repr_html_() == diagram(pipeline)


def test_values_that_all_leave_the_range_have_no_curve() -> None:
    chain = (Step("Modality", dk.Rescale(1, 1e308), "the file"), *CHAIN[1:])
    page = diagram(dk.DisplayPipeline(chain, (0, 4095)))
    assert len(boxes(page)) == 4
    # What comes after it cannot be known.
    assert curves(page) == []


def test_a_change_between_the_points_of_a_curve_leaves_it_flat() -> None:
    entries = np.zeros(65536, np.uint16)
    entries[[1000, 60000]] = 255
    table = Step("VOI", VoiTable(LookupTable(0, entries, 8)), "the file")
    (curve,) = curves(diagram(dk.DisplayPipeline((table,), (0, 65535))))
    assert len({y for _, y in curve}) <= 2
