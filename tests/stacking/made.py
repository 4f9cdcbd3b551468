"""Series made from numbers, and short words for what became of them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from tests.volumes import classic

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydicom.dataset import Dataset


STEP = 2.5


def axial(
    count: int = 12,
    *,
    first: int = 1,
    step: float = STEP,
    **more: Any,  # noqa: ANN401
) -> list[Dataset]:
    """Make slices whose instance numbers run against their positions."""
    return [
        classic(number, (-10, -20, 100 - step * number), **more)
        for number in range(first, first + count)
    ]


def shuffled(slices: Iterable[Dataset]) -> list[Dataset]:
    order = list(slices)
    random.Random(1).shuffle(order)  # noqa: S311 - no secret
    return order


def lengths(slices: Iterable[Dataset]) -> list[int]:
    return [len(stack) for stack in dk.stacks(slices)]


def codes(notes: Iterable[dk.Note]) -> set[str]:
    return {note.code for note in notes}
