"""Functional groups: what is said of one frame, of all frames, or of the file (PS3.3 C.7.6.16)."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from typing import TYPE_CHECKING

from pydicom.tag import Tag

from dicomkit.dataset.elements.attributes import item, items

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["count_groups", "has_groups", "macro", "macro_items", "macros", "scope"]


_GROUPS = frozenset(
    (Tag("PerFrameFunctionalGroupsSequence"), Tag("SharedFunctionalGroupsSequence"))
)


def macro(ds: Dataset, frame: int, sequence: str) -> tuple[Dataset, str] | None:
    """Find a functional group macro that says something: the frame's own before the shared one.

    Returns the macro's item and where it was found, in words for a person.
    """
    return next(macros(ds, frame, sequence), None)


def macros(ds: Dataset, frame: int, sequence: str) -> Iterator[tuple[Dataset, str]]:
    """Yield every macro of a frame that says something, as `macro` does: at most two."""
    places = (
        ("PerFrameFunctionalGroupsSequence", frame, f"frame {frame}'s functional group"),
        ("SharedFunctionalGroupsSequence", 0, "the shared functional group"),
    )
    for groups, index, where in places:
        group = item(ds, groups, index)
        found = None if group is None else item(group, sequence)
        if found is not None and _says_something(found):
            yield found, where


def has_groups(ds: Dataset) -> bool:
    """Tell whether a dataset has functional groups at all."""
    return not _GROUPS.isdisjoint(ds.keys())


def count_groups(ds: Dataset) -> int:
    """Count the frames that have functional groups of their own: the first ones."""
    return len(items(ds, "PerFrameFunctionalGroupsSequence"))


def macro_items(ds: Dataset, frame: int, sequence: str) -> tuple[tuple[Dataset, ...], str]:
    """Find all items of a macro that can have several: the frame's, the shared ones, the root's.

    Returns the items, none where there are none, and where they were found.
    """
    places = (
        (item(ds, "PerFrameFunctionalGroupsSequence", frame), f"frame {frame}'s functional group"),
        (item(ds, "SharedFunctionalGroupsSequence"), "the shared functional group"),
        (ds, "the file"),
    )
    for place, source in places:
        found = () if place is None else tuple(filter(_says_something, items(place, sequence)))
        if found:
            return found, source
    return (), "the file"


def _says_something(macro: Dataset) -> bool:
    """Tell whether any element of an item has a value: an empty one overrides nothing."""
    for tag in macro.keys():  # noqa: SIM118 - the values of a dataset are converted
        value = macro.get_item(tag, keep_deferred=True).value
        if value is not None and not (isinstance(value, Sized) and len(value) == 0):
            return True
    return False


def scope(ds: Dataset, frame: int, sequence: str) -> tuple[Dataset, str]:
    """Find the dataset to read a macro's attributes from; the root where no group has it."""
    return macro(ds, frame, sequence) or (ds, "the file")
