"""Files, streams and memory as sources of bytes."""

from __future__ import annotations

import io
import os

import pytest

from dicomkit.dataset.files.sources import MemorySource, Source, StreamSource

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
