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
    with_stream,
    with_values,
)

__all__ = ["LIMITS", "nested"]

_CT: Final = "CT_small.dcm"
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
    return with_stream("MR_small_jp2klossless.dcm", change, **_sized(20000))


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


def _nested_private(levels: int) -> bytes:
    """Nest in a private block without VRs, where only the content tells a sequence."""
    start = b"\x09\x00\x01\x10\xff\xff\xff\xff" + item(b"", _UNDEFINED)
    return part10(start * levels + (_ITEM_END + _SEQUENCE_END) * levels, IMPLICIT)


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
        "2 147 483 647 frames": lambda: with_values(_CT, NumberOfFrames=b"2147483647"),
        "a million frames at once": lambda: with_values(_CT, NumberOfFrames=b"1000000 "),
        "1 MB that inflate to 1 GB": lambda: _deflate_bomb(1024),
        "2 MB that inflate to 2 GB": lambda: _deflate_bomb(2048),
        "JPEG of 20000 x 20000 in 1.7 kB": lambda: _huge_stream("SC_rgb_jpeg_dcmtk.dcm"),
        "12-bit JPEG of 20000 x 20000 in 7 kB": lambda: _huge_stream("JPEG-lossy.dcm"),
        "JPEG Lossless of 20000 x 20000 in 116 kB": lambda: _huge_stream("JPEG-LL.dcm"),
        "JPEG-LS of 20000 x 20000 in 4 kB": lambda: _huge_stream("MR_small_jpeg_ls_lossless.dcm"),
        "JPEG 2000 of 20000 x 20000 in 4 kB": _huge_jpeg2000,
        "a segmented palette of 2.4 kB and 547 MB": _segmented_palette,
        "a segmented palette that copies itself": _palette_that_repeats,
        "65 levels of defined length": lambda: part10(nested(65, "SQ", ended=False)),
        "65 levels with delimiters": lambda: part10(nested(65, "SQ", ended=True)),
        "65 levels of UN": lambda: part10(nested(65, "UN", ended=False)),
        "65 levels of UN with delimiters": lambda: part10(nested(65, "UN", ended=True)),
        "20000 levels of defined length": lambda: part10(nested(20000, "SQ", ended=False)),
        "20000 levels with delimiters": lambda: part10(nested(20000, "SQ", ended=True)),
        "20000 levels of UN": lambda: part10(nested(20000, "UN", ended=False)),
        "20000 levels of UN with delimiters": lambda: part10(nested(20000, "UN", ended=True)),
        "20000 private levels without VRs": lambda: _nested_private(20000),
        "a million empty items": lambda: with_values(_CT, VOILUTSequence=item(b"") * 1_000_000),
        "390 000 empty elements": _many_elements,
    },
)
