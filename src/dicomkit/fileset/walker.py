"""Walking a File-set or a folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydicom.uid import MediaStorageDirectoryStorage

from dicomkit.dataset.directory import read_directory
from dicomkit.dataset.files.sources import file_status
from dicomkit.dataset.identity import read_identity
from dicomkit.errors import DicomKitError
from dicomkit.fileset.folder import Fault, Folder
from dicomkit.fileset.instances import Problem, group_series, make_instance
from dicomkit.fileset.records import RecordWalk
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from dicomkit.dataset.directory import Directory
    from dicomkit.fileset.folder import Found
    from dicomkit.fileset.instances import Instance, Series
    from dicomkit.fileset.rows import Per, Row

__all__ = ["FileSetWalker"]

_DIRECTORY_NAME: Final = "DICOMDIR"


class FileSetWalker:
    """The instances of a File-set, or of any folder.

    Iterating yields an `Instance` for each, found anew each time. Where there is a
    DICOMDIR, its records are enough and the files themselves stay closed, except those
    that the records do not say enough of. Where there is none, every regular file below
    the folder is opened, and read no further than its identity.

    Nothing is lost without a word: what could not be used is in `problems`.

    Parameters
    ----------
    root : path
        A DICOMDIR: the File-set that it lists. A folder that has a DICOMDIR: the same, and
        whatever else is in the folder is a problem with the code ``"not_listed"``. Any other
        folder: everything in it. A single file of another kind: that instance.
    limits : Limits
        Bounds for what is read.

    Raises
    ------
    ReadError
        There is nothing at `root`. This is an `OSError`.

    Notes
    -----
    PS3.3 annex F (Basic Directory IOD), PS3.10 section 8 (File-set and File IDs). A File ID
    is found in whatever case it was written to disk, and with a version such as ``;1`` or
    an extension behind it. What lies outside of the folder is never opened: links that lead
    out, and File IDs that do, are problems. Other links are problems too: what they lead
    to is in the folder itself.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> walker = FileSetWalker(get_testdata_file("dicomdirtests/DICOMDIR", download=False))
    >>> sum(1 for instance in walker if instance.modality == "CT")
    11
    >>> walker.problems
    ()
    """

    def __init__(self, root: str | os.PathLike[str], /, *, limits: Limits = DEFAULT_LIMITS) -> None:
        file_status(root)
        self._root = Path(root)
        self._limits = limits
        self._problems: tuple[Problem, ...] | None = None

    def __repr__(self) -> str:
        """Name the root."""
        return f"{type(self).__name__}({os.fspath(self._root)!r})"

    def __iter__(self) -> Iterator[Instance]:
        """Yield the instances, each when it is found."""
        problems: list[Problem] = []
        yield from _without(problems, self._open().walk())
        self._problems = tuple(problems)

    @property
    def root(self) -> Path:
        """What is walked: a DICOMDIR, a folder or a file, as it was given."""
        return self._root

    @property
    def folder(self) -> Path:
        """The folder that every path of an instance or a problem starts with."""
        if self._root.is_dir():
            return self._root
        # The files of a File-set lie beside its DICOMDIR, not beside a link to it.
        return (self._root.resolve() if self._root.is_symlink() else self._root).parent

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What the last whole walk could not use; without one so far, walk first."""
        if self._problems is None:
            for _ in self:
                pass
        return self._problems or ()

    def series(self) -> list[Series]:
        """Group the instances.

        Returns
        -------
        list of Series
            By patient, study date and series number; the instances of each by number.

        Examples
        --------
        >>> from pydicom.data import get_testdata_file
        >>> walker = FileSetWalker(get_testdata_file("dicomdirtests/DICOMDIR", download=False))
        >>> [len(series.instances) for series in walker.series()]
        [4, 1, 1, 1, 2, 5, 1, 3, 1, 3, 7, 1, 1]
        """
        return group_series(self)

    def rows(
        self,
        *,
        per: Per = "instance",
        elements: Sequence[str | int] = (),
        volumes: bool = False,
    ) -> list[Row]:
        """List what was found as rows of a table, with elements of your choice.

        ``pandas.DataFrame(walker.rows()).convert_dtypes()`` makes a table whose columns have
        types: whole numbers stay whole where some are missing.

        Parameters
        ----------
        per : {"instance", "series"}
            What a row stands for. That of a series counts its instances, and its path and its
            chosen elements are those of its first instance.
        elements : sequence of str or int
            More columns: keywords (``"SliceThickness"``), tags (``"0018,0050"``, 0x00180050),
            or paths as in `dicomkit.metadata_rows`
            (``"SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].SliceThickness"``).
            Without any, a walk by a DICOMDIR opens no image. With some, the file of each row
            is opened, and read up to the last of them.
        volumes : bool
            With ``per="series"``: a column with the number of volumes in each series, as
            `dicomkit.stacks` finds them: of two slices or more, each in its place. It is None
            where a file cannot be read. The headers of all files are read for it.

        Returns
        -------
        list of dict
            By patient, study, series and instance number, as `series` has them; every row has
            the same keys in the same order. Dates are `datetime.date`, times `datetime.time`,
            DT values `datetime.datetime`; numbers are int or float; several values are a tuple;
            of a sequence, the number of its items. What is absent, empty, broken or binary is
            None, and so is every chosen element of a file that cannot be read.

        Raises
        ------
        ValueError
            `per` is something else, the dictionary has no such keyword, an element is pixel
            data, or volumes are to be counted per instance.

        Notes
        -----
        The rows hold what the files say of patients. What could not be used is in `problems`.

        Examples
        --------
        >>> from pydicom.data import get_testdata_file
        >>> walker = FileSetWalker(get_testdata_file("dicomdirtests/DICOMDIR", download=False))
        >>> row = walker.rows(per="series", elements=["SliceThickness"])[-1]
        >>> row["study_date"], row["modality"], row["instances"], row["SliceThickness"]
        (datetime.date(2003, 5, 5), 'MR', 1, 10.0)
        """
        from dicomkit.fileset.rows import parse_columns, table_rows

        columns = parse_columns(per, elements)
        if volumes and per != "series":
            msg = "volumes are counted in a series: per='series'"
            raise ValueError(msg)
        return list(table_rows(self.series(), per, columns, self._limits, volumes=volumes))

    def summary(self) -> str:
        r"""Describe the File-set as pydicom's `FileSet` does, and say what was left out.

        The summary shows what the files say of patients.

        Examples
        --------
        >>> from pydicom.data import get_testdata_file
        >>> walker = FileSetWalker(get_testdata_file("dicomdirtests/DICOMDIR", download=False))
        >>> print("\n".join(walker.summary().splitlines()[8:10]))  # doctest: +ELLIPSIS
            PATIENT: PatientID='77654033', PatientName='Doe^Archibald'
              STUDY: StudyDate=20010101, StudyTime=000000, StudyDescription='XR C Spine ...
        """
        from dicomkit.fileset.summary import summarize

        opened = self._open()
        problems: list[Problem] = []
        instances = _without(problems, opened.walk())
        root = os.path.realpath(opened.folder.root)
        text = summarize(root, opened.directory, instances, problems)
        self._problems = tuple(problems)
        return text

    def _repr_html_(self) -> str:
        """Show the series as a table with thumbnails, for a notebook."""
        from dicomkit.fileset.overview import overview

        series = self.series()
        return overview(series, self.problems, self._limits)

    def _open(self) -> _Opened:
        """Look at what the root is now."""
        if self._root.is_dir():
            folder = Folder(os.fspath(self._root))
            name = folder.find((_DIRECTORY_NAME,))
            if isinstance(name, Fault):
                return _Opened(folder, self._limits)
            path = self._root / name
            try:
                directory = read_directory(path, self._limits)
            except DicomKitError as error:
                fault = Problem(path, error.code, f"the DICOMDIR is of no use: {error.message}")
                return _Opened(folder, self._limits, path, fault=fault)
            return _Opened(folder, self._limits, path if directory else None, directory)
        folder = Folder(os.fspath(self.folder))
        path = self._root.resolve() if self._root.is_symlink() else self._root
        directory = read_directory(path, self._limits)
        return _Opened(folder, self._limits, path, directory, alone=True)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A folder or a File-set, and how to go through it.

    Attributes
    ----------
    folder : Folder
        Where everything lies.
    limits : Limits
        For what is read.
    path : Path or None
        The DICOMDIR, or the only file.
    directory : Directory or None
        Its records.
    alone : bool
        What lies beside `path` does not matter.
    fault : Problem or None
        Why the DICOMDIR is of no use.
    """

    folder: Folder
    limits: Limits
    path: Path | None = None
    directory: Directory | None = None
    alone: bool = False
    fault: Problem | None = None

    def walk(self) -> Iterator[Instance | Problem]:
        """Yield every instance and every problem."""
        if self.fault is not None:
            yield self.fault
        done = set() if self.path is None else {self.path.name}
        complete = False
        if self.directory is not None and self.path is not None:
            records = RecordWalk(self.directory, self.path, self.folder, self.limits)
            yield from records
            complete = self.directory.complete
            if not complete:
                message = "the DICOMDIR is cut off or damaged: there may have been more records"
                yield Problem(self.path, "truncated", message)
            done |= records.used | records.unused
        elif self.alone and self.path is not None:
            yield self._look(self.path)
        if not self.alone:
            yield from self._rest(done, look=not complete)

    def _rest(self, done: Container[str], *, look: bool) -> Iterator[Instance | Problem]:
        """Account for what no record stands for."""
        for found in self.folder.files():
            path = Path(self.folder.root, found.path)
            if found.path in done:
                continue
            if found.kind != "file":
                fault = self._explain(found)
                yield Problem(path, fault.code, fault.message)
            elif look:
                yield self._look(path)
            else:
                yield Problem(path, "not_listed", "the DICOMDIR has no record of this file")

    def _look(self, path: Path) -> Instance | Problem:
        try:
            fields = read_identity(path, self.limits)
        except DicomKitError as error:
            return Problem(path, error.code, error.message)
        if fields.get("sop_class_uid") == MediaStorageDirectoryStorage:
            return Problem(path, "dicomdir", "a DICOMDIR further down; its files are found as such")
        return make_instance(path, "", fields)

    def _explain(self, found: Found) -> Fault:
        if found.kind == "unreadable":
            return Fault("read", "the folder cannot be read")
        if found.kind == "link":
            target = self.folder.follow(found.path)
            if isinstance(target, Fault):
                return target
            if target.kind != "other":
                return Fault("link", "a link to something in the folder, which is found as such")
        return Fault("not_a_file", "is no regular file, but a FIFO, a device or a socket")


def _without(problems: list[Problem], walk: Iterator[Instance | Problem]) -> Iterator[Instance]:
    """Let instances through, and set problems aside."""
    for found in walk:
        if isinstance(found, Problem):
            problems.append(found)
        else:
            yield found
