"""Files by their paths, wherever they are: on the disk, in a zip, or behind fsspec."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from dicomkit.dataset.files.filesystems import DISK, read_error
from dicomkit.errors import DicomKitError, ReadError
from dicomkit.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dicomkit.dataset.files.filesystems import File, FileSystem, Kind, OpenFile, Status
    from dicomkit.limits import Limits

__all__ = ["list_folder", "open_file", "open_source", "status_of"]

_Answer = TypeVar("_Answer")


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
                # Rarely needed: most exams are in no zip.
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
