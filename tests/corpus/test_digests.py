"""Every real file is what it was when the table was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from tests.corpus import table
from tests.corpus.table import Line, agree, look_at, read_table, versions, write_table
from tests.fuzz.bases import corpus, relative_name

if TYPE_CHECKING:
    from pathlib import Path

MADE_WITH, LINES = read_table()
FILES: Final = {relative_name(path): path for path in corpus()}


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_a_real_file_is_what_it_was(line: Line) -> None:
    pytest.importorskip("imagecodecs")
    if line.name not in FILES:
        pytest.skip("the installed packages have no such file")
    found = look_at(FILES[line.name])
    if found.content != line.content:
        pytest.skip("the installed packages have another file of this name")
    assert (found.read, found.shape) == (line.read, line.shape)
    assert agree(line.stored, found.stored), (line.stored, found.stored)
    assert agree(line.picture, found.picture), (line.picture, found.picture)


def test_no_real_file_is_left_out() -> None:
    if versions() != MADE_WITH:
        pytest.skip(f"the table was made with {MADE_WITH}")
    assert [line.name for line in LINES] == list(FILES)


def test_a_change_would_be_seen() -> None:
    assert not agree("0123", "0124")
    assert not agree("about 1 2 3", "decode")
    assert agree("about 0 10 1000", "about 1 12 1009")
    assert not agree("about 0 10 1000", "about 1 14 1000")
    assert not agree("about 0 10 1000", "about 0 10 1020")


def test_the_table_is_written_as_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "TABLE", tmp_path / "digests.tsv")
    lines = [Line("a/b", "0123", "not_dicom"), LINES[0]]
    write_table(lines)
    assert read_table() == (versions(), lines)
