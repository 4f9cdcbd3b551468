"""Values that stay in their file: a slide's frames need not be in memory to show one."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Protocol

from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from dicomkit.dataset.files.encoding import UNDEFINED
from dicomkit.dataset.files.sources import StreamSource, open_regular
from dicomkit.errors import ReadError

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["FileBytes", "PixelBytes", "pixel_bytes"]

_CHANGED = "the file is not what it was when the dataset was read: read it again"


class PixelBytes(Protocol):
    """What `bytes` and `FileBytes` have in common."""

    def __len__(self) -> int:
        """Count the bytes."""
        ...

    def __getitem__(self, part: slice, /) -> bytes:
        """Give a part of them."""
        ...

    def startswith(self, prefix: bytes | tuple[bytes, ...], start: int = 0, /) -> bool:
        """Tell whether one of the prefixes stands at an offset."""
        ...


class FileBytes:
    """Bytes of a file, read when they are asked for; the file stays open as long.

    Parameters
    ----------
    path : str
        The file.
    start, stop : int
        Where they lie in it; to its end without `stop`.
    timestamp : float, optional
        When the file was last changed.

    Raises
    ------
    ReadError
        The file cannot be opened, or has changed.
    """

    def __init__(
        self, path: str, start: int, stop: int | None = None, *, timestamp: float | None = None
    ) -> None:
        file = open_regular(path)
        weakref.finalize(self, file.close)
        status = os.fstat(file.fileno())
        self._path = path
        self._start = start
        self._stop = status.st_size if stop is None else stop
        self._source = StreamSource(file, status.st_size)
        changed = timestamp is not None and timestamp != status.st_mtime
        if changed or not start <= self._stop <= status.st_size:
            raise ReadError(_CHANGED, path=path)

    def __len__(self) -> int:
        """Count the bytes."""
        return self._stop - self._start

    def __getitem__(self, part: slice, /) -> bytes:
        """Read a part of them."""
        first, last, _ = part.indices(len(self))
        length = max(last - first, 0)
        try:
            value = self._source.read(self._start + first, length)
        except OSError as error:
            raise ReadError(_CHANGED, path=self._path) from error
        if len(value) < length:
            raise ReadError(_CHANGED, path=self._path)
        return value

    def startswith(self, prefix: bytes | tuple[bytes, ...], start: int = 0, /) -> bool:
        """Tell whether one of the prefixes stands at an offset."""
        longest = max(map(len, prefix)) if isinstance(prefix, tuple) else len(prefix)
        return self[start : start + longest].startswith(prefix)


def pixel_bytes(ds: Dataset, keyword: str) -> PixelBytes | None:
    """Give a pixel data element's bytes, in memory or in the file; None where it is absent.

    Raises
    ------
    ReadError
        They stayed in the file, which cannot be opened or has changed.
    """
    tag = Tag(keyword)
    if tag not in ds:
        return None
    element = ds.get_item(tag, keep_deferred=True)
    if isinstance(element.value, bytes):
        return element.value
    path = getattr(ds, "filename", None)
    if not (isinstance(element, RawDataElement) and element.length and isinstance(path, str)):
        return None
    start = element.value_tell
    # Fragments show themselves where they end.
    stop = None if element.length == UNDEFINED else start + element.length
    return FileBytes(path, start, stop, timestamp=getattr(ds, "timestamp", None))
