from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from dicomkit.export.naming.layout import DEFAULT_LAYOUT, parse_layout
from dicomkit.export.plan import Plan, plan_exam, problem_entry
from dicomkit.fileset.instances import Problem
from dicomkit.fileset.walker import FileSetWalker

if TYPE_CHECKING:
    from pathlib import Path

    from tests.export.conftest import Lab


def plan(root: Path, output: Path, layout: str = DEFAULT_LAYOUT) -> Plan:
    return plan_exam(FileSetWalker(root), parse_layout(layout), output)


def test_an_exam_is_planned_whole(lab: Lab, tmp_path: Path) -> None:
    lab.exam(tmp_path / "exam", 2)
    made = plan(tmp_path / "exam", tmp_path / "out")
    assert (made.source, made.root) == (str(tmp_path / "exam"), str(tmp_path / "exam"))
    assert sorted((one.source, one.stem) for one in made.instances) == [
        ("CT/I001", "P1/20010101/4/1"),
        ("CT/I002", "P1/20010101/4/2"),
        ("MF/I900", "P1/20010101/4/900"),
        ("SR/I901", "P1/20010101/4/901"),
    ]
    assert made.others == ()


def test_missing_values_have_a_name_too(lab: Lab, tmp_path: Path) -> None:
    ds = lab.ct(1, StudyDate=None, InstanceNumber=None, PatientID="")
    lab.save(ds, tmp_path / "exam" / "a")
    (one,) = plan(tmp_path / "exam", tmp_path / "out").instances
    assert one.stem == "unknown~e3b0c442/unknown~e3b0c442/4/unknown~e3b0c442"


def test_the_sample_exam_has_25_plain_names_for_31_instances(
    sample_exam: Path, tmp_path: Path
) -> None:
    instances = plan(sample_exam, tmp_path).instances
    assert len(instances) == 31
    parts = [[part.split("~")[0] for part in one.stem.split("/")] for one in instances]
    assert len({"/".join(one) for one in parts}) == 25
    assert len({one.stem for one in instances}) == 31
    # Six series share two of the numbers: each has a folder, and plain names in it.
    marked = {one.stem.rpartition("/")[0] for one in instances if "~" in one.stem}
    assert len(marked) == 6
    assert {folder.partition("~")[0] for folder in marked} == {
        "98890234/20030505/1",
        "98890234/20030505/2",
    }
    assert not any("~" in one.stem.rpartition("/")[2] for one in instances)
    series = {one.stem.rpartition("/")[0]: one.series for one in instances}
    assert all(series[one.stem.rpartition("/")[0]] == one.series for one in instances)


def test_numbers_with_a_width_sort_as_they_count(sample_exam: Path, tmp_path: Path) -> None:
    walker = FileSetWalker(sample_exam)
    layout = parse_layout("{study_date}/{series_number}/{instance_number:03}")
    stems = [one.stem for one in plan_exam(walker, layout, tmp_path).instances]
    fifth = sorted(stem.rpartition("/")[2] for stem in stems if "/5/" in stem)
    assert fifth == ["006", "007", "008", "009", "010"]


def test_the_sources_own_paths_are_names(sample_exam: Path, tmp_path: Path) -> None:
    layout = parse_layout("{modality}/{relative_path}")
    (first, *_) = plan_exam(FileSetWalker(sample_exam), layout, tmp_path).instances
    assert (first.source, first.stem) == ("77654033/CR1/6154", "CR/77654033/CR1/6154")


def test_everything_else_is_accounted_for(lab: Lab, tmp_path: Path) -> None:
    exam = lab.exam(tmp_path / "exam", 1)
    (exam / "README.txt").write_text("hello")
    (exam / "CT" / "empty").write_bytes(b"")
    (exam / "loop").symlink_to(exam)
    os.mkfifo(exam / "fifo")
    others = plan(exam, tmp_path / "out").others
    assert {(one.source, one.status, one.code) for one in others} == {
        ("README.txt", "skipped", "not_dicom"),
        ("CT/empty", "skipped", "not_dicom"),
        ("loop", "skipped", "link"),
        ("fifo", "skipped", "not_a_file"),
    }


@pytest.mark.parametrize("code", ["missing_file", "not_a_file"])
@pytest.mark.parametrize("name", ["x" * 300, "/".join(["x" * 200] * 30)])
def test_a_path_that_cannot_be_looked_at_costs_no_export(
    tmp_path: Path, name: str, code: str
) -> None:
    entry = problem_entry(Problem(tmp_path / name, code, "the file is missing"), name)
    assert (entry.status, entry.code) == (
        "failed" if code == "missing_file" else "skipped",
        code,
    )


def test_what_a_record_stands_for_should_have_been_a_file(lab: Lab, tmp_path: Path) -> None:
    """A FIFO that just lies there is no loss."""
    exam = lab.exam(tmp_path / "exam", 1)
    os.mkfifo(exam / "fifo")
    (exam / "DICOMDIR").write_bytes(b"any")
    assert problem_entry(Problem(exam / "fifo", "not_a_file", "x"), "fifo").status == "skipped"
    assert (
        problem_entry(Problem(exam / "DICOMDIR", "not_a_file", "x"), "DICOMDIR").status == "failed"
    )


def test_an_exports_own_files_are_no_part_of_the_exam(lab: Lab, tmp_path: Path) -> None:
    exam = lab.exam(tmp_path / "exam", 1)
    stem = plan(exam, exam).instances[0].stem
    (exam / stem).parent.mkdir(parents=True)
    for name in (f"{stem}.jpg", f"{stem}_f0001.png", "manifest-0a1b2c3d.jsonl", ".dicomkit-0.tmp"):
        (exam / name).write_bytes(b"ours")
    for name in ("manifest.jsonl", f"{stem}x.jpg", ".dicomkit"):
        (exam / name).write_bytes(b"theirs")
    assert {one.source for one in plan(exam, exam).others} == {
        "manifest.jsonl",
        f"{stem}x.jpg",
        ".dicomkit",
    }


def test_a_record_without_its_file_is_a_loss(sample_exam: Path, tmp_path: Path, lab: Lab) -> None:
    (tmp_path / "exam").mkdir()
    (tmp_path / "exam" / "DICOMDIR").write_bytes(sample_exam.read_bytes())
    lab.save(lab.ct(1), tmp_path / "exam" / "unlisted")
    made = plan(tmp_path / "exam", tmp_path / "out")
    # What no record names is an image all the same, and says that it is not listed.
    (unlisted,) = made.instances
    assert unlisted.source == "unlisted"
    assert [note.code for note in unlisted.notes] == ["not_listed"]
    codes = [(one.status, one.code) for one in made.others]
    assert codes == [("failed", "missing_file")] * 31


@pytest.mark.parametrize("folder", ["out", "a/out"])
def test_an_output_inside_the_source_is_no_part_of_it(
    lab: Lab, tmp_path: Path, folder: str
) -> None:
    exam = lab.exam(tmp_path / "exam", 1)
    lab.save(lab.ct(5), exam / folder / "P1" / "copy")
    (exam / folder / "picture.jpg").write_bytes(b"jpeg")
    lab.save(lab.ct(6), exam / "output2" / "other")
    made = plan(exam, exam / folder)
    assert {one.source for one in made.instances} == {
        "CT/I001",
        "MF/I900",
        "SR/I901",
        "output2/other",
    }
    assert made.others == ()


def test_a_single_file_is_an_exam(lab: Lab, tmp_path: Path) -> None:
    path = lab.save(lab.ct(1), tmp_path / "exam" / "a")
    made = plan(path, tmp_path / "out")
    assert [one.source for one in made.instances] == ["a"]
    assert (made.source, made.root) == (str(path), str(path.parent))


def test_a_relative_source(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.exam(tmp_path / "exam", 1)
    monkeypatch.chdir(tmp_path / "exam")
    from_inside = plan_exam(FileSetWalker("."), parse_layout(DEFAULT_LAYOUT), "out")
    assert from_inside == plan(tmp_path / "exam", tmp_path / "exam" / "out")
