"""Chosen elements as typed cells, from sound files and from others."""

from __future__ import annotations

import math
import struct
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydicom.config import disable_value_validation
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from dicomkit.dataset.identity import read_identity
from dicomkit.dataset.metadata.columns import parse_column, read_cells
from dicomkit.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from dicomkit.dataset.metadata.columns import Cell

    Write = Callable[..., Path]


def sample(name: str) -> Path:
    return Path(str(get_testdata_file(name, download=False)))


def cells(path: Path, *names: str | int) -> list[Cell]:
    return read_cells(path, [parse_column(name) for name in names])


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(ds: Dataset, syntax: UID = ExplicitVRLittleEndian) -> Path:
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = syntax
        ds.file_meta.MediaStorageSOPClassUID = CTImageStorage
        ds.file_meta.MediaStorageSOPInstanceUID = UID("1.2.3")
        ds.save_as(tmp_path / "written", enforce_file_format=True)
        return tmp_path / "written"

    return written


def test_a_real_file() -> None:
    assert cells(
        sample("CT_small.dcm"),
        "StudyDate",
        "StudyTime",
        "SliceThickness",
        "PixelSpacing",
        "SeriesNumber",
        "Rows",
        "ImageType",
        "PatientName",
        "PatientAge",
        "ContentDate",
        "AccessionNumber",
    ) == [
        date(2004, 1, 19),
        time(7, 27, 30),
        5.0,
        (0.661468, 0.661468),
        1,
        128,
        ("ORIGINAL", "PRIMARY", "AXIAL"),
        "CompressedSamples^CT1",
        "000Y",
        date(1997, 4, 30),
        None,
    ]


def test_numbers_have_the_type_of_their_vr() -> None:
    (thickness, number, rows) = cells(
        sample("CT_small.dcm"), "SliceThickness", "SeriesNumber", "Rows"
    )
    assert (type(thickness), type(number), type(rows)) == (float, int, int)


@pytest.mark.parametrize("name", ["SliceThickness", "0018,0050", "(0018, 0050)", 0x00180050])
def test_ways_to_name_an_element(name: str | int) -> None:
    assert cells(sample("CT_small.dcm"), name) == [5.0]


def test_file_meta_information() -> None:
    path = sample("CT_small.dcm")
    assert cells(path, "TransferSyntaxUID", "Modality") == ["1.2.840.10008.1.2.1", "CT"]


def test_a_path_through_sequences() -> None:
    path = sample("rtplan.dcm")
    assert cells(
        path,
        "BeamSequence",
        "BeamSequence[0].ControlPointSequence[0].GantryAngle",
        "BeamSequence.BeamName",
        "300A,00B0[0].300A,00C2",
        "BeamSequence[1].BeamName",
        "BeamSequence[0].ControlPointSequence[99].GantryAngle",
        "ReferencedImageSequence[0].ReferencedSOPInstanceUID",
        "PatientName[0].BeamName",
    ) == [1, 0.0, "Field 1", "Field 1", None, None, None, None]


def test_private_elements(write: Write) -> None:
    ds = Dataset()
    ds.private_block(0x0043, "GEMS_PARM_01", create=True).add_new(0x6F, "IS", [5, 6])
    ds.private_block(0x0043, "OF NOBODY", create=True).add_new(0x10, "LO", "plain")
    names = ("0043,106F", "0043,1110")
    # Implicit VR: what a VR is says the private dictionary, or the bytes themselves.
    assert cells(write(ds, ImplicitVRLittleEndian), *names) == [(5.0, 6.0), "plain"]
    assert cells(write(ds), *names) == [(5, 6), "plain"]


def test_character_sets(write: Write) -> None:
    inner, ds = Dataset(), Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.PatientName = inner.CodeMeaning = "\u5c71\u7530"
    ds.AnatomicRegionSequence = [inner]
    path = write(ds)
    assert cells(path, "PatientName", "AnatomicRegionSequence.CodeMeaning") == ["\u5c71\u7530"] * 2


def test_byte_order_and_sign(write: Write) -> None:
    ds = Dataset()
    ds.PixelRepresentation, ds.Rows = 1, 258
    ds.add_new("SmallestImagePixelValue", "SS", -2)
    assert cells(write(ds, ExplicitVRBigEndian), "Rows", "SmallestImagePixelValue") == [258, -2]
    assert cells(write(ds, ImplicitVRLittleEndian), "SmallestImagePixelValue") == [-2]


@pytest.mark.parametrize(
    ("keyword", "written", "expected"),
    [
        ("StudyDate", "20041919", None),
        ("StudyDate", "19970430", date(1997, 4, 30)),
        ("StudyTime", "25", None),
        ("DateOfSecondaryCapture", ["19970430", "19970501"], (date(1997, 4, 30), date(1997, 5, 1))),
        ("DateOfSecondaryCapture", ["19970430", "19971501"], None),
        ("AcquisitionDateTime", "20040119072730", datetime(2004, 1, 19, 7, 27, 30)),  # noqa: DTZ001
        ("AcquisitionDateTime", "2004", None),
        ("SliceThickness", "1_0", None),
        ("SliceThickness", "nan", None),
        ("PixelSpacing", ["1.5", "1e999"], None),
        ("PixelSpacing", ["", "1e999"], None),
        ("PixelSpacing", ["", "2.5"], (None, 2.5)),
        ("SeriesNumber", "1.5", None),
        ("SeriesNumber", "", None),
        ("ImageType", ["ORIGINAL", "", "AXIAL"], ("ORIGINAL", None, "AXIAL")),
        ("FrameIncrementPointer", 0x00181063, "(0018,1063)"),
        ("SelectorDSValue", ["1"] * 300, None),
        ("SelectorFDValue", [0.5] * 300, None),
        ("SelectorFDValue", [math.nan], None),
        ("SelectorFDValue", [0.5, math.inf], None),
        ("SelectorUSValue", [1, 2], (1, 2)),
        ("ICCProfile", bytes(200), None),
        ("ReferencedImageSequence", [], 0),
    ],
)
def test_what_cannot_be_a_value_is_none(
    write: Write, keyword: str, written: object, expected: Cell
) -> None:
    ds = Dataset()
    with disable_value_validation():
        setattr(ds, keyword, written)
        path = write(ds)
    assert cells(path, keyword) == [expected]


@pytest.mark.parametrize(
    ("keyword", "written", "expected"),
    [
        ("PatientAge", "42", "42"),
        ("PatientAge", "0Y", "0Y"),
        ("PatientAge", ["042Y", "1"], ("042Y", "1")),
        ("SOPInstanceUID", "1.02.3", "1.02.3"),
        ("SOPInstanceUID", "1.2.abc", "1.2.abc"),
        ("FrameOfReferenceUID", "no UID", "no UID"),
        ("Modality", "a value that is longer than 16", "a value that is longer than 16"),
        ("StationAETitle", "\tX", "\tX"),
        ("ImageComments", "two\r\nlines", "two\r\nlines"),
    ],
)
def test_text_stays_text_whatever_rules_it_breaks(
    write: Write, keyword: str, written: object, expected: Cell
) -> None:
    ds = Dataset()
    with disable_value_validation():
        setattr(ds, keyword, written)
        path = write(ds)
    assert cells(path, keyword) == [expected]


@pytest.mark.parametrize(
    ("tag", "vr", "value", "expected"),
    [
        (0x00200011, "IS", b"1.0 ", 1),
        (0x00200011, "IS", b"1234567890123 ", 1_234_567_890_123),
        (0x00200011, "IS", b"5\\x ", None),
        # One bad byte costs one letter.
        (0x00100010, "PN", b"M\xfcller^J", "M\ufffdller^J"),
        (0x00080060, "CS", b"C\xffT ", "C\ufffdT"),
        # A VR of another kind than the dictionary's: cells of one kind in every file.
        (0x00180050, "LO", b"5.0 ", 5.0),
        (0x00100020, "DS", b"ID 7", "ID 7"),
        (0x00080020, "LO", b"20200131", date(2020, 1, 31)),
        (0x00100020, "OB", b"ID 7", "ID 7"),
        (0x00100020, "UN", b"ID 7", "ID 7"),
        (0x00280010, "IS", b"512 ", 512),
        (0x00180050, "US", b"\x05\0", 5),
        (0x00282000, "OB", b"text", None),
    ],
)
def test_bytes_that_do_not_fit(
    tmp_path: Path, tag: int, vr: str, value: bytes, expected: Cell
) -> None:
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    long = vr in ("OB", "UN")
    size = struct.pack("<2xL" if long else "<H", len(value))
    charset = b"\x08\x00\x05\x00CS\x0a\x00ISO_IR 192"
    path = tmp_path / "file"
    path.write_bytes(bytes(128) + b"DICM" + b"".join(sorted((charset, head + size + value))))
    assert cells(path, tag) == [expected]


def test_of_what_an_identity_has_the_first_value_counts(write: Write) -> None:
    ds = Dataset()
    ds.PatientID, ds.StudyDescription, ds.SeriesNumber = "7\\8", "CT\\Head", "5\\6"
    ds.OtherPatientIDs = ["a", "b"]
    path = write(ds)
    fields = read_identity(path)
    assert cells(path, "PatientID", "StudyDescription", "SeriesNumber", "OtherPatientIDs") == [
        fields["patient_id"],
        fields["study_description"],
        fields["series_number"],
        ("a", "b"),
    ]
    assert (fields["patient_id"], fields["series_number"]) == ("7", 5)


def test_the_transfer_syntax_is_what_was_found(tmp_path: Path) -> None:
    data = sample("CT_small.dcm").read_bytes()
    stated = data.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.2\0", 1)
    (tmp_path / "file").write_bytes(stated)
    assert cells(tmp_path / "file", "TransferSyntaxUID") == ["1.2.840.10008.1.2.1"]
    (tmp_path / "file").write_bytes(sample("no_meta.dcm").read_bytes())
    assert cells(tmp_path / "file", "0002,0010") == ["1.2.840.10008.1.2.1"]


def private(*blocks: tuple[int, str, object]) -> Dataset:
    ds = Dataset()
    for block, creator, value in blocks:
        ds.add_new(0x00190000 | block, "LO", creator)
        if value is not None:
            ds.add_new(0x00190000 | block << 8 | 0x0C, "IS", value)
    return ds


B_VALUE = "(0019,SIEMENS MR HEADER,0C)"


@pytest.mark.parametrize(
    ("ds", "expected"),
    [
        (private((0x10, "SIEMENS MR HEADER", 1000)), 1000),
        # Whichever block the creator has reserved (PS3.5 7.8.1).
        (private((0x10, "ANOTHER", 7), (0x11, "SIEMENS MR HEADER", 1000)), 1000),
        (private((0xFF, "SIEMENS MR HEADER", 1000)), 1000),
        (private((0x10, "SIEMENS MR HEADER ", 1000)), 1000),
        # It may have reserved two.
        (private((0x10, "SIEMENS MR HEADER", None), (0x20, "SIEMENS MR HEADER", 5)), 5),
        (private((0x10, "ANOTHER", 7)), None),
        (private((0x10, "Siemens MR Header", 7)), None),
        (private((0x10, "SIEMENS MR HEADER", None)), None),
        (Dataset(), None),
    ],
)
def test_a_private_element_by_its_creator(write: Write, ds: Dataset, expected: Cell) -> None:
    assert cells(write(ds), B_VALUE) == [expected]
    # Without VRs in the file, the private dictionary has it.
    assert cells(write(ds, ImplicitVRLittleEndian), B_VALUE) == [expected]
    assert cells(write(ds), "(0019, SIEMENS MR HEADER, 0c)") == [expected]


def test_private_elements_in_sequences_and_of_creators_with_punctuation(write: Write) -> None:
    inner, ds = Dataset(), Dataset()
    inner.private_block(0x0019, "HOLOGIC, Inc. (2.0)", create=True).add_new(0x07, "LO", "deep")
    ds.private_block(0x2005, "Philips MR Imaging DD 001", create=True).add_new(0x0F, "SQ", [inner])
    path = write(ds)
    names = (
        "(2005,Philips MR Imaging DD 001,0F)",
        "(2005,Philips MR Imaging DD 001,0F)[0].(0019,HOLOGIC, Inc. (2.0),07)",
        "(2005,Philips MR Imaging DD 001,0F).0019,1007",
        "(2005,Philips MR Imaging DD 001,0F)[1].(0019,HOLOGIC, Inc. (2.0),07)",
    )
    assert cells(path, *names) == [1, "deep", "deep", None]


def test_bytes_of_an_unknown_kind_are_text_or_nothing(write: Write) -> None:
    ds = Dataset()
    ds.add_new(0x00091001, "UN", b"said \0")
    ds.add_new(0x00091002, "UN", b"\xff\x00\x01\x02")
    ds.add_new(0x00091003, "UN", b"")
    assert cells(write(ds), "0009,1001", "0009,1002", "0009,1003") == ["said", None, None]


def test_a_damaged_file_gives_what_comes_before_the_damage(tmp_path: Path) -> None:
    whole = sample("CT_small.dcm").read_bytes()
    path = tmp_path / "cut"
    # Inside of Pixel Spacing's value.
    path.write_bytes(whole[: whole.index(b"0.661468") + 3])
    assert cells(path, "Modality", "PixelSpacing") == ["CT", None]
    path.write_bytes(b"no DICOM at all")
    assert cells(path, "Modality", "PixelSpacing") == [None, None]
    assert cells(tmp_path / "absent", "Modality") == [None]


def test_limits_hold(write: Write) -> None:
    ds = Dataset()
    for _ in range(8):
        inner, ds = ds, Dataset()
        ds.ReferencedImageSequence = [inner]
    column = [parse_column("ReferencedImageSequence")]
    assert read_cells(write(ds), column, Limits(depth=4)) == [None]


@pytest.mark.parametrize(
    ("element", "said"),
    [
        ("SliceTickness", "did you mean 'SliceThickness'?"),
        ("qqqqqqqq", r"the dictionary has no keyword 'qqqqqqqq'$"),
        ("Slice Thickness", "is neither a keyword, a tag"),
        ("BeamSequence[-1].BeamName", "is neither a keyword, a tag"),
        ("", "is neither a keyword, a tag"),
        ("BeamSequence..BeamName", "is neither a keyword, a tag"),
        ("BeamSequence.", "is neither a keyword, a tag"),
        # The groups of private elements are odd.
        ("(0018,SIEMENS MR HEADER,0C)", "is neither a keyword, a tag"),
        ("(0019,SIEMENS MR HEADER,100C)", "is neither a keyword, a tag"),
        ("(0019,,0C)", "is neither a keyword, a tag"),
        ("PixelData", "PixelData is no element for a table"),
        (0x7FE00010, "PixelData is no element for a table"),
    ],
)
def test_what_is_no_element_is_refused_at_once(element: str | int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_column(element)
