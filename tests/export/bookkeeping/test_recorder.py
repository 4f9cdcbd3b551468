from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from dicomkit.display.options import PictureOptions
from dicomkit.errors import WriteError
from dicomkit.export.bookkeeping.manifest import Manifest
from dicomkit.export.bookkeeping.recorder import Recorder
from dicomkit.export.bookkeeping.report import ExportEntry
from dicomkit.export.naming.names import FilmPlace, Planned
from dicomkit.export.work.tasks import Failure, Finished, Halt, Outcome, Picture, Remark
from dicomkit.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLANNED = [Planned("a", "1.1", "A"), Planned("b", "1.2", "B"), Planned("c", "1.3", "C")]
BURNED = Note("burned_in", "text")


def picture(index: int, frame: int = 0, frames: int = 1, *notes: Note) -> Picture:
    path = f"{PLANNED[index].stem}_{frame}.png"
    return Picture(index, frame, frames, path, 1, "0", "VOI", notes)


@pytest.fixture
def manifest(tmp_path: Path) -> Iterator[Manifest]:
    with Manifest(tmp_path / "manifest.jsonl", {}, str(tmp_path)) as manifest:
        manifest.begin()
        yield manifest


def recorded(manifest: Manifest, *outcomes: Outcome) -> list[ExportEntry]:
    recorder = Recorder(PLANNED, manifest)
    for outcome in outcomes:
        recorder.take(outcome)
    return list(recorder.entries())


def test_entries_come_in_the_order_of_the_plan(manifest: Manifest) -> None:
    entries = recorded(
        manifest, picture(2), Finished(2), picture(0), Finished(0), picture(1), Finished(1)
    )
    assert [entry.source for entry in entries] == ["a", "b", "c"]
    assert {entry.status for entry in entries} == {"written"}


def test_the_tally_counts_instances_that_are_finished(manifest: Manifest) -> None:
    recorder = Recorder(PLANNED, manifest)
    tallies = [recorder.tally]
    for outcome in (
        *(picture(2, 0, 2), picture(2, 1, 2), Finished(2)),
        *(Failure(1, None, "no_pixels", "no image"), Finished(1)),
        *(picture(0, 0, 2), Failure(0, 1, "decode", "damaged"), Finished(0)),
    ):
        recorder.take(outcome)
        tallies.append(recorder.tally)
    assert list(dict.fromkeys(tallies)) == [
        "",
        "1 written",
        "1 written, 1 skipped",
        "1 written, 1 skipped, 1 failed",
    ]


def test_frames_are_gathered_and_notes_are_told_once(manifest: Manifest) -> None:
    first, *_ = recorded(manifest, picture(0, 1, 2, BURNED), picture(0, 0, 2, BURNED), Finished(0))
    assert first == ExportEntry("a", "written", ("A_0.png", "A_1.png"), notes=(BURNED,))


def test_equal_notes_are_kept_once(manifest: Manifest) -> None:
    first, second, _ = recorded(
        manifest,
        *(picture(0, 0, 1, Note("x", "y")), Finished(0)),
        *(picture(1, 0, 1, Note("x", "y")), Finished(1)),
    )
    assert first.notes is second.notes


def test_no_pixels_is_a_skip(manifest: Manifest) -> None:
    first, *_ = recorded(manifest, Failure(0, None, "no_pixels", "no image"), Finished(0))
    assert first == ExportEntry("a", "skipped", (), "no_pixels", "no image")


@pytest.mark.parametrize(
    ("failures", "message"),
    [
        ([Failure(0, None, "decode", "died")], "died"),
        ([Failure(0, 0, "decode", "bad")], "frame 0: bad"),
        ([Failure(0, 2, "decode", "bad")], "frame 2: bad"),
        ([Failure(0, 2, "decode", "bad"), Failure(0, 3, "limit", "x")], "frame 2: bad, and 1 more"),
        ([Failure(0, 0, "decode", "bad"), Failure(0, 3, "limit", "x")], "frame 0: bad, and 1 more"),
    ],
)
def test_failures_tell_the_first_and_how_many(
    manifest: Manifest, failures: list[Failure], message: str
) -> None:
    first, *_ = recorded(manifest, picture(0, 1, 5), *failures, Finished(0))
    assert first == ExportEntry("a", "failed", ("A_1.png",), "decode", message)


def test_frames_that_were_given_up_are_counted(manifest: Manifest) -> None:
    first, *_ = recorded(manifest, Failure(0, 3, "truncated", "short"), Finished(0, untried=7))
    assert first.message == "frame 3: short; 7 more frames are declared but not there"


def test_what_was_not_reached_is_skipped_with_what_it_has(manifest: Manifest) -> None:
    entries = recorded(manifest, picture(0, 1, 3))
    assert [entry.code for entry in entries] == ["stopped"] * 3
    assert [entry.pictures for entry in entries] == [("A_1.png",), (), ()]
    assert {entry.status for entry in entries} == {"skipped"}


def test_a_fatal_failure_stops_without_a_line(manifest: Manifest, tmp_path: Path) -> None:
    recorder = Recorder(PLANNED, manifest)
    recorder.take(Failure(1, 0, "write", "disk full", fatal=True))
    recorder.take(Finished(1))
    assert recorder.stopped == "disk full"
    assert list(recorder.tasks(PictureOptions())) == []
    assert [entry.status for entry in recorder.entries()] == ["skipped", "failed", "skipped"]
    assert len((tmp_path / "manifest.jsonl").read_bytes().splitlines()) == 1


def test_what_ends_after_the_stop_is_in_the_report(manifest: Manifest) -> None:
    recorder = Recorder(PLANNED, manifest)
    for outcome in (Halt("closed"), picture(2), Finished(2)):
        recorder.take(outcome)
    assert recorder.stopped == "closed"
    assert [entry.status for entry in recorder.entries()] == ["skipped", "skipped", "written"]


def test_a_manifest_that_cannot_be_written_stops_the_export(
    manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        msg = "the disk is full"
        raise WriteError(msg)

    monkeypatch.setattr(manifest, "add_picture", refuse)
    first, *_ = recorded(manifest, picture(0), Finished(0))
    assert first.pictures == ("A_0.png",)
    recorder = Recorder(PLANNED, manifest)
    recorder.take(picture(0))
    assert recorder.stopped == "the disk is full"


def test_every_outcome_has_a_line(manifest: Manifest, tmp_path: Path) -> None:
    recorded(
        manifest,
        picture(0, 0, 2),
        Failure(0, 1, "decode", "bad"),
        Finished(0),
        Failure(1, None, "no_pixels", "no image"),
        Finished(1),
    )
    _, *lines = map(json.loads, (tmp_path / "manifest.jsonl").read_bytes().splitlines())
    assert [(line["status"], line["source"], line["frame"]) for line in lines] == [
        ("written", "a", 0),
        ("failed", "a", 1),
        ("skipped", "b", None),
    ]


def test_tasks_leave_out_what_is_finished(manifest: Manifest) -> None:
    recorder = Recorder(PLANNED, manifest)
    for outcome in (picture(1), Finished(1), picture(2, 1, 3)):
        recorder.take(outcome)
    options = PictureOptions()
    assert [
        (task.index, task.source, task.stem, task.done) for task in recorder.tasks(options)
    ] == [
        (0, "a", "A", frozenset()),
        (2, "c", "C", frozenset({1})),
    ]
    assert (recorder.done, recorder.total) == (1, 3)


def test_remarks_concern_the_whole_and_are_kept_once(manifest: Manifest) -> None:
    recorder = Recorder(PLANNED, manifest)
    recorder.take(Remark(BURNED))
    recorder.take(Remark(BURNED))
    assert tuple(recorder.notes) == (BURNED,)
    assert recorder.done == 0


FILM = [
    Planned("a", "1.1", "A", film=FilmPlace("S", 1, 2)),
    Planned("b", "1.2", "B"),
    Planned("c", "1.3", "C", film=FilmPlace("S", 0, 2)),
]


def test_a_film_is_one_task_in_the_order_of_its_places(manifest: Manifest) -> None:
    tasks = list(Recorder(FILM, manifest).tasks(PictureOptions()))
    assert [(task.index, task.stem) for task in tasks] == [(1, "B"), (2, "S")]
    assert [part.index for part in tasks[1].film] == [2, 0]


def test_a_worker_that_dies_on_a_film_loses_all_that_it_was_to_show(manifest: Manifest) -> None:
    recorder = Recorder(FILM, manifest)
    for outcome in (Failure(2, None, "decode", "the decoder crashed"), Finished(2), Finished(1)):
        recorder.take(outcome)
    assert recorder.done == 3
    first, other, blamed = recorder.entries()
    assert (first.status, first.code) == ("failed", "decode")
    assert first.message == "its film was not made: the decoder crashed"
    assert (blamed.status, blamed.message) == ("failed", "the decoder crashed")
    assert other.status == "written"


def test_what_is_not_in_its_film_fails_alone(manifest: Manifest) -> None:
    recorder = Recorder(FILM, manifest)
    shown = Picture(2, 0, 2, "S.gif", 1, "0", "VOI")
    for outcome in (Failure(0, 0, "truncated", "too short"), shown, Finished(2)):
        recorder.take(outcome)
    first, _, last = recorder.entries()
    assert (first.status, first.pictures, first.message) == ("failed", (), "too short")
    assert (last.status, last.pictures) == ("written", ("S.gif",))
