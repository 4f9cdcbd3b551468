"""The other pieces of HTML that notebooks show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydicom.data import get_testdata_file
from selenium.webdriver.common.by import By

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Callable

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


@pytest.mark.parametrize("color", ["#eee", "#111"])
def test_tables_take_the_colour_of_the_page(opened: Opened, color: str) -> None:
    page = opened(dk.ExportReport("out", "manifest", ())._repr_html_(), f"color:{color}")
    expected = page.find_element(By.TAG_NAME, "body").value_of_css_property("color")
    assert page.find_element(By.TAG_NAME, "th").value_of_css_property("color") == expected
