"""Slices at one place: what tells the volumes of a series of several apart."""

from __future__ import annotations

import math
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import numpy as np

from dicomkit.dataset.modules.traits import CONTRASTS, PASSES, Trait
from dicomkit.notes import Note
from dicomkit.stacking.parts import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy.typing as npt

    from dicomkit.stacking.parts import Member, Part

__all__ = [
    "Column",
    "columns_of",
    "grouped",
    "mean_normal",
    "mixed_contrasts",
    "positions_of",
    "split_places",
    "split_traits",
]

_SAME_PLACE: Final = 0.01
# Numbers that differ by so little are one, written with more digits or fewer.
_SAME_NUMBER: Final = 1e-3
_MOST_TOGETHER: Final = 3
_FEWEST: Final = 2


class Column(NamedTuple):
    """One trait of every member of a part: the values by number, in ascending order."""

    keyword: str
    word: str
    traits: tuple[Trait | None, ...]
    codes: npt.NDArray[np.intp]
    size: int

    def at(self, rows: slice | npt.NDArray[np.intp]) -> Column:
        """Give the column of some members; the traits stay those of all."""
        values, codes = np.unique(self.codes[rows], return_inverse=True)
        return self._replace(codes=codes, size=len(values))


def split_places(part: Part) -> list[Part]:
    """Split a part until every place is taken once.

    By the first trait, or pair or triple of traits, that does it; or by what numbers the passes
    of a scan, of which only some overlap. Where a few places are taken more often than the
    others, as by a copy, what tells slices apart at those others splits the part. Where nothing
    tells all apart but all places are taken equally often, it is split by what tells some apart,
    then by their order.
    """
    places = _places(part)
    counts = np.bincount(places)
    most = int(counts.max())
    if most == 1:
        return [part]
    exact = [column for column in columns_of(part.members) if column.size > 1]
    chosen = _telling(exact, places) or _passes(exact, places)
    if chosen:
        return _split(part, chosen)
    rounded = [_rounded(column) for column in exact]
    chosen = _telling(rounded, places)
    if chosen:
        return _split(part, chosen)
    # How often places are taken mostly, and the slices that are at such.
    usual = int(np.bincount(counts).argmax())
    if usual == most:
        chosen = _balanced(exact, places) or _balanced(rounded, places)
        if chosen:
            return [one for half in _split(part, chosen) for one in split_places(half)]
    elif usual > 1:
        sound = np.flatnonzero(counts[places] <= usual)
        chosen = _telling(exact, places, sound) or _telling(rounded, places, sound)
        if chosen:
            return [one for half in _split(part, chosen) for one in split_places(half)]
    return _by_order(part, places, most)


def _split(part: Part, chosen: Sequence[Column]) -> list[Part]:
    words = in_words([column.word for column in chosen])
    reason = f"slices of another {words} lie at the same places"
    return split_traits(part, chosen, grouped(chosen), reason)


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


def columns_of(
    members: Sequence[Member], keywords: frozenset[str] | None = None
) -> Iterator[Column]:
    """Yield the traits one by one, all or some, in the order in which they are tried."""
    columns: dict[tuple[str, bool, int], list[Trait | None]] = {}
    for row, member in enumerate(members):
        # Several dimensions may have one keyword, and so may a plain attribute.
        times: dict[tuple[str, bool], int] = {}
        for trait in member.facts.traits:
            if keywords is not None and trait.keyword not in keywords:
                continue
            name = trait.keyword, trait.is_index
            slot = (*name, times.setdefault(name, 0))
            times[name] += 1
            columns.setdefault(slot, [None] * len(members))[row] = trait
    for (keyword, is_index, _), traits in columns.items():
        # What one file counts and another does not tells nothing.
        if is_index and None in traits:
            continue
        word = next(trait.word for trait in traits if trait is not None)
        values = [() if trait is None else trait.value for trait in traits]
        numbers = {value: number for number, value in enumerate(sorted(set(values)))}
        codes = np.array([numbers[value] for value in values], np.intp)
        yield Column(keyword, word, tuple(traits), codes, len(numbers))


def mixed_contrasts(members: Sequence[Member]) -> list[str]:
    """Name what slices at places of their own were taken with that is not the same for all."""
    words = []
    for column in columns_of(members, CONTRASTS):
        stated = {trait.value for trait in column.traits if trait is not None and trait.value}
        if len(stated) > 1 and _rounded(column).size > 1:
            words.append(column.word)
    return list(dict.fromkeys(words))


def positions_of(members: Iterable[Member]) -> npt.NDArray[np.float64]:
    """Give the positions of slices, shape (n, 3)."""
    return np.array([member.plane.position for member in members], np.float64)


def mean_normal(members: Sequence[Member]) -> npt.NDArray[np.float64]:
    """Give the normal that slices have in common."""
    normal = np.mean([member.plane.normal for member in members], axis=0)
    return np.asarray(normal / np.linalg.norm(normal), np.float64)


def _telling(
    columns: Sequence[Column],
    places: npt.NDArray[np.intp],
    rows: npt.NDArray[np.intp] | None = None,
) -> tuple[Column, ...]:
    """Find the first columns that make as many groups as slices lie at a place, each place once.

    Only `rows` are looked at where these are given. Nothing where there are none.
    """
    at = slice(None) if rows is None else rows
    _, places = np.unique(places[at], return_inverse=True)
    counts = np.bincount(places)
    most = int(counts.max())
    even = bool((counts == most).all())
    looked = {n: column.at(at) for n, column in enumerate(columns)}
    fitting = [n for n, column in looked.items() if 1 < column.size <= most]
    for count in range(1, _MOST_TOGETHER + 1):
        for chosen in combinations(fitting, count):
            if math.prod(looked[n].size for n in chosen) < most:
                continue
            groups = grouped([looked[n] for n in chosen])
            if groups.max() + 1 == most and _once(places, groups, even=even):
                return tuple(columns[n] for n in chosen)
    return ()


def _passes(columns: Sequence[Column], places: npt.NDArray[np.intp]) -> tuple[Column, ...]:
    """Find what numbers passes of which each has a place once, however many there are."""
    for column in columns:
        if column.keyword in PASSES and _once(places, grouped([column]), even=False):
            return (column,)
    return ()


def _balanced(columns: Sequence[Column], places: npt.NDArray[np.intp]) -> tuple[Column, ...]:
    """Find what tells some volumes apart but not all: each value is at all places equally often."""
    count = int(places.max()) + 1
    for column in columns:
        if 1 < column.size <= len(places) // count:
            taken = np.bincount(column.codes * count + places, minlength=column.size * count)
            each = taken.reshape(column.size, count)
            if (each == each[:, :1]).all():
                return (column,)
    return ()


def _rounded(column: Column) -> Column:
    """Take for one what differs in a column of numbers by their rounding alone."""
    values = [() if trait is None else trait.value for trait in column.traits]
    sizes = {len(value) for value in values}
    if len(sizes) > 1 or any(isinstance(part, str) for value in values for part in value):
        return column
    numbers = np.array(cast("list[tuple[float, ...]]", values), np.float64)
    # Whole numbers are as they were meant.
    if not (numbers % 1).any():
        return column
    codes = np.zeros(numbers.shape, np.intp)
    for axis, parts in enumerate(numbers.T):
        order = np.argsort(parts, kind="stable")
        ascending = parts[order]
        # Parts of a vector are as exact as its longest one.
        scale = np.abs(numbers).max() if len(numbers.T) > 1 else np.abs(ascending[1:])
        codes[order[1:], axis] = np.cumsum(np.diff(ascending) > _SAME_NUMBER * scale)
    _, found = np.unique(codes, axis=0, return_inverse=True)
    return column._replace(codes=found.ravel(), size=int(found.max()) + 1)


def _once(places: npt.NDArray[np.intp], groups: npt.NDArray[np.intp], *, even: bool) -> bool:
    """Tell whether groups hold every place once; where slices are missing, none twice."""
    sides = (int(groups.max()) + 1, int(places.max()) + 1)
    taken = np.bincount(groups * sides[1] + places, minlength=sides[0] * sides[1])
    if even:
        return bool((taken == 1).all())
    return bool((taken <= 1).all()) and int(np.bincount(groups).min()) >= _FEWEST


def _by_order(part: Part, places: npt.NDArray[np.intp], most: int) -> list[Part]:
    there: list[list[Member]] = [[] for _ in range(int(places.max()) + 1)]
    for member, place in zip(part.members, places, strict=True):
        there[place].append(member)
    reason = "nothing tells slices at one place apart: each has its first, then its second"
    even = all(len(members) == most for members in there)
    if even and all(map(_has_order, there)):
        note = Note(
            "split_assumed",
            f"every place is taken {most} times and nothing tells the slices apart: "
            "they were dealt out in the order of their instance numbers",
        )
        reason = "its slices are told apart by the order of instance numbers alone"
    elif even:
        note = Note(
            "duplicate_position",
            f"every place is taken {most} times and nothing tells the slices apart, not even "
            "their instance numbers",
        )
    else:
        note = Note(
            "duplicate_position",
            "some places are taken more often than others and nothing tells the slices apart",
        )
    parts = []
    for time in range(most):
        members = [slices[time] for slices in there if time < len(slices)]
        # Siblings that are alike are told from each other by their number.
        number = Trait("occurrence", "occurrence", (float(time + 1),), str(time + 1))
        traits = [(number, time)] if even else []
        parts.append(part.split_off(members, reason, traits=traits, note=note))
    return parts


def _has_order(members: Sequence[Member]) -> bool:
    """Tell whether slices at one place come one after the other by number and frame."""
    facts = [member.facts for member in members]
    return all((a.number, a.frame) != (b.number, b.frame) for a, b in pairwise(facts))


def _places(part: Part) -> npt.NDArray[np.intp]:
    """Give each slice the number of its place; what lies within 0.01 mm lies at one place."""
    positions = positions_of(part.members)
    normal, plane = mean_normal(part.members), part.members[0].plane
    # A direction in which neither slices nor slabs side by side are level.
    slanted = normal + 0.6 * np.array(plane.row) + 0.3 * np.array(plane.column)
    along = positions @ (slanted / np.linalg.norm(slanted))
    numbers = np.zeros(len(positions), np.intp)
    heads = np.empty(len(positions), np.intp)
    begun = count = 0
    for row in np.argsort(along, kind="stable"):
        # Only places at this height can be the same.
        while begun < count and along[row] - along[heads[begun]] > _SAME_PLACE:
            begun += 1
        gaps = np.linalg.norm(positions[heads[begun:count]] - positions[row], axis=1)
        near = np.flatnonzero(gaps <= _SAME_PLACE)
        if not near.size:
            heads[count] = row
            count += 1
        numbers[row] = begun + near[0] if near.size else count - 1
    return numbers
