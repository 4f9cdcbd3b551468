"""Tags are made once, so that a dictionary finds them without comparing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.tag import BaseTag, Tag
from tests.dataset.corpus import CT

from dicomkit.dataset.elements.attributes import integer
from dicomkit.dataset.elements.tags import shared_tag
from dicomkit.dataset.files.reading import read_dataset


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
