"""Zips as file systems: read from any place, never unpacked, and bounded."""

from __future__ import annotations

import errno
import io
import os
import pickle
import random
import stat
import zipfile
from copy import deepcopy
from typing import TYPE_CHECKING

import pytest
from pydicom import dcmread
from tests.conftest import real_file

from dicomkit.dataset.files import zips
from dicomkit.dataset.files.deferred import pixel_bytes
from dicomkit.dataset.files.opening import list_folder, open_file, open_source, status_of
from dicomkit.dataset.files.reading import read_dataset
from dicomkit.errors import (
    DecodeError,
    LimitError,
    NotDicomError,
    ReadError,
    TruncatedError,
    UnsupportedError,
)
from dicomkit.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DATA = bytes(range(256)) * 900 + os.urandom(70_000)
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


def zipped(files: Mapping[str, bytes], method: int = DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def write(path: Path, files: Mapping[str, bytes], method: int = DEFLATED) -> Path:
    path.write_bytes(zipped(files, method))
    return path


def read(path: Path, limits: Limits | None = None) -> bytes:
    source = open_source(path, limits)
    try:
        return source.read(0, source.size)
    finally:
        source.close()


@pytest.mark.parametrize("method", [STORED, DEFLATED])
def test_a_file_is_read_from_any_place(tmp_path: Path, method: int) -> None:
    path = write(tmp_path / "x.zip", {"a/b": DATA, "c": b"x"}, method) / "a" / "b"
    chance = random.Random(7)  # noqa: S311 - no secret
    with open_file(path) as source:
        assert source.size == len(DATA)
        assert source.read(0, len(DATA) + 9) == DATA
        for _ in range(300):
            start, length = chance.randrange(len(DATA) + 9), chance.randrange(60_000)
            assert source.read(start, length) == DATA[start : start + length]


def test_an_empty_file(tmp_path: Path) -> None:
    path = write(tmp_path / "x.zip", {"empty": b""})
    assert read(path / "empty") == b""
    assert status_of(path / "empty").size == 0


def test_folders_are_listed_whether_or_not_they_have_entries(tmp_path: Path) -> None:
    path = write(tmp_path / "x.zip", {"a/b/c": b"", "d/": b"", "e": b"", "./f": b"", "g\\h": b""})
    assert list_folder(path) == {"a": "folder", "d": "folder", "e": "file", "f": "file"} | {
        "g": "folder"
    }
    assert list_folder(path / "a" / "b") == {"c": "file"}
    assert list_folder(path / "d") == {}
    assert list_folder(path / "g") == {"h": "file"}
    assert status_of(path / "a").kind == "folder"
    assert status_of(path / "e").kind == "file"
    assert status_of(path).kind == "file"


@pytest.mark.parametrize("name", ["nothing", "a", "a/nothing", "e/f", "a/b/c"])
def test_what_is_not_there(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "x.zip", {"a/b": b"", "e": b""}) / name
    with pytest.raises(ReadError) as caught, open_file(path):
        pass
    assert caught.value.path == str(path)
    assert isinstance(caught.value.__cause__, FileNotFoundError)
    with pytest.raises(ReadError):
        list_folder(path / "more")


def test_names_that_would_leave_the_zip_are_named_and_not_opened(tmp_path: Path) -> None:
    names = ("../x", "a/../../y", "/z", "a/b", "a", "\\\\server\\w", "a/b/c")
    path = write(tmp_path / "x.zip", dict.fromkeys(names, b"1"))
    outside = dict.fromkeys(("../x", "a/../../y", "/z", "a/", "//server/w", "a/b/c"), "outside")
    assert list_folder(path) == {"a": "folder"} | outside
    assert list_folder(path / "a") == {"b": "file"}
    assert read(path / "a" / "b") == b"1"


def test_of_two_entries_of_one_name_the_later_counts_as_in_unpacking(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", b"first")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a", b"second")
    assert read(path / "a") == b"second"


def test_a_link_in_a_zip_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert list_folder(path) == {"link": "other"}
    with pytest.raises(ReadError):
        read(path / "link")


@pytest.mark.parametrize("method", [STORED, DEFLATED])
def test_zips_in_zips(tmp_path: Path, method: int) -> None:
    inner = zipped({"a/b": DATA, "c": DATA[::-1]}, method)
    path = write(tmp_path / "x.zip", {"d/in.zip": inner}, method) / "d" / "in.zip"
    assert list_folder(path) == {"a": "folder", "c": "file"}
    assert read(path / "a" / "b") == DATA
    assert read(path / "c") == DATA[::-1]


def test_zips_nest_three_levels_deep_and_no_more(tmp_path: Path) -> None:
    data = b"the end"
    for _ in range(4):
        data = zipped({"z": data})
    path = tmp_path / "z"
    path.write_bytes(data)
    assert list_folder(path / "z" / "z") == {"z": "file"}
    with pytest.raises(LimitError):
        list_folder(path / "z" / "z" / "z")
    with pytest.raises(LimitError):
        read(path / "z" / "z" / "z" / "z")


def test_a_bomb_is_refused_before_it_is_inflated(tmp_path: Path) -> None:
    path = write(tmp_path / "x.zip", {"bomb": bytes(1 << 20)})
    assert path.stat().st_size < 2000
    with pytest.raises(LimitError, match="inflated_bytes"):
        read(path / "bomb", Limits(inflated_bytes=1 << 19))
    assert len(read(path / "bomb", Limits(inflated_bytes=1 << 20))) == 1 << 20
    # What is not compressed is as large as it looks.
    path = write(tmp_path / "y.zip", {"plain": bytes(1 << 20)}, STORED)
    assert len(read(path / "plain", Limits(inflated_bytes=1 << 19))) == 1 << 20


def test_a_size_that_lies_takes_no_more_than_it_says(tmp_path: Path) -> None:
    path = write(tmp_path / "x.zip", {"bomb": bytes(1 << 20)})
    data = path.read_bytes()
    # The uncompressed size stands 24 bytes behind the start of the directory's entry.
    at = data.index(b"PK\x01\x02") + 24
    path.write_bytes(data[:at] + (1000).to_bytes(4, "little") + data[at + 4 :])
    with pytest.raises(DecodeError):
        read(path / "bomb")


def test_more_names_than_can_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "x.zip", {f"{number}": b"" for number in range(100)})
    monkeypatch.setattr(zips, "_MOST_DIRECTORY_BYTES", 2000)
    with pytest.raises(LimitError, match="more files"):
        list_folder(path)


def test_damage_is_an_error_of_ours(tmp_path: Path) -> None:
    whole = zipped({"a": DATA, "b": b"b"})
    path = tmp_path / "x.zip"
    path.write_bytes(whole[:-30])
    with pytest.raises(TruncatedError) as caught:
        list_folder(path)
    assert caught.value.path == str(path)
    middle = len(whole) // 2
    path.write_bytes(whole[:middle] + bytes(50) + whole[middle + 50 :])
    with pytest.raises(DecodeError):
        read(path / "a")
    path.write_bytes(b"PK\x03\x05" + whole[4:])
    with pytest.raises((ReadError, TruncatedError)):
        read(path / "a")


def test_any_damage_at_all_is_an_error_of_ours(tmp_path: Path) -> None:
    whole = zipped({"a/b": b"something" * 9, "c": DATA[:50]})
    chance = random.Random(1)  # noqa: S311 - no secret
    for number in range(400):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(4, len(data))] = chance.randrange(256)
        path = tmp_path / f"{number}.zip"
        path.write_bytes(data)
        for name in ("a/b", "c"):
            try:
                read(path / name)
            except (DecodeError, LimitError, ReadError, TruncatedError, UnsupportedError):
                continue


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_to_compress(tmp_path: Path, method: int) -> None:
    path = write(tmp_path / "x.zip", {"a": b"a" * 99}, method)
    with pytest.raises(UnsupportedError):
        read(path / "a")


def test_encrypted_files_say_so(tmp_path: Path) -> None:
    data = bytearray(zipped({"a": b"a" * 99}))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(ReadError, match="encrypted"):
        read(tmp_path / "x.zip" / "a")


def test_a_zip_that_changes_is_looked_at_anew(tmp_path: Path) -> None:
    path = write(tmp_path / "x.zip", {"a": b"old"})
    assert read(path / "a") == b"old"
    write(path, {"a": b"newer", "b": b""})
    os.utime(path, ns=(1, 1))
    assert read(path / "a") == b"newer"
    assert set(list_folder(path)) == {"a", "b"}


def test_a_file_of_that_name_in_a_folder_of_that_name_needs_no_zip(tmp_path: Path) -> None:
    (tmp_path / "x.zip").mkdir()
    (tmp_path / "x.zip" / "a").write_bytes(b"plain")
    assert read(tmp_path / "x.zip" / "a") == b"plain"
    (tmp_path / "y").write_bytes(b"no zip")
    with pytest.raises(ReadError) as caught:
        read(tmp_path / "y" / "a")
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno in (errno.ENOTDIR, errno.ENOENT)


def test_a_zip_is_told_from_a_file_whose_preamble_is_one(tmp_path: Path) -> None:
    image = bytearray(real_file("CT_small.dcm").read_bytes())
    image[:4] = b"PK\x03\x04"
    (tmp_path / "image").write_bytes(image)
    assert read_dataset(tmp_path / "image").Modality == "CT"
    with pytest.raises(ReadError):
        read(tmp_path / "image" / "a")
    # A dataset without a preamble would begin a few bytes into the zip.
    bare = bytes(image[image.index(b"\x08\x00\x05\x00CS") :])
    path = write(tmp_path / "x.zip", {"a": bare}, STORED)
    with pytest.raises(NotDicomError, match="zip"):
        read_dataset(path)
    assert read_dataset(path / "a").Modality == "CT"


def many_frames() -> bytes:
    ds = dcmread(real_file("MR_small.dcm"))
    ds.NumberOfFrames = 1100
    ds.PixelData = ds.PixelData * 1100
    buffer = io.BytesIO()
    ds.save_as(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("method", [STORED, DEFLATED])
def test_pixels_stay_in_the_zip_until_they_are_asked_for(tmp_path: Path, method: int) -> None:
    data = many_frames()
    path = write(tmp_path / "x.zip", {"IM1": data}, method) / "IM1"
    expected = dcmread(io.BytesIO(data)).PixelData
    ds = read_dataset(path)
    assert ds.get_item(0x7FE00010, keep_deferred=True).value is None
    assert ds.filename == str(path)
    left = pixel_bytes(ds, "PixelData")
    assert left is not None
    assert not isinstance(left, bytes)
    assert len(left) == len(expected)
    for start in (0, 5_000_000, 100, len(expected) - 10):
        assert left[start : start + 10] == expected[start : start + 10]
    # In another process, in a copy, and where pydicom itself asks for all of it.
    there = pickle.loads(pickle.dumps(ds))  # noqa: S301 - made in the same line
    again = pixel_bytes(there, "PixelData")
    assert again is not None
    assert again[7:9] == expected[7:9]
    assert deepcopy(ds).PixelData == expected
    assert ds.PixelData == expected
    written = io.BytesIO()
    read_dataset(path).save_as(written)
    assert dcmread(io.BytesIO(written.getvalue())).PixelData == expected


def test_pixels_of_a_zip_that_changed_are_not_trusted(tmp_path: Path) -> None:
    path = write(tmp_path / "x.zip", {"IM1": many_frames()}, STORED)
    ds = read_dataset(path / "IM1")
    os.utime(path, (1, 1))
    with pytest.raises(ReadError, match="read it again"):
        pixel_bytes(ds, "PixelData")
