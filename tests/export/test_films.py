"""An exam to films."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom.uid import UID
from tests.films import watch
from tests.volumes import SERIES, classic, save, turned

import dicomkit as dk
from dicomkit.export.work import film as film_module

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydicom.dataset import Dataset
    from tests.export.conftest import Lab

SIZE = 16
KINDS = ["mp4", "webp", "apng", "gif"]


def slices(places: list[float], **more: Any) -> list[Dataset]:  # noqa: ANN401 - values of elements
    """Make slices that are as bright as they are high up."""
    made = []
    for number, place in enumerate(places, 1):
        ds = classic(number, (0, 0, place), **more)
        ds.Rows = ds.Columns = SIZE
        ds.PixelData = np.full((SIZE, SIZE), 4 * place, np.uint16).tobytes()
        ds.RescaleIntercept, ds.WindowCenter, ds.WindowWidth = 0, 128, 256
        ds.PatientID, ds.StudyDate, ds.SeriesNumber = "P1", "20010101", 4
        made.append(ds)
    return made


def grays(path: Path) -> list[int]:
    return [round(float(frame.mean())) for frame in watch(path).frames]


@pytest.mark.parametrize("kind", KINDS)
def test_a_series_becomes_a_film_in_the_order_of_space(tmp_path: Path, kind: str) -> None:
    # The files' numbers and names say another order than their places.
    save(slices([30, 0, 50, 10, 40, 20]), tmp_path / "in")
    report = dk.export_fileset(tmp_path / "in", tmp_path / "out", film=kind)
    assert report.ok
    assert report.pictures == 1
    name = f"P1/20010101/4/series.{kind}"
    assert {entry.pictures for entry in report.entries} == {(name,)}
    shown = grays(tmp_path / "out" / name)
    expected = [round((4 * place) / 255 * 255) for place in (0, 10, 20, 30, 40, 50)]
    assert np.abs(np.subtract(shown, expected)).max() <= 2


def test_the_manifest_says_where_each_slice_is_in_its_film(tmp_path: Path) -> None:
    save(slices([30, 0, 20, 10]), tmp_path / "in")
    report = dk.export_fileset(tmp_path / "in", tmp_path / "out", film="gif")
    lines = (tmp_path / "out" / report.manifest).read_text().splitlines()
    said = [json.loads(line) for line in lines[1:]]
    assert [(one["source"], one["frame"], one["frames"]) for one in said] == [
        ("IM0000", 3, 4),
        ("IM0001", 0, 4),
        ("IM0002", 2, 4),
        ("IM0003", 1, 4),
    ]
    assert all("VOI" in one["pipeline"] for one in said)
    assert json.loads(lines[0])["film"] == ".gif"


def test_slices_share_a_window(tmp_path: Path) -> None:
    many = slices([0, 10, 20, 30])
    for number, ds in enumerate(many):
        ds.WindowCenter, ds.WindowWidth = 50 + 10 * number, 60
    save(many, tmp_path / "in")
    dk.export_fileset(tmp_path / "in", tmp_path / "out", film="apng")
    shown = grays(tmp_path / "out/P1/20010101/4/series.apng")
    # From 20 of the first to 110 of the last: values of 0, 40, 80 and 120.
    window = dk.Window(65, 90)
    expected = dk.to_uint8(dk.apply_window(np.array([[0, 40, 80, 120]], np.float32), window))[0]
    assert np.abs(np.subtract(shown, expected.astype(int))).max() <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_of_several_frames_becomes_a_film_at_its_rate(
    lab: Lab, tmp_path: Path, kind: str
) -> None:
    ds = lab.ct(5, frames=4, FrameTime=125)
    lab.save(ds, tmp_path / "in" / "MF")
    report = dk.export_fileset(tmp_path / "in", tmp_path / "out", film=kind)
    (entry,) = report.entries
    assert entry.pictures == (f"P1/20010101/4/5.{kind}",)
    assert not {"rate_assumed"} & {note.code for note in entry.notes}
    film = watch(tmp_path / "out" / entry.pictures[0])
    assert film.seconds == pytest.approx([0.125] * 4, abs=0.0051)
    for shown, picture in zip(film.frames, dk.render(ds), strict=True):
        error = np.abs(shown.astype(int) - picture[..., np.newaxis]).mean()
        assert error < (20 if kind in {"mp4", "webp"} else 0.1)


def test_a_rate_that_is_not_stated_is_assumed_and_noted(lab: Lab, tmp_path: Path) -> None:
    lab.save(lab.ct(5, frames=4), tmp_path / "in" / "MF")
    report = dk.export_fileset(tmp_path / "in", tmp_path / "out", film="gif")
    assert watch(tmp_path / "out/P1/20010101/4/5.gif").seconds == [0.1] * 4
    assert "rate_assumed" in {note.code for note in report.entries[0].notes}
    report = dk.export_fileset(tmp_path / "in", tmp_path / "other", film="gif", rate=4)
    assert watch(tmp_path / "other/P1/20010101/4/5.gif").seconds == [0.25] * 4
    assert "rate_assumed" not in {note.code for note in report.entries[0].notes}


def test_a_frame_time_vector_is_kept(lab: Lab, tmp_path: Path) -> None:
    ds = lab.ct(5, frames=4, FrameTimeVector=[0, 100, 400, 200])
    lab.save(ds, tmp_path / "in" / "MF")
    dk.export_fileset(tmp_path / "in", tmp_path / "out", film="mp4")
    film = watch(tmp_path / "out/P1/20010101/4/5.mp4")
    assert film.seconds == pytest.approx([0.1, 0.4, 0.2, 0.7 / 3], abs=1e-4)


def test_what_is_no_film_becomes_a_picture(lab: Lab, tmp_path: Path) -> None:
    lab.exam(tmp_path / "exam", 2)
    report = dk.export_fileset(tmp_path / "exam", tmp_path / "out", film="gif", format="png")
    assert {entry.source: entry.pictures for entry in report.entries} == {
        # These have no place: nothing says that they are slices.
        "CT/I001": ("P1/20010101/4/1.png",),
        "CT/I002": ("P1/20010101/4/2.png",),
        "MF/I900": ("P1/20010101/4/900.gif",),
        "SR/I901": (),
    }
    assert lab.codes(report)["SR/I901"] == "no_pixels"


def test_a_scout_is_no_part_of_the_film(tmp_path: Path) -> None:
    scout = slices([5], orientation=turned(90))[0]
    scout.InstanceNumber = 77
    save([*slices([0, 10, 20]), scout], tmp_path / "in")
    report = dk.export_fileset(tmp_path / "in", tmp_path / "out", film="gif")
    made = {picture for entry in report.entries for picture in entry.pictures}
    assert made == {"P1/20010101/4/series.gif", "P1/20010101/4/77.jpg"}


def test_several_volumes_of_a_series_are_several_films(tmp_path: Path) -> None:
    echoes = [*slices([0, 10, 20], EchoTime=10), *slices([0, 10, 20], EchoTime=90)]
    for number, ds in enumerate(echoes, 1):
        ds.InstanceNumber = number
    save(echoes, tmp_path / "in")
    report = dk.export_fileset(tmp_path / "in", tmp_path / "out", film="gif")
    made = sorted({picture for entry in report.entries for picture in entry.pictures})
    assert made == ["P1/20010101/4/series_v01.gif", "P1/20010101/4/series_v02.gif"]
    assert [len(watch(tmp_path / "out" / name).frames) for name in made] == [3, 3]


def test_one_slice_over_time_is_a_film_in_the_order_of_its_numbers(tmp_path: Path) -> None:
    phases = slices([30, 10, 20, 5], modality="MR")
    for ds, time in zip(phases, (0, 40, 80, 120), strict=True):
        ds.ImagePositionPatient = [0, 0, 0]
        ds.TriggerTime = time
    save(phases, tmp_path / "in")
    dk.export_fileset(tmp_path / "in", tmp_path / "out", film="apng")
    assert grays(tmp_path / "out/P1/20010101/4/series.apng") == [120, 40, 80, 20]


def test_a_rotation_is_a_film_and_scouts_are_none(tmp_path: Path) -> None:
    views = slices([30, 10, 20, 5])
    for ds, degrees in zip(views, (0, 20, 40, 60), strict=True):
        ds.ImageOrientationPatient = [round(one, 6) for one in turned(degrees, "z")]
        ds.ImageOrientationPatient[3:] = [0, 0, -1]
        ds.ImagePositionPatient = [0, 0, 0]
    save(views, tmp_path / "in")
    report = dk.export_fileset(tmp_path / "in", tmp_path / "out", film="apng")
    assert grays(tmp_path / "out/P1/20010101/4/series.apng") == [120, 40, 80, 20]
    assert report.pictures == 1


@pytest.mark.parametrize(
    ("layout", "name"),
    [
        ("{modality}/{series_number}_{instance_number}", "CT/4_series.gif"),
        ("{modality}/{instance_number:04}", "CT/series.gif"),
        ("{relative_path}", "series.gif"),
    ],
)
def test_a_film_is_called_by_the_layout(tmp_path: Path, layout: str, name: str) -> None:
    save(slices([0, 10]), tmp_path / "in")
    report = dk.export_fileset(tmp_path / "in", tmp_path / "out", film="gif", layout=layout)
    assert report.entries[0].pictures == (name,)


def test_films_that_would_share_a_name_do_not(tmp_path: Path) -> None:
    others = slices([0, 10])
    for number, ds in enumerate(others):
        ds.SeriesInstanceUID = f"{SERIES}.2"
        ds.SOPInstanceUID = UID(f"{SERIES}.2.{number}")
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    save(slices([0, 10]), tmp_path / "in" / "a")
    save(others, tmp_path / "in" / "b")
    report = dk.export_fileset(tmp_path / "in", tmp_path / "out", film="gif", layout="{modality}")
    assert report.ok
    assert report.pictures == 2


def test_a_second_run_makes_nothing_and_reports_the_same(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(slices([0, 10, 20]), tmp_path / "in")
    lab.save(lab.ct(900, frames=3), tmp_path / "in" / "MF")
    out = tmp_path / "out"
    first = dk.export_fileset(tmp_path / "in", out, film="gif")
    before = lab.tree(out)
    monkeypatch.setattr(film_module, "write_film", lambda *_, **__: pytest.fail("made"))
    assert dk.export_fileset(tmp_path / "in", out, film="gif") == first
    assert lab.tree(out) == before


@pytest.mark.parametrize("kind", KINDS)
def test_without_its_manifest_a_film_is_found_by_its_bytes(
    lab: Lab, tmp_path: Path, kind: str
) -> None:
    save(slices([0, 10, 20]), tmp_path / "in")
    out = tmp_path / "out"
    first = dk.export_fileset(tmp_path / "in", out, film=kind)
    before = lab.tree(out)
    (out / first.manifest).unlink()
    assert dk.export_fileset(tmp_path / "in", out, film=kind) == first
    assert lab.tree(out) == before


def _add(folder: Path) -> None:
    save(slices([30]), folder / "more")


def _remove(folder: Path) -> None:
    (folder / "IM0002").unlink()


def _change(folder: Path) -> None:
    (ds,) = slices([11])
    ds.save_as(folder / "IM0001", enforce_file_format=True)


@pytest.mark.parametrize("change", [_add, _remove, _change])
def test_a_film_is_made_anew_where_what_it_shows_has_changed(
    lab: Lab, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    save(slices([0, 10, 20]), tmp_path / "in")
    dk.export_fileset(tmp_path / "in", tmp_path / "out", film="gif")
    change(tmp_path / "in")
    again = dk.export_fileset(tmp_path / "in", tmp_path / "out", film="gif")
    other = dk.export_fileset(tmp_path / "in", tmp_path / "other", film="gif")
    assert again.ok
    assert again.entries == other.entries
    assert lab.pictures(tmp_path / "out") == lab.pictures(tmp_path / "other")


def test_another_file_at_the_films_name_stays(tmp_path: Path) -> None:
    save(slices([0, 10]), tmp_path / "in")
    target = tmp_path / "out/P1/20010101/4/series.gif"
    target.parent.mkdir(parents=True)
    target.write_bytes(b"mine")
    report = dk.export_fileset(tmp_path / "in", tmp_path / "out", film="gif")
    assert {entry.code for entry in report.entries} == {"exists"}
    assert target.read_bytes() == b"mine"
    report = dk.export_fileset(tmp_path / "in", tmp_path / "out", film="gif", overwrite=True)
    assert report.ok
    assert len(watch(target).frames) == 2


def test_a_slice_that_fails_is_left_out_and_the_film_says_so(lab: Lab, tmp_path: Path) -> None:
    paths = save(slices([0, 10, 20, 30]), tmp_path / "in")
    whole = paths[1].read_bytes()
    paths[1].write_bytes(whole[:-100])
    out = tmp_path / "out"
    report = dk.export_fileset(tmp_path / "in", out, film="apng")
    assert lab.codes(report) == {
        "IM0000": "written",
        "IM0001": "truncated",
        "IM0002": "written",
        "IM0003": "written",
    }
    assert [entry.pictures != () for entry in report.entries] == [True, False, True, True]
    assert {note.code for entry in report.written for note in entry.notes} == {"film_gap"}
    assert grays(out / "P1/20010101/4/series.apng") == [0, 80, 120]
    # Once it is mended, the film is made anew.
    paths[1].write_bytes(whole)
    assert dk.export_fileset(tmp_path / "in", out, film="apng").ok
    assert grays(out / "P1/20010101/4/series.apng") == [0, 40, 80, 120]


def test_a_frame_that_fails_costs_its_film(lab: Lab, tmp_path: Path) -> None:
    ds = lab.ct(5, frames=4)
    ds.PixelData = ds.PixelData[: -32 * 32 * 2]
    lab.save(ds, tmp_path / "in" / "MF")
    lab.save(lab.ct(6, frames=2), tmp_path / "in" / "OK")
    report = dk.export_fileset(tmp_path / "in", tmp_path / "out", film="gif")
    failed, written = report.entries
    assert (failed.status, failed.code, failed.pictures) == ("failed", "truncated", ())
    assert failed.message.startswith("frame 3: ")
    assert written.status == "written"
    assert [path.name for path in (tmp_path / "out").rglob("*.gif")] == ["6.gif"]
    report = dk.export_fileset(tmp_path / "in", tmp_path / "out", film="gif", lenient=True)
    assert report.ok


def test_a_film_that_cannot_be_made_fails_for_all_that_it_was_to_show(tmp_path: Path) -> None:
    save(slices([0, 10, 20]), tmp_path / "in")
    report = dk.export_fileset(tmp_path / "in", tmp_path / "out", film="gif", rate=100)
    assert not report.written
    assert {entry.code for entry in report.entries} == {"limit"}
    first, *others = (entry.message for entry in report.entries)
    assert first.startswith("GIF shows a frame for")
    assert {message.partition(": ")[0] for message in others} == {"its film was not made"}
    assert not list((tmp_path / "out").rglob("*.*if"))
    report = dk.export_fileset(tmp_path / "in", tmp_path / "out", film="gif", rate=100)
    assert len(report.failed) == 3


def test_compressed_slices_go_to_a_process_of_their_own(lab: Lab, tmp_path: Path) -> None:
    from pydicom.uid import RLELossless

    many = slices([30, 0, 20, 10])
    many[2].compress(RLELossless)
    save(many, tmp_path / "in")
    plain = dk.export_fileset(tmp_path / "in", tmp_path / "out", film="gif", workers=2)
    assert plain.ok
    assert not plain.notes
    assert len(watch(tmp_path / "out/P1/20010101/4/series.gif").frames) == 4
    assert not [path for path in lab.tree(tmp_path / "out") if "dicomkit-" in path]


def test_an_executor_makes_the_same_films(lab: Lab, tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    save(slices([0, 10, 20]), tmp_path / "in")
    lab.save(lab.ct(900, frames=2), tmp_path / "in" / "MF")
    here = dk.export_fileset(tmp_path / "in", tmp_path / "out", film="gif")
    with ThreadPoolExecutor(2) as executor:
        there = dk.export_fileset(
            tmp_path / "in", tmp_path / "other", film="gif", executor=executor
        )
    assert there.entries == here.entries
    assert lab.pictures(tmp_path / "other") == lab.pictures(tmp_path / "out")


def test_options_that_do_not_fit_are_refused_before_any_work(tmp_path: Path) -> None:
    faults: list[dict[str, Any]] = [
        {"film": "avi"},
        {"film": "gif", "rate": 0},
        {"film": "mp4", "bits": 16},
    ]
    for options in faults:
        with pytest.raises(ValueError, match=r"film|above 0"):
            dk.export_fileset(tmp_path, tmp_path / "out", format="png", **options)
    assert not list(tmp_path.iterdir())


def test_without_pyav_mp4_is_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(dk.UnsupportedError, match=r"dicomkit\[video\]"):
        dk.export_fileset(tmp_path, tmp_path / "out", film="mp4")
    assert not list(tmp_path.iterdir())


def test_nothing_of_the_patient_is_in_a_film(tmp_path: Path) -> None:
    many = slices([0, 10])
    for ds in many:
        ds.PatientID = "SECRET-ID"
    save(many, tmp_path / "in")
    for kind in KINDS:
        report = dk.export_fileset(
            tmp_path / "in", tmp_path / kind, film=kind, layout="{modality}/{instance_number}"
        )
        data = (tmp_path / kind / report.entries[0].pictures[0]).read_bytes()
        assert b"ecret" not in data
        assert b"SECRET" not in data
        assert b"IM000" not in data
