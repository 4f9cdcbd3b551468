"""Finding elements, and listing them."""

from __future__ import annotations

import copy
import dataclasses
import gc
import pickle
import struct
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydicom.data import get_testdata_file
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileDataset
from pydicom.filereader import dcmread
from pydicom.tag import BaseTag
from tests.dataset.elements.annexes import EXAMPLES, Example

from dicomkit.dataset.elements import attributes
from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.identity import identity
from dicomkit.dataset.metadata.columns import parse_column, read_cells
from dicomkit.dataset.metadata.listing import (
    MetadataRow,
    find_elements,
    metadata_rows,
    metadata_tree,
)
from dicomkit.errors import LimitError
from dicomkit.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable


def real(name: str) -> FileDataset:
    return read_dataset(str(get_testdata_file(name, download=False)))


@pytest.fixture
def nested() -> Dataset:
    code = Dataset()
    code.CodeValue = "T-A0100"
    code.CodeMeaning = "Brain"
    region = Dataset()
    region.AnatomicRegionSequence = [code, Dataset()]
    ds = Dataset()
    ds.PatientName = "Doe^Jane"
    ds.PatientID = "7"
    ds.RescaleSlope = "1.5"
    ds.ReferencedImageSequence = [Dataset(), region]
    return ds


def test_rows_go_into_sequences(nested: Dataset) -> None:
    rows = metadata_rows(nested)
    assert [(row.path, row.tag, row.keyword, row.VR, row.VM, row.value) for row in rows] == [
        ("ReferencedImageSequence", "(0008,1140)", "ReferencedImageSequence", "SQ", 2, "2 items"),
        (
            "ReferencedImageSequence[1].AnatomicRegionSequence",
            "(0008,2218)",
            "AnatomicRegionSequence",
            "SQ",
            2,
            "2 items",
        ),
        (
            "ReferencedImageSequence[1].AnatomicRegionSequence[0].CodeValue",
            "(0008,0100)",
            "CodeValue",
            "SH",
            1,
            "T-A0100",
        ),
        (
            "ReferencedImageSequence[1].AnatomicRegionSequence[0].CodeMeaning",
            "(0008,0104)",
            "CodeMeaning",
            "LO",
            1,
            "Brain",
        ),
        ("PatientName", "(0010,0010)", "PatientName", "PN", 1, "Doe^Jane"),
        ("PatientID", "(0010,0020)", "PatientID", "LO", 1, "7"),
        ("RescaleSlope", "(0028,1053)", "RescaleSlope", "DS", 1, 1.5),
    ]


def test_rows_are_frozen_and_start_with_what_a_table_needs(nested: Dataset) -> None:
    names = [field.name for field in dataclasses.fields(MetadataRow)]
    assert names[:6] == ["path", "tag", "keyword", "VR", "VM", "value"]
    row = metadata_rows(nested)[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        row.value = 1  # type: ignore[misc]


def test_a_table_in_one_line(nested: Dataset) -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(metadata_rows(nested))
    assert list(table["path"])[-1] == "RescaleSlope"
    assert list(table.columns)[:6] == ["path", "tag", "keyword", "VR", "VM", "value"]


def test_broken_values_are_marked() -> None:
    rows = {row.keyword: row for row in metadata_rows(real("badVR.dcm"))}
    broken = {keyword for keyword, row in rows.items() if row.broken}
    assert broken
    assert all(isinstance(rows[keyword].value, str | tuple) for keyword in broken)


@pytest.mark.parametrize("name", ["CT_small.dcm", "rtplan.dcm", "test-SR.dcm", "emri_small.dcm"])
def test_every_element_has_its_row(name: str) -> None:
    path = str(get_testdata_file(name, download=False))
    theirs = dcmread(path)
    count = sum(1 for _ in theirs.iterall()) + len(theirs.file_meta)
    assert len(metadata_rows(read_dataset(path))) == count
    # Those that pydicom has read and converted, too.
    assert len(metadata_rows(theirs)) == count
    assert [row.value for row in metadata_rows(theirs)] == [
        row.value for row in metadata_rows(read_dataset(path))
    ]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("pat", ["PatientName", "PatientID"]),
        ("PATIENTNAME", ["PatientName"]),
        ("patient's", ["PatientName"]),
        (" Rescale Slope ", ["RescaleSlope"]),
        ("(0010,0020)", ["PatientID"]),
        ("0010,0020", ["PatientID"]),
        ("00100020", ["PatientID"]),
        ("(0028", ["RescaleSlope"]),
        ("codev", ["ReferencedImageSequence[1].AnatomicRegionSequence[0].CodeValue"]),
        ("no such thing", []),
        # Three digits are no tag.
        ("002", []),
    ],
)
def test_finding(nested: Dataset, text: str, paths: list[str]) -> None:
    assert [row.path for row in find_elements(nested, text)] == paths


def test_finding_as_pydicoms_dir_does() -> None:
    ds = real("CT_small.dcm")
    top = [row.keyword for row in find_elements(ds, "pat") if "." not in row.path]
    assert sorted(set(ds.dir("pat"))) == sorted(set(top) & set(ds.dir("pat")))


def test_finding_nothing_in_particular_finds_everything(nested: Dataset) -> None:
    assert find_elements(nested, "") == metadata_rows(nested)


def test_a_private_element_is_found_by_its_name() -> None:
    (row, *_) = find_elements(real("CT_small.dcm"), "full fidelity")
    assert (row.path, row.keyword, row.name) == ("(0009,1001)", "", "[Full fidelity]")


def test_the_dataset_stays_as_it_was() -> None:
    path = Path(str(get_testdata_file("CT_small.dcm", download=False)))
    ds, untouched = read_dataset(path), read_dataset(path)
    str(metadata_tree(ds))
    metadata_rows(ds)
    assert all(
        ds.get_item(tag, keep_deferred=True) == untouched.get_item(tag, keep_deferred=True)
        for tag in untouched.keys()  # noqa: SIM118 - iterating the dataset converts its elements
    )


def bomb(items: int) -> Dataset:
    """Make a sequence of empty items in an item, as it lies in a file."""
    empty = b"\xfe\xff\x00\xe0\0\0\0\0" * items
    inner = b"\x08\x00\x40\x11SQ\0\0" + len(empty).to_bytes(4, "little") + empty
    value = b"\xfe\xff\x00\xe0" + len(inner).to_bytes(4, "little") + inner
    tag = BaseTag(0x00082218)
    return Dataset({tag: RawDataElement(tag, "SQ", len(value), value, 0, False, True)})  # noqa: FBT003


def in_memory(items: int) -> Dataset:
    inner, ds = Dataset(), Dataset()
    inner.ReferencedImageSequence = [Dataset() for _ in range(items)]
    ds.AnatomicRegionSequence = [inner]
    return ds


@pytest.mark.parametrize("make", [bomb, in_memory])
def test_limits_on_items_and_their_nesting(make: Callable[[int], Dataset]) -> None:
    ds = make(20)
    calls: list[Callable[[Limits], object]] = [
        lambda limits: metadata_rows(ds, limits=limits),
        lambda limits: find_elements(ds, "region", limits=limits),
        lambda limits: metadata_tree(ds, limits=limits),
    ]
    for call in calls:
        assert call(Limits(items=21, depth=2))
        with pytest.raises(LimitError, match="more than the limit of 20 items"):
            call(Limits(items=20))
        with pytest.raises(LimitError, match="deeper than the limit of 1 levels"):
            call(Limits(depth=1))


def test_a_bomb_of_empty_items_is_refused() -> None:
    ds = bomb(1_000_000)
    for call in (metadata_rows, metadata_tree, lambda given: find_elements(given, "x")):
        with pytest.raises(LimitError):
            call(ds)


def test_an_error_names_the_file() -> None:
    path = str(get_testdata_file("rtplan.dcm", download=False))
    ds = read_dataset(path)
    for call in (metadata_rows, metadata_tree):
        with pytest.raises(LimitError) as caught:
            call(ds, limits=Limits(depth=1))
        assert caught.value.path == path


def test_rows_are_values_like_any_other() -> None:
    row, *_ = metadata_rows(real("CT_small.dcm"))
    again = MetadataRow(**dataclasses.asdict(row))
    assert type(row) is MetadataRow
    assert row == again
    assert hash(row) == hash(again)
    assert repr(row) == repr(again)
    assert pickle.loads(pickle.dumps(row)) == row  # noqa: S301 - made on this line
    assert copy.copy(row) == row
    assert dataclasses.replace(row, VM=7).VM == 7


@pytest.mark.parametrize("collects", [True, False])
def test_the_garbage_collector_is_left_as_it_was(collects: bool) -> None:
    was = gc.isenabled()
    try:
        (gc.enable if collects else gc.disable)()
        metadata_rows(real("CT_small.dcm"))
        assert gc.isenabled() is collects
        with pytest.raises(LimitError):
            metadata_rows(bomb(20), limits=Limits(items=1))
        assert gc.isenabled() is collects
    finally:
        (gc.enable if was else gc.disable)()


def deep(levels: int, elements: int) -> Dataset:
    """Put many elements into the innermost of sequences that end with delimiters."""
    opening = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    closing = b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0"
    inner = b"".join(
        element(0x00100000 + number, "LO", b"%06d" % number) for number in range(elements)
    )
    data = opening * levels + inner + closing * levels
    return read_dataset(bytes(128) + b"DICM" + element(0x00080060, "CS", b"SR") + data)


def test_the_cost_of_an_element_does_not_grow_with_its_depth() -> None:
    costs = {}
    for levels in (1, 60):
        ds = deep(levels, 10_000)
        seconds = []
        for _ in range(3):
            start = time.process_time()
            assert len(metadata_rows(ds)) == 10_000 + levels + len(ds.file_meta) + 1
            seconds.append(time.process_time() - start)
        costs[levels] = min(seconds)
    # Gone through level by level, the deeper ones would cost 60 times as much.
    assert costs[60] < 5 * costs[1]


def element(tag: int, vr: str, value: bytes) -> bytes:
    padded = value + b" " * (len(value) % 2)
    return struct.pack("<HH2sH", tag >> 16, tag & 0xFFFF, vr.encode(), len(padded)) + padded


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.clause)
def test_text_is_the_same_for_every_reader(tmp_path: Path, example: Example) -> None:
    path = tmp_path / "file"
    elements = (
        element(0x00080005, "CS", example.terms),
        element(0x00081030, "LO", example.value),
        element(0x00100010, "PN", example.value),
        element(0x00104000, "LT", example.value),
    )
    path.write_bytes(bytes(128) + b"DICM" + b"".join(elements))
    ds = read_dataset(path)
    keywords = ("StudyDescription", "PatientName", "PatientComments")
    # Lines end with CR LF, which are no padding.
    expected = [example.text] * 3
    rows = {row.keyword: (row.value, row.broken) for row in metadata_rows(ds)}
    assert [rows[keyword] for keyword in keywords] == [(text, False) for text in expected]
    assert read_cells(path, [parse_column(keyword) for keyword in keywords]) == expected
    assert [attributes.text(ds, keyword) for keyword in keywords] == expected
    assert identity(ds).patient_name == example.text
    tree = str(metadata_tree(ds))
    assert all(line in tree for line in example.text.splitlines())
