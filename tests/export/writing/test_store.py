from __future__ import annotations

import errno
import os
import time
from typing import TYPE_CHECKING

import pytest

from dicomkit.errors import UnsafePathError, WriteError
from dicomkit.export.writing import atomic
from dicomkit.export.writing.atomic import OpenFolder
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

    def vanish(_folder: OpenFolder, _name: str) -> bytes:
        raise FileNotFoundError

    monkeypatch.setattr(OpenFolder, "read", vanish)
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


@pytest.fixture(params=["by descriptor", "by path"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name folders by their descriptors, and as on systems that cannot."""
    if request.param == "by path":
        monkeypatch.setattr(atomic, "_BY_DESCRIPTOR", False)
    return str(request.param)


def swap(folder: Path, elsewhere: Path) -> None:
    """Put a link in a folder's place."""
    elsewhere.mkdir()
    folder.rename(folder.with_name(f"{folder.name} before"))
    folder.symlink_to(elsewhere)


def test_a_folder_that_is_swapped_for_a_link_leads_nothing_outside(
    tmp_path: Path, output: Path
) -> None:
    store = Store(output, overwrite=False)
    store.put("a/b/1.png", b"one")
    swap(output / "a", tmp_path / "elsewhere")
    # The folder that is open is still the same one.
    store.put("a/b/2.png", b"two")
    assert (output / "a before" / "b" / "2.png").read_bytes() == b"two"
    store.put("c/3.png", b"three")
    with pytest.raises(UnsafePathError):
        store.put("a/b/4.png", b"four")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_an_output_that_is_swapped_for_a_link_leads_nothing_outside(
    tmp_path: Path, output: Path
) -> None:
    store = Store(output, overwrite=True)
    store.put("a/1.png", b"one")
    swap(output, tmp_path / "elsewhere")
    # In the folder that is open, and in no other.
    store.put("a/2.png", b"two")
    assert (tmp_path / "out before" / "a" / "2.png").exists()
    for path in ("3.png", "b/4.png"):
        with pytest.raises(UnsafePathError):
            store.put(path, b"more")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_that_becomes_a_link_while_it_is_opened_is_refused(
    tmp_path: Path, output: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    (output / "a").mkdir()
    enter = OpenFolder.enter

    def entering(folder: OpenFolder, name: str) -> OpenFolder:
        if name == "a":
            swap(output / "a", tmp_path / "elsewhere")
        return enter(folder, name)

    monkeypatch.setattr(OpenFolder, "enter", entering)
    with pytest.raises(UnsafePathError, match="has become a link"):
        Store(output, overwrite=False).put("a/b/1.png", b"one")
    assert list((tmp_path / "elsewhere").iterdir()) == [], way


def test_another_folder_in_the_outputs_place_gets_nothing(tmp_path: Path, output: Path) -> None:
    identity = OpenFolder(output).identity
    swap(output, tmp_path / "elsewhere")
    with pytest.raises(UnsafePathError, match="has taken the output folder's place"):
        Store(output, overwrite=False, identity=identity).put("1.png", b"one")
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.usefixtures("way")
def test_both_ways_to_name_a_folder_do_the_same(lab: Lab, output: Path) -> None:
    store = Store(output, overwrite=False)
    store.put("a/1.png", b"one")
    store.put("a/1.png", b"one")
    store.put("a/b/2.png", b"two")
    (output / "a" / ".dicomkit-0.tmp").write_bytes(b"left")
    sweep(output, ["a"], time.time_ns() + 10**12)
    with pytest.raises(WriteError, match="taken"):
        store.put("a/1.png", b"other")
    Store(output, overwrite=True).put("a/1.png", b"other")
    assert lab.tree(output) == {"a/1.png": b"other", "a/b/2.png": b"two"}


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
