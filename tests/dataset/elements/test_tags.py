"""Tags are made once, so that a dictionary finds them without comparing, and looked up once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.tag import BaseTag, Tag
from tests.dataset.corpus import CT

from dicomkit.dataset.elements.attributes import integer
from dicomkit.dataset.elements.tags import (
    TagEntry,
    creator_tag,
    dictionary_entry,
    resolve_vr,
    shared_tag,
)
from dicomkit.dataset.files.reading import read_dataset

SMALLEST = ("SmallestImagePixelValue", "Smallest Image Pixel Value")


@given(st.integers(0, 0xFFFFFFFF))
def test_a_tag_is_the_same_object_each_time(number: int) -> None:
    tag = shared_tag(number)
    assert tag is shared_tag(number)
    assert isinstance(tag, BaseTag)
    assert tag == Tag(number)


@pytest.mark.parametrize("keyword", ["PatientID", "Rows", "RescaleSlope"])
def test_what_is_read_has_the_tag_that_a_keyword_stands_for(keyword: str) -> None:
    keys = {int(tag): tag for tag in read_dataset(CT)._dict}
    assert keys[int(Tag(keyword))] is shared_tag(int(Tag(keyword)))


def test_looking_up_what_was_read_compares_no_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    ds = read_dataset(CT)

    def refuse(_tag: BaseTag, _other: object) -> bool:
        pytest.fail("tags were compared")

    with monkeypatch.context() as patched:
        patched.setattr(BaseTag, "__eq__", refuse)
        found = integer(ds, "Rows")
    assert found == 128


@pytest.mark.parametrize(
    ("tag", "creator", "expected"),
    [
        (0x00100010, None, TagEntry("(0010,0010)", "PatientName", "Patient's Name", "PN")),
        (0x60020010, None, TagEntry("(6002,0010)", "OverlayRows", "Overlay Rows", "US")),
        (0x00280106, None, TagEntry("(0028,0106)", *SMALLEST, "US or SS")),
        (0x00090000, None, TagEntry("(0009,0000)", "", "Group Length", "UL")),
        (0x00090010, None, TagEntry("(0009,0010)", "", "Private Creator", "LO")),
        (0x00091001, None, TagEntry("(0009,1001)", "", "Private tag data", "UN")),
        (0x00091001, "GEMS_IDEN_01", TagEntry("(0009,1001)", "", "[Full fidelity]", "LO")),
        (0x0009FF01, "GEMS_IDEN_01", TagEntry("(0009,FF01)", "", "[Full fidelity]", "LO")),
        (0x00091001, "NOBODY", TagEntry("(0009,1001)", "", "Private tag data", "UN")),
        (0x00080003, None, TagEntry("(0008,0003)", "", "Unknown", "UN")),
    ],
)
def test_what_the_dictionary_says(tag: int, creator: str | None, expected: TagEntry) -> None:
    assert dictionary_entry(tag, creator) == expected


@pytest.mark.parametrize(
    ("tag", "creator"),
    [
        (0x0019100C, 0x00190010),
        (0x0019FF0C, 0x001900FF),
        (0x00190010, None),
        (0x00190000, None),
        (0x0018100C, None),
    ],
)
def test_where_the_creator_of_a_private_element_is(tag: int, creator: int | None) -> None:
    assert creator_tag(tag) == creator


@pytest.mark.parametrize(
    ("vr", "dictionary", "signed", "expected"),
    [
        ("LO", "PN", False, "LO"),
        (None, "PN", False, "PN"),
        ("UN", "PN", False, "PN"),
        (None, "US or SS", False, "US"),
        (None, "US or SS", True, "SS"),
        ("US or SS", "UN", True, "SS"),
        (None, "OB or OW", False, "OW"),
        (None, "US or OW", True, "US"),
        (None, "US or SS or OW", True, "US"),
    ],
)
def test_which_vr_counts(vr: str | None, dictionary: str, signed: bool, expected: str) -> None:
    assert resolve_vr(vr, dictionary, signed=signed) == expected
