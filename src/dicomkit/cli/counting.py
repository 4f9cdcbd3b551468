"""How far a walk has come, on a terminal."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["counting"]

_EVERY_SECONDS: Final = 1.0


@contextmanager
def counting(*, shown: bool) -> Iterator[Callable[[int], None] | None]:
    """Keep a line on standard error up to date with what a walk counts, and remove it at the end.

    Nothing is written of walks that end within a second, and None is given where nothing shall be.
    """
    if not shown or sys.stderr is None:
        yield None
        return
    line = _Line()
    try:
        yield line.update
    finally:
        line.remove()


class _Line:
    def __init__(self) -> None:
        self._written = time.monotonic()
        self._length = 0

    def update(self, count: int) -> None:
        """Say how many there are so far, once a second."""
        if time.monotonic() - self._written < _EVERY_SECONDS:
            return
        self._written = time.monotonic()
        self._write(f"{count} files looked at")

    def remove(self) -> None:
        """Leave the place to what comes next."""
        if self._length:
            self._write("")
            self._write("")

    def _write(self, text: str) -> None:
        sys.stderr.write(f"\r{text:{self._length}}")
        sys.stderr.flush()
        self._length = len(text)
