"""Pixel data that ELSCINT1 put into an element of its own."""

from __future__ import annotations

from io import BytesIO

import pytest
from pydicom import dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRBigEndian, ImplicitVRLittleEndian

import dicomkit as dk

# 1024, 1023, a run of three steps of 2, and -1000 as a whole sample.
CODED = b"\x5a\x00\x04\xff\xa5\x02\x02\x5a\x18\xfc"
SAMPLES = [[1024, 1023, 1025], [1027, 1029, -1000]]


def scan(data: bytes = CODED, kind: str = "PMSCT_RLE1", **elements: int) -> Dataset:
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.2", "1.2.3"
    ds.Rows, ds.Columns, ds.SamplesPerPixel = 2, 3, 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.BitsAllocated = ds.BitsStored = 16
    ds.HighBit, ds.PixelRepresentation = 15, 1
    block = ds.private_block(0x07A1, "ELSCINT1", create=True)
    block.add_new(0x0A, "OB", data)
    block.add_new(0x11, "CS", kind)
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


def test_they_are_read_as_native_ones_and_noted() -> None:
    image = dk.open_image(scan())
    assert image[0].tolist() == SAMPLES
    assert [note.code for note in image.frame(0).notes] == ["private_pixels"]


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_from_a_file(syntax: UID) -> None:
    ds = scan()
    ds.file_meta.TransferSyntaxUID = syntax
    buffer = BytesIO()
    dcmwrite(buffer, ds, enforce_file_format=True)
    assert dk.stored_values(dk.read_dataset(buffer.getvalue())).tolist() == SAMPLES


def test_pixel_data_of_the_datasets_own_come_first() -> None:
    ds = scan()
    ds.PixelData = bytes(12)
    assert not dk.stored_values(ds).any()
    ds.PixelData = b""
    assert dk.stored_values(ds).tolist() == SAMPLES


def test_several_frames() -> None:
    ds = scan(CODED * 2, NumberOfFrames=2)
    assert dk.stored_values(ds).tolist() == [SAMPLES, SAMPLES]


def test_what_is_cut_off() -> None:
    with pytest.raises(dk.TruncatedError):
        dk.stored_values(scan(CODED[:4]))
    assert dk.stored_values(scan(CODED[:4]), lenient=True).tolist() == [[1024, 1023, 0], [0] * 3]


@pytest.mark.parametrize(
    ("kind", "name"), [("LOSSLESS RICE", "LOSSLESS RICE"), ("MILLER ANN", "not known")]
)
def test_other_compressions_are_named(kind: str, name: str) -> None:
    with pytest.raises(dk.UnsupportedError, match=f"ELSCINT1.*{name}") as caught:
        dk.stored_values(scan(kind=kind))
    assert "MILLER" not in caught.value.message


def test_samples_of_another_size() -> None:
    with pytest.raises(dk.InconsistentError, match="PMSCT_RLE1"):
        dk.stored_values(scan(BitsAllocated=8, BitsStored=8))


def test_a_block_of_another_creator_holds_none() -> None:
    ds = scan()
    ds[0x07A10010].value = "OTHER"
    with pytest.raises(dk.NoPixelsError):
        dk.stored_values(ds)
