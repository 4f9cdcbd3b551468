"""`show` of an array: values that have left their dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib.figure import Figure

import dicomkit as dk
from dicomkit.notebook import show

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

    from dicomkit.typing import WindowLike

GREY = np.arange(12, dtype=np.uint8).reshape(3, 4)
RGB = np.arange(36, dtype=np.uint8).reshape(3, 4, 3)


def drawn(figure: Figure) -> NDArray[np.uint8]:
    (ax,) = figure.axes
    (image,) = ax.images
    assert image.get_clim() == (0, 255)
    return np.asarray(image.get_array())


def title(figure: Figure) -> str:
    return figure.axes[0].get_title()


@pytest.mark.parametrize("array", [GREY, RGB], ids=["grey", "colour"])
def test_bytes_are_drawn_as_they_are(array: NDArray[np.uint8]) -> None:
    array.setflags(write=False)
    np.testing.assert_array_equal(drawn(show(array)), array)
    assert title(show(GREY)) == "uint8"
    assert title(show(RGB)) == "RGB of uint8"


def test_a_rendered_picture_looks_as_its_dataset(sample: Callable[[str], Dataset]) -> None:
    ds = sample("CT_small.dcm")
    picture = dk.render(ds, window="bone")
    np.testing.assert_array_equal(drawn(show(picture)), drawn(show(ds, window="bone")))
    colors = dk.render(ds, window=["bone", "lung", "brain"])
    np.testing.assert_array_equal(drawn(show(colors)), colors)


def test_values_are_drawn_through_a_window(sample: Callable[[str], Dataset]) -> None:
    ds = sample("CT_small.dcm")
    hu = dk.to_hu(ds)
    windows: list[WindowLike] = ["brain", dk.Window(100, 300), ["lung", "brain", dk.Window(0, 9)]]
    for window in windows:
        figure = show(hu, window=window)
        np.testing.assert_array_equal(drawn(figure), dk.render(ds, window=window))
        assert title(figure) == title(show(ds, window=window))


def test_without_a_window_extremes_do_not_count() -> None:
    values = np.tile(np.linspace(0, 1, 1000), (1, 1))
    values[0, -1] = 1e9
    figure = show(values)
    assert title(figure).startswith("computed: all but the extreme values\n")
    assert drawn(figure)[0, 900] > 220
    full = show(values, window="full")
    assert title(full).startswith("computed: the full range of the values\n")
    assert drawn(full)[0, 900] == 0
    assert drawn(full)[0, -1] == 255


@pytest.mark.parametrize(
    "array",
    [
        np.array([[False, True]]),
        np.array([[0, 1]], np.int64),
        np.array([[0, 1]], np.float64),
        np.array([[-1, 5]], np.int8),
        np.array([[0, 65535]], np.uint16),
        np.array([[1e-300, 1e300]]),
        np.array([[0, np.finfo(np.float32).max]], np.float32),
    ],
    ids=lambda array: str(array.dtype),
)
def test_the_least_is_black_and_the_most_is_white(array: NDArray[Any]) -> None:
    for window in (None, "auto", "full"):
        assert drawn(show(array, window=window)).tolist() == [[0, 255]]


def test_bytes_too_may_have_a_window() -> None:
    assert drawn(show(GREY, window="full")).tolist() == [
        [0, 23, 46, 70],
        [93, 116, 139, 162],
        [185, 209, 232, 255],
    ]


def test_what_is_not_finite_is_no_value() -> None:
    values = np.array([[np.nan, -1, 0, 1, np.inf, -np.inf]])
    assert drawn(show(values, window="full")).tolist() == [[0, 0, 128, 255, 255, 0]]
    assert drawn(show(np.full((2, 2), np.nan))).tolist() == [[0, 0], [0, 0]]


def test_a_table_is_a_window() -> None:
    table = dk.LookupTable(0, [0, 255, 51], 8)
    assert drawn(show(np.array([[0, 1, 2]]), window=table)).tolist() == [[0, 255, 51]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint16])
def test_colours_of_other_types_are_scaled_by_what_full_means(dtype: type[np.generic]) -> None:
    full = 65535 if dtype is np.uint16 else 1
    colors = (np.array([[[0, 0.2, 1]]]) * full).astype(dtype)
    assert drawn(show(colors)).tolist() == [[[0, 51, 255]]]


@pytest.mark.parametrize("shape", [(), (4,), (2, 3, 4), (5, 3, 4, 3), (0, 4), (4, 0), (0, 4, 3)])
def test_a_shape_that_is_no_image_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"not \(.*\); of several frames, show array\[0\]"):
        show(np.zeros(shape))


@pytest.mark.parametrize("dtype", [np.complex64, object, "U1", "M8[s]"])
def test_what_is_no_number_is_refused(dtype: str) -> None:
    with pytest.raises(TypeError, match="real numbers"):
        show(np.zeros((2, 2), dtype))


def test_colours_have_no_other_types_and_no_window() -> None:
    with pytest.raises(TypeError, match="colours are uint8, uint16, or real numbers"):
        show(RGB.astype(np.int32))
    with pytest.raises(ValueError, match="no window"):
        show(RGB, window="auto")


def test_an_array_offers_no_views_and_one_frame() -> None:
    with pytest.raises(ValueError, match="offers no views"):
        show(GREY, window=0)
    with pytest.raises(ValueError, match="no window is called"):
        show(GREY, window="moon")
    with pytest.raises(IndexError, match="one frame"):
        show(GREY, 1)
    with pytest.raises(TypeError, match="not True"):
        show(GREY, frame=True)


def test_given_axes_are_used_for_an_array() -> None:
    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert show(GREY, ax=right) is figure
    assert (len(left.images), len(right.images)) == (0, 1)


def test_a_strip_of_values_makes_no_strip_of_a_figure() -> None:
    width, height = show(np.zeros((1000, 1))).get_size_inches()
    assert height / width < 2.2
