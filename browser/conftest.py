"""One headless Chromium for all."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest import TempPathFactory  # noqa: PT013 - only its type

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,900",
)


def pytest_configure() -> None:
    """Stop where there is no browser."""
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.exit("install Chromium and its driver (chromium, chromium-driver)", returncode=4)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: TempPathFactory) -> Iterator[Chrome]:
    """Start a browser that keeps to itself."""
    options = ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options, ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture
def opened(browser: Chrome, tmp_path: Path) -> Callable[[str], Chrome]:
    """Give a function that opens a piece of HTML as a notebook would place it in a page."""

    def open_page(piece: str, style: str = "") -> Chrome:
        page = tmp_path / "page.html"
        head = '<!doctype html><meta charset="utf-8"><title>page</title>'
        page.write_text(f'{head}<body style="{style}">{piece}</body>', encoding="utf-8")
        browser.get_log("browser")
        browser.get(page.as_uri())
        return browser

    return open_page
