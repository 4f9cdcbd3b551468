"""What a run takes over from an earlier one, and what it makes anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.export.manifests import CT1, HEADER, MF2, SOURCE, picture, put, write

from dicomkit.export.bookkeeping.earlier import EarlierRun
from dicomkit.export.bookkeeping.manifest import Manifest
from dicomkit.export.naming.names import Planned
from dicomkit.export.work.stamp import stamp_of
from dicomkit.export.writing.atomic import OpenFolder

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / "manifest-1.jsonl"


def taken_over(path: Path, planned: Planned, suffix: str = ".png") -> dict[int, str]:
    earlier = EarlierRun(OpenFolder(path.parent), path.name, SOURCE)
    try:
        return {record.frame: record.path for record in earlier.take_over(planned, suffix)}
    finally:
        earlier.close()


@pytest.mark.parametrize("finish", [True, False])
def test_what_was_written_is_taken_over(path: Path, *, finish: bool) -> None:
    write(path, finish=finish)
    assert taken_over(path, CT1) == {0: "P/1.png"}
    assert taken_over(path, MF2) == {0: "P/2_f0001.png", 1: "P/2_f0002.png"}
    assert taken_over(path, Planned("CT/9", "1.2.9", "P/9")) == {}


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
        b'{"status":"written","source":"CT/1","notes":[],"frame":"0","frames":1,"path":"x"}\n',
        b'{"status":"written","source":"CT/1","notes":[],"frame":true,"frames":2,"path":"x"}\n',
        b'{"status":"written","source":"CT/1","notes":[],"frame":1,"frames":1,"path":"x"}\n',
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
    earlier = EarlierRun(OpenFolder(path.parent), path.name, str(tmp_path / "in"))
    assert len(earlier.take_over(MF2, ".png")) == 2
    earlier.close()
    (tmp_path / "out" / "P" / "2_f0002.png").write_bytes(b"ours no more")
    (tmp_path / "in" / "MF" / "2").write_bytes(b"another frame")
    earlier = EarlierRun(OpenFolder(path.parent), path.name, str(tmp_path / "in"))
    assert earlier.take_over(MF2, ".png") == []
    earlier.close()
    assert [one.name for one in (tmp_path / "out" / "P").iterdir()] == ["2_f0002.png"]


def test_a_source_that_is_out_of_reach_costs_no_picture(tmp_path: Path) -> None:
    path = stamped(tmp_path / "out", tmp_path / "in", b"two frames", b"one", b"two")
    (tmp_path / "in").rename(tmp_path / "elsewhere")
    earlier = EarlierRun(OpenFolder(path.parent), path.name, str(tmp_path / "in"))
    assert len(earlier.take_over(MF2, ".png")) == 2
    earlier.close()


def test_a_picture_that_a_power_cut_left_empty_is_made_anew(tmp_path: Path) -> None:
    path = stamped(tmp_path / "out", tmp_path / "in", b"two frames", b"one", b"two")
    (tmp_path / "out" / "P" / "2_f0002.png").write_bytes(b"")
    earlier = EarlierRun(OpenFolder(path.parent), path.name, str(tmp_path / "in"))
    assert [record.frame for record in earlier.take_over(MF2, ".png")] == [0]
    earlier.close()
    assert not (tmp_path / "out" / "P" / "2_f0002.png").exists()


def test_nothing_is_removed_through_a_link(tmp_path: Path) -> None:
    path = stamped(tmp_path / "out", tmp_path / "in", b"two frames", b"one", b"two")
    (tmp_path / "out" / "P").rename(tmp_path / "elsewhere")
    (tmp_path / "out" / "P").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "in" / "MF" / "2").write_bytes(b"changed")
    earlier = EarlierRun(OpenFolder(path.parent), path.name, str(tmp_path / "in"))
    assert earlier.take_over(MF2, ".png") == []
    earlier.close()
    assert len(list((tmp_path / "elsewhere").iterdir())) == 2
