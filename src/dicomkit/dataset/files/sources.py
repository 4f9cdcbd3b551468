"""Where bytes come from: a file, a stream or memory, read in pieces at given offsets."""

from __future__ import annotations

import io
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from dicomkit.errors import DicomKitError, ReadError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MemorySource", "Source", "StreamSource", "file_status", "open_file", "open_regular"]

# A FIFO without a writer would block `open`; a terminal would become ours.
_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_NONBLOCK", 0)
)
# Most headers fit.
_CHUNK: Final = 1 << 14


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

    def __init__(self, stream: BinaryIO | io.FileIO, size: int | None = None) -> None:
        self._stream = stream
        self._origin = 0
        if size is None:
            self._origin = stream.tell()
            size = stream.seek(0, os.SEEK_END) - self._origin
        self.size = size
        self.chunk = _CHUNK

    def read(self, offset: int, length: int) -> bytes:
        """Seek, then read until everything is there or the stream ends."""
        self._stream.seek(self._origin + offset)
        # A length that the file made up must not size a buffer.
        length = min(length, self.size - offset)
        pieces = []
        while length > 0:
            piece = self._stream.read(length)
            if not isinstance(piece, bytes | None):
                msg = f"expected a binary stream; this one gives {type(piece).__name__}"
                raise TypeError(msg)
            if not piece:
                break
            pieces.append(piece)
            length -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def file_status(path: str | os.PathLike[str]) -> os.stat_result:
    """Ask the system about a path.

    Raises
    ------
    ReadError
        There is nothing there, or nothing can be.
    """
    try:
        return os.stat(path)  # noqa: PTH116 - a Path would cost more than the question
    except OSError as error:
        raise ReadError(_reason(error), path=path) from error
    except ValueError as error:
        msg = "no file can have this name"
        raise ReadError(msg, path=path) from error


def open_regular(path: str | os.PathLike[str]) -> io.FileIO:
    """Open a regular file; anything that is none is refused without being opened.

    Raises
    ------
    ReadError
        There is no such file, it is a folder, a FIFO, a device or a socket, or the system
        refuses to open it. The system's own error is its cause.
    """
    try:
        # Opening a device can do things: look first. Look again at what was really opened.
        _refuse_irregular(file_status(path))
        file = io.FileIO(os.open(path, _FLAGS))
    except DicomKitError as error:
        error.at(path=path)
        raise
    except OSError as error:
        raise ReadError(_reason(error), path=path) from error
    try:
        _refuse_irregular(os.fstat(file.fileno()))
    except ReadError as error:
        file.close()
        error.at(path=path)
        raise
    return file


@contextmanager
def open_file(path: str | os.PathLike[str]) -> Iterator[StreamSource]:
    """Open a regular file as a source; whatever goes wrong with it gains its path.

    Raises
    ------
    ReadError
        As `open_regular` does, or the system cannot read on.
    """
    with open_regular(path) as file:
        try:
            yield StreamSource(file, os.fstat(file.fileno()).st_size)
        except DicomKitError as error:
            error.at(path=path)
            raise
        except OSError as error:
            raise ReadError(_reason(error), path=path) from error


def _refuse_irregular(status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        msg = "is a folder, not a file"
        raise ReadError(msg)
    if not stat.S_ISREG(status.st_mode):
        msg = "is not a regular file"
        raise ReadError(msg)


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
