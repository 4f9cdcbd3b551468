"""Small images, and what presentation states make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from tests.states import annotation, layer, make_state, state_of

import dicomkit as dk

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from tests.display.conftest import MakeImage

__all__ = ["MARKS", "UID", "F", "black", "drawn", "shown", "small"]

UID = "1.2.3"
MARKS = [layer("MARKS")]
# A letter that is another one from each side.
F = np.array([[1, 1, 1], [1, 0, 0], [1, 1, 0], [1, 0, 0]]) * 255


def black(grey: MakeImage, rows: int = 9, columns: int = 9, **elements: object) -> Dataset:
    return grey(np.zeros((rows, columns)), "u1", SOPInstanceUID=UID, **elements)


def drawn(image: Dataset, *objects: Dataset, **elements: Any) -> list[str]:  # noqa: ANN401
    """Give the rows of the picture, # for what is white."""
    elements.setdefault("GraphicLayerSequence", MARKS)
    ps = make_state(image, GraphicAnnotationSequence=[annotation(*objects)], **elements)
    picture = dk.render(image, presentation=dk.presentation_state(ps), graphics=True)
    assert set(np.unique(picture)) <= {0, 255}
    return ["".join("#" if one else "." for one in row) for row in picture]


def small(grey: MakeImage, **elements: object) -> Dataset:
    return grey(F, "u1", SOPInstanceUID=UID, **elements)


def shown(image: Dataset, /, **elements: Any) -> list[list[int]]:  # noqa: ANN401
    picture = dk.render(image, presentation=state_of(image, **elements))
    levels: list[list[int]] = (picture // 255).tolist()
    return levels
