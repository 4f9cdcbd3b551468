"""The built documentation: every page whole, every picture there, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from selenium.webdriver.common.by import By

import dicomkit

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

SITE = Path(__file__).parents[1] / "docs" / "_build" / "html"
# Pages that show what was drawn while the site was built, and how many pictures at least.
PICTURES = {
    "exam": 1,
    "gallery": 11,
    "how-to/angiography": 2,
    "how-to/colour": 5,
    "how-to/hounsfield": 1,
    "how-to/multi-frame": 4,
    "how-to/network-input": 1,
    "how-to/scroll": 2,
    "how-to/series": 2,
    "how-to/sixteen-bits": 1,
    "how-to/table": 1,
    "index": 1,
    "pipeline": 7,
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


def in_the_dark(browser: Chrome, page: str) -> None:
    """Open a page as a reader who prefers dark ones."""
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    browser.get((SITE / f"{page}.html").as_uri())
    theme = browser.find_element(By.TAG_NAME, "html").get_attribute("data-theme")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert theme == "dark"


def test_dark_pages_leave_the_greys_of_pictures_alone(browser: Chrome) -> None:
    in_the_dark(browser, "tutorial")
    pictures = browser.find_elements(By.CSS_SELECTOR, ".cell_output img")
    assert {picture.value_of_css_property("filter") for picture in pictures} == {"none"}


@pytest.mark.parametrize("piece", ["tree", "pipeline", "overview"])
def test_pieces_are_at_home_on_dark_pages(browser: Chrome, piece: str) -> None:
    in_the_dark(browser, "tutorial")
    found = browser.find_element(By.CSS_SELECTOR, f".dicomkit-{piece}")
    ground = found.find_element(By.XPATH, "..").value_of_css_property("background-color")
    assert ground == "rgba(0, 0, 0, 0)"
    text = browser.find_element(By.CSS_SELECTOR, "article p").value_of_css_property("color")
    assert found.value_of_css_property("color") == text


@pytest.mark.parametrize("width", [480, 1280])
@pytest.mark.parametrize("page", pages())
def test_nothing_sticks_out_of_a_page(browser: Chrome, page: str, width: int) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get((SITE / f"{page}.html").as_uri())
    reach = browser.execute_script("return document.documentElement.scrollWidth")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert reach <= width


def test_every_link_within_the_site_leads_somewhere(browser: Chrome) -> None:
    anchors: dict[str, set[str]] = {}
    links: list[tuple[str, str, str]] = []
    for page in (*pages(), "genindex"):
        browser.get((SITE / f"{page}.html").as_uri())
        here = browser.current_url
        anchors[here] = set(
            browser.execute_script("return [...document.querySelectorAll('[id]')].map(e => e.id)")
        )
        found = browser.execute_script(
            "return [...document.querySelectorAll('article a[href]')].map(a => a.href)"
        )
        for link in found:
            target, _, anchor = str(link).partition("#")
            links.append((here, target, anchor))
    broken = [
        (here, target, anchor)
        for here, target, anchor in links
        if target.startswith("file:")
        and (
            not Path(unquote(target.removeprefix("file://"))).is_file()
            or (anchor and target in anchors and unquote(anchor) not in anchors[target])
        )
    ]
    assert broken == []


def test_signatures_name_types_as_they_are_imported_and_lead_to_them(browser: Chrome) -> None:
    browser.get((SITE / "reference.html").as_uri())
    assert "ForwardRef" not in browser.find_element(By.CSS_SELECTOR, "article").text
    signature = browser.find_element(By.ID, "dicomkit.render")
    assert "window: WindowLike = None" in signature.text
    assert len(signature.find_elements(By.XPATH, "../dt")) == 1
    link = signature.find_element(By.LINK_TEXT, "WindowLike").get_attribute("href")
    assert str(link).endswith("#types")
    source = signature.find_element(By.LINK_TEXT, "[source]").get_attribute("href")
    assert "_modules/dicomkit/display/render.html" in str(source)


def test_every_page_says_of_which_version_it_is(browser: Chrome) -> None:
    browser.get((SITE / "how-to/series.html").as_uri())
    assert dicomkit.__version__ in browser.find_element(By.CSS_SELECTOR, "header").text


def test_the_page_leaves_a_dataset_s_tree_alone(browser: Chrome) -> None:
    browser.get((SITE / "tutorial.html").as_uri())
    for part in browser.find_elements(By.CSS_SELECTOR, ".dk-row:first-of-type span"):
        assert part.size["width"] > 10
        assert part.value_of_css_property("background-color") == "rgba(0, 0, 0, 0)"


def test_a_page_can_be_found_by_searching(browser: Chrome) -> None:
    browser.get((SITE / "search.html").as_uri() + "?q=hounsfield")
    browser.implicitly_wait(10)
    found = [link.text for link in browser.find_elements(By.CSS_SELECTOR, "#search-results li a")]
    browser.implicitly_wait(0)
    assert "Get Hounsfield units right" in found
