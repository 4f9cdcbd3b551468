"""What a JPEG Lossless stream has more or less of than its picture takes."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.pixels import decode
from tests.streams.lossless import lossless_jpeg

from dicomkit.errors import DecodeError
from dicomkit.streams.jpeg import parse_jpeg

if TYPE_CHECKING:
    from dicomkit.streams.header import SampleColor

pytestmark = pytest.mark.usefixtures("installed")

y, x = np.mgrid[:64, :48]
GREY = (2000 + 1500 * np.sin(x / 7) * np.cos(y / 5) + (x * 37 + y * 101) % 23).astype(np.uint16)
COLOR = np.stack([GREY >> 4, GREY >> 5, 255 - (GREY >> 4)], -1).astype(np.uint8)


def codes(data: bytes) -> list[str]:
    color: SampleColor | None = "rgb" if parse_jpeg(data).components == 3 else None
    return [note.code for note in decode(data, color).notes]


@pytest.mark.parametrize("predictor", range(1, 8))
@pytest.mark.parametrize("restart_rows", [0, 1, 7, 64])
@pytest.mark.parametrize(("bits", "point"), [(12, 0), (12, 3), (16, 0), (16, 2)])
def test_a_sound_stream_accounts_for_its_bytes(
    predictor: int, restart_rows: int, bits: int, point: int
) -> None:
    data = lossless_jpeg(GREY, bits, predictor=predictor, point=point, restart_rows=restart_rows)
    assert codes(data) == []
    with_more = data[:-2] + b"\1\2" + data[-2:]
    assert codes(with_more) == ["stream_doubtful"]


@pytest.mark.parametrize("interleaved", [False, True])
def test_colour(*, interleaved: bool) -> None:
    data = lossless_jpeg(COLOR, 8, predictor=4, restart_rows=5, interleaved=interleaved)
    assert codes(data) == []
    # Several scans are not looked at.
    more = data[:-2] + b"\1\2" + data[-2:]
    assert codes(more) == ["stream_doubtful"] * interleaved


def test_a_byte_may_make_the_length_even() -> None:
    data = lossless_jpeg(GREY, 12)
    assert codes(data[:-2] + b"\0" + data[-2:]) == []


def test_a_missing_middle_with_its_end_in_place() -> None:
    """A decoder draws a whole picture all the same."""
    data = lossless_jpeg(GREY, 12)
    body = parse_jpeg(data).body
    rng = random.Random(1)  # noqa: S311 - repeatable
    noticed = 0
    for _ in range(50):
        at = rng.randrange(body, len(data) - 60)
        cut = data[:at] + data[at + rng.randrange(4, 40) :]
        try:
            noticed += codes(cut) == ["stream_doubtful"]
        except DecodeError:
            noticed += 1
    assert noticed >= 40


def test_what_is_cut_off_is_said_to_be_that_alone() -> None:
    data = lossless_jpeg(GREY, 12)
    assert codes(data[: len(data) // 2]) == []
