"""ITU-T T.800 annex A: marker segments of a codestream, written by hand."""

from __future__ import annotations

import struct
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicomkit.errors import DecodeError, InconsistentError, TruncatedError
from dicomkit.streams.jpeg2000 import parse_jpeg2000, with_end

if TYPE_CHECKING:
    from collections.abc import Callable

EOC = b"\xff\xd9"


def siz(
    rows: int = 20,
    columns: int = 30,
    *,
    depths: tuple[int, ...] = (0x0B,),
    origin: tuple[int, int] = (0, 0),
    tile: tuple[int, int] = (20, 30),
    tile_origin: tuple[int, int] = (0, 0),
) -> bytes:
    corner = (origin[1] + columns, origin[0] + rows, origin[1], origin[0])
    tiles = (tile[1], tile[0], tile_origin[1], tile_origin[0])
    body = struct.pack(">H8LH", 0, *corner, *tiles, len(depths))
    return marker(0x51, body + b"".join(bytes([depth, 1, 1]) for depth in depths))


def marker(code: int, body: bytes) -> bytes:
    return bytes([0xFF, code]) + struct.pack(">H", len(body) + 2) + body


def cod(
    *,
    mct: int = 0,
    wavelet: int = 1,
    style: int = 0,
    levels: int = 5,
    layers: int = 1,
    sizes: bytes = b"",
) -> bytes:
    head = struct.pack(">BBHBBBBBB", bool(sizes), 0, layers, mct, levels, 4, 4, style, wavelet)
    return marker(0x52, head + sizes)


def part(
    tile: int = 0, number: int = 0, count: int = 1, data: bytes = b"\x80\x80", **own: int
) -> bytes:
    length = own.get("length", 14 + len(data))
    return (
        b"\xff\x90\0\x0a" + struct.pack(">HLBB", tile, length, number, count) + b"\xff\x93" + data
    )


def stream(*pieces: bytes, head: bytes = siz(), style: bytes = cod(), end: bytes = EOC) -> bytes:
    return b"\xff\x4f" + head + style + b"".join(pieces or (part(),)) + end


def test_the_header() -> None:
    header = parse_jpeg2000(stream())
    assert (header.kind, header.rows, header.columns) == ("jpeg-2000", 20, 30)
    assert (header.components, header.precision, header.signed) == (1, 12, False)
    assert (header.lossy, header.color, header.complete) == (False, None, True)


def test_sign_wavelet_and_transform() -> None:
    header = parse_jpeg2000(stream(head=siz(depths=(0x8F,) * 3), style=cod(mct=1, wavelet=0)))
    assert (header.components, header.precision, header.signed) == (3, 16, True)
    assert (header.lossy, header.color) == (True, "rgb")


def test_the_image_may_begin_off_the_grids_corner() -> None:
    header = parse_jpeg2000(stream(head=siz(7, 9, origin=(3, 4), tile=(20, 30))))
    assert (header.rows, header.columns) == (7, 9)


@pytest.mark.parametrize(
    "style", [cod(style=0x40), marker(0x50, struct.pack(">L", 1 << 17)) + cod()]
)
def test_high_throughput_blocks(style: bytes) -> None:
    assert parse_jpeg2000(stream(style=style)).kind == "htj2k"


def test_other_capabilities_are_none_of_those() -> None:
    style = marker(0x50, struct.pack(">L", 1)) + cod()
    assert parse_jpeg2000(stream(style=style)).kind == "jpeg-2000"


@pytest.mark.parametrize("padding", [b"", b"\0", b"\xff\xff"])
def test_padding_behind_the_end_does_not_matter(padding: bytes) -> None:
    whole = stream()
    header = parse_jpeg2000(whole + padding)
    assert header.complete
    assert header.stop == len(whole)


@pytest.mark.parametrize(
    ("pieces", "end", "complete"),
    [
        ((part(),), b"", True),
        ((part(),), b"\0", True),
        ((part(),), b"\x12", False),
        ((part(count=0),), b"", False),
        ((part(count=0),), EOC, True),
        ((part(count=2),), b"", False),
        ((part(count=2), part(number=1, count=0)), b"", True),
        ((part(length=100),), b"", False),
        ((part(length=13),), EOC, False),
        ((part(length=0),), EOC, True),
        ((part(length=0),), b"", False),
    ],
)
def test_where_a_stream_ends(*, pieces: tuple[bytes, ...], end: bytes, complete: bool) -> None:
    assert parse_jpeg2000(stream(*pieces, end=end)).complete is complete


def test_every_tile_must_be_there() -> None:
    head = siz(tile=(20, 15))
    assert parse_jpeg2000(stream(part(0), part(1), head=head)).complete
    assert not parse_jpeg2000(stream(part(0), part(0, 1), head=head)).complete
    assert not parse_jpeg2000(stream(part(0), part(0, length=0), head=head)).complete


def box(kind: bytes, body: bytes, *, wide: bool = False, open_end: bool = False) -> bytes:
    if wide:
        return struct.pack(">L4sQ", 1, kind, len(body) + 16) + body
    return struct.pack(">L4s", 0 if open_end else len(body) + 8, kind) + body


SIGNATURE = b"\0\0\0\x0cjP  \r\n\x87\n"


@pytest.mark.parametrize(("wide", "open_end"), [(False, False), (True, False), (False, True)])
def test_a_codestream_inside_a_jp2_file(*, wide: bool, open_end: bool) -> None:
    inner = stream()
    outer = SIGNATURE + box(b"ftyp", b"jp2 ") + box(b"jp2c", inner, wide=wide, open_end=open_end)
    header = parse_jpeg2000(outer)
    assert outer[header.start : header.stop] == inner
    assert header.complete


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff\xe0",
        SIGNATURE,
        SIGNATURE + box(b"ftyp", b"jp2 "),
        SIGNATURE + b"\0\0\0\4oops",
        SIGNATURE + b"\0\0\0\1wide",
        SIGNATURE + box(b"free", b"") * 300,
        SIGNATURE + box(b"jp2c", b"\xff\xd8\xff\xe0"),
        stream(head=siz(rows=0)),
        stream(head=siz(tile=(0, 30))),
        stream(head=siz(tile_origin=(5, 0))),
        stream(head=siz(depths=())),
        stream(head=siz() + siz()),
        stream(style=cod(levels=33)),
        stream(style=b"\x12\x34\0\x04\0\0"),
        stream(style=b"\xff\x64\0\1"),
        stream(style=marker(0x64, b"") * 5000),
    ],
)
def test_what_is_no_stream(data: bytes) -> None:
    with pytest.raises((DecodeError, TruncatedError)):
        parse_jpeg2000(data)


def test_components_of_different_depth() -> None:
    with pytest.raises(InconsistentError, match="differ in depth"):
        parse_jpeg2000(stream(head=siz(depths=(7, 7, 8))))


@pytest.mark.parametrize("cut", [4, 20, 45, 50])
def test_a_header_that_is_cut_off(cut: int) -> None:
    with pytest.raises((TruncatedError, DecodeError)):
        parse_jpeg2000(stream()[:cut])


def test_more_tiles_than_the_stream_could_hold() -> None:
    assert parse_jpeg2000(stream(head=siz(tile=(1, 1)))).excess == "600 tiles"


def test_more_packets_than_the_stream_could_hold() -> None:
    # Precincts of one sample: 2048 x 4096 of them at the full size alone.
    head = siz(2048, 4096, tile=(2048, 4096))
    bomb = parse_jpeg2000(stream(head=head, style=cod(levels=0, sizes=b"\0")))
    assert bomb.excess == f"{2048 * 4096} packets"
    usual = parse_jpeg2000(stream(head=head, style=cod(levels=1, sizes=b"\x77\x88")))
    assert usual.excess is None


def test_precincts_count_for_every_level() -> None:
    # Levels of 5 and of 10 samples square in precincts of 4: 4 + 9, and 2 times 9 places.
    head = siz(10, 10, tile=(10, 10))
    style = cod(levels=1, layers=65535, sizes=b"\x22\x22")
    assert parse_jpeg2000(stream(head=head, style=style)).excess is None
    head = siz(10, 10, depths=(7,) * 5, tile=(10, 10))
    assert parse_jpeg2000(stream(head=head, style=style)).excess == f"{65535 * 18 * 5} packets"


def coc(levels: int, sizes: bytes = b"", *, blocks: tuple[int, int] = (4, 4)) -> bytes:
    return marker(0x53, bytes([0, bool(sizes), levels, *blocks, 0, 1]) + sizes)


FINE = coc(1, b"\x22\x22")


@pytest.mark.parametrize(
    "own",
    [
        {"style": cod(levels=1, sizes=b"\x22\x22")},
        {"style": cod() + FINE},
        {"style": cod(), "tile": FINE},
        {"style": cod(), "tile": cod(levels=1, sizes=b"\x22\x22")},
        {"style": FINE + cod()},
    ],
    ids=["for all", "for one component", "for one tile's", "for one tile", "first"],
)
def test_precincts_and_code_blocks_are_counted_in_every_header(own: dict[str, bytes]) -> None:
    head = siz(10, 10, tile=(10, 10))
    data = own.get("tile", b"") + b"\xff\x93\x80\x80"
    tile = b"\xff\x90\0\x0a" + struct.pack(">HLBB", 0, 12 + len(data), 0, 1) + data
    header = parse_jpeg2000(stream(tile, head=head, style=own["style"]))
    # Precincts of 4: 4 of the level of 5 x 5 and 9 of the full one. In blocks no larger than
    # these, or than their halves in the three bands of the full level: 4 and 3 times 9.
    assert header.work == 128 * (20 + (4 + 9) + (4 + 27))


def test_the_finest_style_counts_for_every_tile_and_component() -> None:
    # Four tiles of three components: one precinct and 3 x 4 blocks of 4 x 4 each.
    head = siz(20, 30, depths=(7,) * 3, tile=(10, 15))
    style = cod(levels=0) + coc(0, blocks=(0, 0))
    tiles = [part(number) for number in range(4)]
    assert parse_jpeg2000(stream(*tiles, head=head, style=style)).work == 128 * 4 * (20 + 3 * 13)


def test_layers_of_one_tile_count() -> None:
    tile = part(data=b"\x80")[:12] + cod(levels=5, layers=65535, sizes=b"\x22" * 6)
    header = parse_jpeg2000(stream(tile + b"\xff\x93\x80", head=siz(256, 256, tile=(256, 256))))
    # 64 x 64 precincts at the full size, and as many places for each of the six levels.
    assert header.excess == f"{65535 * 6 * 4096} packets"


def test_a_style_that_is_cut_off() -> None:
    with pytest.raises(TruncatedError, match="headers"):
        parse_jpeg2000(stream(style=cod() + marker(0x53, b"\0\0\1")))


def test_levels_of_one_component_are_bounded() -> None:
    with pytest.raises(DecodeError, match="33 levels"):
        parse_jpeg2000(stream(style=cod() + coc(33)))


def test_tile_parts_without_end() -> None:
    with pytest.raises(DecodeError, match="tile-parts"):
        parse_jpeg2000(stream(part(data=b"") * ((1 << 18) + 1)))


@pytest.mark.parametrize("factors", [(2, 1), (1, 2), (255, 255), (0, 1)])
def test_components_of_fewer_samples_than_pixels(factors: tuple[int, int]) -> None:
    head = bytearray(siz(depths=(7,) * 3))
    head[-2:] = factors
    with pytest.raises(InconsistentError, match="fewer samples"):
        parse_jpeg2000(stream(head=bytes(head)))


@pytest.mark.parametrize(
    ("size", "factors", "origin", "sound"),
    [
        ((20, 30), (2, 1), (0, 0), True),
        ((20, 30), (2, 2), (0, 0), True),
        ((21, 30), (2, 1), (0, 0), True),
        ((21, 30), (2, 2), (0, 0), False),
        ((20, 31), (2, 1), (0, 0), False),
        ((20, 30), (2, 1), (0, 2), False),
        ((20, 30), (1, 2), (0, 0), False),
        ((20, 30), (4, 1), (0, 0), False),
    ],
)
def test_chroma_for_every_second_pixel(
    size: tuple[int, int], factors: tuple[int, int], origin: tuple[int, int], *, sound: bool
) -> None:
    head = bytearray(siz(*size, depths=(7,) * 3, origin=origin, tile=(40, 40)))
    head[-5:-3] = head[-2:] = factors
    data = stream(head=bytes(head))
    if sound:
        header = parse_jpeg2000(data)
        assert (header.subsampled, header.color) == (True, "ybr")
    else:
        with pytest.raises(InconsistentError, match="fewer samples"):
            parse_jpeg2000(data)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=8))
def test_damage_gives_a_header_or_our_error(damage: list[tuple[int, int]]) -> None:
    data = bytearray(stream(part(0), part(1), head=siz(tile=(20, 15))))
    for place, value in damage:
        data[place % len(data)] = value
    with suppress(DecodeError, TruncatedError, InconsistentError):
        parse_jpeg2000(bytes(data))


def test_a_cut_stream_is_filled_up_with_empty_packets() -> None:
    whole = stream(part(data=bytes(range(1, 101))))
    cut = whole[:-50]
    header = parse_jpeg2000(cut)
    assert not header.complete
    assert with_end(cut, header) == cut + bytes(48) + EOC


def test_filling_up_believes_no_length() -> None:
    cut = stream(part(length=4_000_000_000), end=b"")
    # 20 x 30 samples of two bytes are all that the picture has.
    assert with_end(cut, parse_jpeg2000(cut)) == cut + bytes(1200) + EOC


@pytest.mark.parametrize("length", [3, 16])
def test_filling_up_what_lacks_nothing_but_its_end(length: int) -> None:
    cut = stream(part(), part(number=1, length=length), end=b"")
    assert with_end(cut, parse_jpeg2000(cut)) == cut + EOC


def test_the_real_file_inside_a_jp2_file(stream: Callable[[str], bytes]) -> None:
    data = stream("GDCMJ2K_TextGBR.dcm")
    header = parse_jpeg2000(data)
    assert data[header.start : header.start + 4] == b"\xff\x4f\xff\x51"
    assert (header.rows, header.columns, header.color) == (400, 400, "rgb")
