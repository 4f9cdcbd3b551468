"""`show` and `show_windows`, by what they drew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.figure import Figure

import dicomkit as dk
from dicomkit.image.reader import DecodedFrame, FrameReader
from dicomkit.notebook import compare, montage, show, show_steps, show_windows

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from matplotlib.axes import Axes
    from pydicom.dataset import Dataset

    from dicomkit.display.views import WindowLike


def drawn(ax: Axes) -> npt.NDArray[np.uint8]:
    (image,) = ax.images
    array = image.get_array()
    assert array is not None
    return np.asarray(array, np.uint8)


def letters(ax: Axes) -> set[str]:
    return {text.get_text() for text in ax.texts}


def test_show_draws_the_rendered_picture_unchanged(sample: Callable[[str], Dataset]) -> None:
    ds = sample("CT_small.dcm")
    (ax,) = show(ds, window="lung").axes
    assert np.array_equal(drawn(ax), dk.render(ds, window="lung"))
    assert ax.images[0].get_clim() == (0, 255)
    assert ax.get_title() == "preset lung\ncenter -600, width 1500, LINEAR"
    # 128 columns of 0.661468 mm: 30 % of the width is 25.4 mm.
    assert letters(ax) == {"R", "L", "A", "P", "20 mm"}
    assert tuple(ax.images[0].get_extent()) == (-0.5, 127.5, 127.5, -0.5)


def test_show_draws_pixels_in_their_true_shape(sample: Callable[[str], Dataset]) -> None:
    # Pixel Aspect Ratio is 4\3: a pixel is a third taller than wide.
    (ax,) = show(sample("color-px.dcm")).axes
    assert ax.get_aspect() == pytest.approx(4 / 3)
    assert letters(ax) == set()


def test_show_picks_a_frame(sample: Callable[[str], Dataset]) -> None:
    ds = sample("emri_small.dcm")
    (ax,) = show(ds, 4).axes
    assert np.array_equal(drawn(ax), dk.render(ds, 4))
    assert ax.get_title().startswith("frame 4 of 10\n")


def test_show_draws_colour(sample: Callable[[str], Dataset]) -> None:
    ds = sample("examples_palette.dcm")
    (ax,) = show(ds).axes
    assert np.array_equal(drawn(ax), dk.render(ds))
    assert ax.get_title() == "PALETTE COLOR"


def test_show_draws_into_given_axes(sample: Callable[[str], Dataset]) -> None:
    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert show(sample("CT_small.dcm"), ax=right) is figure
    assert not left.images
    assert len(right.images) == 1


def test_a_strip_makes_no_strip_of_a_figure(sample: Callable[[str], Dataset]) -> None:
    # 1024 rows of 256 columns.
    width, height = show(sample("JPEG2000_UNC.dcm")).get_size_inches()
    assert height / width < 2.2


def test_show_windows_draws_one_picture_a_window(sample: Callable[[str], Dataset]) -> None:
    ds = sample("CT_small.dcm")
    windows: list[WindowLike] = ["lung", dk.Window(0, 100), "full"]
    axes = show_windows(ds, windows).axes
    assert len(axes) == 3
    for ax, window in zip(axes, windows, strict=True):
        assert np.array_equal(drawn(ax), dk.render(ds, window=window))


def test_show_windows_leaves_places_of_the_grid_empty(sample: Callable[[str], Dataset]) -> None:
    axes = show_windows(sample("CT_small.dcm"), ["brain"] * 5).axes
    assert [len(ax.images) for ax in axes] == [1, 1, 1, 1, 1, 0]
    assert not any(ax.axison for ax in axes)


def test_show_windows_draws_into_given_axes(sample: Callable[[str], Dataset]) -> None:
    figure = Figure()
    axes = figure.subplots(2, 1)
    assert show_windows(sample("CT_small.dcm"), ["lung", "bone"], axes=axes) is figure
    assert all(len(ax.images) == 1 for ax in axes)


def test_show_windows_needs_a_window(sample: Callable[[str], Dataset]) -> None:
    with pytest.raises(ValueError, match="no window"):
        show_windows(sample("CT_small.dcm"), [])


def test_a_preset_that_does_not_fit_is_no_picture(sample: Callable[[str], Dataset]) -> None:
    with pytest.raises(dk.UnitsError):
        show(sample("MR_small.dcm"), window="brain")


def test_a_single_name_is_no_sequence_of_windows(sample: Callable[[str], Dataset]) -> None:
    ds = sample("CT_small.dcm")
    with pytest.raises(TypeError, match=r"write \['bone'\]"):
        show_windows(ds, "bone")


@pytest.mark.parametrize("is_open", [False, True], ids=["dataset", "image"])
def test_a_figure_decodes_a_frame_once(
    sample: Callable[[str], Dataset], monkeypatch: pytest.MonkeyPatch, *, is_open: bool
) -> None:
    decoded: list[int] = []
    decode = FrameReader.decode

    def counting(reader: FrameReader, index: int) -> DecodedFrame:
        decoded.append(index)
        return decode(reader, index)

    monkeypatch.setattr(FrameReader, "decode", counting)
    for draw in (
        show,
        show_steps,
        lambda given: show_windows(given, ["bone", "auto", "full", "lung"]),
        lambda given: montage([given]),
    ):
        ds = sample("J2K_pixelrep_mismatch.dcm")
        decoded.clear()
        draw(dk.open_image(ds) if is_open else ds)
        assert decoded == [0]
    ds = sample("J2K_pixelrep_mismatch.dcm")
    decoded.clear()
    compare(ds, ds)
    # Of each image, though they are one.
    assert decoded == [0, 0]
