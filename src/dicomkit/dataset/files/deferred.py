"""Values that stay in their file: a slide's frames need not be in memory to show one."""

from __future__ import annotations

import os
import threading
import weakref
from typing import TYPE_CHECKING

from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from dicomkit.dataset.files.encoding import UNDEFINED
from dicomkit.dataset.files.sources import StreamSource, open_regular
from dicomkit.errors import ReadError

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.streams.header import PixelBytes

__all__ = ["FileBytes", "pixel_bytes"]

_CHANGED = "the file is not what it was when the dataset was read: read it again"


class FileBytes:
    """Bytes of a file, read when they are asked for.

    The file stays open from the first reading on until it is released; threads may share it.

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
        self._path = path
        self._start = start
        self._stop = stop
        self._timestamp = timestamp
        self._lock = threading.Lock()
        self._source: StreamSource | None = None
        self._closing: weakref.finalize[[], FileBytes] | None = None
        self._size = 0
        self._open()

    def __len__(self) -> int:
        """Count the bytes."""
        return self._size

    def __getitem__(self, part: slice, /) -> bytes:
        """Read a part of them."""
        first, last, _ = part.indices(len(self))
        length = max(last - first, 0)
        try:
            with self._lock:
                value = (self._source or self._open()).read(self._start + first, length)
        except ReadError:
            raise
        except OSError as error:
            raise ReadError(_CHANGED, path=self._path) from error
        if len(value) < length:
            raise ReadError(_CHANGED, path=self._path)
        return value

    def release(self) -> None:
        """Close the file; whoever reads on opens it again."""
        with self._lock:
            self._source = None
            if self._closing is not None:
                self._closing()

    def _open(self) -> StreamSource:
        file = open_regular(self._path)
        self._closing = weakref.finalize(self, file.close)
        status = os.fstat(file.fileno())
        stop = status.st_size if self._stop is None else self._stop
        changed = self._timestamp is not None and self._timestamp != status.st_mtime
        if changed or not self._start <= stop <= status.st_size:
            raise ReadError(_CHANGED, path=self._path)
        self._size = stop - self._start
        self._source = StreamSource(file, status.st_size)
        return self._source

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
