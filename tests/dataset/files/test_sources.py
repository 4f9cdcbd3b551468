"""Files, streams and memory as sources of bytes."""

from __future__ import annotations

import io
import os
import socket
from pathlib import Path

import pytest

from dicomkit.dataset.files.sources import MemorySource, Source, StreamSource, open_file
from dicomkit.errors import NotDicomError, ReadError

DATA = bytes(range(256)) * 300


class Dribble(io.RawIOBase):
    """Gives at most seven bytes at a time, and ends before it said it would."""

    def __init__(self, data: bytes, promised: int) -> None:
        self._data = io.BytesIO(data)
        self._promised = promised

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._data.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._promised if whence == os.SEEK_END else self._data.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        return self._data.read(min(size, 7))


def test_memory_gives_the_very_object_as_a_whole() -> None:
    source = MemorySource(DATA)
    assert source.read(0, source.chunk) is DATA
    assert source.read(3, 4) == DATA[3:7]


def test_a_stream_starts_where_it_stands() -> None:
    stream = io.BytesIO(b"before" + DATA)
    stream.seek(6)
    source: Source = StreamSource(stream)
    assert source.size == len(DATA)
    assert source.read(256, 3) == b"\x00\x01\x02"
    assert source.read(0, 3) == b"\x00\x01\x02"


def test_no_more_is_asked_for_than_there_is() -> None:
    source = StreamSource(io.BytesIO(DATA))
    assert source.read(len(DATA) - 2, 1 << 40) == DATA[-2:]
    assert source.read(len(DATA) + 2, 1 << 40) == b""


def test_pieces_are_gathered_until_the_stream_ends() -> None:
    source = StreamSource(Dribble(DATA, len(DATA) + 100))
    assert source.read(0, 30) == DATA[:30]
    assert source.read(len(DATA) - 3, 50) == DATA[-3:]


def test_text_is_no_binary_stream() -> None:
    with pytest.raises(TypeError, match="binary"):
        StreamSource(io.StringIO("text")).read(0, 4)  # type: ignore[arg-type]


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
