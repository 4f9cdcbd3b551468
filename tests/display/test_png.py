from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from dicomkit.display.png import encode_png

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SIDES = st.integers(1, 40)


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Split a PNG as ISO/IEC 15948 clause 5.3 lays it out, checking every checksum."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at = 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        assert checksum == zlib.crc32(kind + body)
        yield kind, body
        at += 12 + length


def samples_of(data: bytes) -> NDArray[np.uint16]:
    """Undo the filters byte by byte, as clause 9 defines them; independent of the writer."""
    parts = dict(chunks(data))
    width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", parts[b"IHDR"])
    assert rest == [0, 0, 0]
    pixel = depth // 8 * {0: 1, 2: 3}[colour]
    stride = width * pixel
    lines = zlib.decompress(parts[b"IDAT"])
    assert len(lines) == height * (stride + 1)
    above = bytearray(stride)
    rows = []
    for row in range(height):
        kind = lines[row * (stride + 1)]
        line = bytearray(lines[row * (stride + 1) + 1 : (row + 1) * (stride + 1)])
        for index in range(stride):
            left = line[index - pixel] if index >= pixel else 0
            line[index] = (line[index] + {0: 0, 1: left, 2: above[index]}[kind]) % 256
        rows.append(bytes(line))
        above = line
    flat = np.frombuffer(b"".join(rows), f">u{depth // 8}").astype(np.uint16)
    return flat.reshape((height, width, 3) if colour == 2 else (height, width))


@given(
    st.tuples(SIDES, SIDES, st.sampled_from([(), (3,)])).flatmap(
        lambda sides: st.sampled_from([np.uint8, np.uint16]).flatmap(
            lambda kind: arrays(kind, (*sides[:2], *sides[2]))
        )
    )
)
def test_every_sample_comes_back(image: NDArray[np.uint8] | NDArray[np.uint16]) -> None:
    image.setflags(write=False)
    np.testing.assert_array_equal(samples_of(encode_png(image)), image)


def test_the_file_holds_pixels_and_nothing_else() -> None:
    data = encode_png(np.arange(12, dtype=np.uint16).reshape(3, 4))
    assert [kind for kind, _ in chunks(data)] == [b"IHDR", b"IDAT", b"IEND"]
    assert dict(chunks(data))[b"IHDR"] == bytes([0, 0, 0, 4, 0, 0, 0, 3, 16, 0, 0, 0, 0])


@pytest.mark.parametrize("shape", [(1000, 700), (700, 1000), (3, 200_000), (200, 300, 3)])
def test_images_of_many_strips_come_back_through_pillow(shape: tuple[int, ...]) -> None:
    image = np.random.default_rng(1).normal(128, 9, shape).astype(np.uint8)
    with Image.open(io.BytesIO(encode_png(image))) as picture:
        np.testing.assert_array_equal(np.asarray(picture), image)


def test_sixteen_bit_greyscale_comes_back_through_pillow() -> None:
    image = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    with Image.open(io.BytesIO(encode_png(image))) as picture:
        np.testing.assert_array_equal(np.asarray(picture), image)


def test_views_and_foreign_byte_order_are_the_same_picture() -> None:
    image = np.arange(600, dtype=np.uint16).reshape(20, 30) * 100
    expected = encode_png(image)
    assert encode_png(image.astype(">u2")) == expected
    assert encode_png(np.repeat(image, 2, axis=1)[:, ::2]) == expected


def head() -> NDArray[np.uint8]:
    """Draw a soft disk in a ring on black, with the noise of a CT."""
    down, across = np.mgrid[-1:1:512j, -1:1:512j]
    radius = np.hypot(down, across)
    values = np.where(radius < 0.8, 110, np.where(radius < 0.9, 255, 0))
    noise = np.random.default_rng(2).normal(0, 9, values.shape) * (values == 110)
    image: NDArray[np.uint8] = (values + noise).round().astype(np.uint8)
    return image


def drawing() -> NDArray[np.uint8]:
    """Draw the same motif over and over, as text and scales do."""
    motif = np.random.default_rng(3).integers(0, 2, (16, 16), np.uint8) * 255
    return np.tile(motif, (20, 20))


@pytest.mark.parametrize(
    ("image", "bound"), [(head(), 1.0), (drawing(), 1.05)], ids=["head", "drawing"]
)
def test_the_file_is_no_larger_than_pillows(image: NDArray[np.uint8], bound: float) -> None:
    by_pillow = io.BytesIO()
    Image.fromarray(image).save(by_pillow, "PNG")
    assert len(encode_png(image)) <= bound * len(by_pillow.getvalue())
