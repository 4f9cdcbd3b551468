"""What an export gives, and the mistakes of its caller."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from PIL import Image

from dicomkit.errors import ReadError
from dicomkit.export.fileset import export_fileset
from dicomkit.fileset.walker import FileSetWalker
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    from pathlib import Path

    from tests.export.conftest import Lab


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
    assert lab.codes(report) == {
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


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "gif"}, "unknown picture format"),
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


def test_progress_counts_to_the_end(exam: Path, out: Path) -> None:
    heard: list[tuple[int, int]] = []
    export_fileset(exam, out, progress=lambda done, total: heard.append((done, total)))
    assert heard[0] == (0, 8)
    assert heard[-1] == (8, 8)
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)


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
