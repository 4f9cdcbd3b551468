"""Slices in a row: their order, their step, gaps, and passes that overlap."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from dicomkit.dataset.modules.traits import PASSES, Trait
from dicomkit.notes import Note
from dicomkit.stacking.places import (
    columns_of,
    grouped,
    mean_normal,
    positions_of,
    split_traits,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from dicomkit.stacking.parts import Part
    from dicomkit.stacking.places import Column

__all__ = ["Run", "lattice", "split_runs"]

# A residual or a difference of steps up to so many mm, or this share of a step, is rounding.
_ROUNDED: Final = 0.01
_SHARE: Final = 0.01
# What a coordinate with one decimal may be off by, in mm; the line through rounded ones adds some.
_TENTH: Final = 0.06
_FEWEST: Final = 2


class Run(NamedTuple):
    """A part whose slices lie in a row, sorted along their normal.

    `step` is what one step is where the row itself does not say it, having one slice.
    """

    part: Part
    step: npt.NDArray[np.float64] | None = None


def split_runs(part: Part) -> list[Run]:
    """Sort a part's slices along their normal, and split it where they change their step."""
    part = _sorted(part)
    positions, normal = positions_of(part.members), mean_normal(part.members)
    numbers = lattice(positions, normal)
    if numbers is not None and numbers[-1] == len(numbers) - 1:
        return [Run(part)]
    passes = _by_passes(part, evenly=numbers is not None)
    if passes:
        return [run for one in passes for run in split_runs(one)]
    if numbers is not None:
        return _at_gaps(part, positions, numbers)
    return _by_steps(part, positions, normal)


def lattice(
    positions: npt.NDArray[np.float64], normal: npt.NDArray[np.float64]
) -> npt.NDArray[np.intp] | None:
    """Give how many steps sorted positions are from the first; None where they are no multiples.

    Without a gap, that is 0, 1, 2, ...
    """
    if len(positions) == 1:
        return np.zeros(1, np.intp)
    along = np.diff(positions @ normal)
    # The lower one of two in the middle: a gap makes steps longer, never shorter.
    usual = np.sort(along)[(len(along) - 1) // 2]
    if usual <= _ROUNDED:
        return None
    multiples = np.rint(along / usual).astype(np.intp)
    if multiples.min() < 1:
        return None
    # Rounded steps are right on average.
    multiples = np.rint(along / along[multiples == 1].mean()).astype(np.intp)
    numbers = np.concatenate(([0], np.cumsum(multiples)))
    # From the line that fits best: the ends are rounded, too.
    centred = numbers - numbers.mean()
    step = centred @ positions / (centred @ centred)
    residuals = positions - positions.mean(axis=0) - centred[:, None] * step
    off = np.linalg.norm(residuals, axis=1).max()
    allowed = max(_ROUNDED, _SHARE * float(np.linalg.norm(step)), _rounding(positions))
    return numbers if off <= allowed else None


def _rounding(positions: npt.NDArray[np.float64]) -> float:
    """Say by how much positions may be off where all were written with one decimal; else 0."""
    tenths = positions * 10
    if np.abs(tenths - np.rint(tenths)).max() > _ROUNDED:
        return 0.0
    return _TENTH * float(np.sqrt(np.count_nonzero(np.ptp(positions, axis=0))))


def _sorted(part: Part) -> Part:
    along = positions_of(part.members) @ mean_normal(part.members)
    order = np.argsort(along, kind="stable")
    return replace(part, members=tuple(part.members[row] for row in order))


def _by_passes(part: Part, *, evenly: bool) -> list[Part]:
    """Split by what numbers the passes of a scan, where each pass has a step of its own."""
    columns = [column for column in columns_of(part.members) if column.size > 1]
    columns.sort(key=lambda column: column.keyword not in PASSES)
    for column in columns:
        groups = grouped([column])
        # Two slices are a row whatever tells them apart.
        fewest = _FEWEST if column.keyword in PASSES else _FEWEST + 1
        if np.bincount(groups).min() < fewest:
            continue
        reason = f"slices of another {column.word} lie beside and between them"
        parts = split_traits(part, [column], groups, reason)
        rows = [_steps_of(one) for one in parts]
        # What lies evenly but for a gap is of passes only where these overlap without one.
        if evenly and not (all(row == 1 for row in rows) and _overlap(column)):
            continue
        if all(rows):
            return parts
    return []


def _steps_of(part: Part) -> int:
    """Say how many steps at most are from one slice to the next; 0 where steps differ."""
    positions = positions_of(part.members)
    numbers = lattice(positions, mean_normal(part.members))
    return 0 if numbers is None else int(np.diff(numbers).max())


def _overlap(column: Column) -> bool:
    """Tell whether a pass begins before another one ends; the slices are sorted."""
    ends = [np.flatnonzero(column.codes == code)[[0, -1]] for code in range(column.size)]
    ends.sort(key=lambda pair: int(pair[0]))
    return any(one[1] > other[0] for one, other in pairwise(ends))


def _at_gaps(
    part: Part, positions: npt.NDArray[np.float64], numbers: npt.NDArray[np.intp]
) -> list[Run]:
    missing = int(numbers[-1]) + 1 - len(numbers)
    counted = "1 slice is" if missing == 1 else f"{missing} slices are"
    note = Note("gap", f"{counted} missing between slices that lie evenly otherwise")
    step = (positions[-1] - positions[0]) / numbers[-1]
    borders = np.flatnonzero(np.diff(numbers) > 1) + 1
    reason = "a gap of whole steps parts its slices from the others"
    return [
        Run(part.split_off((part.members[row] for row in rows), reason, note=note), step)
        for rows in np.split(np.arange(len(numbers)), borders)
    ]


def _by_steps(
    part: Part, positions: npt.NDArray[np.float64], normal: npt.NDArray[np.float64]
) -> list[Run]:
    reason = "its slices lie as far apart as those beside them do not"
    runs = []
    for rows in _even_runs(positions, normal):
        traits: Sequence[tuple[Trait, int]] = ()
        if len(rows) > 1:
            step = float(np.linalg.norm(positions[rows[-1]] - positions[rows[0]])) / (len(rows) - 1)
            traits = [(Trait("step", "step", (step,), f"{step:.4g} mm"), 0)]
        members = (part.members[row] for row in rows)
        runs.append(Run(part.split_off(members, reason, traits=traits)))
    return runs


def _even_runs(
    positions: npt.NDArray[np.float64], normal: npt.NDArray[np.float64]
) -> list[npt.NDArray[np.intp]]:
    """Cut sorted positions into runs of one step each, from the first one on."""
    runs = []
    first = 0
    while first < len(positions):
        end = _end_of_run(positions, normal, first)
        # Two make a run of any step: the second may rather begin a longer one.
        if end - first == _FEWEST and _end_of_run(positions, normal, first + 1) > end:
            end = first + 1
        runs.append(np.arange(first, end))
        first = end
    return runs


def _end_of_run(
    positions: npt.NDArray[np.float64], normal: npt.NDArray[np.float64], first: int
) -> int:
    end = min(first + _FEWEST, len(positions))
    if end - first == _FEWEST and (positions[end - 1] - positions[first]) @ normal <= _ROUNDED:
        return first + 1

    def is_even(stop: int) -> bool:
        if stop > len(positions):
            return False
        found = lattice(positions[first:stop], normal)
        return found is not None and found[-1] == stop - first - 1

    # By steps that double, then halve: one by one, each look would be at the whole run.
    step = 1
    while is_even(end + step):
        end += step
        step *= 2
    while step > 1:
        step //= 2
        if is_even(end + step):
            end += step
    return end
