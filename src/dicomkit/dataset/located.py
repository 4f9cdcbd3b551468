"""Saying which file an error is about."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from dicomkit.errors import DicomKitError, LimitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

__all__ = ["located"]


@contextmanager
def located(ds: Dataset) -> Iterator[None]:
    """Give every error the path of the file that a dataset was read from.

    Memory that is not there becomes a `LimitError`: it is the file that asks for it.
    """
    try:
        yield
    except DicomKitError as error:
        error.at(path=_path(ds))
        raise
    except MemoryError:
        msg = "there is not enough memory for that"
        raise LimitError(msg, path=_path(ds)) from None


def _path(ds: Dataset) -> str | None:
    path = getattr(ds, "filename", None)
    return path if isinstance(path, str) else None
