"""Finding elements, and listing them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileDataset
from pydicom.filereader import dcmread

from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.metadata.listing import (
    MetadataRow,
    find_elements,
    metadata_rows,
    metadata_tree,
)


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
