"""Reading what is no dataset, or not a whole one: errors of ours, nothing else."""

from __future__ import annotations

import io
import os
import pickle
import struct
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dataset.corpus import CT, NOT_DICOM, Unseekable, corpus

from dicomkit.dataset.files.reading import read_dataset
from dicomkit.errors import (
    DicomKitError,
    InconsistentError,
    LimitError,
    NotDicomError,
    ReadError,
    TruncatedError,
)
from dicomkit.limits import Limits


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
