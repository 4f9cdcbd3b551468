"""`notebook.scroll` as somebody uses it: in JupyterLab, with a mouse, and saved for another day."""

from __future__ import annotations

import base64
import io
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from pydicom.data import get_testdata_file
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

import dicomkit as dk
from browser.jupyter import jupyter_lab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest import TempPathFactory  # noqa: PT013 - only its type
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

    from browser.jupyter import Lab

pytestmark = pytest.mark.timeout(400)

FRAMES = str(get_testdata_file("emri_small.dcm", download=False))
EXAM = str(get_testdata_file("dicomdirtests/DICOMDIR", download=False))
# The picture as the browser has it, once it is decoded.
PIXELS = """
const image = document.querySelector('.jp-OutputArea img.widget-image');
if (!image?.complete || !image.naturalWidth) return null;
const canvas = document.createElement('canvas');
canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
const context = canvas.getContext('2d');
context.drawImage(image, 0, 0);
const {data} = context.getImageData(0, 0, canvas.width, canvas.height);
return [canvas.height, canvas.width, ...data.filter((_, index) => index % 4 == 0)];
"""


@pytest.fixture(scope="module")
def lab(browser: Chrome, tmp_path_factory: TempPathFactory) -> Iterator[Lab]:
    with jupyter_lab(browser, tmp_path_factory.mktemp("jupyter")) as found:
        yield found


def run(lab: Lab, name: str, source: str) -> None:
    lab.write(name, f"import dicomkit as dk\nfrom dicomkit.notebook import scroll\n{source}")
    lab.open(name)
    lab.do("notebook:run-all-cells")
    lab.until("return document.querySelector('.jp-OutputArea .noUi-handle') !== null")


def said(lab: Lab) -> str:
    script = "return document.querySelector('.jp-OutputArea .widget-vbox').innerText"
    return str(lab.browser.execute_script(script))


def wait_for(lab: Lab, text: str) -> None:
    lab.until(
        "return document.querySelector('.jp-OutputArea .widget-vbox')"
        f"?.innerText.includes({json.dumps(text)})"
    )


def shows(lab: Lab, expected: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
    """Wait until the picture in the page is this one, to the grey level."""
    wanted = [*expected.shape, *expected.ravel().tolist()]

    def same() -> bool:
        found = lab.browser.execute_script(PIXELS)
        return bool(found == wanted)

    for _ in range(60):
        if same():
            return
        lab.until("return new Promise(done => setTimeout(done, 500, true))")
    np.testing.assert_array_equal(lab.browser.execute_script(PIXELS), wanted)


def handle(lab: Lab) -> WebElement:
    return lab.browser.find_element(By.CSS_SELECTOR, ".jp-OutputArea .noUi-handle")


def drag(lab: Lab, share: float) -> None:
    """Drag the handle by a share of the slider's length, in steps as a hand does."""
    base = lab.browser.find_element(By.CSS_SELECTOR, ".jp-OutputArea .noUi-base")
    step = round(base.size["width"] * share / 8)
    actions = ActionChains(lab.browser, duration=30).click_and_hold(handle(lab))
    for _ in range(8):
        actions.move_by_offset(step, 0)
    actions.release().perform()


def test_frames_are_dragged_and_windows_chosen(lab: Lab) -> None:
    ds = dk.read_dataset(FRAMES)
    pictures = dk.render(ds)
    run(lab, "frames.ipynb", f"scroll({FRAMES!r})")
    wait_for(lab, "frame 5 of 10")
    shows(lab, pictures[5])
    drag(lab, 1.0)
    wait_for(lab, "frame 9 of 10")
    shows(lab, pictures[9])
    drag(lab, -1.1)
    wait_for(lab, "frame 0 of 10")
    shows(lab, pictures[0])
    handle(lab).send_keys(Keys.ARROW_RIGHT)
    wait_for(lab, "frame 1 of 10")
    shows(lab, pictures[1])
    windows = Select(lab.browser.find_element(By.CSS_SELECTOR, ".jp-OutputArea select"))
    assert [option.text for option in windows.options] == ["default", "auto", "full"]
    windows.select_by_visible_text("auto")
    expected = dk.series_window([ds])
    wait_for(lab, str(expected))
    shows(lab, dk.render(ds, 1, expected))


def test_a_click_leads_to_a_slice_of_a_series(lab: Lab) -> None:
    run(
        lab,
        "series.ipynb",
        f"series = [one for one in dk.FileSetWalker({EXAM!r}).series() if len(one) == 5][0]\n"
        "scroll(series, 'lung')",
    )
    wait_for(lab, "slice 2 of 5")
    letters = [said(lab).count(letter) for letter in ("R\n", "L\n", "A\n", "P\n")]
    assert min(letters) >= 1, said(lab)
    assert "mm" in said(lab)
    # The left end of the slider.
    base = lab.browser.find_element(By.CSS_SELECTOR, ".jp-OutputArea .noUi-base")
    left = 2 - base.size["width"] // 2
    ActionChains(lab.browser).move_to_element_with_offset(base, left, 0).click().perform()
    wait_for(lab, "slice 0 of 5")
    series = next(one for one in dk.FileSetWalker(EXAM).series() if len(one) == 5)
    first = dk.stacks(series)[0].slices[0]
    shows(lab, dk.render(dk.read_dataset(str(first.path)), window="lung"))


def test_a_saved_notebook_still_shows_the_middle_one(lab: Lab) -> None:
    run(lab, "saved.ipynb", f"scroll({FRAMES!r})")
    wait_for(lab, "frame 5 of 10")
    still = "document.querySelector('[id^=dicomkit-still]')"
    # Beside a widget that lives, it would be one picture too many.
    assert lab.until(f"return getComputedStyle({still}).display === 'none'")
    drag(lab, 1.0)
    wait_for(lab, "frame 9 of 10")
    lab.do("docmanager:save")
    outputs = lab.read("saved.ipynb")["cells"][0]["outputs"]
    htmls = ["".join(one["data"].get("text/html", "")) for one in outputs]
    (html,) = filter(None, htmls)
    data = html.partition("base64,")[2].partition('"')[0]
    with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
        assert min(picture.size) > 200
        assert len(np.unique(np.asarray(picture.convert("L")))) > 100
    # On another day, nothing but the file is left of it.
    lab.do("kernelmenu:shutdown")
    lab.open("saved.ipynb")
    lab.until(f"return {still}?.querySelector('img')?.naturalWidth > 200")
    assert lab.until(f"return getComputedStyle({still}).display !== 'none'")
    assert lab.browser.execute_script(f"return {still}.getBoundingClientRect().height > 200")


def test_no_name_is_in_the_output(lab: Lab) -> None:
    ds = dk.read_dataset(FRAMES)
    lab.write("name.ipynb", f"from dicomkit.notebook import scroll\nscroll({FRAMES!r})")
    lab.open("name.ipynb")
    lab.do("notebook:run-all-cells")
    wait_for(lab, "frame 5 of 10")
    lab.do("docmanager:save")
    outputs = json.dumps(lab.read("name.ipynb")["cells"][0]["outputs"])
    for secret in (str(ds.PatientName), str(ds.PatientID), str(ds.PatientBirthDate)):
        assert not secret or secret not in outputs
