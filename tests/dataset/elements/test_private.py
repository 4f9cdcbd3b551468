"""Private blocks; the clause is PS3.5 7.8.1."""

from __future__ import annotations

import io

from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ImplicitVRLittleEndian

from dicomkit.dataset.elements.attributes import number, text
from dicomkit.dataset.elements.private import private_tag

CREATOR = "Philips PET Private Group"


def made() -> Dataset:
    ds = Dataset()
    ds.PatientID = "1"
    ds.private_block(0x7053, "SOMEBODY ELSE", create=True).add_new(0x00, "DS", "7")
    ds.private_block(0x7053, CREATOR, create=True).add_new(0x09, "DS", "2.5")
    return ds


def test_an_element_lies_in_the_block_of_its_creator() -> None:
    ds = made()
    tag = private_tag(ds, 0x7053, CREATOR, 0x09)
    assert tag == 0x70531109
    assert number(ds, tag) == 2.5


def test_it_is_found_in_a_file_that_states_no_vr() -> None:
    ds, buffer = made(), io.BytesIO()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    dcmwrite(buffer, ds, implicit_vr=True, little_endian=True)
    buffer.seek(0)
    read = dcmread(buffer, force=True)
    assert private_tag(read, 0x7053, CREATOR, 0x09) == 0x70531109
    assert number(read, 0x70531109) == 2.5


def test_a_block_of_somebody_else_is_not_taken() -> None:
    ds = Dataset()
    ds.private_block(0x0009, "SOMEBODY ELSE", create=True).add_new(0x0D, "DT", "20200101101010")
    assert private_tag(ds, 0x0009, "GEMS_PETD_01", 0x0D) is None


def test_without_any_creator_the_first_block_counts() -> None:
    ds = Dataset()
    ds.add_new(0x0009100D, "DT", "20200101101010")
    tag = private_tag(ds, 0x0009, "GEMS_PETD_01", 0x0D)
    assert tag == 0x0009100D
    assert text(ds, tag) == "20200101101010"
