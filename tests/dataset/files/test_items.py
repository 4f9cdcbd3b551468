"""Opening sequences in one pass, laid out by hand after PS3.5 7.5."""

from __future__ import annotations

import struct
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicomkit.dataset.files import items as module
from dicomkit.dataset.files.encoding import Encoding
from dicomkit.dataset.files.items import OpenedItems, open_sequence
from dicomkit.dataset.files.nesting import ItemBudget
from dicomkit.errors import LimitError
from dicomkit.limits import DEFAULT_LIMITS, Limits

LITTLE = Encoding(explicit=True, little=True)
IMPLICIT = Encoding(explicit=False, little=True)
BIG = Encoding(explicit=True, little=False)

ITEM = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
ITEM_END = b"\xfe\xff\x0d\xe0\x00\x00\x00\x00"
SEQUENCE_END = b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"
SEQUENCE = b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff"
ELEMENT = b"\x08\x00\x60\x00CS\x02\x00CT"
BARE_ELEMENT = b"\x08\x00\x60\x00\x02\x00\x00\x00CT"
NAME = b"\x10\x00\x10\x00PN\x04\x00A^B "

CT = (0x00080060, "CS", b"CT", False)
BARE_CT = (0x00080060, None, b"CT", False)
AB = (0x00100010, "PN", b"A^B ", False)


def item(content: bytes) -> bytes:
    return b"\xfe\xff\x00\xe0" + struct.pack("<L", len(content)) + content


def sequence(content: bytes) -> bytes:
    return b"\x08\x00\x40\x11SQ\x00\x00" + struct.pack("<L", len(content)) + content


def opened(*items: tuple[object, ...], broken: bool = False) -> tuple[int, str, object, bool]:
    return 0x00081140, "SQ", items, broken


def read(
    value: bytes, encoding: Encoding = LITTLE, limits: Limits = DEFAULT_LIMITS
) -> tuple[OpenedItems, bool]:
    return open_sequence(value, encoding, limits.depth, ItemBudget(limits))


@pytest.mark.parametrize(
    ("value", "items"),
    [
        (b"", ()),
        (item(b""), ((),)),
        (item(ELEMENT) + item(ELEMENT + NAME), ((CT,), (CT, AB))),
        (ITEM + ELEMENT + ITEM_END + ITEM + ITEM_END, ((CT,), ())),
        (ITEM + BARE_ELEMENT + ITEM_END, ((BARE_CT,),)),
        (item(BARE_ELEMENT) + item(ELEMENT), ((BARE_CT,), (CT,))),
        # Sequences in items, of both kinds, and what comes behind them.
        (item(sequence(item(ELEMENT)) + NAME), ((opened((CT,)), AB),)),
        (
            ITEM + SEQUENCE + item(ELEMENT) + ITEM + ITEM_END + SEQUENCE_END + NAME + ITEM_END,
            ((opened((CT,), ()), AB),),
        ),
        (item(sequence(b"") + NAME), ((opened(), AB),)),
        # Fragments that hold the bytes of a delimiter.
        (
            ITEM
            + b"\xe0\x7f\x10\x00OB\x00\x00\xff\xff\xff\xff"
            + (item(b"") + item(SEQUENCE_END) + SEQUENCE_END)
            + ITEM_END,
            (((0x7FE00010, "OB", item(b"") + item(SEQUENCE_END), False),),),
        ),
        # A private sequence of VR UN, its items without VRs (PS3.5 6.2.2).
        (
            item(
                b"\x09\x00\x01\x10UN\x00\x00\xff\xff\xff\xff"
                + (ITEM + BARE_ELEMENT + ITEM_END + SEQUENCE_END)
            ),
            (((0x00091001, "SQ", ((BARE_CT,),), False),),),
        ),
        # What the dictionary knows as a sequence.
        (
            item(b"\x08\x00\x40\x11UN\x00\x00\x12\x00\x00\x00" + item(ELEMENT)),
            ((opened((CT,)),),),
        ),
        # Delimiters where none belongs or one is missing, which some writers do.
        (item(ELEMENT) + ITEM_END + item(ELEMENT), ((CT,), (CT,))),
        (item(ELEMENT + ITEM_END) + item(NAME), ((CT,), (AB,))),
        (item(ELEMENT) + SEQUENCE_END, ((CT,),)),
        (
            item(SEQUENCE + ITEM + ELEMENT + SEQUENCE_END + NAME),
            ((opened((CT,)), AB),),
        ),
        (item(sequence(item(ELEMENT) + SEQUENCE_END) + NAME), ((opened((CT,)), AB),)),
        # Elements out of order, and two with one tag.
        (item(NAME + ELEMENT), ((CT, AB),)),
        (
            item(NAME + NAME.replace(b"A", b"Z") + sequence(item(ELEMENT))),
            ((opened((CT,)), (0x00100010, "PN", b"Z^B ", False)),),
        ),
    ],
)
def test_sound_sequences(value: bytes, items: OpenedItems) -> None:
    assert read(value) == (items, False)


def test_other_encodings() -> None:
    value = b"\xfe\xff\x00\xe0\x22\x00\x00\x00" + (
        b"\x08\x00\x40\x11\x12\x00\x00\x00" + item(BARE_ELEMENT) + b"\x08\x00\x70\x00\0\0\0\0"
    )
    assert read(value, IMPLICIT) == (
        (((0x00081140, "SQ", ((BARE_CT,),), False), (0x00080070, None, b"", False))[::-1],),
        False,
    )
    big = b"\xff\xfe\xe0\x00\x00\x00\x00\x0a\x00\x08\x00\x60CS\x00\x02CT"
    assert read(big, BIG) == (((CT,),), False)


@pytest.mark.parametrize(
    ("value", "items"),
    [
        # No item.
        (ELEMENT, ()),
        (item(ELEMENT) + ELEMENT, ((CT,),)),
        (item(ELEMENT) + b"\xfe\xff", ((CT,),)),
        (item(ELEMENT) + SEQUENCE_END + item(ELEMENT), ((CT,),)),
        # Cut off, at each level: what comes before is there.
        (item(ELEMENT + NAME)[:-2], ((CT,),)),
        (ITEM + ELEMENT, ((CT,),)),
        (ITEM + ELEMENT + NAME[:6], ((CT,),)),
        (ITEM + NAME + SEQUENCE + ITEM + ELEMENT, ((opened((CT,), broken=True), AB),)),
        # The items behind one with a fault are there, too.
        (item(ELEMENT + NAME[:-1]) + item(NAME), ((CT,), (AB,))),
    ],
)
def test_what_comes_before_a_fault_is_there(value: bytes, items: OpenedItems) -> None:
    assert read(value) == (items, True)


def test_a_fault_is_that_of_the_innermost_sequence_whose_end_is_known() -> None:
    value = item(sequence(item(ELEMENT) + NAME) + NAME) + item(ELEMENT)
    assert read(value) == (((opened((CT,), broken=True), AB), (CT,)), False)


def nested(levels: int, *, defined: bool) -> bytes:
    """Nest sequences; the value of the outermost."""
    if not defined:
        return (
            (ITEM + SEQUENCE) * (levels - 1)
            + ITEM
            + ITEM_END
            + (SEQUENCE_END + ITEM_END) * (levels - 1)
        )
    value = item(b"")
    for _ in range(levels - 1):
        value = item(sequence(value))
    return value


@pytest.mark.parametrize("defined", [True, False])
def test_depth_is_bounded(defined: bool) -> None:
    value = nested(5, defined=defined)
    assert not read(value, limits=Limits(depth=5))[1]
    with pytest.raises(LimitError, match="the limit of 4 levels"):
        read(value, limits=Limits(depth=4))
    # An empty sequence has no depth.
    assert read(item(sequence(b"")), limits=Limits(depth=1)) == (((opened(),),), False)


def test_ten_thousand_levels_need_no_recursion() -> None:
    value = nested(10_000, defined=False)
    found, broken = read(value, limits=Limits(depth=10_000))
    depth = 0
    while found and found[0]:
        found, depth = found[0][0][2], depth + 1  # type: ignore[assignment]
    assert (depth, broken) == (9_999, False)


def test_items_are_bounded_over_all_levels() -> None:
    value = item(sequence(item(b"") * 3)) * 2
    assert len(read(value, limits=Limits(items=8))[0]) == 2
    with pytest.raises(LimitError, match="more than the limit of 7 items"):
        read(value, limits=Limits(items=7))


def test_a_budget_is_for_all_sequences_of_a_dataset() -> None:
    budget = ItemBudget(Limits(items=5))
    open_sequence(item(b"") * 3, LITTLE, 4, budget)
    assert budget.left == 2
    with pytest.raises(LimitError):
        open_sequence(item(b"") * 3, LITTLE, 4, budget)


def test_elements_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_NESTED", 5)
    assert len(read(item(ELEMENT) * 5)[0]) == 5
    with pytest.raises(LimitError, match="more than 5 elements"):
        read(item(ELEMENT) * 6)


@given(
    st.lists(
        st.sampled_from(
            [
                ITEM,
                ITEM_END,
                SEQUENCE_END,
                SEQUENCE,
                ELEMENT,
                BARE_ELEMENT,
                NAME,
                item(ELEMENT),
                sequence(item(NAME)),
                b"\x00" * 8,
                b"\xff",
            ]
        ),
        max_size=20,
    ),
    st.sampled_from([Encoding(*both) for both in product((True, False), repeat=2)]),
)
def test_nothing_but_a_limit_is_raised(pieces: list[bytes], encoding: Encoding) -> None:
    found, _ = read(b"".join(pieces), encoding)
    for elements in found:
        tags = [element[0] for element in elements]
        assert tags == sorted(set(tags))
