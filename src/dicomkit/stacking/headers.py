"""Slices out of headers: of a file, or of what is open already."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dicomkit.dataset.elements.datasets import check_dataset, error_context
from dicomkit.dataset.files.headers import read_elements_of
from dicomkit.dataset.modules.slices import SLICE_TAGS, slice_facts
from dicomkit.stacking.parts import Member
from dicomkit.stacking.stack import StackSlice

if TYPE_CHECKING:
    import os

    from pydicom.dataset import Dataset

    from dicomkit.limits import Limits

__all__ = ["members_in", "members_of"]


def members_of(path: str | os.PathLike[str], limits: Limits) -> list[Member]:
    """Read the header of a file and give its frames as slices; none where it is no image.

    Raises
    ------
    DicomKitError
        It cannot be read.
    """
    ds = read_elements_of(path, SLICE_TAGS, limits)
    return _members(ds, path, Path(path), limits)


def members_in(ds: Dataset, source: object, limits: Limits) -> list[Member]:
    """Give the frames of a dataset as slices, which are to be read from ``source``.

    Raises
    ------
    TypeError
        It is no dataset.
    LimitError
        It declares more frames than the limits allow.
    """
    check_dataset(ds)
    name = getattr(ds, "filename", None)
    return _members(ds, source, Path(name) if isinstance(name, str) else None, limits)


def _members(ds: Dataset, source: object, path: Path | None, limits: Limits) -> list[Member]:
    with error_context(ds):
        found = slice_facts(ds, limits)
    return [
        Member(facts, StackSlice(path, facts.uid, facts.frame, facts.number, source))
        for facts in found
    ]
