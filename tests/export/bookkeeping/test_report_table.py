"""A report as a table: complete, and nothing that runs."""

from __future__ import annotations

import re
from pathlib import Path

from pydicom.data import get_testdata_file
from tests.pages import HOSTILE_TEXTS

import dicomkit as dk
from dicomkit.export.bookkeeping.report import ExportEntry, ExportReport
from dicomkit.notes import Note


def rows(page: str) -> list[list[str]]:
    return [
        re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page)
    ]


ENTRIES = (
    ExportEntry("SR/1", "skipped", code="no_pixels", message="not an image"),
    ExportEntry("CT/1", "written", ("P/1_f0001.png", "P/1_f0002.png")),
    ExportEntry("CT/2", "written", ("P/2.png",), notes=(Note("depth", "mended"),)),
    ExportEntry("CT/3", "failed", code="truncated", message="ends too early"),
)


def test_every_file_is_counted_once() -> None:
    page = ExportReport("out", "manifest.jsonl", ENTRIES)._repr_html_()
    assert "3 pictures in out" in page
    assert rows(page) == [
        ["Status", "Reason", "Files", "Pictures"],
        ["written", "", "2", "3"],
        ["failed", "truncated", "1", "0"],
        ["skipped", "no_pixels", "1", "0"],
        ["Failed", "Reason", "Message"],
        ["CT/3", "truncated", "ends too early"],
        ["Noted", "Times"],
        ["depth: mended", "1"],
    ]


def test_where_all_is_well_there_is_one_table() -> None:
    page = ExportReport("out", "manifest.jsonl", ENTRIES[1:2])._repr_html_()
    assert page.count("<table") == 1


def test_an_early_end_is_named() -> None:
    page = ExportReport("out", "manifest.jsonl", (), stopped="the disk is full")._repr_html_()
    assert "0 pictures in out; stopped: the disk is full" in page


def test_of_many_failures_the_first_are_named() -> None:
    report = ExportReport("out", "manifest.jsonl", ENTRIES[3:] * 30)
    page = report._repr_html_()
    assert "the first 20 of 30 failures" in page
    assert page.count("ends too early") == 20


@HOSTILE_TEXTS
def test_what_a_file_says_is_inert(said: str) -> None:
    entry = ExportEntry(said, "failed", code="read", message=said, notes=(Note("x", said),))
    page = ExportReport(said, "manifest.jsonl", (entry,), notes=(Note("y", said),))._repr_html_()
    assert said not in page
    assert page.isprintable()
    assert len(page) < 10_000
    assert set(re.findall(r"<(\w+)", page)) == {
        "caption", "div", "table", "tbody", "td", "th", "thead", "tr",
    }  # fmt: skip


def test_names_of_files_are_inert(tmp_path: Path) -> None:
    said = "<img src=x onerror=alert(1)>\x1b[2J"
    output = tmp_path / f"{said} out"
    source = tmp_path / "source"
    source.mkdir()
    ct = Path(str(get_testdata_file("CT_small.dcm", download=False))).read_bytes()
    # A header that is whole, pixels that are not.
    (source / said).write_bytes(ct[:-5000])
    report = dk.export_fileset(source, output, workers=1)
    assert [entry.source for entry in report.failed] == [said]
    page = report._repr_html_()
    assert "<img" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;\\x1b[2J" in page
