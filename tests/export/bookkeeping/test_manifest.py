from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING

import pytest
from tests.export.manifests import CT1, HEADER, MF2, SOURCE, picture, write

from dicomkit.errors import WriteError
from dicomkit.export.bookkeeping.manifest import Manifest, manifest_name
from dicomkit.notes import Note

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / "manifest-1.jsonl"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("ascii").splitlines()]


def test_a_finished_manifest_is_in_order(path: Path) -> None:
    write(path)
    header, one, first, second, report = lines(path)
    assert header == {"dicomkit_manifest": 1, "format": ".png"}
    assert one == {
        "status": "written",
        "source": "CT/1",
        "source_stamp": None,
        "sop_instance_uid": "1.2.1",
        "frame": 0,
        "frames": 1,
        "path": "P/1.png",
        "size": 3,
        # printf one | sha256sum
        "sha256": "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
        "pipeline": "VOI",
        "notes": [["code", "text"]],
    }
    assert [first["path"], second["path"]] == ["P/2_f0001.png", "P/2_f0002.png"]
    assert report == {
        "status": "skipped",
        "source": "SR/3",
        "frame": None,
        "code": "no_pixels",
        "message": "not an image",
    }


def test_lines_survive_from_the_moment_they_are_added(path: Path) -> None:
    with Manifest(path, HEADER, SOURCE) as manifest:
        manifest.begin()
        manifest.add_picture(CT1, picture("P/1.png", b"one"))
        assert [line.get("path") for line in lines(path)] == [None, "P/1.png"]


def test_what_two_runs_noted_at_once_stands_there_once(path: Path) -> None:
    write(path)
    expected = path.read_bytes()
    with Manifest(path, HEADER, SOURCE) as manifest:
        manifest.begin()
        path.write_bytes(expected + expected.split(b"\n", 1)[1])
        manifest.finish()
    assert path.read_bytes() == expected


def test_nothing_else_is_left_beside_it(path: Path) -> None:
    write(path)
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["P", path.name]


def test_a_manifest_that_never_began_leaves_the_earlier_one(path: Path) -> None:
    write(path)
    before = path.read_bytes()
    with Manifest(path, HEADER, SOURCE):
        pass
    assert path.read_bytes() == before
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["P", path.name]


def test_a_second_run_over_the_same_ends_in_the_same_bytes(path: Path) -> None:
    write(path)
    expected = path.read_bytes()
    with Manifest(path, HEADER, SOURCE) as manifest:
        for planned in (MF2, CT1):
            for record in manifest.earlier.take_over(planned, ".png"):
                assert record.notes == (Note("code", "text"),)
                manifest.keep(record)
        manifest.begin()
        manifest.add_missing("SR/3", "skipped", "no_pixels", "not an image")
        manifest.finish()
    assert path.read_bytes() == expected


def folder_at(path: Path) -> None:
    path.mkdir()


def fifo_at(path: Path) -> None:
    os.mkfifo(path)


def link_at(path: Path) -> None:
    path.symlink_to("/dev/zero")


def text_at(path: Path) -> None:
    path.write_text("theirs\n")


def document_at(path: Path) -> None:
    path.write_text('{"theirs": 1}\n')


@pytest.mark.parametrize("make", [folder_at, fifo_at, link_at, text_at, document_at])
def test_what_is_no_manifest_stays_where_it_is(path: Path, make: Callable[[Path], None]) -> None:
    path.parent.mkdir(parents=True)
    make(path)
    before = path.lstat()
    with (
        pytest.raises(WriteError, match=r"manifest-1\.jsonl is the manifest's name, .* move it"),
        Manifest(path, HEADER, SOURCE),
    ):
        pytest.fail("began")
    assert (path.lstat().st_ino, path.lstat().st_mode) == (before.st_ino, before.st_mode)


def test_each_export_has_a_manifest_of_its_own() -> None:
    names = {
        manifest_name("/a", HEADER),
        manifest_name("/b", HEADER),
        manifest_name("/a", {"format": ".jpg"}),
        manifest_name("/\udcff", HEADER),
    }
    assert len(names) == 4
    assert manifest_name("/a", HEADER) == manifest_name("/a", dict(HEADER))


def test_a_folder_that_cannot_be_made_is_a_write_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"a file")
    with pytest.raises(WriteError), Manifest(tmp_path / "out" / "manifest", HEADER, SOURCE):
        pytest.fail("entered")


def test_a_full_disk_is_a_write_error_and_leaves_the_earlier_manifest(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write(path)
    before = path.read_bytes()
    monkeypatch.setattr("os.fstat", full)
    with Manifest(path, HEADER, SOURCE) as manifest, pytest.raises(WriteError, match="No space"):
        manifest.begin()
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["P", path.name]


def test_a_full_disk_at_a_line_is_a_write_error(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int, _data: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with Manifest(path, HEADER, SOURCE) as manifest:
        manifest.begin()
        monkeypatch.setattr("os.write", full)
        with pytest.raises(WriteError, match="No space"):
            manifest.add_missing("a", "failed", "decode", "bad")


def test_lines_wait_for_the_beginning(path: Path) -> None:
    with Manifest(path, HEADER, SOURCE) as manifest, pytest.raises(RuntimeError):
        manifest.add_missing("a", "failed", "decode", "bad")


def test_a_disk_that_fills_up_at_the_end_leaves_the_lines(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write(path, finish=False)
    before = path.read_bytes()
    with Manifest(path, HEADER, SOURCE) as manifest:
        for record in manifest.earlier.take_over(CT1, ".png"):
            manifest.keep(record)
        manifest.begin()
        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(WriteError, match="No space"):
            manifest.finish()
    assert sorted(entry.name for entry in path.parent.iterdir()) == ["P", path.name]
    assert path.read_bytes() == b"".join(before.splitlines(keepends=True)[i] for i in (0, 3))
