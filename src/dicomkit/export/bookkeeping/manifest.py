"""The manifest: what an export has written, line by line, so that it can go on.

While an export runs, each outcome becomes a line at the end of the file. A run that was
cut off leaves those lines; the next one takes over the pictures that are still what their
lines say. A run that comes to its end puts the lines in order.

The file is an aid, not the truth: without it every picture is made again, compared with
what is there, and found to be the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import re
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from dicomkit.errors import WriteError
from dicomkit.export.bookkeeping.earlier import EarlierRun
from dicomkit.export.bookkeeping.lines import encode_line, read_lines
from dicomkit.export.writing.atomic import OpenFolder, write_all, write_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from dicomkit.dataset.files.filesystems import FileSystem
    from dicomkit.export.bookkeeping.earlier import Record
    from dicomkit.export.bookkeeping.report import Status
    from dicomkit.export.naming.names import Planned
    from dicomkit.export.work.tasks import Picture

__all__ = ["Manifest", "is_manifest_name", "manifest_name"]

_VERSION: Final = 1
_KEY_DIGITS: Final = 8
_NAME: Final = re.compile(rf"manifest-[0-9a-f]{{{_KEY_DIGITS}}}\.jsonl")


def manifest_name(source: str, header: Mapping[str, object]) -> str:
    """Name the manifest of a source that is exported in a certain way.

    Each has its own, so that two exports into the same folder never write the same file.

    Parameters
    ----------
    source : str
        The source's absolute path.
    header : mapping
        How it is exported.

    Returns
    -------
    str
        A file name, always the same for the same export.

    Examples
    --------
    >>> manifest_name("/exam", {"format": "jpg"})
    'manifest-6037b286.jsonl'
    """
    key = hashlib.sha256(os.fsencode(source) + b"\0" + encode_line(header)).hexdigest()
    return f"manifest-{key[:_KEY_DIGITS]}.jsonl"


def is_manifest_name(name: str) -> bool:
    """Tell whether a file name is one that `manifest_name` makes."""
    return _NAME.fullmatch(name) is not None


class Manifest:
    """A manifest that is being written, for use in a ``with`` statement.

    It takes the place of an earlier run's when the work begins, and is put in order when
    the work is done.

    Parameters
    ----------
    path : path-like
        The manifest, in the output folder, which is made if it is not there.
    header : mapping
        How the source is exported: the file's first line.
    root : str
        The folder that sources are relative to.
    filesystem : FileSystem, optional
        Where that is, if not where the operating system says.

    Attributes
    ----------
    earlier : EarlierRun
        What is there from before.
    started : int
        When this run started, in nanoseconds by the file system's own clock.

    Raises
    ------
    WriteError
        From every method, if the operating system refuses.
    """

    earlier: EarlierRun
    started: int
    _folder: OpenFolder
    _file: BinaryIO | None = None

    def __init__(
        self,
        path: str | os.PathLike[str],
        header: Mapping[str, object],
        root: str,
        filesystem: FileSystem | None = None,
    ) -> None:
        self._path = Path(path)
        self._root = root
        self._filesystem = filesystem
        self._header = encode_line({"dicomkit_manifest": _VERSION, **header})
        self._kept: list[int] = []

    def __enter__(self) -> Self:
        with self._refusals():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._folder = OpenFolder(self._path.parent)
        try:
            self.earlier = EarlierRun(self._folder, self._path.name, self._root, self._filesystem)
        except FileExistsError as error:
            message = f"{self._path.name} is the manifest's name, but is no manifest: move it away"
            refused = WriteError(message, path=self._path)
            refused.errno = error.errno
            raise refused from error
        except OSError as error:
            raise write_error(error, self._path) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.earlier.close()
        if self._file is not None:
            self._file.close()

    def keep(self, record: Record) -> None:
        """Take over an earlier run's line.

        Parameters
        ----------
        record : Record
            One that `earlier` vouches for.
        """
        self._kept.append(record.offset)

    @property
    def folder_identity(self) -> tuple[int, int]:
        """What tells the output folder from another that takes its place."""
        return self._folder.identity

    def begin(self) -> None:
        """Take the earlier manifest's place; from here on, lines survive this process."""
        with self._refusals():
            lines = (self.earlier.line(offset) for offset in self._kept)
            parts = itertools.chain((self._header,), lines)
            self.started = self._folder.write_parts(self._path.name, parts, overwrite=True)
            self.earlier.close()
            self._file = self._folder.append(self._path.name)

    def add_picture(
        self, planned: Planned, picture: Picture, shared: Mapping[str, object] | None = None
    ) -> None:
        """Note a picture that is on the disk.

        Parameters
        ----------
        planned : Planned
            The instance.
        picture : Picture
            The picture.
        shared : mapping, optional
            What it shares with its series.
        """
        self._add(
            status="written",
            source=planned.source,
            source_stamp=picture.stamp,
            sop_instance_uid=planned.sop_instance_uid,
            frame=picture.frame,
            frames=picture.frames,
            path=picture.path,
            size=picture.size,
            sha256=picture.sha256,
            pipeline=picture.pipeline,
            notes=[[note.code, note.message] for note in picture.notes],
            **({} if shared is None else {"series_window": shared}),
            **_of_state(planned.state, state_stamp=picture.state_stamp),
        )

    def add_missing(
        self,
        source: str,
        status: Status,
        code: str,
        message: str,
        frame: int | None = None,
        *,
        state: str = "",
    ) -> None:
        """Note a file, or one of its frames, that has no picture.

        Parameters
        ----------
        source : str
            The file, relative to the source.
        status : {"skipped", "failed"}
            What became of it.
        code, message : str
            Why.
        frame : int, optional
            Which frame; None for the whole file.
        state : str
            The presentation state that it was to be drawn as.
        """
        self._add(
            status=status,
            source=source,
            frame=frame,
            code=code,
            message=message,
            **_of_state(state),
        )

    def finish(self) -> None:
        """Put the lines in order of source and frame."""
        # The file appends without a buffer; reading back wants one.
        with self._refusals(), os.fdopen(os.dup(self._opened.fileno()), "rb") as lines:
            self._folder.write_parts(
                self._path.name, self._in_order(lines), overwrite=True, sync=True
            )
            self._opened.close()

    def _in_order(self, lines: BinaryIO) -> Iterator[bytes]:
        yield self._header
        places = sorted(
            (
                str(content.get("source")),
                str(content.get("presentation_state") or ""),
                _frame_of(content),
                offset,
            )
            for offset, _, content in read_lines(lines)
            if "status" in content
        )
        # Two runs at once may have noted the same.
        for _, group in groupby(places, key=itemgetter(0, 1, 2)):
            yield from dict.fromkeys(_line_at(lines, place[3]) for place in group)

    def _add(self, **content: object) -> None:
        self._write(encode_line(content))

    def _write(self, line: bytes) -> None:
        with self._refusals():
            write_all(self._opened.fileno(), line)

    @property
    def _opened(self) -> BinaryIO:
        if self._file is None:
            msg = "begin() comes first"
            raise RuntimeError(msg)
        return self._file

    @contextlib.contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise write_error(error, self._path) from error


def _of_state(state: str, **more: object) -> dict[str, object]:
    """Say what a line says of the presentation state, where there is one."""
    return {"presentation_state": state, **more} if state else {}


def _frame_of(content: dict[str, Any]) -> int:
    """Give a line's frame; -1 for the whole file, and for what somebody has edited."""
    frame = content.get("frame")
    return frame if isinstance(frame, int) else -1


def _line_at(file: BinaryIO, offset: int) -> bytes:
    file.seek(offset)
    return file.readline()
