"""Directory records: pydicom's result on its DICOMDIRs, in every encoding."""

from __future__ import annotations

import struct
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

from dicomkit.dataset.directory import read_directory
from dicomkit.dataset.files.sources import StreamSource
from dicomkit.errors import LimitError, NotDicomError, ReadError, TruncatedError
from dicomkit.limits import Limits

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.dataset.directory import Directory

SAMPLES = [
    "DICOMDIR",
    "DICOMDIR-bigEnd",
    "DICOMDIR-implicit",
    "DICOMDIR-nooffset",
    "DICOMDIR-nopatient",
    "DICOMDIR-reordered",
    "DICOMDIR-empty.dcm",
    "TINY_ALPHA/DICOMDIR",
]


def sample(name: str) -> Path:
    return Path(str(get_testdata_file(f"dicomdirtests/{name}", download=False)))


def read(path: Path) -> Directory:
    directory = read_directory(path)
    assert directory is not None
    return directory


def listed(record: Dataset) -> tuple[str, ...]:
    value = record.get("ReferencedFileID")
    if not value:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


@pytest.mark.parametrize("name", SAMPLES)
def test_pydicoms_records(name: str) -> None:
    directory = read(sample(name))
    theirs = dcmread(sample(name))
    records = theirs.DirectoryRecordSequence
    assert list(directory.offsets) == [record.seq_item_tell for record in records]
    for record in records:
        assert record.seq_item_tell in directory
        ours = directory.record(record.seq_item_tell)
        assert ours.kind == record.DirectoryRecordType
        assert ours.following == record.get("OffsetOfTheNextDirectoryRecord", 0)
        assert ours.lower == record.get("OffsetOfReferencedLowerLevelDirectoryEntity", 0)
        assert ours.in_use == (record.RecordInUseFlag != 0)
        assert ours.file_id == listed(record)
        for field, keyword in (
            ("patient_id", "PatientID"),
            ("patient_name", "PatientName"),
            ("study_instance_uid", "StudyInstanceUID"),
            ("series_number", "SeriesNumber"),
            ("sop_instance_uid", "ReferencedSOPInstanceUIDInFile"),
            ("transfer_syntax_uid", "ReferencedTransferSyntaxUIDInFile"),
            ("instance_number", "InstanceNumber"),
        ):
            assert ours.fields.get(field) == record.get(keyword)
    assert directory.complete


@pytest.mark.parametrize("name", SAMPLES)
def test_what_it_says_of_itself(name: str) -> None:
    directory = read(sample(name))
    theirs = dcmread(sample(name))
    assert directory.file_set_id == theirs.FileSetID
    assert directory.file_set_uid == theirs.file_meta.MediaStorageSOPInstanceUID
    assert directory.first == theirs.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity
    assert directory.descriptor_file_id == theirs.get("FileSetDescriptorFileID")
    assert directory.descriptor_character_set == theirs.get(
        "SpecificCharacterSetOfFileSetDescriptorFile"
    )


def test_dicom_of_another_kind() -> None:
    assert read_directory(sample("77654033/CR1/6154")) is None


def test_no_dicom_and_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotDicomError):
        read_directory(sample("README.txt"))
    with pytest.raises(ReadError):
        read_directory(tmp_path / "missing")


def test_too_large_to_be_read() -> None:
    with pytest.raises(LimitError):
        read_directory(sample("DICOMDIR"), Limits(inflated_bytes=5000))


def undefined(data: bytes) -> bytes:
    """Rewrite the sequence of a DICOMDIR without its length."""
    head = b"\x04\x00\x20\x12SQ\x00\x00"
    at = data.index(head) + len(head)
    (length,) = struct.unpack_from("<L", data, at)
    assert at + 4 + length == len(data)
    return data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :] + b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"


def test_a_sequence_of_undefined_length(tmp_path: Path) -> None:
    data = undefined(sample("DICOMDIR").read_bytes())
    (tmp_path / "DICOMDIR").write_bytes(data)
    directory = read(tmp_path / "DICOMDIR")
    assert directory.offsets == read(sample("DICOMDIR")).offsets
    assert directory.complete
    (tmp_path / "DICOMDIR").write_bytes(data[:-8])
    assert not read(tmp_path / "DICOMDIR").complete


@pytest.mark.parametrize("cut", [1, 100, 1000, 5000])
def test_cut_off_inside_the_records(tmp_path: Path, cut: int) -> None:
    whole = read(sample("DICOMDIR"))
    (tmp_path / "DICOMDIR").write_bytes(sample("DICOMDIR").read_bytes()[:-cut])
    directory = read(tmp_path / "DICOMDIR")
    assert not directory.complete
    left = directory.offsets
    assert left == whole.offsets[: len(left)]
    assert len(left) < len(whole.offsets)
    for offset in left:
        assert directory.record(offset) == whole.record(offset)


def test_cut_off_before_the_records(tmp_path: Path) -> None:
    data = sample("DICOMDIR").read_bytes()
    (tmp_path / "DICOMDIR").write_bytes(data[: data.index(b"\x04\x00\x20\x12SQ") - 3])
    with pytest.raises(TruncatedError):
        read_directory(tmp_path / "DICOMDIR")
    # Nothing shows that more was to come.
    (tmp_path / "DICOMDIR").write_bytes(data[: data.index(b"\x04\x00\x20\x12SQ")])
    directory = read(tmp_path / "DICOMDIR")
    assert directory.offsets == ()
    # But where its first record begins was said.
    assert not directory.complete


def test_the_identification_of_a_file_set_alone_is_a_directory(tmp_path: Path) -> None:
    """PS3.3 F.3.1: the Directory Information Module is optional."""
    data = sample("DICOMDIR").read_bytes()
    (tmp_path / "DICOMDIR").write_bytes(data[: data.index(b"\x04\x00\x00\x12UL")])
    directory = read(tmp_path / "DICOMDIR")
    assert (directory.offsets, directory.complete) == ((), True)
    assert directory.file_set_id == "PYDICOM_TEST"


def test_an_image_that_calls_itself_a_directory_is_none(tmp_path: Path) -> None:
    image = sample("77654033/CR1/6154").read_bytes()
    own, other = b"1.2.840.10008.5.1.4.1.1.1\0", b"1.2.840.10008.1.3.10"
    at = image.index(b"\x02\x00\x02\x00UI")
    assert image[at + 8 : at + 8 + len(own)] == own
    changed = image[: at + 6] + struct.pack("<H", len(other)) + other + image[at + 8 + len(own) :]
    # The group's length is that of what is behind it.
    assert changed[132:140] == b"\x02\x00\x00\x00UL\x04\x00"
    (length,) = struct.unpack_from("<L", changed, 140)
    changed = changed[:140] + struct.pack("<L", length - 6) + changed[144:]
    (tmp_path / "image").write_bytes(changed)
    assert dcmread(tmp_path / "image").file_meta.MediaStorageSOPClassUID == other.decode()
    assert read_directory(tmp_path / "image") is None


def test_elements_out_of_order(tmp_path: Path) -> None:
    """Specific Character Set belongs behind the records, but stands before all else."""
    data = sample("DICOMDIR").read_bytes()
    at = data.index(b"\x04\x00\x30\x11CS")
    charset = b"\x08\x00\x05\x00CS\x0a\x00ISO_IR 100"
    (tmp_path / "DICOMDIR").write_bytes(data[:at] + charset + data[at:])
    directory = read(tmp_path / "DICOMDIR")
    moved = [offset + len(charset) for offset in read(sample("DICOMDIR")).offsets]
    assert list(directory.offsets) == moved
    assert directory.file_set_id == "PYDICOM_TEST"


def test_little_of_what_is_no_directory_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = sample("77654033/CR1/6154").read_bytes()
    (tmp_path / "image").write_bytes(image + bytes(1 << 20))
    taken = []
    real = StreamSource.read

    def reading(source: StreamSource, offset: int, length: int) -> bytes:
        taken.append(length)
        return real(source, offset, length)

    monkeypatch.setattr(StreamSource, "read", reading)
    assert read_directory(tmp_path / "image") is None
    assert sum(taken) < 100_000


def test_something_else_between_the_records(tmp_path: Path) -> None:
    whole = read(sample("DICOMDIR"))
    data = bytearray(sample("DICOMDIR").read_bytes())
    data[whole.offsets[10] : whole.offsets[10] + 4] = b"junk"
    (tmp_path / "DICOMDIR").write_bytes(data)
    directory = read(tmp_path / "DICOMDIR")
    assert directory.offsets == whole.offsets[:10]
    assert not directory.complete


def test_broken_offsets_and_names(tmp_path: Path) -> None:
    data = sample("DICOMDIR").read_bytes()
    first = read(sample("DICOMDIR")).offsets[0]
    leaf = data.index(b"77654033\\CR1\\6154")
    changed = bytearray(data)
    # Record In-use Flag 0: not in use. Its VR turned to one that no edition knows.
    at = data.index(b"\x04\x00\x10\x14US", first)
    changed[at + 8 : at + 10] = b"\x00\x00"
    changed[leaf : leaf + 17] = b"\xc3\x89\\ \\\\./\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00"[:17]
    (tmp_path / "DICOMDIR").write_bytes(changed)
    directory = read(tmp_path / "DICOMDIR")
    assert not directory.record(first).in_use
    record = next(
        record for record in map(directory.record, directory.offsets) if record.kind == "IMAGE"
    )
    # Letters that are no UTF-8 are taken as Latin-1; empty parts say nothing.
    assert record.file_id == ("\u00c3\u0089", "./\u00ff")


def test_warnings_of_pydicom_are_not_needed() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read(sample("DICOMDIR-implicit"))
