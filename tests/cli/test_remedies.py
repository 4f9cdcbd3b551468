"""What was lost is said with what could help."""

from __future__ import annotations

import pytest

from dicomkit.cli.remedies import remedies
from dicomkit.export.bookkeeping.report import ExportEntry, ExportReport
from dicomkit.notes import Note


def report(*entries: ExportEntry) -> ExportReport:
    return ExportReport("out", "manifest", entries)


def failed(source: str, code: str, *pictures: str) -> ExportEntry:
    return ExportEntry(source, "failed", pictures, code, "why")


def test_nothing_is_said_where_nothing_was_lost() -> None:
    assert list(remedies(report(ExportEntry("a", "written", ("a.jpg",))))) == []


def test_each_reason_has_its_option_once() -> None:
    said = list(
        remedies(report(failed("a", "truncated"), failed("b", "truncated"), failed("c", "exists")))
    )
    assert [line.partition(":")[0] for line in said] == [
        "1 file failed with exists",
        "2 files failed with truncated",
    ]
    assert "--overwrite" in said[0]
    assert "--lenient" in said[1]


def test_no_picture_at_all_is_said() -> None:
    (line,) = remedies(report(ExportEntry("a", "skipped", (), "no_pixels", "why")))
    assert "no picture was written or kept" in line
    assert "1 no_pixels" in line
    (line,) = remedies(report())
    assert "dicomkit list SOURCE" in line


@pytest.mark.parametrize(
    ("code", "option"), [("not_listed", "--dicomdir auto"), ("unsafe_path", "--follow-links")]
)
def test_what_was_left_out_has_its_option(code: str, option: str) -> None:
    (line,) = remedies(report(ExportEntry("a", "skipped", (), code, "why")))
    assert option in line


def test_a_directory_without_records_has_its_option() -> None:
    found = ExportReport("out", "manifest", (), notes=(Note("nothing_listed", "why"),))
    (line,) = remedies(found)
    assert "--dicomdir ignore" in line
