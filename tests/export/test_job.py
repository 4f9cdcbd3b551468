"""The course of an export whose series share a window."""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.uid import UID
from tests.children import process_pool
from tests.export.outcomes import with_signs_of_life

import dicomkit as dk
from dicomkit.display.render import render_frame
from dicomkit.export.bookkeeping.recorder import Recorder
from dicomkit.export.fileset import export_fileset
from dicomkit.export.work import instance
from dicomkit.export.work.tasks import Alive

if TYPE_CHECKING:
    from pathlib import Path

    from tests.export.conftest import Lab

    from dicomkit.export.bookkeeping.report import ExportReport
    from dicomkit.export.work.tasks import Outcome

NO_VIEW: dict[str, Any] = {"WindowCenter": None, "WindowWidth": None}


def brightness(lab: Lab, number: int, top: int, **changes: object) -> pydicom.Dataset:
    """Make a slice whose stored values go from 0 to a top, without a view."""
    ds = lab.ct(number, side=16, **{**NO_VIEW, **changes})
    ds.PixelData = np.linspace(0, top, 256).astype("<u2").tobytes()
    return ds


def compressed(lab: Lab, number: int, series: str) -> pydicom.Dataset:
    ds = pydicom.dcmread(lab.real("emri_small_RLE.dcm"))
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = UID(f"1.2.3.{number}")
    ds.SeriesInstanceUID, ds.InstanceNumber = series, number
    return ds


@pytest.fixture
def exam(lab: Lab, tmp_path: Path) -> Path:
    """Give a series of slices that get brighter, a compressed one, colour and a broken file."""
    for number in range(1, 9):
        lab.save(brightness(lab, number, 500 * number), tmp_path / "exam" / f"I{number}")
    lab.save(
        lab.ct(20, frames=3, SeriesInstanceUID="1.2.9", SeriesNumber=9, **NO_VIEW),
        tmp_path / "exam" / "MF",
    )
    for number in (1, 2):
        ds = compressed(lab, number, "1.2.8")
        lab.save(ds, tmp_path / "exam" / f"RLE{number}")
    shutil.copy(lab.real("examples_rgb_color.dcm"), tmp_path / "exam" / "colour")
    broken = brightness(lab, 9, 60000)
    broken.PixelData = broken.PixelData[:-2]
    lab.save(broken, tmp_path / "exam" / "broken")
    return tmp_path / "exam"


def export(exam: Path, out: Path, **options: Any) -> ExportReport:  # noqa: ANN401
    chosen: dict[str, Any] = {"format": "png", "series_window": True, **options}
    return export_fileset(exam, out, **chosen)


def picture(out: Path, report: ExportReport, source: str) -> np.ndarray[Any, Any]:
    """Give the picture of a single frame, or all of several."""
    (entry,) = (entry for entry in report.entries if entry.source == source)
    frames = []
    for name in entry.pictures:
        with Image.open(out / name) as image:
            frames.append(np.asarray(image))
    return np.array(frames) if len(frames) > 1 else frames[0]


@pytest.mark.parametrize("window", ["auto", "full", None])
def test_a_series_is_drawn_with_the_window_of_all_its_images(
    exam: Path, out: Path, window: str | None
) -> None:
    report = export(exam, out, window=window)
    assert [entry.source for entry in report.failed] == ["broken"]
    slices = [dk.read_dataset(exam / f"I{number}") for number in range(1, 9)]
    percentiles = (0.5, 99.5) if window == "auto" else (0, 100)
    shared = dk.series_window(slices, percentiles=percentiles)
    for number, ds in enumerate(slices, 1):
        expected = dk.render(ds, window=shared)
        assert np.array_equal(picture(out, report, f"I{number}"), expected)
    many = dk.read_dataset(exam / "MF")
    shared = dk.series_window([many], percentiles=percentiles)
    assert np.array_equal(picture(out, report, "MF"), dk.render(many, window=shared))
    colour = dk.read_dataset(exam / "colour")
    assert np.array_equal(picture(out, report, "colour"), dk.render(colour))


def test_where_it_comes_from_is_in_the_manifest(exam: Path, out: Path) -> None:
    report = export(exam, out)
    header, *lines = map(json.loads, (out / report.manifest).read_bytes().splitlines())
    assert header["window"] is None
    assert header["series_window"] is True
    written = {line["source"]: line for line in lines if line["status"] == "written"}
    # Stored from 0 to 4000, less 1024.
    assert written["I3"]["series_window"] == {
        "domain": "HU",
        "windows": [[976.5, 4001, "LINEAR"]],
    }
    assert "center 976.5, width 4001, LINEAR  [the series]" in written["I3"]["pipeline"]
    assert "series_window" not in written["colour"]


def test_files_views_that_differ_become_the_one_that_reaches_as_far(
    lab: Lab, tmp_path: Path, out: Path
) -> None:
    for number, center in enumerate((100, 300), 1):
        ds = lab.ct(number, WindowCenter=center, WindowWidth=200)
        lab.save(ds, tmp_path / "exam" / str(number))
    same = lab.ct(3, SeriesInstanceUID="1.2.9", SeriesNumber=5, WindowCenter=7, WindowWidth=9)
    lab.save(same, tmp_path / "exam" / "3")
    report = export(tmp_path / "exam", out)
    # 0 to 199 and 200 to 399.
    for number in (1, 2):
        ds = dk.read_dataset(tmp_path / "exam" / str(number))
        expected = dk.render(ds, window=dk.Window(200, 400))
        assert np.array_equal(picture(out, report, str(number)), expected)
    assert np.array_equal(picture(out, report, "3"), dk.render(same))


def test_values_of_other_units_are_not_mixed_in(lab: Lab, tmp_path: Path, out: Path) -> None:
    for number in (1, 2):
        lab.save(brightness(lab, number, 1000 * number), tmp_path / "exam" / str(number))
    scout = brightness(lab, 3, 4000, RescaleSlope=None, RescaleIntercept=None)
    lab.save(scout, tmp_path / "exam" / "scout")
    report = export(tmp_path / "exam", out)
    slices = [dk.read_dataset(tmp_path / "exam" / name) for name in ("1", "2")]
    shared = dk.series_window(slices, percentiles=(0, 100))
    assert np.array_equal(picture(out, report, "1"), dk.render(slices[0], window=shared))
    assert np.array_equal(picture(out, report, "scout"), dk.render(scout))


def test_a_window_that_is_the_same_for_all_needs_no_survey(
    exam: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "dicomkit.export.work.survey.survey", lambda *_, **__: pytest.fail("surveyed")
    )
    report = export(exam, out, window=dk.Window(0, 4000))
    assert np.array_equal(
        picture(out, report, "I3"),
        dk.render(dk.read_dataset(exam / "I3"), window=dk.Window(0, 4000)),
    )


def test_whoever_does_the_work_the_pictures_are_the_same(
    lab: Lab, exam: Path, tmp_path: Path
) -> None:
    options: dict[str, dict[str, Any]] = {"one": {"workers": 1}, "three": {"workers": 3}}
    reports = [export(exam, tmp_path / name, **chosen) for name, chosen in options.items()]
    with ThreadPoolExecutor(2) as threads:
        reports.append(export(exam, tmp_path / "threads", executor=threads))
    with process_pool(1) as processes:
        reports.append(export(exam, tmp_path / "processes", executor=processes))
    assert [report.entries for report in reports] == [reports[0].entries] * 4
    trees = [lab.tree(tmp_path / name) for name in ("one", "three", "threads", "processes")]
    assert trees == [trees[0]] * 4


def test_cut_off_and_resumed_it_is_the_same(
    lab: Lab, exam: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export(exam, out.with_name("whole"))
    rendered = []

    def interrupted(*arguments: Any) -> Any:  # noqa: ANN401
        rendered.append(1)
        if len(rendered) == 6:
            raise KeyboardInterrupt
        return render_frame(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(instance, "render_frame", interrupted)
        with pytest.raises(KeyboardInterrupt):
            export(exam, out)
    assert len(list(out.rglob("*.png"))) >= 5
    export(exam, out)
    assert lab.tree(out) == lab.tree(out.with_name("whole"))


def test_what_comes_later_is_drawn_like_what_is_there(lab: Lab, exam: Path, out: Path) -> None:
    """Images that were added or mended do not make the series look patched."""
    first = export(exam, out)
    before = lab.pictures(out)
    lab.save(brightness(lab, 9, 4095), exam / "broken")
    report = export(exam, out)
    assert report.ok
    assert before.items() <= lab.pictures(out).items()
    slices = [dk.read_dataset(exam / f"I{number}") for number in range(1, 9)]
    shared = dk.series_window(slices, percentiles=(0, 100))
    mended = dk.read_dataset(exam / "broken")
    assert np.array_equal(picture(out, report, "broken"), dk.render(mended, window=shared))
    assert first.manifest == report.manifest
    # Made anew, it counts like the others.
    again = export(exam, out, overwrite=True)
    shared = dk.series_window([*slices, mended], percentiles=(0, 100))
    assert np.array_equal(picture(out, again, "broken"), dk.render(mended, window=shared))


def test_a_finished_run_is_not_surveyed_again(
    lab: Lab, exam: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (exam / "broken").unlink()
    first = export(exam, out)
    before = lab.tree(out)
    monkeypatch.setattr(
        "dicomkit.export.work.survey.survey", lambda *_, **__: pytest.fail("surveyed")
    )
    assert export(exam, out) == first
    assert lab.tree(out) == before


def test_with_and_without_are_two_exports(exam: Path, out: Path) -> None:
    without = export_fileset(exam, out, format="png")
    report = export(exam, out)
    assert report.manifest != without.manifest
    assert {entry.code for entry in report.failed} == {"exists", "truncated"}


def test_an_executor_that_breaks_in_the_survey_costs_nothing(exam: Path, out: Path) -> None:
    with process_pool(1) as processes:
        processes.submit(os._exit, 1)
        report = export(exam, out, executor=processes)
    assert [note.code for note in report.notes] == ["executor_broke"]
    alone = export(exam, out.with_name("alone"))
    assert report.entries == alone.entries


def test_signs_of_life_change_nothing(
    lab: Lab, exam: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in the survey nor in the work, nor does the recorder hear of them."""
    expected = export(exam, out.with_name("expected"))
    with_signs_of_life(monkeypatch)
    take = Recorder.take

    def checking(recorder: Recorder, outcome: Outcome) -> None:
        assert not isinstance(outcome, Alive)
        take(recorder, outcome)

    monkeypatch.setattr(Recorder, "take", checking)
    report = export(exam, out)
    with ThreadPoolExecutor(2) as threads:
        threaded = export(exam, out.with_name("threads"), executor=threads)
    assert report.entries == threaded.entries == expected.entries
    assert (
        lab.tree(out) == lab.tree(out.with_name("threads")) == lab.tree(out.with_name("expected"))
    )
