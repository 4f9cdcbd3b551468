"""The headers of JPEG 2000 (ITU-T T.800) and High-Throughput JPEG 2000 (T.814) streams."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.errors import DecodeError, InconsistentError, TruncatedError
from dicomkit.streams.boxes import boxes
from dicomkit.streams.header import JP2, SOC, StreamHeader
from dicomkit.streams.jpeg2000_cost import decoding_cost

if TYPE_CHECKING:
    from dicomkit.streams.header import SampleColor

__all__ = ["parse_jpeg2000", "with_end"]

_EOC = b"\xff\xd9"
_SIZ = 0xFF51
_CAP = 0xFF50
_COD = 0xFF52
_SOT = 0xFF90
# Part 15 (T.814 A.3): Pcap15 announces high-throughput blocks.
_PCAP_HT = 1 << (32 - 15)
_HT_BLOCKS = 0x40
_MOST_SEGMENTS = 4096
_LEAST_MARKER = 0xFF00
# T.800 B.2: luma of every pixel, chroma of every second, or of every second row's as well.
_CHROMA = (((1, 1), (2, 1), (2, 1)), ((1, 1), (2, 2), (2, 2)))
# Half a kilobyte is written for each.
_WORK_A_PART = 128
# A packet takes a byte at the least, but streams may end before their last packets.
_MOST_PACKETS = 1 << 22
_MOST_PACKETS_PER_BYTE = 64
# A segment's length counts the two bytes of the length itself.
_LENGTH_BYTES = 2
# A SOT segment and the SOD marker behind it: no tile-part is shorter.
_LEAST_TILE_PART = 14


@dataclass(slots=True)
class _MainHeader:
    """What the main header's segments say."""

    rows: int
    columns: int
    tile: tuple[int, int]
    tiles: int
    components: int
    precision: int
    signed: bool
    subsampled: bool
    transformed: bool = False
    reversible: bool = True
    high_throughput: bool = False


def parse_jpeg2000(data: bytes) -> StreamHeader:
    """Read the header of a JPEG 2000 codestream, one inside a JP2 file included.

    Parameters
    ----------
    data : bytes
        The stream, from its SOC marker or its JP2 signature box.

    Raises
    ------
    TruncatedError
        The stream ends within its main header.
    DecodeError
        The bytes are not such a stream, or its segments make no sense.
    InconsistentError
        Its components differ in depth or sign, or have fewer samples than the picture has
        pixels, which pixel data cannot.

    Examples
    --------
    >>> siz = "ff4f ff51 0029 0000 00000003 00000002 00000000 00000000 00000003 00000002"
    >>> siz += "00000000 00000000 0001 0b 01 01"
    >>> cod = "ff52 000c 00 00 0001 00 05 04 04 00 01"
    >>> tile = "ff90 000a 0000 0000000e 00 01 ff93 ffd9"
    >>> header = parse_jpeg2000(bytes.fromhex(siz + cod + tile))
    >>> header.rows, header.columns, header.precision, header.lossy, header.complete
    (2, 3, 12, False, True)
    """
    start, stop = (0, len(data)) if data.startswith(SOC) else _codestream_box(data)
    if not data.startswith(SOC, start):
        msg = "the bytes are not a JPEG 2000 stream: they do not begin with SOC and SIZ markers"
        raise DecodeError(msg)
    try:
        main, first_tile = _main_header(data, start + 2, stop)
        counts = (main.tiles, main.components)
        cost = decoding_cost(data, (start + 2, first_tile), stop, main.tile, counts)
    except struct.error:
        msg = "the JPEG 2000 stream ends within one of its headers"
        raise TruncatedError(msg) from None
    # Decoders set up every tile before they read one, and every packet's place as well.
    excess = None
    if main.tiles * _LEAST_TILE_PART > stop - start:
        excess = f"{main.tiles} tiles"
    elif cost.packets > _MOST_PACKETS + _MOST_PACKETS_PER_BYTE * (stop - start):
        excess = f"{cost.packets} packets"
    end = _end(data, first_tile, stop, main.tiles)
    return StreamHeader(
        kind="htj2k" if main.high_throughput else "jpeg-2000",
        rows=main.rows,
        columns=main.columns,
        components=main.components,
        precision=main.precision,
        complete=end is not None,
        start=start,
        body=first_tile,
        stop=stop if end is None else end,
        signed=main.signed,
        lossy=not main.reversible,
        color=_color(main),
        subsampled=main.subsampled,
        excess=excess,
        work=cost.parts * _WORK_A_PART,
    )


def _color(main: _MainHeader) -> SampleColor | None:
    if main.transformed:
        return "rgb"
    # Nobody keeps fewer samples of green and blue than of red.
    return "ybr" if main.subsampled else None


def with_end(data: bytes, header: StreamHeader) -> bytes:
    """Give a stream that was cut off a length and an end that decoders accept.

    Zeros where packets are missing read as packets that hold nothing, so the decoder
    draws what came before them.

    Parameters
    ----------
    data : bytes
        The codestream alone.
    header : StreamHeader
        Its header, for how much could be missing at the most.
    """
    at = header.body - header.start
    stop = at
    while data.startswith(b"\xff\x90", at) and at + 12 <= len(data):
        (length,) = struct.unpack_from(">L", data, at + 6)
        stop = at + length
        if length < _LEAST_TILE_PART or stop > len(data):
            break
        at = stop
    most = header.rows * header.columns * header.components * -(-header.precision // 8)
    missing = min(max(stop - len(data), 0), most)
    return data + bytes(missing) + _EOC


def _codestream_box(data: bytes) -> tuple[int, int]:
    """Find the contiguous codestream box of a JP2 file (T.800 I.5.4)."""
    for kind, body, stop in boxes(data) if data.startswith(JP2) else ():
        if kind == b"jp2c":
            return body, min(stop, len(data))
    return 0, len(data)


def _main_header(data: bytes, at: int, stop: int) -> tuple[_MainHeader, int]:
    """Read the segments from SIZ up to the first tile-part."""
    main: _MainHeader | None = None
    for _ in range(_MOST_SEGMENTS):
        marker, length = struct.unpack_from(">HH", data, at)
        if marker == _SOT and main is not None:
            return main, at
        body = data[at + 4 : min(at + 2 + length, stop)]
        if length < _LENGTH_BYTES or marker < _LEAST_MARKER:
            break
        if marker == _SIZ:
            if main is not None:
                break
            main = _size(body)
        elif marker == _COD and main is not None:
            _read_style(main, body)
        elif marker == _CAP and main is not None:
            main.high_throughput |= bool(struct.unpack_from(">L", body)[0] & _PCAP_HT)
        at += 2 + length
    msg = "the JPEG 2000 stream's main header makes no sense"
    raise DecodeError(msg)


def _read_style(main: _MainHeader, body: bytes) -> None:
    # T.800 A.6.1: Scod, progression order, layers, component transform; then levels, width and
    # height of blocks, their style and the wavelet.
    mct, style, wavelet = struct.unpack_from(">4xB3xBB", body)
    main.transformed = mct == 1
    main.reversible = wavelet == 1
    main.high_throughput |= bool(style & _HT_BLOCKS)


def _size(body: bytes) -> _MainHeader:
    # T.800 A.5.1: Rsiz, the image's far and near corner, the tile's size and first corner.
    (x, y, x0, y0, tile_x, tile_y, tile_x0, tile_y0, count) = struct.unpack_from(">2x8LH", body)
    depths = body[36 : 36 + 3 * count : 3]
    if len(body) < 36 + 3 * count or not depths:
        msg = "the JPEG 2000 stream's SIZ segment is too short for its components"
        raise DecodeError(msg)
    if not (tile_x and tile_y and tile_x0 <= x0 < x and tile_y0 <= y0 < y):
        msg = "the JPEG 2000 stream's SIZ segment describes an impossible image"
        raise DecodeError(msg)
    if len(set(depths)) > 1:
        msg = "the JPEG 2000 stream's components differ in depth or sign"
        raise InconsistentError(msg)
    factors = (*zip(body[37 : 36 + 3 * count : 3], body[38 : 36 + 3 * count : 3], strict=True),)
    subsampled = factors in _CHROMA and not (x0 or y0 or x % factors[-1][0] or y % factors[-1][1])
    if set(factors) != {(1, 1)} and not subsampled:
        # Decoders differ in what they do with these; one reads past the end of the samples.
        msg = "the JPEG 2000 stream's components have fewer samples than the picture has pixels"
        raise InconsistentError(msg)
    return _MainHeader(
        rows=y - y0,
        columns=x - x0,
        tile=(min(tile_y, y - y0), min(tile_x, x - x0)),
        tiles=-(-(x - tile_x0) // tile_x) * -(-(y - tile_y0) // tile_y),
        components=count,
        precision=(depths[0] & 0x7F) + 1,
        signed=bool(depths[0] & 0x80),
        subsampled=subsampled,
    )


def _end(data: bytes, at: int, stop: int, tiles: int) -> int | None:
    """Follow the tile-parts to where the stream ends; None where it does not.

    The end marker itself may be missing if each tile says how many parts it has and all
    are there: some writers forget it, and nothing of the picture hangs on it.
    """
    parts: dict[int, int] = {}
    announced: dict[int, int] = {}
    while data.startswith(b"\xff\x90", at) and at + 12 <= stop:
        tile, length, count = struct.unpack_from(">HLxB", data, at + 4)
        parts[tile] = parts.get(tile, 0) + 1
        announced[tile] = max(count, announced.get(tile, 0))
        if length == 0:
            # The last tile-part may leave its length to the end marker.
            end = data.rfind(_EOC, at, stop)
            return end + 2 if end >= 0 and len(parts) >= tiles else None
        if length < _LEAST_TILE_PART:
            return None
        at += length
    if len(parts) < tiles or at > stop:
        return None
    if data.startswith(_EOC, at):
        return at + 2
    whole = all(0 < announced[tile] <= parts[tile] for tile in parts)
    return at if whole and not data[at:stop].strip(b"\0") else None
