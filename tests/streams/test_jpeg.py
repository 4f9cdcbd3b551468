"""ITU-T T.81 annex B and T.87 annex C: marker segments, written by hand."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicomkit.errors import DecodeError, DicomKitError, LimitError, TruncatedError
from dicomkit.streams.jpeg import bare_jpeg, parse_jpeg

SOI, EOI = b"\xff\xd8", b"\xff\xd9"
JFIF = (0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
RGB_IDS, PLAIN_IDS = b"RGB", b"\1\2\3"


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def adobe(transform: int) -> tuple[int, bytes]:
    return 0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform])


def frame(
    marker: int = 0xC0, ids: bytes = b"\1", sampling: tuple[int, ...] = (0x11,), **size: int
) -> bytes:
    factors = sampling * len(ids) if len(sampling) == 1 else sampling
    components = b"".join(bytes([i, factor, 0]) for i, factor in zip(ids, factors, strict=True))
    rows, columns = size.get("rows", 8), size.get("columns", 8)
    head = bytes([size.get("precision", 8)]) + rows.to_bytes(2, "big") + columns.to_bytes(2, "big")
    return segment(marker, head + bytes([len(ids)]) + components)


def scan(ids: bytes = b"\1", tail: bytes = b"\0\x3f\0") -> bytes:
    return segment(0xDA, bytes([len(ids)]) + b"".join(bytes([i, 0]) for i in ids) + tail)


def jpeg(*segments: tuple[int, bytes], coded: bytes = b"\x12" * 40, **options: Any) -> bytes:  # noqa: ANN401 - frame's options
    ids = options.get("ids", b"\1")
    tail = options.pop("tail", b"\0\x3f\0")
    head = b"".join(segment(*each) for each in segments)
    return SOI + head + frame(**options) + scan(ids, tail) + coded + EOI


@pytest.mark.parametrize(
    ("marker", "kind", "lossy"),
    [
        (0xC0, "jpeg", True),
        (0xC1, "jpeg", True),
        (0xC2, "jpeg", True),
        (0xC9, "jpeg", True),
        (0xC3, "jpeg-lossless", False),
        (0xC7, "jpeg-lossless", False),
        (0xF7, "jpeg-ls", False),
    ],
)
def test_the_frame_header_says_what_a_stream_is(*, marker: int, kind: str, lossy: bool) -> None:
    tail = b"\0\x3f\0" if kind == "jpeg" else b"\0\0\0"
    header = parse_jpeg(jpeg(marker=marker, rows=5, columns=7, precision=12, tail=tail))
    assert (header.kind, header.rows, header.columns) == (kind, 5, 7)
    assert (header.components, header.precision, header.signed) == (1, 12, False)
    assert header.lossy is lossy
    assert header.complete
    assert not header.scan_fault


def test_near_lossless_is_lossy() -> None:
    assert parse_jpeg(jpeg(marker=0xF7, tail=b"\2\0\0")).lossy


@pytest.mark.parametrize(
    ("segments", "options", "color"),
    [
        ([], {"ids": PLAIN_IDS}, None),
        ([JFIF], {"ids": PLAIN_IDS}, "ybr"),
        ([adobe(0)], {"ids": PLAIN_IDS}, "rgb"),
        ([adobe(1)], {"ids": PLAIN_IDS}, "ybr"),
        ([adobe(2)], {"ids": PLAIN_IDS}, None),
        ([(0xEE, b"Adobe\0\0\0\0\0")], {"ids": PLAIN_IDS}, None),
        ([(0xEE, b"Other\0\0\0\0\0\0\0")], {"ids": PLAIN_IDS}, None),
        ([], {"ids": RGB_IDS}, "rgb"),
        ([JFIF], {"ids": RGB_IDS}, "rgb"),
        ([JFIF, adobe(0)], {"ids": PLAIN_IDS}, "ybr"),
        ([], {"ids": PLAIN_IDS, "sampling": (0x21, 0x11, 0x11)}, "ybr"),
        ([JFIF], {"ids": PLAIN_IDS, "marker": 0xC3}, None),
        ([adobe(1)], {"ids": PLAIN_IDS, "marker": 0xC3}, "ybr"),
        ([JFIF], {"ids": PLAIN_IDS, "marker": 0xF7}, None),
        ([JFIF], {}, None),
    ],
)
def test_markers_speak_of_colour(
    segments: list[tuple[int, bytes]], options: dict[str, Any], color: str | None
) -> None:
    assert parse_jpeg(jpeg(*segments, **options)).color == color


@pytest.mark.parametrize(("transform", "uses"), [(b"\0", False), (b"\1", True), (b"", False)])
def test_the_transform_that_jpeg_ls_does_not_define(*, transform: bytes, uses: bool) -> None:
    stream = jpeg((0xE8, b"mrfx" + transform), marker=0xF7, ids=PLAIN_IDS)
    assert parse_jpeg(stream).hp_transform is uses


@pytest.mark.parametrize("padding", [b"", b"\0", b"\xff", b"\0" * 50])
def test_padding_behind_the_end_does_not_matter(padding: bytes) -> None:
    stream = jpeg()
    header = parse_jpeg(stream + padding)
    assert header.complete
    assert header.stop == len(stream)


def test_a_stream_without_its_end() -> None:
    stream = jpeg()[:-2]
    header = parse_jpeg(stream)
    assert not header.complete
    assert header.stop == len(stream)


@pytest.mark.parametrize(
    ("options", "least"),
    [
        # 16 x 17 pixels: 6 blocks of two bits.
        ({"rows": 16, "columns": 17}, 1),
        # 100 x 100 blocks of two bits.
        ({"rows": 800, "columns": 800}, 2500),
        # A component alone has no use for its sampling factors.
        ({"rows": 800, "columns": 800, "sampling": (0x22,)}, 2500),
        ({"rows": 800, "columns": 800, "marker": 0xC2}, 1250),
        # 50 x 100 units of two luma blocks, CB and CR: three components at the least.
        ({"rows": 800, "columns": 800, "ids": PLAIN_IDS, "sampling": (0x21, 0x11, 0x11)}, 3750),
        # One bit for each sample.
        ({"rows": 100, "columns": 80, "marker": 0xC3}, 1000),
        # Run lengths have no such bound.
        ({"rows": 800, "columns": 800, "marker": 0xF7}, 0),
        ({"rows": 800, "columns": 800, "sampling": (0x00,), "ids": PLAIN_IDS}, 7500),
    ],
)
def test_a_stream_too_short_for_its_picture_is_not_complete(
    options: dict[str, Any], least: int
) -> None:
    assert parse_jpeg(jpeg(coded=b"\x12" * least, **options)).complete
    if least:
        assert not parse_jpeg(jpeg(coded=b"\x12" * (least - 1), **options)).complete


def test_fill_bytes_and_standalone_markers_are_passed_over() -> None:
    stream = SOI + b"\xff" * 5 + b"\x01" + b"\xff\xd0" + b"\xff" + frame() + scan() + b"\x12" + EOI
    assert parse_jpeg(stream).rows == 8


@pytest.mark.parametrize(
    ("stream", "error"),
    [
        (b"", DecodeError),
        (b"GIF89a", DecodeError),
        (SOI, TruncatedError),
        (SOI + b"\xff", TruncatedError),
        (SOI + b"\xff" * 100, TruncatedError),
        (SOI + b"\xff\xc0\x00", TruncatedError),
        (SOI + frame(), TruncatedError),
        (SOI + frame() + scan()[:-1], TruncatedError),
        (SOI + b"\x00\x00", DecodeError),
        (SOI + b"\xff\xe1\x00\x01", DecodeError),
        (SOI + scan() + EOI, DecodeError),
        (SOI + segment(0xC0, b"\x08\0\x08\0\x08") + scan(), DecodeError),
        (SOI + segment(0xC0, b"\x08\0\x08\0\x08\x00") + scan(), DecodeError),
        (SOI + segment(0xC0, b"\x08\0\x08\0\x08\x02\1\x11\0") + scan(), DecodeError),
        (SOI + frame() + segment(0xDA, b"\0\0\x3f\0") + EOI, DecodeError),
        (SOI + frame() + frame() + scan() + EOI, DecodeError),
        (SOI + segment(0xFE, b"") * 5000 + frame() + scan() + EOI, DecodeError),
    ],
)
def test_broken_headers(stream: bytes, error: type[DicomKitError]) -> None:
    with pytest.raises(error):
        parse_jpeg(stream)


@pytest.mark.parametrize(
    ("marker", "ids", "most"),
    [(0xC2, b"\1", 100), (0xCA, PLAIN_IDS, 100), (0xC0, PLAIN_IDS, 4), (0xC3, b"\1", 4)],
)
def test_scans_are_counted(marker: int, ids: bytes, most: int) -> None:
    one = scan(ids) + b"\x12\xff\0\x34\xff\xd0\x56"
    assert parse_jpeg(jpeg(marker=marker, ids=ids, coded=one * (most - 1))).rows == 8
    with pytest.raises(LimitError, match=f"more than {most} scans"):
        parse_jpeg(jpeg(marker=marker, ids=ids, coded=one * most))


def test_what_looks_like_a_scan_in_a_comment_or_behind_the_end_is_none() -> None:
    comment = segment(0xFE, scan() * 200 + EOI)
    assert parse_jpeg(jpeg(coded=b"\x12" * 9 + comment) + jpeg()).rows == 8
    with pytest.raises(LimitError, match="more than 4 scans"):
        parse_jpeg(jpeg(coded=b"\x12" * 9 + comment + scan() * 4))


@given(st.binary(max_size=300))
def test_any_bytes_give_a_header_or_our_error(data: bytes) -> None:
    with suppress(DecodeError, TruncatedError):
        parse_jpeg(SOI + data)


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), max_size=8))
def test_damaged_headers_give_a_header_or_our_error(damage: list[tuple[int, int]]) -> None:
    stream = bytearray(jpeg(JFIF, adobe(1), ids=PLAIN_IDS))
    for place, value in damage:
        stream[place % len(stream)] = value
    with suppress(DecodeError, TruncatedError):
        parse_jpeg(bytes(stream))


@pytest.mark.parametrize(
    ("marker", "tail", "faulty"),
    [
        (0xC0, b"\0\x3f\0", False),
        (0xC1, b"\0\0\0", True),
        (0xC9, b"\0\x3f\1", True),
        # Progressive scans choose their own coefficients.
        (0xC2, b"\0\0\1", False),
        (0xC3, b"\7\0\2", False),
        (0xC3, b"\1\x3f\0", True),
        (0xC3, b"\1\0\x10", True),
        (0xF7, b"\3\2\0", False),
    ],
)
def test_table_b_3_what_a_scan_header_may_say(marker: int, tail: bytes, *, faulty: bool) -> None:
    assert parse_jpeg(jpeg(marker=marker, tail=tail)).scan_fault is faulty


@pytest.mark.parametrize(
    ("marker", "precision", "sampling", "plain"),
    [
        (0xC3, 8, (0x11,), True),
        (0xC3, 15, (0x22,), True),
        (0xC3, 16, (0x11,), True),
        (0xC3, 8, (0x21, 0x11, 0x11), False),
        # Coded by arithmetic, which depends on the precision; and other codings.
        (0xCB, 8, (0x11,), False),
        (0xC0, 8, (0x11,), False),
        (0xF7, 8, (0x11,), False),
    ],
)
def test_which_lossless_streams_are_plain(
    marker: int, precision: int, sampling: tuple[int, ...], *, plain: bool
) -> None:
    stream = jpeg(marker=marker, ids=PLAIN_IDS, sampling=sampling, precision=precision)
    assert parse_jpeg(stream).plain is plain


@pytest.mark.parametrize(
    ("behind", "rows"),
    [(b"\xff\xdc\0\4\0\x09", 9), (b"", 0), (b"\xff\xdc\0\5\0\1", 0)],
)
def test_b_2_5_the_number_of_lines_may_stand_behind_the_scan(behind: bytes, rows: int) -> None:
    stream = SOI + frame(rows=0) + scan() + b"\x12" * 40 + behind
    header = parse_jpeg(stream + EOI)
    assert header.rows == rows
    assert header.late_lines
    assert stream[header.frame_at - 4 : header.frame_at + 3] == b"\xff\xc0\0\x0b\x08\0\0"
    assert not parse_jpeg(jpeg()).late_lines


@pytest.mark.parametrize(("color", "transform"), [("rgb", b"\0"), ("ybr", b"\1")])
def test_a_bare_stream_says_its_colour_once(color: Any, transform: bytes) -> None:  # noqa: ANN401 - a literal
    stream = jpeg(JFIF, adobe(2), (0xE1, b"Exif\0\0junk"), (0xFE, b"a comment"), ids=PLAIN_IDS)
    bare = bare_jpeg(stream, color)
    assert bare == (
        SOI
        + segment(0xEE, b"Adobe\0\x64\0\0\0\0" + transform)
        + frame(ids=PLAIN_IDS)
        + scan(PLAIN_IDS)
        + b"\x12" * 40
        + EOI
    )
    assert parse_jpeg(bare).color == color


def test_a_bare_stream_of_one_component_says_nothing() -> None:
    assert not re.search(rb"\xff[\xe0-\xef]", bare_jpeg(jpeg(JFIF), None))
