"""The output folder: new pictures go in, whatever was there stays."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO

from dicomkit.errors import DicomKitError, UnsafePathError, WriteError
from dicomkit.export.writing.atomic import OpenFolder, write_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Store", "is_fatal", "open_below", "sweep"]

# After one of these, every other picture would meet the same.
_FATAL = frozenset(
    {
        errno.EACCES,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EIO,
        errno.ENOSPC,
        errno.EPERM,
        errno.EROFS,
    }
)


class Store:
    """Puts pictures into an output folder.

    Parameters
    ----------
    output : path-like
        The output folder. It is opened once: what takes its place, or that of a folder in it,
        afterwards gets no picture.
    overwrite : bool
        Whether other files at a picture's name are replaced.
    identity : (int, int), optional
        The folder's own, as `OpenFolder` tells it; another one at its path gets no picture.
    """

    def __init__(
        self,
        output: str | os.PathLike[str],
        *,
        overwrite: bool,
        identity: tuple[int, int] | None = None,
    ) -> None:
        self._output = os.fspath(output)
        self._overwrite = overwrite
        self._identity = identity
        self._ready: tuple[str, OpenFolder] | None = None

    def put(self, path: str, data: bytes) -> None:
        """Write a picture, and the folders on its way.

        Parameters
        ----------
        path : str
            Below the output folder, with ``/`` between the parts.
        data : bytes
            The whole picture. If the very same bytes are there already, so be it; if only
            the first of them are, as after a power cut, the rest is made up for.

        Raises
        ------
        UnsafePathError
            If the path leaves the output folder, by itself or through a link.
        WriteError
            If the operating system refuses, or another file has the name.
        """
        below, _, name = path.rpartition("/")
        target = os.path.join(self._output, path)
        folder = self._folder(below)
        try:
            try:
                folder.write(name, data, overwrite=self._overwrite)
            except FileExistsError:
                held = _held(folder, name, data)
                if not held:
                    raise
                if held < len(data):
                    folder.write(name, data, overwrite=True)
        except OSError as error:
            raise write_error(error, target) from error

    @contextlib.contextmanager
    def lend(self, path: str) -> Iterator[BinaryIO]:
        """Lend a file to write part by part, which takes its name as with `put`.

        Raises
        ------
        UnsafePathError, WriteError
            As `put`.
        """
        below, _, name = path.rpartition("/")
        folder = self._folder(below)
        try:
            with folder.lend(name, overwrite=self._overwrite, again=True) as file:
                yield file
        except DicomKitError:
            raise
        except OSError as error:
            raise write_error(error, os.path.join(self._output, path)) from error

    def _folder(self, below: str) -> OpenFolder:
        """Open a folder below the output, and make it if it is not there."""
        if self._ready is None or below != self._ready[0]:
            self._ready = below, open_below(self._root, self._real, below)
        return self._ready[1]

    @cached_property
    def _real(self) -> str:
        return os.path.realpath(self._output)

    @cached_property
    def _root(self) -> OpenFolder:
        try:
            os.makedirs(self._output, exist_ok=True)
            root = OpenFolder(self._real)
        except OSError as error:
            raise write_error(error, self._output) from error
        if self._identity not in (None, root.identity):
            msg = "another folder has taken the output folder's place"
            raise UnsafePathError(msg, path=self._output)
        return root


def open_below(root: OpenFolder, real: str, below: str) -> OpenFolder:
    """Open a folder below another, and make it if it is not there.

    Parameters
    ----------
    root : OpenFolder
        The outer folder.
    real : str
        Where it really lies, without links on the way.
    below : str
        The way from it, with ``/`` between the parts.

    Raises
    ------
    UnsafePathError
        If it leaves the outer folder, by itself or through a link.
    WriteError
        If the operating system refuses.
    """
    path = os.path.join(real, below)
    found = os.path.realpath(path)
    inside = real.rstrip(os.sep) + os.sep
    if not (found + os.sep).startswith(inside):
        msg = "a picture's folder would lie outside the output folder"
        raise UnsafePathError(msg, path=path)
    folder = root
    try:
        for part in found[len(inside) :].split(os.sep):
            folder = folder.enter(part) if part else folder
    except OSError as error:
        if os.path.realpath(path) != found:
            # What was a folder a moment ago is a link now.
            msg = "a picture's folder has become a link"
            raise UnsafePathError(msg, path=path) from None
        raise write_error(error, os.path.join(path, "any")) from error
    return folder


def sweep(output: str | os.PathLike[str], folders: Iterable[str], before: int) -> None:
    """Remove temporary files that processes which were killed have left.

    Parameters
    ----------
    output : path-like
        The output folder.
    folders : iterable of str
        Folders below it, with ``/`` between the parts. It is looked through itself too, but
        not what else it holds.
    before : int
        Files that were changed later belong to an export that may still be at work; in
        nanoseconds by the file system's own clock.
    """
    real = os.path.realpath(output)
    # What cannot be looked through or removed does no harm.
    with contextlib.suppress(OSError):
        root = OpenFolder(output)
        for below in {"", *folders}:
            if not os.path.isdir(os.path.join(real, below)):
                continue
            with contextlib.suppress(OSError, UnsafePathError):
                folder = open_below(root, real, below)
                for name in folder.temporary_names():
                    found = folder.look_at(name)
                    if found is not None and found.st_mtime_ns < before:
                        folder.remove(name)


def is_fatal(error: Exception) -> bool:
    """Tell whether an error means that the output folder takes nothing more.

    Parameters
    ----------
    error : Exception
        What a `Store` raised.

    Returns
    -------
    bool
        True for a full disk, a missing permission and the like.

    Examples
    --------
    >>> is_fatal(write_error(OSError(errno.ENOSPC, "No space left on device"), "a.png"))
    True
    """
    return isinstance(error, WriteError) and error.errno in _FATAL


def _held(folder: OpenFolder, name: str, data: bytes) -> int:
    """Count the bytes of a file that holds the first of some bytes, or all; 0 for any other."""
    try:
        found = folder.look_at(name)
        # A link is not followed, and a device not opened.
        if found is None or not stat.S_ISREG(found.st_mode) or found.st_size > len(data):
            return 0
        return found.st_size if data.startswith(folder.read(name)) else 0
    except OSError:
        return 0
