"""Private elements by their creator, whatever block and VR they are in."""

from __future__ import annotations

import io
import struct

import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.tag import BaseTag
from pydicom.uid import ImplicitVRLittleEndian

from dicomkit.dataset.elements.attributes import number, text
from dicomkit.dataset.elements.private import PrivateBlocks, private_tag


def raw(tag: int, vr: str | None, value: bytes, *, little: bool = True) -> RawDataElement:
    return RawDataElement(BaseTag(tag), vr, len(value), value, 0, vr is None, little)


def dataset(*elements: RawDataElement) -> Dataset:
    return Dataset({element.tag: element for element in elements})


def test_a_block_is_found_by_its_creator() -> None:
    ds = dataset(
        raw(0x00190010, "LO", b"OTHER "),
        # Blocks may be reserved with holes between them.
        raw(0x00190013, "LO", b"MINE"),
        raw(0x0019100C, "IS", b"7 "),
        raw(0x0019130C, "IS", b"1000"),
    )
    blocks = PrivateBlocks(ds)
    assert blocks.numbers(0x0019, "MINE", 0x0C, "IS") == (1000,)
    assert blocks.numbers(0x0019, "OTHER", 0x0C, "IS") == (7,)
    assert blocks.numbers(0x0019, "NOBODY", 0x0C, "IS") == ()
    assert blocks.numbers(0x0019, "MINE", 0x0D, "IS") == ()
    assert blocks.numbers(0x0021, "MINE", 0x0C, "IS") == ()


@pytest.mark.parametrize("vr", [None, "UN"])
@pytest.mark.parametrize("little", [True, False])
def test_a_vr_that_the_file_does_not_say_is_known(vr: str | None, *, little: bool) -> None:
    order = "<" if little else ">"
    ds = dataset(
        raw(0x00190010, "LO", b"MINE", little=little),
        raw(0x0019100E, vr, struct.pack(f"{order}3d", 0.5, -0.25, 1), little=little),
        raw(0x0019100F, vr, struct.pack(f"{order}fB", 2.5, 1), little=little),
        raw(0x0019100C, vr, b"500 ", little=little),
    )
    blocks = PrivateBlocks(ds)
    assert blocks.numbers(0x0019, "MINE", 0x0E, "FD") == (0.5, -0.25, 1)
    # A stray byte behind the last number is none.
    assert blocks.numbers(0x0019, "MINE", 0x0F, "FL") == (2.5,)
    assert blocks.numbers(0x0019, "MINE", 0x0C, "IS") == (500,)


def test_what_is_no_number_is_none() -> None:
    ds = dataset(
        raw(0x00190010, "LO", b"MINE"),
        raw(0x0019100C, "LO", b"plenty"),
        raw(0x0019100D, "UN", struct.pack("<d", float("nan"))),
    )
    blocks = PrivateBlocks(ds)
    assert blocks.numbers(0x0019, "MINE", 0x0C, "IS") == ()
    assert blocks.numbers(0x0019, "MINE", 0x0D, "FD") == ()


def test_elements_of_even_groups_reserve_nothing() -> None:
    ds = dataset(raw(0x00180010, "LO", b"MINE"), raw(0x0018100C, "IS", b"1 "))
    assert PrivateBlocks(ds).numbers(0x0018, "MINE", 0x0C, "IS") == ()


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
