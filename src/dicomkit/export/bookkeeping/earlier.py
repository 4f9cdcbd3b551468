"""What an earlier run has left, and which of its pictures its manifest still vouches for."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, Literal

from dicomkit.dataset.files.filesystems import file_in
from dicomkit.errors import UnsafePathError
from dicomkit.export.bookkeeping.lines import read_lines
from dicomkit.export.work.stamp import stamp_of
from dicomkit.export.work.tasks import picture_path
from dicomkit.export.writing.store import open_below
from dicomkit.notes import Note

if TYPE_CHECKING:
    from dicomkit.dataset.files.filesystems import FileSystem
    from dicomkit.export.naming.names import Planned
    from dicomkit.export.writing.atomic import OpenFolder

__all__ = ["EarlierRun", "Record"]

# Of a manifest's first line, and of all others.
_OURS: Final = ("dicomkit_manifest", "status")


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


class EarlierRun:
    """What an earlier run, cut off or complete, has left in the output folder.

    Parameters
    ----------
    folder : OpenFolder
        The output folder.
    manifest : str
        The name of its manifest. If there is none, there is nothing to take over.
    root : str
        The folder that sources are relative to.
    filesystem : FileSystem, optional
        Where that is, if not where the operating system says.

    Attributes
    ----------
    ignored : int
        How many lines that tell of a picture so far were not as they are written.

    Raises
    ------
    OSError
        The manifest cannot be read, or something else has its name: a `FileExistsError`.
    """

    def __init__(
        self,
        folder: OpenFolder,
        manifest: str,
        root: str,
        filesystem: FileSystem | None = None,
    ) -> None:
        self.ignored: int = 0
        self._folder = folder
        self._output = Path(folder.path)
        self._root = root
        self._filesystem = filesystem
        self._lines: dict[tuple[str, str], list[int]] = {}
        self._file: BinaryIO = _open_manifest(self._output / manifest)
        ours = False
        for offset, _, content in read_lines(self._file):
            ours = ours or not content.keys().isdisjoint(_OURS)
            if content.get("status") == "written":
                key = str(content.get("source")), str(content.get("presentation_state") or "")
                self._lines.setdefault(key, []).append(offset)
        if not ours and self._file.seek(0, os.SEEK_END):
            self._file.close()
            raise _taken()

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
        offsets = self._lines.pop((planned.source, planned.state), ())
        sources = {"source_stamp": planned.source, "state_stamp": planned.state}
        stamps = {
            name: stamp_of(file_in(self._filesystem, f"{self._root}/{source}"))
            for name, source in sources.items()
            if source and offsets
        }
        for offset in offsets:
            content = json.loads(self.line(offset))
            record = _record(content, offset)
            self.ignored += record is None
            if (
                record is not None
                and content.get("sop_instance_uid") == planned.sop_instance_uid
                and record.path == _expected(planned, record, suffix)
            ):
                path = self._output / record.path
                state = _state(path, content)
                # A source that cannot be looked at just now has not changed.
                changed = any(
                    stamp is not None and content.get(name) != list(stamp)
                    for name, stamp in stamps.items()
                )
                changed = changed or not _shows_the_same(planned, record)
                if state == "whole" and not changed:
                    records[record.frame] = record
                elif state != "theirs":
                    self.discard(record.path)
        return list(records.values())

    def discard(self, picture: str) -> None:
        """Remove a picture of ours that is empty, or whose sources have changed."""
        below, _, name = picture.rpartition("/")
        # Where that fails, the picture cannot be made anew, and says so.
        with contextlib.suppress(OSError, UnsafePathError):
            open_below(self._folder, os.path.realpath(self._output), below).remove(name)


def _expected(planned: Planned, record: Record, suffix: str) -> str:
    """Say where a picture would be put today."""
    if planned.film is not None:
        return planned.film.stem + suffix
    return picture_path(planned.stem, record.frame, record.frames, suffix)


def _shows_the_same(planned: Planned, record: Record) -> bool:
    """Tell whether a film would show as many files today, and this one in the same place."""
    film = planned.film
    return film is None or (record.frame, record.frames) == (film.place, film.count)


def _open_manifest(path: Path) -> BinaryIO:
    try:
        # What is no regular file could block, or never end.
        if not stat.S_ISREG(path.lstat().st_mode):
            raise _taken()
        return path.open("rb")
    except FileNotFoundError:
        return io.BytesIO()


def _taken() -> FileExistsError:
    return FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))


def _record(content: dict[str, Any], offset: int) -> Record | None:
    try:
        notes = tuple(Note(str(code), str(message)) for code, message in content["notes"])
        frame, frames = content["frame"], content["frames"]
        if not (type(frame) is type(frames) is int and 0 <= frame < frames):
            return None
        shared = content.get("series_window")
        shared = shared if isinstance(shared, dict) else None
        return Record(frame, frames, str(content["path"]), notes, offset, shared)
    except (KeyError, OverflowError, TypeError, ValueError):
        return None


def _state(path: Path, content: dict[str, Any]) -> Literal["whole", "lost", "theirs"]:
    """Say what has become of a picture: a power cut leaves files of the last seconds empty."""
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            return "theirs"
        if not found.st_size:
            return "lost"
        if found.st_size != content.get("size"):
            return "theirs"
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "theirs"
    return "whole" if digest == content.get("sha256") else "theirs"
