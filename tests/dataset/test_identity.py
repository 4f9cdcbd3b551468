"""Who and what an instance belongs to."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID
from tests.conftest import real_file
from tests.dataset.corpus import corpus

from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.identity import Identity, identity, read_identity
from dicomkit.errors import DicomKitError, NotDicomError, ReadError, TruncatedError

if TYPE_CHECKING:
    from pathlib import Path


def readable() -> list[Path]:
    """List the real files that a dataset can be read from."""
    found = []
    for path in corpus():
        try:
            read_dataset(path, stop_before_pixels=True)
        except DicomKitError:
            continue
        found.append(path)
    return found


def image() -> Dataset:
    ds = Dataset()
    ds.PatientID = "7"
    ds.PatientName = "Doe^Jane"
    ds.StudyInstanceUID = "1.2.3"
    ds.StudyDate = "20200131"
    ds.StudyTime = "1015"
    ds.StudyID = "S1"
    ds.StudyDescription = "Head"
    ds.SeriesInstanceUID = "1.2.3.4"
    ds.SeriesNumber = "5"
    ds.SeriesDescription = "Axial"
    ds.Modality = "CT"
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    ds.SOPInstanceUID = "1.2.3.4.5"
    ds.InstanceNumber = "6"
    ds.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
    ds.ImagePositionPatient = [-100, 25, 80]
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID("1.2.840.10008.1.2.1")
    return ds


def test_every_field() -> None:
    assert identity(image()) == Identity(
        patient_id="7",
        patient_name="Doe^Jane",
        study_instance_uid="1.2.3",
        study_date="20200131",
        study_time="1015",
        study_id="S1",
        study_description="Head",
        series_instance_uid="1.2.3.4",
        series_number=5,
        series_description="Axial",
        modality="CT",
        sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
        sop_instance_uid="1.2.3.4.5",
        transfer_syntax_uid="1.2.840.10008.1.2.1",
        instance_number=6,
        # The normal of rows to the left and columns to the feet points to the back.
        slice_position=25.0,
    )


def test_nothing_known() -> None:
    assert identity(Dataset()) == Identity()


def test_the_repr_hides_the_patient() -> None:
    shown = repr(identity(image()))
    assert "1.2.3.4.5" in shown
    for hidden in ("Doe", "'7'", "Head", "Axial"):
        assert hidden not in shown


def test_it_is_frozen_and_slotted() -> None:
    found = identity(image())
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.patient_id = "8"  # type: ignore[misc]
    assert not hasattr(found, "__dict__")


def test_the_meta_information_stands_in() -> None:
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = UID("1.2.840.10008.5.1.4.1.1.2")
    ds.file_meta.MediaStorageSOPInstanceUID = UID("1.2.3")
    assert identity(ds) == Identity(
        sop_class_uid="1.2.840.10008.5.1.4.1.1.2", sop_instance_uid="1.2.3"
    )


@pytest.mark.parametrize(
    ("position", "orientation", "along"),
    [
        ([0, 0, 12.5], [1, 0, 0, 0, 1, 0], 12.5),
        ([3, 4, 5], [0, 1, 0, 0, 0, -1], -3.0),
        ([0, 0, 12.5], [], None),
        ([0, 12.5], [1, 0, 0, 0, 1, 0], None),
        ([0, 0, 1e308], [1e9, 0, 0, 0, 1e9, 0], None),
    ],
)
def test_slice_position(
    position: list[float], orientation: list[float], along: float | None
) -> None:
    ds = Dataset()
    ds.ImagePositionPatient = position
    ds.ImageOrientationPatient = orientation
    assert identity(ds).slice_position == along


@pytest.mark.parametrize("path", readable(), ids=lambda path: path.name)
def test_reading_it_alone_gives_the_same(path: Path) -> None:
    assert Identity(**read_identity(path)) == identity(read_dataset(path))  # type: ignore[arg-type]


def write(path: Path, ds: Dataset, *broken: tuple[bytes, bytes]) -> Path:
    ds.save_as(path, implicit_vr=False, little_endian=True)
    data = path.read_bytes()
    for old, new in broken:
        assert data.count(old) == 1
        data = data.replace(old, new)
    path.write_bytes(data)
    return path


def test_broken_fields_are_absent_both_ways(tmp_path: Path) -> None:
    path = write(
        tmp_path / "file",
        image(),
        (b"\x20\x00\x11\x00IS\x02\x005 ", b"\x20\x00\x11\x00IS\x02\x005x"),
        (b"\x08\x00\x60\x00CS\x02\x00CT", b"\x08\x00\x60\x00CS\x02\x00\0\0"),
        (b"\\80.0 ", b"\\nan  "),
    )
    found = identity(read_dataset(path))
    assert Identity(**read_identity(path)) == found  # type: ignore[arg-type]
    assert (found.series_number, found.modality, found.slice_position) == (None, None, None)
    assert found.instance_number == 6


def test_names_in_other_letters(tmp_path: Path) -> None:
    ds = image()
    ds.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    ds.PatientName = "Yamada^Tarou=\u5c71\u7530^\u592a\u90ce"
    path = write(tmp_path / "file", ds)
    assert read_identity(path)["patient_name"] == "Yamada^Tarou=\u5c71\u7530^\u592a\u90ce"
    assert identity(read_dataset(path)).patient_name == "Yamada^Tarou=\u5c71\u7530^\u592a\u90ce"


def test_nothing_behind_the_identity_is_read(tmp_path: Path) -> None:
    data = real_file("CT_small.dcm").read_bytes()
    end = data.index(b"\x28\x00\x02\x00US")
    (tmp_path / "file").write_bytes(data[:end] + os.urandom(2000))
    assert read_identity(tmp_path / "file") == read_identity(real_file("CT_small.dcm"))


def test_what_is_no_use(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not DICOM at all")
    with pytest.raises(NotDicomError):
        read_identity(tmp_path / "text")
    (tmp_path / "cut").write_bytes(real_file("CT_small.dcm").read_bytes()[:700])
    with pytest.raises(TruncatedError):
        read_identity(tmp_path / "cut")
    with pytest.raises(ReadError):
        read_identity(tmp_path)
