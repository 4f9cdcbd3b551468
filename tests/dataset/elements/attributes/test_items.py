"""The items of sequences, whole and broken ones (PS3.5 7.5)."""

from __future__ import annotations

import struct

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from tests.dataset.elements.attributes.encoded import (
    element,
    implicit,
    in_memory,
    read,
    sequence,
)

from dicomkit.dataset.elements.attributes import (
    integer,
    item,
    items,
)


def test_items_in_order() -> None:
    ds = read(sequence(*(element("Rows", "US", bytes([n, 0])) for n in (3, 1, 2))))
    assert [integer(found, "Rows") for found in items(ds, "VOILUTSequence")] == [3, 1, 2]
    for index, expected in enumerate((3, 1, 2)):
        found = item(ds, "VOILUTSequence", index)
        assert found is not None
        assert integer(found, "Rows") == expected
    assert item(ds, "VOILUTSequence", 3) is None


def test_items_set_in_memory() -> None:
    ds, child = Dataset(), Dataset()
    ds.VOILUTSequence = [child]
    assert items(ds, "VOILUTSequence") == (child,)
    assert item(ds, "VOILUTSequence") is child
    ds.VOILUTSequence = []
    assert items(ds, "VOILUTSequence") == ()
    assert item(ds, "VOILUTSequence") is None


@pytest.mark.parametrize(
    "broken",
    [
        element("VOILUTSequence", "SQ", b"garbage!"),
        element("VOILUTSequence", "SQ", b"\xfe\xff\x00\xe0\xff\x00\x00\x00"),
        element("VOILUTSequence", "SQ", struct.pack("<HHL", 0xFFFE, 0xE000, 4) + b"abcd"),
        element("VOILUTSequence", "LO", b"garbage!"),
        element("VOILUTSequence", "LO", b""),
        element("VOILUTSequence", "SQ", b""),
        element("VOILUTSequence", "US", b"\x01\x02"),
        element("VOILUTSequence", "UN", b"garbage!"),
    ],
)
def test_a_broken_sequence_has_no_usable_items(broken: bytes) -> None:
    ds = read(broken)
    assert all(not list(found.keys()) for found in items(ds, "VOILUTSequence"))
    assert not list((item(ds, "VOILUTSequence") or Dataset()).keys())


@pytest.mark.parametrize("value", ["text", b"bytes", 5, None, [1, 2], [[]]])
def test_what_is_no_sequence_has_no_items(value: object) -> None:
    ds = in_memory("VOILUTSequence", "LO", value)
    assert items(ds, "VOILUTSequence") == ()
    assert item(ds, "VOILUTSequence") is None


def test_a_sequence_of_unknown_vr_is_read() -> None:
    """PS3.5 6.2.2: the value of a sequence in UN is implicit VR little endian."""
    inner = implicit("Rows", b"\x07\x00")
    framed = struct.pack("<HHL", 0xFFFE, 0xE000, len(inner)) + inner
    (found,) = items(read(element("VOILUTSequence", "UN", framed)), "VOILUTSequence")
    assert integer(found, "Rows") == 7


def test_a_sequence_is_pydicoms_own() -> None:
    ds = Dataset()
    ds.VOILUTSequence = Sequence([Dataset(), Dataset()])
    assert len(items(ds, "VOILUTSequence")) == 2
