"""Values that stay in their file: a slide's frames need not be in memory to show one."""

from __future__ import annotations

import io
import os
import threading
import weakref
from typing import TYPE_CHECKING

from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from dicomkit.dataset.files.encoding import UNDEFINED
from dicomkit.dataset.files.opening import open_source
from dicomkit.errors import ReadError

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.dataset.files.filesystems import File, OpenFile
    from dicomkit.streams.header import PixelBytes

__all__ = ["FileBytes", "FileStream", "pixel_bytes"]

_CHANGED = "the file is not what it was when the dataset was read: read it again"


class FileBytes:
    """Bytes of a file, read when they are asked for.

    The file stays open from the first reading on until it is released; threads may share it.

    Parameters
    ----------
    file : path
        The file, which may lie in a zip or in another file system.
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
        self, file: File, start: int, stop: int | None = None, *, timestamp: float | None = None
    ) -> None:
        self._file = file
        self._start = start
        self._stop = stop
        self._timestamp = timestamp
        self._lock = threading.Lock()
        self._source: OpenFile | None = None
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
            raise ReadError(_CHANGED, path=self._file) from error
        if len(value) < length:
            raise ReadError(_CHANGED, path=self._file)
        return value

    def release(self) -> None:
        """Close the file; whoever reads on opens it again."""
        with self._lock:
            self._source = None
            if self._closing is not None:
                self._closing()

    def _open(self) -> OpenFile:
        # What was let in when the dataset was read is let in again: there are no limits here.
        source = open_source(self._file)
        self._closing = weakref.finalize(self, source.close)
        stop = source.size if self._stop is None else self._stop
        changed = self._timestamp is not None and self._timestamp != source.timestamp
        if changed or not self._start <= stop <= source.size:
            raise ReadError(_CHANGED, path=self._file)
        self._size = stop - self._start
        self._source = source
        return source

    def startswith(self, prefix: bytes | tuple[bytes, ...], start: int = 0, /) -> bool:
        """Tell whether one of the prefixes stands at an offset."""
        longest = max(map(len, prefix)) if isinstance(prefix, tuple) else len(prefix)
        return self[start : start + longest].startswith(prefix)


class FileStream(io.RawIOBase):
    """A file that pydicom cannot open by its path, as a stream that is opened when it is read.

    Parameters
    ----------
    file : path
        The file, which lies in a zip or in another file system.
    timestamp : float or None
        When it was last changed.
    """

    def __init__(self, file: File, timestamp: float | None) -> None:
        self.file = file
        self._timestamp = timestamp
        self._bytes: FileBytes | None = None
        self._at = 0

    def __reduce__(self) -> tuple[object, ...]:
        """Travel without the open file."""
        return FileStream, (self.file, self._timestamp)

    def __deepcopy__(self, memo: dict[int, object]) -> FileStream:
        """Open another file for a copy."""
        return FileStream(self.file, self._timestamp)

    def seekable(self) -> bool:
        """Say that any place can be read from."""
        return True

    def tell(self) -> int:
        """Say which byte comes next."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place, counted from the beginning or from here."""
        self._at = offset + (self._at if whence == os.SEEK_CUR else 0)
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        """Read so many bytes, fewer where the file ends."""
        if self._bytes is None:
            self._bytes = FileBytes(self.file, 0, timestamp=self._timestamp)
        stop = None if size is None or size < 0 else self._at + size
        data = self._bytes[self._at : stop]
        self._at += len(data)
        return data


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
    stream = getattr(ds, "buffer", None)
    file = stream.file if isinstance(stream, FileStream) else getattr(ds, "filename", None)
    if not (isinstance(element, RawDataElement) and element.length and file):
        return None
    start = element.value_tell
    # Fragments show themselves where they end.
    stop = None if element.length == UNDEFINED else start + element.length
    return FileBytes(file, start, stop, timestamp=getattr(ds, "timestamp", None))
