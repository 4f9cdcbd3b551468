from __future__ import annotations

import io
import re
import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from dicomkit.errors import LimitError
from dicomkit.export.writing.encoding import FORMATS, encode_image, picture_suffix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

GREY = np.arange(256, dtype=np.uint8).reshape(16, 16).repeat(4, 0).repeat(4, 1)
DEEP = np.arange(4096, dtype=np.uint16).reshape(64, 64) * 16
RGB = np.stack([GREY, GREY[::-1], GREY.T], axis=-1)
LOSSLESS = [".png", ".tif", ".tiff", ".bmp"]
LOSSY = [".jpg", ".jpeg", ".webp"]


def decoded(data: bytes) -> tuple[str | None, NDArray[Any]]:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.format, np.asarray(picture)


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    place = 8
    while place < len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        yield kind, data[place + 8 : place + 8 + length]
        place += 12 + length


def unfiltered(lines: bytes, columns: int, pixel: int) -> NDArray[np.uint16]:
    """Undo the filters None, Sub and Up of 16-bit RGB (ISO/IEC 15948, 9.2)."""
    above: NDArray[np.uint8] = np.zeros(columns * pixel, np.uint8)
    rows = []
    for line in np.frombuffer(lines, np.uint8).reshape(-1, 1 + columns * pixel):
        row = line[1:].reshape(columns, pixel)
        if line[0] == 1:
            row = row.cumsum(axis=0, dtype=np.uint8)
        above = row.reshape(-1) + above * np.uint8(line[0] == 2)
        assert line[0] <= 2
        rows.append(above)
    return np.stack(rows).view(">u2").reshape(-1, columns, 3).astype(np.uint16)


@pytest.mark.parametrize("suffix", LOSSLESS)
@pytest.mark.parametrize("image", [GREY, RGB], ids=["grey", "rgb"])
def test_lossless_formats_give_back_every_value(suffix: str, image: NDArray[np.uint8]) -> None:
    name, values = decoded(encode_image(image, suffix))
    assert name == FORMATS[suffix].name
    np.testing.assert_array_equal(values, image)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bits_survive(suffix: str) -> None:
    _, values = decoded(encode_image(DEEP, suffix))
    np.testing.assert_array_equal(values, DEEP)
    _, values = decoded(encode_image(DEEP.astype(">u2"), suffix))
    np.testing.assert_array_equal(values, DEEP)


@pytest.mark.parametrize("suffix", LOSSY)
def test_lossy_formats_are_close_and_follow_quality(suffix: str) -> None:
    smooth = np.linspace(0, 255, 64, dtype=np.uint8)[np.newaxis].repeat(64, 0)
    _, values = decoded(encode_image(smooth, suffix))
    grey = values if values.ndim == 2 else values[..., 0]
    assert np.abs(grey.astype(int) - smooth).max() <= 4
    assert len(encode_image(RGB, suffix, quality=95)) > len(encode_image(RGB, suffix, quality=20))


def test_jpeg_keeps_colours_at_full_resolution() -> None:
    with Image.open(io.BytesIO(encode_image(RGB, ".jpg"))) as picture:
        # One sampling factor of 1 x 1 for each component.
        assert [entry[1:3] for entry in picture.layer] == [(1, 1)] * 3  # type: ignore[attr-defined]


@pytest.mark.parametrize("suffix", [*LOSSLESS, *LOSSY])
def test_no_metadata(suffix: str) -> None:
    with Image.open(io.BytesIO(encode_image(GREY, suffix))) as picture:
        picture.load()
        assert not dict(picture.getexif()).keys() & {270, 305, 306, 315}
        assert not {"exif", "comment", "icc_profile", "xmp", "Software"} & set(picture.info)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("png", ".png"), ("PNG", ".png"), (".Jpg", ".jpg"), ("tiff", ".tiff"), ("bmp", ".bmp")],
)
def test_a_format_has_a_name_or_a_suffix_in_either_case(name: str, suffix: str) -> None:
    assert picture_suffix(name) == suffix
    assert encode_image(GREY, name) == encode_image(GREY, format=suffix)


@pytest.mark.parametrize("name", [".gif", "gif", "", ".", "..png", "a.png", "p.ng"])
def test_an_unknown_format_names_the_known_ones(name: str) -> None:
    known = "use one of png, jpg, jpeg, tif, tiff, webp, bmp, as format"
    with pytest.raises(ValueError, match=rf"^unknown picture format '{re.escape(name)}': {known}"):
        encode_image(GREY, name)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        ([[1, 2]], r"numpy\.asarray"),
        (GREY.astype(float), "to_uint8"),
        (GREY.astype(np.int16), "to_uint8"),
        (GREY.astype(np.uint32), "to_uint8"),
        (GREY > 3, "to_uint8"),
    ],
    ids=["list", "float", "signed", "32 bits", "bool"],
)
def test_a_wrong_type_says_how_to_mend_it(image: NDArray[Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        encode_image(image, ".png")


@pytest.mark.parametrize(
    "shape", [(), (4,), (4, 4, 4), (4, 4, 1), (2, 4, 4, 3), (2, 4, 5)], ids=str
)
def test_a_wrong_shape_says_how_to_mend_it(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"\(rows, columns, 3\).*one by one"):
        encode_image(np.zeros(shape, np.uint8), ".png")


@pytest.mark.parametrize("shape", [(0, 4), (4, 0), (0, 4, 3)], ids=str)
def test_an_image_without_pixels_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="at least one pixel"):
        encode_image(np.zeros(shape, np.uint8), ".png")


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".bmp"])
def test_sixteen_bits_do_not_fit_everywhere(suffix: str) -> None:
    with pytest.raises(ValueError, match="no greyscale of 16 bits here; use PNG"):
        encode_image(DEEP, suffix)


def test_sixteen_bit_colour_is_pngs_alone() -> None:
    deep = np.stack([DEEP, DEEP.T, 65535 - DEEP], axis=-1)
    data = encode_image(deep, "png")
    # Pillow reads no such PNG: the chunks of ISO/IEC 15948 by hand.
    chunks = dict(png_chunks(data))
    assert chunks[b"IHDR"] == struct.pack(">IIBBBBB", 64, 64, 16, 2, 0, 0, 0)
    np.testing.assert_array_equal(unfiltered(zlib.decompress(chunks[b"IDAT"]), 64, 6), deep)
    with pytest.raises(ValueError, match="TIFF holds no RGB of 16 bits"):
        encode_image(deep, ".tif")


@pytest.mark.parametrize("quality", [0, 101, -5])
def test_quality_has_a_scale(quality: int) -> None:
    with pytest.raises(ValueError, match="1 to 100"):
        encode_image(GREY, ".jpg", quality=quality)


@pytest.mark.parametrize(("suffix", "side"), [(".jpg", 65_500), (".webp", 16_383)])
def test_the_longest_side_is_written_and_one_more_refused(suffix: str, side: int) -> None:
    _, values = decoded(encode_image(np.zeros((1, side), np.uint8), suffix))
    assert values.shape[:2] == (1, side)
    with pytest.raises(LimitError, match=f"at most {side} pixels") as caught:
        encode_image(np.zeros((side + 1, 1), np.uint8), suffix)
    assert caught.value.code == "limit"


def test_more_bytes_than_a_format_counts_are_refused() -> None:
    huge = np.broadcast_to(np.uint8(0), (2**16, 2**15))
    with pytest.raises(LimitError, match="2 GiB"):
        encode_image(huge, ".tif")
