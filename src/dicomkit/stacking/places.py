"""Slices at one place: what tells the volumes of a series of several apart."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from dicomkit.notes import Note
from dicomkit.stacking.parts import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

    from dicomkit.dataset.modules.traits import Trait
    from dicomkit.stacking.parts import Member, Part

__all__ = [
    "Column",
    "columns_of",
    "grouped",
    "mean_normal",
    "positions_of",
    "split_places",
    "split_traits",
]

_SAME_PLACE: Final = 0.01
_MOST_TOGETHER: Final = 3
_FEWEST: Final = 2


class Column(NamedTuple):
    """One trait of every member of a part: the values by number, in ascending order."""

    keyword: str
    word: str
    traits: tuple[Trait | None, ...]
    codes: npt.NDArray[np.intp]
    size: int


def split_places(part: Part) -> list[Part]:
    """Split a part until every place is taken once.

    By the first trait, or pair or triple of traits, that does it; where nothing tells slices
    apart but all places are taken equally often, by their order.
    """
    places = _places(part)
    counts = np.bincount(places)
    most = int(counts.max())
    if most == 1:
        return [part]
    even = bool((counts == most).all())
    columns = [column for column in columns_of(part.members) if 1 < column.size <= most]
    for chosen in _choices(columns):
        groups = grouped(chosen)
        if groups.max() + 1 == most and _once(places, groups, even=even):
            words = in_words([column.word for column in chosen])
            reason = f"slices of another {words} lie at the same places"
            return split_traits(part, chosen, groups, reason)
    return _by_order(part, places, most, even=even)


def split_traits(
    part: Part, chosen: Sequence[Column], groups: npt.NDArray[np.intp], reason: str
) -> list[Part]:
    """Make a part of each group of slices that share their values in some columns."""
    parts = []
    for number in range(int(groups.max()) + 1):
        rows = np.flatnonzero(groups == number)
        first = rows[0]
        traits = [
            (trait, int(column.codes[first]))
            for column in chosen
            if (trait := column.traits[first]) is not None
        ]
        parts.append(part.split_off((part.members[row] for row in rows), reason, traits=traits))
    return parts


def grouped(columns: Sequence[Column]) -> npt.NDArray[np.intp]:
    """Give each row the number of the group whose values it shares; they ascend with these."""
    together = np.zeros(len(columns[0].codes), np.intp)
    for column in columns:
        together = together * column.size + column.codes
    _, groups = np.unique(together, return_inverse=True)
    return groups


def columns_of(members: Sequence[Member]) -> Iterator[Column]:
    """Yield the traits one by one, in the order in which they are tried."""
    columns: dict[tuple[str, int], list[Trait | None]] = {}
    for row, member in enumerate(members):
        # What a dimension is and a plain attribute may have one keyword.
        times: dict[str, int] = {}
        for trait in member.facts.traits:
            slot = (trait.keyword, times.setdefault(trait.keyword, 0))
            times[trait.keyword] += 1
            columns.setdefault(slot, [None] * len(members))[row] = trait
    for (keyword, _), traits in columns.items():
        word = next(trait.word for trait in traits if trait is not None)
        values = [() if trait is None else trait.value for trait in traits]
        numbers = {value: number for number, value in enumerate(sorted(set(values)))}
        codes = np.array([numbers[value] for value in values], np.intp)
        yield Column(keyword, word, tuple(traits), codes, len(numbers))


def positions_of(members: Iterable[Member]) -> npt.NDArray[np.float64]:
    """Give the positions of slices, shape (n, 3)."""
    return np.array([member.plane.position for member in members], np.float64)


def mean_normal(members: Sequence[Member]) -> npt.NDArray[np.float64]:
    """Give the normal that slices have in common."""
    normal = np.mean([member.plane.normal for member in members], axis=0)
    return np.asarray(normal / np.linalg.norm(normal), np.float64)


def _choices(columns: Sequence[Column]) -> Iterator[tuple[Column, ...]]:
    for count in range(1, _MOST_TOGETHER + 1):
        yield from combinations(columns, count)


def _once(places: npt.NDArray[np.intp], groups: npt.NDArray[np.intp], *, even: bool) -> bool:
    """Tell whether groups hold every place once; where slices are missing, none twice."""
    sides = (int(groups.max()) + 1, int(places.max()) + 1)
    taken = np.bincount(groups * sides[1] + places, minlength=sides[0] * sides[1])
    if even:
        return bool((taken == 1).all())
    return bool((taken <= 1).all()) and int(np.bincount(groups).min()) >= _FEWEST


def _by_order(part: Part, places: npt.NDArray[np.intp], most: int, *, even: bool) -> list[Part]:
    occurrences: list[list[Member]] = [[] for _ in range(most)]
    times = np.zeros(int(places.max()) + 1, int)
    for member, place in zip(part.members, places, strict=True):
        occurrences[times[place]].append(member)
        times[place] += 1
    if even:
        note = Note(
            "split_assumed",
            f"every place is taken {most} times and nothing tells the slices apart: "
            "they were dealt out in the order of their instance numbers",
        )
        reason = "its slices are told apart by the order of instance numbers alone"
    else:
        note = Note(
            "duplicate_position",
            "some places are taken more often than others and nothing tells the slices apart",
        )
        reason = "nothing tells slices at one place apart: each has its first, then its second"
    return [part.split_off(members, reason, note=note) for members in occurrences]


def _places(part: Part) -> npt.NDArray[np.intp]:
    """Give each slice the number of its place; what lies within 0.01 mm lies at one place."""
    positions = positions_of(part.members)
    along = positions @ mean_normal(part.members)
    order = np.argsort(along, kind="stable")
    numbers = np.zeros(len(order), np.intp)
    heads: list[int] = []
    begun = 0
    for row in order:
        # Only places at this height can be the same.
        while begun < len(heads) and along[row] - along[heads[begun]] > _SAME_PLACE:
            begun += 1
        gaps = [np.linalg.norm(positions[row] - positions[head]) for head in heads[begun:]]
        found = next((at for at, gap in enumerate(gaps) if gap <= _SAME_PLACE), None)
        if found is None:
            heads.append(int(row))
            found = len(heads) - 1 - begun
        numbers[row] = begun + found
    return numbers
