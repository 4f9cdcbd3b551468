"""Whole files or none: a temporary file beside the target, then one rename."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path

from dicomkit.errors import WriteError

__all__ = [
    "give_name",
    "is_temporary",
    "temporary_name",
    "write_all",
    "write_error",
    "write_file",
]

_PREFIX = ".dicomkit-"
_SUFFIX = ".tmp"

_NEW_FILE = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOINHERIT", 0)
)

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
    folder, _ = os.path.split(path)
    try:
        for left in reversed(range(_TRIES)):
            temporary = os.path.join(folder, temporary_name())
            try:
                _write_new(temporary, data)
                give_name(temporary, path, overwrite=overwrite)
            except FileNotFoundError:
                # Another export may have taken the temporary file for one that was left behind.
                if not left or not os.path.isdir(folder or os.curdir):
                    raise
            else:
                return
            finally:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
    except OSError as error:
        raise write_error(error, path) from error


def temporary_name() -> str:
    """Make a file name that nobody else has, for what is not whole yet.

    Examples
    --------
    >>> is_temporary(temporary_name()), is_temporary("1.jpg")
    (True, False)
    """
    return f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}"


def is_temporary(name: str) -> bool:
    """Tell whether a file name is one of `temporary_name`."""
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


def _write_new(path: str, data: bytes) -> None:
    descriptor = os.open(path, _NEW_FILE, 0o666)
    try:
        write_all(descriptor, data)
    finally:
        os.close(descriptor)


def give_name(temporary: str, target: str | os.PathLike[str], *, overwrite: bool) -> None:
    """Move a file to its name in one step.

    Parameters
    ----------
    temporary : str
        The file, in the same file system.
    target : path-like
        Its name.
    overwrite : bool
        Replace what is there, or refuse to.

    Raises
    ------
    OSError
        If the operating system refuses, or the target exists and `overwrite` is false.
    """
    if overwrite:
        os.replace(temporary, target)
    else:
        _move_to_free_name(temporary, target)


def _move_to_free_name(temporary: str, target: str | os.PathLike[str]) -> None:
    # A second name for the file: unlike a rename, this fails if the name is taken.
    try:
        os.link(temporary, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
    else:
        return
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    os.rename(temporary, target)
