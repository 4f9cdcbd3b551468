"""From headers to stacks (PS3.3 C.7.6.2.1.1, C.7.6.16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from dicomkit.notes import Note
from dicomkit.stacking.groups import group_slices
from dicomkit.stacking.lines import split_runs
from dicomkit.stacking.parts import in_words, steady_order
from dicomkit.stacking.places import mean_normal, mixed_contrasts, positions_of, split_places
from dicomkit.stacking.stack import Stack
from dicomkit.transforms.grid import Grid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from dicomkit.stacking.lines import Run
    from dicomkit.stacking.parts import Member, Part

__all__ = ["make_stacks"]

# Rounding of positions that is worth a word, in mm.
_WORTH_A_WORD: Final = 0.001


def make_stacks(members: Iterable[Member]) -> tuple[Stack, ...]:
    """Put slices together that lie on one grid, and say why they and no others.

    The order of the slices that are handed in does not matter.
    """
    found: list[Stack] = []
    for part in group_slices(sorted(members, key=steady_order)):
        if part.members[0].facts.plane is None:
            found.append(_unplaced(part))
            continue
        for one in split_places(part):
            found.extend(map(_placed, split_runs(one)))
    return tuple(found)


def _unplaced(part: Part) -> Stack:
    if part.members[0].facts.mosaic:
        message = "each image is a mosaic of many slices, whose places it does not state"
        own = Note("mosaic", message)
    else:
        own = Note("unplaced", "the files do not say where in the patient their frames lie")
    return _stack(part, None, [own], "the files do not place them")


def _placed(run: Run) -> Stack:
    notes: list[Note] = []
    grid = _grid(run, notes)
    mixed = mixed_contrasts(run.part.members)
    if mixed:
        message = f"slices of one volume were taken with another {in_words(mixed)}"
        notes.append(Note("mixed_contrast", message))
    return _stack(run.part, grid, notes, "they lie on one grid")


def _stack(part: Part, grid: Grid | None, notes: Iterable[Note], common: str) -> Stack:
    said = (note for member in part.members for note in member.facts.notes)
    reason = "; ".join(part.reasons) or common
    return Stack(
        grid=grid,
        slices=tuple(member.slice for member in part.members),
        key=part.key,
        label=", ".join(part.labels),
        reason=f"{reason[0].upper()}{reason[1:]}.",
        shape=(len(part.members), *part.members[0].facts.shape),
        notes=tuple(dict.fromkeys((*notes, *part.notes, *said))),
    )


def _grid(run: Run, notes: list[Note]) -> Grid:
    members = run.part.members
    first = members[0]
    plane = first.plane
    positions = positions_of(members)
    row = _common([member.plane.row for member in members])
    column = _common([member.plane.column for member in members])
    between_rows, between_columns = _common([member.plane.spacing for member in members])
    if len(members) > 1:
        step = (positions[-1] - positions[0]) / (len(members) - 1)
    elif run.step is not None:
        step = run.step
    else:
        stated = first.facts.step
        step = mean_normal(members) * (abs(stated) if stated else 1.0)
        length = "Spacing Between Slices" if stated else "1 mm"
        notes.append(Note("step_assumed", f"one slice has no step to the next: {length} assumed"))
    affine = np.eye(4)
    # PS3.3 C.7.6.2.1.1: P = S + X * Δi * i + Y * Δj * j
    affine[:3] = np.stack([step, column * between_rows, row * between_columns, positions[0]], 1)
    grid = Grid((len(members), *plane.shape), affine)
    _judge(grid, members, notes)
    return grid


def _common(values: Sequence[tuple[float, ...]]) -> npt.NDArray[np.float64]:
    """Give what slices have in common: what all say, else their mean."""
    if len(set(values)) == 1:
        return np.array(values[0], np.float64)
    return np.asarray(np.mean(values, axis=0), np.float64)


def _judge(grid: Grid, members: Sequence[Member], notes: list[Note]) -> None:
    """Note how far slices are from their grid, and how much it leans."""
    rows, columns = grid.shape[1] - 1, grid.shape[2] - 1
    planes = [member.plane for member in members]
    spacing = np.array([plane.spacing for plane in planes])
    across = np.array([plane.row for plane in planes]) * spacing[:, 1:] * columns
    down = np.array([plane.column for plane in planes]) * spacing[:, :1] * rows
    corners = np.stack([across * 0, across, down, across + down], 1)
    stated = positions_of(members)[:, None] + corners
    indices = [
        [(k, 0, 0), (k, 0, columns), (k, rows, 0), (k, rows, columns)] for k in range(len(members))
    ]
    off = float(np.linalg.norm(stated - grid.to_patient(indices), axis=2).max())
    if off > _WORTH_A_WORD:
        message = f"pixels lie up to {off:.2g} mm beside the grid, by rounding of what is stated"
        notes.append(Note("positions_rounded", message))
    if grid.sheared:
        message = f"each slice lies beside the last one's normal, by {grid.tilt:.3g} degrees"
        notes.append(Note("sheared", f"{message}: the grid is sheared"))
