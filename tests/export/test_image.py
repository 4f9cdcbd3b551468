from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from dicomkit.errors import WriteError
from dicomkit.export.image import save_image
from dicomkit.export.writing.encoding import encode_image

if TYPE_CHECKING:
    from pathlib import Path

GREY = np.arange(256, dtype=np.uint8).reshape(16, 16)


def test_the_suffix_chooses_the_format(tmp_path: Path) -> None:
    GREY.setflags(write=False)
    save_image(GREY, tmp_path / "a.png")
    save_image(GREY, str(tmp_path / "b.TIF"))
    for name in ("a.png", "b.TIF"):
        with Image.open(tmp_path / name) as picture:
            np.testing.assert_array_equal(np.asarray(picture), GREY)


def test_quality_reaches_the_encoder(tmp_path: Path) -> None:
    save_image(GREY, tmp_path / "a.jpg", quality=30)
    assert (tmp_path / "a.jpg").read_bytes() == encode_image(GREY, ".jpg", quality=30)
    save_image(GREY, tmp_path / "a.jpg")
    assert (tmp_path / "a.jpg").read_bytes() == encode_image(GREY, ".jpg", quality=90)


def test_overwrite_can_be_refused(tmp_path: Path) -> None:
    save_image(GREY, tmp_path / "a.png")
    save_image(GREY.T, tmp_path / "a.png")
    with pytest.raises(WriteError):
        save_image(GREY, tmp_path / "a.png", overwrite=False)
    with Image.open(tmp_path / "a.png") as picture:
        np.testing.assert_array_equal(np.asarray(picture), GREY.T)


def test_a_refused_image_leaves_the_file_alone(tmp_path: Path) -> None:
    save_image(GREY, tmp_path / "a.png")
    before = (tmp_path / "a.png").read_bytes()
    with pytest.raises(TypeError):
        save_image(GREY.astype(float), tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes() == before


def test_a_path_without_suffix_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="use one of"):
        save_image(GREY, tmp_path / "picture")
