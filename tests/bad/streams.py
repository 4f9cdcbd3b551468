"""Compressed streams that are not the pictures that their datasets describe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.bad.case import Case, refused
from tests.bad.files import (
    claiming,
    cut,
    element,
    good,
    good_frame,
    siz_claiming,
    with_frames,
    with_pixels,
    with_stream,
    without_end,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["CUT_STREAMS", "STREAMS"]

_JPEG: Final = "SC_rgb_jpeg_dcmtk.dcm"
_JPEG_12: Final = "JPEG-lossy.dcm"
_LOSSLESS: Final = "JPEG-LL.dcm"
_LS: Final = "MR_small_jpeg_ls_lossless.dcm"
_J2K: Final = "MR_small_jp2klossless.dcm"
_RLE: Final = "MR_small_RLE.dcm"
_RLE_FRAMES: Final = "emri_small_RLE.dcm"
_J2K_FRAMES: Final = "emri_small_jpeg_2k_lossless.dcm"
_LS_FRAMES: Final = "emri_small_jpeg_ls_lossless.dcm"


def _rle_words(**words: int) -> bytes:
    """Change words of the RLE header (PS3.5 G.5): the count, then the offsets."""

    def changed(frame: bytes) -> bytes:
        header = bytearray(frame)
        for name, value in words.items():
            place = 4 * int(name.removeprefix("word_"))
            header[place : place + 4] = value.to_bytes(4, "little")
        return bytes(header)

    return with_stream(_RLE, changed)


def _tiny_rle() -> bytes:
    """Make 70 bytes of RLE that are to be 20000 x 20000 pixels."""
    header = b"".join(word.to_bytes(4, "little") for word in (2, 64, 67)).ljust(64, b"\0")
    side = (20000).to_bytes(2, "little")
    return with_frames(_RLE, lambda _: [header + b"\x81\0\x81\0\0\0"], Rows=side, Columns=side)


def _more_tiles() -> bytes:
    return with_stream(_J2K, siz_claiming(tile_rows=1, tile_columns=1))


def _one_frame(name: str, place: int, change: Callable[[bytes], bytes]) -> bytes:
    """Change one of several frames."""
    return with_frames(
        name,
        lambda frames: [
            change(frame) if number == place else frame for number, frame in enumerate(frames)
        ],
    )


def _crumbs(**values: bytes | None) -> bytes:
    """Crumble pixel data into 100 000 fragments of two bytes."""

    def change(_: bytes) -> bytes:
        crumb = b"\xfe\xff\0\xe0\2\0\0\0ab"
        return b"\xfe\xff\0\xe0" + bytes(4) + crumb * 100_000 + b"\xfe\xff\xdd\xe0" + bytes(4)

    return with_pixels(_RLE, change, **values)


def _without_items() -> bytes:
    data = good(_RLE)
    at = data.index(b"\xe0\x7f\x10\x00OB")
    return data[:at] + element(0x7FE00010, "OB", b"no items at all ")


def _without_sof(stream: bytes) -> bytes:
    at = stream.index(b"\xff\xc0")
    return stream[:at] + stream[at + 2 + int.from_bytes(stream[at + 2 : at + 4], "big") :]


def _subsampled(stream: bytes) -> bytes:
    """Let the second and third component have a sample for every fourth pixel (T.800 A.5.1)."""
    at = stream.index(b"\xff\x51") + 40
    return stream[:at] + b"\7\1\1\7\4\4\7\4\4" + stream[at + 9 :]


def _many_segments(stream: bytes) -> bytes:
    return stream[:2] + b"\xff\xe5\x00\x02" * 100_000 + stream[2:]


_INCONSISTENT: Final[Mapping[str, Callable[[], bytes]]] = {
    "JPEG of 1.7 kB that claims 30000 x 30000": lambda: with_stream(_JPEG, claiming(30000, 30000)),
    "JPEG with another number of rows": lambda: with_stream(_JPEG, claiming(rows=99)),
    "JPEG with another number of columns": lambda: with_stream(_JPEG, claiming(columns=101)),
    "JPEG of 12 bits in 8": lambda: with_stream(_JPEG, claiming(precision=12)),
    "JPEG without rows": lambda: with_stream(_JPEG, claiming(rows=0)),
    "JPEG of one component in a colour image": lambda: with_frames(
        _JPEG, lambda _: [good_frame("JPGExtended.dcm")]
    ),
    "JPEG Lossless with other columns": lambda: with_stream(_LOSSLESS, claiming(columns=65535)),
    "JPEG-LS that claims 65535 x 65535": lambda: with_stream(_LS, claiming(65535, 65535)),
    "JPEG-LS of 17 bits in 16": lambda: with_stream(_LS, claiming(precision=17)),
    "JPEG 2000 that claims 30000 x 30000": lambda: with_stream(_J2K, siz_claiming(30000, 30000)),
    "the fourth of ten JPEG-LS frames claims 30000 x 30000": lambda: _one_frame(
        _LS_FRAMES, 3, claiming(30000, 30000)
    ),
    "the eighth of ten JPEG 2000 frames is smaller": lambda: _one_frame(
        _J2K_FRAMES, 7, siz_claiming(rows=63)
    ),
    "the 21st of 30 JPEG frames is larger": lambda: _one_frame(
        "examples_ybr_color.dcm", 20, claiming(rows=241)
    ),
    "the sixth of ten RLE frames has other segments": lambda: _one_frame(
        _RLE_FRAMES, 5, lambda frame: b"\3" + frame[1:]
    ),
    "JPEG 2000 of which two components are smaller": lambda: with_stream(
        "SC_rgb_gdcm_KY.dcm", _subsampled
    ),
    "RLE of one segment where two are needed": lambda: _rle_words(word_0=1),
    "RLE of sixteen segments": lambda: _rle_words(word_0=16),
    "RLE whose first segment lies in the header": lambda: _rle_words(word_1=12),
    "RLE whose segments go backwards": lambda: _rle_words(word_1=3000, word_2=64),
    "a frame in 100 000 fragments of two bytes": _crumbs,
    "fewer frames than declared": lambda: with_frames(_RLE_FRAMES, lambda frames: frames[:7]),
    "more frames than declared": lambda: with_frames(_LS_FRAMES, lambda frames: frames * 2),
    "no items where there must be": _without_items,
}
_UNREADABLE: Final[Mapping[str, Callable[[], bytes]]] = {
    "JPEG without a frame header": lambda: with_stream(_JPEG, _without_sof),
    "JPEG of 100 000 segments": lambda: with_stream(_JPEG, _many_segments),
    "a stream of another kind": lambda: with_stream(_JPEG, lambda _: b"GIF89a, if anything "),
}
_TRUNCATED: Final[Mapping[str, Callable[[], bytes]]] = {
    "JPEG without its end": lambda: with_stream(_JPEG, without_end),
    "half a JPEG": lambda: with_stream(_JPEG, cut(0.5)),
    "a JPEG's first bytes": lambda: with_stream(_JPEG, lambda stream: stream[:30]),
    "two bytes of a JPEG": lambda: with_stream(_JPEG, lambda stream: stream[:2]),
    "half a 12-bit JPEG": lambda: with_stream(_JPEG_12, cut(0.5)),
    "half a JPEG Lossless": lambda: with_stream(_LOSSLESS, cut(0.5)),
    "half a JPEG-LS": lambda: with_stream(_LS, cut(0.5)),
    "JPEG-LS without its end": lambda: with_stream(_LS, without_end),
    "half a JPEG 2000": lambda: with_stream(_J2K, cut(0.5)),
    "a JPEG 2000 of its main header": lambda: with_stream(_J2K, lambda stream: stream[:60]),
    "a JPEG 2000 of tiles that are not there": _more_tiles,
    "the sixth of ten JPEG-LS frames cut in half": lambda: _one_frame(_LS_FRAMES, 5, cut(0.5)),
    "the last of ten JPEG 2000 frames cut in half": lambda: _one_frame(_J2K_FRAMES, 9, cut(0.5)),
    "half an RLE": lambda: with_stream(_RLE, cut(0.5)),
    "half an RLE of which the second segment is gone": lambda: with_stream(_RLE, cut(0.3)),
    "100 000 frames of two bytes": lambda: _crumbs(NumberOfFrames=b"100000"),
    "an RLE's header alone": lambda: with_stream(_RLE, lambda frame: frame[:64]),
    "RLE whose segment lies behind the end": lambda: _rle_words(word_2=1 << 31),
    "RLE of 70 bytes for 20000 x 20000": _tiny_rle,
    "a last frame cut off with the file": lambda: good(_RLE_FRAMES)[:-3000],
}

STREAMS: Final = (
    *refused("inconsistent", _INCONSISTENT),
    *refused("decode", _UNREADABLE),
    *refused("truncated", _TRUNCATED),
)
# Those of which something is left to look at.
CUT_STREAMS: Final[tuple[Case, ...]] = tuple(
    case for case in STREAMS if case.code == "truncated" and case.name.startswith(("half", "JPEG"))
)
