"""The decoders: the right one, the right values, and our errors only."""

from __future__ import annotations

import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image
from tests.pixels import decode

from dicomkit.errors import DecodeError, LimitError, UnsupportedError
from dicomkit.streams.decoders import parse_stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.pixels import Encoders, Values

    Stream = Callable[[str], bytes]
    Ramp = np.ndarray[Any, np.dtype[np.uint16]]


def encoded(pixels: np.ndarray[Any, np.dtype[Any]], **options: Any) -> bytes:  # noqa: ANN401 - Pillow's
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, **options)
    return buffer.getvalue()


def of_depth(ramp: Ramp, bits: int, *, signed: bool) -> Values:
    kind = np.dtype(f"{'i' if signed else 'u'}{1 if bits <= 8 else 2}")
    values = ramp & ((1 << bits) - 1)
    return (values.astype(np.int32) - (1 << (bits - 1) if signed else 0)).astype(kind)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("bits", "near"), [(7, 0), (8, 2), (12, 0), (16, 3)])
def test_jpeg_ls(encoders: Encoders, ramp: Ramp, bits: int, near: int) -> None:
    values = of_depth(ramp, bits, signed=False)
    decoded = decode(encoders.jpeg_ls(values, bits, near=near)).values
    assert np.abs(decoded.astype(int) - values).max() <= near


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("interleave", [0, 1, 2])
def test_jpeg_ls_colour(encoders: Encoders, ramp: Ramp, interleave: int) -> None:
    values = np.stack([ramp, ramp * 3, ramp // 5], -1).astype(np.uint8)
    data = encoders.jpeg_ls(values, 8, interleave=interleave)
    decoded = decode(data, "ybr")
    assert_array_equal(decoded.values, values)
    assert decoded.color == "ybr"


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("interleave", [0, 1, 2])
def test_jpeg_ls_padded_before_its_markers(encoders: Encoders, ramp: Ramp, interleave: int) -> None:
    """One of the WG-04 samples has a zero between its coded data and EOI."""
    values = np.stack([ramp, ramp * 3, ramp // 5], -1).astype(np.uint8)
    data = encoders.jpeg_ls(values, 8, interleave=interleave)
    body = parse_stream(data).body
    padded = data[:body] + data[body:].replace(b"\xff\xda", b"\0\xff\xda")[:-2] + b"\0\xff\xd9"
    assert_array_equal(decode(padded, "rgb").values, values)


def test_jpeg_ls_that_lacks_a_byte_is_refused(encoders: Encoders, ramp: Ramp) -> None:
    """A zero at the end of the data may be of the data: then it is missed."""
    data = encoders.jpeg_ls(ramp, 16)
    for short in (data[:-3] + data[-2:], data[:-4] + b"\0" + data[-2:]):
        with pytest.raises(DecodeError):
            decode(short)


def hp1(encoders: Encoders, rgb: Values) -> bytes:
    """Code as HP's encoder does: red and blue as differences from green."""
    values = rgb.astype(int)
    green = values[..., 1]
    planes = (values[..., 0] - green + 128, green, values[..., 2] - green + 128)
    data = encoders.jpeg_ls(np.stack(planes, -1).astype(np.uint8), 8, interleave=2)
    return data[:2] + b"\xff\xe8\x00\x07mrfx\x01" + data[2:]


def test_jpeg_ls_with_a_transform_of_its_own(encoders: Encoders, ramp: Ramp) -> None:
    rgb = np.stack([ramp, ramp * 3, ramp // 5], -1).astype(np.uint8)
    assert_array_equal(decode(hp1(encoders, rgb), "rgb").values, rgb)


@pytest.mark.usefixtures("core_only")
def test_that_transform_is_not_drawn_wrong(encoders: Encoders, ramp: Ramp) -> None:
    rgb = np.stack([ramp] * 3, -1).astype(np.uint8)
    with pytest.raises(UnsupportedError, match=r"JPEG-LS of 8 bits.*dicomkit\[codecs\]"):
        decode(hp1(encoders, rgb), "rgb")


@pytest.mark.parametrize(
    ("name", "shape", "kind"),
    [
        ("JPGExtended.dcm", (1024, 256), "uint16"),
        ("JPEG-LL.dcm", (1024, 256), "uint16"),
        ("SC_rgb_jpeg_gdcm.dcm", (100, 100, 3), "uint8"),
        ("SC_rgb_small_odd_jpeg.dcm", (3, 3, 3), "uint8"),
        ("JPGLosslessP14SV1_1s_1f_8b.dcm", (768, 1024), "uint8"),
    ],
)
def test_real_streams(stream: Stream, name: str, shape: tuple[int, ...], kind: str) -> None:
    values = decode(stream(name), "ybr" if len(shape) == 3 else None).values
    assert (values.shape, values.dtype.name) == (shape, kind)


def test_baseline_colour_is_what_it_is_said_to_be() -> None:
    """T.871: R = Y + 1.402 (CR - 128) and so on, for the colour that a JFIF stream holds."""
    red = np.zeros((16, 16, 3), np.uint8)
    red[:] = (254, 0, 0)
    data = encoded(red, format="JPEG", quality=100, subsampling=0)
    assert parse_stream(data).color == "ybr"
    as_rgb, as_ybr = decode(data, "rgb"), decode(data, "ybr")
    assert np.abs(as_ybr.values.astype(int) - (254, 0, 0)).max() <= 2
    # Y = .299 * 254, CB = 128 - .168736 * 254, CR = 128 + .5 * 254
    assert np.abs(as_rgb.values.astype(int) - (76, 85, 255)).max() <= 1
    assert as_rgb.color == as_ybr.color == "rgb"


def test_what_stands_in_exif_is_not_read() -> None:
    exif = b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 100
    grey = np.full((8, 8), 77, np.uint8)
    data = encoded(grey, format="JPEG", exif=exif)
    assert_array_equal(decode(data).values, grey)


def test_mended_scan_headers_are_noted(stream: Stream) -> None:
    mended = decode(stream("JPEG-lossy.dcm"))
    assert [note.code for note in mended.notes] == ["scan_header_mended"]
    assert_array_equal(mended.values, decode(stream("JPGExtended.dcm")).values)


@pytest.mark.parametrize(
    ("name", "whole_rows"),
    [
        ("SC_rgb_jpeg_dcmtk.dcm", 8),
        ("JPGExtended.dcm", 100),
        ("JPEG-LL.dcm", 100),
        ("MR_small_jpeg_ls_lossless.dcm", 8),
        ("MR_small_jp2klossless.dcm", 0),
        ("693_J2KR.dcm", 0),
    ],
)
def test_what_there_is_of_a_stream(stream: Stream, name: str, whole_rows: int) -> None:
    data = stream(name)
    color: Literal["ybr"] | None = "ybr" if "rgb" in name else None
    whole = decode(data, color).values
    part = decode(data[: len(data) // 2], color).values
    assert part.shape == whole.shape
    assert_array_equal(part[:whole_rows], whole[:whole_rows])
    assert not np.array_equal(part, whole)


def test_padding_behind_a_stream_reaches_no_decoder(encoders: Encoders, ramp: Ramp) -> None:
    data = encoders.jpeg2000(ramp, 12)
    assert_array_equal(decode(data + b"\xff" * 9).values, ramp)


def test_damage_that_a_decoder_notices(stream: Stream) -> None:
    data = bytearray(stream("MR_small_jpeg_ls_lossless.dcm"))
    pytest.importorskip("imagecodecs")
    data[1000:1100] = bytes(100)
    with pytest.raises(DecodeError, match="JPEG-LS stream could not be decoded"):
        decode(bytes(data))


@pytest.mark.usefixtures("core_only")
def test_a_better_decoder_is_named(stream: Stream) -> None:
    # Pillow refuses this real file, which OpenJPEG decodes.
    with pytest.raises(DecodeError, match=r"a better decoder may do it: pip install"):
        decode(stream("GDCMJ2K_TextGBR.dcm"), "rgb")


@pytest.mark.usefixtures("core_only")
def test_a_decoder_that_gives_something_else(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libjpeg.decode", lambda _: np.zeros((3, 3), np.uint8))
    with pytest.raises(DecodeError, match=r"gave \(3, 3\) where \(1024, 256\) was announced"):
        decode(stream("JPEG-LL.dcm"))


@pytest.mark.usefixtures("core_only")
def test_a_decoder_without_memory(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr("libjpeg.decode", fail)
    with pytest.raises(LimitError, match="not enough memory to decode the JPEG Lossless"):
        decode(stream("JPEG-LL.dcm"))


@pytest.mark.usefixtures("core_only")
@pytest.mark.parametrize("error", [SyntaxError, IndexError, StopIteration])
def test_whatever_a_decoder_raises(
    stream: Stream, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(_: bytes) -> None:
        raise error

    monkeypatch.setattr("libjpeg.decode", fail)
    with pytest.raises(DecodeError, match=rf"JPEG Lossless .*\({error.__name__}\)") as caught:
        decode(stream("JPEG-LL.dcm"))
    assert caught.value.__suppress_context__


@pytest.mark.usefixtures("core_only")
@pytest.mark.parametrize("name", ["JPEG-LL.dcm", "JPGExtended.dcm"])
def test_whoever_leaves_libjpeg_out_is_told(
    stream: Stream, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, "libjpeg", None)
    with pytest.raises(UnsupportedError, match=r": pip install "):
        decode(stream(name))


def test_twelve_bits_without_libjpeg(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    """T.83 lets decoders of lossy JPEG be one off."""
    pytest.importorskip("imagecodecs")
    usual = decode(stream("JPGExtended.dcm")).values
    monkeypatch.setitem(sys.modules, "libjpeg", None)
    found = decode(stream("JPGExtended.dcm")).values
    assert found.dtype == usual.dtype
    assert np.abs(found.astype(int) - usual).max() == 1
