"""Discs as they come: every picture under its own patient, each file and record reported once."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from importlib import import_module
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from tests.export.outcomes import SINGLE
from tests.fileset.discs import make_image, write, zip_folder
from tests.fileset.styles import STYLES, Disc, empty, foreign, partial, stale

import dicomkit as dk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.export.conftest import Lab

# What is not there cannot become a picture; what is skipped is no loss.
LOSSES = {"bad_offset", "missing_file", "no_file", "not_a_file", "truncated", "unsafe_path"}


@pytest.fixture(params=STYLES, ids=lambda style: style.__name__)
def disc(request: pytest.FixtureRequest) -> Disc:
    made: Disc = request.param("1.2.3")
    return made


def written(out: Path, report: dk.ExportReport) -> dict[str, str]:
    """Give where each instance's picture is, by what the manifest says."""
    lines = map(json.loads, (out / report.manifest).read_bytes().splitlines()[1:])
    return {line["sop_instance_uid"]: line["path"] for line in lines if line["status"] == "written"}


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_every_picture_is_its_own_patient_s(
    disc: Disc, lab: Lab, tmp_path: Path, *, packed: bool
) -> None:
    exam = write(tmp_path / "exam", disc.files)
    place = zip_folder(exam, tmp_path / "exam.zip") if packed else exam
    report = dk.export_fileset(place, tmp_path / "out", workers=1)
    pictures = written(tmp_path / "out", report)
    without_pixels = {entry.source for entry in report.skipped if entry.code == "no_pixels"}
    assert len(pictures) == len(disc.found) - len(without_pixels)
    for uid, path in pictures.items():
        assert path.split("/")[0] == disc.found[uid]
    # Each file once, and each record that none accounts for.
    sources = Counter(entry.source for entry in report.entries)
    expected = Counter(disc.files.keys() - {disc.directory})
    assert sources == expected + Counter(path for path, _ in disc.lost)
    assert {entry.code for entry in report.failed} == {code for _, code in disc.lost} & LOSSES
    assert report.ok == (not report.failed)
    # Whatever the DICOMDIR says, the pictures are those of the files.
    ignoring = dk.export_fileset(place, tmp_path / "ignoring", dicomdir="ignore", workers=1)
    assert lab.pictures(tmp_path / "ignoring") == lab.pictures(tmp_path / "out")
    assert ignoring.pictures == report.pictures


def test_a_picture_s_name_is_not_another_patient_s(tmp_path: Path) -> None:
    disc = foreign("1.2.3")
    exam = write(tmp_path / "exam", disc.files)
    report = dk.export_fileset(exam, tmp_path / "out", workers=1)
    assert set(written(tmp_path / "out", report)) == set(disc.found)
    assert not (tmp_path / "out" / "P1").exists()
    assert {note.code for entry in report.written for note in entry.notes} == {"mismatch"}
    assert "mismatch" in str(report)
    assert report.ok


def test_what_agrees_with_its_record_keeps_its_name(tmp_path: Path) -> None:
    whole = dk.export_fileset(
        write(tmp_path / "whole", stale("1.2.3").files), tmp_path / "1", workers=1
    )
    names = {entry.source: entry.pictures for entry in whole.written}
    # The replaced image is its own patient's; the others are where they would be without it.
    assert names["DICOM/IM2"] == ("P2/20200131/5/2.jpg",)
    assert names["DICOM/IM3"] == ("P1/20200131/5/3.jpg",)
    assert names["DICOM/IM4"] == ("P1/20200131/5/4.jpg",)
    notes = {entry.source: [note.code for note in entry.notes] for entry in whole.written}
    assert notes["DICOM/IM2"][0] == "mismatch"
    assert notes["DICOM/IM4"][0] == "not_listed"
    assert "mismatch" not in notes["DICOM/IM3"]


def test_only_what_is_listed(tmp_path: Path) -> None:
    exam = write(tmp_path / "exam", partial("1.2.3").files)
    report = dk.export_fileset(exam, tmp_path / "out", dicomdir="only", workers=1)
    assert {entry.source for entry in report.written} == {f"DICOM/IM{n}" for n in (1, 2, 3)}
    left = {entry.source: entry for entry in report.entries if entry.code == "not_listed"}
    assert set(left) == {"DICOM/IM4", "MORE/IM5", "MORE/notes.txt"}
    assert all("not looked at" in entry.message for entry in left.values())


def test_a_directory_alone_that_lists_nothing_says_where_to_look(tmp_path: Path) -> None:
    exam = write(tmp_path / "exam", empty("1.2.3").files)
    report = dk.export_fileset(exam / "DICOMDIR", tmp_path / "out", workers=1)
    assert (report.entries, [note.code for note in report.notes]) == ((), ["nothing_listed"])
    assert "take its folder" in str(report)
    for source, use in ((exam / "DICOMDIR", "ignore"), (exam, "auto")):
        found = dk.export_fileset(source, tmp_path / use, dicomdir=use, workers=1)  # type: ignore[arg-type]
        assert (found.pictures, found.notes) == (2, ())


def test_a_zip_is_exported_by_several_processes_and_resumed(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam = lab.exam(tmp_path / "exam", 3)
    (exam / "compressed").write_bytes(lab.real(SINGLE).read_bytes())
    place = zip_folder(exam, tmp_path / "exam.zip")
    expected = dk.export_fileset(exam, tmp_path / "folder", format="png")
    report = dk.export_fileset(place, tmp_path / "zip", format="png", workers=2)
    assert report.entries == expected.entries
    assert lab.pictures(tmp_path / "zip") == lab.pictures(tmp_path / "folder")
    before = lab.tree(tmp_path / "zip")
    monkeypatch.setattr(
        "dicomkit.export.work.instance.render_frame", lambda *_: pytest.fail("rendered")
    )
    assert dk.export_fileset(place, tmp_path / "zip", format="png").entries == report.entries
    assert lab.tree(tmp_path / "zip") == before


def test_pictures_of_a_zip_that_has_changed_are_made_anew(lab: Lab, tmp_path: Path) -> None:
    place = tmp_path / "exam.zip"
    for pixels in (bytes(64), bytes(range(64))):
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr("IM1", make_image("1.2.3", pixels=pixels))
        dk.export_fileset(place, tmp_path / "out", format="png", workers=1)
    dk.export_fileset(place, tmp_path / "other", format="png", workers=1)
    assert lab.pictures(tmp_path / "out") == lab.pictures(tmp_path / "other")


def test_a_file_system_of_fsspec_is_exported(lab: Lab, tmp_path: Path) -> None:
    exam = lab.exam(tmp_path / "exam", 2)
    fs = import_module("fsspec").filesystem("memory")
    root = f"/{uuid4()}"
    fs.pipe({f"{root}/{path}": data for path, data in lab.tree(exam).items()})
    walker = dk.FileSetWalker(root, filesystem=fs)
    report = dk.export_fileset(walker, tmp_path / "out", workers=1)
    expected = dk.export_fileset(exam, tmp_path / "other", workers=1)
    assert report.entries == expected.entries
    assert lab.pictures(tmp_path / "out") == lab.pictures(tmp_path / "other")
    # Again, nothing is left to do; a source that changes is done again.
    assert dk.export_fileset(walker, tmp_path / "out", workers=1).entries == report.entries
    fs.pipe(f"{root}/CT/I001", (exam / "CT" / "I002").read_bytes())
    again = dk.export_fileset(walker, tmp_path / "out", workers=1)
    assert {entry.status for entry in again.entries} == {"written", "skipped"}


def test_the_walker_s_own_options_are_the_walker_s(lab: Lab, tmp_path: Path) -> None:
    walker = dk.FileSetWalker(lab.exam(tmp_path / "exam", 1))
    with pytest.raises(ValueError, match="FileSetWalker"):
        dk.export_fileset(walker, tmp_path / "out", dicomdir="ignore")
    with pytest.raises(ValueError, match="FileSetWalker"):
        dk.export_fileset(walker, tmp_path / "out", follow_links=True)
    with pytest.raises(ValueError, match="'auto'"):
        dk.export_fileset(tmp_path, tmp_path / "out", dicomdir="no")  # type: ignore[arg-type]


def test_links_that_lead_out_are_exported_where_that_is_wanted(lab: Lab, tmp_path: Path) -> None:
    exam, elsewhere = tmp_path / "exam", tmp_path / "elsewhere"
    lab.save(lab.ct(1), exam / "IM1")
    lab.save(lab.ct(2), elsewhere / "IM2")
    lab.save(lab.ct(3), elsewhere / "deep" / "IM3")
    (exam / "more").symlink_to(elsewhere)
    (exam / "again").symlink_to("IM1")
    (elsewhere / "back").symlink_to(exam)
    report = dk.export_fileset(exam, tmp_path / "out", workers=1)
    assert {entry.source: entry.code for entry in report.entries} == {
        "IM1": "",
        "more": "unsafe_path",
        "again": "link",
    }
    followed = dk.export_fileset(exam, tmp_path / "all", follow_links=True, workers=1)
    assert {entry.source: entry.code for entry in followed.entries} == {
        "IM1": "",
        "more/IM2": "",
        "more/deep/IM3": "",
        "again": "link",
        "more/back": "link",
    }
    assert followed.ok
