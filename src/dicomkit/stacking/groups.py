"""Slices that could be of one volume at all: of one series, size, kind and orientation."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from dicomkit.dataset.modules.slices import FRAME_OF_REFERENCE, ORIENTATION, POSITION, SPACING
from dicomkit.dataset.modules.traits import Trait, of_text
from dicomkit.notes import Note
from dicomkit.stacking.parts import Part, in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from dicomkit.dataset.modules.traits import TraitValue
    from dicomkit.stacking.parts import Member

__all__ = ["group_slices"]

_SAME_COSINE: Final = 1e-3
_SAME_SPACING: Final = 1e-3


def _without_duplicates(part: Part) -> Part:
    """Leave out what is there twice: the same frame of the same instance, said to be the same."""
    kept: dict[object, Member] = {}
    for place, member in enumerate(part.members):
        facts = member.facts
        # A number of their own keeps instances without a UID.
        kept.setdefault(facts if facts.uid else place, member)
    lost = len(part.members) - len(kept)
    if not lost:
        return part
    counted = "1 slice was" if lost == 1 else f"{lost} slices were"
    message = f"{counted} there twice, under one SOP Instance UID: one of each is used"
    note = Note("duplicate_instance", message)
    return replace(part, members=tuple(kept.values()), notes=(*part.notes, note))


def group_slices(members: Iterable[Member]) -> list[Part]:
    """Put together what has the same size, kind, frame of reference, spacing and orientation."""
    groups: dict[tuple[object, ...], list[Member]] = {}
    for member in members:
        facts = member.facts
        said = (*(trait.value for trait in facts.group), facts.plane is None, facts.mosaic)
        groups.setdefault(said, []).append(member)
    named: list[tuple[tuple[Trait, ...], list[Member]]] = []
    for group in groups.values():
        common = group[0].facts.group
        if group[0].facts.plane is None:
            named.append(((*common, *_UNPLACED), group))
            continue
        for reference, related in _by_reference(group):
            for directions, alike in _by_geometry(related):
                named.append(((*common, _PLACED, reference, *directions), alike))
    return _with_reasons(named)


def _with_reasons(named: list[tuple[tuple[Trait, ...], list[Member]]]) -> list[Part]:
    """Tell groups apart by as few traits as do it."""
    columns = list(zip(*(traits for traits, _ in named), strict=True))
    values = [[trait.value for trait in column] for column in columns]
    chosen = _fewest(values, len(named))
    numbers = [{value: n for n, value in enumerate(dict.fromkeys(column))} for column in values]
    words = list(dict.fromkeys(columns[place][0].word for place in chosen))
    parts = []
    for row, (_, group) in enumerate(named):
        part = Part(tuple(group))
        if chosen:
            verb, those = ("is", "that") if len(words) == 1 else ("are", "those")
            reason = f"its {in_words(words)} {verb} not {those} of the other slices"
            traits = [(columns[place][row], numbers[place][values[place][row]]) for place in chosen]
            part = part.split_off(group, reason, traits=traits)
        parts.append(_without_duplicates(part))
    return parts


def _fewest(columns: list[list[TraitValue]], groups: int) -> tuple[int, ...]:
    """Choose the fewest columns whose values together are others in every group."""
    differing = [place for place, values in enumerate(columns) if len(set(values)) > 1]
    for count in range(len(differing) + 1):
        for chosen in combinations(differing, count):
            if (
                len({tuple(columns[place][row] for place in chosen) for row in range(groups)})
                == groups
            ):
                return chosen
    return tuple(differing)


def _by_reference(group: list[Member]) -> Iterable[tuple[Trait, list[Member]]]:
    """Tell apart by the Frame of Reference where two state one."""
    stated = {member.plane.frame_of_reference_uid for member in group} - {None}
    found: dict[str | None, list[Member]] = {}
    for member in group:
        reference = member.plane.frame_of_reference_uid
        # One that states none is with the others, unless these are of several.
        only = next(iter(stated)) if len(stated) == 1 else reference
        found.setdefault(only, []).append(member)
    return [(_reference(reference), members) for reference, members in found.items()]


def _reference(uid: str | None) -> Trait:
    return of_text(FRAME_OF_REFERENCE, "frame of reference", uid, speakable=False)


def _by_geometry(group: list[Member]) -> Iterable[tuple[tuple[Trait, Trait], list[Member]]]:
    """Tell apart by orientation and pixel spacing, but not by their rounding."""
    shapes = sorted({_shape(member) for member in group})
    heads = dict(zip(shapes, _heads(np.array(shapes, np.float64)), strict=True))
    found: dict[int, list[Member]] = {}
    for member in group:
        found.setdefault(heads[_shape(member)], []).append(member)
    return [(_geometry(shapes[head]), members) for head, members in found.items()]


def _heads(shapes: npt.NDArray[np.float64]) -> list[int]:
    """Give for each shape the first one that it equals but for rounding."""
    found = []
    heads = np.empty(len(shapes), np.intp)
    count = 0
    for row, shape in enumerate(shapes):
        known = shapes[heads[:count]]
        turned = np.abs(known[:, :6] - shape[:6]).max(axis=1)
        scaled = (np.abs(known[:, 6:] - shape[6:]) / known[:, 6:]).max(axis=1)
        alike = np.flatnonzero((turned <= _SAME_COSINE) & (scaled <= _SAME_SPACING))
        if not alike.size:
            heads[count] = row
            count += 1
        found.append(int(heads[alike[0]]) if alike.size else row)
    return found


def _shape(member: Member) -> tuple[float, ...]:
    plane = member.plane
    return (*plane.row, *plane.column, *plane.spacing)


def _geometry(shape: tuple[float, ...]) -> tuple[Trait, Trait]:
    # Whether it is minus 0 or plus 0 is of no interest.
    cosines = " ".join(f"{cosine + 0.0:.3g}" for cosine in shape[:6])
    spacing = " x ".join(f"{length:.4g}" for length in shape[6:])
    return (
        Trait(ORIENTATION, "orientation", shape[:6], cosines),
        Trait(SPACING, "pixel spacing", shape[6:], f"{spacing} mm"),
    )


_PLACED: Final = Trait(POSITION, "place", ("stated",), "stated")
_UNPLACED: Final = (
    Trait(POSITION, "place", (), "none"),
    _reference(None),
    Trait(ORIENTATION, "orientation", (), "none"),
    Trait(SPACING, "pixel spacing", (), "none"),
)
