"""PMSCT_RLE1, coded by hand and by an encoder of the test's own."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicomkit.streams.pmsct import decode_pmsct


def decoded(data: bytes, count: int = 1000) -> list[int]:
    found = decode_pmsct(data, count)
    return list(struct.unpack(f"<{len(found) // 2}H", found))


@pytest.mark.parametrize(
    ("data", "samples"),
    [
        (b"", []),
        # The first difference is one from 0.
        (b"\x05\x01\xff", [5, 6, 5]),
        (b"\x5a\x34\x12\x01", [0x1234, 0x1235]),
        # A run of three differences; a run of one byte, which is A5 itself.
        (b"\xa5\x02\x07", [7, 14, 21]),
        (b"\x5a\x00\x01\xa5\x00\xa5", [256, 256 - 91]),
        # The markers' values inside of a sample, and a run that reaches into one.
        (b"\x5a\x5a\x5a\x01", [0x5A5A, 0x5A5B]),
        (b"\x5a\xa5\x01\x07\x01", [0x0707, 0x0708]),
        # Sums wrap.
        (b"\x5a\xff\xff\x02", [65535, 1]),
        (b"\xfe", [65534]),
    ],
)
def test_by_hand(data: bytes, samples: list[int]) -> None:
    assert decoded(data) == samples


@pytest.mark.parametrize("data", [b"\x05\x5a", b"\x05\x5a\x01", b"\x05\xa5", b"\x05\xa5\x09"])
def test_what_is_cut_off_is_left_out(data: bytes) -> None:
    assert decoded(data) == [5]


def test_no_more_is_unfolded_than_is_wanted() -> None:
    assert decoded(b"\xa5\xff\x01" * 100_000, 3) == [1, 2, 3]


def encode(samples: list[int]) -> bytes:
    """Code each sample as a difference where that is one byte, and fold every run of bytes."""
    codes = bytearray()
    before = 0
    for sample in samples:
        step = sample - before
        if -128 <= step <= 127 and step != 0x5A:
            codes.append(step % 256)
        else:
            codes += bytes([0x5A, sample % 256, sample // 256])
        before = sample
    data = bytearray()
    at = 0
    while at < len(codes):
        run = 1
        while run < 256 and codes[at : at + run + 1] == codes[at : at + 1] * (run + 1):
            run += 1
        if run > 2 or codes[at] == 0xA5:
            data += bytes([0xA5, run - 1, codes[at]])
        else:
            data += codes[at : at + run]
        at += run
    return bytes(data)


@given(st.lists(st.integers(0, 65535) | st.integers(1000, 1010), max_size=200))
def test_what_was_coded_comes_back(samples: list[int]) -> None:
    assert decoded(encode(samples)) == samples
