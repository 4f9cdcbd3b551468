"""An export again: what is made anew, what stays, and what lies in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dicomkit.display.render import Rendered, render_frame
from dicomkit.export.fileset import export_fileset
from dicomkit.export.work import instance

if TYPE_CHECKING:
    from pathlib import Path

    from tests.export.conftest import Lab

    from dicomkit.display.options import PictureOptions
    from dicomkit.image.image import Image


def test_a_second_run_renders_nothing_and_reports_the_same(
    lab: Lab, exam: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = export_fileset(exam, out)
    before = lab.tree(out)
    monkeypatch.setattr(
        "dicomkit.export.work.instance.render_frame", lambda *_: pytest.fail("rendered")
    )
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

    def counting(image: Image, frame: int, options: PictureOptions) -> Rendered:
        rendered.append(frame)
        return render_frame(image, frame, options)

    monkeypatch.setattr(instance, "render_frame", counting)
    assert export_fileset(exam, out) == first
    assert rendered == [1]
    assert lab.tree(out) == before


def test_what_failed_is_tried_again(lab: Lab, exam: Path, out: Path) -> None:
    whole = (exam / "CT" / "I001").read_bytes()
    (exam / "CT" / "I001").write_bytes(whole[:-100])
    assert lab.codes(export_fileset(exam, out))["CT/I001"] == "truncated"
    (exam / "CT" / "I001").write_bytes(whole)
    report = export_fileset(exam, out)
    assert report.ok
    other = export_fileset(exam, out.with_name("other"))
    assert report.entries == other.entries
    assert lab.tree(out) == lab.tree(out.with_name("other"))


def test_an_edited_line_costs_a_note_and_its_picture_is_found_again(
    lab: Lab, exam: Path, out: Path
) -> None:
    first = export_fileset(exam, out)
    before = lab.pictures(out)
    manifest = out / first.manifest
    manifest.write_bytes(manifest.read_bytes().replace(b'"frame":0', b'"frame":"0"'))
    again = export_fileset(exam, out)
    assert again.entries == first.entries
    assert again.ok
    (note,) = [note for note in again.notes if note.code == "manifest_ignored"]
    assert "are not as they were written" in note.message
    assert lab.pictures(out) == before
    # The run has put the lines right.
    assert export_fileset(exam, out).notes == ()


def test_an_output_that_is_swapped_for_a_link_gets_nothing_outside(
    lab: Lab, exam: Path, tmp_path: Path
) -> None:
    out, elsewhere = tmp_path / "real", tmp_path / "outside"
    elsewhere.mkdir()

    def swap(done: int, _total: int) -> None:
        if done == 1 and not out.is_symlink():
            out.rename(tmp_path / "moved")
            out.symlink_to(elsewhere)

    export_fileset(exam, out, progress=swap, workers=1)
    assert lab.tree(elsewhere) == {}
    assert lab.pictures(tmp_path / "moved")


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
