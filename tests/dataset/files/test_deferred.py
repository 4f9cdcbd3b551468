"""Pixel data that stay in their file: the same frames, and little memory."""

from __future__ import annotations

import os
import pickle
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pydicom import dcmread, dcmwrite
from pydicom.data import get_testdata_file
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, generate_frames
from tests.pixels import read_frame

from dicomkit.dataset.files.deferred import FileBytes, pixel_bytes
from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.metadata.listing import metadata_rows
from dicomkit.errors import ReadError, TruncatedError
from dicomkit.image.image import open_image
from dicomkit.image.values import stored_values

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset

FRAME = 64 * 64 * 2


def real(name: str) -> FileDataset:
    return dcmread(str(get_testdata_file(name, download=False)))


def write(ds: FileDataset, path: Path) -> Path:
    if "DataSetTrailingPadding" in ds:
        del ds.DataSetTrailingPadding
    ds.save_as(path)
    return path


def numbered(frames: int) -> bytes:
    """Make frames that differ."""
    frame = np.frombuffer(real("MR_small.dcm").PixelData, "<i2")
    return b"".join((frame + index % 1000).astype("<i2").tobytes() for index in range(frames))


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ds = real("MR_small.dcm")
    ds.NumberOfFrames = 1100
    ds.PixelData = numbered(1100)
    return write(ds, tmp_path_factory.mktemp("native") / "file")


@pytest.fixture(scope="module", params=[True, False], ids=["table", "no table"])
def encapsulated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    ds = real("MR_small_RLE.dcm")
    frame = next(generate_frames(ds.PixelData, number_of_frames=1))
    ds.NumberOfFrames = 1500
    ds.PixelData = encapsulate([frame] * 1500, has_bot=request.param)
    assert len(ds.PixelData) > 8 << 20
    ds["PixelData"].is_undefined_length = True
    return write(ds, tmp_path_factory.mktemp("encapsulated") / "file")


def stays(ds: Dataset) -> bool:
    element = ds.get_item(0x7FE00010, keep_deferred=True)
    return isinstance(element, RawDataElement) and element.value is None


def test_native_frames_one_by_one(native: Path) -> None:
    ds, whole = read_dataset(native), read_dataset(native.read_bytes())
    assert stays(ds)
    assert not stays(whole)
    for index in (0, 1, 700, 1099):
        np.testing.assert_array_equal(read_frame(ds, index).values, read_frame(whole, index).values)
    assert stays(ds)
    count = sum(1 for _ in open_image(ds))
    assert count == 1100
    np.testing.assert_array_equal(stored_values(ds), stored_values(whole))


def test_encapsulated_frames_one_by_one(encapsulated: Path) -> None:
    ds, whole = read_dataset(encapsulated), read_dataset(encapsulated.read_bytes())
    assert stays(ds)
    for index in (0, 1499):
        np.testing.assert_array_equal(read_frame(ds, index).values, read_frame(whole, index).values)
    assert stays(ds)
    assert read_frame(ds, 3).notes == read_frame(whole, 3).notes


def test_what_lies_behind_is_read(native: Path, encapsulated: Path, tmp_path: Path) -> None:
    padding = b"\xfc\xff\xfc\xffOB\x00\x00\x02\x00\x00\x00ab"
    for path in (native, encapsulated):
        (tmp_path / "file").write_bytes(path.read_bytes() + padding)
        ds = read_dataset(tmp_path / "file")
        assert stays(ds)
        assert ds[0xFFFCFFFC].value == b"ab"
        assert len(pixel_bytes(ds, "PixelData") or b"") >= 8 << 20


def test_pydicom_reads_the_value_when_it_is_asked_for(native: Path, encapsulated: Path) -> None:
    for path in (native, encapsulated):
        assert read_dataset(path).PixelData == dcmread(path).PixelData
        written = BytesIO()
        read_dataset(path).save_as(written)
        assert read_dataset(written.getvalue()).PixelData == dcmread(path).PixelData


def bits() -> FileDataset:
    """Make frames of one bit a pixel."""
    ds = real("liver_1frame.dcm")
    ds.NumberOfFrames = 280
    ds.PixelData = ds.PixelData * 280
    return ds


def odd_bytes(name: str) -> FileDataset:
    """Make frames of an odd number of bytes, in words."""
    ds = real(name)
    ds.NumberOfFrames = 1100
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    ds.Rows, ds.Columns = 91, 91
    ds.PixelData = (bytes(range(256)) * 256 * 140)[: 91 * 91 * 1100]
    ds["PixelData"].VR = "OW"
    return ds


@pytest.mark.parametrize(
    "ds",
    [
        bits(),
        odd_bytes("MR_small.dcm"),
        odd_bytes("MR_small_implicit.dcm"),
        odd_bytes("MR_small_bigendian.dcm"),
    ],
    ids=["bits", "bytes", "implicit", "swapped bytes"],
)
def test_words_of_other_kinds(ds: FileDataset, tmp_path: Path) -> None:
    path = write(ds, tmp_path / "file")
    left, whole = read_dataset(path), read_dataset(path.read_bytes())
    assert stays(left)
    for index in (0, 1, 2, int(ds.NumberOfFrames) - 1):
        np.testing.assert_array_equal(
            read_frame(left, index).values, read_frame(whole, index).values
        )


def test_it_survives_another_folder_and_another_process(
    native: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(native.parent)
    ds = pickle.loads(pickle.dumps(read_dataset(native.name)))  # noqa: S301 - made in the same line
    monkeypatch.chdir(tmp_path)
    assert read_frame(ds, 5).values.shape == (64, 64)


def test_only_large_whole_files_of_several_frames_are_left(native: Path, tmp_path: Path) -> None:
    data = native.read_bytes()
    path = tmp_path / "file"
    # Cut off.
    path.write_bytes(data[:-FRAME])
    cut = read_dataset(path)
    assert not stays(cut)
    assert read_frame(cut, 0).values.shape == (64, 64)
    with pytest.raises(TruncatedError):
        read_frame(cut, 1099)
    # One frame.
    path.write_bytes(
        data.replace(b"\x28\x00\x08\x00IS\x04\x001100", b"\x28\x00\x08\x00IS\x04\x001   ")
    )
    assert not stays(read_dataset(path))
    # A stream of the caller's.
    with native.open("rb") as stream:
        assert not stays(read_dataset(stream))
    # Not large.
    ds = real("MR_small.dcm")
    ds.NumberOfFrames = 3
    ds.PixelData = ds.PixelData * 3
    assert not stays(read_dataset(write(ds, path)))


def test_fragments_that_are_damaged_are_not_left(encapsulated: Path, tmp_path: Path) -> None:
    data = encapsulated.read_bytes()
    path = tmp_path / "file"
    for broken in (data[:-8], data[:-4], data[:-8] + b"something"):
        path.write_bytes(broken)
        assert not stays(read_dataset(path))
        assert read_frame(read_dataset(path), 0).values.shape == (64, 64)
    # Without VRs pydicom could not read the value later.
    ds = dcmread(encapsulated)
    dcmwrite(path, ds, implicit_vr=True, little_endian=True, force_encoding=True)
    assert not stays(read_dataset(path))


def test_a_file_that_changes_is_not_trusted(native: Path, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(native.read_bytes())
    ds = read_dataset(path)
    read_frame(ds, 0)
    os.utime(path, (1, 1))
    with pytest.raises(ReadError, match="read it again") as caught:
        read_frame(ds, 0)
    assert caught.value.path == str(path)
    path.write_bytes(b"short")
    ds.timestamp = None
    with pytest.raises(ReadError, match="read it again"):
        read_frame(ds, 0)
    path.unlink()
    with pytest.raises(ReadError):
        read_frame(ds, 0)


def test_bytes_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(100)))
    found = FileBytes(str(path), 10, 20)
    assert len(found) == 10
    assert found[:] == bytes(range(10, 20))
    assert found[2:4] == b"\x0c\x0d"
    assert found[8:50] == b"\x12\x13"
    assert found[-2:] == b"\x12\x13"
    assert found[5:2] == b""
    assert found.startswith(b"\x0a\x0b")
    assert found.startswith((b"xx", b"\x0b"), 1)
    assert not found.startswith(b"\x13\x14", 9)
    assert len(FileBytes(str(path), 10)) == 90


def test_a_disk_that_fails_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(100))
    found = FileBytes(str(path), 0, 100)

    def fail(*_: object) -> bytes:
        raise OSError

    with monkeypatch.context() as patched:
        patched.setattr("dicomkit.dataset.files.sources.StreamSource.read", fail)
        with pytest.raises(ReadError):
            found[:]
    path.write_bytes(b"")
    with pytest.raises(ReadError):
        found[:]


def test_what_is_no_pixel_data() -> None:
    ds = Dataset()
    assert pixel_bytes(ds, "PixelData") is None
    ds.add_new(0x7FE00010, "OW", None)
    assert pixel_bytes(ds, "PixelData") is None
    # pydicom can leave values in a buffer, which is not a file.
    data = Path(str(get_testdata_file("MR_small.dcm", download=False))).read_bytes()
    assert pixel_bytes(dcmread(BytesIO(data), defer_size=100), "PixelData") is None


def test_pydicoms_own_deferred_values_are_read_a_frame_at_a_time(native: Path) -> None:
    ds = dcmread(native, defer_size=1000)
    np.testing.assert_array_equal(
        read_frame(ds, 7).values, read_frame(read_dataset(native), 7).values
    )


def test_rows_say_so(native: Path) -> None:
    row = next(row for row in metadata_rows(read_dataset(native)) if row.keyword == "PixelData")
    assert (row.value, row.broken) == ("<not read>", False)
