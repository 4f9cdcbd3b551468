"""Which stack of several is the volume of a series, and what to say where none is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from dicomkit.errors import InconsistentError, NoPixelsError, UnsupportedError
from dicomkit.notes import Note
from dicomkit.transforms.grid import Grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dicomkit.stacking.stack import Stack, StackSlice

__all__ = ["Chosen", "as_stack", "choose_stack"]

_MOST_NAMED: Final = 12
_ROUNDED: Final = 0.01


class Chosen(NamedTuple):
    """What to read: slices in their order, None where one is missing."""

    grid: Grid | None
    slices: tuple[StackSlice | None, ...]
    shape: tuple[int, ...]
    notes: tuple[Note, ...]


def as_stack(stack: Stack) -> Chosen:
    """Take a stack as it is.

    Raises
    ------
    UnsupportedError
        It is made of mosaics.
    """
    if _has(stack, "mosaic"):
        msg = (
            "the images are mosaics: many slices side by side, whose places and number only the "
            "maker's private elements state; stored_values gives each mosaic as it is"
        )
        raise UnsupportedError(msg)
    return Chosen(stack.grid, stack.slices, stack.shape, stack.notes)


def choose_stack(found: Sequence[Stack], fill: float | None) -> Chosen:
    """Find the one stack of two slices or more, or else the only single slice.

    Raises
    ------
    NoPixelsError
        There is none.
    InconsistentError
        There are several, or one has gaps that are not to be filled.
    UnsupportedError
        It is made of mosaics.
    """
    if not found:
        msg = "there is no image to make a volume of"
        raise NoPixelsError(msg)
    if any(_has(stack, "duplicate_position") for stack in found):
        msg = f"slices lie at one place and nothing tells them apart: {_named(found)}"
        raise InconsistentError(msg)
    gaps = [stack for stack in found if _has(stack, "gap")]
    if gaps and fill is None:
        msg = f"slices are missing: {_named(found)}, or fill=... to fill the gap with a value"
        raise InconsistentError(msg)
    chosen = [as_stack(stack) for stack in found if stack not in gaps and len(stack) > 1]
    chosen += _filled(gaps)
    single = [stack for stack in found if stack not in gaps and len(stack) == 1]
    if not chosen and len(single) == 1:
        return as_stack(single[0])
    if len(chosen) != 1:
        raise InconsistentError(_named(found)[0].lower() + _named(found)[1:])
    if not single:
        return chosen[0]
    counted = "a single slice is" if len(single) == 1 else f"{len(single)} single slices are"
    labels = _listed([stack.label or "1 slice" for stack in single])
    note = Note("slices_left_out", f"{counted} left out ({labels})")
    return chosen[0]._replace(notes=(*chosen[0].notes, note))


def _has(stack: Stack, code: str) -> bool:
    return any(note.code == code for note in stack.notes)


def _named(found: Sequence[Stack]) -> str:
    """Name the stacks to choose from."""
    sizes = [f"{len(stack)} slice{'s'[: len(stack) > 1]}" for stack in found]
    labels = [stack.label or size for stack, size in zip(found, sizes, strict=True)]
    if len(set(labels)) < len(labels):
        labels = [
            f"{stack.label}, {size}" if stack.label else size
            for stack, size in zip(found, sizes, strict=True)
        ]
    volumes = "1 volume" if len(found) == 1 else f"{len(found)} volumes"
    return f"the series is {volumes} ({_listed(labels)}): pass one of stacks(series)"


def _listed(labels: Sequence[str]) -> str:
    shown = "; ".join(labels[:_MOST_NAMED])
    return shown if len(labels) <= _MOST_NAMED else f"{shown}; {len(labels) - _MOST_NAMED} more"


def _filled(gaps: Sequence[Stack]) -> list[Chosen]:
    """Join stacks that only gaps part: their slices lie whole steps from each other."""
    rest = list(gaps)
    joined = []
    while rest:
        first = rest.pop(0)
        related = [first, *(stack for stack in rest if stack.key == first.key)]
        rest = [stack for stack in rest if stack not in related]
        joined.append(_join(related))
    return joined


def _join(stacks: Sequence[Stack]) -> Chosen:
    longest = max(stacks, key=len)
    grids = [stack.grid for stack in stacks if stack.grid is not None]
    assert longest.grid is not None  # noqa: S101 - what lies in a row has a grid
    starts = [round(float(longest.grid.to_indices(grid.origin)[0])) for grid in grids]
    first = min(starts)
    count = max(start + len(stack) for start, stack in zip(starts, stacks, strict=True)) - first
    slices: list[StackSlice | None] = [None] * count
    for start, stack in zip(starts, stacks, strict=True):
        slices[start - first : start - first + len(stack)] = stack.slices
    low, high = grids[starts.index(first)], grids[starts.index(max(starts))]
    last = high.to_patient((high.shape[0] - 1, 0, 0))
    affine = longest.grid.affine.copy()
    affine[:3, 3] = low.origin
    affine[:3, 0] = (last - low.origin) / (count - 1)
    missing = slices.count(None)
    note = Note("gap_filled", f"{missing} missing slice{'s'[: missing > 1]} filled with a value")
    notes = [note for stack in stacks for note in stack.notes if note.code != "gap"]
    return Chosen(
        Grid((count, *longest.grid.shape[1:]), affine),
        tuple(slices),
        (count, *longest.shape[1:]),
        tuple(dict.fromkeys((*notes, note))),
    )
