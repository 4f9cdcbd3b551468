"""The books of an export of volumes: names, what became of every file, the manifest."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from dicomkit.dataset.identity import SeriesIdentity
from dicomkit.errors import DicomKitError, WriteError
from dicomkit.export.bookkeeping.lines import encode_line, read_lines
from dicomkit.export.bookkeeping.report import ExportEntry
from dicomkit.export.naming.layout import parse_layout
from dicomkit.export.naming.names import Named, assign_stems
from dicomkit.export.plan import problem_entry
from dicomkit.export.work.stamp import stamp_of
from dicomkit.export.work.tasks import Failure, Finished, Remark, VolumeTask
from dicomkit.export.writing.atomic import write_error, write_file
from dicomkit.fileset.instances import group_series
from dicomkit.fileset.volumes import series_stacks
from dicomkit.fileset.walker import walk_by
from dicomkit.stacking.headers import HeaderReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from dicomkit.dataset.files.filesystems import File
    from dicomkit.export.bookkeeping.report import Status
    from dicomkit.export.work.tasks import Outcome
    from dicomkit.fileset.instances import Series
    from dicomkit.fileset.walker import FileSetWalker
    from dicomkit.limits import Limits
    from dicomkit.notes import Note
    from dicomkit.stacking.stack import Stack

__all__ = ["VolumeJob"]


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
class VolumeJob:
    """One export of volumes: what is made, what became of it, and what the manifest says."""

    output: Path
    above: str
    manifest: str
    header: dict[str, object]
    overwrite: bool = field(kw_only=True)
    stopped: str = ""
    notes: list[Note] = field(default_factory=list)
    # What is being made, with what it is made of, and whether its name was taken before.
    _begun: dict[int, tuple[VolumeTask, list[list[object]], bool]] = field(default_factory=dict)
    _failed: set[int] = field(default_factory=set)
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

    def tasks(self, planned: Iterable[tuple[str, Stack]]) -> Iterator[VolumeTask]:
        """Give what is to be made: not what is there, of files that are what they were."""
        for index, (path, stack) in enumerate(planned):
            target = self.output / path
            own = self._is_own(path, target)
            task = VolumeTask(index, path, stack, overwrite=self.overwrite or own)
            begun = task, self._sources(stack), os.path.lexists(target)
            if own and self._is_done(path, begun[1]):
                self._enter(*begun[:2])
            else:
                self._begun[index] = begun
                yield task

    def take(self, outcome: Outcome) -> None:
        """Enter what became of a volume."""
        if isinstance(outcome, Remark):
            self.notes.append(outcome.note)
        elif isinstance(outcome, Failure):
            self._failed.add(outcome.index)
            for account in self._accounts_of(self._begun[outcome.index][0].stack):
                account.failed(outcome.code, outcome.message)
            if outcome.fatal:
                self.stopped = outcome.message
        elif isinstance(outcome, Finished):
            task, sources, _ = self._begun.pop(outcome.index)
            if outcome.index not in self._failed:
                self._enter(task, sources)

    def close(self) -> None:
        """Enter what was finished when the export had ended already, of which nobody heard."""
        for task, sources, was_taken in self._begun.values():
            if not was_taken and os.path.lexists(self.output / task.path):
                with suppress(WriteError):
                    self._enter(task, sources)

    def _enter(self, task: VolumeTask, sources: list[list[object]]) -> None:
        for account in self._accounts_of(task.stack):
            account.written(task.path, task.stack.notes)
        self._note(task.path, task.stack, sources)

    def _accounts_of(self, stack: Stack) -> Iterable[_Account]:
        accounts = (self._account(part.path) for part in stack.slices)
        return {id(one): one for one in accounts}.values()

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

    def _is_done(self, path: str, sources: list[list[object]]) -> bool:
        return not self.overwrite and self._earlier[path].get("sources") == sources

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
                # The key could hold anything that a file says, a name as well.
                "label": stack.label,
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
