"""Every volume of an exam to a file of its own."""

from __future__ import annotations

import errno
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from dicomkit.dataset.identity import SeriesIdentity
from dicomkit.errors import DicomKitError, WriteError
from dicomkit.export.bookkeeping.lines import encode_line, read_lines
from dicomkit.export.bookkeeping.manifest import manifest_name
from dicomkit.export.bookkeeping.report import ExportEntry, ExportReport
from dicomkit.export.naming.layout import VOLUME_LAYOUT, parse_layout
from dicomkit.export.naming.names import Named, assign_stems
from dicomkit.export.plan import problem_entry
from dicomkit.export.progress import reporting
from dicomkit.export.volume import VOLUME_SUFFIXES, save_volume
from dicomkit.export.work.stamp import stamp_of
from dicomkit.export.writing.atomic import OpenFolder, write_error, write_file
from dicomkit.export.writing.store import is_fatal, open_below
from dicomkit.fileset.instances import group_series
from dicomkit.fileset.volumes import series_stacks
from dicomkit.fileset.walker import FileSetWalker, walk_by
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.stacking.headers import HeaderReader
from dicomkit.volume.reading import read_volume

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from dicomkit.dataset.files.filesystems import File
    from dicomkit.export.bookkeeping.report import Status
    from dicomkit.export.progress import Progress
    from dicomkit.fileset.instances import Series
    from dicomkit.notes import Note
    from dicomkit.stacking.stack import Stack
    from dicomkit.volume.slices import VolumeValues
    from dicomkit.volume.volume import Volume

__all__ = ["export_volumes"]

_KIND: Final = "volumes"


def export_volumes(
    source: str | os.PathLike[str] | FileSetWalker,
    output: str | os.PathLike[str],
    /,
    *,
    format: str = "nii.gz",  # noqa: A002 - what everyone calls it
    layout: str = VOLUME_LAYOUT,
    values: VolumeValues = "values",
    padding: float | None = None,
    overwrite: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    progress: Progress = False,
) -> ExportReport:
    """Make a file of every volume of an exam.

    Each file appears whole or not at all, and nothing that was in `output` is changed. A
    manifest there says which files each volume was made of. Calling again with the same
    arguments goes on where a run was cut off, and makes anew what has changed since.

    Parameters
    ----------
    source : path-like or FileSetWalker
        A DICOMDIR, a folder with or without one, or a single file.
    output : path-like
        The folder for the volumes. It is made if it is not there.
    format : str
        The files' suffix: ``"nii.gz"``, ``"nii"``, ``"nrrd"``, ``"mha"``, ``"zarr"`` or
        ``"npz"``, as `save_volume` writes them.
    layout : str
        As in `export_fileset`, with the fields of a series. Where a series is several volumes,
        ``_v01``, ``_v02``, ... tells them apart, in the order of `stacks`.
    values, padding, limits
        As in `read_volume`.
    overwrite : bool
        Make everything again and replace what has the volumes' names.
    progress : bool or callable
        As in `export_fileset`; counted are volumes.

    Returns
    -------
    ExportReport
        What became of every file: its ``pictures`` are the volumes that it is part of. Images
        without a place in the patient are skipped.

    Raises
    ------
    ValueError
        If an option does not fit.
    ReadError
        If there is no such source.

    Examples
    --------
    >>> import tempfile
    >>> from pydicom.data import get_testdata_file
    >>> exam = get_testdata_file("dicomdirtests/DICOMDIR", download=False)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = export_volumes(exam, folder, format="npz")
    ...     report.pictures > 20, report.ok
    (True, True)
    """
    started = time.perf_counter()
    suffix = f".{format.removeprefix('.').lower()}"
    if suffix not in VOLUME_SUFFIXES:
        msg = f"format is one of {', '.join(one.removeprefix('.') for one in VOLUME_SUFFIXES)}"
        raise ValueError(msg)
    walker = source if isinstance(source, FileSetWalker) else FileSetWalker(source, limits=limits)
    header: dict[str, object] = {
        "kind": _KIND,
        "format": suffix,
        "layout": layout,
        "values": values,
        "padding": None if padding is None else str(padding),
    }
    job = _Job(
        Path(os.path.abspath(output)),  # noqa: PTH100 - links stay as they are given
        os.path.join(walker.folder, ""),  # noqa: PTH118 - ends in a separator, as no Path does
        manifest_name(os.path.realpath(walker.root), header),
        header,
        overwrite=overwrite,
    )
    planned = list(job.plan(walker, layout, suffix, limits))

    def read(stack: Stack) -> Volume:
        return read_volume(stack, values=values, padding=padding, limits=limits)

    try:
        job.begin()
        with reporting(progress, len(planned), 0) as update:
            for done, (path, stack) in enumerate(planned, 1):
                job.make(path, stack, read)
                if job.stopped:
                    break
                update(done, path)
    except WriteError as error:
        job.stopped = job.stopped or error.message
    return ExportReport(
        os.fspath(job.output),
        job.manifest,
        tuple(job.entries(walker)),
        job.stopped,
        seconds=time.perf_counter() - started,
        noun="volume",
    )


@dataclass(slots=True)
class _Account:
    """What became of one file so far."""

    paths: list[str] = field(default_factory=list)
    notes: dict[Note, None] = field(default_factory=dict)
    status: Status = "skipped"
    code: str = "stopped"
    message: str = "the export ended before it was done"

    def failed(self, code: str, message: str) -> None:
        """Enter that a volume of it is not there."""
        self.status, self.code, self.message = "failed", code, message

    def left(self, code: str, message: str) -> None:
        """Enter that it belongs to no volume, unless it does to another one."""
        if self.code == "stopped":
            self.code, self.message = code, message

    def written(self, path: str, notes: Iterable[Note]) -> None:
        """Enter a volume."""
        self.paths.append(path)
        self.notes.update(dict.fromkeys(notes))
        if self.status == "skipped":
            self.status, self.code, self.message = "written", "", ""


@dataclass(slots=True)
class _Job:
    """One export of volumes."""

    output: Path
    above: str
    manifest: str
    header: dict[str, object]
    overwrite: bool = field(kw_only=True)
    stopped: str = ""
    _accounts: dict[str, _Account] = field(default_factory=dict)
    _lines: dict[str, bytes] = field(default_factory=dict)
    _earlier: dict[str, dict[str, object]] = field(default_factory=dict)

    def plan(
        self, walker: FileSetWalker, layout: str, suffix: str, limits: Limits
    ) -> Iterator[tuple[str, Stack]]:
        """Name every volume before the first one is made."""
        # By what the files say themselves, not by what a DICOMDIR says of them.
        headers = HeaderReader(limits)
        series = group_series(walk_by(walker, headers.identity, confirm=True))
        found = [(one, self._stacks(one, headers)) for one in series]
        names = parse_layout(layout)
        if unfit := [name for name in names.fields if not hasattr(SeriesIdentity(), name)]:
            msg = f"layout {layout!r}: a volume has no {unfit[0]}"
            raise ValueError(msg)
        named = [
            Named(
                {name: _value(series, name) for name in names.fields},
                series.series_instance_uid or "",
                self._source(series.instances[0].path),
            )
            for series, _ in found
        ]
        taken: set[str] = set()
        for stem, (_, many) in zip(assign_stems(names, named), found, strict=True):
            for number, stack in enumerate(many, 1):
                name = stem if len(many) == 1 else f"{stem}_v{number:02}"
                # Another series may be called so by its own values.
                while name.casefold() in taken:
                    name += "~"
                taken.add(name.casefold())
                yield name + suffix, stack

    def _stacks(self, series: Series, headers: HeaderReader) -> list[Stack]:
        accounts = [self._account(one.path) for one in series.instances]
        try:
            found = series_stacks(series, headers)
        except DicomKitError as error:
            for account in accounts:
                account.failed(error.code, error.message)
            return []
        placed = [stack for stack in found if stack.grid is not None]
        for stack in found:
            if stack.grid is None:
                (why,) = (one for one in stack.notes if one.code in {"mosaic", "unplaced"})
                for part in stack.slices:
                    self._account(part.path).left(why.code, why.message)
        images = {os.fspath(one.path) for stack in found for one in stack.slices if one.path}
        for one, account in zip(series.instances, accounts, strict=True):
            if os.fspath(one.path) not in images:
                account.left("no_pixels", "not an image")
        return placed

    def begin(self) -> None:
        """Look at what an earlier run has left."""
        try:
            self.output.mkdir(parents=True, exist_ok=True)
            with (self.output / self.manifest).open("rb") as file:
                lines = [content for _, _, content in read_lines(file)]
        except FileNotFoundError:
            return
        except OSError as error:
            raise write_error(error, self.output / self.manifest) from error
        for content in lines:
            if isinstance(path := content.get("path"), str):
                self._earlier[path] = content

    def make(self, path: str, stack: Stack, read: Callable[[Stack], Volume]) -> None:
        """Make one volume, unless it is there and its files are what they were."""
        accounts = {id(one): one for one in (self._account(part.path) for part in stack.slices)}
        sources = self._sources(stack)
        target = self.output / path
        try:
            if not self._is_done(path, target, sources):
                real = os.path.realpath(self.output)
                open_below(OpenFolder(real), real, path.rpartition("/")[0])
                own = self._is_own(path, target)
                save_volume(read(stack), target, overwrite=self.overwrite or own)
        except DicomKitError as error:
            taken = isinstance(error, WriteError) and error.errno == errno.EEXIST
            for account in accounts.values():
                account.failed("exists" if taken else error.code, error.message)
            if is_fatal(error):
                self.stopped = error.message
            return
        for account in accounts.values():
            account.written(path, stack.notes)
        self._note(path, stack, sources)

    def entries(self, walker: FileSetWalker) -> Iterator[ExportEntry]:
        """Give the report's entries: the instances, then what else was found."""
        for source, account in sorted(self._accounts.items()):
            yield ExportEntry(
                source,
                account.status,
                tuple(account.paths),
                account.code,
                account.message,
                tuple(account.notes),
            )
        for problem in walker.problems:
            yield problem_entry(problem, self._source(problem.path), walker.filesystem)

    def _is_done(self, path: str, target: Path, sources: list[list[object]]) -> bool:
        known = self._earlier.get(path)
        if self.overwrite or known is None or known.get("sources") != sources:
            return False
        return self._is_own(path, target)

    def _is_own(self, path: str, target: Path) -> bool:
        """Tell whether what is there is what an earlier run made."""
        known = self._earlier.get(path)
        if known is None:
            return False
        if target.suffix == ".zarr":
            return target.is_dir()
        found = stamp_of(os.fspath(target))
        return found is not None and known.get("size") == found.size

    def _note(self, path: str, stack: Stack, sources: list[list[object]]) -> None:
        found = stamp_of(os.fspath(self.output / path))
        self._lines[path] = encode_line(
            {
                "status": "written",
                "path": path,
                "size": 0 if found is None else found.size,
                "slices": len(stack),
                "key": stack.key,
                "reason": stack.reason,
                "notes": [[note.code, note.message] for note in stack.notes],
                "sources": sources,
            }
        )
        # What an earlier run has done and this one has not come to yet stays done.
        kept = {one: encode_line(said) for one, said in self._earlier.items()}
        lines = sorted({**kept, **self._lines}.items())
        data = encode_line({"dicomkit_manifest": 1, **self.header})
        data += b"".join(line for _, line in lines)
        write_file(self.output / self.manifest, data, overwrite=True)

    def _sources(self, stack: Stack) -> list[list[object]]:
        """Say which frames a volume is made of, and in which state their files are."""
        described: list[list[object]] = []
        for one in stack.slices:
            assert one.path is not None  # noqa: S101 - a walk's instances have paths
            stamp = stamp_of(cast("File", one.source))
            described.append([self._source(one.path), one.frame, *(stamp or ())])
        return described

    def _account(self, path: str | os.PathLike[str] | None) -> _Account:
        return self._accounts.setdefault(self._source(path or ""), _Account())

    def _source(self, path: str | os.PathLike[str]) -> str:
        # What `Path.relative_to` gives, in a tenth of its time.
        return os.fspath(path).removeprefix(self.above).replace(os.sep, "/")


def _value(series: Series, name: str) -> str:
    value = getattr(series, name)
    return "" if value is None else str(value)
