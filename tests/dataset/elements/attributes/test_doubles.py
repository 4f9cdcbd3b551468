"""Long lists of FD, such as Real World Value LUT Data."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from pydicom.dataset import Dataset
from tests.dataset.elements.attributes.encoded import ENCODINGS, convert, in_memory, one

from dicomkit.dataset.elements.attributes import doubles

KEYWORD = "RealWorldValueLUTData"


@ENCODINGS
@pytest.mark.parametrize("touched", [False, True])
def test_in_both_byte_orders_before_and_after_pydicom(*, big: bool, touched: bool) -> None:
    data = struct.pack(f"{'>' if big else '<'}3d", 0.5, -1e300, 7)
    ds = one(KEYWORD, "FD", data, big=big)
    if touched:
        convert(ds, KEYWORD)
    found = doubles(ds, KEYWORD)
    assert found.dtype == np.float64
    assert found.tolist() == [0.5, -1e300, 7]


def test_there_can_be_as_many_as_a_table_has() -> None:
    values = np.arange(65536) / 3
    assert np.array_equal(doubles(one(KEYWORD, "UN", values.tobytes()), KEYWORD), values)
    assert np.array_equal(doubles(in_memory(KEYWORD, "FD", values.tolist()), KEYWORD), values)


def test_none_where_there_are_none() -> None:
    assert doubles(Dataset(), KEYWORD).size == 0
    assert doubles(one(KEYWORD, "FD", b""), KEYWORD).size == 0
    # A stray byte behind the last whole one.
    assert doubles(one(KEYWORD, "FD", struct.pack("<d", 2) + b"\0"), KEYWORD).tolist() == [2]


def test_one_in_memory() -> None:
    assert doubles(in_memory(KEYWORD, "FD", 4.5), KEYWORD).tolist() == [4.5]
