"""How far an export has come: a bar, a callback, or silence."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Progress", "reporting"]

Progress: TypeAlias = "bool | Callable[[int, int], object]"


@contextmanager
def reporting(progress: Progress, total: int, first: int) -> Iterator[Callable[[int], None]]:
    """Say how far the work has come.

    Parameters
    ----------
    progress : bool or callable
        True draws tqdm's bar on the terminal or in the notebook, if tqdm is installed. A
        callable is called with the number of files done and of all files.
    total : int
        How many files there are.
    first : int
        How many of them were done before.

    Yields
    ------
    callable
        To be called with the number of files done so far.

    Examples
    --------
    >>> with reporting(print, 2, 0) as update:
    ...     update(1)
    0 2
    1 2
    """
    if callable(progress):
        progress(first, total)

        def call(done: int) -> None:
            progress(done, total)

        yield call
    elif progress and find_spec("tqdm"):
        # tqdm is an extra, and slow to import.
        bar = import_module("tqdm.auto").tqdm(
            total=total, initial=first, unit="file", desc="export", dynamic_ncols=True
        )
        with bar:
            yield lambda done: bar.update(done - bar.n)
    else:
        yield lambda _done: None
