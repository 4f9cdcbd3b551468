"""Whole figures against pictures of them that a person has looked at.

``python tests/notebook/test_looks.py`` draws the pictures anew; look at them before they
are kept.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from pydicom.data import get_testdata_file
from tests.segmentations import picture_on, segmentation

import dicomkit as dk
from dicomkit.notebook import compare, montage, planes, show, show_steps, show_windows

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.figure import Figure

LOOKS = Path(__file__).parent / "looks"
DPI = 50
# Letters differ by a few pixels between releases of matplotlib; a lost picture, scale or
# curve differs by more.
MOST_DIFFERENCE = 4.0
BLUR = 4


def head() -> dk.Volume:
    """Make a tilted head of numbers: its nose is in front, a spot on its left, high, far back."""
    shape = (24, 40, 32)
    affine = [[0, 0, 5, -80], [-2, 5, 0, -70], [6, 1, 0, -80], [0, 0, 0, 1]]
    grid = dk.Grid(shape, affine)
    x, y, z = np.moveaxis(grid.to_patient(np.moveaxis(np.indices(shape), 0, -1)), -1, 0)

    def ball(middle: tuple[float, ...], radius: float) -> npt.NDArray[np.float64]:
        a, b, c = middle
        return np.asarray(np.sqrt((x - a) ** 2 + (y - b) ** 2 + (z - c) ** 2) / radius)

    values = np.where(ball((0, 0, 0), 60) < 1, 40, -1000)
    values[np.abs(ball((0, 0, 0), 60) - 1) < 0.06] = 80
    values[ball((0, -64, 5), 14) < 1] = 80
    values[ball((30, 20, 20), 14) < 1] = 75
    return dk.Volume(values.astype(np.float32), grid, "HU", (), ())


def figure(name: str) -> Figure:
    ct = dk.read_dataset(str(get_testdata_file("CT_small.dcm", download=False)))
    if name == "show":
        return show(ct, window="soft_tissue")
    if name == "windows":
        return show_windows(ct, ["lung", "soft_tissue", "bone"])
    if name == "steps":
        return show_steps(ct, window="bone")
    if name == "compare":
        coarse = dk.read_dataset(str(get_testdata_file("CT_small.dcm", download=False)))
        coarse.PixelData = (dk.stored_values(ct) // 64 * 64).tobytes()
        return compare(ct, coarse, window="bone")
    if name in {"painted", "planes", "wash"}:
        return cuts() if name == "planes" else over_ct(name)
    return montage(dk.read_dataset(str(get_testdata_file("emri_small.dcm", download=False))))


def cuts() -> Figure:
    """Cut the head through its lesion."""
    volume = head()
    assert volume.grid is not None
    spot = volume.grid.to_indices((30, 20, 20)).round().astype(int)
    return planes(volume, [int(index) for index in spot], "brain")


def over_ct(name: str) -> Figure:
    """Draw two discs, or a dose, over a slice made of numbers."""
    grid = dk.Grid((3, 40, 50), np.array([[0, 0, 2, 0], [0, 2, 0, 0], [4, 0, 0, 0], [0, 0, 0, 1]]))
    _, j, i = np.mgrid[:3, :40, :50]
    first, second = (np.hypot(j - 18, i - at) < 9 for at in (18, 28))
    if name == "painted":
        return show(picture_on(grid, 1), segmentation=segmentation({1: first, 2: second}, grid))
    plane = np.full(grid.shape, 40, np.float32)
    dose = (60 * np.exp(-(np.hypot(j - 18, i - 22) ** 2) / 150)).astype(np.float32)
    volume = dk.Volume(plane, grid, "HU", (), ())
    labels = {1: first & second}
    return planes(volume, None, "brain", labels=labels, wash=dk.Volume(dose, grid, "Gy", (), ()))


def drawn(name: str) -> Image.Image:
    buffer = io.BytesIO()
    figure(name).savefig(buffer, format="png", dpi=DPI)
    return Image.open(buffer).convert("RGB")


NAMES = ("compare", "montage", "painted", "planes", "show", "steps", "wash", "windows")


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_looks_as_it_did(name: str) -> None:
    with Image.open(LOOKS / f"{name}.png") as image:
        expected = image.convert("RGB")
    found = drawn(name)
    assert found.size == expected.size
    small = (found.width // BLUR, found.height // BLUR)
    difference = np.asarray(found.resize(small), float) - np.asarray(expected.resize(small), float)
    assert np.abs(difference).mean() < MOST_DIFFERENCE


@pytest.mark.parametrize("name", NAMES)
def test_the_tolerance_would_see_a_lost_picture(name: str) -> None:
    with Image.open(LOOKS / f"{name}.png") as image:
        expected = np.asarray(image.convert("RGB"), float)
    assert np.abs(expected - 255).mean() > 2 * MOST_DIFFERENCE


if __name__ == "__main__":
    for each in NAMES:
        drawn(each).save(LOOKS / f"{each}.png")
