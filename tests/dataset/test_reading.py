"""Reading datasets: pydicom's result on every real file, errors of ours on everything else."""

from __future__ import annotations

import copy
import io
import logging
import os
import pickle
import struct
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataelem import RawDataElement
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
)

from dicomkit.dataset.reading import read_dataset
from dicomkit.errors import (
    DicomKitError,
    InconsistentError,
    LimitError,
    NotDicomError,
    ReadError,
    TruncatedError,
)
from dicomkit.limits import Limits

if TYPE_CHECKING:
    from pydicom.dataset import FileDataset
    from pydicom.tag import BaseTag

FIRST = "CT_small.dcm"


def real(name: str) -> Path:
    return Path(str(get_testdata_file(name, download=False)))


def corpus() -> list[Path]:
    """List every file of pydicom's and pydicom-data's tests."""
    folders = {real(FIRST).parent, real("693_UNCI.dcm").parent}
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())


NOT_DICOM = {
    "README",
    "README.txt",
    "crayons.icc",
    "rtplan.dump",
    "rtstruct.dump",
    "test1.json",
    "test_PN.json",
    "zipMR.gz",
}
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


class Unseekable:
    """A stream that can do nothing but read."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self) -> bytes:
        return self._data


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
    assert read_dataset(real(name)).file_meta.TransferSyntaxUID == syntax


def test_a_file_with_a_stray_byte_is_read_whole() -> None:
    ds = read_dataset(real("no_meta.dcm"))
    assert (ds.Modality, ds.Rows, len(ds.PixelData)) == ("CT", 128, 128 * 128 * 2)


def test_pixel_data_that_are_cut_short_are_there_as_far_as_they_go() -> None:
    cut = read_dataset(real("emri_small_jpeg_2k_lossless_too_short.dcm"))
    whole = read_dataset(real("emri_small_jpeg_2k_lossless.dcm"))
    assert whole.PixelData.startswith(cut.PixelData)
    assert cut.NumberOfFrames == 10
    native = real("MR_small.dcm").read_bytes()
    # An element of 126 bytes and its header of 12 lie behind the pixel data of that file.
    ds = read_dataset(native[: -126 - 12 - 100])
    assert len(ds.PixelData) == 64 * 64 * 2 - 100


def without_syntax(name: str, stated: bytes | None = None) -> bytes:
    """Make a copy that states another transfer syntax, or none."""
    ds = by_pydicom(real(name))
    meta = bytes(ds.file_meta.TransferSyntaxUID.encode())
    meta += b"\0" * (len(meta) % 2)
    head = b"\x02\x00\x10\x00UI" + struct.pack("<H", len(meta)) + meta
    data = real(name).read_bytes()
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
    assert ds.Modality == by_pydicom(real(name)).Modality


def test_a_private_syntax_stays_as_stated() -> None:
    ds = read_dataset(without_syntax("CT_small.dcm", b"1.2.3.4"))
    assert ds.file_meta.TransferSyntaxUID == "1.2.3.4"


@pytest.mark.parametrize("name", sorted(NOT_DICOM))
def test_what_is_not_dicom(name: str) -> None:
    path = next(path for path in corpus() if path.name == name)
    with pytest.raises(NotDicomError) as caught:
        read_dataset(path)
    assert caught.value.path == str(path)
    assert isinstance(caught.value, ValueError)


def test_empty(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    for source in (b"", io.BytesIO(), tmp_path / "empty"):
        with pytest.raises(NotDicomError, match="empty"):
            read_dataset(source)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(ReadError) as caught:
        read_dataset(tmp_path / "missing")
    assert isinstance(caught.value, OSError)
    assert isinstance(caught.value.__cause__, FileNotFoundError)
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - made one line above
    assert (again.code, again.path) == ("read", str(tmp_path / "missing"))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="folder"):
        read_dataset(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no FIFOs")
def test_a_fifo_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(ReadError):
        read_dataset(tmp_path / "fifo")


@pytest.mark.parametrize("source", [None, 3, Path, ["CT_small.dcm"]])
def test_the_wrong_kind_of_source_is_the_callers_mistake(source: object) -> None:
    with pytest.raises(TypeError):
        read_dataset(cast("bytes", source))


@pytest.mark.parametrize("stream", [io.StringIO("text"), Unseekable(cast("bytes", "text"))])
def test_text_is_the_callers_mistake(stream: object) -> None:
    with pytest.raises(TypeError, match="binary"):
        read_dataset(cast("BinaryIO", stream))


class Broken(io.BytesIO):
    """A stream whose disk fails."""

    def read(self, _size: int | None = -1, /) -> bytes:
        msg = "input/output error"
        raise OSError(msg)


class Huge(io.BytesIO):
    """A stream that nobody has memory for."""

    def read(self, _size: int | None = -1, /) -> bytes:
        raise MemoryError


def test_a_stream_that_fails() -> None:
    with pytest.raises(ReadError, match="stream"):
        read_dataset(Broken(b"x" * 200))


def test_too_little_memory() -> None:
    with pytest.raises(LimitError, match="memory"):
        read_dataset(Huge(b"x" * 200))


CT = real(FIRST).read_bytes()
# Where the pixel data element begins.
PIXELS = CT.index(b"\xe0\x7f\x10\x00OW")


def outcome(data: bytes) -> str:
    """Say what reading comes to: a code, or that there is a dataset."""
    try:
        read_dataset(data)
    except DicomKitError as error:
        return error.code
    return "dataset"


@given(st.integers(1, PIXELS - 1))
def test_a_header_that_is_cut_short(length: int) -> None:
    # Up to the prefix nothing tells the file from any other; a cut between two elements
    # cannot be seen.
    expected = {"truncated", "dataset"} if length >= 132 else {"not_dicom"}
    assert outcome(CT[:length]) in expected


@given(st.integers(PIXELS + 12, len(CT)))
def test_a_cut_behind_the_header_costs_no_element_of_it(length: int) -> None:
    ds = read_dataset(CT[:length])
    assert ds.Rows == 128
    assert len(ds.PixelData) <= 128 * 128 * 2


@given(st.binary(max_size=600))
def test_any_bytes_give_a_dataset_or_an_error_of_ours(data: bytes) -> None:
    for source in (data, bytes(128) + b"DICM" + data, CT[:1200] + data):
        assert outcome(source) in {
            "dataset",
            "inconsistent",
            "limit",
            "not_dicom",
            "truncated",
        }


def test_an_empty_dataset_is_cut_short() -> None:
    meta = CT[: CT.index(b"\x08\x00\x05\x00CS")]
    with pytest.raises(TruncatedError):
        read_dataset(meta)
    with pytest.raises(TruncatedError):
        read_dataset(meta + ITEM_END)


ITEM_END = b"\xfe\xff\x0d\xe0\x00\x00\x00\x00"


def nested(levels: int, *, defined: bool) -> bytes:
    head = CT[: CT.index(b"\x10\x00\x10\x00PN")]
    if not defined:
        opening = b"\x10\x00\x02\x10SQ\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
        return head + opening * levels + (ITEM_END + b"\xfe\xff\xdd\xe0\0\0\0\0") * levels
    value = b""
    for _ in range(levels):
        value = b"\xfe\xff\x00\xe0" + struct.pack("<L", len(value)) + value
        value = b"\x10\x00\x02\x10SQ\x00\x00" + struct.pack("<L", len(value)) + value
    return head + value


@pytest.mark.parametrize("defined", [False, True])
@pytest.mark.parametrize("levels", [65, 1_000, 5_000])
def test_nesting_past_the_limit(levels: int, defined: bool) -> None:
    with pytest.raises(LimitError):
        read_dataset(nested(levels, defined=defined))


@pytest.mark.parametrize("defined", [False, True])
def test_nesting_up_to_the_limit_can_be_opened(defined: bool) -> None:
    ds = read_dataset(nested(64, defined=defined))
    depth = sum(1 for element in ds.iterall() if element.VR == "SQ")
    assert depth == 64
    assert read_dataset(nested(90, defined=defined), limits=Limits(depth=90))


def test_a_sequence_of_something_else() -> None:
    data = nested(1, defined=False).replace(b"\xfe\xff\x00\xe0", b"\x08\x00\x60\x00")
    with pytest.raises(InconsistentError):
        read_dataset(data)


def test_a_fault_behind_the_pixels_costs_nothing() -> None:
    broken = b"\xfa\xff\xfa\xffSQ\x00\x00\xff\xff\xff\xff\x08\x00\x60\x00\x00\x00\x00\x00"
    ds = read_dataset(CT + broken)
    assert len(ds.PixelData) == 128 * 128 * 2


def test_elements_behind_the_pixels() -> None:
    # Digital signatures and trailing padding come last.
    ds = read_dataset(
        CT[: PIXELS + 12 + 128 * 128 * 2] + b"\xfc\xff\xfc\xffOB\x00\x00\x02\x00\x00\x00ab"
    )
    assert ds[0xFFFCFFFC].value == b"ab"
    assert len(ds.PixelData) == 128 * 128 * 2


def test_padding_without_pixels() -> None:
    ds = read_dataset(CT[:PIXELS] + b"\xfc\xff\xfc\xffOB\x00\x00\x02\x00\x00\x00ab" + bytes(512))
    assert ds[0xFFFCFFFC].value == b"ab"


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
    for source in (real(FIRST), CT):
        ds = read_dataset(source)
        assert copy.deepcopy(ds) == ds
        assert pickle.loads(pickle.dumps(ds)) == ds  # noqa: S301 - made in the same line


def test_a_file_may_go_away_once_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(CT)
    ds = read_dataset(tmp_path / "file")
    (tmp_path / "file").unlink()
    assert len(ds.PixelData) == 128 * 128 * 2
