"""What a DICOMDIR's records claim of files, however the records hang together."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from dicomkit.dataset.directory import read_directory
from dicomkit.dataset.files.opening import status_of
from dicomkit.fileset.folder import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dicomkit.dataset.directory import Directory, DirectoryRecord
    from dicomkit.dataset.files.filesystems import File, Status
    from dicomkit.dataset.identity import Fields
    from dicomkit.fileset.instances import Instance
    from dicomkit.limits import Limits

__all__ = ["NEEDED", "Claim", "Directories", "FileSet", "passed_on", "read_claims"]

# What only groups others (PS3.3 F.4); such a record without a file is no loss.
_GROUPS: Final = frozenset(("PATIENT", "STUDY", "SERIES"))
# Names a file in the stead of other records, which point to it (PS3.3-2004 F.5.13).
_SHARED: Final = "MRDR"
# What a record says of its own file passes on to none below it.
_OWN: Final = frozenset(
    (
        "sop_class_uid",
        "sop_instance_uid",
        "transfer_syntax_uid",
        "instance_number",
        "slice_position",
    )
)
# Without these an instance cannot be told apart.
NEEDED: Final = frozenset(
    ("study_instance_uid", "series_instance_uid", "sop_class_uid", "sop_instance_uid")
)
# Keys of type 1 (PS3.3 F.5): a record without them is too thin to go by.
_WANTED: Final = NEEDED | {
    "patient_id",
    "study_date",
    "modality",
    "series_number",
    "instance_number",
}


@dataclass(slots=True)
class Claim:
    """What a record claims of the file that it names.

    Attributes
    ----------
    offset : int
        Where the record begins.
    kind : str
        Directory Record Type.
    file_id : tuple of str
        The file; empty where the record should name one and names none.
    in_use : bool
        Whether the record and all above it count.
    fields : dict
        What it says, with what the records above it say; empty once that is in `instance`.
    instance : Instance or None
        What became of it when its file was last found.
    """

    offset: int
    kind: str
    file_id: tuple[str, ...]
    in_use: bool
    fields: Fields
    instance: Instance | None = None

    @property
    def is_shared(self) -> bool:
        """Whether the record stands for its file in the stead of others."""
        return self.kind == _SHARED

    def is_whole(self, said: Fields) -> bool:
        """Tell whether a record's file need not be asked for anything."""
        return self.kind not in _GROUPS and said.keys() >= _WANTED


class _Kept:
    """What an iterator gives, for whoever comes again; it is asked no sooner than need be."""

    def __init__(self, source: Iterator[Claim | Fault]) -> None:
        self._source = source
        self._known: list[Claim | Fault] = []
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Claim | Fault]:
        place = 0
        while True:
            with self._lock:
                if place == len(self._known):
                    try:
                        self._known.append(next(self._source))
                    except StopIteration:
                        return
            yield self._known[place]
            place += 1


@dataclass(frozen=True, slots=True)
class FileSet:
    """A DICOMDIR that has been opened.

    Attributes
    ----------
    file_set_id, file_set_uid, descriptor_file_id, descriptor_character_set : str or None
        As in `Directory`.
    complete : bool
        Whether all of its records are there.
    claims : iterable of Claim or Fault
        What the records say, in their order.
    """

    file_set_id: str | None
    file_set_uid: str | None
    descriptor_file_id: str | None
    descriptor_character_set: str | None
    complete: bool
    claims: Iterable[Claim | Fault]


class Directories:
    """Opens DICOMDIRs, and parses none twice unless it has changed.

    Parameters
    ----------
    limits : Limits
        For what is read.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._known: dict[str, tuple[Status, FileSet | None]] = {}

    def open(self, file: File, *, keep: bool = True) -> FileSet | None:
        """Open a DICOMDIR; None where the file is DICOM of another kind.

        Parameters
        ----------
        file : path
            The file.
        keep : bool
            Whether what its records say is to be remembered.

        Raises
        ------
        DicomKitError
            As `read_directory` does.
        """
        path, status = os.fspath(file), status_of(file)
        known = self._known.get(path)
        if known is not None and known[0] == status:
            return known[1]
        directory = read_directory(file, self._limits)
        found = None
        if directory is not None:
            claims = read_claims(directory)
            found = FileSet(
                directory.file_set_id,
                directory.file_set_uid,
                directory.descriptor_file_id,
                directory.descriptor_character_set,
                directory.complete,
                _Kept(claims) if keep else claims,
            )
        if keep:
            self._known[path] = status, found
        return found


class _Step(NamedTuple):
    """A record to go to, and what the records above it say."""

    offset: int
    origin: int
    inherited: Fields
    in_use: bool


def read_claims(directory: Directory) -> Iterator[Claim | Fault]:
    """Go through a DICOMDIR's records, and yield what each says of the file that it names.

    Every record is visited once at most, so that no cycle of offsets keeps this from ending;
    records that no offset leads to come at the end.
    """
    visited: set[int] = set()
    pending = [_Step(directory.first, 0, {}, in_use=True)]
    while pending:
        offset, origin, inherited, in_use = pending.pop()
        if not offset:
            continue
        if offset not in directory or offset in visited:
            yield _lost(offset, origin, known=offset in directory)
            continue
        visited.add(offset)
        record = directory.record(offset)
        said = inherited | record.fields
        pending.append(_Step(record.following, offset, inherited, in_use))
        in_use = in_use and record.in_use
        if record.lower:
            pending.append(_Step(record.lower, offset, passed_on(said), in_use))
        yield from _claim(directory, record, said, in_use=in_use)
    for offset in directory.offsets:
        if offset not in visited:
            # Nothing says what it belongs to but its own file.
            record = directory.record(offset)
            yield from _claim(directory, record, record.fields, in_use=record.in_use)


def passed_on(said: Fields) -> Fields:
    """Give what a record says of those below it."""
    return {name: value for name, value in said.items() if name not in _OWN}


def _lost(offset: int, origin: int, *, known: bool) -> Fault:
    where = f"the record at offset {origin}" if origin else "the DICOMDIR"
    if known:
        return Fault("cycle", f"{where} points to {offset}, which was reached before")
    return Fault("bad_offset", f"{where} points to {offset}, where no record begins")


def _claim(
    directory: Directory, record: DirectoryRecord, said: Fields, *, in_use: bool
) -> Iterator[Claim]:
    file_id = record.file_id
    if not file_id and record.shared in directory:
        shared = directory.record(record.shared)
        file_id, said = shared.file_id, shared.fields | said
    if file_id or not (record.kind in _GROUPS or record.lower):
        yield Claim(record.offset, record.kind, file_id, in_use, said)
