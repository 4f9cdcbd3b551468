"""What happens to memory between one image and the next."""

from __future__ import annotations

from typing import Final

import numpy as np

__all__ = ["keep_freed_memory"]

# Just below the largest block that glibc learns from.
_BLOCK: Final = 31 << 20


def keep_freed_memory() -> None:
    """Let glibc keep what an image took for the next one.

    It hands large blocks back to the system when they are freed, and takes them anew with a
    page fault for every 4 KiB, which can cost as much as all the work on an image. What
    counts as large grows to the size of the largest block that was ever freed (mallopt(3),
    M_MMAP_THRESHOLD); this one is never touched, and takes no memory. Elsewhere nothing
    happens.

    Examples
    --------
    >>> keep_freed_memory()
    """
    np.empty(_BLOCK, np.uint8)
