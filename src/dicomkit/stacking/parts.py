"""The slices of a volume in the making, and why they are together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dicomkit.dataset.modules.plane import Plane
    from dicomkit.dataset.modules.slices import SliceFacts
    from dicomkit.dataset.modules.traits import Trait
    from dicomkit.notes import Note
    from dicomkit.stacking.stack import StackSlice

__all__ = ["Member", "Part", "in_words", "steady_order"]

_SHORT: Final = {"b-value": "b"}


class Member(NamedTuple):
    """A slice, and what its header says."""

    facts: SliceFacts
    slice: StackSlice

    @property
    def plane(self) -> Plane:
        """Where it lies: only for slices that are placed."""
        assert self.facts.plane is not None  # noqa: S101 - these have a part of their own
        return self.facts.plane


@dataclass(frozen=True, slots=True)
class Part:
    """Some slices on their way to a stack.

    Attributes
    ----------
    members : tuple of Member
        In a steady order: by instance number, then by frame.
    key : tuple of (str, str)
        What tells them from the slices of other parts: keywords and values.
    labels : tuple of str
        The same for messages.
    reasons : tuple of str
        Why they are apart from others, a clause a split.
    notes : tuple of Note
        What was noticed.
    """

    members: tuple[Member, ...]
    key: tuple[tuple[str, str], ...] = ()
    labels: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    def split_off(
        self,
        members: Iterable[Member],
        reason: str,
        *,
        traits: Sequence[tuple[Trait, int]] = (),
        note: Note | None = None,
    ) -> Part:
        """Make a part of some of the slices, and say why.

        Parameters
        ----------
        members : iterable of Member
            The slices.
        reason : str
            A clause.
        traits : sequence of (Trait, int)
            What tells them apart, and which of the values it is, from 0.
        note : Note, optional
            What was noticed.
        """
        return replace(
            self,
            members=tuple(members),
            key=(*self.key, *((trait.keyword, trait.label) for trait, _ in traits)),
            labels=(*self.labels, *(_spoken(trait, place) for trait, place in traits)),
            reasons=(*self.reasons, reason),
            notes=self.notes if note is None else (*self.notes, note),
        )


def _spoken(trait: Trait, place: int) -> str:
    word = _SHORT.get(trait.word, trait.word)
    return f"{word} {trait.label if trait.speakable else place + 1}"


def steady_order(member: Member) -> tuple[object, ...]:
    """Order slices so that it does not matter in which order the files came."""
    facts, slice_ = member
    return (
        facts.number is None,
        facts.number or 0,
        facts.frame,
        facts.uid or "",
        str(slice_.path or ""),
        _AsText(facts),
    )


class _AsText:
    """Orders what has no order, by its text, which takes long to make and is seldom needed."""

    def __init__(self, facts: SliceFacts) -> None:
        self._facts = facts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _AsText) and self._facts == other._facts

    def __hash__(self) -> int:
        return hash(self._facts)

    def __lt__(self, other: _AsText) -> bool:
        return repr(self._facts) < repr(other._facts)


def in_words(words: Sequence[str]) -> str:
    """List words as a person does.

    Examples
    --------
    >>> in_words(["rows"]), in_words(["rows", "columns", "series"])
    ('rows', 'rows, columns and series')
    """
    return words[-1] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
