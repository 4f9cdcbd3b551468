"""Several exporters at once, and several workers in one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.children import process_pool

from dicomkit.export.fileset import export_fileset

if TYPE_CHECKING:
    from pathlib import Path

    from tests.export.conftest import Lab
    from tests.export.exporters import Exporters


def test_two_exporters_of_the_same_exam_end_as_one(
    lab: Lab, tmp_path: Path, exporters: Exporters
) -> None:
    exam = lab.exam(tmp_path / "exam", 30)
    export_fileset(exam, tmp_path / "expected")
    both = [exporters.start(exam, tmp_path / "out") for _ in range(2)]
    assert [exporters.wait(process) for process in both] == [0, 0]
    assert lab.tree(tmp_path / "out") == lab.tree(tmp_path / "expected")


def test_two_exporters_of_different_exams_lose_and_mix_nothing(
    lab: Lab, tmp_path: Path, exporters: Exporters
) -> None:
    expected: dict[str, bytes] = {}
    for patient in ("A", "B"):
        for number in range(25):
            ds = lab.ct(number + (100 if patient == "B" else 0), PatientID=patient)
            lab.save(ds, tmp_path / patient / f"{number}")
        export_fileset(tmp_path / patient, tmp_path / f"only{patient}")
        expected |= lab.tree(tmp_path / f"only{patient}")
    both = [exporters.start(tmp_path / patient, tmp_path / "out") for patient in ("A", "B")]
    assert [exporters.wait(process) for process in both] == [0, 0]
    assert lab.tree(tmp_path / "out") == expected
    assert len(lab.pictures(tmp_path / "out")) == 50


def test_two_exporters_of_the_same_names_keep_whole_pictures(
    lab: Lab, tmp_path: Path, exporters: Exporters
) -> None:
    """Same names, other pixels: one of both has each name, none a mixture."""
    for source, offset in (("one", 0), ("two", 7)):
        for number in range(25):
            ds = lab.ct(number + offset, InstanceNumber=number, SOPInstanceUID=f"1.2.{number}")
            lab.save(ds, tmp_path / source / f"{number}")
        export_fileset(tmp_path / source, tmp_path / f"only-{source}")
    both = [exporters.start(tmp_path / source, tmp_path / "out") for source in ("one", "two")]
    assert [exporters.wait(process) for process in both] == [0, 0]
    first, second = (lab.pictures(tmp_path / f"only-{source}") for source in ("one", "two"))
    made = lab.pictures(tmp_path / "out")
    assert made.keys() == first.keys()
    assert all(data in (first[name], second[name]) for name, data in made.items())


def test_executors_end_in_the_same_tree(lab: Lab, exam: Path, tmp_path: Path) -> None:
    shutil.copy(lab.real("emri_small_jpeg_2k_lossless.dcm"), exam / "J2K")
    reports = [export_fileset(exam, tmp_path / "local")]
    with ThreadPoolExecutor(3) as threads:
        reports.append(export_fileset(exam, tmp_path / "threads", executor=threads))
    with process_pool(2) as processes:
        reports.append(export_fileset(exam, tmp_path / "processes", executor=processes))
    assert reports[0].pictures == 19
    assert [report.entries for report in reports] == [reports[0].entries] * 3
    trees = [lab.tree(tmp_path / name) for name in ("local", "threads", "processes")]
    assert trees[0] == trees[1] == trees[2]


SCRIPT = """
import sys
import dicomkit
from dicomkit.export.fileset import export_fileset
print(export_fileset(sys.argv[1], sys.argv[2], workers=2).pictures)
"""


def test_a_plain_script_needs_no_guard(lab: Lab, exam: Path, out: Path) -> None:
    """No ``if __name__ == "__main__"``, though worker processes are started."""
    shutil.copy(lab.real("emri_small_jpeg_2k_lossless.dcm"), exam / "J2K")
    script = exam.with_name("script.py")
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, str(script), str(exam), str(out)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("19\n", "")
