"""Keeping pydicom's warnings and log records to ourselves: they quote the values of elements."""

from __future__ import annotations

import logging
import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["quiet"]


class _Ear(threading.local):
    """Stands in a filter where a regular expression would, and matches what quiet threads say.

    What another thread says must not be lost. So filters are not exchanged, as
    `warnings.catch_warnings` does for the whole process: one more is put in front of them. In
    all other threads `match` is C's own, which lets no thread change the filters meanwhile.
    """

    match: Callable[[str], bool] = "\0".__eq__
    depth = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Let through what this thread logs, unless it is quiet."""
        del record
        return self.depth == 0


_EAR = _Ear()
_FILTER = ("ignore", _EAR, Warning, None, 0)
_LOCK = threading.Lock()
_LOGGER = logging.getLogger("pydicom")
_LOGGER.addFilter(_EAR.filter)


@contextmanager
def quiet() -> Iterator[list[str]]:
    """Silence this thread's warnings, and its records of pydicom's, while pydicom converts.

    Yields
    ------
    list of str
        What would have been warned of. It may quote values.
    """
    said: list[str] = []

    def listen(text: str) -> bool:
        said.append(text)
        return True

    outer = _EAR.match
    _EAR.match = listen
    _EAR.depth += 1
    with _LOCK:
        _filters().insert(0, _FILTER)
    try:
        yield said
    finally:
        with _LOCK:
            # Whoever exchanged the filters meanwhile may have taken it along.
            if _FILTER in _filters():
                _filters().remove(_FILTER)
        _EAR.depth -= 1
        _EAR.match = outer


def _filters() -> list[Any]:
    """Give the list of filters that is in force, which is no copy."""
    return cast("list[Any]", warnings.filters)
