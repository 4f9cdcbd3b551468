"""Whether a file is still what it was, without reading it."""

from __future__ import annotations

import os
from typing import NamedTuple

__all__ = ["Stamp", "stamp_of"]


class Stamp(NamedTuple):
    """A file's size, and when it was last changed in nanoseconds."""

    size: int
    modified: int


def stamp_of(path: str) -> Stamp | None:
    """Look at a file; None where there is nothing to look at.

    Examples
    --------
    >>> stamp_of("no such file") is None
    True
    """
    try:
        found = os.stat(path)  # noqa: PTH116 - a Path would cost more than the question
    except (OSError, ValueError):
        return None
    return Stamp(found.st_size, found.st_mtime_ns)
