"""Where the segments of a stream lie (ITU-T T.81 annex B)."""

from __future__ import annotations

import pytest

from dicomkit.streams.jpeg_segments import count_codes, scan_headers

SCAN = b"\xff\xda\0\x08\1\1\0\1\0\0"
COMMENT = b"\xff\xfe\0\x0e"


@pytest.mark.parametrize(
    ("data", "count"),
    [(b"", 0), (b"\xff", 0), (b"\xff\0\xff\0\xff", 2), (b"\xff\xff\0", 1), (b"\0\xff\1\xff\0", 1)],
)
def test_codes_are_counted(data: bytes, count: int) -> None:
    assert count_codes(data, 0, 0) == count == data.count(b"\xff\0")
    assert count_codes(data, 1, 0) == data.count(b"\xff\0", 1)
    assert count_codes(data, 99, 0) == 0


@pytest.mark.parametrize(
    ("data", "places"),
    [
        (b"", []),
        (b"\x12\xff\0\xff\xd0\x34", []),
        (b"\x12" + SCAN + b"\x34\xff\xd9", [(5, 11)]),
        (SCAN + b"\xff\0" + SCAN, [(4, 10), (16, 22)]),
        # Inside of a comment, behind the end, and cut off.
        (COMMENT + b"ab" + SCAN + b"\x12\xff\xd9", []),
        (b"\xff\xd9" + SCAN, []),
        (SCAN[:-1], []),
        (b"\xff\xda\0\0" + SCAN, [(4, 4), (8, 14)]),
    ],
)
def test_scan_headers_are_found(data: bytes, places: list[tuple[int, int]]) -> None:
    assert list(scan_headers(data, 0)) == places
