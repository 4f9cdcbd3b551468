"""PS3.5 8.1 and annex D: native frames, laid out by hand."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dicomkit.errors import InconsistentError, TruncatedError
from dicomkit.image.native import decode_native

if TYPE_CHECKING:
    from tests.pixels import MakeImage


def test_bytes_are_viewed_not_copied(image: MakeImage) -> None:
    data = bytes(range(12))
    cells, missing = decode_native(data, image(frames=2), 1)
    assert_array_equal(cells, [[6, 7, 8], [9, 10, 11]])
    assert missing == 0
    assert not cells.flags.writeable
    assert np.shares_memory(cells, np.frombuffer(data, np.uint8))


@pytest.mark.parametrize(("order", "big_endian"), [("<", False), (">", True)])
@pytest.mark.parametrize(("bits", "letter"), [(16, "H"), (32, "L"), (64, "Q")])
def test_words_of_either_order(
    *, image: MakeImage, order: str, big_endian: bool, bits: int, letter: str
) -> None:
    values = [1, 2, 0x8003, 4, 500, 65535]
    data = struct.pack(f"{order}6{letter}", *values)
    cells, _ = decode_native(data, image(bits_allocated=bits), big_endian=big_endian)
    assert_array_equal(cells.ravel(), values)
    assert cells.dtype == np.dtype(f"u{bits // 8}")
    assert cells.dtype.isnative


@pytest.mark.parametrize(("order", "big_endian"), [("little", False), ("big", True)])
def test_words_of_three_bytes(*, image: MakeImage, order: str, big_endian: bool) -> None:
    values = [1, 0x010203, 0xFFFFFF, 4, 5, 6]
    data = b"".join(value.to_bytes(3, order) for value in values)  # type: ignore[arg-type] # a literal of two
    cells, _ = decode_native(data, image(bits_allocated=24), big_endian=big_endian)
    assert_array_equal(cells.ravel(), values)
    assert cells.dtype == np.uint32


@pytest.mark.parametrize(("kind", "letter", "bits"), [("float32", "f", 32), ("float64", "d", 64)])
@pytest.mark.parametrize(("order", "big_endian"), [("<", False), (">", True)])
def test_float_pixel_data(
    *, image: MakeImage, kind: str, letter: str, bits: int, order: str, big_endian: bool
) -> None:
    values = [-1.5, 0.0, 2.25, 1e9, 3.0, 4.0]
    data = struct.pack(f"{order}6{letter}", *values)
    described = image(kind=kind, bits_allocated=bits)
    cells, _ = decode_native(data, described, big_endian=big_endian)
    assert_array_equal(cells.ravel(), values)
    assert cells.dtype == np.dtype(kind)


def test_single_bits_begin_anywhere(image: MakeImage) -> None:
    # Frames of 6 bits, lowest bit first, one behind the other: 100101, 011010, 110000.
    described = image(bits_allocated=1, frames=3)
    data = int("000011" + "010110" + "101001", 2).to_bytes(3, "little")
    frames = [decode_native(data, described, index)[0].ravel().tolist() for index in range(3)]
    assert frames == [[1, 0, 0, 1, 0, 1], [0, 1, 1, 0, 1, 0], [1, 1, 0, 0, 0, 0]]


def test_twelve_bits_packed(image: MakeImage) -> None:
    # Two samples in three bytes, lowest bits first.
    data = bytes([0xBC, 0x3A, 0x12, 0xFF, 0x0F, 0x00, 0x01, 0x20, 0x00])
    cells, _ = decode_native(data, image(bits_allocated=12))
    assert_array_equal(cells.ravel(), [0xABC, 0x123, 0xFFF, 0x000, 0x001, 0x002])
    assert cells.dtype == np.uint16


def test_bytes_in_swapped_words(image: MakeImage) -> None:
    # OW in big endian: the first pixel is the low byte of the first word.
    cells, _ = decode_native(bytes([2, 1, 4, 3, 6, 5]), image(), swapped=True)
    assert_array_equal(cells.ravel(), [1, 2, 3, 4, 5, 6])


@pytest.mark.parametrize("index", [0, 1, 2])
def test_swapped_frames_of_odd_size(image: MakeImage, index: int) -> None:
    pixels = bytes(range(1, 28)) + b"\0"
    swapped = np.frombuffer(pixels, np.uint16).byteswap().tobytes()
    described = image(rows=3, columns=3, frames=3)
    cells, _ = decode_native(swapped, described, index, swapped=True)
    assert cells.tobytes() == pixels[9 * index : 9 * index + 9]


def test_swapped_bits(image: MakeImage) -> None:
    described = image(rows=2, columns=8, bits_allocated=1)
    cells, _ = decode_native(bytes([0b10, 0b01]), described, swapped=True)
    assert_array_equal(np.nonzero(cells.ravel())[0], [0, 9])


def test_the_byte_that_makes_a_length_even_may_be_missing(image: MakeImage) -> None:
    described = image(rows=1, columns=3)
    cells, missing = decode_native(bytes([2, 1, 3, 0])[:4], described, swapped=True)
    assert_array_equal(cells.ravel(), [1, 2, 0])
    cells, missing = decode_native(bytes([2, 1, 3]), described, swapped=True)
    assert missing == 0
    assert_array_equal(cells.ravel(), [1, 2, 0])


@pytest.mark.parametrize("planar", [0, 1])
def test_planar_configuration(image: MakeImage, planar: int) -> None:
    pixels = np.arange(18, dtype=np.uint8).reshape(2, 3, 3)
    data = (pixels.transpose(2, 0, 1) if planar else pixels).tobytes()
    cells, _ = decode_native(data, image(samples=3, planar=planar))
    assert_array_equal(cells, pixels)
    assert cells.flags.c_contiguous


def test_two_pixels_share_their_chroma(image: MakeImage) -> None:
    """C.7.6.3.1.2: Y1, Y2, CB1, CR1, Y3, Y4, CB3, CR3."""
    described = image(rows=1, columns=4, samples=3, photometric="YBR_FULL_422")
    cells, _ = decode_native(bytes([1, 2, 10, 20, 3, 4, 30, 40]), described)
    expected = [[1, 10, 20], [2, 10, 20], [3, 30, 40], [4, 30, 40]]
    assert_array_equal(cells[0], expected)
    assert described.is_subsampled
    assert described.frame_bits == 64


def test_shared_chroma_needs_pairs(image: MakeImage) -> None:
    with pytest.raises(InconsistentError, match="even number of columns"):
        decode_native(bytes(12), image(samples=3, photometric="YBR_FULL_422"))


def test_a_frame_that_is_not_whole(image: MakeImage) -> None:
    with pytest.raises(TruncatedError, match="2 bytes"):
        decode_native(bytes(10), image(frames=2), 1)


@pytest.mark.parametrize(
    ("length", "index", "found", "lacking"),
    [(10, 1, [6, 7, 8, 9, 0, 0], 2), (4, 0, [0, 1, 2, 3, 0, 0], 2), (4, 1, [0] * 6, 6)],
)
def test_what_there_is_of_a_frame(
    image: MakeImage, length: int, index: int, found: list[int], lacking: int
) -> None:
    cells, missing = decode_native(bytes(range(length)), image(frames=2), index, lenient=True)
    assert cells.ravel().tolist() == found
    assert missing == lacking


def test_what_there_is_of_swapped_words(image: MakeImage) -> None:
    described = image(rows=1, columns=3, frames=2)
    # Words: 1 0, 3 2, then the data end; frame 1 begins in the middle of the second word.
    cells, missing = decode_native(bytes([1, 0, 3, 2]), described, 1, swapped=True, lenient=True)
    assert cells.ravel().tolist() == [3, 0, 0]
    assert missing == 2


def test_what_there_is_of_single_bits(image: MakeImage) -> None:
    described = image(rows=1, columns=12, bits_allocated=1, frames=2)
    cells, missing = decode_native(b"\xff\xff", described, 1, lenient=True)
    assert cells.ravel().tolist() == [1] * 4 + [0] * 8
    assert missing == 1


@pytest.mark.parametrize("index", [0, 1, 2, 3, 4, 999])
@pytest.mark.parametrize(("rows", "columns", "samples"), [(3, 3, 3), (3, 3, 1), (2, 5, 1)])
def test_frames_behind_the_end_are_zeros_wherever_they_would_begin(
    image: MakeImage, rows: int, columns: int, samples: int, index: int
) -> None:
    size = rows * columns * samples
    described = image(rows=rows, columns=columns, samples=samples, frames=1000)
    data = bytes([7] * (size + 1))
    cells, missing = decode_native(data, described, index, lenient=True)
    there = max(0, min(len(data) - index * size, size))
    assert missing == size - there
    assert (cells.ravel()[:there] == 7).all()
    assert not cells.ravel()[there:].any()
