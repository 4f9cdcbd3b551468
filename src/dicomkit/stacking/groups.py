"""Slices that could be of one volume at all: of one series, size, kind and orientation."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Final

from dicomkit.dataset.modules.slices import FRAME_OF_REFERENCE, ORIENTATION, SPACING
from dicomkit.dataset.modules.traits import Trait, of_text
from dicomkit.notes import Note
from dicomkit.stacking.parts import Part, in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

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
                named.append(((*common, reference, *directions), alike))
    return _with_reasons(named)


def _with_reasons(named: list[tuple[tuple[Trait, ...], list[Member]]]) -> list[Part]:
    """Tell groups apart by as few traits as do it."""
    columns = list(zip(*(traits for traits, _ in named), strict=True))
    values = [[trait.value for trait in column] for column in columns]
    chosen = _fewest(values, len(named))
    words = list(dict.fromkeys(columns[place][0].word for place in chosen))
    parts = []
    for row, (_, group) in enumerate(named):
        part = Part(tuple(group))
        if chosen:
            verb, those = ("is", "that") if len(words) == 1 else ("are", "those")
            reason = f"its {in_words(words)} {verb} not {those} of the other slices"
            traits = [(columns[place][row], _ordinal(values[place], row)) for place in chosen]
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


def _ordinal(values: list[TraitValue], row: int) -> int:
    return list(dict.fromkeys(values)).index(values[row])


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
    # Each belongs to the first that it equals but for rounding.
    heads: list[tuple[float, ...]] = []
    head_of = {}
    for shape in shapes:
        head_of[shape] = next((head for head in heads if _alike(head, shape)), shape)
        if head_of[shape] == shape:
            heads.append(shape)
    found: dict[tuple[float, ...], list[Member]] = {}
    for member in group:
        found.setdefault(head_of[_shape(member)], []).append(member)
    return [(_geometry(head), members) for head, members in found.items()]


def _shape(member: Member) -> tuple[float, ...]:
    plane = member.plane
    return (*plane.row, *plane.column, *plane.spacing)


def _alike(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    turned = (abs(a - b) for a, b in zip(one[:6], other[:6], strict=True))
    scaled = (abs(a - b) / a for a, b in zip(one[6:], other[6:], strict=True))
    return max(turned) <= _SAME_COSINE and max(scaled) <= _SAME_SPACING


def _geometry(shape: tuple[float, ...]) -> tuple[Trait, Trait]:
    # Whether it is minus 0 or plus 0 is of no interest.
    cosines = " ".join(f"{cosine + 0.0:.3g}" for cosine in shape[:6])
    spacing = " x ".join(f"{length:.4g}" for length in shape[6:])
    return (
        Trait(ORIENTATION, "orientation", shape[:6], cosines),
        Trait(SPACING, "pixel spacing", shape[6:], f"{spacing} mm"),
    )


_UNPLACED: Final = (
    _reference(None),
    Trait(ORIENTATION, "orientation", (), "none"),
    Trait(SPACING, "pixel spacing", (), "none"),
)
