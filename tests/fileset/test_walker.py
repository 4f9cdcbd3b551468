"""Walking File-sets and folders: pydicom's result on its samples, and everything accounted for."""

from __future__ import annotations

import logging
import os
import shutil
import warnings
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.fileset import FileSet

from dicomkit.errors import NotDicomError, ReadError
from dicomkit.fileset.instances import Instance
from dicomkit.fileset.walker import FileSetWalker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SAMPLE = Path(str(get_testdata_file("dicomdirtests/DICOMDIR", download=False)))
DIRECTORIES = [
    "DICOMDIR",
    "DICOMDIR-bigEnd",
    "DICOMDIR-implicit",
    "DICOMDIR-nooffset",
    "DICOMDIR-reordered",
    "DICOMDIR-empty.dcm",
    "TINY_ALPHA/DICOMDIR",
]


@contextmanager
def by_pydicom(path: Path) -> Iterator[FileSet]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = FileSet(path)
        yield found
        # It leaves its temporary folder to the garbage collector, which warns.
        found._stage["t"].cleanup()


@pytest.mark.parametrize("name", DIRECTORIES)
def test_pydicoms_instances(name: str, caplog: pytest.LogCaptureFixture) -> None:
    path = SAMPLE.parent / name
    with caplog.at_level(logging.DEBUG):
        walker = FileSetWalker(path)
        ours = list(walker)
    assert caplog.records == []
    assert walker.problems == ()
    with by_pydicom(path) as file_set:
        theirs = {str(instance.SOPInstanceUID): instance for instance in file_set}
    assert len(ours) == len(theirs)
    for instance in ours:
        other = theirs[cast("str", instance.sop_instance_uid)]
        assert os.path.realpath(instance.path) == other.path
        assert instance.patient_id == other.PatientID
        assert instance.patient_name == str(other.PatientName)
        assert instance.study_instance_uid == other.StudyInstanceUID
        assert instance.study_date == other.StudyDate
        assert instance.series_instance_uid == other.SeriesInstanceUID
        assert instance.series_number == other.SeriesNumber
        assert instance.modality == other.Modality
        assert instance.sop_class_uid == other.SOPClassUID
        assert instance.transfer_syntax_uid == other.TransferSyntaxUID
        assert instance.instance_number == other.InstanceNumber


@pytest.mark.parametrize("name", DIRECTORIES)
def test_pydicoms_summary(name: str) -> None:
    path = SAMPLE.parent / name
    with by_pydicom(path) as file_set:
        lines = str(file_set).splitlines()
    assert FileSetWalker(path).summary().splitlines() == [
        line for line in lines if "Changes staged" not in line
    ]


def test_without_patients_the_files_say_whose_they_are() -> None:
    # pydicom refuses this one.
    ours = list(FileSetWalker(SAMPLE.parent / "DICOMDIR-nopatient"))
    assert {(one.path, one.patient_id) for one in ours} == {
        (one.path, one.patient_id) for one in FileSetWalker(SAMPLE)
    }


def test_no_image_is_opened_where_the_directory_says_enough(tmp_path: Path) -> None:
    shutil.copy(SAMPLE, tmp_path)
    for instance in FileSetWalker(SAMPLE):
        copy = tmp_path / instance.path.relative_to(SAMPLE.parent)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(b"")
    assert len(list(FileSetWalker(tmp_path))) == 31


def test_a_walk_can_be_repeated_and_broken_off() -> None:
    walker = FileSetWalker(SAMPLE)
    first = next(iter(walker))
    assert isinstance(first, Instance)
    assert walker.problems == ()
    assert list(walker) == list(walker)
    assert next(iter(walker)) == first


def test_a_walk_counts_what_it_comes_to() -> None:
    counts: list[int] = []
    walker = FileSetWalker(SAMPLE.parent, on_found=counts.append)
    instances = list(walker)
    assert counts == list(range(1, len(instances) + len(walker.problems) + 1))


def test_a_table_counts_the_rows_whose_files_it_opens() -> None:
    counts: list[int] = []
    walker = FileSetWalker(SAMPLE, on_found=counts.append)
    walked = len(walker.rows())
    assert counts == list(range(1, walked + 1))
    counts.clear()
    assert len(walker.rows(elements=["Rows"])) == walked
    # Once by the directory, then file by file.
    assert counts == [*range(1, walked + 1), *range(1, walked + 1)]


def test_a_folder_with_a_directory_accounts_for_every_file() -> None:
    folder = SAMPLE.parent
    walker = FileSetWalker(folder)
    instances = list(walker)
    # Those that it lists come first, then those of another File-set further down.
    assert [one.path for one in instances[:31]] == [one.path for one in FileSetWalker(SAMPLE)]
    assert {one.path.relative_to(folder).parts[0] for one in instances[31:]} == {"TINY_ALPHA"}
    assert len(instances) == 31 + 50
    assert Counter(problem.code for problem in walker.problems) == {"dicomdir": 7, "not_dicom": 2}
    accounted = Counter(
        [instance.path for instance in instances] + [problem.path for problem in walker.problems]
    )
    there = {path for path in folder.rglob("*") if path.is_file()} - {SAMPLE}
    assert accounted == Counter(there)


def test_a_folder_s_directory_alone() -> None:
    walker = FileSetWalker(SAMPLE.parent, dicomdir="only")
    assert len(list(walker)) == 31 + 50
    # A file that is not looked at is not called harmless.
    assert Counter(problem.code for problem in walker.problems) == {"dicomdir": 1, "not_listed": 8}
    assert all(
        "not looked at" in one.message for one in walker.problems if one.code == "not_listed"
    )


def test_a_folder_without_a_directory(tmp_path: Path) -> None:
    exam = tmp_path / "exam"
    shutil.copytree(SAMPLE.parent, exam)
    (exam / "DICOMDIR").unlink()
    walker = FileSetWalker(exam)
    instances = list(walker)
    assert len(instances) == 31 + 50
    assert Counter(problem.code for problem in walker.problems) == {"dicomdir": 7, "not_dicom": 2}
    for instance in instances:
        ds = dcmread(instance.path, stop_before_pixels=True)
        assert instance.sop_instance_uid == ds.SOPInstanceUID
        assert instance.patient_id == ds.PatientID
        assert instance.instance_number == ds.InstanceNumber
        assert instance.record_type == "IMAGE"
    assert instances == sorted(instances, key=lambda one: (one.path.parent.parts, one.path.name))


def test_both_ways_give_the_same_series(tmp_path: Path) -> None:
    shutil.copytree(
        SAMPLE.parent, tmp_path / "exam", ignore=shutil.ignore_patterns("TINY*", "DIC*")
    )
    listed = FileSetWalker(SAMPLE).series()
    scanned = FileSetWalker(tmp_path / "exam").series()
    assert [(one.series_instance_uid, len(one.instances)) for one in listed] == [
        (one.series_instance_uid, len(one.instances)) for one in scanned
    ]
    assert [one.instance_number for series in scanned for one in series.instances] == [
        one.instance_number for series in listed for one in series.instances
    ]


@pytest.mark.parametrize("name", ["dicomdir", "DICOMDIR;1", "DICOMDIR.", "Dicomdir.DCM"])
def test_the_directory_is_found_by_any_of_its_names(tmp_path: Path, name: str) -> None:
    exam = tmp_path / "exam"
    shutil.copytree(SAMPLE.parent, exam, ignore=shutil.ignore_patterns("TINY*", "DIC*", "README*"))
    shutil.copy(SAMPLE, exam / name)
    walker = FileSetWalker(exam)
    assert len(list(walker)) == 31
    assert walker.problems == ()
    assert walker.summary().startswith("DICOM File-set")


def test_names_as_a_disc_has_them(tmp_path: Path) -> None:
    exam = tmp_path / "exam"
    shutil.copytree(SAMPLE.parent, exam, ignore=shutil.ignore_patterns("TINY*", "DICOMDIR-*"))
    for path in sorted(exam.rglob("*"), reverse=True):
        ending = ";1" if path.is_file() else ""
        path.rename(path.with_name(path.name.lower() + ending))
    walker = FileSetWalker(exam)
    assert len(list(walker)) == 31
    assert [problem.path.name for problem in walker.problems] == ["readme.txt;1"]


def test_a_directory_that_is_of_no_use_does_not_hide_the_files(tmp_path: Path) -> None:
    exam = tmp_path / "exam"
    shutil.copytree(SAMPLE.parent, exam, ignore=shutil.ignore_patterns("TINY*", "DIC*", "README*"))
    (exam / "DICOMDIR").write_bytes(b"overwritten")
    walker = FileSetWalker(exam)
    assert len(list(walker)) == 31
    assert [(one.path.name, one.code) for one in walker.problems] == [("DICOMDIR", "not_dicom")]
    # A file that only bears the name is an instance like any other.
    image = exam / "77654033" / "CR1" / "6154"
    shutil.copy(image, exam / "DICOMDIR")
    walker = FileSetWalker(exam)
    assert len(list(walker)) == 32
    assert walker.problems == ()


def test_what_a_directory_that_is_cut_off_may_have_listed_is_looked_for(tmp_path: Path) -> None:
    exam = tmp_path / "exam"
    shutil.copytree(SAMPLE.parent, exam, ignore=shutil.ignore_patterns("TINY*", "DIC*", "README*"))
    (exam / "DICOMDIR").write_bytes(SAMPLE.read_bytes()[:6000])
    walker = FileSetWalker(exam)
    assert len(list(walker)) == 31
    # Two levels lead to records behind the cut.
    assert [one.code for one in walker.problems] == ["bad_offset", "bad_offset", "truncated"]
    # The file by itself is no more than it lists.
    assert 0 < len(list(FileSetWalker(exam / "DICOMDIR"))) < 31


def test_a_single_file(tmp_path: Path) -> None:
    image = SAMPLE.parent / "77654033" / "CR1" / "6154"
    shutil.copy(image, tmp_path / "image")
    (tmp_path / "other").write_bytes(b"of no interest")
    walker = FileSetWalker(tmp_path / "image")
    (instance,) = walker
    assert (instance.path, instance.modality) == (tmp_path / "image", "CR")
    assert walker.problems == ()
    assert walker.summary().startswith("DICOM files")


def test_a_file_that_is_of_no_use() -> None:
    with pytest.raises(NotDicomError):
        list(FileSetWalker(SAMPLE.parent / "README.txt"))


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(ReadError):
        FileSetWalker(tmp_path / "missing")
    with pytest.raises(ReadError):
        FileSetWalker("nul\0byte")


def test_a_link_to_a_directory_leads_to_its_files(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(SAMPLE)
    walker = FileSetWalker(tmp_path / "link")
    assert len(list(walker)) == 31
    assert walker.folder == SAMPLE.parent.resolve()


def test_root_and_folder() -> None:
    assert FileSetWalker(SAMPLE).root == SAMPLE
    assert FileSetWalker(SAMPLE).folder == SAMPLE.parent
    assert FileSetWalker(SAMPLE.parent).folder == SAMPLE.parent
    walker = FileSetWalker(SAMPLE)
    assert repr(walker) == f"FileSetWalker({str(SAMPLE)!r})"
    next(iter(walker))
    # Not whole.
    assert repr(walker) == f"FileSetWalker({str(SAMPLE)!r})"
    assert walker.count == 31
    assert repr(walker) == f"<FileSetWalker of {str(SAMPLE)!r}: instances 31, problems 0>"


@pytest.mark.parametrize("walk", [list, FileSetWalker.series, FileSetWalker.summary])
def test_the_count_is_that_of_the_last_whole_walk(
    tmp_path: Path, walk: Callable[[FileSetWalker], object]
) -> None:
    for name in ("a", "b"):
        shutil.copy(str(get_testdata_file("CT_small.dcm", download=False)), tmp_path / name)
    (tmp_path / "no.txt").write_text("not DICOM")
    walker = FileSetWalker(tmp_path)
    walk(walker)
    assert repr(walker).endswith(": instances 2, problems 1>")
    (tmp_path / "b").unlink()
    assert (walker.count, len(walker.problems)) == (2, 1)
    walk(walker)
    assert (walker.count, len(walker.problems)) == (1, 1)


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    folder = tmp_path / "odd"
    (folder / "deep").mkdir(parents=True)
    image = SAMPLE.parent / "77654033" / "CR1" / "6154"
    shutil.copy(image, folder / "deep" / "image")
    (folder / "text").write_text("no DICOM")
    (folder / "empty").write_bytes(b"")
    (folder / "cut").write_bytes(image.read_bytes()[:500])
    (folder / "again").symlink_to("deep/image")
    (folder / "up").symlink_to("..")
    (folder / "around").symlink_to(".")
    (folder / "loop").symlink_to("loop")
    (folder / "nowhere").symlink_to("missing")
    os.mkfifo(folder / "fifo")
    (folder / "to_fifo").symlink_to("fifo")
    return folder


ODD = {
    "again": "link",
    "around": "link",
    "cut": "truncated",
    "empty": "not_dicom",
    "fifo": "not_a_file",
    "loop": "broken_link",
    "nowhere": "broken_link",
    "text": "not_dicom",
    "to_fifo": "not_a_file",
    "up": "unsafe_path",
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no FIFOs")
def test_what_is_odd_in_a_folder_is_reported_once_and_blocks_nothing(odd: Path) -> None:
    walker = FileSetWalker(odd)
    assert [instance.path for instance in walker] == [odd / "deep" / "image"]
    assert {one.path.name: one.code for one in walker.problems} == ODD
    assert len(walker.problems) == len(ODD)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no FIFOs")
def test_what_is_odd_beside_a_directory(odd: Path) -> None:
    shutil.copy(SAMPLE.parent / "DICOMDIR-empty.dcm", odd / "DICOMDIR")
    walker = FileSetWalker(odd)
    (instance,) = walker
    assert (instance.path, instance.listed) == (odd / "deep" / "image", False)
    assert {one.path.name: one.code for one in walker.problems} == ODD
    only = FileSetWalker(odd, dicomdir="only")
    assert list(only) == []
    files = {"text", "empty", "cut", "image"}
    expected = {name: code for name, code in ODD.items() if name not in files}
    expected |= dict.fromkeys(files, "not_listed")
    assert {one.path.name: one.code for one in only.problems} == expected


def test_a_folder_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    real = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    walker = FileSetWalker(tmp_path)
    assert list(walker) == []
    assert [(one.path, one.code) for one in walker.problems] == [(tmp_path / "closed", "read")]


def test_the_summary_says_what_was_left_out(tmp_path: Path) -> None:
    for number in range(8):
        (tmp_path / f"{number}").write_bytes(b"")
    (tmp_path / "\x1b[2J").mkdir()
    (tmp_path / "\x1b[2J" / "9").write_bytes(b"")
    lines = FileSetWalker(tmp_path).summary().splitlines()
    assert lines == [
        "DICOM files",
        f"  Root directory: {tmp_path}",
        "",
        "  Left out:",
        "    not_dicom: 9",
        *(f"      {tmp_path / str(number)}: the source is empty" for number in range(5)),
        "      \u2026 and 4 more",
    ]


def test_a_summary_is_a_walk() -> None:
    walker = FileSetWalker(SAMPLE.parent)
    text = walker.summary()
    assert "not_dicom: 2" in text
    assert "dicomdir: 7" in text
    assert len(walker.problems) == 9
