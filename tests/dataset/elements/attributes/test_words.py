"""The words and octets of tables, in both byte orders (PS3.5 7.3)."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from pydicom.dataset import Dataset
from tests.dataset.elements.attributes.encoded import (
    ENCODINGS,
    convert,
    element,
    in_memory,
    one,
    read,
)

from dicomkit.dataset.elements.attributes import (
    octets,
    raw,
    words,
)


@ENCODINGS
@pytest.mark.parametrize("vr", ["OW", "US", "SS", "OB", "UN"])
@pytest.mark.parametrize("touched", [False, True])
def test_words_in_both_byte_orders_before_and_after_pydicom(
    vr: str, *, big: bool, touched: bool
) -> None:
    data = struct.pack(f"{'>' if big else '<'}4H", 1, 2, 32768, 65535)
    descriptor = struct.pack(f"{'>' if big else '<'}3H", 4, 0, 16)
    ds = read(
        element("LUTDescriptor", "US", descriptor, big=big),
        element("LUTData", vr, data, big=big),
        big=big,
    )
    if touched:
        convert(ds, "LUTData")
    found = words(ds, "LUTData")
    assert found.dtype == np.uint16
    assert found.dtype.isnative
    assert found.tolist() == [1, 2, 32768, 65535]


def test_words_that_are_not_there() -> None:
    assert words(Dataset(), "LUTData").tolist() == []
    assert words(one("LUTData", "OW", b""), "LUTData").tolist() == []
    assert words(one("LUTData", "OW", b"\x01"), "LUTData").tolist() == []
    assert words(in_memory("LUTData", "OW", None), "LUTData").tolist() == []


def test_words_set_in_memory() -> None:
    assert words(in_memory("LUTData", "US", [1, 65535]), "LUTData").tolist() == [1, 65535]
    assert words(in_memory("LUTData", "US", 7), "LUTData").tolist() == [7]
    assert words(in_memory("LUTData", "SS", [-1, -32768]), "LUTData").tolist() == [65535, 32768]
    assert words(in_memory("LUTData", "OW", b"\x01\x00\x02\x01"), "LUTData").tolist() == [1, 258]
    assert words(in_memory("LUTData", "US", ["x"]), "LUTData").tolist() == []


def test_words_cannot_write_into_the_dataset() -> None:
    ds = one("LUTData", "OW", b"\x01\x00\x02\x00")
    words(ds, "LUTData")[0] = 99
    assert words(ds, "LUTData").tolist() == [1, 2]


@ENCODINGS
@pytest.mark.parametrize("touched", [False, True])
def test_octets_are_little_endian_words_but_bytes_stay(*, big: bool, touched: bool) -> None:
    data = b"\x01\x02\x03\x04"
    wide, narrow = (one("RedPaletteColorLookupTableData", vr, data, big=big) for vr in ("OW", "OB"))
    if touched:
        convert(wide, "RedPaletteColorLookupTableData")
        convert(narrow, "RedPaletteColorLookupTableData")
    assert octets(wide, "RedPaletteColorLookupTableData") == (b"\x02\x01\x04\x03" if big else data)
    assert octets(narrow, "RedPaletteColorLookupTableData") == data
    assert raw(wide, "RedPaletteColorLookupTableData") == data


def test_octets_and_raw_of_what_has_no_bytes() -> None:
    for access in (octets, raw):
        assert access(Dataset(), "RedPaletteColorLookupTableData") is None
        assert (
            access(
                in_memory("RedPaletteColorLookupTableData", "US", [1, 2]),
                "RedPaletteColorLookupTableData",
            )
            is None
        )
        assert access(
            one("RedPaletteColorLookupTableData", "OW", b""), "RedPaletteColorLookupTableData"
        ) in (None, b"")
