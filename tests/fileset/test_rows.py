"""A walk as a table: what a row holds, their order, and which files are opened."""

from __future__ import annotations

import shutil
import struct
from datetime import date, time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.datadict import dictionary_VR
from pydicom.dataset import Dataset
from pydicom.tag import Tag

import dicomkit as dk

if TYPE_CHECKING:
    from dicomkit.fileset.rows import Per


FIXED = {
    "PatientID": "patient_id",
    "PatientName": "patient_name",
    "StudyDate": "study_date",
    "StudyTime": "study_time",
    "StudyID": "study_id",
    "StudyDescription": "study_description",
    "StudyInstanceUID": "study_instance_uid",
    "SeriesNumber": "series_number",
    "SeriesDescription": "series_description",
    "Modality": "modality",
    "SeriesInstanceUID": "series_instance_uid",
    "InstanceNumber": "instance_number",
    "SOPClassUID": "sop_class_uid",
    "SOPInstanceUID": "sop_instance_uid",
    "TransferSyntaxUID": "transfer_syntax_uid",
}


def sample(name: str) -> Path:
    return Path(str(get_testdata_file(name, download=False)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("CT_small.dcm", "MR_small.dcm", "test-SR.dcm"):
        shutil.copy(sample(name), tmp_path)
    return tmp_path


def test_a_row_an_instance(folder: Path) -> None:
    row = dk.FileSetWalker(folder / "CT_small.dcm").rows()[0]
    # As pydicom reads the file.
    assert row == {
        "patient_id": "1CT1",
        "patient_name": "CompressedSamples^CT1",
        "study_date": date(2004, 1, 19),
        "study_time": time(7, 27, 30),
        "study_id": "1CT1",
        "study_description": "e+1",
        "study_instance_uid": "1.3.6.1.4.1.5962.1.2.1.20040119072730.12322",
        "series_number": 1,
        "series_description": None,
        "modality": "CT",
        "series_instance_uid": "1.3.6.1.4.1.5962.1.3.1.1.20040119072730.12322",
        "instance_number": 1,
        "slice_position": -75.699997,
        "record_type": "IMAGE",
        "sop_class_uid": "1.2.840.10008.5.1.4.1.1.2",
        "sop_instance_uid": "1.3.6.1.4.1.5962.1.1.1.1.1.20040119072730.12322",
        "transfer_syntax_uid": "1.2.840.10008.1.2.1",
        "path": str(folder / "CT_small.dcm"),
    }


def test_texts_are_plain_strings(folder: Path) -> None:
    shutil.copy(sample("no_meta.dcm"), folder)
    for row in dk.FileSetWalker(folder).rows():
        for cell in row.values():
            assert not isinstance(cell, str) or type(cell) is str


def test_rows_are_in_the_order_of_the_series(sample_exam: Path) -> None:
    walker = dk.FileSetWalker(sample_exam)
    expected = [str(one.path) for series in walker.series() for one in series.instances]
    assert [row["path"] for row in walker.rows()] == expected


def test_a_row_a_series(sample_exam: Path) -> None:
    walker = dk.FileSetWalker(sample_exam)
    rows = walker.rows(per="series", elements=("SliceThickness", "0018,0080"))
    assert [row["instances"] for row in rows] == [4, 1, 1, 1, 2, 5, 1, 3, 1, 3, 7, 1, 1]
    for row, series in zip(rows, walker.series(), strict=True):
        first = series.instances[0]
        ds = dcmread(first.path)
        assert row["path"] == str(first.path)
        assert row["modality"] == series.modality == ds.Modality
        assert row["SliceThickness"] == ds.get("SliceThickness")
        assert row["0018,0080"] == ds.get("RepetitionTime")


def test_every_row_has_the_same_columns(folder: Path) -> None:
    (folder / "cut").write_bytes(sample("CT_small.dcm").read_bytes()[:400])
    elements = ("SliceThickness", "ConversionType", 0x00181030)
    rows = dk.FileSetWalker(folder).rows(elements=elements)
    assert len(rows) == 4
    assert {tuple(row)[-3:] for row in rows} == {
        ("SliceThickness", "ConversionType", "ProtocolName")
    }
    # Of the file that is cut off, not even the patient is known.
    assert [row["SliceThickness"] for row in rows] == [None, None, 5.0, 0.8]


def test_instances_without_uids_keep_what_is_their_own(folder: Path) -> None:
    for name in ("CT_small.dcm", "MR_small.dcm"):
        ds = dcmread(folder / name)
        ds.PatientID = ""
        del ds.StudyInstanceUID, ds.SeriesInstanceUID
        ds.save_as(folder / name)
    rows = dk.FileSetWalker(folder).rows()
    assert {row["modality"] for row in rows} == {"CT", "MR", "SR"}


def test_broken_dates_are_none(folder: Path) -> None:
    path = folder / "CT_small.dcm"
    path.write_bytes(path.read_bytes().replace(b"20040119\x08", b"20049999\x08"))
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"TM\x06\x00072730", b"TM\x06\x00992730"))
    row = dk.FileSetWalker(path).rows()[0]
    assert (row["study_date"], row["study_time"]) == (None, None)


def test_no_image_is_opened_for_a_directory_s_own_columns(tmp_path: Path) -> None:
    original = sample("dicomdirtests/DICOMDIR")
    shutil.copy(original, tmp_path)
    for instance in dk.FileSetWalker(original):
        copy = tmp_path / instance.path.relative_to(original.parent)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(b"")
    walker = dk.FileSetWalker(tmp_path)
    assert len(walker.rows()) == 31
    assert len(walker.rows(per="series")) == 13
    # Files that turn out to be of no use do not take their rows with them.
    assert {row["SliceThickness"] for row in walker.rows(elements=["SliceThickness"])} == {None}


def test_an_empty_folder_has_no_rows(tmp_path: Path) -> None:
    assert dk.FileSetWalker(tmp_path).rows() == []


def test_limits_hold(folder: Path) -> None:
    inner, ds = Dataset(), dcmread(folder / "CT_small.dcm")
    inner.ReferencedImageSequence = [Dataset()]
    ds.ReferencedStudySequence = [inner]
    ds.save_as(folder / "CT_small.dcm")
    for depth, count in ((2, 1), (1, None)):
        walker = dk.FileSetWalker(folder / "CT_small.dcm", limits=dk.Limits(depth=depth))
        (row,) = walker.rows(elements=["ReferencedStudySequence"])
        assert row["ReferencedStudySequence"] == count


@pytest.mark.parametrize(
    ("per", "elements", "error", "said"),
    [
        ("study", (), ValueError, "per is 'instance' or 'series', not 'study'"),
        ("series", "Modality", TypeError, r"write \('Modality',\)"),
        ("series", ["Modallity"], ValueError, "did you mean 'Modality'"),
    ],
)
def test_wrong_wishes_are_refused_before_the_walk(
    tmp_path: Path, per: str, elements: list[str], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        dk.FileSetWalker(tmp_path).rows(per=cast("Per", per), elements=elements)


def test_a_dataframe_in_one_line(sample_exam: Path) -> None:
    pd = import_module("pandas")
    walker = dk.FileSetWalker(sample_exam)
    table = pd.DataFrame(walker.rows(elements=["SliceThickness", "PixelSpacing"])).convert_dtypes()
    assert len(table) == 31
    types = table.dtypes.astype(str)
    assert types["series_number"] == types["instance_number"] == "Int64"
    assert types["SliceThickness"] in ("Float64", "Int64")
    assert types["modality"] == types["path"] == "string"
    assert (pd.to_datetime(table["study_date"]).dt.year >= 1995).all()
    assert table.groupby("modality").size().to_dict() == {"CR": 3, "CT": 11, "MR": 17}


def test_a_private_element_by_its_creator(sample_exam: Path) -> None:
    # (0019,102C) of GE's CT scanners is the number of triggers; pydicom finds it as
    # ds.private_block(0x0019, "GEMS_ACQU_01")[0x2C].
    column = "(0019,GEMS_ACQU_01,2C)"
    rows = dk.FileSetWalker(sample_exam).rows(per="series", elements=[column])
    assert [row[column] for row in rows if row["modality"] == "CT"] == [1976, 3619, 552]
    assert {row[column] for row in rows if row["modality"] != "CT"} == {None}


@pytest.mark.parametrize(
    "written",
    [
        {"SOPInstanceUID": b"1.2.abc", "StudyInstanceUID": b"1.02.3"},
        {"SeriesInstanceUID": b" 1.2.3\0", "Modality": b"CT\\MR"},
        {"PatientID": b"7\\8", "PatientName": b"M\xfcller^J", "StudyID": b" 7 "},
        {"SeriesDescription": b"\xff", "StudyDescription": b"  "},
        {"StudyDate": b"20201301", "StudyTime": b"25"},
        {"StudyDate": b"1997.04.30", "StudyTime": b"10:10"},
        {"SeriesNumber": b"007", "InstanceNumber": b"x"},
    ],
)
def test_the_fixed_and_the_chosen_column_of_one_thing_never_differ(
    tmp_path: Path, written: dict[str, bytes]
) -> None:
    values = {"SpecificCharacterSet": b"ISO_IR 192", "Modality": b"CT", **written}
    elements = sorted((Tag(keyword), keyword) for keyword in values)
    data = bytes(128) + b"DICM"
    for tag, keyword in elements:
        value = values[keyword] + b" " * (len(values[keyword]) % 2)
        vr = dictionary_VR(tag).encode()
        data += struct.pack("<HH2sH", tag.group, tag.element, vr, len(value)) + value
    (tmp_path / "file").write_bytes(data)
    (row,) = dk.FileSetWalker(tmp_path).rows(elements=list(FIXED))
    assert {name: row[name] for name in FIXED.values()} == {
        name: row[keyword] for keyword, name in FIXED.items()
    }
