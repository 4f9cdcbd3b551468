"""The output folder: new pictures go in, whatever was there stays."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from dicomkit.errors import UnsafePathError, WriteError
from dicomkit.export.writing.atomic import is_temporary, write_error, write_file

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Store", "is_fatal", "is_inside", "sweep"]

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
        The output folder.
    overwrite : bool
        Whether other files at a picture's name are replaced.
    """

    def __init__(self, output: str | os.PathLike[str], *, overwrite: bool) -> None:
        self._output = os.fspath(output)
        self._real = os.path.realpath(output)
        self._overwrite = overwrite
        self._ready: str | None = None

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
        target = os.path.join(self._output, path)
        self._prepare(os.path.dirname(target))
        try:
            write_file(target, data, overwrite=self._overwrite)
        except WriteError as error:
            held = _held(target, data) if error.errno == errno.EEXIST else 0
            if not held:
                raise
            if held < len(data):
                write_file(target, data, overwrite=True)

    def _prepare(self, folder: str) -> None:
        if folder == self._ready:
            return
        if not is_inside(folder, self._real):
            msg = "a picture's folder would lie outside the output folder"
            raise UnsafePathError(msg, path=folder)
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise write_error(error, folder) from error
        self._ready = folder


def sweep(
    output: str | os.PathLike[str], folders: Iterable[str | os.PathLike[str]], before: int
) -> None:
    """Remove temporary files that processes which were killed have left.

    Parameters
    ----------
    output : path-like
        The output folder.
    folders : iterable of path-like
        Folders below it. It is looked through itself too, but not what else it holds.
    before : int
        Files that were changed later belong to an export that may still be at work; in
        nanoseconds by the file system's own clock.
    """
    real = os.path.realpath(output)
    for folder in {"", *folders}:
        path = os.path.join(output, folder)
        if not is_inside(path, real):
            continue
        # What cannot be looked through or removed does no harm.
        with contextlib.suppress(OSError), os.scandir(path) as found:
            for entry in found:
                if (
                    is_temporary(entry.name)
                    and entry.stat(follow_symlinks=False).st_mtime_ns < before
                ):
                    _remove(entry)


def _remove(entry: os.DirEntry[str]) -> None:
    if entry.is_dir(follow_symlinks=False):
        shutil.rmtree(entry.path, ignore_errors=True)
    else:
        Path(entry.path).unlink()


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


def is_inside(folder: str, real: str) -> bool:
    """Tell whether a folder lies in one whose path has no links, or is that one.

    Examples
    --------
    >>> is_inside("/out/a/..", "/out"), is_inside("/out/../a", "/out")
    (True, False)
    """
    inside = real.rstrip(os.sep) + os.sep
    return (os.path.realpath(folder) + os.sep).startswith(inside)


def _held(name: str, data: bytes) -> int:
    """Count the bytes of a file that holds the first of some bytes, or all; 0 for any other."""
    path = Path(name)
    try:
        found = path.lstat()
        # A link is not followed, and a device not opened.
        ours = stat.S_ISREG(found.st_mode) and found.st_size <= len(data)
        return found.st_size if ours and data.startswith(path.read_bytes()) else 0
    except OSError:
        return 0
