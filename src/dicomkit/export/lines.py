"""The manifest's lines, and the pictures that an earlier run's lines still vouch for."""

from __future__ import annotations

import hashlib
import io
import json
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from dicomkit.export.work import picture_path
from dicomkit.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from dicomkit.export.plan import Planned

__all__ = ["EarlierRun", "Record", "encode_line", "read_lines"]


@dataclass(frozen=True, slots=True)
class Record:
    """A picture that an earlier run wrote.

    Parameters
    ----------
    frame, frames : int
        Which frame it shows, and how many the instance has.
    path : str
        Where it lies below the output folder.
    notes : tuple of Note
        What was noticed on the way.
    offset : int
        Where the earlier manifest says so.
    shared : dict or None
        What `SeriesWindows.shared` gave for it.
    """

    frame: int
    frames: int
    path: str
    notes: tuple[Note, ...]
    offset: int
    shared: dict[str, Any] | None = None


def encode_line(content: Mapping[str, object]) -> bytes:
    r"""Make a line of a manifest.

    Parameters
    ----------
    content : mapping
        Anything that JSON can hold.

    Returns
    -------
    bytes
        ASCII, with a line feed at its end and nowhere else.

    Examples
    --------
    >>> encode_line({"frame": 0})
    b'{"frame":0}\n'
    """
    return json.dumps(content, separators=(",", ":")).encode("ascii") + b"\n"


def read_lines(file: BinaryIO) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
    r"""Read a manifest from its start, as far as its lines are whole.

    Parameters
    ----------
    file : binary stream
        The manifest.

    Yields
    ------
    offset : int
        Where the line starts.
    line : bytes
        The line.
    content : dict
        What it says. Lines that were torn, or written by something else, are left out.

    Examples
    --------
    >>> [content for _, _, content in read_lines(io.BytesIO(b'{"frame":0}\n{"fra'))]
    [{'frame': 0}]
    """
    file.seek(0)
    offset = 0
    for line in file:
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            content = None
        if isinstance(content, dict) and line.endswith(b"\n"):
            yield offset, line, content
        offset += len(line)


class EarlierRun:
    """What an earlier run, cut off or complete, has left in the output folder.

    Parameters
    ----------
    manifest : Path
        Its manifest. If there is none, there is nothing to take over.
    """

    def __init__(self, manifest: Path) -> None:
        self._output = manifest.parent
        self._lines: dict[str, list[int]] = {}
        self._file: BinaryIO
        try:
            self._file = manifest.open("rb")
        except OSError:
            self._file = io.BytesIO()
        for offset, _, content in read_lines(self._file):
            if content.get("status") == "written":
                self._lines.setdefault(str(content.get("source")), []).append(offset)

    def close(self) -> None:
        """Let go of the manifest."""
        self._file.close()

    def line(self, offset: int) -> bytes:
        """Give the line that starts at an offset."""
        self._file.seek(offset)
        return self._file.readline()

    def take_over(self, planned: Planned, suffix: str) -> list[Record]:
        """Find which of an instance's pictures are there and whole.

        Parameters
        ----------
        planned : Planned
            The instance and its pictures' name.
        suffix : str
            The pictures' kind.

        Returns
        -------
        list of Record
            The pictures that need not be made again.
        """
        records = {}
        for offset in self._lines.pop(planned.source, ()):
            content = json.loads(self.line(offset))
            record = _record(content, offset)
            if (
                record is not None
                and content.get("sop_instance_uid") == planned.sop_instance_uid
                and record.path == picture_path(planned.stem, record.frame, record.frames, suffix)
                and _is_intact(self._output / record.path, content)
            ):
                records[record.frame] = record
        return list(records.values())


def _record(content: dict[str, Any], offset: int) -> Record | None:
    try:
        notes = tuple(Note(str(code), str(message)) for code, message in content["notes"])
        frame, frames = int(content["frame"]), int(content["frames"])
        shared = content.get("series_window")
        shared = shared if isinstance(shared, dict) else None
        return Record(frame, frames, str(content["path"]), notes, offset, shared)
    except (KeyError, TypeError, ValueError):
        return None


def _is_intact(path: Path, content: dict[str, Any]) -> bool:
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size != content.get("size"):
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == content.get("sha256")
    except OSError:
        return False
