"""Finding out what bytes are: DICOM or not, and in which encoding and transfer syntax."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pydicom.datadict import dictionary_has_tag
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from dicomkit.dataset.files.encoding import UNDEFINED, Encoding, Incomplete, read_header

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "EXPLICIT_LITTLE",
    "IMPLICIT_LITTLE",
    "NATIVE",
    "PREFIX",
    "PREFIX_AT",
    "Trust",
    "find_encoding",
    "is_zip",
    "name_encapsulated",
    "name_native",
]

EXPLICIT_LITTLE: Final = Encoding(explicit=True, little=True)
IMPLICIT_LITTLE: Final = Encoding(explicit=False, little=True)
_EXPLICIT_BIG: Final = Encoding(explicit=True, little=False)
# No transfer syntax, but ACR-NEMA files of big-endian machines are written like this.
_IMPLICIT_BIG: Final = Encoding(explicit=False, little=False)
_ENCODINGS: Final = (EXPLICIT_LITTLE, IMPLICIT_LITTLE, _EXPLICIT_BIG)
NATIVE: Final[Mapping[str, Encoding]] = {
    str(ImplicitVRLittleEndian): IMPLICIT_LITTLE,
    str(ExplicitVRLittleEndian): EXPLICIT_LITTLE,
    str(ExplicitVRBigEndian): _EXPLICIT_BIG,
}
"""The syntaxes of uncompressed pixel data, and how they are written."""
# The start-of-frame markers of ITU-T T.81 table B.1 and T.87, by the process they stand for.
_FRAME_MARKERS: Final = {
    b"\xff\xc0": JPEGBaseline8Bit,
    b"\xff\xc1": JPEGExtended12Bit,
    b"\xff\xc3": JPEGLossless,
    b"\xff\xf7": JPEGLSNearLossless,
}
_ENCAPSULATED_UNCOMPRESSED: Final = UID("1.2.840.10008.1.2.1.98")
# A zip's first entry, or the end of one that has none.
_ZIP_ENTRY: Final = b"PK\x03\x04"
_ZIP_END: Final = b"PK\x05\x06"
PREFIX: Final = b"DICM"
PREFIX_AT: Final = 128
_META_GROUP: Final = 0x0002
# Elements to look at: chance agrees with the dictionary once in some 800 000 tags.
_LOOK_AT: Final = 4


class Trust(Enum):
    """What is known of a place before its bytes are looked at."""

    NONE = "elements may be there: one that makes sense will do"
    GUESS = "nothing points at it: several in a row must make sense"
    CERTAIN = "they are there: even elements in no dictionary will do"


def is_zip(head: bytes) -> bool:
    """Tell a zip by its first 132 bytes (PKWARE APPNOTE 4.3); it may still be damaged.

    A DICOM file may begin like one: its preamble is anybody's.
    """
    if head.startswith(_ZIP_END):
        return True
    version, name = head[4:6], head[26:28]
    named = any(version) and any(name)
    return named and head.startswith(_ZIP_ENTRY) and not head.startswith(PREFIX, PREFIX_AT)


def find_encoding(
    buffer: bytes, pos: int, size: int, stated: str | None, *, trust: Trust = Trust.NONE
) -> Encoding | None:
    """Find the encoding of the elements at `pos`: as stated if that fits, else what fits.

    Parameters
    ----------
    buffer : bytes
        The beginning of the source.
    pos : int
        Where the dataset begins.
    size : int
        The length of the source, which no value can exceed.
    stated : str or None
        The Transfer Syntax UID, or None where the file has none.
    trust : Trust
        What is known of the place.

    Returns
    -------
    Encoding or None
        None where nothing fits and nothing is stated.
    """
    expected = None if stated is None else NATIVE.get(stated, EXPLICIT_LITTLE)
    candidates = _ENCODINGS if expected is None else (expected, *_ENCODINGS)
    least = _LOOK_AT if trust is Trust.GUESS else 1
    for encoding in candidates:
        if _fitting(buffer, pos, size, encoding, known_only=True) >= least:
            return encoding
    if _fitting(buffer, pos, size, _IMPLICIT_BIG, known_only=True) >= _LOOK_AT:
        return _IMPLICIT_BIG
    if expected is None and trust is Trust.CERTAIN:
        for encoding in candidates:
            if _fitting(buffer, pos, size, encoding, known_only=False):
                return encoding
    return expected


def name_native(encoding: Encoding) -> UID:
    """Name the transfer syntax of uncompressed pixel data in an encoding."""
    if not encoding.little:
        return ExplicitVRBigEndian
    return ExplicitVRLittleEndian if encoding.explicit else ImplicitVRLittleEndian


def name_encapsulated(head: bytes, encoding: Encoding) -> UID:
    """Name the transfer syntax of a compressed stream by its first bytes.

    Parameters
    ----------
    head : bytes
        The beginning of encapsulated pixel data, offset table included.
    encoding : Encoding
        How the dataset around it is written.

    Returns
    -------
    UID
        The most general syntax of the stream's family; Encapsulated Uncompressed
        where no family is recognised.
    """
    table = int.from_bytes(head[4:8], "little" if encoding.little else "big")
    stream = head[8 + table + 8 :]
    if stream.startswith(b"\xff\xd8"):
        return _name_jpeg(stream)
    if stream.startswith(b"\xff\x4f\xff\x51"):
        # ISO/IEC 15444-15: the capabilities marker of HTJ2K follows SIZ at once.
        siz = int.from_bytes(stream[4:6], "big")
        return HTJ2K if stream.startswith(b"\xff\x50", 4 + siz) else JPEG2000
    segments = int.from_bytes(stream[:4], "little")
    # PS3.5 G.5: up to 15 segments, the first of them behind the header of 64 bytes.
    if 1 <= segments <= 15 and stream.startswith(b"\x40\0\0\0", 4):  # noqa: PLR2004
        return RLELossless
    return _ENCAPSULATED_UNCOMPRESSED


def _name_jpeg(stream: bytes) -> UID:
    pos = 2
    while (marker := stream[pos : pos + 2]) and marker not in _FRAME_MARKERS:
        pos += 2 + int.from_bytes(stream[pos + 2 : pos + 4], "big")
    return _FRAME_MARKERS.get(marker, JPEGBaseline8Bit)


_is_known: Final = lru_cache(1 << 8)(dictionary_has_tag)


def _fitting(buffer: bytes, pos: int, size: int, encoding: Encoding, *, known_only: bool) -> int:
    """Count how many of a few elements from `pos` on make sense; 0 if one of them cannot."""
    last = -1
    for count in range(_LOOK_AT):
        try:
            tag, vr, length, start = read_header(buffer, pos, encoding)
        except Incomplete:
            return count
        if last >> 16 == _META_GROUP and tag >> 16 != _META_GROUP:
            # The dataset behind the meta information may be written in any way.
            return count
        # Private elements follow others, which vouch for them.
        known = _is_known(tag) or not tag & 0xFFFF or (last >= 0 and tag & 0x10000)
        if tag <= last or (known_only and not known) or (encoding.explicit and vr is None):
            return 0
        if length == UNDEFINED:
            return count + 1 if vr in {None, "OB", "OW", "SQ", "UN"} else 0
        if start + length > size:
            # Cut off; the first element alone proves too little.
            return count
        last = tag
        pos = start + length
    return _LOOK_AT
