"""Reading raw elements: what comes out, where it stops, and what is refused."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataelem import RawDataElement
from pydicom.tag import BaseTag

from dicomkit.dataset.files import elements as elements_module
from dicomkit.dataset.files.elements import MAX_ELEMENTS, NO_TAG, Elements, read_elements
from dicomkit.dataset.files.encoding import Encoding
from dicomkit.dataset.files.nesting import ItemBudget
from dicomkit.errors import LimitError
from dicomkit.limits import Limits

LITTLE = Encoding(explicit=True, little=True)
IMPLICIT = Encoding(explicit=False, little=True)

NAME = b"\x10\x00\x10\x00PN\x04\x00A^B "
WEIGHT = b"\x10\x00\x30\x10DS\x00\x00"
ITEM = b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
ITEM_END = b"\xfe\xff\x0d\xe0\x00\x00\x00\x00"
SEQUENCE_END = b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"


def read(buffer: bytes, *, pos: int = 0, encoding: Encoding = LITTLE) -> Elements:
    out: Elements = {}
    assert read_elements(buffer, pos, encoding, out, depth=4) == (len(buffer), 0)
    return out


def test_elements_are_pydicoms_raw_ones() -> None:
    out: Elements = {}
    stop = read_elements(b"xx" + NAME + WEIGHT, 2, LITTLE, out, depth=4, base=100)
    assert stop == (22, 0)
    assert out == {
        0x00100010: RawDataElement(
            BaseTag(0x00100010),
            "PN",
            4,
            b"A^B ",
            110,
            is_implicit_VR=False,
            is_little_endian=True,
        ),
        # pydicom's own stand-in for an empty number.
        0x00101030: RawDataElement(
            BaseTag(0x00101030),
            "DS",
            0,
            None,
            122,
            is_implicit_VR=False,
            is_little_endian=True,
        ),
    }
    assert all(isinstance(tag, BaseTag) for tag in out)


def test_the_later_of_two_elements_with_one_tag_stays() -> None:
    assert read(NAME + NAME.replace(b"A", b"Z"))[BaseTag(0x00100010)].value == b"Z^B "


def test_a_sequence_stays_bytes() -> None:
    content = ITEM + NAME + ITEM_END
    buffer = b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff" + content + SEQUENCE_END + NAME
    out = read(buffer)
    assert out[BaseTag(0x00081140)].value == content
    assert out[BaseTag(0x00081140)].length == 0xFFFFFFFF  # type: ignore[union-attr]
    assert BaseTag(0x00100010) in out


def test_unknown_of_undefined_length_is_a_sequence() -> None:
    buffer = b"\x09\x00\x01\x10UN\x00\x00\xff\xff\xff\xff" + ITEM + ITEM_END + SEQUENCE_END
    assert read(buffer)[BaseTag(0x00091001)].VR == "SQ"


def test_fragments_stay_bytes() -> None:
    fragments = b"\xfe\xff\x00\xe0\x00\x00\x00\x00\xfe\xff\x00\xe0\x02\x00\x00\x00ab"
    buffer = b"\xe0\x7f\x10\x00OB\x00\x00\xff\xff\xff\xff" + fragments + SEQUENCE_END
    assert read(buffer)[BaseTag(0x7FE00010)].value == fragments


@pytest.mark.parametrize("stopper", [b"\x00" * 40, ITEM_END])
def test_padding_and_a_stray_delimiter_end_the_dataset(stopper: bytes) -> None:
    out: Elements = {}
    assert read_elements(NAME + stopper + NAME, 0, LITTLE, out, depth=4) == (len(NAME), 0)


def test_first_and_stop_bound_the_tags() -> None:
    out: Elements = {}
    buffer = NAME + WEIGHT
    assert read_elements(buffer, 0, LITTLE, out, depth=4, stop=0x00100011) == (12, 0)
    assert read_elements(buffer, 0, LITTLE, out, depth=4, first=0x00100011) == (0, 0)


@pytest.mark.parametrize(("cut", "need"), [(1, 24), (4, 24), (5, 20), (11, 20)])
def test_an_element_that_is_cut_off_is_where_it_stops(cut: int, need: int) -> None:
    out: Elements = {}
    buffer = (NAME + NAME)[:-cut]
    assert read_elements(buffer, 0, LITTLE, out, depth=4) == (12, need)


def test_what_is_not_wanted_is_stepped_over_even_where_it_is_not_there() -> None:
    out: Elements = {}
    big = b"\x11\x00\x10\x10UN\x00\x00\x00\x01\x00\x00"
    stop = read_elements(
        NAME + WEIGHT + big, 0, LITTLE, out, depth=4, wanted=frozenset((0x00100010,))
    )
    assert stop == (12 + 8 + 12 + 256, 0)
    assert list(out) == [0x00100010]


GROUPS = st.sampled_from((0x0008, 0x0010, 0x0028, 0x0029))
HEADS = st.tuples(GROUPS, st.integers(0, 5), st.sampled_from((b"LO", b"UN", b"??", b"\4\0")))
FEW = st.lists(st.tuples(HEADS, st.binary(max_size=6)), max_size=12)
ENCODINGS = [Encoding(explicit=e, little=little) for e in (True, False) for little in (True, False)]


def coded(elements: list[tuple[tuple[int, int, bytes], bytes]], encoding: Encoding) -> bytes:
    order, pieces = "<" if encoding.little else ">", []
    for (group, element, vr), value in elements:
        head = struct.pack(f"{order}HH", group, element)
        if not encoding.explicit or not vr.isalpha():
            size = struct.pack(f"{order}L", len(value))
        elif vr == b"UN":
            size = vr + struct.pack(f"{order}HL", 0, len(value))
        else:
            size = vr + struct.pack(f"{order}H", len(value))
        pieces.append(head + size + value)
    return b"".join(pieces)


@given(FEW, st.frozensets(st.integers(0x00100000, 0x00100005)), st.sampled_from(ENCODINGS))
def test_what_is_wanted_is_found_as_among_all(
    elements: list[tuple[tuple[int, int, bytes], bytes]],
    wanted: frozenset[int],
    encoding: Encoding,
) -> None:
    """Headers that were stepped over before are stepped over as at the first time."""
    buffer = coded(elements, encoding)
    for stop in (0x00290000, 0x00100003):
        everything: Elements = {}
        ended = read_elements(buffer, 0, encoding, everything, depth=4, stop=stop)
        for _ in range(2):
            out: Elements = {}
            found = read_elements(buffer, 0, encoding, out, depth=4, stop=stop, wanted=wanted)
            assert found == ended
            assert out == {tag: one for tag, one in everything.items() if tag in wanted}


def test_headers_that_nobody_wants_do_not_pile_up() -> None:
    wanted = frozenset((0x00100011,))
    for start in range(0, 0x10000, 0x1000):
        buffer = b"".join(struct.pack("<HH2sH", 0x0009, start + n, b"LO", 0) for n in range(0x1000))
        assert read_elements(buffer, 0, LITTLE, {}, depth=4, wanted=wanted) == (len(buffer), 0)
    steps = elements_module._steps(wanted, LITTLE, 0, NO_TAG)
    assert 0 < len(steps._known) <= 4096


def test_nesting_is_bounded_for_defined_lengths() -> None:
    value = b""
    for _ in range(6):
        value = (
            b"\x08\x00\x40\x11SQ\x00\x00"
            + struct.pack("<L", len(value) + 8)
            + b"\xfe\xff\x00\xe0"
            + struct.pack("<L", len(value))
            + value
        )
    read_elements(value, 0, LITTLE, {}, depth=6)
    with pytest.raises(LimitError):
        read_elements(value, 0, LITTLE, {}, depth=5)
    # Pixels are no sequence, whatever their bytes look like.
    read_elements(value.replace(b"SQ", b"OB", 1), 0, LITTLE, {}, depth=5)


def test_a_budget_of_items_is_for_all_sequences() -> None:
    sequence = (
        b"\x08\x00\x40\x11SQ\x00\x00" + struct.pack("<L", 24) + b"\xfe\xff\x00\xe0\0\0\0\0" * 3
    )
    undefined = b"\x09\x00\x01\x10UN\x00\x00\xff\xff\xff\xff" + ITEM + ITEM_END + SEQUENCE_END
    buffer = sequence + undefined
    budget = ItemBudget(Limits(items=4))
    read_elements(buffer, 0, LITTLE, {}, depth=4, budget=budget)
    assert budget.left == 0
    with pytest.raises(LimitError, match="the limit of 3 items"):
        read_elements(buffer, 0, LITTLE, {}, depth=4, budget=ItemBudget(Limits(items=3)))
    # An element that is not all there is read again, and counted then.
    budget = ItemBudget(Limits(items=4))
    for end in range(len(buffer)):
        read_elements(buffer[:end], len(sequence), LITTLE, {}, depth=4, budget=budget)
    assert budget.left == 4


def test_the_number_of_elements_is_bounded() -> None:
    with pytest.raises(LimitError):
        read_elements(NAME * (MAX_ELEMENTS + 1), 0, LITTLE, {}, depth=4)


def test_implicit() -> None:
    out = read(b"\x10\x00\x10\x00\x04\x00\x00\x00A^B ", encoding=IMPLICIT)
    assert out[BaseTag(0x00100010)] == RawDataElement(
        BaseTag(0x00100010), None, 4, b"A^B ", 8, is_implicit_VR=True, is_little_endian=True
    )
