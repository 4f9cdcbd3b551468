"""From directory records to instances, however the records hang together."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from dicomkit.dataset.identity import Fields, read_identity
from dicomkit.errors import DicomKitError
from dicomkit.fileset.folder import Fault
from dicomkit.fileset.instances import Problem, make_instance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicomkit.dataset.directory import Directory, DirectoryRecord
    from dicomkit.fileset.folder import Folder
    from dicomkit.fileset.instances import Instance
    from dicomkit.limits import Limits

__all__ = ["RecordWalk"]

# What only groups others (PS3.3 F.4); such a record without a file is no loss.
_GROUPS: Final = frozenset(("PATIENT", "STUDY", "SERIES"))
# Without these an instance cannot be told apart, and its own file is asked.
_NEEDED: Final = frozenset(
    ("study_instance_uid", "series_instance_uid", "sop_class_uid", "sop_instance_uid")
)


class _Step(NamedTuple):
    """A record to go to, and what the records above it say."""

    offset: int
    origin: int
    inherited: Fields
    kinds: frozenset[str]
    in_use: bool


class RecordWalk:
    """One way through a DICOMDIR's records.

    Every record is visited once at most, so that no cycle of offsets keeps the walk from
    ending; records that no offset leads to are visited at the end.

    Parameters
    ----------
    directory : Directory
        The records.
    path : Path
        The DICOMDIR, to which faults of records are put down.
    folder : Folder
        Where the files are.
    limits : Limits
        For files that must be asked what the records do not say.

    Attributes
    ----------
    used, unused : set of str
        The files that were yielded and those that were not, by path below the folder.
    """

    def __init__(self, directory: Directory, path: Path, folder: Folder, limits: Limits) -> None:
        self.used: set[str] = set()
        self.unused: set[str] = set()
        self._directory = directory
        self._path = path
        self._folder = folder
        self._limits = limits
        self._visited: set[int] = set()

    def __iter__(self) -> Iterator[Instance | Problem]:
        """Yield an instance or a problem for each record that stands for a file."""
        pending = [_Step(self._directory.first, 0, {}, frozenset(), in_use=True)]
        while pending:
            step = pending.pop()
            if not step.offset:
                continue
            if (fault := self._arrive(step)) is not None:
                yield self._problem(fault)
                continue
            record = self._directory.record(step.offset)
            here = _Step(
                record.offset,
                record.offset,
                step.inherited | record.fields,
                step.kinds | (_GROUPS & {record.kind}),
                in_use=step.in_use and record.in_use,
            )
            pending.append(step._replace(offset=record.following, origin=record.offset))
            pending.append(here._replace(offset=record.lower))
            yield from self._use(record, here)
        for offset in self._directory.offsets:
            if offset not in self._visited:
                # Nothing says what it belongs to but its own file.
                record = self._directory.record(offset)
                step = _Step(offset, 0, record.fields, frozenset(), in_use=record.in_use)
                yield from self._use(record, step)

    def _arrive(self, step: _Step) -> Fault | None:
        where = f"the record at offset {step.origin}" if step.origin else "the DICOMDIR"
        if step.offset not in self._directory:
            return Fault("bad_offset", f"{where} points to {step.offset}, where no record begins")
        if step.offset in self._visited:
            return Fault("cycle", f"{where} points to {step.offset}, which was reached before")
        self._visited.add(step.offset)
        return None

    def _use(self, record: DirectoryRecord, step: _Step) -> Iterator[Instance | Problem]:
        if not record.file_id:
            if record.kind not in _GROUPS and not record.lower:
                message = f"the record at offset {record.offset} names no file"
                yield self._problem(Fault("no_file", message))
            return
        found = self._folder.find(record.file_id)
        if isinstance(found, Fault):
            # Where the file is missing, it helps to know which.
            named = found.code == "missing_file"
            blamed = self._path.parent.joinpath(*record.file_id) if named else self._path
            message = f"{found.message} (the record at offset {record.offset})"
            yield Problem(blamed, found.code, message)
            return
        path = os.path.join(self._folder.root, found)  # noqa: PTH118 - one Path a file, not two
        if found in self.used:
            message = "another record stands for this file already"
            yield Problem(Path(path), "duplicate", message)
        elif not step.in_use:
            self.unused.add(found)
            yield Problem(Path(path), "inactive", "the DICOMDIR marks its record as not in use")
        else:
            self.used.add(found)
            yield self._instance(path, record, step)

    def _instance(self, path: str, record: DirectoryRecord, step: _Step) -> Instance | Problem:
        fields = step.inherited
        if not (step.kinds >= _GROUPS and fields.keys() >= _NEEDED):
            try:
                fields = read_identity(path, self._limits) | fields
            except DicomKitError as error:
                return Problem(Path(path), error.code, error.message)
        return make_instance(path, record.kind, fields)

    def _problem(self, fault: Fault) -> Problem:
        return Problem(self._path, fault.code, fault.message)
