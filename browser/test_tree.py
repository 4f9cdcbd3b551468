"""A dataset's tree: searched, folded, steered by keys, and deaf to what files say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydicom.config import disable_value_validation
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By

import dicomkit as dk
from browser.hostile import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable

    Opened = Callable[..., Chrome]


def tree_of(name: str) -> str:
    ds = dk.read_dataset(str(get_testdata_file(name, download=False)))
    return dk.metadata_tree(ds)._repr_html_()


def visible_rows(page: Chrome) -> list[str]:
    """Give the keywords of the rows that can be seen."""
    script = """
    return [...document.querySelectorAll(".dk-row")].filter(row => row.checkVisibility())
      .map(row => row.children[2].textContent)
    """
    return list(page.execute_script(script))


def search(page: Chrome, words: str) -> None:
    box = page.find_element(By.CSS_SELECTOR, "input")
    box.send_keys(Keys.CONTROL, "a", Keys.NULL, words)


def test_typing_into_the_search_box_leaves_what_matches(opened: Opened) -> None:
    page = opened(tree_of("CT_small.dcm"))
    everything = len(visible_rows(page))
    search(page, "rescale")
    assert visible_rows(page) == ["RescaleIntercept", "RescaleSlope"]
    assert page.find_element(By.CSS_SELECTOR, ".dk-found").text == "2 found"
    search(page, Keys.BACKSPACE)
    assert len(visible_rows(page)) == everything


def test_a_match_inside_a_sequence_is_unfolded(opened: Opened) -> None:
    page = opened(tree_of("rtplan.dcm"))
    search(page, "gantry angle")
    shown = visible_rows(page)
    assert "GantryAngle" in shown
    # What it is folded in stands above it.
    assert "BeamSequence" in shown
    assert "PatientName" not in shown


def test_sequences_are_folded_and_open_on_a_click(opened: Opened) -> None:
    page = opened(tree_of("rtplan.dcm"))
    before = len(visible_rows(page))
    fold = page.find_element(By.CSS_SELECTOR, "details")
    assert fold.get_attribute("open") is None
    summary = fold.find_element(By.CSS_SELECTOR, "summary")
    summary.click()
    assert fold.get_attribute("open") is not None
    assert len(visible_rows(page)) > before
    summary.click()
    assert len(visible_rows(page)) == before


def test_keys_alone_are_enough(opened: Opened) -> None:
    page = opened(tree_of("rtplan.dcm"))
    before = len(visible_rows(page))
    # The search box comes first, then the folds.
    ActionChains(page).send_keys(Keys.TAB, Keys.TAB, Keys.ENTER).perform()
    assert len(visible_rows(page)) > before


def test_it_can_be_read_on_dark_pages(opened: Opened) -> None:
    page = opened(tree_of("CT_small.dcm"), "background:#111;color:#eee")
    for part in (
        *page.find_elements(By.CSS_SELECTOR, ".dk-row span")[:8],
        page.find_element(By.TAG_NAME, "input"),
    ):
        assert part.value_of_css_property("color") == "rgba(238, 238, 238, 1)"
        assert part.value_of_css_property("background-color") == "rgba(0, 0, 0, 0)"


def test_several_trees_on_a_page_are_searched_apart(opened: Opened) -> None:
    page = opened(tree_of("CT_small.dcm") + tree_of("MR_small.dcm"))
    first, second = page.find_elements(By.CSS_SELECTOR, ".dicomkit-tree")
    search(page, "nothing is called so")
    shown = [
        [row.is_displayed() for row in tree.find_elements(By.CSS_SELECTOR, ".dk-row")[:9]]
        for tree in (first, second)
    ]
    assert shown == [[False] * 9, [True] * 9]


def hostile(said: str) -> Dataset:
    ds, item = Dataset(), Dataset()
    with disable_value_validation():
        ds.PatientID = ds.PatientComments = item.CodeMeaning = said
        ds.add_new(0x00090010, "LO", said)
        ds.add_new(0x00110010, "UT", said)
        ds.add_new(0x00111001, "UN", said.encode())
        ds.add_new(0x00091001, "UT", said)
    ds.ProcedureCodeSequence = [item]
    return ds


@pytest.mark.parametrize("said", HOSTILE.values(), ids=HOSTILE)
def test_what_a_file_says_is_inert(opened: Opened, said: str) -> None:
    page = opened(dk.metadata_tree(hostile(said))._repr_html_())
    assert page.execute_script("return window.fired") is None
    assert len(page.find_elements(By.CSS_SELECTOR, ".dicomkit-tree > script")) == 1
    assert not page.find_elements(By.CSS_SELECTOR, "img, svg, iframe, object")
    assert page.get_log("browser") == []
    # It stays usable: the search finds its way.
    search(page, "patientid")
    assert visible_rows(page) == ["PatientID"]


@pytest.mark.parametrize(("width", "beside"), [("900px", True), ("300px", False)])
def test_values_have_space_however_narrow_the_page(
    opened: Opened, width: str, *, beside: bool
) -> None:
    page = opened(f'<div style="width:{width}">{tree_of("CT_small.dcm")}</div>')
    row = page.find_element(By.CSS_SELECTOR, ".dk-row")
    _, _, keyword, value = row.find_elements(By.TAG_NAME, "span")
    assert value.size["width"] > 100
    assert (value.location["y"] < keyword.location["y"] + keyword.size["height"]) == beside


def test_it_needs_no_network(opened: Opened) -> None:
    page = opened(tree_of("rtplan.dcm"))
    assert page.execute_script("return performance.getEntriesByType('resource').length") == 0
