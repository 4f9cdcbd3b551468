"""Whether a file is still what it was, without reading it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dicomkit.dataset.files.opening import status_of
from dicomkit.errors import DicomKitError

if TYPE_CHECKING:
    from dicomkit.dataset.files.filesystems import File

__all__ = ["Stamp", "stamp_of"]


class Stamp(NamedTuple):
    """A file's size, and what changes when the file does: the time, in nanoseconds, as a rule."""

    size: int
    modified: int


def stamp_of(file: File) -> Stamp | None:
    """Look at a file; None where there is nothing to look at.

    Examples
    --------
    >>> stamp_of("no such file") is None
    True
    """
    try:
        found = status_of(file)
    except DicomKitError:
        return None
    return Stamp(found.size, found.modified)
