"""Whole files or none: a temporary file beside the target, then one rename.

Where the system can, a folder is opened once and named by its descriptor from then on, so that
whoever swaps it for a link leads nothing astray.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from dicomkit.errors import DicomKitError, WriteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "OpenFolder",
    "is_temporary",
    "named_refusals",
    "temporary_name",
    "write_all",
    "write_error",
    "write_file",
]

_PREFIX = ".dicomkit-"
_SUFFIX = ".tmp"
# Of a file that is compared with another, at once.
_PART = 1 << 20

_COMMON = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOINHERIT", 0)
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _COMMON
_OLD_FILE = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | _COMMON
_APPENDED = os.O_RDWR | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | _COMMON
_FOLDER = getattr(os, "O_DIRECTORY", 0) | _COMMON
# Enough to name what is in a folder, and allowed where its list may not be read.
_TO_NAME = getattr(os, "O_PATH", os.O_RDONLY) | _FOLDER
_BY_DESCRIPTOR = {
    os.open,
    os.link,
    os.rename,
    os.unlink,
    os.stat,
    os.mkdir,
} <= os.supports_dir_fd and os.scandir in os.supports_fd

# How often a temporary file may be swept away before its writer is done.
_TRIES = 3

# What file systems without hard links answer to os.link.
_NO_LINKS = frozenset(
    {
        errno.EPERM,
        errno.EACCES,
        errno.EINVAL,
        errno.EMLINK,
        errno.ENOSYS,
        errno.ENOTSUP,
        errno.EOPNOTSUPP,
    }
)


class OpenFolder:
    """A folder that stays the same one while files are written into it.

    Parameters
    ----------
    path : path-like
        The folder.
    descriptor : int, optional
        Its own, where it is open already: it is closed with this value.

    Raises
    ------
    OSError
        From every method, if the operating system refuses.
    """

    def __init__(self, path: str | os.PathLike[str], descriptor: int | None = None) -> None:
        self.path: str = os.fspath(path)
        if descriptor is None and _BY_DESCRIPTOR:
            descriptor = os.open(path, _TO_NAME)
        self._descriptor = descriptor
        if descriptor is not None:
            weakref.finalize(self, os.close, descriptor)

    def enter(self, name: str) -> OpenFolder:
        """Open a folder in this one, and make it if it is not there; a link is not followed."""
        with contextlib.suppress(FileExistsError):
            os.mkdir(self._at(name), dir_fd=self._descriptor)
        path = os.path.join(self.path, name)
        if self._descriptor is not None:
            inner = os.open(name, _TO_NAME | os.O_NOFOLLOW, dir_fd=self._descriptor)
            return OpenFolder(path, inner)
        if not os.path.isdir(path) or os.path.islink(path):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
        return OpenFolder(path)

    def write(self, name: str, data: bytes, *, overwrite: bool) -> None:
        """Write a file as `write_file` does."""
        for left in reversed(range(_TRIES)):
            try:
                self.write_parts(name, (data,), overwrite=overwrite)
            except FileNotFoundError:
                # Another export may have taken the temporary file for one that was left behind.
                if not left or not os.path.isdir(self.path):
                    raise
            else:
                return

    def write_parts(
        self, name: str, parts: Iterable[bytes], *, overwrite: bool, sync: bool = False
    ) -> int:
        """Write a file part by part, and to the disk's surface where asked; say when it was."""
        temporary = temporary_name()
        descriptor = os.open(self._at(temporary), _NEW_FILE, 0o666, dir_fd=self._descriptor)
        try:
            try:
                for part in parts:
                    write_all(descriptor, part)
                if sync:
                    os.fsync(descriptor)
                changed = os.fstat(descriptor).st_mtime_ns
            finally:
                os.close(descriptor)
            self.give_name(temporary, name, overwrite=overwrite)
        finally:
            with contextlib.suppress(OSError):
                self.remove(temporary)
        return changed

    @contextlib.contextmanager
    def lend(self, name: str, *, overwrite: bool, again: bool = False) -> Iterator[BinaryIO]:
        """Lend a file to write, to read and to seek in, which gets its name once it is whole.

        ``again`` lets it take the name of a file that holds the very same bytes.
        """
        temporary = temporary_name()
        flags = _NEW_FILE & ~os.O_WRONLY | os.O_RDWR
        descriptor = os.open(self._at(temporary), flags, 0o666, dir_fd=self._descriptor)
        try:
            with open(descriptor, "w+b") as file:
                yield file
                replaces = overwrite or (again and self._holds(name, file))
            self.give_name(temporary, name, overwrite=replaces)
        finally:
            with contextlib.suppress(OSError):
                self.remove(temporary)

    def give_name(self, temporary: str, name: str, *, overwrite: bool) -> None:
        """Let a temporary file take a name: that of another file only if it may."""
        here = self._descriptor
        source, target = self._at(temporary), self._at(name)
        if overwrite:
            os.replace(source, target, src_dir_fd=here, dst_dir_fd=here)
            return
        # A second name for the file: unlike a rename, this fails if the name is taken.
        try:
            os.link(source, target, src_dir_fd=here, dst_dir_fd=here)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
        else:
            return
        if self.look_at(name) is not None:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        os.rename(source, target, src_dir_fd=here, dst_dir_fd=here)

    def _holds(self, name: str, file: BinaryIO) -> bool:
        """Tell whether a regular file has the same bytes as another that is open."""
        found = self.look_at(name)
        if found is None or not stat.S_ISREG(found.st_mode):
            return False
        if found.st_size != file.seek(0, os.SEEK_END):
            return False
        file.seek(0)
        with self.open_old(name) as old:
            return all(old.read(_PART) == part for part in iter(lambda: file.read(_PART), b""))

    @property
    def identity(self) -> tuple[int, int]:
        """What tells this folder from any other on this machine."""
        found = os.stat(self.path if self._descriptor is None else self._descriptor)
        return found.st_dev, found.st_ino

    def look_at(self, name: str) -> os.stat_result | None:
        """Look at what has a name, a link itself; None where there is nothing."""
        try:
            return os.stat(self._at(name), dir_fd=self._descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def read(self, name: str) -> bytes:
        """Read a regular file; a link is not followed."""
        with self.open_old(name) as file:
            return file.read()

    def open_old(self, name: str) -> BinaryIO:
        """Open a file to read; a link is not followed."""
        return open(os.open(self._at(name), _OLD_FILE, dir_fd=self._descriptor), "rb")

    def append(self, name: str) -> BinaryIO:
        """Open a file to append to it without a buffer, and to read it; a link is not followed."""
        descriptor = os.open(self._at(name), _APPENDED, dir_fd=self._descriptor)
        return os.fdopen(descriptor, "ab+", buffering=0)

    def remove(self, name: str) -> None:
        """Remove a file, or a folder with all that is in it."""
        found = self.look_at(name)
        if found is not None and stat.S_ISDIR(found.st_mode):
            shutil.rmtree(self._at(name), dir_fd=self._descriptor)
        else:
            os.unlink(self._at(name), dir_fd=self._descriptor)

    def temporary_names(self) -> list[str]:
        """List the files in it that were never given their name."""
        if self._descriptor is None:
            return list(filter(is_temporary, os.listdir(self.path)))
        descriptor = os.open(os.curdir, os.O_RDONLY | _FOLDER, dir_fd=self._descriptor)
        try:
            return list(filter(is_temporary, os.listdir(descriptor)))
        finally:
            os.close(descriptor)

    def _at(self, name: str) -> str:
        return name if self._descriptor is not None else os.path.join(self.path, name)


def write_file(path: str | os.PathLike[str], data: bytes, *, overwrite: bool) -> None:
    """Write a file so that its name holds either all of it or what was there before.

    The data goes to a temporary file in the same folder, which then takes the target's
    name in one step. A process that is killed at any moment leaves at most a file whose
    name starts with ``.dicomkit-``. The file is not forced out to the disk's surface
    (``fsync``): a power cut may cost a picture that was written seconds before it.

    Parameters
    ----------
    path : path-like
        The target. A link there is not followed: it is replaced, or counts as existing.
    data : bytes
        The whole content.
    overwrite : bool
        Replace what is there, or refuse to.

    Raises
    ------
    WriteError
        If the operating system refuses, or the target exists and `overwrite` is false.
        Its ``errno`` is the operating system's.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_file(os.path.join(folder, "a.txt"), b"all", overwrite=False)
    ...     os.listdir(folder)
    ['a.txt']
    """
    with named_refusals(path):
        folder, name = os.path.split(path)
        OpenFolder(folder or os.curdir).write(name, data, overwrite=overwrite)


@contextlib.contextmanager
def named_refusals(path: str | os.PathLike[str]) -> Iterator[None]:
    """Let what the operating system refuses about a file be a `WriteError` that names it."""
    try:
        yield
    except DicomKitError:
        raise
    except OSError as error:
        failure = write_error(error, path)
        replaceable = os.path.islink(path) or not os.path.isdir(path)
        if isinstance(error, FileExistsError) and replaceable:
            failure.message += "; overwrite=True replaces what is there"
        raise failure from error


def temporary_name() -> str:
    """Make a name that nobody else has, for what is not whole yet.

    Examples
    --------
    >>> is_temporary(temporary_name())
    True
    """
    return f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}"


def is_temporary(name: str) -> bool:
    """Tell whether a file name is one that a file has before it is whole.

    Examples
    --------
    >>> is_temporary(".dicomkit-00ff.tmp"), is_temporary("1.jpg")
    (True, False)
    """
    return name.startswith(_PREFIX) and name.endswith(_SUFFIX)


def write_error(error: OSError, path: str | os.PathLike[str]) -> WriteError:
    """Say what the operating system refused to write.

    Parameters
    ----------
    error : OSError
        Its answer.
    path : path-like
        The file or folder concerned.

    Returns
    -------
    WriteError
        With the same ``errno``.

    Examples
    --------
    >>> print(write_error(FileExistsError(errno.EEXIST, "File exists"), "a.png"))
    a.png: the name is taken; nothing was changed
    """
    if any(map(os.path.isfile, Path(path).parents)):
        message = "a file lies where a folder is needed; nothing was changed"
    elif isinstance(error, FileExistsError):
        message = "the name is taken; nothing was changed"
    elif isinstance(error, FileNotFoundError):
        message = "cannot write: its folder does not exist"
    else:
        message = f"cannot write: {error.strerror or type(error).__name__}"
    wrapped = WriteError(message, path=path)
    wrapped.errno = error.errno
    return wrapped


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of some bytes: one call may take only a part.

    Parameters
    ----------
    descriptor : int
        An open file's descriptor.
    data : bytes
        What to write.

    Raises
    ------
    OSError
        If the operating system refuses.
    """
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
