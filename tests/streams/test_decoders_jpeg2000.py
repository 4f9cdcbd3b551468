"""The decoders of JPEG 2000 and HTJ2K: the right one, and the right values."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from tests.pixels import decode

from dicomkit.errors import UnsupportedError
from dicomkit.streams.decoders import parse_stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.pixels import Encoders, Values

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


@pytest.mark.usefixtures("encoders")
def test_what_no_decoder_takes_at_all() -> None:
    data = base64.b85decode(HTJ2K[0][0])
    # SIZ's depth is at byte 42: 38 bits, T.800's most.
    with pytest.raises(UnsupportedError, match=r"^no decoder takes High-Throughput .* 38 bits"):
        decode(data[:42] + b"\x25" + data[43:])
