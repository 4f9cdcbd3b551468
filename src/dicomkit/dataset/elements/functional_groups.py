"""Functional groups: what is said of one frame, of all frames, or of the file (PS3.3 C.7.6.16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.dataset.elements.attributes import item

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["macro", "scope"]


def macro(ds: Dataset, frame: int, sequence: str) -> tuple[Dataset, str] | None:
    """Find a functional group macro: the frame's own before the shared one.

    Returns the macro's item and where it was found, in words for a person.
    """
    group = item(ds, "PerFrameFunctionalGroupsSequence", frame)
    found = None if group is None else item(group, sequence)
    if found is not None:
        return found, f"frame {frame}'s functional group"
    group = item(ds, "SharedFunctionalGroupsSequence")
    found = None if group is None else item(group, sequence)
    return None if found is None else (found, "the shared functional group")


def scope(ds: Dataset, frame: int, sequence: str) -> tuple[Dataset, str]:
    """Find the dataset to read a macro's attributes from; the root where no group has it."""
    return macro(ds, frame, sequence) or (ds, "the file")
