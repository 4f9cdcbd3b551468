"""Whole files or folders that other libraries write: made beside the target, then renamed."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from typing import TYPE_CHECKING

from dicomkit.errors import DicomKitError
from dicomkit.export.writing.atomic import OpenFolder, temporary_name, write_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["whole"]


@contextlib.contextmanager
def whole(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """Lend a path to write a file or a folder at, which gets its name once it is whole.

    Parameters
    ----------
    path : pathlib.Path
        The target. A link there is not followed: it is replaced, or counts as existing.
    overwrite : bool
        Replace what is there, or refuse to; looked at before and after the work.

    Raises
    ------
    WriteError
        If the operating system refuses, or the target exists and `overwrite` is false.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole(Path(folder, "a.txt"), overwrite=False) as place:
    ...         _ = place.write_text("all")
    ...     os.listdir(folder)
    ['a.txt']
    """
    workplace = path.parent / temporary_name()
    made = workplace / path.name
    inner = os.path.join(workplace.name, path.name)  # noqa: PTH118 - below an open folder
    try:
        if not overwrite and os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        workplace.mkdir()
        try:
            yield made
            if made.is_dir():
                _move_folder(made, path, overwrite=overwrite)
            else:
                OpenFolder(path.parent).give_name(inner, path.name, overwrite=overwrite)
        finally:
            shutil.rmtree(workplace, ignore_errors=True)
    except DicomKitError:
        raise
    except OSError as error:
        raise write_error(error, path) from error


def _move_folder(made: Path, target: Path, *, overwrite: bool) -> None:
    """Rename a folder: no system replaces one that holds anything in one step."""
    if not os.path.lexists(target):
        made.rename(target)
        return
    if not overwrite:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    old = made.parent / "old"
    target.rename(old)
    try:
        made.rename(target)
    except OSError:
        old.rename(target)
        raise
