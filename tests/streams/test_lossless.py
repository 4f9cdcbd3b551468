"""JPEG Lossless as ITU-T T.81 annex H has it, and the point transform of JPEG-LS."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from tests.pixels import decode
from tests.streams.lossless import lossless_jpeg

from dicomkit.errors import DecodeError, UnsupportedError
from dicomkit.streams.jpeg import parse_jpeg

if TYPE_CHECKING:
    from tests.pixels import Encoders, Values

pytestmark = pytest.mark.usefixtures("installed")

EVERY_POINT = [(bits, point) for bits in range(2, 17) for point in range(bits)]


def noise(bits: int, shape: tuple[int, ...] = (9, 11)) -> Values:
    """Give values of the whole range, from end to end of it."""
    values = np.random.default_rng(bits).integers(0, 1 << bits, shape)
    values[0, :2] = np.reshape([0, (1 << bits) - 1], (2,) + (1,) * (len(shape) - 2))
    return values.astype(np.uint8 if bits <= 8 else np.uint16)


@pytest.mark.parametrize(("bits", "point"), EVERY_POINT)
def test_a_4_the_point_transform_of_every_depth(bits: int, point: int) -> None:
    """What was shifted out is 0, and all else is as it was."""
    values = noise(bits)
    for predictor in range(1, 8):
        found = decode(lossless_jpeg(values, bits, predictor=predictor, point=point)).values
        assert found.dtype == values.dtype
        assert_array_equal(found, values >> point << point)


@pytest.mark.parametrize("predictor", range(1, 8))
@pytest.mark.parametrize("interleaved", [True, False])
@pytest.mark.parametrize(("bits", "point"), [(8, 0), (8, 2), (8, 7), (12, 3), (16, 1), (16, 15)])
def test_colour(bits: int, point: int, predictor: int, *, interleaved: bool) -> None:
    values = noise(bits, (9, 11, 3))
    data = lossless_jpeg(
        values, bits, predictor=predictor, point=point, interleaved=interleaved, restart_rows=4
    )
    found = decode(data, "ybr")
    assert found.color == "ybr"
    assert_array_equal(found.values, values >> point << point)


@pytest.mark.parametrize("predictor", [1, 4, 7])
@pytest.mark.parametrize("point", [0, 3])
@pytest.mark.parametrize("restart_rows", [1, 2, 5, 9])
def test_h_1_1_restart_intervals(restart_rows: int, point: int, predictor: int) -> None:
    """Each interval begins as the picture does."""
    values = noise(12, (30, 7))
    data = lossless_jpeg(values, 12, predictor=predictor, point=point, restart_rows=restart_rows)
    assert_array_equal(decode(data).values, values >> point << point)


def test_h_1_2_1_by_hand() -> None:
    """Eight bits, Pt 2: the first prediction is 2^(8 - 2 - 1) = 32.

    200 is coded as 50 - 32 = 18: category 5, then 10010; 40 behind it as 10 - 50 = -40:
    category 6, then -40 + 63 = 010111; 43 as 0. The codes of five bits are the categories'
    numbers.
    """
    bits = "00101" + "10010" + "00110" + "010111" + "00000"
    coded = int(bits.ljust(32, "1"), 2).to_bytes(4, "big")
    table = b"\xff\xc4\0\x24\0" + bytes([0, 0, 0, 0, 17] + [0] * 11) + bytes(range(17))
    frame = b"\xff\xc3\0\x0b\x08\0\1\0\3\1\1\x11\0"
    scan = b"\xff\xda\0\x08\1\1\0\1\0\2"
    found = decode(b"\xff\xd8" + table + frame + scan + coded + b"\xff\xd9").values
    assert found.tolist() == [[200, 40, 40]]


@pytest.mark.parametrize("marker", [b"JFIF\0\1\1\0\0\1\0\1\0\0", b"Adobe\0\x64\0\0\0\0\1"])
def test_markers_of_colour_change_no_lossless_sample(marker: bytes) -> None:
    values = noise(8, (9, 11, 3))
    data = lossless_jpeg(values, 8)
    name = b"\xff\xe0" if marker.startswith(b"JFIF") else b"\xff\xee"
    marked = data[:2] + name + (len(marker) + 2).to_bytes(2, "big") + marker + data[2:]
    assert_array_equal(decode(marked, "rgb").values, values)


def test_components_with_point_transforms_of_their_own() -> None:
    """B.2.3: Al stands in each scan's header."""
    values = noise(8, (9, 11, 3))
    streams = [lossless_jpeg(values, 8, point=point, interleaved=False) for point in (0, 2, 5)]
    cuts = [
        [stream.index(b"\xff\xda\0\x08\1" + bytes([n])) for n in (1, 2, 3)] for stream in streams
    ]
    mixed = (
        streams[0][: cuts[0][1]] + streams[1][cuts[1][1] : cuts[1][2]] + streams[2][cuts[2][2] :]
    )
    assert parse_jpeg(mixed).points == (0, 2, 5)
    assert_array_equal(decode(mixed, "rgb").values, values >> [0, 2, 5] << [0, 2, 5])


@pytest.mark.parametrize("point", [8, 15])
def test_a_point_transform_that_leaves_nothing(point: int) -> None:
    data = lossless_jpeg(noise(8), 8)
    scan = data.index(b"\xff\xda")
    with pytest.raises(DecodeError, match="point transform"):
        decode(data[: scan + 9] + bytes([point]) + data[scan + 10 :])


@pytest.mark.parametrize(("bits", "point"), [(8, 2), (12, 3), (16, 4), (16, 15)])
def test_the_point_transform_of_jpeg_ls(encoders: Encoders, bits: int, point: int) -> None:
    """T.87 C.2.3: Al says by how many bits samples were shifted before they were coded."""
    values = noise(bits)
    data = encoders.jpeg_ls(values >> point, bits)
    shifted = data.replace(
        b"\xff\xda\0\x08\1\1\0\0\0\0", b"\xff\xda\0\x08\1\1\0\0\0" + bytes([point])
    )
    assert shifted != data
    assert_array_equal(decode(shifted).values, values >> point << point)


@pytest.mark.parametrize("interleave", [0, 1, 2])
def test_the_point_transform_of_jpeg_ls_in_colour(encoders: Encoders, interleave: int) -> None:
    values = noise(8, (9, 11, 3))
    data = bytearray(encoders.jpeg_ls(values >> 2, 8, interleave=interleave))
    at = data.find(b"\xff\xda")
    while at >= 0:
        data[at + 1 + data[at + 3]] = 2
        at = data.find(b"\xff\xda", at + 2)
    assert_array_equal(decode(bytes(data), "rgb").values, values >> 2 << 2)


def test_without_libjpeg_the_extra_decodes_it(
    monkeypatch: pytest.MonkeyPatch, installed: str
) -> None:
    monkeypatch.setitem(sys.modules, "libjpeg", None)
    data = lossless_jpeg(noise(12), 12, point=1)
    if installed == "core":
        with pytest.raises(UnsupportedError, match=r"dicomkit\[codecs\]"):
            decode(data)
    else:
        assert_array_equal(decode(data).values, noise(12) >> 1 << 1)
