"""Files by their paths, wherever they are: on the disk, in a zip, or behind fsspec."""

from __future__ import annotations

import io
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol, TypeAlias, TypeVar

from dicomkit.dataset.files.sources import Source, StreamSource
from dicomkit.errors import DicomKitError, ReadError
from dicomkit.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
    "list_folder",
    "open_file",
    "open_source",
    "read_error",
    "status_of",
]

Kind: TypeAlias = Literal["file", "folder", "link", "other", "outside", "unreadable"]
"""What has a name in a folder; ``"outside"`` is an entry of a zip that would leave it."""

File: TypeAlias = str | os.PathLike[str]
"""A path. Where it has an attribute ``filesystem``, as a `StoredFile` has, it is one there."""

_Answer = TypeVar("_Answer")

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


def list_folder(folder: File) -> dict[str, Kind]:
    """Say what is in a folder, or in a zip or a folder of it.

    Raises
    ------
    DicomKitError
        There is no such folder, or it cannot be read; a zip may also be damaged, too large or
        nested too deep.
    """
    return _ask(folder, lambda system, path: system.list(path))


def status_of(file: File) -> Status:
    """Say what a path leads to, be it in a zip.

    Raises
    ------
    DicomKitError
        There is nothing there, or it cannot be looked at.
    """
    return _ask(file, lambda system, path: system.status(path))


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


def open_source(file: File, limits: Limits | None = None) -> OpenFile:
    """Open a regular file, or one in a zip; who calls this has to close it.

    Parameters
    ----------
    file : path
        A file. What lies behind the name of a zip, as in ``exam.zip/DICOM/IM1``, is in the zip.
    limits : Limits, optional
        ``inflated_bytes`` bounds a file that is compressed in a zip.

    Raises
    ------
    DicomKitError
        There is no such file, it is a folder, a FIFO, a device or a socket, or the system
        refuses to open it: a `ReadError` whose cause is the system's own error. A zip may also
        be damaged, nested too deep, or too large.
    """
    return _ask(file, lambda system, path: system.open(path, limits))


@contextmanager
def open_file(file: File, limits: Limits = DEFAULT_LIMITS) -> Iterator[OpenFile]:
    """Open a file as `open_source` does, for a while; whatever goes wrong gains its path.

    Raises
    ------
    DicomKitError
        As `open_source` does, or the system cannot read on.
    """
    source = open_source(file, limits)
    try:
        yield source
    except DicomKitError as error:
        error.at(path=file)
        raise
    except OSError as error:
        raise read_error(error, file) from error
    finally:
        source.close()


def read_error(error: OSError | ValueError, path: File | None = None) -> ReadError:
    """Say what the system said; what it calls a `ValueError` is the name."""
    if isinstance(error, OSError):
        return ReadError((error.strerror or type(error).__name__).lower(), path=path)
    return ReadError("no file can have this name", path=path)


def _ask(file: File, question: Callable[[FileSystem, str], _Answer]) -> _Answer:
    """Ask the file system of a file, or the zip that is on the way to it."""
    system, path = getattr(file, "filesystem", None) or DISK, os.fspath(file)
    try:
        while True:
            try:
                return question(system, path)
            except ReadError as error:
                if not isinstance(error.__cause__, FileNotFoundError | NotADirectoryError):
                    raise
                from dicomkit.dataset.files.zips import find_zip

                inside = find_zip(system, path)
                if inside is None:
                    raise
            system, path = inside
    except DicomKitError as error:
        error.at(path=file)
        raise
    except OSError as error:
        raise read_error(error, file) from error


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
