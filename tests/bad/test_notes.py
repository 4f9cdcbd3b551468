"""A file that lies gives the picture that it must mean, and a note that says what was mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pytest
from tests.bad.lies import LIES

import dicomkit as dk
from dicomkit.display.options import PictureOptions
from dicomkit.display.render import render_frame

if TYPE_CHECKING:
    from tests.bad.case import Noted

    from dicomkit.display.render import Rendered

EVERYTHING: Final = PictureOptions(overlays=True, square=True, icc=True, mask=True)


def shown(data: bytes) -> Rendered:
    return render_frame(dk.open_image(dk.read_dataset(data)), 0, EVERYTHING)


@pytest.mark.parametrize("case", LIES, ids=lambda case: case.name)
def test_a_lie_changes_no_picture_and_is_noted(case: Noted) -> None:
    found, expected = shown(case.make()), shown(case.like())
    np.testing.assert_array_equal(found.image, expected.image)
    codes = {note.code for note in found.notes}
    assert case.note in codes or not case.note
