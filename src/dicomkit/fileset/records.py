"""From what records claim to instances: the files are found, and asked where that is needed."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from pydicom.uid import MediaStorageDirectoryStorage

from dicomkit.dataset.identity import read_identity
from dicomkit.errors import DicomKitError, NotDicomError
from dicomkit.fileset.claims import NEEDED, Claim, FileSet, passed_on
from dicomkit.fileset.folder import Fault, plain_name
from dicomkit.fileset.instances import Instance, Problem, make_instance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dicomkit.dataset.files.filesystems import File
    from dicomkit.dataset.identity import Fields
    from dicomkit.fileset.claims import Directories
    from dicomkit.fileset.folder import Folder
    from dicomkit.limits import Limits

__all__ = ["DIRECTORY_NAME", "Identify", "Reader", "RecordWalk", "confirm"]

Identify: TypeAlias = "Callable[[File, Limits], Fields]"

_NOTHING: Final[Fields] = {}
_DIRECTORY: Final = str(MediaStorageDirectoryStorage)
DIRECTORY_NAME: Final = "DICOMDIR"
"""The File ID of a File-set's directory (PS3.10 8.6)."""


class Reader:
    """Asks files who they are.

    Parameters
    ----------
    folder : Folder
        Where they are.
    directories : Directories
        Opens those that are DICOMDIRs.
    limits : Limits
        For what is read.
    identify : callable
        How a file is asked: `read_identity`, or what reads more of it at once.
    keep : bool
        Whether what the records of DICOMDIRs say is to be remembered.
    """

    def __init__(
        self,
        folder: Folder,
        directories: Directories,
        limits: Limits,
        identify: Identify = read_identity,
        *,
        keep: bool,
    ) -> None:
        self.folder = folder
        self._identify = identify
        self._directories = directories
        self._limits = limits
        self._keep = keep

    def look(self, path: str, *, keep: bool = True) -> Fields | FileSet:
        """Read a file's identity, or open it if it is a DICOMDIR, which may be of use again.

        Raises
        ------
        DicomKitError
            It cannot be read.
        """
        try:
            fields = self._identify(self.folder.file(path), self._limits)
        except NotDicomError:
            raise
        except DicomKitError:
            # A DICOMDIR that is cut off still has its first records.
            with suppress(DicomKitError):
                found = self.open_directory(path, keep=keep)
                if found is not None:
                    return found
            raise
        if fields.get("sop_class_uid", _DIRECTORY) == _DIRECTORY:
            found = self.open_directory(path, keep=keep)
            if found is not None:
                return found
        return fields

    def open_directory(self, path: str, *, keep: bool = True) -> FileSet | None:
        """Open a DICOMDIR; None where the file is DICOM of another kind.

        Raises
        ------
        DicomKitError
            It cannot be read.
        """
        return self._directories.open(self.folder.file(path), keep=keep and self._keep)


class _Level(NamedTuple):
    """A DICOMDIR that is being gone through, and what it means for its files."""

    path: str
    # Where File IDs may start: the File-set's own folder, or that of a DICOMDIR further down.
    places: tuple[str, ...]
    # What the record that names this DICOMDIR says of all that it names in turn.
    inherited: Fields
    claims: Iterator[Claim | Fault]
    complete: bool
    idle: list[Claim]


class RecordWalk:
    """One way through DICOMDIRs and those that their records name.

    Parameters
    ----------
    reader : Reader
        Finds files, and asks them.
    confirm : bool
        Whether every file is asked, so that no identity is only claimed.

    Attributes
    ----------
    used, unused : set of str
        The files that records account for and those that records say not to use, by path below
        the folder.
    directories : set of str
        The DICOMDIRs that were followed, likewise.
    """

    def __init__(self, reader: Reader, *, confirm: bool) -> None:
        self.used: set[str] = set()
        self.unused: set[str] = set()
        self.directories: set[str] = set()
        self._reader = reader
        self._folder = reader.folder
        self._confirm = confirm

    def walk(self, path: str, file_set: FileSet, start: str) -> Iterator[Instance | Problem]:
        """Yield an instance or a problem for each record that stands for a file.

        Parameters
        ----------
        path : str
            The DICOMDIR, below the folder.
        file_set : FileSet
            What it says.
        start : str
            Where its File IDs start from, if not where it lies: a link may have led to it.
        """
        levels = [self._level(path, file_set, tuple(dict.fromkeys((start, _parent(path)))), {})]
        while levels:
            level = levels[-1]
            claim = next(level.claims, None)
            if claim is None:
                levels.pop()
                yield from self._close(level)
            elif isinstance(claim, Fault):
                yield Problem(self._path(level.path), claim.code, claim.message)
            elif not claim.in_use:
                level.idle.append(claim)
            else:
                for found in self._use(claim, level, levels):
                    if isinstance(found, _Level):
                        levels.append(found)
                    else:
                        yield found

    def _level(
        self, path: str, file_set: FileSet, places: tuple[str, ...], inherited: Fields
    ) -> _Level:
        self.directories.add(path)
        return _Level(path, places, inherited, iter(file_set.claims), file_set.complete, [])

    def _close(self, level: _Level) -> Iterator[Problem]:
        """Account for what is left when all records have been read."""
        for claim in level.idle:
            found = self._find(claim, level) if claim.file_id else None
            blamed = level.path
            if isinstance(found, str) and not (found in self.used or found in self.unused):
                self.unused.add(found)
                blamed = found
            message = f"not looked at: the record at offset {claim.offset} is not in use"
            yield Problem(self._path(blamed), "inactive", message)
        if not level.complete:
            message = "the DICOMDIR is cut off or damaged: there may have been more records"
            yield Problem(self._path(level.path), "truncated", message)

    def _use(
        self, claim: Claim, level: _Level, levels: Sequence[_Level]
    ) -> Iterator[Instance | Problem | _Level]:
        found = self._find(claim, level) if claim.file_id else None
        if isinstance(found, str) and not (found in self.used or found in self.directories):
            self.used.add(found)
            yield from self._take(claim, found, level)
            return
        record = f"the record at offset {claim.offset}"
        here = self._path(level.path)
        if found is None:
            yield Problem(here, "no_file", f"{record} names no file")
        elif isinstance(found, Fault):
            # Where the file is missing, it helps to know which.
            missing = found.code == "missing_file"
            blamed = self._path(level.places[0]).joinpath(*claim.file_id) if missing else here
            yield Problem(blamed, found.code, f"{found.message} ({record})")
        elif any(one.path == found for one in levels):
            yield Problem(here, "cycle", f"{record} names a DICOMDIR that led to it")
        elif not claim.is_shared:
            message = f"{record} stands for a file that another stands for already"
            yield Problem(here, "duplicate", message)

    def _take(
        self, claim: Claim, found: str, level: _Level
    ) -> Iterator[Instance | Problem | _Level]:
        """Make an instance of a record and its file: by the record's word, or by the file's."""
        path = self._folder.file(found)
        claimed, whole = self._claimed(claim, path, level)
        if claimed is not None and whole and not self._confirm:
            yield claimed
            return
        try:
            own = self._reader.look(found)
        except DicomKitError as error:
            # What the record says is enough to tell what is lost.
            yield claimed or Problem(Path(path), error.code, error.message)
            return
        said = level.inherited | claim.fields
        if isinstance(own, FileSet):
            yield Problem(Path(path), "dicomdir", "a DICOMDIR that another names; it is followed")
            yield self._level(found, own, _places(found, level.places), passed_on(said))
            return
        instance = make_instance(
            path, claim.kind, own, listed=True, confirmed=True, filesystem=self._folder.filesystem
        )
        yield instance
        uid = claimed.sop_instance_uid if claimed else said.get("sop_instance_uid")
        yield from mismatch(instance, uid)

    def _claimed(self, claim: Claim, path: File, level: _Level) -> tuple[Instance | None, bool]:
        """Make an instance of what a record says, if it tells it apart, and say if that is all."""
        known = claim.instance
        if known is not None:
            if os.fspath(known) != os.fspath(path):
                known = claim.instance = replace(known, path=Path(path))
            return known, True
        said = level.inherited | claim.fields if level.inherited else claim.fields
        if not said.keys() >= NEEDED:
            return None, False
        filesystem = self._folder.filesystem
        made = make_instance(path, claim.kind, said, listed=True, filesystem=filesystem)
        whole = claim.is_whole(said)
        if whole and not level.inherited:
            claim.instance, claim.fields = made, _NOTHING
        return made, whole

    def _find(self, claim: Claim, level: _Level) -> str | Fault:
        found = self._folder.find(claim.file_id, level.places[0])
        for place in level.places[1:]:
            if isinstance(found, str):
                break
            other = self._folder.find(claim.file_id, place)
            found = other if isinstance(other, str) else found
        return found

    def _path(self, path: str) -> Path:
        return Path(self._folder.file(path))


def confirm(
    instance: Instance, limits: Limits, identify: Identify
) -> tuple[Instance, tuple[Problem, ...]]:
    """Replace what a record claims of a file by what the file says, if it can be read."""
    try:
        own = identify(instance, limits)
    except DicomKitError:
        return instance, ()
    confirmed = make_instance(
        instance.path,
        instance.record_type,
        own,
        listed=instance.listed,
        confirmed=True,
        filesystem=instance.filesystem,
    )
    return confirmed, tuple(mismatch(confirmed, instance.sop_instance_uid))


def mismatch(instance: Instance, claimed: object) -> Iterator[Problem]:
    """Say so where a file is another instance than its record claims."""
    own = instance.sop_instance_uid
    if claimed is not None and own is not None and claimed != own:
        message = "is another instance than the DICOMDIR says: its own identity counts"
        yield Problem(instance.path, "mismatch", message)


def _places(directory: str, above: tuple[str, ...]) -> tuple[str, ...]:
    """Say where the File IDs of a DICOMDIR further down may start.

    They start from the File-set's own folder (PS3.10 8.2); but where a whole File-set was copied
    into another, its DICOMDIR bears the name, and lies in that folder.
    """
    own = (_parent(directory),)
    named = plain_name(directory.rpartition("/")[2]) == plain_name(DIRECTORY_NAME)
    return tuple(dict.fromkeys(own + above if named else above + own))


def _parent(path: str) -> str:
    return path.rpartition("/")[0]
