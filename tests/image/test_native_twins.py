"""Losslessly coded words give the stored values that the same words give uncompressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless, JPEGLosslessSV1, JPEGLSLossless, RLELossless
from tests.streams.lossless import lossless_jpeg
from tests.streams.runs import literal, rle

import dicomkit as dk

if TYPE_CHECKING:
    from tests.pixels import Encoders, MakeDataset, Values

ROWS, COLUMNS = 32, 40


class Depth(NamedTuple):
    """Bits Allocated, Bits Stored, High Bit and Pixel Representation."""

    allocated: int
    stored: int
    high: int
    signed: bool


DEPTHS = [
    Depth(allocated, stored, high, signed)
    for allocated, depths in ((8, (2, 5, 8)), (16, (4, 8, 9, 12, 15, 16)))
    for stored in depths
    for high in sorted({stored - 1, allocated - 1})
    for signed in (False, True)
]


def values_of(depth: Depth) -> Values:
    """Give smooth content that reaches both ends of what the depth can hold."""
    low = -(1 << depth.stored - 1) if depth.signed else 0
    high = low + (1 << depth.stored) - 1
    steps = np.random.default_rng(depth.stored).integers(-2, 3, (ROWS, COLUMNS))
    values = np.clip(np.cumsum(steps, axis=1) + (low + high) // 2, low, high)
    values[0, :2] = low, high
    return values


def words_of(values: Values, depth: Depth, *, extended: bool) -> Values:
    """Lay values into words: their sign goes on to the highest bit, or ends with their own bits."""
    used = (1 << (depth.allocated if extended else depth.stored)) - 1
    below = depth.high + 1 - depth.stored
    words = ((values & used) << below) & ((1 << depth.allocated) - 1)
    return words.astype(f"u{depth.allocated // 8}")


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("extended", [False, True])
@pytest.mark.parametrize("depth", DEPTHS, ids=lambda depth: "-".join(map(str, depth)))
def test_every_lossless_coding(
    depth: Depth, extended: bool, dataset: MakeDataset, encoders: Encoders
) -> None:
    values = values_of(depth)
    words = words_of(values, depth, extended=extended)
    elements = {
        "Rows": ROWS,
        "Columns": COLUMNS,
        "BitsAllocated": depth.allocated,
        "BitsStored": depth.stored,
        "HighBit": depth.high,
        "PixelRepresentation": int(depth.signed),
    }
    native = dataset(words.tobytes(), **elements)
    assert_array_equal(dk.stored_values(native), values)
    # The whole words, and the bits of the samples alone where these are all that there is.
    precisions = {depth.allocated}
    if not extended and depth.high == depth.stored - 1:
        precisions.add(depth.stored)
    for bits in precisions:
        for syntax, stream in (
            (JPEGLosslessSV1, lossless_jpeg(words, bits)),
            (JPEGLSLossless, encoders.jpeg_ls(words, bits)),
            (JPEG2000Lossless, encoders.jpeg2000(words, bits)),
        ):
            coded = dataset(encapsulate([stream]), syntax, **elements)
            assert_array_equal(dk.stored_values(coded), values, f"{syntax.name}, {bits} bits")
    # G.2: the most significant bytes come first.
    planes = words.astype(words.dtype.newbyteorder(">")).view(np.uint8).reshape(words.size, -1).T
    frame = rle(*(literal(plane.tobytes()) for plane in planes))
    coded = dataset(encapsulate([frame]), RLELossless, **elements)
    assert_array_equal(dk.stored_values(coded), values)
