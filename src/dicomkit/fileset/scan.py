"""Going through a folder: by its DICOMDIRs, and through whatever these do not name."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from dicomkit.dataset.files.opening import open_file
from dicomkit.dataset.files.recognition import is_zip
from dicomkit.errors import DicomKitError, NotDicomError
from dicomkit.fileset.claims import FileSet
from dicomkit.fileset.folder import Fault
from dicomkit.fileset.instances import Instance, Problem, make_instance
from dicomkit.fileset.records import DIRECTORY_NAME, RecordWalk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicomkit.fileset.folder import Folder, Found
    from dicomkit.fileset.records import Reader

__all__ = ["DicomdirUse", "FolderScan"]

DicomdirUse: TypeAlias = Literal["auto", "only", "ignore"]


class FolderScan:
    """One way through a folder, or through a zip, and all that is in it.

    Parameters
    ----------
    reader : Reader
        Finds files, and asks them.
    dicomdir : {"auto", "only", "ignore"}
        As in `FileSetWalker`.
    confirm : bool
        Whether every file is asked who it is, whatever a record says.
    """

    def __init__(self, reader: Reader, dicomdir: DicomdirUse, *, confirm: bool) -> None:
        self._reader = reader
        self._folder: Folder = reader.folder
        self._dicomdir = dicomdir
        self._records = RecordWalk(reader, confirm=confirm)
        # What the records of a DICOMDIR further down stand for, until its turn comes.
        self._held: dict[str, Instance] = {}
        # The folders with a DICOMDIR that the walk is in, each in the one before.
        self._covered: list[str] = []
        # The last folder that was come to.
        self._at = ""
        # DICOMDIRs that are accounted for.
        self._done: set[str] = set()

    def walk(self, start: str = "") -> Iterator[Instance | Problem]:
        """Yield every instance and every problem in a folder or a zip.

        What the records of a DICOMDIR in the root stand for comes first.
        """
        records = self._records
        for found in self._folder.entries(start):
            path = found.path
            if found.kind == "folder":
                yield from self._enter(path)
            elif self._held and (held := self._held.pop(self._full(path), None)):
                yield held
            elif not (path in records.used or path in records.unused or path in self._done):
                yield from self._account(found)
        if not start:
            for left in self._held.values():
                message = "a DICOMDIR elsewhere has a record of this file, which was found before"
                yield Problem(left.path, "duplicate", message)

    def _enter(self, folder: str) -> Iterator[Instance | Problem]:
        """Look for a DICOMDIR in a folder, and follow its records."""
        self._at = folder
        path = None if self._dicomdir == "ignore" else self._folder.named(folder, DIRECTORY_NAME)
        records = self._records
        if path is None or path in records.used or path in records.directories:
            return
        try:
            file_set = self._reader.open_directory(path)
        except DicomKitError as error:
            self._done.add(path)
            message = f"the DICOMDIR is of no use: {error.message}"
            yield Problem(Path(self._full(path)), error.code, message)
            return
        if file_set is None:
            return
        prefix = f"{folder}/" if folder else ""
        self._leave_for(prefix)
        self._covered.append(prefix)
        if not folder:
            self._done.add(path)
            yield from records.walk(path, file_set, folder)
            return
        for found in records.walk(path, file_set, folder):
            if isinstance(found, Instance):
                self._held[os.fspath(found)] = found
            else:
                yield found

    def _account(self, found: Found) -> Iterator[Instance | Problem]:
        """Look at what no record stands for."""
        path = found.path
        if path in self._records.directories:
            message = "a DICOMDIR further down; its records are followed"
            yield Problem(Path(self._full(path)), "dicomdir", message)
        elif found.kind != "file":
            fault = self._explain(found)
            yield Problem(Path(self._full(path)), fault.code, fault.message)
        elif self._dicomdir == "only":
            message = "not looked at: the DICOMDIR has no record of this file"
            yield Problem(Path(self._full(path)), "not_listed", message)
        else:
            yield from self._look(path)

    def _look(self, path: str) -> Iterator[Instance | Problem]:
        file = self._folder.file(path)
        self._leave_for(path)
        try:
            own = self._reader.look(path, keep=False)
        except NotDicomError as error:
            if self._is_zip(path):
                yield from self._unzip(path)
            else:
                yield Problem(Path(file), error.code, error.message)
            return
        except DicomKitError as error:
            yield Problem(Path(file), error.code, error.message)
            return
        if isinstance(own, FileSet):
            yield Problem(Path(file), "dicomdir", "a DICOMDIR; its files are found as such")
            return
        yield make_instance(
            file,
            "",
            own,
            listed=False if self._covered else None,
            confirmed=True,
            filesystem=self._folder.filesystem,
        )

    def _leave_for(self, path: str) -> None:
        """Forget the DICOMDIRs that could not name a file of this path."""
        while self._covered and not path.startswith(self._covered[-1]):
            self._covered.pop()

    def _unzip(self, path: str) -> Iterator[Instance | Problem]:
        """Go through a zip; one without anything of DICOM is a file like any other."""
        zipped = Path(self._full(path))
        listing = self._folder.listing(path, keep=False)
        if isinstance(listing, Fault):
            yield Problem(zipped, listing.code, listing.message)
            return
        others: list[Problem] = []
        opened = False
        for found in self.walk(path):
            if opened:
                yield found
            elif isinstance(found, Problem) and found.code == NotDicomError.code:
                others.append(found)
            else:
                opened = True
                yield Problem(zipped, "zip", "a zip; its files are found as such")
                yield from others
                yield found
        if not opened:
            yield Problem(zipped, NotDicomError.code, "a zip without any DICOM file")

    def _is_zip(self, path: str) -> bool:
        with suppress(DicomKitError), open_file(self._folder.file(path)) as source:
            return is_zip(source.read(0, source.chunk))
        return False

    def _explain(self, found: Found) -> Fault:
        if found.kind == "unreadable":
            # A folder, or something in one.
            listing = self._folder.listing(found.path) if found.path == self._at else None
            return listing if isinstance(listing, Fault) else Fault("read", "cannot be looked at")
        if found.kind == "outside":
            return Fault("unsafe_path", "the zip's entry would lie outside of it")
        if found.kind == "link":
            target = self._folder.follow(found.path)
            if isinstance(target, Fault):
                return target
            if target.kind != "other":
                return Fault("link", "a link to something in the folder, which is found as such")
        return Fault("not_a_file", "is no regular file, but a FIFO, a device or a socket")

    def _full(self, path: str) -> str:
        return os.fspath(self._folder.file(path))
