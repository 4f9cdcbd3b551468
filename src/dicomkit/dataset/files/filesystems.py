"""What a file system is, and the one that the operating system shows."""

from __future__ import annotations

import io
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol, TypeAlias

from dicomkit.dataset.files.sources import Source, StreamSource
from dicomkit.errors import ReadError

if TYPE_CHECKING:
    from dicomkit.dataset.files.sources import BinaryFile
    from dicomkit.limits import Limits

__all__ = [
    "DISK",
    "Disk",
    "File",
    "FileSystem",
    "Kind",
    "OpenFile",
    "Status",
    "StoredFile",
    "StreamFile",
    "file_in",
    "file_status",
    "read_error",
]

Kind: TypeAlias = Literal["file", "folder", "link", "other", "outside", "unreadable"]
"""What has a name in a folder; ``"outside"`` is an entry of a zip that would leave it."""

File: TypeAlias = str | os.PathLike[str]
"""A path. Where it has an attribute ``filesystem``, as a `StoredFile` has, it is one there."""

# A FIFO without a writer would block `open`; a terminal would become ours.
_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_NONBLOCK", 0)
)


class OpenFile(Source, Protocol):
    """A file's bytes, until it is closed.

    Attributes
    ----------
    on_disk : bool
        Whether the operating system knows the file by its path.
    timestamp : float or None
        When it was last changed, as far as that is known; another number after every change.
    """

    on_disk: bool
    timestamp: float | None

    def close(self) -> None:
        """Let go of it."""
        ...


class Status(NamedTuple):
    """What a path leads to, how many bytes it has, and in which state they are."""

    kind: Kind
    size: int
    modified: int


class FileSystem(Protocol):
    """Folders and files, wherever they are. It is a value: hashable, and can travel."""

    def __hash__(self) -> int:
        """Let what was found out be remembered."""
        ...

    def list(self, folder: str) -> dict[str, Kind]:
        """Say what is in a folder, by name."""
        ...

    def status(self, path: str) -> Status:
        """Say what a path leads to."""
        ...

    def open(self, path: str, limits: Limits | None) -> OpenFile:
        """Open a regular file."""
        ...


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file by its path in a certain file system."""

    path: str
    filesystem: FileSystem

    def __fspath__(self) -> str:
        """Give the path."""
        return self.path


def file_in(filesystem: FileSystem | None, path: str) -> File:
    """Give what can be opened, for a path in a file system, or in the operating system's."""
    return path if filesystem is None else StoredFile(path, filesystem)


class StreamFile(StreamSource):
    """A file that is open as a stream."""

    def __init__(
        self,
        stream: BinaryFile,
        size: int,
        timestamp: float | None = None,
        *,
        on_disk: bool = False,
    ) -> None:
        super().__init__(stream, size)
        self._file = stream
        self.timestamp = timestamp
        self.on_disk = on_disk

    def close(self) -> None:
        """Close the stream."""
        self._file.close()


@dataclass(frozen=True, slots=True)
class Disk:
    """The file system that the operating system shows. Folders are listed, links not followed."""

    def list(self, folder: str) -> dict[str, Kind]:
        """Say what is in a folder; an entry that cannot be looked at costs nothing but itself."""
        try:
            with os.scandir(folder) as entries:
                return {entry.name: _kind(entry) for entry in entries}
        except (OSError, ValueError) as error:
            raise read_error(error, folder) from error

    def status(self, path: str) -> Status:
        """Say what a path leads to, through links."""
        found = file_status(path)
        mode = found.st_mode
        kind: Kind = "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "other"
        return Status(kind, found.st_size, found.st_mtime_ns)

    def open(self, path: str, limits: Limits | None) -> StreamFile:  # noqa: ARG002 - the protocol's
        """Open a regular file; anything that is none is refused without being opened."""
        # Opening a device can do things: look first. Look again at what was really opened.
        _refuse_irregular(file_status(path), path)
        try:
            file = io.FileIO(os.open(path, _FLAGS))
        except OSError as error:
            raise read_error(error, path) from error
        status = os.fstat(file.fileno())
        try:
            _refuse_irregular(status, path)
        except ReadError:
            file.close()
            raise
        return StreamFile(file, status.st_size, status.st_mtime, on_disk=True)


DISK: Final = Disk()


def file_status(path: str | os.PathLike[str]) -> os.stat_result:
    """Ask the operating system about a path.

    Raises
    ------
    ReadError
        There is nothing there, or nothing can be.
    """
    try:
        return os.stat(path)  # noqa: PTH116 - a Path would cost more than the question
    except (OSError, ValueError) as error:
        raise read_error(error, path) from error


def read_error(error: OSError | ValueError, path: File | None = None) -> ReadError:
    """Say what the system said; what it calls a `ValueError` is the name."""
    if isinstance(error, OSError):
        return ReadError((error.strerror or type(error).__name__).lower(), path=path)
    return ReadError("no file can have this name", path=path)


def _kind(entry: os.DirEntry[str]) -> Kind:
    try:
        if entry.is_symlink():
            return "link"
        if entry.is_dir(follow_symlinks=False):
            return "folder"
        return "file" if entry.is_file(follow_symlinks=False) else "other"
    except OSError:
        return "unreadable"


def _refuse_irregular(status: os.stat_result, path: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        msg = "is a folder, not a file"
        raise ReadError(msg, path=path)
    if not stat.S_ISREG(status.st_mode):
        msg = "is not a regular file"
        raise ReadError(msg, path=path)
