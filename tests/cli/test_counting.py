"""The line on a terminal that says how far a walk has come."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from pydicom.data import get_testdata_file

import dicomkit as dk
from dicomkit.__main__ import main
from dicomkit.cli import counting

if TYPE_CHECKING:
    import pytest

EXAM = str(get_testdata_file("dicomdirtests/DICOMDIR", download=False))


def test_a_long_walk_is_counted_and_the_line_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", written := io.StringIO())
    monkeypatch.setattr(counting, "_EVERY_SECONDS", 0.0)
    with counting.counting(shown=True) as on_found:
        assert dk.FileSetWalker(EXAM, on_found=on_found).count == 31
    lines = written.getvalue().split("\r")
    assert lines[1] == "1 files looked at"
    assert lines[-3].strip() == "31 files looked at"
    # Nothing is left of it.
    assert [len(lines[-2]), lines[-2].strip(), lines[-1]] == [len("31 files looked at"), "", ""]


def test_a_short_walk_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", EXAM, "--progress"]) == 0
    assert capsys.readouterr().err == ""


def test_a_closed_standard_error_is_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    with counting.counting(shown=True) as on_found:
        assert on_found is None


def test_no_line_where_it_is_not_wanted() -> None:
    with counting.counting(shown=False) as on_found:
        assert on_found is None
