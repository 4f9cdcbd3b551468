"""Files and folders by their paths."""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dicomkit.dataset.files.filesystems import Status
from dicomkit.dataset.files.opening import list_folder, open_file, status_of
from dicomkit.errors import NotDicomError, ReadError

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = bytes(range(256)) * 300


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(DATA)
    with open_file(path) as source:
        assert source.size == len(DATA)
        assert source.read(5, 5) == DATA[5:10]
    (tmp_path / "link").symlink_to(path)
    with open_file(str(tmp_path / "link")) as source:
        assert source.size == len(DATA)


def test_a_missing_file_has_the_systems_error_as_its_cause(tmp_path: Path) -> None:
    path = tmp_path / "missing"
    with pytest.raises(ReadError, match="no such file") as caught, open_file(path):
        pass
    assert isinstance(caught.value.__cause__, FileNotFoundError)
    assert caught.value.path == str(path)


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="folder"), open_file(tmp_path):
        pass


@pytest.mark.parametrize("name", ["nul\0byte", "lone\udcff\ud800surrogate"])
def test_an_impossible_name(name: str) -> None:
    with pytest.raises(ReadError), open_file(name):
        pass


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no FIFOs")
def test_fifos_sockets_and_devices_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        for path in (tmp_path / "fifo", tmp_path / "socket", Path(os.devnull)):
            with pytest.raises(ReadError, match="regular"), open_file(path):
                pass


def test_a_link_that_leads_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(ReadError), open_file(tmp_path / "loop"):
        pass


def test_errors_of_the_reader_gain_the_path(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")

    def read() -> None:
        with open_file(path):
            msg = "is empty"
            raise NotDicomError(msg)

    with pytest.raises(NotDicomError) as caught:
        read()
    assert caught.value.path == str(path)


def test_what_takes_a_files_place_after_the_look_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    real = path.stat()
    path.unlink()
    path.mkdir()
    monkeypatch.setattr(Path, "stat", lambda _: real)
    with pytest.raises(ReadError), open_file(path):
        pass


def test_an_entry_that_cannot_be_looked_at_costs_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("bad", "good"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "link").symlink_to("good")
    (tmp_path / "folder").mkdir()
    real = os.scandir

    class Entry:
        def __init__(self, entry: os.DirEntry[str]) -> None:
            self.name = entry.name
            self.is_symlink = entry.is_symlink
            self.is_dir = entry.is_dir
            self._is_file = entry.is_file

        def is_file(self, *, follow_symlinks: bool) -> bool:
            if self.name == "bad":
                raise OSError
            return self._is_file(follow_symlinks=follow_symlinks)

    @contextmanager
    def scan(path: str) -> Iterator[list[Entry]]:
        with real(path) as entries:
            yield [Entry(entry) for entry in entries]

    monkeypatch.setattr(os, "scandir", scan)
    assert list_folder(tmp_path) == {
        "bad": "unreadable",
        "folder": "folder",
        "good": "file",
        "link": "link",
    }


def test_a_folder_that_cannot_be_listed(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"no zip")
    for path in (tmp_path / "missing", tmp_path / "file", "nul\0byte"):
        with pytest.raises(ReadError) as caught:
            list_folder(path)
        assert caught.value.path == str(path)


def test_what_a_path_leads_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    (tmp_path / "link").symlink_to("file")
    os.utime(tmp_path / "file", ns=(5, 7))
    assert status_of(tmp_path / "link") == Status("file", 3, 7)
    assert status_of(tmp_path).kind == "folder"
    assert status_of(os.devnull).kind == "other"
    with pytest.raises(ReadError):
        status_of(tmp_path / "missing")
