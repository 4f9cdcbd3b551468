"""What each transfer syntax does with pixel data (PS3.5 annex A)."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from pydicom.config import IGNORE
from pydicom.uid import UID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dicomkit.streams.header import StreamKind
    from dicomkit.streams.video_decoder import VideoKind

__all__ = ["BIG_ENDIAN", "Packing", "expected_kinds", "packing", "syntax_name", "video_kind"]

_STANDARD = "1.2.840.10008.1.2"
BIG_ENDIAN = frozenset(
    {
        f"{_STANDARD}.2",
        # GE's own: the data elements are little endian, the pixel data are not.
        "1.2.840.113619.5.2",
    }
)


class Packing(Enum):
    """How frames are laid into the pixel data element."""

    NATIVE = "native"
    FRAMED = "native frames in items"
    DEFLATED = "deflated native frames in items"
    RLE = "RLE frames in items"
    STREAM = "compressed streams in items"
    VIDEO = "one stream of video in items"
    UNKNOWN = "unknown"
    UNSUPPORTED = "unsupported"


_JPEG_XL = (110, 111, 112)
_STREAMS = (*range(50, 67), 70, 80, 81, 90, 91, 92, 93, *_JPEG_XL, 201, 202, 203)
_VIDEO: Mapping[int, VideoKind] = {
    **dict.fromkeys((100, 101), "mpeg-2"),
    **dict.fromkeys((102, 103, 104, 105, 106), "h264"),
    **dict.fromkeys((107, 108), "hevc"),
}
_VIDEO_KINDS: Mapping[str, VideoKind] = {
    **{f"{_STANDARD}.4.{n}": kind for n, kind in _VIDEO.items()},
    # Those of which a stream may be cut into several fragments; HEVC's always may be.
    **{f"{_STANDARD}.4.{n}.1": kind for n, kind in _VIDEO.items() if kind != "hevc"},
}
_PACKINGS: Mapping[str, Packing] = {
    _STANDARD: Packing.NATIVE,
    f"{_STANDARD}.1": Packing.NATIVE,
    f"{_STANDARD}.1.99": Packing.NATIVE,
    **dict.fromkeys(BIG_ENDIAN, Packing.NATIVE),
    f"{_STANDARD}.1.98": Packing.FRAMED,
    f"{_STANDARD}.8.1": Packing.DEFLATED,
    f"{_STANDARD}.5": Packing.RLE,
    # The JPEG family: baseline to lossless (50 to 66, 70), LS (80, 81), 2000 (90 to 93)
    # JPEG XL (110 to 112) and high-throughput (201 to 203). What else lies between is JPIP.
    **dict.fromkeys((f"{_STANDARD}.4.{n}" for n in _STREAMS), Packing.STREAM),
    **dict.fromkeys(_VIDEO_KINDS, Packing.VIDEO),
}
_LOSSLESS_JPEG = (57, 58, 65, 66, 70)
_KINDS: Mapping[str, tuple[StreamKind, ...]] = {
    **{f"{_STANDARD}.4.{n}": ("jpeg",) for n in range(50, 67) if n not in _LOSSLESS_JPEG},
    **{f"{_STANDARD}.4.{n}": ("jpeg-lossless",) for n in _LOSSLESS_JPEG},
    **{f"{_STANDARD}.4.{n}": ("jpeg-ls",) for n in (80, 81)},
    **{f"{_STANDARD}.4.{n}": ("jpeg-2000",) for n in (90, 91, 92, 93)},
    **{f"{_STANDARD}.4.{n}": ("jpeg-xl",) for n in _JPEG_XL},
    **{f"{_STANDARD}.4.{n}": ("htj2k",) for n in (201, 202, 203)},
}
# PS3.6 table A-1 is younger than pydicom's dictionary.
_NAMES: Mapping[str, str] = {
    f"{_STANDARD}.4.110": "JPEG XL Lossless",
    f"{_STANDARD}.4.111": "JPEG XL JPEG Recompression",
    f"{_STANDARD}.4.112": "JPEG XL",
}
_ROOT = "1.2.840.10008."


def packing(syntax: str) -> Packing:
    """Say how a transfer syntax lays frames into the pixel data.

    Examples
    --------
    >>> packing("1.2.840.10008.1.2.4.70")
    <Packing.STREAM: 'compressed streams in items'>
    """
    known = Packing.UNSUPPORTED if syntax.startswith(f"{_STANDARD}.") else Packing.UNKNOWN
    return _PACKINGS.get(syntax, known)


def expected_kinds(syntax: str) -> tuple[StreamKind, ...]:
    """Say which streams a transfer syntax announces."""
    return _KINDS.get(syntax, ())


def video_kind(syntax: str) -> VideoKind | None:
    """Say how the video of a transfer syntax is coded; None where it is no video.

    Examples
    --------
    >>> video_kind("1.2.840.10008.1.2.4.102.1")
    'h264'
    """
    return _VIDEO_KINDS.get(syntax)


def syntax_name(syntax: str) -> str:
    """Name a transfer syntax for a message.

    Examples
    --------
    >>> syntax_name("1.2.840.10008.1.2.5"), syntax_name("1.2.3")
    ('RLE Lossless', 'a private transfer syntax')
    """
    name = _NAMES.get(syntax) or str(UID(syntax, validation_mode=IGNORE).name)
    if name != syntax:
        return name
    return (
        "an unknown transfer syntax of DICOM's"
        if syntax.startswith(_ROOT)
        else "a private transfer syntax"
    )
