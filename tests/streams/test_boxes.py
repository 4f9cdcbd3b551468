from __future__ import annotations

import pytest

from dicomkit.streams.boxes import boxes

# T.800 I.4: LBox counts itself and TBox; 1 stands for a length of eight bytes behind TBox, 0 for
# all that is left.
FIRST = bytes.fromhex("0000000a 66747970 0102")
WIDE = bytes.fromhex("00000001 6a703263 0000000000000013 030405")
LAST = bytes.fromhex("00000000 6a786c63 06")


def test_every_kind_of_length() -> None:
    assert list(boxes(FIRST + WIDE + LAST)) == [
        (b"ftyp", 8, 10),
        (b"jp2c", 26, 29),
        (b"jxlc", 37, 38),
    ]


def test_the_last_one_may_be_cut_off() -> None:
    assert list(boxes(FIRST[:9])) == [(b"ftyp", 8, 10)]


@pytest.mark.parametrize(
    "behind",
    [
        pytest.param(b"\0\0\0\x09ft", id="within its head"),
        pytest.param(b"\0\0\0\x07ftyp", id="shorter than its head"),
        pytest.param(b"\0\0\0\1ftyp" + bytes(7) + b"\x0f", id="the same with a wide one"),
    ],
)
def test_what_makes_no_sense_is_the_end(behind: bytes) -> None:
    assert list(boxes(FIRST + behind)) == [(b"ftyp", 8, 10)]


def test_there_is_an_end_to_empty_ones() -> None:
    assert len(list(boxes(b"\0\0\0\x08free" * 10_000))) == 256
