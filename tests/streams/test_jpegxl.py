"""JPEG XL: headers by the bit (ISO/IEC 18181-1 annex D), and pictures by libjxl's encoder."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image
from tests.pixels import decode

from dicomkit.errors import DecodeError, InconsistentError, TruncatedError, UnsupportedError
from dicomkit.streams.jpegxl import parse_jpeg_xl

if TYPE_CHECKING:
    from tests.pixels import Values

imagecodecs: Any = pytest.importorskip("imagecodecs")

y, x = np.mgrid[:40, :56]


def content(bits: int, *, color: bool = False) -> Values:
    values = ((np.sin(x / 7) * np.cos(y / 5) + 1) / 2 * ((1 << bits) - 1)).astype(int)
    values[0, :2] = 0, (1 << bits) - 1
    kind = np.uint8 if bits <= 8 else np.uint16
    return (
        np.stack([values, values[::-1], values[:, ::-1]], -1).astype(kind)
        if color
        else values.astype(kind)
    )


def coded(values: Values, bits: int = 8, **options: Any) -> bytes:  # noqa: ANN401 - the encoder's
    return bytes(imagecodecs.jpegxl_encode(values, bitspersample=bits, **options))


def packed(*fields: tuple[int, int]) -> bytes:
    """Put numbers of so many bits behind the marker, the first from the lowest bit on."""
    total = at = 0
    for count, number in fields:
        total |= number << at
        at += count
    return b"\xff\x0a" + total.to_bytes(-(-at // 8), "little").ljust(40, b"\0")


DIV8 = ((1, 1), (5, 2))  # 8 x 3 = 24 rows
METADATA = ((1, 0), (1, 0), (1, 0), (2, 0), (1, 1), (2, 0), (1, 0), (1, 1))


@pytest.mark.parametrize(
    ("size", "rows", "columns"),
    [
        ((*DIV8, (3, 0), (5, 0)), 24, 8),
        ((*DIV8, (3, 1)), 24, 24),
        ((*DIV8, (3, 2)), 24, 28),
        ((*DIV8, (3, 3)), 24, 32),
        ((*DIV8, (3, 4)), 24, 36),
        ((*DIV8, (3, 5)), 24, 42),
        ((*DIV8, (3, 6)), 24, 30),
        ((*DIV8, (3, 7)), 24, 48),
        (((1, 0), (2, 0), (9, 511), (3, 0), (2, 1), (13, 8191)), 512, 8192),
        (((1, 0), (2, 2), (18, 99_999), (3, 0), (2, 3), (30, 199_999)), 100_000, 200_000),
    ],
)
def test_d_2_the_size(size: tuple[tuple[int, int], ...], rows: int, columns: int) -> None:
    header = parse_jpeg_xl(packed(*size, *METADATA))
    assert (header.rows, header.columns) == (rows, columns)
    assert (header.precision, header.components, header.lossy) == (8, 3, False)


@pytest.mark.parametrize(
    ("metadata", "precision", "components", "lossy"),
    [
        (((1, 1),), 8, 3, True),
        (
            ((1, 0), (1, 0), (1, 0), (2, 2), (1, 1), (2, 0), (1, 0), (1, 0), (1, 0), (2, 1)),
            12,
            1,
            False,
        ),
        (((1, 0), (1, 0), (1, 0), (2, 3), (6, 13), (1, 1), (2, 0), (1, 1), (1, 1)), 14, 3, True),
        # Turned on its side, with another intrinsic size; a profile of colours.
        (
            (
                *((1, 0), (1, 1), (3, 5), (1, 1), *DIV8, (3, 1), (2, 0)),
                *((1, 0), (2, 1), (1, 1), (2, 0), (1, 0), (1, 0), (1, 1), (2, 0)),
            ),
            10,
            3,
            False,
        ),
    ],
)
def test_d_3_the_metadata(
    metadata: tuple[tuple[int, int], ...], precision: int, components: int, *, lossy: bool
) -> None:
    header = parse_jpeg_xl(packed(*DIV8, (3, 1), *metadata))
    assert (header.precision, header.components, header.lossy) == (precision, components, lossy)


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        (((1, 0), (1, 1), (3, 0), (1, 0), (1, 0), (1, 1)), DecodeError),
        (((1, 0), (1, 1), (3, 0), (1, 0), (1, 1)), DecodeError),
        (((1, 0), (1, 0), (1, 1)), DecodeError),
        (((1, 0), (1, 0), (1, 0), (2, 0), (1, 1), (2, 1)), InconsistentError),
    ],
    ids=["animation", "preview", "floats", "transparency"],
)
def test_what_no_frame_has(metadata: tuple[tuple[int, int], ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        parse_jpeg_xl(packed(*DIV8, (3, 1), *metadata))


def test_headers_that_end_too_early() -> None:
    data = coded(content(8))
    for size in (2, 3, 4):
        with pytest.raises(TruncatedError):
            parse_jpeg_xl(data[:size])
    with pytest.raises(DecodeError):
        parse_jpeg_xl(b"\0\0\0\x0cJXL \r\n\x87\n" + b"\0\0\0\x08free" * 3)


@pytest.mark.parametrize("bits", [2, 5, 8, 10, 12, 16])
@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("container", [False, True])
def test_lossless(bits: int, *, color: bool, container: bool) -> None:
    values = content(bits, color=color)
    data = coded(values, bits, lossless=True, usecontainer=container)
    header = parse_jpeg_xl(data)
    assert (header.rows, header.columns, header.precision) == (40, 56, bits)
    assert (header.components, header.lossy, header.color) == (1 + 2 * color, False, None)
    found = decode(data, "ybr" if color else None)
    assert_array_equal(found.values, values)
    assert found.color == ("ybr" if color else None)


def test_lossy_comes_out_as_rgb() -> None:
    values = content(8, color=True)
    data = coded(values, level=95)
    assert (parse_jpeg_xl(data).lossy, parse_jpeg_xl(data).color) == (True, "rgb")
    assert np.abs(decode(data, "rgb").values.astype(int) - values).mean() < 3


def test_a_jpeg_file_recompressed() -> None:
    buffer = BytesIO()
    Image.fromarray(content(8, color=True)).save(buffer, "JPEG")
    data = bytes(imagecodecs.jpegxl_encode_jpeg(buffer.getvalue()))
    header = parse_jpeg_xl(data)
    assert (header.rows, header.columns, header.color) == (40, 56, "rgb")
    expected = np.asarray(Image.open(buffer)).astype(int)
    assert np.abs(decode(data, "rgb").values - expected).max() <= 4


def test_streams_that_end_too_early() -> None:
    data = coded(content(8), lossless=True)
    for size in (len(data) - 1, len(data) // 2, 20):
        with pytest.raises(TruncatedError):
            decode(data[:size])


def test_padding_does_not_matter() -> None:
    values = content(8)
    assert_array_equal(decode(coded(values, lossless=True) + b"\0").values, values)


@pytest.mark.usefixtures("core_only")
def test_the_core_names_what_adds_it() -> None:
    with pytest.raises(
        UnsupportedError, match=r'JPEG XL of 8 bits.*pip install "dicomkit\[codecs\]"'
    ):
        decode(coded(content(8)))
