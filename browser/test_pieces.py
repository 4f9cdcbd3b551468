"""The other pieces of HTML that notebooks show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydicom.data import get_testdata_file
from pydicom.dataelem import DataElement
from selenium.webdriver.common.by import By

import dicomkit as dk
from browser.hostile import HOSTILE
from dicomkit.display.pipeline import Step

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from selenium.webdriver import Chrome

    Opened = Callable[..., Chrome]


def sample(name: str) -> str:
    return str(get_testdata_file(name, download=False))


def test_a_pipeline_is_a_row_of_boxes_with_curves(opened: Opened) -> None:
    ds = dk.read_dataset(sample("CT_small.dcm"))
    page = opened(dk.display_pipeline(ds, window="bone")._repr_html_())
    boxes = page.find_elements(By.CSS_SELECTOR, ".dicomkit-pipeline > div > div:not([aria-hidden])")
    assert [box.text.split("\n")[0] for box in boxes] == [
        "Stored values",
        "Modality",
        "VOI",
        "Output",
    ]
    assert all(curve.is_displayed() for curve in page.find_elements(By.CSS_SELECTOR, "polyline"))
    left = [box.location["x"] for box in boxes]
    assert left == sorted(left)


def test_a_walk_has_a_thumbnail_for_every_series(opened: Opened) -> None:
    page = opened(dk.FileSetWalker(sample("dicomdirtests/DICOMDIR"))._repr_html_())
    pictures = page.find_elements(By.TAG_NAME, "img")
    assert len(pictures) == 13
    for picture in pictures:
        assert int(picture.get_property("naturalWidth")) == 16  # type: ignore[arg-type]
        assert picture.size["width"] == 64


def hostile_pipeline(said: str, _: Path) -> str:
    steps = (Step("Modality", dk.Rescale(1, 0, said), said),)
    return dk.DisplayPipeline(steps, (0, 255), (dk.Note("code", said),))._repr_html_()


def hostile_walk(said: str, folder: Path) -> str:
    ds = dk.read_dataset(sample("CT_small.dcm"))
    ds.SpecificCharacterSet = "ISO_IR 192"
    for keyword in ("PatientID", "PatientName", "StudyDescription", "SeriesDescription"):
        # Unlimited text: a short LO cannot hold a megabyte.
        ds[keyword] = DataElement(keyword, "UT", said)
    ds.save_as(folder / "hostile")
    return dk.FileSetWalker(folder)._repr_html_()


def hostile_report(said: str, _: Path) -> str:
    entry = dk.ExportEntry(said, "failed", code="read", message=said, notes=(dk.Note("x", said),))
    return dk.ExportReport(said, "manifest", (entry,), stopped=said)._repr_html_()


@pytest.mark.parametrize("piece", [hostile_pipeline, hostile_walk, hostile_report])
@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE)
def test_what_a_file_says_is_inert(
    opened: Opened, tmp_path: Path, piece: Callable[[str, Path], str], said: str
) -> None:
    page = opened(piece(said, tmp_path))
    assert page.execute_script("return window.fired") is None
    assert not page.find_elements(By.CSS_SELECTOR, "script, iframe, object, [onload], [onerror]")
    pictures = page.find_elements(By.TAG_NAME, "img")
    assert all(str(picture.get_attribute("src")).startswith("data:") for picture in pictures)
    assert len(page.find_elements(By.CSS_SELECTOR, "body > *")) == 1
    assert page.get_log("browser") == []


def test_thumbnails_stand_out_from_any_page(opened: Opened) -> None:
    page = opened(dk.FileSetWalker(sample("dicomdirtests/DICOMDIR"))._repr_html_())
    picture = page.find_element(By.TAG_NAME, "img")
    assert picture.value_of_css_property("outline-style") == "solid"


@pytest.mark.parametrize("color", ["#eee", "#111"])
def test_tables_take_the_colour_of_the_page(opened: Opened, color: str) -> None:
    page = opened(dk.ExportReport("out", "manifest", ())._repr_html_(), f"color:{color}")
    expected = page.find_element(By.TAG_NAME, "body").value_of_css_property("color")
    assert page.find_element(By.TAG_NAME, "th").value_of_css_property("color") == expected
