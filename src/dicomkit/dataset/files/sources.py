"""Where bytes come from: memory or a stream, read in pieces at given offsets."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol, cast

from dicomkit.errors import ReadError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "BinaryFile",
    "BinaryReader",
    "MemorySource",
    "Source",
    "StreamSource",
    "stream_source",
]

# Most headers fit.
_CHUNK: Final = 1 << 14


class BinaryReader(Protocol):
    """A binary stream to read from: a file that was opened with ``"rb"``, `io.BytesIO`, ..."""

    def read(self, size: int = ..., /) -> bytes:
        """Give at most so many bytes; without a number all that are left."""
        ...


class SeekableReader(BinaryReader, Protocol):
    """One that can go back and forth."""

    def seekable(self) -> bool:
        """Tell whether it really can."""
        ...

    def seek(self, offset: int, whence: int = ..., /) -> int:
        """Go to a place, and give it."""
        ...

    def tell(self) -> int:
        """Give the place."""
        ...


class BinaryFile(SeekableReader, Protocol):
    """One that can be closed."""

    def close(self) -> None:
        """Close it."""
        ...


class Source(Protocol):
    """Bytes of a known number, and how many of them are best read at a time."""

    size: int
    chunk: int

    def read(self, offset: int, length: int) -> bytes:
        """Give `length` bytes from `offset` on, fewer where they end."""
        ...


class MemorySource:
    """Bytes that are in memory."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.size: int = len(data)
        self.chunk: int = len(data)

    def read(self, offset: int, length: int) -> bytes:
        """Give a slice, the very object where it is the whole."""
        return self._data[offset : offset + length]


class StreamSource:
    """A binary file or a stream that can seek, from where it stands."""

    def __init__(self, stream: SeekableReader, size: int | None = None) -> None:
        self._stream = stream
        self._origin = 0
        if size is None:
            with _stream_faults():
                self._origin = stream.tell()
                size = stream.seek(0, os.SEEK_END) - self._origin
        self.size = size
        self.chunk = _CHUNK

    def read(self, offset: int, length: int) -> bytes:
        """Seek, then read until everything is there or the stream ends."""
        # A length that the file made up must not size a buffer.
        length = min(length, self.size - offset)
        pieces = []
        with _stream_faults():
            self._stream.seek(self._origin + offset)
            while length > 0:
                piece = self._stream.read(length)
                # None is a raw stream's that has nothing at the moment.
                if not isinstance(piece, bytes | None):
                    raise _not_binary(type(piece))
                if not piece:
                    break
                pieces.append(piece)
                length -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def stream_source(stream: BinaryReader) -> Source:
    """Read a stream of the caller's from where it stands, as a whole where it cannot seek.

    Raises
    ------
    ReadError
        It fails.
    TypeError
        It gives text.
    """
    if isinstance(stream, io.TextIOBase):
        raise _not_binary(str)
    seekable = cast("SeekableReader", stream)
    try:
        if seekable.seekable():
            return StreamSource(seekable)
    except AttributeError:
        # Some streams cannot say: they have no such method, or lead to one that has none.
        pass
    with _stream_faults():
        data = stream.read()
    if not isinstance(data, bytes):
        raise _not_binary(type(data))
    return MemorySource(data)


def _not_binary(kind: type) -> TypeError:
    return TypeError(f"expected a binary stream; this one gives {kind.__name__}")


@contextmanager
def _stream_faults() -> Iterator[None]:
    """Say of whatever a stream raises, such as one that unpacks, that it cannot be read."""
    try:
        yield
    except UnicodeError as error:
        raise _not_binary(str) from error
    except (OSError, MemoryError, TypeError, ValueError):
        raise
    except Exception as error:
        msg = "the stream cannot be read"
        raise ReadError(msg) from error
