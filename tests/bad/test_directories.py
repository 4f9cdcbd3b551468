"""Whatever a DICOMDIR's records say, the walk ends, stays inside and loses nothing else."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest
from tests.bad.directory import Record, dicomdir
from tests.bad.files import good

import dicomkit as dk

if TYPE_CHECKING:
    from pathlib import Path

FIRST: Final = Record(b"IM1", following=2)
LAST: Final = Record(b"IM3")


@dataclass(frozen=True, slots=True)
class Bad:
    """A DICOMDIR of three images, what is said of it, and which images are left."""

    name: str
    records: tuple[Record, ...]
    code: str
    left: tuple[str, ...] = ("IM1", "IM3")
    first: int = 1
    cut: int = 0


def middle(name: str, file_id: bytes, code: str, *, in_use: int = 0xFFFF) -> Bad:
    """Let the second of three records stand for another file than IM2."""
    return Bad(name, (FIRST, Record(file_id, 3, in_use=in_use), LAST), code)


ALL: Final = ("IM1", "IM2", "IM3")
SECOND: Final = Record(b"IM2", following=3)
CASES: Final = (
    Bad("a record that follows itself", (FIRST, Record(b"IM2", 2), LAST), "cycle", ALL),
    Bad("a cycle of siblings", (FIRST, SECOND, Record(b"IM3", 1)), "cycle", ALL),
    Bad("a record below itself", (FIRST, Record(b"IM2", 3, lower=2), LAST), "cycle", ALL),
    Bad("a cycle of levels", (FIRST, SECOND, Record(b"IM3", lower=1)), "cycle", ALL),
    Bad("two ways to one record", (Record(b"IM1", 2, lower=3), SECOND, LAST), "cycle", ALL),
    Bad("an offset behind the end", (FIRST, Record(b"IM2", 1 << 30), LAST), "bad_offset", ALL),
    Bad("an offset into an item", (FIRST, Record(b"IM2", 260), LAST), "bad_offset", ALL),
    Bad("an offset of 2**32 - 1", (FIRST, Record(b"IM2", 0xFFFFFFFF), LAST), "bad_offset", ALL),
    Bad("a first record that is none", (FIRST, SECOND, LAST), "bad_offset", ALL, first=7),
    middle("a missing file", b"IM9", "missing_file"),
    middle("a folder in place of a file", b"FOLDER", "not_a_file"),
    middle("a parent", b"..\\OUTSIDE", "unsafe_path"),
    middle("a parent in the middle", b"FOLDER\\..\\..\\OUTSIDE", "unsafe_path"),
    middle("a parent with slashes", b"../OUTSIDE", "unsafe_path"),
    middle("an absolute path", b"/etc/passwd", "unsafe_path"),
    middle("an absolute path in parts", b"\\/etc\\passwd", "unsafe_path"),
    middle("a drive", b"C:\\WINDOWS", "unsafe_path"),
    middle("a server", b"\\\\SERVER\\SHARE", "missing_file"),
    middle("a link that leads out", b"WAYOUT", "unsafe_path"),
    middle("a folder's link that leads out", b"UP\\OUTSIDE", "unsafe_path"),
    middle("a link to itself", b"LOOP", "broken_link"),
    middle("a FIFO", b"PIPE", "not_a_file"),
    middle("NUL in a name", b"IM\0002", "missing_file"),
    middle("a name of 4000 letters", b"A" * 4000, "missing_file"),
    middle("nothing but dots", b".\\.", "unsafe_path"),
    middle("no file at all", b"", "no_file"),
    middle("a file that is no DICOM", b"TEXT", "not_dicom"),
    middle("a record not in use", b"IM2", "inactive", in_use=0),
    middle("one file twice", b"IM1", "duplicate"),
    Bad(
        "a DICOMDIR cut in its last record",
        (FIRST, SECOND, LAST),
        "truncated",
        ("IM1", "IM2"),
        cut=9,
    ),
)


@pytest.fixture
def exam(tmp_path: Path) -> Path:
    """Make a folder with three images, and with what hostile records point to."""
    folder = tmp_path / "exam"
    (folder / "FOLDER").mkdir(parents=True)
    for name in ALL:
        (folder / name).write_bytes(good("CT_small.dcm"))
    (folder / "TEXT").write_bytes(b"no DICOM, " * 50)
    (tmp_path / "OUTSIDE").write_bytes(good("MR_small.dcm"))
    (folder / "WAYOUT").symlink_to(tmp_path / "OUTSIDE")
    (folder / "UP").symlink_to(tmp_path)
    (folder / "LOOP").symlink_to(folder / "LOOP")
    os.mkfifo(folder / "PIPE")
    return folder


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_record_costs_itself_alone(case: Bad, exam: Path) -> None:
    path = exam / "DICOMDIR"
    path.write_bytes(dicomdir(case.records, case.first, cut=case.cut))
    walker = dk.FileSetWalker(path)
    found = list(walker)
    assert sorted(instance.path.name for instance in found) == sorted(case.left)
    assert case.code in {problem.code for problem in walker.problems}
    assert len(walker.problems) == 1 + bool(case.cut)
    assert walker.summary()
    assert dk.FileSetWalker(exam).series()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_record_costs_itself_alone_in_an_export(
    case: Bad, exam: Path, tmp_path: Path
) -> None:
    path = exam / "DICOMDIR"
    path.write_bytes(dicomdir(case.records, case.first, cut=case.cut))
    report = dk.export_fileset(path, tmp_path / "pictures", workers=1)
    assert sorted(entry.source for entry in report.written) == sorted(case.left)
    lost = [entry.status for entry in report.entries if entry.code == case.code]
    assert lost == ["skipped" if case.code in {"duplicate", "inactive", "not_dicom"} else "failed"]


def test_a_good_directory_of_that_kind_has_no_problems(exam: Path) -> None:
    path = exam / "DICOMDIR"
    path.write_bytes(dicomdir((FIRST, SECOND, LAST)))
    walker = dk.FileSetWalker(path)
    assert [instance.path.name for instance in walker] == ["IM1", "IM2", "IM3"]
    assert walker.problems == ()


@pytest.mark.parametrize(
    "name", ["im1", "IM1;1", "im1;1", "IM1.DCM", "im1.dcm", "IM1.", "IM1.dcm;1"]
)
def test_a_name_written_otherwise_is_found(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(good("CT_small.dcm"))
    (tmp_path / "dicomdir").write_bytes(dicomdir((Record(b"IM1"),)))
    walker = dk.FileSetWalker(tmp_path)
    assert [instance.path.name for instance in walker] == [name]
    assert walker.problems == ()


def test_20_000_levels_of_records_end(tmp_path: Path) -> None:
    count = 20_000
    records = [Record(lower=number + 2, kind=b"SERIES") for number in range(count - 1)]
    path = tmp_path / "DICOMDIR"
    path.write_bytes(dicomdir((*records, Record(b"IM1"))))
    walker = dk.FileSetWalker(path)
    assert [problem.code for problem in walker.problems] == ["missing_file"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_dicom"),
        (b"nothing of the kind " * 99, "not_dicom"),
        (dicomdir((FIRST, SECOND, LAST))[:150], "truncated"),
    ],
    ids=["empty", "text", "cut"],
)
def test_a_useless_directory_is_reported_and_the_folder_walked(
    data: bytes, code: str, exam: Path
) -> None:
    (exam / "DICOMDIR").write_bytes(data)
    walker = dk.FileSetWalker(exam)
    assert sorted(instance.path.name for instance in walker) == list(ALL)
    assert (exam / "DICOMDIR", code) in {(p.path, p.code) for p in walker.problems}
    with pytest.raises(dk.DicomKitError) as caught:
        list(dk.FileSetWalker(exam / "DICOMDIR"))
    assert caught.value.code == code
    assert caught.value.path == str(exam / "DICOMDIR")
