from __future__ import annotations

import errno
import os
import time
from typing import TYPE_CHECKING

import pytest

from dicomkit.errors import UnsafePathError, WriteError
from dicomkit.export.writing.store import Store, is_fatal, sweep

if TYPE_CHECKING:
    from pathlib import Path

    from tests.export.conftest import Lab


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def test_folders_are_made_on_the_way(lab: Lab, output: Path) -> None:
    store = Store(output, overwrite=False)
    store.put("a/b/1.png", b"one")
    store.put("a/b/2.png", b"two")
    store.put("3.png", b"three")
    assert lab.tree(output) == {"a/b/1.png": b"one", "a/b/2.png": b"two", "3.png": b"three"}


def test_the_same_bytes_again_are_fine_and_others_are_not(lab: Lab, output: Path) -> None:
    store = Store(output, overwrite=False)
    store.put("1.png", b"one")
    store.put("1.png", b"one")
    for other in (b"two", b"longer"):
        with pytest.raises(WriteError, match="taken"):
            store.put("1.png", other)
    assert lab.tree(output) == {"1.png": b"one"}


def test_overwrite_replaces(lab: Lab, output: Path) -> None:
    (output / "1.png").write_bytes(b"theirs")
    Store(output, overwrite=True).put("1.png", b"ours")
    assert lab.tree(output) == {"1.png": b"ours"}


def test_a_link_to_the_same_bytes_is_not_our_picture(output: Path) -> None:
    (output / "elsewhere").write_bytes(b"one")
    (output / "1.png").symlink_to(output / "elsewhere")
    with pytest.raises(WriteError):
        Store(output, overwrite=False).put("1.png", b"one")


def test_a_fifo_at_the_name_is_neither_opened_nor_replaced(output: Path) -> None:
    os.mkfifo(output / "1.png")
    with pytest.raises(WriteError):
        Store(output, overwrite=False).put("1.png", b"one")


def test_a_file_that_vanishes_meanwhile_is_an_error_of_its_time(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (output / "1.png").write_bytes(b"one")

    def vanish(_path: Path) -> os.stat_result:
        raise FileNotFoundError

    monkeypatch.setattr("pathlib.Path.lstat", vanish)
    with pytest.raises(WriteError):
        Store(output, overwrite=False).put("1.png", b"one")


@pytest.mark.parametrize("path", ["../1.png", "a/../../1.png", "/etc/1.png"])
def test_a_path_that_leaves_the_output_is_refused(tmp_path: Path, output: Path, path: str) -> None:
    with pytest.raises(UnsafePathError):
        Store(output, overwrite=False).put(path, b"one")
    assert list(tmp_path.iterdir()) == [output]


def test_a_linked_folder_that_leaves_the_output_is_refused(tmp_path: Path, output: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (output / "a").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnsafePathError):
        Store(output, overwrite=False).put("a/b/1.png", b"one")
    assert not list((tmp_path / "elsewhere").iterdir())


def test_the_output_itself_may_be_a_link(tmp_path: Path, output: Path) -> None:
    (tmp_path / "link").symlink_to(output)
    Store(tmp_path / "link", overwrite=False).put("a/1.png", b"one")
    assert (output / "a" / "1.png").read_bytes() == b"one"


def test_a_file_in_a_folders_place_costs_its_pictures_only(output: Path) -> None:
    (output / "a").write_bytes(b"theirs")
    store = Store(output, overwrite=False)
    with pytest.raises(WriteError) as caught:
        store.put("a/1.png", b"one")
    assert not is_fatal(caught.value)
    store.put("b/1.png", b"one")


@pytest.mark.parametrize(
    ("number", "fatal"),
    [
        (errno.ENOSPC, True),
        (errno.EDQUOT, True),
        (errno.EROFS, True),
        (errno.EACCES, True),
        (errno.EFBIG, True),
        (errno.EEXIST, False),
        (errno.ENAMETOOLONG, False),
    ],
)
def test_what_ends_an_export(number: int, *, fatal: bool) -> None:
    error = WriteError("message")
    error.errno = number
    assert is_fatal(error) is fatal
    assert not is_fatal(OSError(number, "message"))


def test_a_picture_that_lost_its_end_is_completed(output: Path) -> None:
    (output / "1.png").write_bytes(b"who")
    Store(output, overwrite=False).put("1.png", b"whole")
    assert (output / "1.png").read_bytes() == b"whole"


@pytest.mark.parametrize("theirs", [b"", b"whale", b"wholesale"])
def test_what_is_no_beginning_of_it_stays(output: Path, theirs: bytes) -> None:
    (output / "1.png").write_bytes(theirs)
    with pytest.raises(WriteError):
        Store(output, overwrite=False).put("1.png", b"whole")
    assert (output / "1.png").read_bytes() == theirs


def test_sweep_removes_what_was_left_before_and_nothing_else(lab: Lab, output: Path) -> None:
    (output / "a").mkdir()
    left = [output / ".dicomkit-0.tmp", output / "a" / ".dicomkit-1.tmp"]
    for path in [*left, output / ".dicomkit-x", output / "b.tmp", output / "a" / "1.png"]:
        path.write_bytes(b"")
        os.utime(path, (1, 1))
    (output / ".dicomkit-2.tmp").write_bytes(b"at work")
    (output / "other").mkdir()
    (output / "other" / ".dicomkit-3.tmp").write_bytes(b"not ours")
    os.utime(output / "other" / ".dicomkit-3.tmp", (1, 1))
    sweep(output, ["a", "never made"], time.time_ns() - 10**10)
    assert list(lab.tree(output)) == [
        ".dicomkit-2.tmp",
        ".dicomkit-x",
        "a/1.png",
        "b.tmp",
        "other/.dicomkit-3.tmp",
    ]


def test_sweep_follows_no_link_out_of_the_folder(tmp_path: Path, output: Path) -> None:
    theirs = tmp_path / "elsewhere" / ".dicomkit-0.tmp"
    theirs.parent.mkdir()
    theirs.write_bytes(b"theirs")
    os.utime(theirs, (1, 1))
    (output / "a").symlink_to(theirs.parent)
    sweep(output, ["a"], time.time_ns())
    assert theirs.exists()
