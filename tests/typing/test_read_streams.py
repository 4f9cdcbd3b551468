"""Every kind of binary stream: mypy and pyright accept these calls, and they read."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import mmap
import os
import socket
import tarfile
import tempfile
import threading
import zipfile
import zlib
from http.client import IncompleteRead
from importlib.resources import files
from pathlib import Path
from typing import IO, BinaryIO, assert_type, cast

import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import FileDataset

from dicomkit import DicomKitError, ReadError, read_dataset

PATH = Path(str(get_testdata_file("CT_small.dcm", download=False)))
DATA = PATH.read_bytes()
BEFORE = b"0123456789"


def assert_whole(ds: FileDataset) -> None:
    assert (ds.Rows, ds.Columns, len(ds.PixelData)) == (128, 128, 32768)
    assert ds.SOPInstanceUID == "1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322"
    # Behind the pixels.
    assert ds.DataSetTrailingPadding == DATA[-126:]


def test_files(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.write_bytes(BEFORE + DATA)
    with copy.open("rb") as buffered, copy.open("rb", buffering=0) as raw, copy.open("r+b") as both:
        assert buffered.read(10) == raw.read(10) == both.read(10) == BEFORE
        assert_whole(assert_type(read_dataset(buffered), FileDataset))
        assert_whole(read_dataset(raw))
        assert_whole(read_dataset(both))
        # They stay open, and can be read again.
        for stream in (buffered, raw, both):
            stream.seek(10)
            assert_whole(read_dataset(stream))
    opened: BinaryIO = copy.open("rb")
    with opened:
        opened.seek(10)
        assert_whole(read_dataset(opened))
    with copy.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        mapped.seek(10)
        assert_whole(read_dataset(mapped))


def test_resources() -> None:
    with files("pydicom").joinpath("data/test_files/CT_small.dcm").open("rb") as stream:
        assert_whole(read_dataset(stream))


def test_memory() -> None:
    stream = io.BytesIO(BEFORE + DATA)
    stream.seek(10)
    assert_whole(read_dataset(stream))
    stream.seek(10)
    assert_whole(read_dataset(io.BufferedReader(stream)))


def test_temporary_files() -> None:
    with (
        tempfile.NamedTemporaryFile() as named,
        tempfile.TemporaryFile() as nameless,
        tempfile.SpooledTemporaryFile() as spooled,
    ):
        for stream in (named, nameless, spooled):
            stream.write(BEFORE + DATA)
            stream.seek(10)
        assert_whole(read_dataset(named))
        assert_whole(read_dataset(nameless))
        assert_whole(read_dataset(spooled))


def test_members_of_zips(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "exam.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("image", BEFORE + DATA)
    with zipfile.ZipFile(tmp_path / "exam.zip") as archive:
        with archive.open("image") as member:
            member.read(10)
            assert_whole(read_dataset(member))
            assert not member.closed
        with zipfile.Path(archive, "image").open("rb") as member_of_path:
            member_of_path.read(10)
            assert_whole(read_dataset(member_of_path))


@pytest.mark.parametrize("mode", ["r:gz", "r|gz", "r:"])
def test_members_of_tars(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "exam.tar"
    with tarfile.open(path, "w:gz" if "gz" in mode else "w:") as archive:
        archive.add(PATH, "image")
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for info in archive:
            member: IO[bytes] | None = archive.extractfile(info)
            assert member is not None
            assert_whole(read_dataset(member))


def test_compressed_files(tmp_path: Path) -> None:
    for name, compress in (
        ("a.gz", gzip.compress),
        ("a.bz2", bz2.compress),
        ("a.xz", lzma.compress),
    ):
        (tmp_path / name).write_bytes(compress(BEFORE + DATA))
    with (
        gzip.open(tmp_path / "a.gz") as zipped,
        gzip.GzipFile(tmp_path / "a.gz") as named,
        bz2.open(tmp_path / "a.bz2") as packed,
        bz2.BZ2File(tmp_path / "a.bz2") as file,
        lzma.open(tmp_path / "a.xz") as squeezed,
    ):
        for stream in (zipped, named, packed, file, squeezed):
            assert stream.read(10) == BEFORE
        assert_whole(read_dataset(zipped))
        assert_whole(read_dataset(named))
        assert_whole(read_dataset(packed))
        assert_whole(read_dataset(file))
        assert_whole(read_dataset(squeezed))


@pytest.mark.parametrize("buffering", [-1, 0])
def test_sockets(buffering: int) -> None:
    here, there = socket.socketpair()
    with here, there:
        here.settimeout(60)
        there.settimeout(60)

        def send() -> None:
            here.sendall(BEFORE + DATA)
            here.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        stream: io.IOBase
        with there.makefile("rb", buffering=buffering) as stream:
            assert stream.read(10) == BEFORE
            assert_whole(read_dataset(stream))
        sender.join()


def test_pipes() -> None:
    reader, writer = os.pipe()

    def send() -> None:
        with os.fdopen(writer, "wb") as stream:
            stream.write(BEFORE + DATA)

    sender = threading.Thread(target=send)
    sender.start()
    with os.fdopen(reader, "rb") as stream:
        assert stream.read(10) == BEFORE
        assert_whole(read_dataset(stream))
    sender.join()


class Reader:
    """Nothing but what has to be there."""

    def __init__(self, data: bytes) -> None:
        self._stream = io.BytesIO(data)

    def read(self, size: int = -1, /) -> bytes:
        return self._stream.read(size)


def test_whatever_has_read() -> None:
    assert_whole(read_dataset(Reader(DATA)))


def test_text_is_refused_by_mypy_and_at_run_time(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("DICM or so", encoding="utf-8")
    message = "expected a binary stream"
    with PATH.open(encoding="utf-8") as undecodable, pytest.raises(TypeError, match=message):
        read_dataset(undecodable)  # type: ignore[arg-type]
    with (
        (tmp_path / "words").open(encoding="utf-8") as words,
        pytest.raises(TypeError, match=message),
    ):
        read_dataset(words)  # type: ignore[arg-type]
    with tempfile.NamedTemporaryFile("w+") as named:
        named.write("DICM or so")
        named.seek(0)
        with pytest.raises(TypeError, match=message):
            read_dataset(cast("BinaryIO", named))
    for text in ("", "DICM"):
        with pytest.raises(TypeError, match=message):
            read_dataset(io.StringIO(text))  # type: ignore[arg-type]


class Failing:
    """A stream whose source fails in a way of its own."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def read(self, _size: int = -1, /) -> bytes:
        raise self._error


@pytest.mark.parametrize(
    "error",
    [
        EOFError("Compressed file ended before the end-of-stream marker was reached"),
        zlib.error("Error -3"),
        zipfile.BadZipFile("Bad CRC-32"),
        IncompleteRead(b"", 7),
        lzma.LZMAError("Corrupt input data"),
        ConnectionResetError(),
        TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_stream_that_fails_is_the_librarys_error(error: Exception) -> None:
    with pytest.raises(ReadError, match="the stream cannot be read") as caught:
        read_dataset(Failing(error))
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("length", [30, 5000, -1])
def test_a_compressed_stream_that_is_cut_off_or_damaged(length: int) -> None:
    for compress, opener in (
        (gzip.compress, gzip.open),
        (bz2.compress, bz2.open),
        (lzma.compress, lzma.open),
    ):
        packed = compress(DATA)
        middle = len(packed) // 2
        damaged = packed[:middle] + bytes(byte ^ 255 for byte in packed[middle:])
        for data in (packed[:length], damaged):
            with opener(io.BytesIO(data)) as opened, pytest.raises(DicomKitError):
                read_dataset(opened)


def test_a_damaged_member_of_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "exam.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("image", DATA)
    path.write_bytes(path.read_bytes().replace(DATA[-200:-190], bytes(10)))
    with (
        zipfile.ZipFile(path) as archive,
        archive.open("image") as member,
        pytest.raises(ReadError, match="stream"),
    ):
        read_dataset(member)
