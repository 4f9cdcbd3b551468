"""Files that ask for more than anybody has: refused before the memory is taken."""

from __future__ import annotations

import zlib
from typing import Final

from tests.bad.case import refused
from tests.bad.files import (
    IMPLICIT,
    claiming,
    element,
    item,
    part10,
    siz_claiming,
    with_frames,
    with_pixels,
    with_stream,
    with_values,
)

__all__ = ["LIMITS", "nested"]

_CT: Final = "CT_small.dcm"
_J2K: Final = "MR_small_jp2klossless.dcm"
_DEFLATED: Final = "1.2.840.10008.1.2.1.99"
_UNDEFINED: Final = 0xFFFFFFFF
_ITEM_END: Final = b"\xfe\xff\x0d\xe0" + bytes(4)
_SEQUENCE_END: Final = b"\xfe\xff\xdd\xe0" + bytes(4)
_COLORS: Final = ("Red", "Green", "Blue")


def _us(value: int) -> bytes:
    return value.to_bytes(2, "little")


def _sized(side: int) -> dict[str, bytes | None]:
    return {"Rows": _us(side), "Columns": _us(side)}


def _huge_stream(name: str) -> bytes:
    """Let a JPEG or JPEG-LS stream and its dataset agree on a size that it cannot have."""
    return with_stream(name, claiming(20000, 20000), **_sized(20000))


def _huge_jpeg2000() -> bytes:
    change = siz_claiming(20000, 20000, 20000, 20000)
    return with_stream(_J2K, change, **_sized(20000))


def _segment(marker: int, *fields: int, body: bytes = b"") -> bytes:
    content = bytes(fields) + body
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def _cut_up(side: int, *segments: bytes) -> bytes:
    """Let an empty JPEG 2000 stream of one tile say how finely its picture is cut up."""
    size = side.to_bytes(4, "big")
    siz = _segment(0x51, body=bytes(2) + (size * 2 + bytes(8)) * 2 + b"\0\1\7\1\1")
    qcd = _segment(0x5C, 0x40, *[0x48] * 97)
    tile = b"\xff\x90\0\x0a\0\0\0\0\0\x1e\0\1\xff\x93" + bytes(16)
    stream = b"".join((b"\xff\x4f", siz, *segments, qcd, tile, b"\xff\xd9"))
    bits: dict[str, bytes | None] = {"BitsAllocated": _us(8), "BitsStored": _us(8)}
    return with_frames(_J2K, lambda _: [stream], **_sized(side), **bits, HighBit=_us(7))


def _style(levels: int, blocks: int, sizes: bytes = b"") -> tuple[bytes, bytes]:
    """Give a COD segment, and a COC one for the first component (T.800 A.6.1, A.6.2)."""
    style = bytes([levels, blocks, blocks, 0, 1]) + sizes
    whole = _segment(0x52, bool(sizes), 0, 0, 1, 0, body=style)
    return whole, _segment(0x53, 0, bool(sizes), body=style)


def _many_tiles() -> bytes:
    """Let each pixel be a tile of its own, with a tile-part that is there."""
    side = 255
    parts = (
        b"\xff\x90\0\x0a" + number.to_bytes(2, "big") + b"\0\0\0\x0e\0\1\xff\x93"
        for number in range(side * side)
    )
    siz = _segment(0x51, body=bytes(2) + _far(side) + bytes(8) + _far(1) + bytes(8) + b"\0\1\7\1\1")
    stream = b"".join((b"\xff\x4f", siz, _style(0, 4)[0], _segment(0x5C, 0x40, 0x48), *parts))
    bits: dict[str, bytes | None] = {"BitsAllocated": _us(8), "BitsStored": _us(8)}
    return with_frames(
        _J2K, lambda _: [stream + b"\xff\xd9"], **_sized(side), **bits, HighBit=_us(7)
    )


def _far(side: int) -> bytes:
    return side.to_bytes(4, "big") * 2


def _scans_without_end(side: int = 2048, scans: int = 20_000) -> bytes:
    """Make a progressive JPEG each of whose scans says in 18 bytes that nothing changes."""
    frame = _segment(0xC2, 8, *divmod(side, 256), *divmod(side, 256), 1, 1, 0x11, 0)
    tables = _segment(0xC4, 0, 1, *bytes(15), 0) + _segment(0xC4, 0x10, 1, *bytes(15), 0xE0)
    first = _segment(0xDA, 1, 1, 0, 0, 0, 0) + bytes((side // 8) ** 2 // 8)
    # Four runs of 2**14 blocks that end at once, 15 bits each: none more than that.
    more = _segment(0xDA, 1, 1, 0, 1, 63, 13) + bytes(8)
    quantization = _segment(0xDB, 0, *[1] * 64)
    stream = b"".join((b"\xff\xd8", quantization, frame, tables, first, more * scans, b"\xff\xd9"))
    bits: dict[str, bytes | None] = {"BitsAllocated": _us(8), "BitsStored": _us(8)}
    return with_frames(
        "JPGExtended.dcm", lambda _: [stream], **_sized(side), **bits, HighBit=_us(7)
    )


def _arithmetic_scans(side: int = 8000, scans: int = 90) -> bytes:
    """Make 1 kB of progressive JPEG, coded by arithmetic, that visits 90 million empty blocks."""
    frame = _segment(0xCA, 8, *divmod(side, 256), *divmod(side, 256), 1, 1, 0x11, 0)
    quantization = _segment(0xDB, 0, *[1] * 64)
    first, more = _segment(0xDA, 1, 1, 0, 0, 0, 0), _segment(0xDA, 1, 1, 0, 1, 63, 0)
    stream = b"".join((b"\xff\xd8", quantization, frame, first, more * scans, b"\xff\xd9"))
    bits: dict[str, bytes | None] = {"BitsAllocated": _us(8), "BitsStored": _us(8)}
    return with_frames(
        "JPGExtended.dcm", lambda _: [stream], **_sized(side), **bits, HighBit=_us(7)
    )


def _empty_fragments(count: int = 300_000) -> bytes:
    return with_pixels("MR_small_RLE.dcm", lambda _: item(b"") * count)


def _scanned_again(stream: bytes) -> bytes:
    at = stream.index(b"\xff\xda")
    return stream[: stream.rindex(b"\xff\xd9")] + stream[at : at + 40] * 2000 + b"\xff\xd9"


def _deflate_bomb(megabytes: int) -> bytes:
    """Deflate pixel data of zeros: a thousandth is left of them."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = engine.compress(element(0x7FE00010, "OW", b"", megabytes << 20))
    head += engine.flush(zlib.Z_FULL_FLUSH)
    # Behind a full flush nothing refers to what was before, so one piece does for all.
    piece = engine.compress(bytes(1 << 20)) + engine.flush(zlib.Z_FULL_FLUSH)
    return part10(head + piece * megabytes + engine.flush(), _DEFLATED)


def _segmented_palette() -> bytes:
    """Make 2.4 kB that expand to 65535 entries times 600 times three colours."""
    segments = b"".join(map(_us, (0, 1, 0, *(1, 65535, 0) * 400)))
    values: dict[str, bytes | None] = {}
    for color in _COLORS:
        values[f"{color}PaletteColorLookupTableDescriptor"] = _us(0) + _us(0) + _us(16)
        values[f"{color}PaletteColorLookupTableData"] = None
        values[f"Segmented{color}PaletteColorLookupTableData"] = segments
    return with_values("OBXXXX1A.dcm", **values)


def _palette_that_repeats() -> bytes:
    """Let indirect segments copy the ones before them."""
    indirect = (2, 2, 0, 0)
    segments = b"".join(map(_us, (0, 1, 0, *(1, 65535, 0), *indirect * 400)))
    values: dict[str, bytes | None] = {}
    for color in _COLORS:
        values[f"{color}PaletteColorLookupTableDescriptor"] = _us(0) + _us(0) + _us(16)
        values[f"{color}PaletteColorLookupTableData"] = None
        values[f"Segmented{color}PaletteColorLookupTableData"] = segments
    return with_values("OBXXXX1A.dcm", **values)


def _palette_of_nothing() -> bytes:
    """Make segments that have no entries at all, besides one."""
    values: dict[str, bytes | None] = {}
    for color in _COLORS:
        values[f"{color}PaletteColorLookupTableDescriptor"] = _us(0) + _us(0) + _us(16)
        values[f"{color}PaletteColorLookupTableData"] = None
        segments = b"".join(map(_us, (0, 1, 0))) + bytes(6) * 300_000
        values[f"Segmented{color}PaletteColorLookupTableData"] = segments
    return with_values("OBXXXX1A.dcm", **values)


def nested(levels: int, vr: str, *, ended: bool) -> bytes:
    """Nest sequences of one item, of defined length or ended by delimiters."""
    tag = 0x00081140
    if ended:
        start = element(tag, vr, b"", _UNDEFINED) + item(b"", _UNDEFINED)
        return start * levels + (_ITEM_END + _SEQUENCE_END) * levels
    body = b""
    for _ in range(levels):
        body = element(tag, vr, item(body))
    return body


def _nested_implicit(levels: int) -> bytes:
    body = b""
    for _ in range(levels):
        content = item(body)
        body = b"\x08\0\x40\x11" + len(content).to_bytes(4, "little") + content
    return body


def _deflated(body: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return engine.compress(body) + engine.flush()


def _nested_private(levels: int) -> bytes:
    """Nest in a private block without VRs, where only the content tells a sequence."""
    start = b"\x09\x00\x01\x10\xff\xff\xff\xff" + item(b"", _UNDEFINED)
    return part10(start * levels + (_ITEM_END + _SEQUENCE_END) * levels, IMPLICIT)


def _bomb_of_items(*, vr: str, defined: bool, sequences: int) -> bytes:
    """Deflate a million empty items, which is 8 kB, in one sequence or in several."""
    if defined:
        value = item(b"") * (1_000_000 // sequences)
    else:
        value = (item(b"", _UNDEFINED) + _ITEM_END) * (1_000_000 // sequences) + _SEQUENCE_END
    size = None if defined else _UNDEFINED
    return part10(
        _deflated(b"".join(element(0x00091001 + at, vr, value, size) for at in range(sequences))),
        _DEFLATED,
    )


def _bomb_inside() -> bytes:
    """Hide a million empty items in the item of a sequence."""
    inner = element(0x00081140, "SQ", item(b"") * 1_000_000)
    return part10(_deflated(element(0x00082218, "SQ", item(inner))), _DEFLATED)


def _many_elements() -> bytes:
    groups = (0x00090000 + (number << 17) for number in range(6))
    return part10(
        b"".join(
            element(group | number, "LO", b"") for group in groups for number in range(0x10, 0xFFFF)
        )
    )


LIMITS: Final = refused(
    "limit",
    {
        "65535 x 65535": lambda: with_values(_CT, **_sized(65535)),
        "65535 x 65535, big endian": lambda: with_values(
            "MR_small_bigendian.dcm", Rows=b"\xff\xff", Columns=b"\xff\xff"
        ),
        "65535 x 65535 single bits": lambda: with_values("liver_1frame.dcm", **_sized(65535)),
        "65535 x 65535 in a deflated dataset": lambda: with_values(
            "image_dfl.dcm", **_sized(65535)
        ),
        "65535 x 65535 of an RLE": lambda: with_values("emri_small_RLE.dcm", **_sized(65535)),
        "colour of 32 bits, 20000 x 20000": lambda: with_values(
            "SC_rgb_rle_32bit.dcm", **_sized(20000)
        ),
        "2 147 483 647 frames": lambda: with_values(_CT, NumberOfFrames=b"2147483647"),
        "a million frames at once": lambda: with_values(_CT, NumberOfFrames=b"1000000 "),
        "1 MB that inflate to 1 GB": lambda: _deflate_bomb(1024),
        "2 MB that inflate to 2 GB": lambda: _deflate_bomb(2048),
        "JPEG of 20000 x 20000 in 1.7 kB": lambda: _huge_stream("SC_rgb_jpeg_dcmtk.dcm"),
        "12-bit JPEG of 20000 x 20000 in 7 kB": lambda: _huge_stream("JPEG-lossy.dcm"),
        "JPEG Lossless of 20000 x 20000 in 116 kB": lambda: _huge_stream("JPEG-LL.dcm"),
        "JPEG-LS of 20000 x 20000 in 4 kB": lambda: _huge_stream("MR_small_jpeg_ls_lossless.dcm"),
        "JPEG 2000 of 20000 x 20000 in 4 kB": _huge_jpeg2000,
        "JPEG 2000 of a million precincts": lambda: _cut_up(1024, _style(0, 4, b"\0")[0]),
        "JPEG 2000 of a million precincts in a component": lambda: _cut_up(
            1024, _style(0, 4)[0], _style(0, 4, b"\0")[1]
        ),
        "JPEG 2000 of 4 million code-blocks": lambda: _cut_up(8192, _style(0, 0)[0]),
        "JPEG 2000 of 65 025 tiles of one pixel": _many_tiles,
        "a progressive JPEG of 20 000 scans": _scans_without_end,
        "a progressive JPEG of 90 empty scans in 1 kB": _arithmetic_scans,
        "300 000 empty fragments": _empty_fragments,
        "a JPEG Lossless of 2000 scans": lambda: with_stream("JPEG-LL.dcm", _scanned_again),
        "a segmented palette of 2.4 kB and 547 MB": _segmented_palette,
        "a segmented palette that copies itself": _palette_that_repeats,
        "a segmented palette of 300 000 empty segments": _palette_of_nothing,
        "65 levels of defined length": lambda: part10(nested(65, "SQ", ended=False)),
        "65 levels with delimiters": lambda: part10(nested(65, "SQ", ended=True)),
        "65 levels of UN": lambda: part10(nested(65, "UN", ended=False)),
        "65 levels of UN with delimiters": lambda: part10(nested(65, "UN", ended=True)),
        "20000 levels of defined length": lambda: part10(nested(20000, "SQ", ended=False)),
        "20000 levels with delimiters": lambda: part10(nested(20000, "SQ", ended=True)),
        "20000 levels of UN": lambda: part10(nested(20000, "UN", ended=False)),
        "20000 levels of UN with delimiters": lambda: part10(nested(20000, "UN", ended=True)),
        "65 levels, deflated": lambda: part10(_deflated(nested(65, "SQ", ended=True)), _DEFLATED),
        "200 levels of UN in a VOI LUT": lambda: with_values(
            "MR_small.dcm", VOILUTSequence=item(nested(200, "UN", ended=True))
        ),
        "70 levels in functional groups": lambda: with_values(
            "emri_small.dcm",
            PerFrameFunctionalGroupsSequence=item(nested(70, "SQ", ended=False)),
        ),
        "65 levels of implicit VR": lambda: part10(_nested_implicit(65), IMPLICIT),
        "30000 levels of implicit VR": lambda: part10(_nested_implicit(30000), IMPLICIT),
        "a million frames' functional groups": lambda: with_values(
            "emri_small.dcm", PerFrameFunctionalGroupsSequence=item(b"") * 1_000_000
        ),
        "20000 private levels without VRs": lambda: _nested_private(20000),
        "a million empty items": lambda: with_values(_CT, VOILUTSequence=item(b"") * 1_000_000),
        "8 kB of empty items in many sequences": lambda: _bomb_of_items(
            vr="SQ", defined=True, sequences=100
        ),
        "8 kB of empty items of undefined length": lambda: _bomb_of_items(
            vr="SQ", defined=False, sequences=10
        ),
        "8 kB of empty items in UN": lambda: _bomb_of_items(vr="UN", defined=True, sequences=10),
        "8 kB of empty items in an item": _bomb_inside,
        "390 000 empty elements": _many_elements,
    },
)
