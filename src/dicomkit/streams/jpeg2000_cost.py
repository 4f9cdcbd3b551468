"""What a JPEG 2000 decoder sets up before it reads a pixel (ITU-T T.800 annex B).

A codestream says in a few bytes how finely its picture is cut up. Decoders believe it and
make a record of half a kilobyte for each precinct and each code-block, whether or not
there are data for it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Cost", "decoding_cost"]

_SOT = b"\xff\x90"
_COD = 0xFF52
_COC = 0xFF53
_SOD = 0xFF93
_MOST_LEVELS = 32
_MOST_TILE_PARTS = 1 << 18
_SOT_BYTES = 12
# A segment's length counts the two bytes of the length itself.
_LENGTH_BYTES = 2
# Component numbers take two bytes where there are more components than this.
_SHORT_NUMBERS = 256
# A tile's own record is as large as those of so many precincts.
_TILE_PARTS = 20


@dataclass(frozen=True, slots=True)
class Cost:
    """What a codestream makes its decoder set up.

    Attributes
    ----------
    parts : int
        Tiles, precincts and code-blocks, in units of half a kilobyte.
    packets : int
        Precincts times quality layers, or the table that says which of them were seen if
        that is longer.
    """

    parts: int
    packets: int


@dataclass(frozen=True, slots=True)
class _Style:
    """A COD or COC segment: its layers, and what it says from the number of levels on."""

    layers: int
    body: bytes
    has_sizes: bool


def decoding_cost(
    data: bytes, header: tuple[int, int], stop: int, tile: tuple[int, int], counts: tuple[int, int]
) -> Cost:
    """Weigh a codestream by the finest of the coding styles in all of its headers.

    Parameters
    ----------
    data : bytes
        The codestream, or what holds it.
    header : tuple of int
        Where the main header's segments begin and where the first tile-part does.
    stop : int
        Where the codestream ends.
    tile : tuple of int
        Rows and columns of a tile.
    counts : tuple of int
        How many tiles and how many components there are.

    Raises
    ------
    DecodeError
        A style is impossible, or there are more tile-parts than anyone writes.
    """
    tiles, components = counts
    layers = parts = precincts = places = 0
    known: set[bytes] = set()
    for style in _styles(data, header, stop, components):
        layers = max(layers, style.layers)
        if style.body in known:
            continue
        known.add(style.body)
        here, blocks, most = _cut(tile, style)
        parts = max(parts, here + blocks)
        precincts = max(precincts, here)
        places = max(places, most)
    return Cost(
        tiles * (_TILE_PARTS + components * parts),
        layers * components * max(tiles * precincts, places),
    )


def _styles(data: bytes, header: tuple[int, int], stop: int, components: int) -> Iterator[_Style]:
    """Go through the main header, then through that of each tile-part."""
    yield from _in_header(data, *header, components)
    at = header[1]
    for _ in range(_MOST_TILE_PARTS):
        if not data.startswith(_SOT, at) or at + _SOT_BYTES > stop:
            return
        (length,) = struct.unpack_from(">L", data, at + 6)
        # Whatever length the tile-part claims: its header goes on to the SOD marker.
        yield from _in_header(data, at + _SOT_BYTES, stop, components)
        at = at + max(length, _SOT_BYTES) if length else stop
    msg = f"the JPEG 2000 stream has more than {_MOST_TILE_PARTS} tile-parts"
    raise DecodeError(msg)


def _in_header(data: bytes, at: int, stop: int, components: int) -> Iterator[_Style]:
    while at + 4 <= stop:
        marker, length = struct.unpack_from(">HH", data, at)
        if marker == _SOD or length < _LENGTH_BYTES:
            return
        body = data[at + 4 : min(at + 2 + length, stop)]
        if marker == _COD:
            # T.800 A.6.1: Scod, progression order, layers, component transform.
            scod, layers = struct.unpack_from(">BxH", body)
            yield _Style(layers, body[5:], has_sizes=bool(scod & 1))
        elif marker == _COC:
            # A.6.2: the component's number, then Scoc.
            flags = 1 if components <= _SHORT_NUMBERS else 2
            yield _Style(0, body[flags + 1 :], has_sizes=bool(body[flags : flags + 1] > b"\0"))
        at += 2 + length


def _cut(tile: tuple[int, int], style: _Style) -> tuple[int, int, int]:
    """Count a component's precincts and code-blocks in a tile, and its places for packets."""
    levels, block_columns, block_rows = struct.unpack_from(">BBB", style.body)
    if levels > _MOST_LEVELS:
        msg = f"the JPEG 2000 stream has {levels} levels; {_MOST_LEVELS} are allowed"
        raise DecodeError(msg)
    sizes = style.body[5 : 6 + levels] if style.has_sizes else b""
    precincts = blocks = most = 0
    for level, size in enumerate(sizes.ljust(levels + 1, b"\xff")):
        high, wide = size >> 4, size & 15
        here = _pieces(tile, levels - level, high, wide)
        precincts += here
        most = max(most, here)
        # T.800 B.5 to B.7: every level but the lowest has three sub-bands of half its size.
        bands, half = (3, 1) if level else (1, 0)
        rows = min(block_rows + 2, max(high - half, 0))
        columns = min(block_columns + 2, max(wide - half, 0))
        blocks += bands * _pieces(tile, levels - level + half, rows, columns)
    return precincts, blocks, most * (levels + 1)


def _pieces(tile: tuple[int, int], halvings: int, high: int, wide: int) -> int:
    rows, columns = (-(-side >> halvings) for side in tile)
    return -(-rows >> high) * -(-columns >> wide)
