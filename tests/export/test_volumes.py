"""Every volume of an exam to a file: names, report, manifest, resume."""

from __future__ import annotations

import errno
import json
import subprocess
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from pydicom.uid import RLELossless
from tests.conftest import real_file
from tests.volumes import classic, save

import dicomkit as dk
from dicomkit.export.work import volume as module
from dicomkit.export.writing.atomic import write_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydicom.dataset import Dataset


def exam(folder: Path) -> list[Path]:
    """Write a CT series, and an MR series of two echoes with a slice that has no place."""
    slices = [classic(n, (0, 0, 2 * n), **of(4)) for n in range(5)]
    slices += [
        classic(10 * e + n, (0, 0, 3 * n), modality="MR", EchoTime=e, **of(7))
        for e in (2, 5)
        for n in range(4)
    ]
    lost = classic(99, (0, 0, 0), modality="MR", **of(7))
    del lost.ImagePositionPatient
    paths = save([*slices, lost], folder)
    (folder / "notes.txt").write_text("no image")
    return paths


def of(number: int) -> dict[str, Any]:
    return {
        "SeriesNumber": number,
        "SeriesInstanceUID": f"1.2.3.{number}",
        "StudyInstanceUID": "1.2.3",
        "StudyDate": "20200101",
    }


def written(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("manifest")
    )


NAMES = ["SECRET-ID/20200101/4.npz", "SECRET-ID/20200101/7_v01.npz", "SECRET-ID/20200101/7_v02.npz"]


def test_every_volume_becomes_a_file(tmp_path: Path) -> None:
    exam(tmp_path / "in")
    report = dk.export_volumes(tmp_path / "in", tmp_path / "out", format="npz")
    assert report.ok
    assert written(tmp_path / "out") == NAMES
    assert report.pictures == 3
    statuses = {
        entry.source: (entry.status, entry.code, entry.pictures) for entry in report.entries
    }
    assert statuses["IM0000"] == ("written", "", (NAMES[0],))
    assert statuses["IM0005"] == ("written", "", (NAMES[1],))
    assert statuses["IM0013"] == ("skipped", "unplaced", ())
    assert statuses["notes.txt"][:2] == ("skipped", "not_dicom")
    assert len(statuses) == 15
    with np.load(tmp_path / "out" / NAMES[2]) as found:
        (echo,) = (one for one in dk.stacks(tmp_path / "in") if one.label.endswith("time 5"))
        assert np.array_equal(found["array"], dk.read_volume(echo).array)


def test_the_report_speaks_of_volumes(tmp_path: Path) -> None:
    exam(tmp_path / "in")
    report = dk.export_volumes(tmp_path / "in", tmp_path / "out", format="npz")
    assert "3 volumes from 13 of 15 files" in str(report)


def test_a_second_run_makes_nothing_anew(tmp_path: Path) -> None:
    paths = exam(tmp_path / "in")
    first = dk.export_volumes(tmp_path / "in", tmp_path / "out", format="npz")
    times = {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in NAMES}
    again = dk.export_volumes(tmp_path / "in", tmp_path / "out", format="npz")
    assert again == first
    assert times == {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in NAMES}
    # What has changed is made anew, and nothing else.
    changed = classic(0, (0, 0, 0), **of(4), RescaleIntercept=5)
    changed.save_as(paths[0])
    dk.export_volumes(tmp_path / "in", tmp_path / "out", format="npz")
    now = {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in NAMES}
    assert [name for name in NAMES if now[name] != times[name]] == NAMES[:1]
    with np.load(tmp_path / "out" / NAMES[0]) as found:
        assert found["array"][0, 0, 0] == 5


def test_a_run_that_was_cut_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exam(tmp_path / "in")
    calls: list[object] = []

    def counted(*arguments: Any, **options: Any) -> Path:  # noqa: ANN401
        calls.append(arguments)
        return dk.save_volume(*arguments, **options)

    def cut_off(*arguments: Any, **options: Any) -> Path:  # noqa: ANN401
        if len(calls) == 2:
            raise KeyboardInterrupt
        return counted(*arguments, **options)

    monkeypatch.setattr(module, "save_volume", cut_off)
    with pytest.raises(KeyboardInterrupt):
        dk.export_volumes(tmp_path / "in", tmp_path / "out", format="npz")
    assert written(tmp_path / "out") == NAMES[:2]
    monkeypatch.setattr(module, "save_volume", counted)
    report = dk.export_volumes(tmp_path / "in", tmp_path / "out", format="npz")
    assert len(calls) == 3
    assert report.ok
    fresh = dk.export_volumes(tmp_path / "in", tmp_path / "fresh", format="npz")
    assert report.entries == fresh.entries
    first, second = ((tmp_path / one / report.manifest).read_text() for one in ("out", "fresh"))
    assert first == second


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    exam(tmp_path / "in")
    theirs = tmp_path / "out" / NAMES[0]
    theirs.parent.mkdir(parents=True)
    theirs.write_text("theirs")
    report = dk.export_volumes(tmp_path / "in", tmp_path / "out", format="npz")
    assert not report.ok
    assert {entry.code for entry in report.failed} == {"exists"}
    assert theirs.read_text() == "theirs"
    assert written(tmp_path / "out") == NAMES
    report = dk.export_volumes(tmp_path / "in", tmp_path / "out", format="npz", overwrite=True)
    assert report.ok
    # What replaced ours since is not ours.
    theirs.write_text("theirs again")
    report = dk.export_volumes(tmp_path / "in", tmp_path / "out", format="npz")
    assert theirs.read_text() == "theirs again"
    assert not report.ok


def test_a_full_disk_stops_with_a_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exam(tmp_path / "in")

    def full(_volume: dk.Volume, path: Path, **_options: object) -> Path:
        raise write_error(OSError(errno.ENOSPC, "No space left on device"), path)

    monkeypatch.setattr(module, "save_volume", full)
    report = dk.export_volumes(tmp_path / "in", tmp_path / "out", format="npz")
    assert "No space left" in report.stopped
    assert {entry.code for entry in report.entries} == {"write", "stopped", "unplaced", "not_dicom"}


def test_a_volume_that_cannot_be_read_costs_no_other(tmp_path: Path) -> None:
    paths = exam(tmp_path / "in")
    data = paths[2].read_bytes()
    paths[2].write_bytes(data[:-20])
    report = dk.export_volumes(tmp_path / "in", tmp_path / "out", format="npz")
    assert written(tmp_path / "out") == NAMES[1:]
    assert {entry.code for entry in report.failed} == {"truncated"}
    assert len(report.failed) == 5


def compressed(folder: Path) -> None:
    """Write three JPEG 2000 series of 1, 4 and 1 slices, and a native one."""
    folder.mkdir()
    for number, count in enumerate((1, 4, 1)):
        ds = pydicom.dcmread(real_file("MR_small_jp2klossless.dcm"))
        ds.SeriesNumber, ds.SeriesInstanceUID = number, f"1.2.3.{number}"
        for index in range(count):
            ds.SOPInstanceUID = f"1.2.3.{number}.{index}"
            ds.ImagePositionPatient[2] += 5
            ds.save_as(folder / f"IM{number}{index}")
    save([classic(n, (0, 0, 2 * n), **of(4)) for n in range(5)], folder / "native")


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        ("os._exit(1)", "the process that decoded it died"),
        ("time.sleep(3600)", "decoding took longer than 2 s and was ended"),
    ],
)
def test_a_decoder_that_does_harm_costs_its_volume_only(
    tmp_path: Path, decoder: Callable[[str], None], harm: str, message: str
) -> None:
    compressed(tmp_path / "in")
    decoder(harm)
    report = dk.export_volumes(
        tmp_path / "in", tmp_path / "out", format="npz", layout="{series_number}", timeout=2
    )
    assert [(one.source, one.code, one.message) for one in report.failed] == [
        (f"IM1{index}", "decode", message) for index in range(4)
    ]
    assert written(tmp_path / "out") == ["0.npz", "2.npz", "4.npz"]


def test_only_what_needs_a_decoder_is_left_to_other_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError

    exam(tmp_path / "native")
    slices = [classic(n, (0, 0, 2 * n), **of(4)) for n in range(5)]
    expected = dk.read_volume(slices)
    for one in slices[3:]:
        one.compress(RLELossless)
    save(slices, tmp_path / "mixed")
    report = dk.export_volumes(tmp_path / "mixed", tmp_path / "out", format="npz", workers=1)
    assert report.ok
    assert report.notes == ()
    with np.load(tmp_path / "out" / report.entries[0].pictures[0]) as found:
        assert np.array_equal(found["array"], expected.array)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    report = dk.export_volumes(tmp_path / "native", tmp_path / "one", format="npz")
    assert report.ok
    assert report.notes == ()
    # Without other processes, decoders run in this one, and that is said.
    report = dk.export_volumes(tmp_path / "mixed", tmp_path / "two", format="npz")
    assert report.ok
    assert [note.code for note in report.notes] == ["no_workers"]


def test_a_volume_that_was_finished_as_the_run_was_cut_off_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam(tmp_path / "in")

    def late(*arguments: Any, **options: Any) -> Path:  # noqa: ANN401
        dk.save_volume(*arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "save_volume", late)
    with pytest.raises(KeyboardInterrupt):
        dk.export_volumes(tmp_path / "in", tmp_path / "out", format="npz")
    monkeypatch.undo()
    assert written(tmp_path / "out") == NAMES[:1]
    before = (tmp_path / "out" / NAMES[0]).stat().st_mtime_ns
    assert dk.export_volumes(tmp_path / "in", tmp_path / "out", format="npz").ok
    assert (tmp_path / "out" / NAMES[0]).stat().st_mtime_ns == before


def test_what_cannot_travel_is_done_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = pytest.importorskip("fsspec").filesystem("memory")

    def refuse(_self: object) -> str:
        msg = "cannot pickle a connection"
        raise TypeError(msg)

    monkeypatch.setattr(type(memory), "__reduce__", refuse)
    slices = [classic(n, (0, 0, 2 * n), **of(4)) for n in range(5)]
    for number, one in enumerate(slices):
        one.compress(RLELossless)
        buffer = BytesIO()
        one.save_as(buffer, enforce_file_format=True)
        memory.pipe(f"/bound-test/IM{number}", buffer.getvalue())
    try:
        walker = dk.FileSetWalker("/bound-test", filesystem=memory)
        report = dk.export_volumes(walker, tmp_path / "out", format="npz")
    finally:
        memory.rm("/bound-test", recursive=True)
    assert report.ok
    assert written(tmp_path / "out") == NAMES[:1]
    assert [note.code for note in report.notes] == ["no_workers"]


def test_names_stay_in_the_folder_and_apart(tmp_path: Path) -> None:
    def named(patient: str, number: int, *, echoes: tuple[int, ...] = (0,)) -> list[Dataset]:
        return [
            classic(10 * e + n, (0, 0, n), modality="MR", EchoTime=e, PatientID=patient,
                    StudyInstanceUID=f"1.{number}", SeriesInstanceUID=f"1.{number}.1",
                    SeriesNumber=1)
            for e in echoes
            for n in range(2)
        ]  # fmt: skip

    slices = [*named("../../etc", 1), *named("a", 2, echoes=(1, 2)), *named("a", 3), *named("A", 4)]
    save(slices, tmp_path / "in")
    report = dk.export_volumes(tmp_path / "in", tmp_path / "out", format="npz")
    assert report.ok
    found = written(tmp_path / "out")
    assert len(found) == 5
    assert len({name.casefold() for name in found}) == 5
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    exam(tmp_path / "in")
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "SECRET-ID").symlink_to(tmp_path / "elsewhere")
    report = dk.export_volumes(tmp_path / "in", tmp_path / "out", format="npz")
    assert {entry.code for entry in report.failed} == {"unsafe_path"}
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_manifest_says_what_each_was_made_of(tmp_path: Path) -> None:
    exam(tmp_path / "in")
    report = dk.export_volumes(tmp_path / "in", tmp_path / "out", format="npz", values="values")
    lines = (tmp_path / "out" / report.manifest).read_text().splitlines()
    header, *others = map(json.loads, lines)
    assert header["format"] == ".npz"
    assert [one["path"] for one in others] == NAMES
    assert others[1]["label"].endswith("echo time 2")
    assert [source[0] for source in others[1]["sources"]] == [f"IM{n:04}" for n in range(5, 9)]
    assert "Secret" not in "".join(lines)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "dcm"}, "format is one of"),
        ({"layout": "{instance_number}"}, "a volume has no instance_number"),
        ({"layout": "{nothing}"}, "unknown field"),
        ({"values": "suv"}, "values is"),
        ({"workers": 0}, "workers must be at least 1"),
        ({"timeout": 0}, "timeout above 0"),
    ],
)
def test_options_that_do_not_fit(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    exam(tmp_path / "in")
    with pytest.raises(ValueError, match=message):
        dk.export_volumes(tmp_path / "in", tmp_path / "out", **options)


def test_progress_is_told(tmp_path: Path) -> None:
    exam(tmp_path / "in")
    told: list[tuple[int, int]] = []
    dk.export_volumes(
        tmp_path / "in", tmp_path / "out", format="npz", progress=lambda *one: told.append(one)
    )
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_the_sample_exam(tmp_path: Path) -> None:
    report = dk.export_volumes(real_file("dicomdirtests/DICOMDIR"), tmp_path, format="zarr")
    assert report.ok
    assert len(report.entries) == 31
    assert len({name for entry in report.written for name in entry.pictures}) == 22
    again = dk.export_volumes(real_file("dicomdirtests/DICOMDIR"), tmp_path, format="zarr")
    assert again == report
