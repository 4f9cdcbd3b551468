"""What is compared, by name, and what came of it."""

from __future__ import annotations

from functools import cache
from typing import Final

from reference.compare import Comparison, compare
from reference.corpus import corpus
from reference.synthetic import SYNTHETIC

__all__ = ["DATASETS", "FILES", "compared"]

FILES: Final = {file.name: file for file in corpus()}
"""The corpora's files by name."""

DATASETS: Final = (*FILES, *SYNTHETIC)
"""The names of everything that is compared."""


@cache
def compared(name: str) -> Comparison:
    """Compare a file of the corpora or a made dataset, once in a process."""
    if name in FILES:
        return compare(FILES[name].read(), FILES[name].path)
    return compare(SYNTHETIC[name]())
