from __future__ import annotations

import pickle
from dataclasses import replace

from dicomkit.export.bookkeeping.report import ExportEntry, ExportReport
from dicomkit.notes import Note

BURNED = Note("burned_in", "text in the pixels")


def report(*entries: ExportEntry, stopped: str = "", seconds: float = 1.0) -> ExportReport:
    notes = (Note("general", "for all"),) if stopped else ()
    return ExportReport("out", "manifest-1.jsonl", entries, stopped, notes, seconds)


WRITTEN = ExportEntry("MF/1", "written", ("P/1_f0001.jpg", "P/1_f0002.jpg"), notes=(BURNED,))
SKIPPED = ExportEntry("SR/1", "skipped", code="no_pixels", message="not an image")
FAILED = ExportEntry("CT/1", "failed", ("P/2_f0001.jpg",), "truncated", "too short", (BURNED,))


def test_each_entry_has_its_place() -> None:
    full = report(WRITTEN, SKIPPED, FAILED)
    assert (full.written, full.skipped, full.failed) == ((WRITTEN,), (SKIPPED,), (FAILED,))
    assert full.pictures == 3


def test_ok_means_complete() -> None:
    assert report().ok
    assert report(WRITTEN, SKIPPED).ok
    assert not report(WRITTEN, FAILED).ok
    assert not report(WRITTEN, stopped="the disk is full").ok


def test_what_the_terminal_shows() -> None:
    text = str(report(WRITTEN, SKIPPED, SKIPPED, FAILED, stopped="the disk is full"))
    assert text.splitlines() == [
        "3 pictures from 1 of 4 files in out",
        "stopped: the disk is full",
        "skipped: 2 (no_pixels 2)",
        "failed: 1 (truncated 1)",
        "  CT/1: failed: truncated: too short",
        "noted: burned_in: text in the pixels (2 files)",
        "noted: general: for all",
    ]


def test_the_terminal_is_not_flooded() -> None:
    lines = str(
        report(*(replace(FAILED, pictures=(f"{n}.jpg",)) for n in range(1500)))
    ).splitlines()
    assert lines[0] == "1,500 pictures from 0 of 1,500 files in out"
    assert len(lines) == 24
    assert lines[22] == "  and 1480 more"


def test_a_written_entry_reads_short() -> None:
    assert str(WRITTEN) == "MF/1: written"


def test_reports_compare_by_what_happened_and_travel() -> None:
    one, other = report(WRITTEN, seconds=1.0), report(WRITTEN, seconds=2.0)
    assert one == other
    assert one != report(FAILED)
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301


def test_names_cannot_steer_the_terminal() -> None:
    entry = ExportEntry("a\n\x1b[2Jb\udcff", "failed", code="read", message="no")
    assert str(entry) == "a\\n\\x1b[2Jb\\udcff: failed: read: no"
    report = ExportReport("out\x07", "manifest.jsonl", (entry,))
    assert all(line.isprintable() for line in str(report).splitlines())
