"""Walking a File-set, a folder or a zip."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, get_args

from dicomkit.dataset.files.filesystems import file_in
from dicomkit.dataset.files.opening import open_file, status_of
from dicomkit.dataset.files.recognition import is_zip
from dicomkit.dataset.files.remote import Remote
from dicomkit.dataset.identity import read_identity
from dicomkit.errors import DicomKitError
from dicomkit.fileset.claims import Directories
from dicomkit.fileset.folder import Folder
from dicomkit.fileset.instances import (
    Instance,
    Problem,
    group_series,
    make_instance,
    undecided,
)
from dicomkit.fileset.records import DIRECTORY_NAME, Reader, RecordWalk, confirm
from dicomkit.fileset.scan import DicomdirUse, FolderScan
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from dicomkit.dataset.files.filesystems import File, FileSystem
    from dicomkit.dataset.files.remote import RemoteFileSystem
    from dicomkit.fileset.claims import FileSet
    from dicomkit.fileset.instances import Series
    from dicomkit.fileset.records import Identify
    from dicomkit.fileset.rows import Per, Row
    from dicomkit.stacking.headers import HeaderReader

__all__ = ["FileSetWalker", "series_by", "walk_by"]

_T = TypeVar("_T")


class FileSetWalker:
    """The instances of a File-set, of any folder, or of a zip.

    Iterating yields an `Instance` for each. Where there is a DICOMDIR, its records are enough,
    and the files that they name stay closed, except those that the records do not say enough
    of. What no record names is opened, and read no further than its identity.

    A record is a claim. Once its file is opened, for a series whose order depends on it, for a
    table with chosen elements, or by an export, the file's own identity counts, and one that
    is another instance than its record says is a problem with the code ``"mismatch"``.

    Nothing is lost without a word: what could not be used is in `problems`.

    Parameters
    ----------
    root : path
        A folder: everything in it, by its DICOMDIRs as far as these go. A zip: the same.
        A DICOMDIR: the File-set that it lists, and nothing else. A single file of another
        kind: that instance. Any of them may lie in a zip: ``exam.zip/DICOM``.
    dicomdir : {"auto", "only", "ignore"}
        What DICOMDIRs in a folder mean. ``"auto"``: their records are followed, then every
        other file is looked at, and instances among them are taken in with ``listed=False``.
        ``"only"``: nothing but what they list, and other files are problems with the code
        ``"not_listed"``. ``"ignore"``: every file is looked at, as if there was no DICOMDIR;
        where `root` is one, every file in its folder.
    follow_links : bool
        Whether links that lead out of the folder are followed. Otherwise they are problems
        with the code ``"unsafe_path"``. Other links are problems too: what they lead to is in
        the folder itself.
    filesystem : optional
        Where `root` is, if not where the operating system says: a file system of fsspec, or
        whatever else has its methods ``ls``, ``info`` and ``open``. To export from it in
        several processes, it must survive pickling and show all of them the same.
    on_found : callable, optional
        Called with the number of instances and problems so far, for each that a walk comes
        to; where `rows` opens files for their cells, then with that of the rows so far.
    limits : Limits
        Bounds for what is read. ``inflated_bytes`` also bounds each file that is compressed
        in a zip.

    Raises
    ------
    ReadError
        There is nothing at `root`. This is an `OSError`.
    ValueError
        `dicomdir` is something else.

    Notes
    -----
    PS3.3 annex F (Basic Directory IOD), PS3.10 section 8 (File-set and File IDs). A File ID
    is found in whatever case it was written to disk, and with a version such as ``;1`` or
    an extension behind it. Records that name further DICOMDIRs are followed into these. A
    DICOMDIR is parsed once, and again only if it changes. Zips, also those in a folder, are
    read in place: nothing is unpacked to disk.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> walker = FileSetWalker(get_testdata_file("dicomdirtests/DICOMDIR", download=False))
    >>> sum(1 for instance in walker if instance.modality == "CT")
    11
    >>> walker.count, walker.problems
    (31, ())
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        /,
        *,
        dicomdir: DicomdirUse = "auto",
        follow_links: bool = False,
        filesystem: RemoteFileSystem | None = None,
        on_found: Callable[[int], object] | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        if dicomdir not in get_args(DicomdirUse):
            msg = f"dicomdir is 'auto', 'only' or 'ignore', not {dicomdir!r}"
            raise ValueError(msg)
        self._root = Path(root)
        self._filesystem = None if filesystem is None else Remote(filesystem)
        self._dicomdir: DicomdirUse = dicomdir
        self._follow_links = follow_links
        self._on_found = on_found
        self._limits = limits
        self._directories = Directories(limits)
        self._problems: tuple[Problem, ...] | None = None
        self._count = 0
        status_of(self._file(self._root))

    def __repr__(self) -> str:
        """Name the root and, once it was walked, count what was found."""
        name, root = type(self).__name__, repr(os.fspath(self._root))
        if self._problems is None:
            return f"{name}({root})"
        return f"<{name} of {root}: instances {self._count}, problems {len(self._problems)}>"

    def __iter__(self) -> Iterator[Instance]:
        """Yield the instances, each when it is found."""
        yield from self._through(self._walk(), [])

    def confirmed(self) -> Iterator[Instance]:
        """Yield the instances as iterating does, but open every file and let it speak for itself.

        This is what an export goes by. Of a file that cannot be read, it is still said what
        the record claims.

        Examples
        --------
        >>> from pydicom.data import get_testdata_file
        >>> walker = FileSetWalker(get_testdata_file("dicomdirtests/DICOMDIR", download=False))
        >>> all(instance.confirmed for instance in walker.confirmed())
        True
        """
        yield from self._through(self._walk(confirm_all=True), [])

    @property
    def root(self) -> Path:
        """What is walked: a DICOMDIR, a folder or a file, as it was given."""
        return self._root

    @property
    def dicomdir(self) -> DicomdirUse:
        """What DICOMDIRs mean, as it was given."""
        return self._dicomdir

    @property
    def filesystem(self) -> FileSystem | None:
        """Where that is, if not where the operating system says."""
        return self._filesystem

    @property
    def folder(self) -> Path:
        """The folder, or the zip, that every path of an instance or a problem starts with."""
        return self._root if self._is_folder() else self._target().parent

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What the last whole walk could not use; without one so far, walk first."""
        if self._problems is None:
            for _ in self:
                pass
        return self._problems or ()

    @property
    def count(self) -> int:
        """How many instances the last whole walk found; without one so far, walk first."""
        if self._problems is None:
            for _ in self:
                pass
        return self._count

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
        >>> [len(series) for series in walker.series()]
        [4, 1, 1, 1, 2, 5, 1, 3, 1, 3, 7, 1, 1]
        """
        return self._series(undecided)

    def rows(
        self,
        *,
        per: Per = "instance",
        elements: Sequence[str | int] = (),
        units: bool = False,
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
            private elements by their creator (``"(0019,SIEMENS MR HEADER,0C)"``: the group, the
            creator, and the element in its block, wherever a file has that block), or paths of
            these as in `dicomkit.metadata_rows`
            (``"SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].SliceThickness"``).
            Without any, a walk by a DICOMDIR opens no image. With some, the file of each row
            is opened, and read up to the last of them; it says itself who it is.
        units : bool
            One more column, ``"units"``: the code in UCUM of the first of the `quantities` that
            the row's file offers, or what the file calls its unit where there is no code. The
            file is read for it.
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
            of a sequence, the number of its items. Text is there even where it breaks the rules
            of its VR, such as an age of ``42``. What is absent, empty or binary is None, and so
            is what is no number, date or time where it should be one, and every chosen element
            of a file that cannot be read.

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
        opened: Callable[[Series], Iterable[Instance]] = undecided
        if columns:
            opened = _all_of if per == "instance" else _first_and_undecided
        headers: HeaderReader | None = None
        identify: Identify = read_identity
        if volumes:
            from dicomkit.stacking.headers import HeaderReader

            headers = HeaderReader(self._limits)
            identify = headers.identity
        found = self._series(opened, identify)
        made = table_rows(found, per, columns, self._limits, units=units, headers=headers)
        return list(self._counted(made) if columns or units or volumes else made)

    def summary(self, *, units: bool = False) -> str:
        r"""Describe the File-set as pydicom's `FileSet` does, and say what was left out.

        The summary shows what the files say of patients.

        Parameters
        ----------
        units : bool
            Name for every series the unit that the values of its first instance are in, as `rows`
            does. That file is read for it.

        Examples
        --------
        >>> from pydicom.data import get_testdata_file
        >>> walker = FileSetWalker(get_testdata_file("dicomdirtests/DICOMDIR", download=False))
        >>> print("\n".join(walker.summary().splitlines()[8:10]))  # doctest: +ELLIPSIS
            PATIENT: PatientID='77654033', PatientName='Doe^Archibald'
              STUDY: StudyDate=20010101, StudyTime=000000, StudyDescription='XR C Spine ...
        """
        from dicomkit.fileset.summary import summarize

        problems: list[Problem] = []
        instances = self._through(self._walk(), problems)
        folder = os.fspath(self.folder)
        root = folder if self._filesystem else os.path.realpath(folder)
        limits = self._limits if units else None
        return summarize(root, self._file_set(), instances, problems, limits)

    def _repr_html_(self) -> str:
        """Show the series as a table with thumbnails, for a notebook."""
        from dicomkit.fileset.overview import overview

        series = self.series()
        return overview(series, self.problems, self._limits)

    def _through(
        self, walk: Iterator[Instance | Problem], problems: list[Problem]
    ) -> Iterator[Instance]:
        """Let instances through, set problems aside, and remember both at the end."""
        count = 0
        for found in self._counted(walk):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                count += 1
                yield found
        self._problems, self._count = tuple(problems), count

    def _counted(self, found: Iterator[_T]) -> Iterator[_T]:
        for count, one in enumerate(found, 1):
            if self._on_found is not None:
                self._on_found(count)
            yield one

    def _file(self, path: Path) -> File:
        return file_in(self._filesystem, os.fspath(path))

    def _is_folder(self) -> bool:
        """Tell whether the root holds files, as folders and zips do."""
        file = self._file(self._root)
        kind = status_of(file).kind
        if kind == "file":
            with suppress(DicomKitError), open_file(file) as source:
                return is_zip(source.read(0, source.chunk))
        return kind == "folder"

    def _target(self) -> Path:
        # The files of a File-set lie beside its DICOMDIR, not beside a link to it.
        is_link = self._filesystem is None and self._root.is_symlink()
        return self._root.resolve() if is_link else self._root

    def _reader(self, identify: Identify = read_identity, *, keep: bool = True) -> Reader:
        root = os.fspath(self.folder)
        folder = Folder(root, self._filesystem, follow_links=self._follow_links)
        return Reader(folder, self._directories, self._limits, identify, keep=keep)

    def _file_set(self) -> FileSet | None:
        """Open the DICOMDIR that the root is or has, if it is of any use."""
        reader = self._reader()
        name: str | None = self._target().name
        if self._is_folder():
            name = reader.folder.named("", DIRECTORY_NAME)
        if name is None or self._dicomdir == "ignore":
            return None
        with suppress(DicomKitError):
            return reader.open_directory(name)
        return None

    def _walk(
        self, identify: Identify = read_identity, *, confirm_all: bool = False
    ) -> Iterator[Instance | Problem]:
        """Yield every instance and every problem; `identify` asks a file who it is."""
        reader = self._reader(identify, keep=not confirm_all)
        if self._is_folder() or self._dicomdir == "ignore":
            yield from FolderScan(reader, self._dicomdir, confirm=confirm_all).walk()
            return
        name = self._target().name
        file_set = reader.open_directory(name)
        if file_set is not None:
            yield from RecordWalk(reader, confirm=confirm_all).walk(name, file_set, "")
            return
        file = reader.folder.file(name)
        own = identify(file, self._limits)
        yield make_instance(file, "", own, confirmed=True, filesystem=self._filesystem)

    def _series(
        self,
        needed: Callable[[Series], Iterable[Instance]],
        identify: Identify = read_identity,
    ) -> list[Series]:
        """Group the instances, and ask those that are needed who they are, until it is settled."""
        problems: list[Problem] = []
        instances = list(self._through(self._walk(identify), problems))
        asked: set[Path] = set()
        while True:
            groups = group_series(instances)
            doubtful = {
                id(one): one
                for group in groups
                for one in needed(group)
                if not one.confirmed and one.path not in asked
            }
            if not doubtful:
                self._problems = tuple(problems)
                return groups
            for place, one in enumerate(instances):
                if id(one) in doubtful:
                    asked.add(one.path)
                    instances[place], more = confirm(one, self._limits, identify)
                    problems += more


def walk_by(
    walker: FileSetWalker, identify: Identify, *, confirm: bool = False
) -> Iterator[Instance]:
    """Walk as a walker does, with another way to ask a file who it is.

    It is for whoever needs more of each file than that, and would read it a second time.

    Parameters
    ----------
    walker : FileSetWalker
        What it finds it remembers.
    identify : callable
        Gives what `read_identity` gives.
    confirm : bool
        Whether every file is asked, as `FileSetWalker.confirmed` does.
    """
    walk = walker._walk(identify, confirm_all=confirm)  # noqa: SLF001 - no option of the public
    yield from walker._through(walk, [])  # noqa: SLF001 - as above


def series_by(walker: FileSetWalker, identify: Identify) -> list[Series]:
    """Group what a walker finds, with another way to ask a file who it is (see `walk_by`)."""
    return walker._series(undecided, identify)  # noqa: SLF001 - no option of the public


def _all_of(series: Series) -> Iterable[Instance]:
    return series.instances


def _first_and_undecided(series: Series) -> Iterable[Instance]:
    return [series.instances[0], *undecided(series)]
