from __future__ import annotations

import errno
import hashlib
import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dicomkit.errors import WriteError
from dicomkit.export.books.earlier import EarlierRun
from dicomkit.export.books.manifest import Manifest, manifest_name
from dicomkit.export.naming.names import Planned
from dicomkit.export.work.stamp import stamp_of
from dicomkit.export.work.tasks import Picture
from dicomkit.notes import Note

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

HEADER = {"format": ".png"}
SOURCE = "/there is no such folder"
CT1 = Planned("CT/1", "1.2.1", "P/1")
MF2 = Planned("MF/2", "1.2.2", "P/2")


def picture(path: str, data: bytes, frame: int = 0, frames: int = 1) -> Picture:
    digest = hashlib.sha256(data).hexdigest()
    return Picture(0, frame, frames, path, len(data), digest, "VOI", (Note("code", "text"),))


def put(output: Path, path: str, data: bytes) -> bytes:
    (output / path).parent.mkdir(parents=True, exist_ok=True)
    (output / path).write_bytes(data)
    return data


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / "manifest-1.jsonl"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("ascii").splitlines()]


def write(path: Path, *, finish: bool = True) -> None:
    """Write the pictures of two instances and their lines, in disorder."""
    with Manifest(path, HEADER, SOURCE) as manifest:
        manifest.begin()
        for frame in (1, 0):
            name = f"P/2_f000{frame + 1}.png"
            data = put(path.parent, name, b"frame%d" % frame)
            manifest.add_picture(MF2, picture(name, data, frame, 2))
        manifest.add_picture(CT1, picture("P/1.png", put(path.parent, "P/1.png", b"one")))
        manifest.add_missing("SR/3", "skipped", "no_pixels", "not an image")
        if finish:
            manifest.finish()


def taken_over(path: Path, planned: Planned, suffix: str = ".png") -> dict[int, str]:
    earlier = EarlierRun(path, SOURCE)
    try:
        return {record.frame: record.path for record in earlier.take_over(planned, suffix)}
    finally:
        earlier.close()


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


@pytest.mark.parametrize("finish", [True, False])
def test_what_was_written_is_taken_over(path: Path, *, finish: bool) -> None:
    write(path, finish=finish)
    assert taken_over(path, CT1) == {0: "P/1.png"}
    assert taken_over(path, MF2) == {0: "P/2_f0001.png", 1: "P/2_f0002.png"}
    assert taken_over(path, Planned("CT/9", "1.2.9", "P/9")) == {}


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


@pytest.mark.parametrize(
    "harm",
    [
        lambda output: (output / "P/1.png").unlink(),
        lambda output: (output / "P/1.png").write_bytes(b"ONE"),
        lambda output: (output / "P/1.png").write_bytes(b""),
        lambda output: (output / "P/1.png").rename(output / "P/1.jpg"),
    ],
    ids=["gone", "changed", "emptied", "renamed"],
)
def test_a_picture_that_is_not_what_it_was_is_not_taken_over(path: Path, harm: Any) -> None:  # noqa: ANN401 - lambdas
    write(path)
    harm(path.parent)
    assert taken_over(path, CT1) == {}
    assert len(taken_over(path, MF2)) == 2


def test_a_link_to_the_same_bytes_is_not_taken_over(path: Path) -> None:
    write(path)
    (path.parent / "P/1.png").rename(path.parent / "elsewhere")
    (path.parent / "P/1.png").symlink_to(path.parent / "elsewhere")
    assert taken_over(path, CT1) == {}


@pytest.mark.parametrize(
    "planned",
    [CT1._replace(stem="P/1~12345678"), CT1._replace(sop_instance_uid="1.2.7")],
    ids=["another name", "another instance"],
)
def test_a_plan_that_changed_is_not_taken_over(path: Path, planned: Planned) -> None:
    write(path)
    assert taken_over(path, planned) == {}
    assert taken_over(path, CT1, ".jpg") == {}


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"[]\n",
        b'{"status":"written","source":"CT/1","path":"P/1.p',
        b'{"status":"written","source":"CT/1"}\n',
        b'{"status":"written","source":"CT/1","notes":[1],"frame":0,"frames":1,"path":"x"}\n',
        b'{"status":"written","source":"CT/1","notes":[],"frame":[],"frames":1,"path":"x"}\n',
        b"\xff\xfe\n",
        b"[" * 20_000 + b"\n",
    ],
)
def test_torn_and_foreign_lines_are_left_out(path: Path, line: bytes) -> None:
    write(path)
    path.write_bytes(line + path.read_bytes() if line.endswith(b"\n") else path.read_bytes() + line)
    assert taken_over(path, CT1) == {0: "P/1.png"}


def test_without_a_manifest_there_is_no_earlier_run(tmp_path: Path) -> None:
    assert taken_over(tmp_path / "none", CT1) == {}
    (tmp_path / "empty").write_bytes(b"")
    assert taken_over(tmp_path / "empty", CT1) == {}


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


def stamped(output: Path, source: Path, content: bytes, *frames: bytes) -> Path:
    """Write pictures of a source, and a manifest that says so."""
    source.mkdir(exist_ok=True)
    (source / "MF").mkdir(exist_ok=True)
    (source / "MF" / "2").write_bytes(content)
    path = output / "manifest-1.jsonl"
    with Manifest(path, HEADER, str(source)) as manifest:
        manifest.begin()
        for frame, data in enumerate(frames):
            name = f"P/2_f000{frame + 1}.png"
            put(output, name, data)
            one = picture(name, data, frame, len(frames))
            manifest.add_picture(MF2, replace(one, stamp=stamp_of(str(source / "MF" / "2"))))
        manifest.finish()
    return path


def test_pictures_of_a_source_that_changed_are_outdated(tmp_path: Path) -> None:
    path = stamped(tmp_path / "out", tmp_path / "in", b"two frames", b"one", b"two")
    earlier = EarlierRun(path, str(tmp_path / "in"))
    assert len(earlier.take_over(MF2, ".png")) == 2
    earlier.close()
    (tmp_path / "out" / "P" / "2_f0002.png").write_bytes(b"ours no more")
    (tmp_path / "in" / "MF" / "2").write_bytes(b"another frame")
    earlier = EarlierRun(path, str(tmp_path / "in"))
    assert earlier.take_over(MF2, ".png") == []
    earlier.close()
    assert [one.name for one in (tmp_path / "out" / "P").iterdir()] == ["2_f0002.png"]


def test_a_source_that_is_out_of_reach_costs_no_picture(tmp_path: Path) -> None:
    path = stamped(tmp_path / "out", tmp_path / "in", b"two frames", b"one", b"two")
    (tmp_path / "in").rename(tmp_path / "elsewhere")
    earlier = EarlierRun(path, str(tmp_path / "in"))
    assert len(earlier.take_over(MF2, ".png")) == 2
    earlier.close()


def test_a_picture_that_a_power_cut_left_empty_is_made_anew(tmp_path: Path) -> None:
    path = stamped(tmp_path / "out", tmp_path / "in", b"two frames", b"one", b"two")
    (tmp_path / "out" / "P" / "2_f0002.png").write_bytes(b"")
    earlier = EarlierRun(path, str(tmp_path / "in"))
    assert [record.frame for record in earlier.take_over(MF2, ".png")] == [0]
    earlier.close()
    assert not (tmp_path / "out" / "P" / "2_f0002.png").exists()


def test_nothing_is_removed_through_a_link(tmp_path: Path) -> None:
    path = stamped(tmp_path / "out", tmp_path / "in", b"two frames", b"one", b"two")
    (tmp_path / "out" / "P").rename(tmp_path / "elsewhere")
    (tmp_path / "out" / "P").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "in" / "MF" / "2").write_bytes(b"changed")
    earlier = EarlierRun(path, str(tmp_path / "in"))
    assert earlier.take_over(MF2, ".png") == []
    earlier.close()
    assert len(list((tmp_path / "elsewhere").iterdir())) == 2


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
