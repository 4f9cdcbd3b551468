"""Going through a dataset's elements."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from pydicom.data import get_testdata_file
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag

from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.metadata.entries import Context, Entry, entries, top_entries

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicomkit.dataset.files.elements import Elements

ITEM = b"\xfe\xff\x00\xe0"


def explicit(tag: int, vr: str, value: bytes) -> bytes:
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    if vr == "SQ":
        return head + struct.pack("<HL", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def item(content: bytes) -> bytes:
    return ITEM + struct.pack("<L", len(content)) + content


def dataset(*elements: tuple[int, str | None, bytes]) -> Dataset:
    found: Elements = {}
    for number, vr, value in elements:
        tag = BaseTag(number)
        found[tag] = RawDataElement(tag, vr, len(value), value, 0, vr is None, True)  # noqa: FBT003
    return Dataset(found)


def listed(level: Iterator[Entry]) -> list[tuple[int, str, object]]:
    return [(int(entry.tag), entry.vr, entry.reading.value) for entry in level]


def test_elements_come_by_tag_and_stay_unconverted() -> None:
    ds = dataset((0x00100020, "LO", b"ID"), (0x00080060, "CS", b"CT"))
    assert listed(entries(ds)) == [(0x00080060, "CS", "CT"), (0x00100020, "LO", "ID")]
    assert isinstance(ds.get_item(0x00080060), RawDataElement)


def test_names() -> None:
    ds = dataset(
        (0x00080060, "CS", b"CT"),
        (0x00090000, "UL", bytes(4)),
        (0x00090010, "LO", b"GEMS_IDEN_01"),
        (0x00091001, "LO", b"x"),
        (0x000910FE, "LO", b"x"),
        (0x00091101, "LO", b"x"),
        (0x00080003, "LO", b"x"),
        (0x60003000, "OW", b""),
    )
    assert [(entry.label, entry.name) for entry in entries(ds)] == [
        ("(0008,0003)", "Unknown"),
        ("Modality", "Modality"),
        ("(0009,0000)", "Group Length"),
        ("(0009,0010)", "Private Creator"),
        ("(0009,1001)", "[Full fidelity]"),
        ("(0009,10FE)", "Private tag data"),
        ("(0009,1101)", "Private tag data"),
        ("OverlayData", "Overlay Data"),
    ]


def test_vrs_that_the_file_does_not_have() -> None:
    ds = dataset(
        (0x00080060, None, b"CT"),
        (0x00090000, None, bytes(4)),
        (0x00090010, None, b"GEMS_IDEN_01"),
        (0x00091001, None, b"x"),
        (0x00091101, None, b"x"),
        (0x00100020, "UN", b"ID"),
        (0x00280106, None, b"\xff\xff"),
        (0x7FE00010, None, b"\x00\x01"),
    )
    assert [entry.vr for entry in entries(ds)] == ["CS", "UL", "LO", "LO", "UN", "LO", "US", "OW"]


def test_pixel_representation_decides_on_the_sign_in_items_too() -> None:
    inner = item(
        explicit(0x00280106, "US", b"\xff\xff").replace(b"US\x02\x00", b"\x02\x00\x00\x00")
    )
    ds = dataset(
        (0x00280103, "US", b"\x01\x00"), (0x00280106, None, b"\xff\xff"), (0x00283010, "SQ", inner)
    )
    found = list(entries(ds))
    assert found[1].reading.value == -1
    assert listed(next(found[2].children())) == [(0x00280106, "SS", -1)]


def test_items_of_a_sequence_in_bytes() -> None:
    value = (
        item(explicit(0x00080060, "CS", b"CT"))
        + item(b"")
        + item(explicit(0x00080060, "CS", b"MR"))
    )
    (entry,) = entries(dataset((0x00081140, "SQ", value)))
    assert (entry.reading.value, entry.reading.multiplicity) == ("3 items", 3)
    assert not entry.reading.broken
    assert [listed(inside) for inside in entry.children()] == [
        [(0x00080060, "CS", "CT")],
        [],
        [(0x00080060, "CS", "MR")],
    ]


def test_a_sequence_with_bytes_left_over_is_broken() -> None:
    value = item(explicit(0x00080060, "CS", b"CT")) + b"something else"
    (entry,) = entries(dataset((0x00081140, "SQ", value)))
    assert (entry.reading.value, entry.reading.broken) == ("1 item", True)


def test_items_of_a_sequence_that_pydicom_or_a_caller_made() -> None:
    inner = Dataset()
    inner.Modality = "CT"
    ds = Dataset()
    ds.ReferencedImageSequence = Sequence([inner])
    (entry,) = entries(ds)
    assert entry.reading.value == "1 item"
    assert [listed(inside) for inside in entry.children()] == [[(0x00080060, "CS", "CT")]]


def test_what_is_no_sequence_has_no_children() -> None:
    (entry,) = entries(dataset((0x00080060, "CS", b"CT")))
    assert list(entry.children()) == []


def test_depth_is_bounded() -> None:
    value = b""
    for _ in range(5):
        value = item(explicit(0x00081140, "SQ", value))

    def depth(level: Iterator[Entry]) -> int:
        return 1 + max((depth(inside) for entry in level for inside in entry.children()), default=0)

    assert depth(entries(dataset((0x00081140, "SQ", value)))) == 6
    assert depth(entries(dataset((0x00081140, "SQ", value)), Context(depth=3))) <= 4
    made = Dataset()
    for _ in range(5):
        outer = Dataset()
        outer.ReferencedImageSequence = [made]
        made = outer
    assert depth(entries(made, Context(depth=3))) == 4


def test_nesting_that_was_never_checked() -> None:
    opening = b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff" + ITEM + b"\xff\xff\xff\xff"
    closing = b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0"
    value = item(opening * 2000 + closing * 2000)
    (entry,) = entries(dataset((0x00081140, "SQ", value)))
    for level in entry.children():
        assert all(inside.tag for inside in level)


def test_character_sets() -> None:
    name = (0x00100010, "PN", b"J\xc3\xa9r\xc3\xb4me")
    utf8 = (0x00080005, "CS", b"ISO_IR 192")
    (_, entry) = entries(dataset(utf8, name))
    assert entry.reading.value == "J\u00e9r\u00f4me"
    # An item takes over what is around it, or has its own.
    inner = item(explicit(*name)) + item(
        explicit(0x00080005, "CS", b"ISO_IR 100") + explicit(*name)
    )
    (_, sequence) = entries(dataset(utf8, (0x00101002, "SQ", inner)))
    found = [list(inside)[-1].reading.value for inside in sequence.children()]
    assert found == ["J\u00e9r\u00f4me", "J\u00c3\u00a9r\u00c3\u00b4me"]
    made = dataset(name)
    made.SpecificCharacterSet = "ISO_IR 192"
    assert list(entries(made))[-1].reading.value == "J\u00e9r\u00f4me"
    made.SpecificCharacterSet = None
    assert list(entries(made))[-1].reading.value == "J\u00c3\u00a9r\u00c3\u00b4me"


def test_meta_information_comes_first() -> None:
    ds = read_dataset(str(get_testdata_file("CT_small.dcm", download=False)))
    groups = [entry.tag.group for entry in top_entries(ds)]
    assert groups == sorted(groups)
    assert groups[0] == 2
    assert [entry.tag.group for entry in top_entries(dataset((0x00080060, "CS", b"CT")))] == [8]
