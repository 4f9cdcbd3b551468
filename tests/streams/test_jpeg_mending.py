"""Streams as they should be; the clauses are those of ITU-T T.81 annex B."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from dicomkit.streams.decoders import decode_stream
from dicomkit.streams.jpeg import parse_jpeg
from dicomkit.streams.jpeg_mending import mended

if TYPE_CHECKING:
    from collections.abc import Callable

SOI, EOI = b"\xff\xd8", b"\xff\xd9"


def frame(marker: int, rows: int = 8) -> bytes:
    return bytes([0xFF, marker]) + b"\0\x0b\x08" + rows.to_bytes(2, "big") + b"\0\x08\1\1\x11\0"


def scan(tail: bytes) -> bytes:
    return b"\xff\xda\0\x08\1\1\0" + tail


@pytest.mark.parametrize(
    ("marker", "faulty", "sound"),
    [
        (0xC1, b"\0\0\0", b"\0\x3f\0"),
        (0xC0, b"\1\x3f\x11", b"\0\x3f\0"),
        # The predictor and the point transform stay.
        (0xC3, b"\6\x3f\x12", b"\6\0\2"),
        (0xC3, b"\1\1\0", b"\1\0\0"),
    ],
)
def test_every_scan_header_is_mended(marker: int, faulty: bytes, sound: bytes) -> None:
    head = SOI + frame(marker)
    stream = head + scan(faulty) + b"\x12" + scan(faulty) + b"\x34" + EOI
    found, notes = mended(stream, parse_jpeg(stream))
    assert found == head + scan(sound) + b"\x12" + scan(sound) + b"\x34" + EOI
    assert [note.code for note in notes] == ["scan_header_mended"]
    assert not parse_jpeg(found).scan_fault


@pytest.mark.parametrize("tail", [b"\xff\xda", b"\xff\xda\0\0", b"\xff\xda\xff\xff\1"])
def test_mending_a_cut_scan_header_stays_inside(tail: bytes) -> None:
    stream = SOI + frame(0xC1) + scan(b"\0\0\0") + tail
    found, _ = mended(stream, parse_jpeg(stream))
    assert len(found) == len(stream)


def test_a_sound_stream_stays_as_it_is() -> None:
    stream = SOI + frame(0xC0) + scan(b"\0\x3f\0") + b"\x12" + EOI
    assert mended(stream, parse_jpeg(stream)) == (stream, ())


def test_b_2_5_lines_that_are_given_late() -> None:
    buffer = BytesIO()
    Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16)).save(buffer, "JPEG")
    good = buffer.getvalue()
    size = (16).to_bytes(2, "big") * 2
    late = good.replace(size, b"\0\0" + size[2:]).removesuffix(EOI)
    late += b"\xff\xdc\0\4\0\x10" + EOI
    header = parse_jpeg(late)
    assert header.rows == 16
    assert_array_equal(
        decode_stream(late, header, None, "").values,
        decode_stream(good, parse_jpeg(good), None, "").values,
    )


def test_the_real_file_with_a_faulty_scan(stream: Callable[[str], bytes]) -> None:
    faulty, good = stream("JPEG-lossy.dcm"), stream("JPGExtended.dcm")
    found, notes = mended(faulty, parse_jpeg(faulty))
    assert found[:6800] == good[:6800]
    assert len(notes) == 1


def test_a_lossless_stream_with_a_faulty_scan(stream: Callable[[str], bytes]) -> None:
    """An end of spectral selection of 63, as in DCT scans: libjpeg refuses it."""
    good = stream("JPEG-LL.dcm")
    body = parse_jpeg(good).body
    faulty = good[: body - 2] + b"\x3f" + good[body - 1 :]
    found = decode_stream(faulty, parse_jpeg(faulty), None, "")
    assert_array_equal(found.values, decode_stream(good, parse_jpeg(good), None, "").values)
    assert [note.code for note in found.notes] == ["scan_header_mended"]


# Differences that wrap -------------------------------------------------------------------------


def lossless(differences: list[list[int]], precision: int, predictor: int) -> bytes:
    """Code differences as T.81 H.1.2.2 does, with a code of five bits for each category."""
    bits = ""
    for difference in (each for row in differences for each in row):
        size = abs(difference).bit_length()
        more = difference if difference > 0 else difference + (1 << size) - 1
        bits += f"{size:05b}" + (f"{more:0{size}b}" if size else "")
    bits += "1" * (-len(bits) % 8)
    coded = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    rows, columns = len(differences), len(differences[0])
    table = b"\xff\xc4\0\x23\0" + bytes([0, 0, 0, 0, 16] + [0] * 11) + bytes(range(16))
    size_of = rows.to_bytes(2, "big") + columns.to_bytes(2, "big")
    sof = b"\xff\xc3\0\x0b" + bytes([precision]) + size_of + b"\1\1\x11\0"
    return SOI + table + sof + scan(bytes([predictor, 0, 0])) + coded + EOI


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("precision", [8, 10, 12, 15])
@pytest.mark.parametrize("predictor", [1, 2, 3, 4])
def test_h_2_1_differences_may_wrap(precision: int, predictor: int) -> None:
    """Each is written as the one of two that are the same but for the range's size."""
    full = 1 << precision
    rng = np.random.default_rng(precision)
    values = rng.integers(0, full, (12, 9))
    differences: list[list[int]] = []
    for y, row in enumerate(values.tolist()):
        differences.append([])
        for x, value in enumerate(row):
            left = row[x - 1]
            up, corner = values[y - 1, x].item(), values[y - 1, x - 1].item()
            if y == 0:
                prediction = left if x else full // 2
            else:
                prediction = (0, left, up, corner, left + up - corner)[predictor] if x else up
            # The nearest one, as ultrasound devices do it, and now and then another.
            nearest = (value - prediction + full // 2) % full - full // 2
            differences[-1].append(nearest + full * (x == 3 and full < 4096))
    data = lossless(differences, precision, predictor)
    decoded = decode_stream(data, parse_jpeg(data), None, "")
    assert decoded.values.dtype == (np.uint8 if precision == 8 else np.uint16)
    assert_array_equal(decoded.values, values)
    assert decoded.notes == ()


def test_h_2_1_by_hand() -> None:
    """52 behind 128, and 128 behind it as 52 - 180: 65 408, which is 128 in eight bits."""
    data = lossless([[0, -76, -180]], 8, 1)
    assert decode_stream(data, parse_jpeg(data), None, "").values.tolist() == [[128, 52, 128]]
