"""The built documentation: every page whole, every picture there, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from selenium.webdriver.common.by import By

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

SITE = Path(__file__).parents[1] / "docs" / "_build" / "html"
# Pages that show what was drawn while the site was built, and how many pictures at least.
PICTURES = {
    "exam": 4,
    "gallery": 12,
    "how-to/colour": 5,
    "how-to/hounsfield": 1,
    "how-to/multi-frame": 3,
    "how-to/network-input": 3,
    "how-to/notebook": 6,
    "index": 1,
    "pipeline": 4,
    "tutorial": 4,
}


def pages() -> list[str]:
    found = [page.relative_to(SITE) for page in sorted(SITE.rglob("*.html"))]
    return [
        page.with_suffix("").as_posix()
        for page in found
        if page.parts[0] not in ("_modules", "_static") and page.stem not in ("genindex", "search")
    ]


def test_the_site_was_built() -> None:
    assert set(PICTURES) <= set(pages()), "run `nox -s docs` first"


@pytest.mark.parametrize("page", pages())
def test_a_page_is_whole(browser: Chrome, page: str) -> None:
    browser.get_log("browser")
    browser.get((SITE / f"{page}.html").as_uri())
    assert browser.find_element(By.TAG_NAME, "h1").is_displayed()
    article = browser.find_element(By.CSS_SELECTOR, "article")
    assert "Traceback (most recent call last)" not in article.text
    # A picture out of sight may be loaded only when it is scrolled to.
    broken = browser.execute_async_script(
        """
        const done = arguments[0], images = [...document.images];
        for (const image of images) image.loading = "eager";
        Promise.all(images.map(image => image.decode().then(() => null, () => image.src)))
          .then(results => done(results.filter(Boolean)));
        """
    )
    assert broken == []
    elsewhere = browser.execute_script(
        "return performance.getEntriesByType('resource').map(entry => entry.name)"
        ".filter(name => !/^(file|data|blob):/.test(name))"
    )
    assert elsewhere == []
    # The theme writes to the console itself; faults are the browser's own words.
    faults = [entry for entry in browser.get_log("browser") if entry["source"] != "console-api"]
    assert faults == []


@pytest.mark.parametrize(("page", "fewest"), PICTURES.items())
def test_there_is_a_picture_where_one_helps(browser: Chrome, page: str, fewest: int) -> None:
    browser.get((SITE / f"{page}.html").as_uri())
    large = [
        picture
        for picture in browser.find_elements(By.CSS_SELECTOR, "article img")
        if picture.size["width"] > 100
    ]
    assert len(large) >= fewest


def test_the_page_leaves_a_dataset_s_tree_alone(browser: Chrome) -> None:
    browser.get((SITE / "exam.html").as_uri())
    for part in browser.find_elements(By.CSS_SELECTOR, ".dk-row:first-of-type span"):
        assert part.size["width"] > 10
        assert part.value_of_css_property("background-color") == "rgba(0, 0, 0, 0)"


def test_a_page_can_be_found_by_searching(browser: Chrome) -> None:
    browser.get((SITE / "search.html").as_uri() + "?q=hounsfield")
    browser.implicitly_wait(10)
    found = [link.text for link in browser.find_elements(By.CSS_SELECTOR, "#search-results li a")]
    browser.implicitly_wait(0)
    assert "Get Hounsfield units right" in found
