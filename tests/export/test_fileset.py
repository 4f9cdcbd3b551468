from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from PIL import Image

from dicomkit.display.render import Rendered, render_frame
from dicomkit.errors import ReadError
from dicomkit.export import instance
from dicomkit.export.fileset import export_fileset
from dicomkit.fileset.walker import FileSetWalker
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset
    from tests.export.conftest import Lab

    from dicomkit.dataset.pixels.reader import FrameReader
    from dicomkit.display.options import PictureOptions
    from dicomkit.export.report import ExportReport


@pytest.fixture
def exam(lab: Lab, tmp_path: Path) -> Path:
    return lab.exam(tmp_path / "exam")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def codes(report: ExportReport) -> dict[str, str]:
    return {entry.source: entry.code or entry.status for entry in report.entries}


# -------------------------------------------------------------------------------------------------
# What comes out


def test_the_sample_exam_gives_31_distinct_pictures(lab: Lab, sample_exam: Path, out: Path) -> None:
    report = export_fileset(sample_exam, out)
    assert report.ok
    assert len(report.written) == len(report.entries) == report.pictures == 31
    made = lab.pictures(out)
    assert len(made) == 31
    assert sorted(made) == sorted(name for entry in report.entries for name in entry.pictures)
    for name in made:
        with Image.open(out / name) as picture:
            assert picture.format == "JPEG"
            picture.load()
    # A straight copy of patient, date, series and number into a path has 25 names.
    naive = {
        f"{one.patient_id}/{one.study_date}/{one.series_number}/{one.instance_number}"
        for one in FileSetWalker(sample_exam)
    }
    assert len(naive) == 25
    assert "98890234/20010101/4/1.jpg" in made


def test_every_frame_and_every_file_is_accounted_for(lab: Lab, exam: Path, out: Path) -> None:
    (exam / "README").write_text("hello")
    (exam / "CT" / "cut").write_bytes((exam / "CT" / "I001").read_bytes()[:300])
    report = export_fileset(exam, out, format="png")
    assert codes(report) == {
        **{f"CT/I{number:03}": "written" for number in range(1, 7)},
        "CT/cut": "truncated",
        "MF/I900": "written",
        "README": "not_dicom",
        "SR/I901": "no_pixels",
    }
    assert (report.pictures, len(report.skipped), len(report.failed)) == (9, 2, 1)
    assert not report.ok
    base = "P1/20010101/4"
    assert list(lab.pictures(out)) == [
        *(f"{base}/{number}.png" for number in range(1, 7)),
        *(f"{base}/900_f000{frame}.png" for frame in (1, 2, 3)),
    ]
    assert report.seconds > 0


def test_the_window_and_the_format_are_the_callers(exam: Path, out: Path) -> None:
    report = export_fileset(
        exam / "CT" / "I001", out, format=".PNG", window=Window(-500, 600), bits=16
    )
    (entry,) = report.entries
    with Image.open(out / entry.pictures[0]) as picture:
        values = np.asarray(picture)
    assert values.dtype == np.uint16
    # Stored 37, so -987 HU: below the window. Stored 1024 lies at 0 HU: above it.
    assert values[0, 0] == 0
    assert values.max() == 65535


def test_the_samples_colour_is_the_callers(lab: Lab, tmp_path: Path, out: Path) -> None:
    (tmp_path / "exam").mkdir()
    shutil.copy(lab.real("SC_ybr_full_uncompressed.dcm"), tmp_path / "exam")
    stated = export_fileset(tmp_path / "exam", out, format="png")
    taken = export_fileset(
        tmp_path / "exam", out.with_name("rgb"), format="png", sample_color="rgb"
    )
    assert stated.ok
    assert taken.ok
    # Another picture, and so another manifest.
    assert stated.manifest != taken.manifest
    stored = pydicom.dcmread(lab.real("SC_ybr_full_uncompressed.dcm")).PixelData
    (name,) = taken.entries[0].pictures
    with Image.open(out.with_name("rgb") / name) as picture:
        assert picture.tobytes() == stored


def test_the_layout_is_the_callers(lab: Lab, exam: Path, out: Path) -> None:
    export_fileset(exam, out, layout="{modality}/{sop_instance_uid}", format="webp")
    assert len([name for name in lab.pictures(out) if name.startswith("CT/1.2.826.")]) == 9


def test_a_walker_may_be_the_source(exam: Path, out: Path) -> None:
    assert export_fileset(FileSetWalker(exam), out).pictures == 9


def test_hostile_names_stay_inside(lab: Lab, tmp_path: Path, out: Path) -> None:
    exam = tmp_path / "exam"
    names = ["../../x", "/etc/x", "..", "CON", "a\nb", "x" * 64, "", "p1", "P1"]
    for number, name in enumerate(names):
        lab.save(lab.ct(1, PatientID=name, SOPInstanceUID=f"1.2.{number}"), exam / str(number))
    report = export_fileset(exam, out)
    assert report.ok
    assert len(lab.pictures(out)) == len(names)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["exam", "out"]
    assert len({name.split("/")[0].casefold() for name in lab.pictures(out)}) == len(names)


def test_copies_of_an_instance_are_both_there(exam: Path, out: Path) -> None:
    shutil.copy(exam / "CT" / "I001", exam / "CT" / "again")
    report = export_fileset(exam, out)
    assert report.ok
    assert report.pictures == 10


def test_the_manifest_lists_every_picture(lab: Lab, exam: Path, out: Path) -> None:
    report = export_fileset(exam, out)
    header, *lines = map(json.loads, (out / report.manifest).read_text().splitlines())
    assert header["layout"] == "{patient_id}/{study_date}/{series_number}/{instance_number}"
    assert header["format"] == ".jpg"
    written = [line for line in lines if line["status"] == "written"]
    assert sorted(line["path"] for line in written) == sorted(lab.pictures(out))
    assert [(line["source"], line["frame"] or -1) for line in lines] == sorted(
        (line["source"], line["frame"] or -1) for line in lines
    )
    assert "center 40, width 400" in written[0]["pipeline"]


def test_burned_in_annotation_is_in_the_report(lab: Lab, tmp_path: Path, out: Path) -> None:
    lab.save(lab.ct(1, BurnedInAnnotation="YES"), tmp_path / "exam" / "a")
    report = export_fileset(tmp_path / "exam", out)
    assert [note.code for note in report.entries[0].notes] == ["burned_in"]
    assert "noted: burned_in" in str(report)


# -------------------------------------------------------------------------------------------------
# Mistakes of the caller


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "gif"}, "unknown picture suffix"),
        ({"format": "jpg", "bits": 16}, "have no 16 bits; use 'png'"),
        ({"bits": 12}, "have no 12 bits"),
        ({"quality": 0}, "1 to 100"),
        ({"window": "brian"}, "no window is called"),
        ({"layout": "{patient_name}"}, "unknown field"),
        ({"workers": 0}, "at least 1"),
        ({"timeout": 0}, "above 0"),
        ({"padding": "white"}, "padding"),
        ({"sample_color": "hsv"}, "sample_color"),
    ],
)
def test_an_option_that_does_not_fit(
    exam: Path, out: Path, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        export_fileset(exam, out, **options)
    assert not out.exists()


def test_a_source_that_is_not_there(tmp_path: Path, out: Path) -> None:
    with pytest.raises(ReadError):
        export_fileset(tmp_path / "none", out)
    assert not out.exists()


# -------------------------------------------------------------------------------------------------
# Again, and what was there before


def test_a_second_run_renders_nothing_and_reports_the_same(
    lab: Lab, exam: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = export_fileset(exam, out)
    before = lab.tree(out)
    monkeypatch.setattr("dicomkit.export.instance.render_frame", lambda *_: pytest.fail("rendered"))
    assert export_fileset(exam, out) == first
    assert lab.tree(out) == before


def test_without_its_manifest_it_finds_its_pictures_by_their_bytes(
    lab: Lab, exam: Path, out: Path
) -> None:
    first = export_fileset(exam, out)
    before = lab.tree(out)
    (out / first.manifest).unlink()
    assert export_fileset(exam, out) == first
    assert lab.tree(out) == before


def test_a_frame_that_is_missing_is_made_again_alone(
    lab: Lab, exam: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = export_fileset(exam, out)
    before = lab.tree(out)
    (out / "P1/20010101/4/900_f0002.jpg").unlink()
    rendered: list[int] = []

    def counting(ds: Dataset, frame: int, options: PictureOptions, reader: FrameReader) -> Rendered:
        rendered.append(frame)
        return render_frame(ds, frame, options, reader)

    monkeypatch.setattr(instance, "render_frame", counting)
    assert export_fileset(exam, out) == first
    assert rendered == [1]
    assert lab.tree(out) == before


def test_what_failed_is_tried_again(lab: Lab, exam: Path, out: Path) -> None:
    whole = (exam / "CT" / "I001").read_bytes()
    (exam / "CT" / "I001").write_bytes(whole[:-100])
    assert codes(export_fileset(exam, out))["CT/I001"] == "truncated"
    (exam / "CT" / "I001").write_bytes(whole)
    report = export_fileset(exam, out)
    assert report.ok
    other = export_fileset(exam, out.with_name("other"))
    assert report.entries == other.entries
    assert lab.tree(out) == lab.tree(out.with_name("other"))


def test_foreign_files_and_links_stay(exam: Path, out: Path) -> None:
    folder = out / "P1" / "20010101" / "4"
    folder.mkdir(parents=True)
    (folder / "1.jpg").write_bytes(b"theirs")
    (out / "elsewhere").write_bytes(b"elsewhere")
    (folder / "2.jpg").symlink_to(out / "elsewhere")
    (folder / "3.jpg").mkdir()
    report = export_fileset(exam, out)
    failed = {entry.source: entry.code for entry in report.failed}
    assert failed == {"CT/I001": "exists", "CT/I002": "exists", "CT/I003": "exists"}
    assert (folder / "1.jpg").read_bytes() == b"theirs"
    assert (folder / "2.jpg").is_symlink()
    assert (out / "elsewhere").read_bytes() == b"elsewhere"
    assert report.pictures == 6


def test_overwrite_makes_all_again(lab: Lab, exam: Path, out: Path) -> None:
    folder = out / "P1" / "20010101" / "4"
    folder.mkdir(parents=True)
    (folder / "1.jpg").write_bytes(b"theirs")
    report = export_fileset(exam, out, overwrite=True)
    assert report.ok
    expected = export_fileset(exam, out.with_name("other"))
    assert report.entries == expected.entries
    assert lab.tree(out) == lab.tree(out.with_name("other"))


def test_another_window_does_not_mix(lab: Lab, exam: Path, out: Path) -> None:
    export_fileset(exam, out)
    before = lab.tree(out)
    report = export_fileset(exam, out, window="bone")
    assert {entry.code for entry in report.failed} == {"exists"}
    assert before.items() <= lab.tree(out).items()


def test_two_sources_share_an_output(lab: Lab, tmp_path: Path, out: Path) -> None:
    for patient in ("A", "B"):
        lab.save(lab.ct(1, PatientID=patient), tmp_path / patient / "1")
        assert export_fileset(tmp_path / patient, out).ok
    assert sorted(lab.pictures(out)) == ["A/20010101/4/1.jpg", "B/20010101/4/1.jpg"]
    assert len(lab.tree(out)) == 4


# -------------------------------------------------------------------------------------------------
# Cut off


FORKS = """
import json, os, sys
from dicomkit.export.fileset import export_fileset
for line in sys.stdin:
    source, out, workers = json.loads(line)
    if workers is None:
        print(os.waitstatus_to_exitcode(os.waitpid(source, 0)[1]), flush=True)
        continue
    child = os.fork()
    if not child:
        export_fileset(source, out, workers=workers)
        os._exit(0)
    print(child, flush=True)
"""


class Exporters:
    """Starts exporters that can be killed, without paying for an import each time."""

    def __init__(self, parent: subprocess.Popen[str]) -> None:
        self._parent = parent

    def start(self, source: Path, out: Path, workers: int = 1) -> int:
        return self._ask(str(source), str(out), workers)

    def kill(self, process: int) -> None:
        os.kill(process, signal.SIGKILL)
        self.wait(process)

    def wait(self, process: int) -> int:
        return self._ask(process, None, None)

    def _ask(self, *request: object) -> int:
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write(json.dumps(request) + "\n")
        self._parent.stdin.flush()
        return int(self._parent.stdout.readline())


@pytest.fixture(scope="module")
def exporters() -> Iterator[Exporters]:
    with subprocess.Popen(
        [sys.executable, "-c", FORKS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        yield Exporters(parent)


def test_thirty_kills_leave_no_half_picture_and_resume_ends_the_same(
    lab: Lab, tmp_path: Path, exporters: Exporters
) -> None:
    exam = lab.exam(tmp_path / "exam", 24, side=64)
    expected = tmp_path / "expected"
    exporters.wait(exporters.start(exam, expected))
    started = time.perf_counter()
    exporters.wait(exporters.start(exam, tmp_path / "timed"))
    duration = time.perf_counter() - started
    whole = lab.tree(expected)
    assert len(whole) == 28
    moments = random.Random(4)  # noqa: S311 - moments, not secrets
    unfinished = 0
    for number in range(30):
        out = tmp_path / f"out{number}"
        process = exporters.start(exam, out)
        time.sleep(moments.uniform(0.1, 1.0) * duration)
        exporters.kill(process)
        left = lab.pictures(out) if out.exists() else {}
        for name, data in left.items():
            if not Path(name).name.startswith(".dicomkit-"):
                assert data == whole[name]
        unfinished += len(left) < 27
        assert export_fileset(exam, out).ok
        assert lab.tree(out) == whole
    assert unfinished >= 5


def test_a_kill_with_workers_resumes_the_same(
    lab: Lab, tmp_path: Path, exporters: Exporters
) -> None:
    exam = tmp_path / "exam"
    exam.mkdir()
    for number in range(3):
        shutil.copy(lab.real("emri_small_jpeg_2k_lossless.dcm"), exam / f"J{number}")
    assert export_fileset(exam, tmp_path / "expected", workers=2).pictures == 30
    process = exporters.start(exam, tmp_path / "out", workers=2)
    while not list((tmp_path / "out").rglob("*_f0003.jpg")):
        time.sleep(0.01)
    exporters.kill(process)
    assert export_fileset(exam, tmp_path / "out", workers=2).ok
    assert lab.tree(tmp_path / "out") == lab.tree(tmp_path / "expected")


@pytest.mark.parametrize("at", [1, 4, 7])
def test_an_interrupt_stops_cleanly_and_resumes_the_same(
    lab: Lab, exam: Path, out: Path, at: int
) -> None:
    def interrupt(done: int, _total: int) -> None:
        if done == at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_fileset(exam, out, progress=interrupt)
    left = lab.tree(out)
    assert not [name for name in left if ".dicomkit" in name]
    assert export_fileset(exam, out).ok
    expected = out.with_name("expected")
    export_fileset(exam, expected)
    assert lab.tree(out) == lab.tree(expected)
    assert {name: data for name, data in left.items() if name.endswith(".jpg")}.items() <= (
        lab.tree(expected).items()
    )


def test_temporary_files_of_the_dead_are_swept(lab: Lab, exam: Path, out: Path) -> None:
    export_fileset(exam, out)
    expected = lab.tree(out)
    for folder in (out, out / "P1" / "20010101" / "4"):
        (folder / ".dicomkit-0123456789abcdef.tmp").write_bytes(b"half")
        os.utime(folder / ".dicomkit-0123456789abcdef.tmp", (1, 1))
    export_fileset(exam, out)
    assert lab.tree(out) == expected


# -------------------------------------------------------------------------------------------------
# Two at once


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


# -------------------------------------------------------------------------------------------------
# No room, no permission

FULL = """
import resource, sys
from dicomkit.export.fileset import export_fileset
source, out, size = sys.argv[1:]
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), before[1]))
report = export_fileset(source, out, format="png")
resource.setrlimit(resource.RLIMIT_FSIZE, before)
print(report.stopped, len(report.entries), report.pictures, report.ok, sep="|")
"""


@pytest.mark.parametrize("size", [10, 2_000])
def test_a_full_disk_ends_in_a_report(lab: Lab, exam: Path, out: Path, size: int) -> None:
    """10 bytes do not hold the manifest's first line, 2000 not all of its lines."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(exam), str(out), str(size)],
        check=True,
        capture_output=True,
        text=True,
    )
    stopped, entries, made, ok = done.stdout.strip().split("|")
    assert stopped == "cannot write: File too large"
    assert (entries, ok) == ("8", "False")
    assert (int(made) > 0) is (size == 2_000)
    complete = export_fileset(exam, out.with_name("expected"), format="png")
    whole = lab.tree(out.with_name("expected"))
    assert lab.pictures(out).items() <= whole.items()
    assert export_fileset(exam, out, format="png") == complete.__class__(
        str(out), complete.manifest, complete.entries
    )
    assert lab.tree(out) == whole


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S607 - wherever it is


def test_a_small_disk(lab: Lab, tmp_path: Path, small_disk: Path) -> None:
    exam = lab.exam(tmp_path / "exam", 60, side=64)
    report = export_fileset(exam, small_disk / "out", format="png")
    assert report.stopped == "cannot write: No space left on device"
    assert not report.ok
    assert len(report.entries) == 62
    assert 0 < report.pictures < 60
    export_fileset(exam, tmp_path / "expected", format="png")
    left = lab.pictures(small_disk / "out")
    assert left.items() <= lab.tree(tmp_path / "expected").items()


def test_a_folder_that_may_not_be_written(lab: Lab) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        exam = lab.exam(folder / "exam", 2)
        (folder / "out").mkdir(0o555)
        root = os.geteuid() == 0
        if root:
            # Root writes everywhere; nobody does not.
            os.seteuid(65534)
        try:
            report = export_fileset(exam, folder / "out")
        finally:
            if root:
                os.seteuid(0)
        assert report.stopped == "cannot write: Permission denied"
        assert [entry.code for entry in report.entries] == ["stopped"] * 4
        assert list((folder / "out").iterdir()) == []


def test_an_output_that_is_a_file_ends_in_a_report(exam: Path, out: Path) -> None:
    out.write_bytes(b"theirs")
    report = export_fileset(exam, out)
    assert "a folder is needed" in report.stopped
    assert not report.ok
    assert out.read_bytes() == b"theirs"


# -------------------------------------------------------------------------------------------------
# Hands


def test_executors_end_in_the_same_tree(lab: Lab, exam: Path, tmp_path: Path) -> None:
    shutil.copy(lab.real("emri_small_jpeg_2k_lossless.dcm"), exam / "J2K")
    reports = [export_fileset(exam, tmp_path / "local")]
    with ThreadPoolExecutor(3) as threads:
        reports.append(export_fileset(exam, tmp_path / "threads", executor=threads))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        reports.append(export_fileset(exam, tmp_path / "processes", executor=processes))
    assert reports[0].pictures == 19
    assert [report.entries for report in reports] == [reports[0].entries] * 3
    trees = [lab.tree(tmp_path / name) for name in ("local", "threads", "processes")]
    assert trees[0] == trees[1] == trees[2]


def test_progress_counts_to_the_end(exam: Path, out: Path) -> None:
    heard: list[tuple[int, int]] = []
    export_fileset(exam, out, progress=lambda done, total: heard.append((done, total)))
    assert heard[0] == (0, 8)
    assert heard[-1] == (8, 8)
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)


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


# -------------------------------------------------------------------------------------------------
# Privacy


def test_nothing_says_who_the_patient_is(
    lab: Lab,
    exam: Path,
    out: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    lab.save(lab.ct(50, WindowWidth="-1"), exam / "CT" / "odd")
    lab.save(lab.ct(51, PixelData=b"short"), exam / "CT" / "short")
    (exam / "CT" / "cut").write_bytes((exam / "CT" / "I001").read_bytes()[:400])
    with caplog.at_level("DEBUG"):
        report = export_fileset(exam, out, layout="{series_number}/{sop_instance_uid}")
    said = "".join(capfd.readouterr()) + caplog.text + str(report)
    said += repr(report) + (out / report.manifest).read_text()
    said += "".join(lab.tree(out)) + b"".join(lab.tree(out).values()).decode("latin-1")
    assert len(report.failed) == 2
    for canary in ("Canary", "Tweety", "19470502", "P1"):
        assert canary not in said
