"""Who and what an instance belongs to."""

from __future__ import annotations

import dataclasses
import os
import struct
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID
from tests.conftest import real_file
from tests.dataset.corpus import corpus

from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.files.sources import StreamSource
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


WHOLE: Final = Identity(
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
    assert identity(image()) == WHOLE


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


def element(tag: int, vr: str, value: bytes, length: int | None = None) -> bytes:
    value += b" " * (len(value) % 2)
    length = len(value) if length is None else length
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    if vr in {"OB", "SQ", "UN"}:
        return head + struct.pack("<HL", 0, length) + value
    return head + struct.pack("<H", length) + value


def item(content: bytes, length: int | None = None) -> bytes:
    return b"\xfe\xff\x00\xe0" + struct.pack("<L", length or len(content)) + content


UNDEFINED: Final = 0xFFFFFFFF
ITEM_END: Final = b"\xfe\xff\x0d\xe0" + bytes(4)
SEQUENCE_END: Final = b"\xfe\xff\xdd\xe0" + bytes(4)
# What a nested dataset says is not the instance's own.
NESTED: Final = element(0x00080018, "UI", b"9.9.9\0") + element(0x00100020, "LO", b"other")
OWN: Final = (
    element(0x00080016, "UI", b"1.2.840.10008.5.1.4.1.1.2\0"),
    element(0x00080018, "UI", b"1.2.3.4.5\0"),
    element(0x00080020, "DA", b"20200131"),
    element(0x00080030, "TM", b"1015"),
    element(0x00080060, "CS", b"CT"),
    element(0x00081030, "LO", b"Head"),
    element(0x0008103E, "LO", b"Axial"),
    element(0x00100010, "PN", b"Doe^Jane"),
    element(0x00100020, "LO", b"7"),
    element(0x0020000D, "UI", b"1.2.3\0"),
    element(0x0020000E, "UI", b"1.2.3.4\0"),
    element(0x00200010, "SH", b"S1"),
    element(0x00200011, "IS", b"5"),
    element(0x00200013, "IS", b"6"),
    element(0x00200032, "DS", b"-100\\25\\80"),
    element(0x00200037, "DS", b"1\\0\\0\\0\\0\\-1"),
)
OTHERS: Final = (
    element(0x00080005, "CS", b"ISO_IR 100"),
    element(0x00081140, "SQ", item(NESTED)),
    element(0x00081115, "SQ", item(NESTED + ITEM_END, UNDEFINED) + SEQUENCE_END, UNDEFINED),
    element(0x00090010, "LO", b"SOMEBODY"),
    element(0x00091001, "UN", b"anything"),
    element(0x00280010, "US", b"\x08\x00"),
    element(0x00281050, "DS", b"40"),
    element(0x52009230, "SQ", item(NESTED + ITEM_END, UNDEFINED) + SEQUENCE_END, UNDEFINED),
    element(0xFFFCFFFC, "OB", bytes(8)),
    # A stray item, which holds nothing.
    item(b""),
)
EXPLICIT: Final = "1.2.840.10008.1.2.1"
# Pixel data, and the transfer syntax that they show.
PIXELS: Final = (
    (element(0x7FE00010, "OB", b"\x10\x00" * 32), EXPLICIT),
    (
        element(0x7FE00010, "OB", item(b"") + item(b"\xff\xd8" * 9) + SEQUENCE_END, UNDEFINED),
        "1.2.840.10008.1.2.4.50",
    ),
    (
        element(0x7FE00010, "OB", item(b"") + item(b"ab") * 100 + SEQUENCE_END, UNDEFINED),
        "1.2.840.10008.1.2.1.98",
    ),
    (b"", EXPLICIT),
)


def file_of(*elements: bytes) -> bytes:
    syntax = element(0x00020010, "UI", b"1.2.840.10008.1.2.1\0")
    return bytes(128) + b"DICM" + syntax + b"".join(elements)


def read(path: Path, data: bytes) -> Identity:
    path.write_bytes(data)
    return Identity(**read_identity(path))  # type: ignore[arg-type]


def whole(syntax: str = EXPLICIT) -> Identity:
    return dataclasses.replace(WHOLE, transfer_syntax_uid=syntax)


@given(st.data())
def test_the_order_of_the_elements_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    others = data.draw(st.lists(st.sampled_from(OTHERS), unique=True))
    pixels, syntax = data.draw(st.sampled_from(PIXELS))
    elements = data.draw(st.permutations([*OWN, *others, pixels]))
    path = tmp_path_factory.getbasetemp() / "shuffled"
    found = read(path, file_of(*elements))
    # Where something high comes first, nobody looks whether pixel data are what they should be.
    assert found in (whole(syntax), whole())
    assert found == identity(read_dataset(path))


@pytest.mark.parametrize(
    ("pixels", "syntax"), PIXELS[:3], ids=["native", "fragments", "many fragments"]
)
@pytest.mark.parametrize("late", OWN, ids=lambda late: late[:4].hex())
def test_one_element_that_comes_late(
    tmp_path: Path, late: bytes, pixels: bytes, syntax: str
) -> None:
    """All others are where they belong, so that nothing hints at it."""
    early = [one for one in OWN if one is not late]
    rows = element(0x00280010, "US", b"\x08\x00")
    found = read(tmp_path / "behind others", file_of(*early, rows, late, pixels))
    assert found == whole(syntax)
    behind = tmp_path / "behind the pixels"
    assert read(behind, file_of(*early, rows, pixels, late)) == whole(syntax)
    assert identity(read_dataset(behind)) == whole(syntax)


def test_of_two_elements_the_later_counts(tmp_path: Path) -> None:
    again = element(0x00100020, "LO", b"8")
    found = read(tmp_path / "file", file_of(*OWN, PIXELS[0][0], again))
    assert found == dataclasses.replace(WHOLE, patient_id="8")
    assert identity(read_dataset(tmp_path / "file")) == found


def test_a_damaged_end_of_the_pixels_costs_nothing(tmp_path: Path) -> None:
    (_, (few, jpeg), (many, other), _) = PIXELS
    for pixels, syntax in (
        (few[:-8], jpeg),
        (many[:-3], other),
        (few[:-8] + b"junk that is no item", jpeg),
    ):
        assert read(tmp_path / "file", file_of(*OWN, pixels)) == whole(syntax)
        assert identity(read_dataset(tmp_path / "file")) == whole(syntax)


def test_numbers_in_binary_are_read_as_what_they_are(tmp_path: Path) -> None:
    elements = [one for one in OWN if not one.startswith(b"\x20\x00\x13\x00")]
    found = read(tmp_path / "file", file_of(*elements, element(0x00200013, "US", b"\x06\x00")))
    assert found == WHOLE


def test_little_of_a_large_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = item(b"") + item(bytes(1000)) * 5000 + SEQUENCE_END
    path = tmp_path / "file"
    data = file_of(*OWN, element(0x7FE00010, "OB", frames, UNDEFINED))
    path.write_bytes(data.replace(b"10008.1.2.1\0", b"10008.1.2.5\0"))
    taken: list[int] = []
    real = StreamSource.read

    def reading(source: StreamSource, offset: int, length: int) -> bytes:
        taken.append(length)
        return real(source, offset, length)

    monkeypatch.setattr(StreamSource, "read", reading)
    found = Identity(**read_identity(path))  # type: ignore[arg-type]
    assert found == whole("1.2.840.10008.1.2.5")
    assert sum(taken) < 50_000
    assert len(taken) < 100
