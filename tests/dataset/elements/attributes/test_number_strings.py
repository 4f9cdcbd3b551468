"""Numbers in decimal and integer strings; the grammars are PS3.5 6.2's."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag
from tests.dataset.elements.attributes.encoded import (
    implicit,
    one,
    read,
)

from dicomkit.dataset.elements.attributes import (
    integer,
    integers,
    number,
    numbers,
)

if TYPE_CHECKING:
    from dicomkit.notes import Note

GOOD_DECIMALS = {
    b"5": (5,),
    b" 5 ": (5,),
    b"5 ": (5,),
    b"5\0": (5,),
    b"+5": (5,),
    b"-5.25": (-5.25,),
    b"5.": (5,),
    b".5": (0.5,),
    b"1e5": (1e5,),
    b"1E+5": (1e5,),
    b"-.5e-3": (-0.0005,),
    b"5\\6": (5, 6),
    b" 5 \\ 6 ": (5, 6),
    b"1\\2\\3\\4": (1, 2, 3, 4),
    b"0": (0,),
    b"-0": (0,),
}
BAD_DECIMALS = [
    b"1_0",
    b"NaN",
    b"nan",
    b"inf",
    b"-Infinity",
    b"1e400",
    b"1,5",
    b"5\\",
    b"\\5",
    b"5\\\\6",
    b"5\\x",
    b".",
    b"+",
    b"1e",
    b"e5",
    b"0x10",
    b"--5",
    b"1 2",
    b"5\t",
    b"5\n",
    b"five",
    b"\xb5",
    b"\xd9\xa5",
]
EMPTY = [b"", b" ", b"  ", b"\0", b"\0\0"]


@pytest.mark.parametrize("value", GOOD_DECIMALS)
def test_decimal_strings(value: bytes) -> None:
    notes: list[Note] = []
    ds = one("WindowCenter", "DS", value)
    assert numbers(ds, "WindowCenter", notes) == GOOD_DECIMALS[value]
    assert number(ds, "WindowCenter", notes) == GOOD_DECIMALS[value][0]
    assert not notes


@pytest.mark.parametrize("value", BAD_DECIMALS)
def test_a_decimal_string_that_breaks_the_grammar_is_absent_and_noted(value: bytes) -> None:
    notes: list[Note] = []
    ds = one("WindowCenter", "DS", value)
    assert numbers(ds, "WindowCenter", notes) == ()
    assert [note.code for note in notes] == ["attribute_ignored"]
    assert notes[0].message.startswith("(0028,1050) Window Center ")
    assert number(ds, "WindowCenter") is None


@pytest.mark.parametrize("value", EMPTY)
def test_an_empty_number_is_absent_and_no_fault(value: bytes) -> None:
    notes: list[Note] = []
    for vr in ("DS", "IS"):
        ds = one("WindowCenter", vr, value)
        assert numbers(ds, "WindowCenter", notes) == ()
        assert integers(ds, "WindowCenter", notes) == ()
    assert not notes


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_that_is_written_comes_back(value: float) -> None:
    assert number(one("RescaleSlope", "DS", repr(value).encode()), "RescaleSlope") == value


@given(st.binary(max_size=20))
def test_no_bytes_make_a_number_raise_or_warn(value: bytes) -> None:
    ds = one("RescaleSlope", "DS", value)
    found = numbers(ds, "RescaleSlope")
    assert all(math.isfinite(part) for part in found)
    assert all(isinstance(part, float) for part in found)
    assert isinstance(ds._dict[Tag("RescaleSlope")], RawDataElement)


def test_numbers_without_end_are_not_read() -> None:
    """Each would take many times its bytes, and no picture depends on so many."""
    value = b"\\".join([b"1"] * 40_000)
    ds = read(implicit("WindowCenter", value), explicit=False)
    notes: list[Note] = []
    assert numbers(ds, "WindowCenter", notes) == ()
    assert len(notes) == 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"5", (5,)),
        (b" 5 ", (5,)),
        (b"-12", (-12,)),
        (b"+7\0", (7,)),
        (b"007", (7,)),
        (b"1\\2", (1, 2)),
        (b"2147483647", (2147483647,)),
        # What has one right reading, though the standard has no room for it.
        (b"5.0", (5,)),
        (b"5.", (5,)),
        (b"9" * 13, (9_999_999_999_999,)),
    ],
)
def test_integer_strings(value: bytes, expected: tuple[int, ...]) -> None:
    ds = one("NumberOfFrames", "IS", value)
    assert integers(ds, "NumberOfFrames") == expected
    assert integer(ds, "NumberOfFrames") == expected[0]
    assert numbers(ds, "NumberOfFrames") == expected


@pytest.mark.parametrize(
    "value",
    [b"1_0", b"5.5", b"1e2", b"NaN", b"5\\", b"x", b"- 5", b".0", b"\xb2", b"\xd9\xa5"],
)
def test_an_integer_string_that_breaks_the_grammar_is_absent_and_noted(value: bytes) -> None:
    notes: list[Note] = []
    ds = one("NumberOfFrames", "IS", value)
    assert integers(ds, "NumberOfFrames", notes) == ()
    assert integer(ds, "NumberOfFrames", notes) is None
    assert [note.code for note in notes] == ["attribute_ignored"] * 2
    assert "(0028,0008) Number of Frames" in notes[0].message


@given(st.binary(max_size=14))
def test_no_bytes_make_an_integer_raise_or_warn(value: bytes) -> None:
    assert all(isinstance(part, int) for part in integers(one("Rows", "IS", value), "Rows"))
