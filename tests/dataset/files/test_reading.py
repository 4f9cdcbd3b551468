"""Reading datasets: pydicom's result on every real file, from every kind of source."""

from __future__ import annotations

import copy
import io
import logging
import pickle
import struct
import warnings
from typing import TYPE_CHECKING, cast

import pytest
from pydicom import dcmread
from pydicom.dataelem import RawDataElement
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
)
from tests.conftest import real_file
from tests.dataset.corpus import CT, NOT_DICOM, Unseekable, corpus

from dicomkit.dataset.files.reading import read_dataset

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom.dataset import FileDataset
    from pydicom.tag import BaseTag

# pydicom reads these otherwise, and why that is worse.
OTHERWISE = {
    "no_meta.dcm": "a stray byte before the dataset makes one senseless element of all",
    "emri_small_jpeg_2k_lossless_too_short.dcm": "pixel data cut short cost every element",
    "rtplan_truncated.dcm": "the header is cut short",
}
REAL = [path for path in corpus() if path.name not in NOT_DICOM | OTHERWISE.keys()]


def by_pydicom(path: Path) -> FileDataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dcmread(path, force=True)


def described(ds: FileDataset) -> list[tuple[object, ...]]:
    """Describe every element of a dataset, sequences opened."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [(elem.tag, elem.VR, str(elem.value)) for elem in ds.iterall()]


def test_the_corpus_is_there() -> None:
    assert len(REAL) > 200


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_pydicoms_result(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        ours = read_dataset(path)
    assert caplog.records == []
    theirs = by_pydicom(path)
    assert list(ours.keys()) == list(theirs.keys())
    for tag in theirs.keys():  # noqa: SIM118 - iterating the dataset itself converts its elements
        raw = theirs.get_item(tag, keep_deferred=True)
        mine = ours.get_item(tag, keep_deferred=True)
        if isinstance(raw, RawDataElement) and raw.VR == mine.VR:
            assert mine == raw
    assert described(ours) == described(theirs)
    assert ours.preamble == theirs.preamble
    assert ours.filename == str(path)
    assert ours.original_character_set == theirs.original_character_set
    if path.name != "SC_rgb_jpeg.dcm":
        # That one has no VRs, which pydicom sees but does not say.
        assert ours.original_encoding == theirs.original_encoding


@pytest.mark.parametrize("path", REAL[::7], ids=lambda path: path.name)
def test_what_is_read_can_be_written(path: Path) -> None:
    written = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read_dataset(path).save_as(written, enforce_file_format=False)
    again, once = read_dataset(written.getvalue()), read_dataset(path)
    # pydicom leaves out the lengths of groups.
    kept = [found for found in described(once) if cast("BaseTag", found[0]).element]
    assert described(again) == kept


@pytest.mark.parametrize("path", REAL[::5], ids=lambda path: path.name)
def test_every_kind_of_source(path: Path) -> None:
    data = path.read_bytes()
    expected = described(read_dataset(path))
    unseekable = io.BytesIO(b"before" + data)
    unseekable.seek(6)
    for source in (
        str(path),
        data,
        bytearray(data),
        memoryview(data),
        io.BytesIO(data),
        unseekable,
        Unseekable(data),
    ):
        assert described(read_dataset(source)) == expected  # type: ignore[arg-type]
    with path.open("rb") as stream:
        assert described(read_dataset(stream)) == expected
        assert not stream.closed


@pytest.mark.parametrize("path", REAL[::5], ids=lambda path: path.name)
def test_stopping_before_the_pixels(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = dcmread(path, force=True, stop_before_pixels=True)
    ours = read_dataset(path, stop_before_pixels=True)
    assert described(ours) == described(theirs)
    assert ours.file_meta == read_dataset(path).file_meta


@pytest.mark.parametrize(
    ("name", "syntax"),
    [
        ("no_meta.dcm", ExplicitVRLittleEndian),
        ("ExplVR_LitEndNoMeta.dcm", ExplicitVRLittleEndian),
        ("ExplVR_BigEndNoMeta.dcm", ExplicitVRBigEndian),
        ("OT-PAL-8-face.dcm", ImplicitVRLittleEndian),
        ("meta_missing_tsyntax.dcm", ImplicitVRLittleEndian),
        ("no_meta_group_length.dcm", ImplicitVRLittleEndian),
        ("rtstruct.dcm", ImplicitVRLittleEndian),
        ("image_dfl.dcm", DeflatedExplicitVRLittleEndian),
        ("CT_small.dcm", ExplicitVRLittleEndian),
        ("SC_rgb_jpeg_dcmtk.dcm", JPEGBaseline8Bit),
        ("SC_rgb_jpeg.dcm", JPEGBaseline8Bit),
    ],
)
def test_the_transfer_syntax_is_known_afterwards(name: str, syntax: str) -> None:
    assert read_dataset(real_file(name)).file_meta.TransferSyntaxUID == syntax


def test_a_file_with_a_stray_byte_is_read_whole() -> None:
    ds = read_dataset(real_file("no_meta.dcm"))
    assert (ds.Modality, ds.Rows, len(ds.PixelData)) == ("CT", 128, 128 * 128 * 2)


def test_pixel_data_that_are_cut_short_are_there_as_far_as_they_go() -> None:
    cut = read_dataset(real_file("emri_small_jpeg_2k_lossless_too_short.dcm"))
    whole = read_dataset(real_file("emri_small_jpeg_2k_lossless.dcm"))
    assert whole.PixelData.startswith(cut.PixelData)
    assert cut.NumberOfFrames == 10
    native = real_file("MR_small.dcm").read_bytes()
    # An element of 126 bytes and its header of 12 lie behind the pixel data of that file.
    ds = read_dataset(native[: -126 - 12 - 100])
    assert len(ds.PixelData) == 64 * 64 * 2 - 100


def without_syntax(name: str, stated: bytes | None = None) -> bytes:
    """Make a copy that states another transfer syntax, or none."""
    ds = by_pydicom(real_file(name))
    meta = bytes(ds.file_meta.TransferSyntaxUID.encode())
    meta += b"\0" * (len(meta) % 2)
    head = b"\x02\x00\x10\x00UI" + struct.pack("<H", len(meta)) + meta
    data = real_file(name).read_bytes()
    assert data.count(head) == 1
    if stated is None:
        return data.replace(head, b"")
    stated += b"\0" * (len(stated) % 2)
    return data.replace(head, b"\x02\x00\x10\x00UI" + struct.pack("<H", len(stated)) + stated)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("CT_small.dcm", ExplicitVRLittleEndian),
        ("MR_small_implicit.dcm", ImplicitVRLittleEndian),
        ("MR_small_bigendian.dcm", ExplicitVRBigEndian),
        ("SC_rgb_jpeg_dcmtk.dcm", JPEGBaseline8Bit),
        ("MR_small_RLE.dcm", "1.2.840.10008.1.2.5"),
    ],
)
@pytest.mark.parametrize(
    "stated", [None, b"1.2.840.10008.1.2", b"1.2.840.10008.1.2.1", b"nonsense"]
)
@pytest.mark.parametrize("stop", [False, True])
def test_a_missing_or_wrong_syntax_is_found(
    name: str, found: str, stated: bytes | None, stop: bool
) -> None:
    ds = read_dataset(without_syntax(name, stated), stop_before_pixels=stop)
    assert ds.file_meta.TransferSyntaxUID == found
    assert ds.Modality == by_pydicom(real_file(name)).Modality


def test_a_private_syntax_stays_as_stated() -> None:
    ds = read_dataset(without_syntax("CT_small.dcm", b"1.2.3.4"))
    assert ds.file_meta.TransferSyntaxUID == "1.2.3.4"


@pytest.mark.parametrize(
    ("value", "encodings"),
    [
        (b"ISO_IR 192", ["UTF8"]),
        (b"ISO-IR 100 ", ["latin_1"]),
        (b"ISO_2022_IR_87", ["iso2022_jp"]),
        (b"\\ISO 2022 IR 149", ["iso8859", "euc_kr"]),
        (b"ISO_IR 192\\ISO 2022 IR 149", ["UTF8"]),
        (b"ISO 2022 IR 6\\ISO_IR 192", ["iso8859"]),
        (b"nonsense", ["iso8859"]),
        (b"", ["iso8859"]),
    ],
)
def test_character_sets_without_a_warning(value: bytes, encodings: list[str]) -> None:
    head, tail = CT.split(b"\x08\x00\x05\x00CS\x0a\x00ISO_IR 100")
    padded = value + b" " * (len(value) % 2)
    ds = read_dataset(head + b"\x08\x00\x05\x00CS" + struct.pack("<H", len(padded)) + padded + tail)
    assert ds.original_character_set == encodings


def test_a_dataset_can_be_copied_and_sent_to_another_process() -> None:
    for source in (real_file("CT_small.dcm"), CT):
        ds = read_dataset(source)
        assert copy.deepcopy(ds) == ds
        assert pickle.loads(pickle.dumps(ds)) == ds  # noqa: S301 - made in the same line


def test_a_file_may_go_away_once_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(CT)
    ds = read_dataset(tmp_path / "file")
    (tmp_path / "file").unlink()
    assert len(ds.PixelData) == 128 * 128 * 2
