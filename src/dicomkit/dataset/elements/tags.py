"""Tags, each made once: a dictionary finds the very same object without comparing it.

pydicom's tags are compared in Python, which costs more than all else of a look-up.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pydicom.tag import BaseTag

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["shared_tag"]

# More than the tags of an archive's headers.
_MOST: Final = 1 << 14

shared_tag: Callable[[int], BaseTag] = lru_cache(_MOST)(BaseTag)
