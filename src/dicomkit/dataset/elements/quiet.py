"""Keeping pydicom's warnings and log records to ourselves: they quote the values of elements."""

from __future__ import annotations

import logging
import threading
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["quiet"]

# `warnings.catch_warnings` swaps process-wide state: two threads inside it at once would
# restore each other's filters.
_LOCK = threading.RLock()
_LOGGER = logging.getLogger("pydicom")


@contextmanager
def quiet() -> Iterator[None]:
    """Silence warnings and pydicom's logger while pydicom converts or parses."""
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        was = _LOGGER.disabled
        _LOGGER.disabled = True
        try:
            yield
        finally:
            _LOGGER.disabled = was
