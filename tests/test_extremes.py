"""Numbers that are finite but out of this world, in every text, page, figure and file.

Whatever a file says, what it says is shown, or left out, but never ends in Python's own error or in
a warning, which is an error here.
"""

from __future__ import annotations

import io
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from tests.pages import Parsed

import dicomkit as dk
from dicomkit.__main__ import main
from dicomkit.notebook import compare, montage, show, show_steps, show_windows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from matplotlib.figure import Figure
    from pydicom.dataset import FileDataset

    from dicomkit.typing import Padding, WindowLike

HUGE: Final = ("1e308", "-1e308", "1.79e308", "1e-308", "5e-324", "1e39", "-1e39")
SIZE: Final = 16


def ct(**elements: Any) -> FileDataset:  # noqa: ANN401 - elements of many types
    """Make a small CT; its values are the numbers from 0 to 255."""
    ds = dk.read_dataset(str(get_testdata_file("CT_small.dcm", download=False)))
    ds.Rows = ds.Columns = SIZE
    ds.PixelData = np.arange(SIZE * SIZE, dtype="<i2").tobytes()
    del ds.DataSetTrailingPadding
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


def floating(kind: type[np.floating[Any]], *values: float) -> FileDataset:
    """Make an image of real numbers."""
    ds = ct(BitsAllocated=8 * np.dtype(kind).itemsize)
    del ds.PixelData, ds.BitsStored, ds.HighBit, ds.PixelRepresentation, ds.PixelPaddingValue
    stored = np.resize(np.array(values, kind), (SIZE, SIZE)).tobytes()
    setattr(ds, "FloatPixelData" if kind is np.float32 else "DoubleFloatPixelData", stored)
    return ds


def unsigned_64() -> FileDataset:
    ds = ct(BitsAllocated=64, BitsStored=64, HighBit=63, PixelRepresentation=0)
    del ds.PixelPaddingValue
    ds.PixelData = np.resize(np.array([0, 7, 2**63, 2**64 - 1], "<u8"), (SIZE, SIZE)).tobytes()
    return ds


def all_padding() -> FileDataset:
    ds = ct(PixelPaddingValue=0)
    ds.add_new(0x00280121, "SS", 300)
    return ds


NOT_FINITE: Final = (np.nan, np.inf, -np.inf)
MOST_32, MOST_64 = (float(np.finfo(kind).max) for kind in (np.float32, np.float64))
IMAGES: Final[dict[str, Callable[[], FileDataset]]] = {
    **{
        f"spacing {rows} {columns}": partial(ct, PixelSpacing=[rows, columns])
        for rows, columns in (
            ("1e308", "1e-308"),
            ("1e-308", "1e308"),
            ("1e308", "1e308"),
            ("1e-308", "1e-308"),
            ("5e-324", "1"),
            ("1", "5e-324"),
            ("1e-9", "1e-9"),
            ("1", "1000"),
        )
    },
    "aspect": partial(ct, PixelSpacing=None, PixelAspectRatio=[2147483647, 1]),
    "flat aspect": partial(ct, PixelSpacing=None, PixelAspectRatio=[1, 2147483647]),
    **{
        f"rescale {slope} {intercept}": partial(ct, RescaleSlope=slope, RescaleIntercept=intercept)
        for slope, intercept in (
            *(("1", huge) for huge in HUGE),
            *((huge, "-1024") for huge in HUGE),
            ("1e308", "-1e308"),
            ("-1e308", "1e308"),
            ("5e-324", "5e-324"),
        )
    },
    **{
        f"window {center} {width} {function}": partial(
            ct, WindowCenter=center, WindowWidth=width, VOILUTFunction=function
        )
        for center, width in (
            ("1e308", "1e308"),
            ("-1e308", "1.79e308"),
            ("100", "1.79e308"),
            ("1e308", "1"),
            ("100", "5e-324"),
            ("5e-324", "1e-308"),
        )
        for function in ("LINEAR", "LINEAR_EXACT", "SIGMOID")
    },
    "window of huge values": partial(
        ct, RescaleSlope="1e300", RescaleIntercept="0", WindowCenter="1e302", WindowWidth="1e302"
    ),
    "position": partial(
        ct,
        ImagePositionPatient=["1e308", "-1e308", "1e308"],
        ImageOrientationPatient=["1e308", "0", "1", "1", "1e308", "1e308"],
    ),
    "all padding": all_padding,
    "padding at the end": partial(
        ct, PixelPaddingValue=1, WindowCenter="128", WindowWidth="1000", RescaleIntercept="0"
    ),
    "64 bits": unsigned_64,
    "float32": partial(floating, np.float32, 0, MOST_32, -MOST_32, *NOT_FINITE, 1e-45),
    "float64": partial(floating, np.float64, 0, MOST_64, -MOST_64, *NOT_FINITE, 5e-324),
    "tiny": partial(floating, np.float64, 0, 5e-324, 1e-323),
    "next to each other": partial(floating, np.float64, 1e300, np.nextafter(1e300, 2e300)),
    "far apart": partial(floating, np.float64, 0, 5e-324, MOST_64),
    "nothing finite": partial(floating, np.float32, *NOT_FINITE),
    "one infinity": partial(floating, np.float64, np.inf),
}
every_image = pytest.mark.parametrize("name", IMAGES)


def draw(figure: Figure) -> None:
    figure.savefig(io.BytesIO(), format="png", dpi=30)


def harmless(page: str) -> None:
    """Refuse what a browser cannot draw."""
    assert Parsed(page).tags
    for said in re.findall(r'(?:points|width|height|x|y|d)="([^"]*)"', page):
        assert not re.search("nan|inf", said)


@every_image
@pytest.mark.parametrize("padding", ["clamp", "background"])
@pytest.mark.parametrize(
    "window",
    [None, "full", "auto", dk.Window(1e308, 1.7e308), ("full", "auto", None)],
    ids=["none", "full", "auto", "window", "three"],
)
def test_pictures(name: str, window: WindowLike, padding: Padding) -> None:
    image = dk.open_image(IMAGES[name]())
    picture = dk.render(image, window=window, padding=padding)
    pipeline = dk.display_pipeline(image, window=window, padding=padding)
    np.testing.assert_array_equal(picture, pipeline.by_steps(dk.stored_values(image)))
    assert str(pipeline)
    if padding == "background" and "padding" in name:
        gray = image.gray(0)
        assert gray.padding is not None
        covered = gray.padding.covers(dk.stored_values(image))
        assert covered.any()
        assert not picture[covered].any()


@every_image
def test_pictures_of_square_pixels_and_of_values(name: str) -> None:
    ds = IMAGES[name]()
    assert dk.render(ds, bits=16).dtype == np.uint16
    try:
        assert max(dk.render(ds, square=True).shape) <= 64 * SIZE
    except dk.LimitError as error:
        assert "as long as wide" in error.message  # noqa: PT017 - success is as good
    values = dk.to_values(ds)
    assert dk.to_uint8(dk.apply_window(values, dk.auto_window(values))).shape == (SIZE, SIZE)


@every_image
@pytest.mark.parametrize("padding", ["clamp", "background"])
def test_the_pipelines_page(name: str, padding: Padding) -> None:
    ds = IMAGES[name]()
    windows: list[WindowLike] = [None, "auto"] if padding == "clamp" else [("full", "auto", None)]
    for window in windows:
        harmless(dk.display_pipeline(ds, window=window, padding=padding)._repr_html_())


@every_image
def test_walks_and_commands(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "image")
    IMAGES[name]().save_as(path)
    walker = dk.FileSetWalker(tmp_path)
    page = walker._repr_html_()
    harmless(page)
    assert "data:image/png" in page
    (series,) = walker.series()
    harmless(series._repr_html_())
    assert walker.summary()
    assert walker.rows(elements=["PixelSpacing", "RescaleIntercept", "WindowWidth"])
    harmless(dk.metadata_tree(dk.read_dataset(path))._repr_html_())
    for words in (
        ["show", path],
        ["show", path, "--json"],
        ["tree", path],
        ["list", path, "--json"],
    ):
        assert main(words) == 0
    assert "nan" not in capsys.readouterr().out.lower().split()


# Figures take their time, and windows reach them as words and curves only.
IN_FIGURES: Final = [
    name for name in IMAGES if not re.match("window.*LIN|rescale .?(1.79|5)e|spacing 1 |tiny", name)
]


@pytest.mark.parametrize("name", IN_FIGURES)
def test_figures(name: str) -> None:
    image = dk.open_image(IMAGES[name]())
    draw(show(image, window=("full", "auto", None)))
    draw(show_steps(image))
    draw(compare(image, IMAGES["rescale 1 1e308"]()))


@pytest.mark.parametrize("name", ["spacing 1e308 1e-308", "rescale 1e308 -1024", "float64"])
def test_other_figures(name: str) -> None:
    image = dk.open_image(IMAGES[name]())
    draw(show_windows(image, ["full", "auto", dk.Window(1e308, 1.7e308)]))
    draw(montage([image, image]))
    draw(show(dk.to_values(image)))
    draw(show(dk.stored_values(image), window="full"))


@every_image
def test_exports(name: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for place in ("a", "b"):
        IMAGES[name]().save_as(tmp_path / "in" / place)
    for shared in (False, True):
        report = dk.export_fileset(
            tmp_path / "in",
            tmp_path / f"out{shared}",
            format="png",
            layout="{sop_instance_uid}",
            series_window=shared,
            padding="background",
            workers=1,
        )
        assert len(report.written) == 2
        harmless(report._repr_html_())


def test_a_pixel_of_impossible_shape_counts_as_square() -> None:
    odd, plain = IMAGES["spacing 1e308 1e-308"](), IMAGES["spacing 1e308 1e308"]()
    for ds in (odd, plain):
        (ax,) = show(ds).axes
        assert ax.get_aspect() == 1
