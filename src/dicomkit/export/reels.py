"""Which frames of an exam make one film, and in which order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dicomkit.errors import DicomKitError
from dicomkit.fileset.instances import series_key, stored_file
from dicomkit.stacking.parts import steady_order
from dicomkit.stacking.stacks import make_stacks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dicomkit.fileset.instances import Instance
    from dicomkit.stacking.headers import HeaderReader
    from dicomkit.stacking.parts import Member

__all__ = ["Reel", "find_reels"]

# Of 45 degrees from one frame to the next, as the cosine: a rotation is finer.
_TURN: Final = math.cos(math.pi / 4)


@dataclass(frozen=True, slots=True)
class Reel:
    """What one film shows.

    Parameters
    ----------
    members : tuple of int
        The instances, in order: one with all of its frames, or several of one frame each.
    series_instance_uid : str
        Of their series; empty where it has none.
    number : int
        Which of several films of a series it is, from 1; 0 where it is the only one.
    """

    members: tuple[int, ...]
    series_instance_uid: str = ""
    number: int = 0


def find_reels(instances: Sequence[Instance], headers: HeaderReader) -> list[Reel]:
    """Find the films in an exam by the headers of its files.

    An instance of several frames is one. So is a stack of single frames, in the order of space;
    and so are the placed frames of a series that stack with no other, such as those of one slice
    over time or of a rotation, in the order of their numbers. What is left is no film: single
    frames, and those that have no place, such as radiographs.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> exam = pydicom.data.get_testdata_file("dicomdirtests/DICOMDIR", download=False)
    >>> from dicomkit.stacking.headers import HeaderReader
    >>> reels = find_reels(list(dk.FileSetWalker(exam)), HeaderReader(dk.Limits()))
    >>> sorted(len(reel.members) for reel in reels)
    [3, 5, 7]
    """
    found: list[Reel] = []
    series: dict[object, list[int]] = {}
    for index, instance in enumerate(instances):
        series.setdefault(series_key(instance), []).append(index)
    for indices in series.values():
        single: dict[object, tuple[int, Member]] = {}
        for index in indices:
            members = _members(instances[index], headers)
            if len(members) > 1:
                found.append(Reel((index,)))
            elif members:
                single[members[0].slice.path] = index, members[0]
        uid = instances[indices[0]].series_instance_uid or ""
        films = list(_films(single))
        for number, film in enumerate(films, 1):
            found.append(Reel(film, uid, number if len(films) > 1 else 0))
    return found


def _members(instance: Instance, headers: HeaderReader) -> list[Member]:
    """Read a header; whoever makes a picture of a file that has none says what is wrong."""
    try:
        return headers.members(stored_file(instance))
    except DicomKitError:
        return []


def _films(single: dict[object, tuple[int, Member]]) -> Iterator[tuple[int, ...]]:
    """Give the films of a series' single frames: first its volumes, then what is none."""
    alone: dict[tuple[int, ...], list[tuple[int, Member]]] = {}
    for stack in make_stacks(member for _, member in single.values()):
        found = [single[one.path] for one in stack.slices]
        if stack.grid is None:
            continue
        if len(found) > 1:
            yield tuple(index for index, _ in found)
        else:
            alone.setdefault(stack.shape, []).extend(found)
    for found in alone.values():
        yield from _runs(sorted(found, key=lambda one: steady_order(one[1])))


def _runs(ordered: Iterable[tuple[int, Member]]) -> Iterator[tuple[int, ...]]:
    """Part frames that are looked at from other sides, as scouts are."""
    runs: list[list[int]] = []
    before: Member | None = None
    for index, member in ordered:
        if before is None or _cosine(before, member) < _TURN:
            runs.append([])
        runs[-1].append(index)
        before = member
    yield from (tuple(run) for run in runs if len(run) > 1)


def _cosine(one: Member, other: Member) -> float:
    return sum(a * b for a, b in zip(one.plane.normal, other.plane.normal, strict=True))
