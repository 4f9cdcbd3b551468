from __future__ import annotations

import pickle
from typing import Any

import pytest

from dicomkit.display.options import PictureOptions
from dicomkit.transforms.window import Window


def test_options_are_a_value_that_travels() -> None:
    options = PictureOptions(window=Window(40, 80), bits=16, padding="background")
    assert pickle.loads(pickle.dumps(options)) == options  # noqa: S301
    assert options != PictureOptions()


@pytest.mark.parametrize("bits", [0, 1, 12, 24, "8", None])
def test_pictures_have_8_or_16_bits(bits: Any) -> None:  # noqa: ANN401 - a caller's mistake
    with pytest.raises(ValueError, match="bits must be 8 or 16"):
        PictureOptions(bits=bits)


@pytest.mark.parametrize("padding", ["", "black", None, True])
def test_padding_clamps_or_is_background(padding: Any) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match="'clamp' or 'background'"):
        PictureOptions(padding=padding)


@pytest.mark.parametrize("window", ["brian", "", ("full", "full"), ("brain", "bone", "lnug"), b"x"])
def test_a_window_that_no_image_can_have_is_refused_before_any_is_read(window: Any) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match=r"no window is called|3 are needed"):
        PictureOptions(window=window)


@pytest.mark.parametrize("window", [2.5, {"brain"}, ("full", 0, 1.5)])
def test_a_window_of_the_wrong_kind_is_a_type_error(window: Any) -> None:  # noqa: ANN401
    with pytest.raises(TypeError, match="a window is a Window"):
        PictureOptions(window=window)


@pytest.mark.parametrize(
    "window", [None, 0, 99, "brain", "auto", "full", Window(1, 2), (0, "full", None)]
)
def test_any_other_window_is_taken(window: Any) -> None:  # noqa: ANN401
    assert PictureOptions(window=window).window == window
