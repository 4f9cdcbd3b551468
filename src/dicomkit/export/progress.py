"""How far an export has come: a bar, a line, a callback, or silence."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    Update: TypeAlias = Callable[[int, str], None]

__all__ = ["Progress", "reporting"]

Progress: TypeAlias = bool | Callable[[int, int], object]

_EVERY_SECONDS: Final = 1.0


@contextmanager
def reporting(progress: Progress, total: int, first: int) -> Iterator[Update]:
    """Say how far the work has come.

    Parameters
    ----------
    progress : bool or callable
        True draws tqdm's bar on the terminal or in the notebook, or, if tqdm is not
        installed, writes a line to standard error that is kept up to date; neither where
        standard error is closed. A callable is called with the number of files done and of
        all files.
    total : int
        How many files there are.
    first : int
        How many of them were done before.

    Yields
    ------
    callable
        To be called with the number of files done so far and what became of them, in words.

    Examples
    --------
    >>> with reporting(print, 2, 0) as update:
    ...     update(1, "1 written")
    0 2
    1 2
    """
    if callable(progress):
        progress(first, total)

        def call(done: int, _tally: str) -> None:
            progress(done, total)

        yield call
    elif not progress or sys.stderr is None:
        yield lambda _done, _tally: None
    elif find_spec("tqdm"):
        # tqdm is an extra, and slow to import.
        bar = import_module("tqdm.auto").tqdm(
            total=total, initial=first, unit="file", desc="export", dynamic_ncols=True
        )

        def advance(done: int, tally: str) -> None:
            bar.set_postfix_str(tally, refresh=False)
            bar.update(done - bar.n)

        with bar:
            yield advance
            # What happened last may not have been drawn.
            bar.refresh()
    else:
        line = _Line(total, first)
        try:
            yield line.update
        finally:
            line.finish()


class _Line:
    """A line on standard error that is written again and again."""

    def __init__(self, total: int, first: int) -> None:
        self._total = total
        self._first = self._done = first
        self._tally = ""
        self._started = self._written = time.monotonic()
        self._length = 0

    def update(self, done: int, tally: str) -> None:
        self._done, self._tally = done, tally
        if time.monotonic() - self._written >= _EVERY_SECONDS:
            self._write("\r")

    def finish(self) -> None:
        self._write("\n")

    def _write(self, end: str) -> None:
        self._written = time.monotonic()
        rate = (self._done - self._first) / max(self._written - self._started, 1e-9)
        parts = [f"export: {self._done} of {self._total} files"]
        if rate:
            left = timedelta(seconds=round((self._total - self._done) / rate))
            parts += [f"{rate:.0f} a second", f"{left} left"]
        text = ", ".join([*parts, *([self._tally] if self._tally else [])])
        # What is left of a longer line is painted over.
        sys.stderr.write(f"\r{text:<{self._length}}{end}")
        sys.stderr.flush()
        self._length = len(text)
