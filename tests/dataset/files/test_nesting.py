"""Stepping over sequences and fragments, laid out by hand after PS3.5 7.5 and A.4."""

from __future__ import annotations

import struct

import pytest

from dicomkit.dataset.files.encoding import Encoding, Incomplete
from dicomkit.dataset.files.nesting import (
    ItemBudget,
    Span,
    check_depth,
    encapsulated_end,
    is_sequence,
    item_spans,
    sequence_end,
)
from dicomkit.errors import InconsistentError, LimitError
from dicomkit.limits import Limits

LITTLE = Encoding(explicit=True, little=True)
IMPLICIT = Encoding(explicit=False, little=True)
BIG = Encoding(explicit=True, little=False)

ITEM = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
ITEM_END = b"\xfe\xff\x0d\xe0\x00\x00\x00\x00"
SEQUENCE_END = b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"
SEQUENCE = b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff"
ELEMENT = b"\x08\x00\x60\x00CS\x02\x00CT"
BARE_ELEMENT = b"\x08\x00\x60\x00\x02\x00\x00\x00CT"


def item(content: bytes) -> bytes:
    return b"\xfe\xff\x00\xe0" + struct.pack("<L", len(content)) + content


def sequence(content: bytes) -> bytes:
    return b"\x08\x00\x40\x11SQ\x00\x00" + struct.pack("<L", len(content)) + content


def defined(levels: int) -> bytes:
    """Nest sequences of defined length; the value of the outermost."""
    value = b""
    for _ in range(levels - 1):
        value = sequence(item(value))
    return item(value)


def undefined(levels: int) -> bytes:
    """Nest sequences of undefined length; from the first item to the last delimiter."""
    return (
        (ITEM + SEQUENCE) * (levels - 1) + (SEQUENCE_END + ITEM_END) * (levels - 1) + SEQUENCE_END
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        item(b""),
        item(ELEMENT) + item(ELEMENT),
        ITEM + ELEMENT + ITEM_END,
        ITEM + BARE_ELEMENT + ITEM_END,
        ITEM + ITEM_END,
        ITEM + SEQUENCE + item(ELEMENT) + SEQUENCE_END + ELEMENT + ITEM_END,
        # A private sequence of VR UN, its items without VRs (PS3.5 6.2.2).
        ITEM
        + b"\x09\x00\x01\x10UN\x00\x00\xff\xff\xff\xff"
        + (ITEM + BARE_ELEMENT + ITEM_END + SEQUENCE_END)
        + ITEM_END,
        # An icon's encapsulated pixels, which hold the bytes of a delimiter.
        ITEM
        + b"\xe0\x7f\x10\x00OB\x00\x00\xff\xff\xff\xff"
        + (item(b"") + item(SEQUENCE_END) + SEQUENCE_END)
        + ITEM_END,
        # Delimiters where none belongs or one is missing, which some writers do.
        item(ELEMENT) + ITEM_END,
        ITEM + ELEMENT,
    ],
)
def test_the_end_of_a_sequence(content: bytes) -> None:
    buffer = b"ab" + content + SEQUENCE_END + b"tail"
    end = 2 + len(content)
    assert sequence_end(buffer, 2, LITTLE, 4) == (end, end + 8)


def test_the_end_in_big_endian() -> None:
    content = b"\xff\xfe\xe0\x00\x00\x00\x00\x0a\x00\x08\x00\x60CS\x00\x02CT"
    buffer = content + b"\xff\xfe\xe0\xdd\x00\x00\x00\x00"
    assert sequence_end(buffer, 0, BIG, 4) == (len(content), len(content) + 8)


@pytest.mark.parametrize("cut", range(1, 44))
def test_a_sequence_that_is_cut_anywhere_is_incomplete(cut: int) -> None:
    whole = ITEM + ELEMENT + SEQUENCE + item(b"") + SEQUENCE_END + ITEM_END + SEQUENCE_END
    with pytest.raises(Incomplete) as caught:
        sequence_end(whole[:-cut], 0, LITTLE, 4)
    assert caught.value.need > len(whole) - cut


def test_what_is_no_item_is_refused() -> None:
    with pytest.raises(InconsistentError):
        sequence_end(ELEMENT + SEQUENCE_END, 0, LITTLE, 4)


def test_nesting_up_to_the_limit_and_beyond() -> None:
    buffer = undefined(5)
    assert sequence_end(buffer, 0, LITTLE, 5)[1] == len(buffer)
    with pytest.raises(LimitError):
        sequence_end(buffer, 0, LITTLE, 4)


def test_nesting_of_defined_length_inside_undefined() -> None:
    inner = sequence(defined(3))
    buffer = ITEM + inner + ITEM_END + item(inner) + SEQUENCE_END
    assert sequence_end(buffer, 0, LITTLE, 4)[1] == len(buffer)
    with pytest.raises(LimitError):
        sequence_end(buffer, 0, LITTLE, 3)
    with pytest.raises(LimitError):
        sequence_end(item(inner) + SEQUENCE_END, 0, LITTLE, 3)


@pytest.mark.parametrize("levels", [1, 2, 3, 10])
def test_check_depth_of_defined_lengths(levels: int) -> None:
    value = b"ab" + defined(levels) + b"tail"
    check_depth(value, 2, len(value) - 4, LITTLE, levels)
    for limit in range(1, levels):
        with pytest.raises(LimitError):
            check_depth(value, 2, len(value) - 4, LITTLE, limit)


@pytest.mark.parametrize("value", [ELEMENT + ITEM * 9, ITEM * 9])
def test_check_depth_lets_what_is_no_sequence_be(value: bytes) -> None:
    check_depth(value, 0, len(value), LITTLE, 2)


def test_ten_thousand_levels_need_no_recursion() -> None:
    buffer = undefined(10_000)
    assert sequence_end(buffer, 0, LITTLE, 10_000)[1] == len(buffer)


@pytest.mark.parametrize("levels", [1, 3])
def test_items_are_counted_at_every_level(levels: int) -> None:
    value = b"ab" + defined(levels) * 2 + b"tail"
    budget = ItemBudget(Limits(items=2 * levels))
    budget.spend_on(value, Span(2, len(value) - 4, LITTLE))
    assert budget.left == 0
    with pytest.raises(LimitError, match=rf"{2 * levels} items; pass a larger Limits\(items=...\)"):
        budget.spend_on(value, Span(2, len(value) - 4, LITTLE))


def test_what_does_not_begin_as_a_sequence_has_no_items() -> None:
    budget = ItemBudget(Limits(items=1))
    value = b"data" + ITEM * 9
    budget.spend_on(value, Span(0, len(value), LITTLE))
    budget.spend_on(ITEM * 9, Span(0, len(ITEM) * 9, BIG))
    assert budget.left == 1


def test_stepping_over_a_sequence_ends_when_its_items_are_too_many() -> None:
    buffer = (ITEM + ITEM_END) * 4 + item(ELEMENT) + SEQUENCE_END
    budget = ItemBudget(Limits(items=5))
    assert sequence_end(buffer, 0, LITTLE, 1, budget)[1] == len(buffer)
    assert budget.left == 5
    with pytest.raises(LimitError):
        sequence_end(buffer, 0, LITTLE, 1, ItemBudget(Limits(items=4)))
    # Long before the end, which is not there.
    with pytest.raises(LimitError):
        sequence_end((ITEM + ITEM_END) * 1000, 0, LITTLE, 1, ItemBudget(Limits(items=4)))


def test_is_sequence_by_vr() -> None:
    assert is_sequence(b"", 0x00081140, "SQ", 0, LITTLE)
    assert is_sequence(b"", 0x00091001, "UN", 0, LITTLE)
    assert not is_sequence(b"", 0x7FE00010, "OB", 0, LITTLE)


def test_is_sequence_by_dictionary_or_by_what_follows() -> None:
    assert is_sequence(b"", 0x00081140, None, 0, IMPLICIT)
    assert not is_sequence(ITEM, 0x7FE00010, None, 0, IMPLICIT)
    assert is_sequence(ITEM, 0x00091001, None, 0, IMPLICIT)
    assert not is_sequence(b"abcd", 0x00091001, None, 0, IMPLICIT)
    with pytest.raises(Incomplete):
        is_sequence(b"\xfe\xff\x00", 0x00091001, None, 0, IMPLICIT)


def test_spans_of_items() -> None:
    value = item(ELEMENT) + ITEM + BARE_ELEMENT + ITEM_END + item(b"")
    assert [tuple(span) for span in item_spans(value, 0, len(value), LITTLE, 4)] == [
        (8, 18, LITTLE),
        (26, 36, IMPLICIT),
        (52, 52, LITTLE),
    ]


@pytest.mark.parametrize(
    "bad",
    [
        ELEMENT,
        SEQUENCE_END + item(ELEMENT),
        ITEM + ELEMENT,
        ITEM + SEQUENCE + ELEMENT + SEQUENCE_END + ITEM_END,
        b"\xfe\xff\x00\xe0\x04\x00\x00\x00abcd",
        b"\xfe\xff\x00",
    ],
)
def test_spans_end_at_the_first_fault(bad: bytes) -> None:
    value = item(ELEMENT) + bad
    assert [span[:2] for span in item_spans(value, 0, len(value), LITTLE, 4)] == [(8, 18)]


def test_a_span_never_leaves_the_value() -> None:
    value = b"\xfe\xff\x00\xe0\x00\x01\x00\x00" + ELEMENT
    assert [span[:2] for span in item_spans(value, 0, len(value), LITTLE, 4)] == [(8, 18)]


def test_spans_keep_to_the_depth() -> None:
    value = ITEM + SEQUENCE + undefined(3) + ITEM_END
    assert len(list(item_spans(value, 0, len(value), LITTLE, 3))) == 1
    with pytest.raises(LimitError):
        list(item_spans(value, 0, len(value), LITTLE, 2))


def test_the_end_of_fragments() -> None:
    content = item(b"") + item(b"ab" + SEQUENCE_END)
    buffer = b"xy" + content + SEQUENCE_END + b"tail"
    end = 2 + len(content)
    assert encapsulated_end(buffer, 2, LITTLE) == (end, end + 8)


def test_what_is_no_fragments_ends_at_the_delimiter() -> None:
    assert encapsulated_end(b"abcdefgh" + SEQUENCE_END, 0, LITTLE) == (8, 16)
    with pytest.raises(Incomplete):
        encapsulated_end(b"abcdefgh" + SEQUENCE_END[:3], 0, LITTLE)
    with pytest.raises(Incomplete):
        encapsulated_end(item(b"abcd"), 0, LITTLE)
