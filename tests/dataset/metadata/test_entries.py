"""Going through a dataset's elements."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from pydicom.data import get_testdata_file
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag
from pydicom.valuerep import PersonName

from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.metadata.entries import (
    Entry,
    ItemStart,
    Value,
    check_limits,
    summarize,
    walk,
)
from dicomkit.errors import LimitError
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Callable

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


def entries(ds: Dataset, limits: Limits = DEFAULT_LIMITS) -> list[Entry]:
    return [step for step in walk(ds, limits) if isinstance(step, Entry)]


def listed(ds: Dataset) -> list[tuple[int, str, str, Value]]:
    """List level, tag, VR and value; of an item, its level and which one it is."""
    found: list[tuple[int, str, str, Value]] = []
    for step in walk(ds, DEFAULT_LIMITS):
        if isinstance(step, Entry):
            found.append((step.level, step.names.tag, step.vr, summarize(step)[0]))
        else:
            found.append((step.level, "item", "", step.index))
    return found


def test_elements_come_by_tag_and_stay_unconverted() -> None:
    ds = dataset((0x00100020, "LO", b"ID"), (0x00080060, "CS", b"CT"))
    assert listed(ds) == [
        (0, "(0008,0060)", "CS", "CT"),
        (0, "(0010,0020)", "LO", "ID"),
    ]
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
    assert [(entry.names.keyword, entry.names.tag, entry.names.name) for entry in entries(ds)] == [
        ("", "(0008,0003)", "Unknown"),
        ("Modality", "(0008,0060)", "Modality"),
        ("", "(0009,0000)", "Group Length"),
        ("", "(0009,0010)", "Private Creator"),
        ("", "(0009,1001)", "[Full fidelity]"),
        ("", "(0009,10FE)", "Private tag data"),
        ("", "(0009,1101)", "Private tag data"),
        ("OverlayData", "(6000,3000)", "Overlay Data"),
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
    open_vr = b"\x28\x00\x06\x01\x02\x00\x00\x00\xff\xff"
    inner = item(open_vr) + item(
        explicit(0x00280103, "US", b"\0\0") + explicit(0x00280106, "SS", b"")
    )
    ds = dataset(
        (0x00280103, "US", b"\x01\x00"), (0x00280106, None, b"\xff\xff"), (0x00283010, "SQ", inner)
    )
    assert [found[:1] + found[2:] for found in listed(ds)] == [
        (0, "US", 1),
        (0, "SS", -1),
        (0, "SQ", "2 items"),
        (1, "", 0),
        (1, "SS", -1),
        (1, "", 1),
        (1, "US", 0),
        (1, "SS", None),
    ]
    unsigned = dataset((0x00280103, "US", b"\x00\x00"), (0x00283010, "SQ", item(open_vr)))
    assert listed(unsigned)[-1] == (1, "(0028,0106)", "US", 65535)


def test_items_of_a_sequence_in_bytes() -> None:
    value = (
        item(explicit(0x00080060, "CS", b"CT"))
        + item(b"")
        + item(explicit(0x00080060, "CS", b"MR"))
    )
    ds = dataset((0x00081140, "SQ", value), (0x00100020, "LO", b"ID"))
    assert listed(ds) == [
        (0, "(0008,1140)", "SQ", "3 items"),
        (1, "item", "", 0),
        (1, "(0008,0060)", "CS", "CT"),
        (1, "item", "", 1),
        (1, "item", "", 2),
        (1, "(0008,0060)", "CS", "MR"),
        (0, "(0010,0020)", "LO", "ID"),
    ]


def test_a_sequence_with_bytes_left_over_is_broken() -> None:
    value = item(explicit(0x00080060, "CS", b"CT")) + b"something else"
    (entry, _) = entries(dataset((0x00081140, "SQ", value)))
    assert summarize(entry) == ("1 item", 1, True)
    nested = item(explicit(0x00081140, "SQ", value) + explicit(0x00100020, "LO", b"ID"))
    found = entries(dataset((0x00081140, "SQ", nested)))
    assert [summarize(entry)[::2] for entry in found] == [
        ("1 item", False),
        ("1 item", True),
        ("CT", False),
        ("ID", False),
    ]


def test_items_of_a_sequence_that_pydicom_or_a_caller_made() -> None:
    inner = Dataset()
    inner.Modality = "CT"
    ds = Dataset()
    ds.ReferencedImageSequence = Sequence([inner, Dataset()])
    ds.PatientID = "ID"
    assert listed(ds) == [
        (0, "(0008,1140)", "SQ", "2 items"),
        (1, "item", "", 0),
        (1, "(0008,0060)", "CS", "CT"),
        (1, "item", "", 1),
        (0, "(0010,0020)", "LO", "ID"),
    ]


def test_a_private_sequence_that_only_the_dictionary_knows() -> None:
    value = b"\xfe\xff\x00\xe0\x0a\x00\x00\x00\x08\x00\x60\x00\x02\x00\x00\x00CT"
    found = dataset((0x00710010, None, b"AGFA-AG_HPState "), (0x00711018, None, value))
    assert listed(found)[1:] == [
        (0, "(0071,1018)", "SQ", "1 item"),
        (1, "item", "", 0),
        (1, "(0008,0060)", "CS", "CT"),
    ]


def test_only_some_items_are_entered_where_that_is_asked_for() -> None:
    ds = dataset((0x00081140, "SQ", item(b"") * 5), (0x00100020, "LO", b"ID"))
    steps = list(walk(ds, DEFAULT_LIMITS, most_items=2))
    starts = [step for step in steps if isinstance(step, ItemStart)]
    assert starts == [ItemStart(1, 0), ItemStart(1, 1), ItemStart(1, 2, left=3)]
    assert isinstance(steps[-1], Entry)


def in_bytes(depth: int) -> Dataset:
    value = b""
    for _ in range(depth - 1):
        value = explicit(0x00081140, "SQ", item(value))
    return dataset((0x00081140, "SQ", item(value)))


def in_memory(depth: int) -> Dataset:
    made = Dataset()
    for _ in range(depth):
        outer = Dataset()
        outer.ReferencedImageSequence = [made]
        made = outer
    return made


@pytest.mark.parametrize("made", [in_bytes, in_memory])
def test_depth_is_bounded(made: Callable[[int], Dataset]) -> None:
    assert max(entry.level for entry in entries(made(5), Limits(depth=5))) == 4
    check_limits(made(5), Limits(depth=5))
    for refuse in (entries, check_limits):
        with pytest.raises(LimitError, match="deeper than the limit of 4 levels"):
            refuse(made(5), Limits(depth=4))
    # One that is empty costs nothing.
    assert entries(in_bytes(1), Limits(depth=1))


def test_depth_counts_levels_and_not_sequences() -> None:
    ds = Dataset()
    for number in range(100):
        ds.add_new(0x00090000 + 0x1001 + number, "SQ", [Dataset()])
    check_limits(ds, Limits(depth=1))
    assert len(entries(ds, Limits(depth=1))) == 100


@pytest.mark.parametrize("made", [in_bytes, in_memory])
def test_items_are_bounded(made: Callable[[int], Dataset]) -> None:
    both = Dataset({**made(3)._dict, **dataset((0x00082218, "SQ", item(b"") * 4))._dict})
    assert len(entries(both, Limits(items=7))) == 4
    check_limits(both, Limits(items=7))
    for refuse in (entries, check_limits):
        with pytest.raises(LimitError, match="more than the limit of 6 items"):
            refuse(both, Limits(items=6))


def test_nesting_that_was_never_checked() -> None:
    opening = b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff" + ITEM + b"\xff\xff\xff\xff"
    closing = b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0"
    ds = dataset((0x00081140, "SQ", item(opening * 2000 + closing * 2000)))
    with pytest.raises(LimitError):
        entries(ds)
    # Without recursion, whatever is allowed.
    assert len(entries(ds, Limits(depth=3000))) == 2001


def test_character_sets() -> None:
    name = (0x00100010, "PN", b"J\xc3\xa9r\xc3\xb4me")
    utf8 = (0x00080005, "CS", b"ISO_IR 192")
    assert listed(dataset(utf8, name))[1][3] == "J\u00e9r\u00f4me"
    # An item takes over what is around it, or has its own; behind it, nothing has changed.
    latin = explicit(0x00080005, "CS", b"ISO_IR 100")
    inner = item(explicit(*name)) + item(latin + explicit(*name)) + item(explicit(*name))
    found = listed(dataset(utf8, (0x00101002, "SQ", inner), (0x00104000, "LT", "é".encode())))
    assert [value for _, tag, _, value in found if tag == "(0010,0010)"] == [
        "J\u00e9r\u00f4me",
        "J\u00c3\u00a9r\u00c3\u00b4me",
        "J\u00e9r\u00f4me",
    ]
    assert found[-1][3] == "é"
    made = dataset(name)
    made.SpecificCharacterSet = "ISO_IR 192"
    assert listed(made)[-1][3] == "J\u00e9r\u00f4me"
    made.SpecificCharacterSet = None
    assert listed(made)[-1][3] == "J\u00c3\u00a9r\u00c3\u00b4me"


def test_items_in_memory_take_over_the_character_set() -> None:
    outer = dataset((0x00080005, "CS", b"\\ISO 2022 IR 149"))
    outer.ReferencedImageSequence = [dataset((0x00081030, "LO", b"\x1b$)C\xd1\xce"))]
    assert listed(outer)[-1][3] == "\u5409"
    inner = outer.ReferencedImageSequence[0]
    inner.SpecificCharacterSet = "ISO_IR 100"
    assert listed(outer)[-1][3] == "\u5409"


def test_meta_information_comes_first() -> None:
    ds = read_dataset(str(get_testdata_file("CT_small.dcm", download=False)))
    tags = [entry.names.tag for entry in entries(ds) if not entry.level]
    assert tags == sorted(tags)
    assert tags[0] == "(0002,0000)"
    assert [entry.names.tag for entry in entries(dataset((0x00080060, "CS", b"CT")))] == [
        "(0008,0060)"
    ]


def test_a_private_creator_in_an_item_is_its_own() -> None:
    creator = explicit(0x00090010, "LO", b"GEMS_IDEN_01")
    private = explicit(0x00091001, "LO", b"x ")
    ds = dataset((0x00081140, "SQ", item(creator + private) + item(private)))
    names = [entry.names.name for entry in entries(ds)]
    assert names[1:] == ["Private Creator", "[Full fidelity]", "Private tag data"]


def one(vr: str, value: object) -> tuple[Value, int, bool]:
    ds = Dataset()
    if isinstance(value, bytes):
        ds = dataset((0x00090010, vr, value))
    else:
        ds.add(DataElement(0x00090010, vr, value, already_converted=True))
    (entry,) = entries(ds)
    return summarize(entry)


@pytest.mark.parametrize(
    ("vr", "value", "expected", "count"),
    [
        ("CS", b"ORIGINAL\\PRIMARY ", ("ORIGINAL", "PRIMARY"), 2),
        ("CS", b"CT", "CT", 1),
        ("CS", b"", None, 0),
        ("CS", b"  ", None, 0),
        ("CS", b"A\\\\B", ("A", "", "B"), 3),
        ("PN", b"Doe^Jane ", "Doe^Jane", 1),
        ("DS", b"1.5\\ -2e1 ", (1.5, -20.0), 2),
        ("IS", b"+7", 7, 1),
        ("IS", b"7\\\\8", (7, None, 8), 3),
        ("IS", b"1.0", 1, 1),
        ("IS", b"9999999999999", 9_999_999_999_999, 1),
        ("DA", b"20200131", "20200131", 1),
        ("DA", b"1997.04.30", "1997.04.30", 1),
        ("TM", b"235959.5", "235959.5", 1),
        ("DT", b"2020", "2020", 1),
        ("UI", b"1.2.840.10008.1.2\0", "1.2.840.10008.1.2", 1),
        ("ST", b" indented\\text ", " indented\\text", 1),
        ("UT", b"   ", None, 0),
        ("US", b"\x01\x00", 1, 1),
        ("SS", b"\xff\xff\x02\x00", (-1, 2), 2),
        ("FD", struct.pack("<2d", 0.5, -1.0), (0.5, -1.0), 2),
        ("AT", b"\x10\x00\x20\x00", "(0010,0020)", 1),
        ("AT", b"\x10\x00\x20\x00\xe0\x7f\x10\x00", ("(0010,0020)", "(7FE0,0010)"), 2),
        ("OB", b"\x00\x01", "<2 bytes: 00 01>", 1),
        ("OW", bytes(range(20)), "<20 bytes: 00 01 02 03 04 05 06 07 \u2026>", 1),
        ("OB", bytes(1 << 20), "<1048576 bytes: 00 00 00 00 00 00 00 00 \u2026>", 1),
        ("FD", bytes(8 * 1000), "<1000 numbers>", 1000),
        ("DS", b"\\".join([b"1"] * 1000), "<1000 numbers>", 1000),
        ("PN", PersonName("Doe^Jane"), "Doe^Jane", 1),
        ("LO", "text", "text", 1),
        ("LO", None, None, 0),
        ("DS", ["1.50", "2"], (1.5, 2.0), 2),
        ("AT", [0x00100020, 0x7FE00010], ("(0010,0020)", "(7FE0,0010)"), 2),
        ("US", list(range(300)), "<300 numbers>", 300),
        ("LT", "one\\text", "one\\text", 1),
    ],
)
def test_sound_values(vr: str, value: object, expected: Value, count: int) -> None:
    assert one(vr, value) == (expected, count, False)


@pytest.mark.parametrize(
    ("vr", "value", "expected"),
    [
        ("DS", b"1_0", "1_0"),
        ("DS", b"1.5\\abc", ("1.5", "abc")),
        ("DS", b"1e999", "1e999"),
        ("IS", b"1.5", "1.5"),
        ("DA", b"20201301", "20201301"),
        ("TM", b"noon", "noon"),
        ("AS", b"12", "12"),
        ("UI", b"1.02.3", "1.02.3"),
        ("CS", b"J\xe9r", "J\ufffdr"),
        ("US", b"\x01", "<1 bytes: 01>"),
        ("US", b"\x01\x00\x02", "<3 bytes: 01 00 02>"),
    ],
)
def test_broken_values_are_shown_as_they_were_written(
    vr: str, value: bytes, expected: Value
) -> None:
    found, _, broken = one(vr, value)
    assert broken
    assert found == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"plain text ", "plain text"),
        (b"\x00\x01\x02", "<3 bytes: 00 01 02>"),
        (b"\0\0", "<2 bytes: 00 00>"),
        (b"x" * (1 << 20), "<1048576 bytes: 78 78 78 78 78 78 78 78 \u2026>"),
    ],
)
def test_bytes_of_an_unknown_kind(value: bytes, expected: Value) -> None:
    (entry,) = entries(dataset((0x00091001, "UN", value)))
    assert summarize(entry) == (expected, 1, False)


def test_long_text_is_cut() -> None:
    text, _, _ = one("UT", b"x" * (1 << 20))
    assert isinstance(text, str)
    assert len(text) < 70_000
    assert text.endswith("(1048576 characters)")


def test_a_value_that_was_left_in_the_file() -> None:
    tag = BaseTag(0x7FE00010)
    left = RawDataElement(tag, "OB", 500, None, 0, False, True)  # noqa: FBT003
    (entry,) = entries(Dataset({tag: left}))
    assert summarize(entry) == ("<not read>", 1, False)
    empty = RawDataElement(tag, "OB", 0, None, 0, False, True)  # noqa: FBT003
    (entry,) = entries(Dataset({tag: empty}))
    assert summarize(entry) == (None, 0, False)


def test_big_endian() -> None:
    tag = BaseTag(0x00280010)
    ds = Dataset({tag: RawDataElement(tag, "US", 2, b"\x00\x01", 0, False, False)})  # noqa: FBT003
    assert listed(ds)[0][3] == 1
    value = b"\xff\xfe\xe0\x00\x00\x00\x00\x0a\x00\x28\x00\x10US\x00\x02\x01\x02"
    tag = BaseTag(0x00081140)
    ds = Dataset({tag: RawDataElement(tag, "SQ", 18, value, 0, False, False)})  # noqa: FBT003
    assert listed(ds)[-1] == (1, "(0028,0010)", "US", 258)


@pytest.mark.parametrize("tag", [0x00080005, 0x00090010, 0x00280103])
def test_a_sequence_where_text_or_a_number_bears_on_others(tag: int) -> None:
    odd = explicit(tag, "SQ", item(b""))
    name = explicit(0x00100010, "PN", b"Doe^Jane")
    private = explicit(0x00091001, "LO", b"x ")
    inner = b"".join(sorted((odd, name, private)))
    in_bytes = dataset((0x00081140, "SQ", item(inner)))
    at_top = dataset((0x00100010, "PN", b"Doe^Jane"), (tag, "SQ", item(b"")))
    converted = Dataset()
    converted.PatientName = "Doe^Jane"
    converted.add(DataElement(tag, "SQ", Sequence([Dataset()])))
    for ds in (in_bytes, at_top, converted):
        found = {entry.names.tag: summarize(entry)[0] for entry in entries(ds)}
        assert found["(0010,0010)"] == "Doe^Jane"
