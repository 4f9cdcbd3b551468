from __future__ import annotations

import errno
import os
import pickle
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from dicomkit.errors import WriteError
from dicomkit.export.writing.atomic import write_file

if TYPE_CHECKING:
    from pathlib import Path


def content(folder: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in folder.iterdir()}


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_new_file_is_written_and_nothing_else_stays(tmp_path: Path, *, overwrite: bool) -> None:
    write_file(tmp_path / "a.png", b"whole", overwrite=overwrite)
    assert content(tmp_path) == {"a.png": b"whole"}


def test_the_umask_decides_who_may_read(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_file(tmp_path / "a", b"", overwrite=False)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_overwrite_replaces(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    write_file(tmp_path / "a", b"new", overwrite=True)
    assert content(tmp_path) == {"a": b"new"}


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_without_overwrite_what_is_there_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool
) -> None:
    if not links:
        monkeypatch.setattr(os, "link", refuse(errno.EPERM))
    (tmp_path / "a").write_bytes(b"old")
    message = "taken; nothing was changed; overwrite=True replaces what is there"
    with pytest.raises(WriteError, match=message) as caught:
        write_file(tmp_path / "a", b"new", overwrite=False)
    assert caught.value.errno == errno.EEXIST
    assert caught.value.path == str(tmp_path / "a")
    assert content(tmp_path) == {"a": b"old"}


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
@pytest.mark.parametrize("dangling", [True, False])
def test_a_link_at_the_target_counts_as_existing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, links: bool, dangling: bool
) -> None:
    if not links:
        monkeypatch.setattr(os, "link", refuse(errno.EOPNOTSUPP))
    elsewhere = tmp_path / "elsewhere"
    if not dangling:
        elsewhere.write_bytes(b"theirs")
    (tmp_path / "a").symlink_to(elsewhere)
    with pytest.raises(WriteError):
        write_file(tmp_path / "a", b"new", overwrite=False)
    assert (tmp_path / "a").is_symlink()
    assert elsewhere.exists() is not dangling
    assert dangling or elsewhere.read_bytes() == b"theirs"


def test_overwrite_replaces_a_link_itself(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_bytes(b"theirs")
    (tmp_path / "a").symlink_to(tmp_path / "theirs")
    write_file(tmp_path / "a", b"new", overwrite=True)
    assert content(tmp_path) == {"a": b"new", "theirs": b"theirs"}
    assert not (tmp_path / "a").is_symlink()


def test_without_hard_links_a_rename_does_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", refuse(errno.EPERM))
    write_file(tmp_path / "a", b"whole", overwrite=False)
    assert content(tmp_path) == {"a": b"whole"}


def test_other_refusals_of_a_link_are_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", refuse(errno.ENOSPC))
    with pytest.raises(WriteError, match="No space left"):
        write_file(tmp_path / "a", b"whole", overwrite=False)
    assert content(tmp_path) == {}


def refuse(number: int) -> object:
    def link(*_arguments: object, **_options: object) -> None:
        raise OSError(number, os.strerror(number))

    return link


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_missing_folder_is_a_write_error(tmp_path: Path, *, overwrite: bool) -> None:
    with pytest.raises(WriteError, match="its folder does not exist") as caught:
        write_file(tmp_path / "none" / "a", b"", overwrite=overwrite)
    assert caught.value.errno == errno.ENOENT
    assert pickle.loads(pickle.dumps(caught.value)).path == caught.value.path  # noqa: S301


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_at_the_target_stays(tmp_path: Path, *, overwrite: bool) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(WriteError) as caught:
        write_file(tmp_path / "a", b"", overwrite=overwrite)
    # Nothing would replace it.
    assert "overwrite" not in caught.value.message
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:7]))
    write_file(tmp_path / "a", bytes(range(100)), overwrite=False)
    assert content(tmp_path) == {"a": bytes(range(100))}


def test_a_disk_that_fills_up_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    written: list[int] = []

    def filling(descriptor: int, data: memoryview) -> int:
        if written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written.append(write(descriptor, data[:10]))
        return written[0]

    monkeypatch.setattr(os, "write", filling)
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(WriteError, match="No space left") as caught:
        write_file(tmp_path / "a", bytes(100), overwrite=True)
    assert caught.value.errno == errno.ENOSPC
    assert content(tmp_path) == {"a": b"old"}


def test_an_interrupt_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_descriptor: int, _data: memoryview) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "a", bytes(100), overwrite=True)
    assert content(tmp_path) == {}


KILLED = """
import os, signal, sys
from dicomkit.export.writing.atomic import write_file
step, target = sys.argv[1:]
real = getattr(os, step)
def dying(*arguments, **options):
    if step == "link":
        real(*arguments, **options)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(os, step, dying)
write_file(target, bytes(1000), overwrite=False)
"""


@pytest.mark.parametrize("step", ["write", "link"])
def test_a_kill_leaves_all_or_nothing_under_the_name(tmp_path: Path, step: str) -> None:
    target = tmp_path / "a.png"
    done = subprocess.run([sys.executable, "-c", KILLED, step, str(target)], check=False)
    assert done.returncode == -9
    assert [entry.name for entry in tmp_path.iterdir() if not entry.name.startswith(".")] == (
        ["a.png"] if step == "link" else []
    )
    if step == "link":
        assert target.read_bytes() == bytes(1000)


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_temporary_file_that_is_swept_away_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, overwrite: bool
) -> None:
    swept: list[str] = []
    name = "replace" if overwrite else "link"
    move = getattr(os, name)

    def sweep_first(temporary: str, target: object, **where: int) -> None:
        if not swept:
            swept.append(temporary)
            (tmp_path / temporary).unlink()
        move(temporary, target, **where)

    monkeypatch.setattr(os, name, sweep_first)
    write_file(tmp_path / "a", b"whole", overwrite=overwrite)
    assert content(tmp_path) == {"a": b"whole"}
    assert len(swept) == 1
