"""A few elements of a header: the same as all of it gives, for less."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.conftest import real_file
from tests.dataset.corpus import corpus

import dicomkit as dk
from dicomkit.dataset.files.headers import read_few
from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.modules.slices import SLICE_TAGS, slice_facts
from dicomkit.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom.dataset import Dataset


def facts_or_code(path: Path, *, few: bool) -> object:
    try:
        ds: Dataset
        if few:
            ds = read_few(path, SLICE_TAGS).dataset()
        else:
            ds = read_dataset(path, stop_before_pixels=True)
        return slice_facts(ds, DEFAULT_LIMITS)
    except dk.DicomKitError as error:
        return error.code


@pytest.mark.parametrize("path", corpus(), ids=lambda path: path.name)
def test_slices_are_told_as_by_the_whole_header(path: Path) -> None:
    few, whole = facts_or_code(path, few=True), facts_or_code(path, few=False)
    # A fault in an element that nobody asked for, or none at all, costs nothing here.
    assert few == whole or (few == [] and isinstance(whole, str))


def test_only_what_is_wanted_is_read() -> None:
    path = real_file("CT_small.dcm")
    ds = read_few(path, frozenset((0x00280010, 0x7FE00010))).dataset()
    assert [str(element.tag) for element in ds] == ["(0028,0010)"]
    assert ds.Rows == 128
    assert ds.filename == str(path)


def test_what_is_no_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(dk.ReadError):
        read_few(tmp_path / "nothing", SLICE_TAGS)


def test_what_stands_behind_the_pixels_is_found(tmp_path: Path) -> None:
    path = tmp_path / "file"
    data = real_file("CT_small.dcm").read_bytes()
    # (0018,0086) Echo Number(s), which no CT has.
    path.write_bytes(data + b"\x18\x00\x86\x00IS\x02\x003 ")
    assert read_few(path, SLICE_TAGS).dataset().EchoNumbers == 3


def test_a_fault_behind_the_pixels_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    data = real_file("CT_small.dcm").read_bytes()
    path.write_bytes(data + b"\x18\x00\x86\x00IS\x20\x003 ")
    header = read_few(path, SLICE_TAGS)
    assert header.elements == read_few(real_file("CT_small.dcm"), SLICE_TAGS).elements
    assert header.pixels is None
