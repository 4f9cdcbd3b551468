"""The decoders: the right one, the right values, and our errors only."""

from __future__ import annotations

import base64
import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from dicomkit.dataset.pixels.codecs import decode_stream
from dicomkit.dataset.pixels.codestream import parse_stream
from dicomkit.errors import DecodeError, LimitError, UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.dataset.pixels.conftest import Encoders, Values

    from dicomkit.dataset.pixels.codecs import DecodedStream

    Stream = Callable[[str], bytes]
    Ramp = np.ndarray[Any, np.dtype[np.uint16]]

y, x = np.mgrid[:6, :8]
# Coded by OpenJPH, through imagecodecs.
HTJ2K = [
    (
        (
            b"|4;u>04YEK0000800006000000000000008000060000000000009pH0sl|{2mk^A000XAQUDA90ssL31q1{@0"
            b"smY86Cj9?kdTm&kdTm&kdTmwh=~7W02crOPjF>!N>E53R%LP^FfKASE;BCwkN^q*00000SpWh5lfVEbZ~6rXbN~P"
            b"VzyK1!022Ug0f%$|^!Wn^bO68r6F>kH05aJD0(1b$<NzWx0Kfn$U;q_hj^q5GA~1q>09IOQrIo-!0lu~X|Je"
        ),
        (300 * y + 40 * x).astype(np.uint16),
    ),
    (
        (
            b"|4;u>04YEK000080000600000000000000800006000000000000EBy0sl|{2mk^A000XAQUDA90ssL31q1{@0"
            b"smY86Cj9?kdTm&kdTm&kdTmwh=~7W02crOPjF>!N>E53R%LP^FfKASE;BCwkN^q*00000SO5Y4lfVEa_y7lV0002"
            b"M0206e698)ghjak+`2z=Z0KfnfKmZc}v)KUxbO6cZ03tL1zyK;>02N@*^ZcM9FoJdfR$6JLmB2y)zP14W*#"
        ),
        (300 * y - 40 * x - 500).astype(np.int16),
    ),
    (
        (
            b"|4;u>053oQ000080000600000000000000800006000000000000RdB0S5sA2LS>9Pyh%30ssI21OHM03;+TE0"
            b"RaUB1V91*TmTawP*_-4SXfwCSXfwCSWr+<|6~9c00B>MWo}APNFY{aav(4+GBz$VF8`1K3IG5A008O$0soW05`c#"
            b"R2Xp|y5`gIdhjakI5`g>w$8-Py000000Kf@g1h4{7lmQ2H0OA0LbO8DQ$8-R|319@U0#Mfh2Xp}X00(pc@&Jc)0K"
            b"f@g1fUTChjai^0f%$|zzLuPZ~`y@^Z<f%0083v03!gv3E%{90x*C>^8kai001KZ1v3D^37`akg~9;>bO4zWGXTI9"
            b"5Cud5Anf9x03*V70Fq+;!O6b00RG@30KgRx1n>l)`;DLiFamY}vdF*_cy$2$;1F~Gz!eY$P<!v70x$x008XdV`M?"
            b"l?zP14W*#"
        ),
        np.stack([y * 40, x * 30, y * x * 3], -1).astype(np.uint8),
    ),
]
# Coded by OpenJPEG: chroma of every second pixel, and of every second row's as well.
SUBSAMPLED = [
    (
        b"|4;u>051Rl000080000600000000000000800006000000000000RdB0S5vB2Lb{AQUDA9000310R#j90smY82S7"
        b"kbNKpS|03`qcLvm$dbY)~9VtF7>aAj^vP(?=|c4cyNX>V>IGA=bPF#nJM3IG5A002w?0soWFv@`~#(_uC>?|yYl"
        b"txUhqv=|9kAxlPI$J7i2*%E?Z2f+COz<eQq8}+vgzc0h;1ON{%41b_}fWQHDE&tg"
    ),
    (
        b"|4;u>051Rl000080000600000000000000800006000000000000RdB0S5vC2Lb~BQUDA9000310R#j90smY82S7"
        b"kbNKpS|03`qcLvm$dbY)~9VtF7>aAj^vP(?=|c4cyNX>V>IGA=bPF#nJM3IG5A002V(0soWFv@`~#(_uC>?|yYl"
        b"txUhqv=j+XU38zr=Li6D3_rm60l<7AfE)F<48JeK>I47`|6xCX|Je"
    ),
]


def decode(data: bytes, color: Literal["rgb", "ybr"] | None = None) -> DecodedStream:
    return decode_stream(data, parse_stream(data), color, "a syntax")


def encoded(pixels: np.ndarray[Any, np.dtype[Any]], **options: Any) -> bytes:  # noqa: ANN401 - Pillow's
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, **options)
    return buffer.getvalue()


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("text", "expected"), HTJ2K)
def test_high_throughput(text: bytes, expected: np.ndarray[Any, np.dtype[Any]]) -> None:
    data = base64.b85decode(text)
    assert parse_stream(data).kind == "htj2k"
    decoded = decode(data, "rgb" if expected.ndim == 3 else None)
    assert_array_equal(decoded.values, expected)


def of_depth(ramp: Ramp, bits: int, *, signed: bool) -> Values:
    kind = np.dtype(f"{'i' if signed else 'u'}{1 if bits <= 8 else 2}")
    values = ramp & ((1 << bits) - 1)
    return (values.astype(np.int32) - (1 << (bits - 1) if signed else 0)).astype(kind)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("bits", "signed"), [(2, False), (5, False), (8, True), (8, False), (11, True), (16, False)]
)
def test_jpeg_2000_of_every_depth(
    encoders: Encoders, ramp: Ramp, bits: int, *, signed: bool
) -> None:
    values = of_depth(ramp, bits, signed=signed)
    data = encoders.jpeg2000(values, bits)
    header = parse_stream(data)
    assert (header.precision, header.signed) == (bits, signed)
    assert_array_equal(decode(data).values, values)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("mct", [True, False])
def test_jpeg_2000_colour(encoders: Encoders, ramp: Ramp, *, mct: bool) -> None:
    values = np.stack([ramp, ramp * 3, ramp // 5], -1).astype(np.uint8)
    data = encoders.jpeg2000(values, 8, mct=mct)
    decoded = decode(data, "rgb")
    assert parse_stream(data).color == ("rgb" if mct else None)
    assert_array_equal(decoded.values, values)
    assert decoded.color == "rgb"


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("text", SUBSAMPLED)
def test_jpeg_2000_with_chroma_for_every_second_pixel(text: bytes) -> None:
    """PS3.3 C.7.6.3.1.2: YBR_FULL_422 stands for these too. Chroma is even in each square."""
    luma, blue, red = 60 + 10 * x + 5 * y, 40 * (x // 2 - 2), -30 * (y // 2 - 1)
    expected = np.stack(
        [luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue], -1
    ).clip(0, 255)
    data = base64.b85decode(text)
    assert parse_stream(data).color == "ybr"
    decoded = decode(data, "ybr")
    assert decoded.color == "rgb"
    # Decoders convert in whole numbers, and luma is even across a pair for some of them.
    assert np.abs(decoded.values - expected).max() < 2.5


@pytest.mark.usefixtures("installed")
def test_jpeg_2000_without_its_end_marker(encoders: Encoders, ramp: Ramp) -> None:
    """Its tile-parts are all there, which they say themselves."""
    values = ramp & 4095
    data = encoders.jpeg2000(values, 12).removesuffix(b"\xff\xd9")
    assert parse_stream(data).complete
    assert_array_equal(decode(data).values, values)


def test_jpeg_2000_of_32_bits(encoders: Encoders, ramp: Ramp) -> None:
    values = ramp.astype(np.uint32) << 8
    assert_array_equal(decode(encoders.jpeg2000(values, 20)).values, values)


@pytest.mark.usefixtures("core_only")
def test_jpeg_2000_that_pillow_would_spoil(encoders: Encoders, ramp: Ramp) -> None:
    values = np.stack([ramp] * 3, -1)
    data = encoders.jpeg2000(values, 12)
    with pytest.raises(UnsupportedError) as caught:
        decode(data, "rgb")
    assert str(caught.value) == (
        "no installed decoder takes JPEG 2000 of 12 bits and 3 components (a syntax): "
        'pip install "dicomkit[codecs]"'
    )


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
    pytest.importorskip("jpeg_ls")
    data[1000:1100] = bytes(100)
    with pytest.raises(DecodeError, match="JPEG-LS stream could not be decoded"):
        decode(bytes(data))


@pytest.mark.usefixtures("core_only")
def test_a_better_decoder_is_named(stream: Stream) -> None:
    # Pillow refuses this real file, which OpenJPEG decodes.
    with pytest.raises(DecodeError, match=r"a better decoder may do it: pip install"):
        decode(stream("GDCMJ2K_TextGBR.dcm"), "rgb")


def test_a_decoder_that_gives_something_else(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libjpeg.decode", lambda _: np.zeros((3, 3), np.uint8))
    with pytest.raises(DecodeError, match=r"gave \(3, 3\) where \(1024, 256\) was announced"):
        decode(stream("JPEG-LL.dcm"))


def test_a_decoder_without_memory(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr("libjpeg.decode", fail)
    with pytest.raises(LimitError, match="not enough memory to decode the JPEG Lossless"):
        decode(stream("JPEG-LL.dcm"))


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


@pytest.mark.parametrize("name", ["JPEG-LL.dcm", "JPGExtended.dcm"])
def test_whoever_leaves_libjpeg_out_is_told(
    stream: Stream, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, "libjpeg", None)
    with pytest.raises(UnsupportedError, match=r": pip install pylibjpeg-libjpeg$"):
        decode(stream(name))


@pytest.mark.usefixtures("encoders")
def test_what_no_decoder_takes_at_all() -> None:
    data = base64.b85decode(HTJ2K[0][0])
    # SIZ's depth is at byte 42: 38 bits, T.800's most.
    with pytest.raises(UnsupportedError, match=r"^no decoder takes High-Throughput .* 38 bits"):
        decode(data[:42] + b"\x25" + data[43:])
