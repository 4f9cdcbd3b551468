"""PS3.5 annex G."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.streams.runs import literal, repeated, rle

from dicomkit.errors import InconsistentError, TruncatedError
from dicomkit.streams.rle import _needed, _unpack, decode_rle


def image(
    *, rows: int = 2, columns: int = 3, samples: int = 1, bits_allocated: int = 8
) -> tuple[tuple[int, int, int], int]:
    """Give what `decode_rle` has to know of an image."""
    return (rows, columns, samples), bits_allocated


@pytest.fixture(params=["extra", "python"], autouse=True)
def unpacker(request: pytest.FixtureRequest) -> None:
    """Run each test with the extra's decoder and with our own."""
    if request.param == "python":
        request.getfixturevalue("core_only")
    else:
        pytest.importorskip("imagecodecs")


def test_one_byte_a_sample() -> None:
    cells, missing = decode_rle(rle(repeated(7, 4) + literal(b"\1\2")), *image())
    assert cells.tolist() == [[7, 7, 7], [7, 1, 2]]
    assert missing == 0
    assert cells.dtype == np.uint8


def test_the_most_significant_byte_comes_first() -> None:
    data = rle(literal(b"\1\0\0\0\0\x80"), literal(b"\2\1\0\0\0\xff"))
    cells, _ = decode_rle(data, *image(bits_allocated=16))
    assert cells.tolist() == [[0x0102, 1, 0], [0, 0, 0x80FF]]
    assert cells.dtype.isnative


@pytest.mark.parametrize(("bits", "expected"), [(24, 0x010203), (32, 0x01020304)])
def test_deeper_samples(bits: int, expected: int) -> None:
    segments = [repeated(value, 6) for value in range(1, bits // 8 + 1)]
    cells, _ = decode_rle(rle(*segments), *image(bits_allocated=bits))
    assert cells.dtype == np.uint32
    assert set(cells.ravel().tolist()) == {expected}


def test_colour_comes_by_pixel() -> None:
    planes = (b"\1\2\3\4\5\6", b"\x11\x12\x13\x14\x15\x16", b"\x21\x22\x23\x24\x25\x26")
    cells, _ = decode_rle(rle(*map(literal, planes)), *image(samples=3))
    assert cells[0, 0].tolist() == [0x01, 0x11, 0x21]
    assert cells[1, 2].tolist() == [0x06, 0x16, 0x26]
    assert cells.flags.c_contiguous


def test_colour_of_two_bytes() -> None:
    segments = [repeated(value, 6) for value in (1, 2, 3, 4, 5, 6)]
    cells, _ = decode_rle(rle(*segments), *image(samples=3, bits_allocated=16))
    assert cells[1, 1].tolist() == [0x0102, 0x0304, 0x0506]


@pytest.mark.parametrize("segment", [literal(b"\1\0\1\1\0\1"), literal(b"\x2d")])
def test_single_bits_unpacked_or_packed(segment: bytes) -> None:
    cells, _ = decode_rle(rle(segment), *image(bits_allocated=1))
    assert cells.ravel().tolist() == [1, 0, 1, 1, 0, 1]


@pytest.mark.parametrize("padding", [b"\0", b"\0\0", b"\x80", b"\x05", b"\xff\1"])
def test_padding_behind_a_segment(padding: bytes) -> None:
    """G.3.1: 128 stands for nothing; G.5: segments are padded to an even length."""
    cells, missing = decode_rle(rle(literal(b"\1\2\3\4\5\6") + padding), *image())
    assert cells.ravel().tolist() == [1, 2, 3, 4, 5, 6]
    assert missing == 0


def test_nothing_between_runs() -> None:
    cells, _ = decode_rle(rle(b"\x80" + repeated(3, 5) + b"\x80\x80" + literal(b"\4")), *image())
    assert cells.ravel().tolist() == [3, 3, 3, 3, 3, 4]


@pytest.mark.parametrize(
    ("segments", "missing", "found"),
    [
        ((literal(b"\1\2\3\4"),), 2, [1, 2, 3, 4, 0, 0]),
        ((b"\5\1\2\3",), 3, [1, 2, 3, 0, 0, 0]),
        ((repeated(9, 5) + b"\xff",), 1, [9, 9, 9, 9, 9, 0]),
        ((b"",), 6, [0] * 6),
    ],
)
def test_a_segment_that_ends_too_early(
    segments: tuple[bytes, ...], missing: int, found: list[int]
) -> None:
    with pytest.raises(TruncatedError):
        decode_rle(rle(*segments), *image())
    cells, lacking = decode_rle(rle(*segments), *image(), lenient=True)
    assert cells.ravel().tolist() == found
    assert lacking == missing


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", TruncatedError),
        (rle(b"\0\0")[:63], TruncatedError),
        (rle(repeated(1, 6), repeated(1, 6)), InconsistentError),
        (rle(count=0), InconsistentError),
        (rle(repeated(1, 6), count=4_000_000_000), InconsistentError),
        (rle(repeated(1, 6), offsets=[60]), InconsistentError),
        (rle(repeated(1, 6), offsets=[4000]), TruncatedError),
    ],
)
def test_headers_that_lie(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        decode_rle(data, *image())


def test_what_is_left_of_a_frame_that_was_cut_before_its_last_segment() -> None:
    data = rle(literal(b"\1\2\3"), offsets=[64, 4000], count=2)
    cells, missing = decode_rle(data, *image(bits_allocated=16), lenient=True)
    assert cells.tolist() == [[0x100, 0x200, 0x300], [0, 0, 0]]
    assert missing == 3 + 6


def test_segments_out_of_order() -> None:
    data = rle(repeated(1, 6), repeated(2, 6), offsets=[66, 64])
    with pytest.raises(InconsistentError, match="cannot be"):
        decode_rle(data, *image(bits_allocated=16))


def test_more_segments_than_a_header_has_room_for() -> None:
    described = image(samples=3, bits_allocated=64)
    with pytest.raises(InconsistentError, match="24"):
        decode_rle(rle(count=24), *described)


def test_a_bomb_is_seen_before_memory_is_taken() -> None:
    # 70 bytes for 400 million.
    with pytest.raises(TruncatedError, match="too short for 400000000 bytes"):
        decode_rle(rle(repeated(0, 128) * 3), *image(rows=20_000, columns=20_000))


def test_a_segment_may_not_outgrow_the_image() -> None:
    cells, _ = decode_rle(rle(repeated(5, 128) * 100_000), *image())
    assert cells.ravel().tolist() == [5] * 6


def test_a_long_segment_is_unfolded_no_further_than_the_image(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dicomkit.streams.rle._UNCOUNTED", 0)
    segment = b"\x80" + literal(b"\1\2") + repeated(7, 3) + repeated(5, 128) * 3
    cells, missing = decode_rle(rle(segment), *image())
    assert (cells.ravel().tolist(), missing) == ([1, 2, 7, 7, 7, 5], 0)
    assert _needed(segment, 6) == segment[:8]
    assert _needed(segment, 5) == segment[:6]
    assert _needed(segment[:5], 6) == segment[:5]


@settings(max_examples=200)
@given(
    st.lists(
        st.one_of(
            st.binary(min_size=1, max_size=128).map(literal),
            st.tuples(st.integers(0, 255), st.integers(2, 128)).map(lambda run: repeated(*run)),
            st.just(b"\x80"),
        ),
        max_size=20,
    )
)
def test_runs_are_undone_as_the_standard_says(runs: list[bytes]) -> None:
    expected = b"".join(
        run[1:] if run[0] < 128 else run[1:] * (257 - run[0]) for run in runs if run != b"\x80"
    )
    assert _unpack(b"".join(runs)) == expected
