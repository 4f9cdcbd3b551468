"""What holds for every access: nothing raises, nothing is changed, no value leaks."""

from __future__ import annotations

import logging
import struct
from typing import TYPE_CHECKING

import pydicom
import pytest
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from tests.dataset.elements.attributes.encoded import (
    element,
    one,
    read,
    sequence,
)

from dicomkit.dataset.elements.attributes import (
    integer,
    integers,
    item,
    items,
    number,
    numbers,
    octets,
    raw,
    text,
    texts,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from dicomkit.notes import Note


def test_a_repeating_group_is_named_by_its_number() -> None:
    ds = Dataset()
    ds.add_new(0x60020010, "US", 17)
    assert integer(ds, 0x60020010) == 17
    broken = Dataset()
    broken.add(DataElement(0x60020010, "US", "x", already_converted=True))
    notes: list[Note] = []
    assert integer(broken, 0x60020010, notes) is None
    assert notes[0].message.startswith("(6002,0010) Overlay Rows")


ACCESSES: list[tuple[Callable[..., object], object]] = [
    (text, None),
    (texts, ()),
    (integer, None),
    (integers, ()),
    (number, None),
    (numbers, ()),
    (items, ()),
    (item, None),
    (raw, None),
    (octets, None),
]


@pytest.mark.parametrize(("access", "nothing"), ACCESSES)
def test_what_is_not_there_is_nothing(access: Callable[..., object], nothing: object) -> None:
    assert access(Dataset(), "RescaleSlope") == nothing
    assert access(one("RescaleSlope", "DS", b""), "RescaleSlope") in (nothing, b"")


def test_values_that_pydicom_defers_are_fetched(tmp_path: Path) -> None:
    path = tmp_path / "deferred.dcm"
    entries = struct.pack("<40H", *range(40))
    path.write_bytes(
        element("WindowCenter", "DS", b"40\\600" + b" " * 40) + element("LUTData", "OW", entries)
    )
    ds = pydicom.dcmread(path, force=True, defer_size=16)
    assert ds.get_item("LUTData", keep_deferred=True).value is None
    assert words(ds, "LUTData").tolist() == list(range(40))
    assert numbers(ds, "WindowCenter") == (40, 600)


def test_deferred_values_of_a_file_that_is_gone_are_absent(tmp_path: Path) -> None:
    path = tmp_path / "deferred.dcm"
    path.write_bytes(element("LUTData", "OW", bytes(40)))
    ds = pydicom.dcmread(path, force=True, defer_size=16)
    path.unlink()
    assert words(ds, "LUTData").tolist() == []


@pytest.mark.parametrize(
    ("keyword", "vr", "value"),
    [
        ("PatientName", "PN", b"Canary\xff^Name\x1b$B\xff"),
        ("PatientBirthDate", "DA", b"Canary\xff"),
        ("WindowCenter", "DS", b"Canary\xff"),
        ("NumberOfFrames", "IS", b"Canary\xff"),
        ("Modality", "CS", b"Canary\xff"),
        ("SOPClassUID", "UI", b"Canary\xff"),
        ("VOILUTSequence", "SQ", b"Canary\xff\xff"),
    ],
)
def test_no_value_leaves_in_a_warning_a_log_or_a_note(
    keyword: str, vr: str, value: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    ds = read(
        element("SpecificCharacterSet", "CS", b"Canary 9\\ISO 2022 IR 87"),
        element(keyword, vr, value),
    )
    notes: list[Note] = []
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        for access, _ in ACCESSES:
            access(ds, keyword)
        for noting in (integer, integers, number, numbers):
            noting(ds, keyword, notes)
    assert not caplog.records
    assert not any("Canary" in str(note) for note in notes)


def test_reading_leaves_the_dataset_as_it_was() -> None:
    ds = read(
        element("Rows", "US", b"\x05\x00"), element("WindowCenter", "DS", b"40"), sequence(b"")
    )
    before = {tag: ds.get_item(tag) for tag in list(ds._dict)}
    for access, _ in ACCESSES[2:6]:
        access(ds, "Rows")
        access(ds, "WindowCenter")
    text(ds, "WindowCenter")
    assert all(ds.get_item(tag) is before[tag] for tag in before)


def test_a_private_creator_without_a_vr_is_text() -> None:
    ds = Dataset()
    creator = RawDataElement(Tag(0x00430010), None, 4, b"GEMS", 0, True, True)  # noqa: FBT003
    ds[0x00430010] = creator
    assert text(ds, 0x00430010) == "GEMS"
    assert numbers(ds, 0x00430010) == ()
