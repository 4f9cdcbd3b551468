"""How streams of video begin: the format that one is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dicomkit.streams.header import PixelBytes

__all__ = ["HEAD", "begins_video", "video_format"]

_START: Final = b"\x00\x00\x01"
# How far zeros may go before a start code, and what of a stream is looked at.
_MOST_ZEROS: Final = 8
HEAD: Final = 400
# Packets of a transport stream: where the first begins, and how far it is to the next; of those
# with a time in front, too.
_PACKETS: Final = ((0, 188), (4, 192))
_SYNC: Final = 0x47
_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")
# The types of H.264 units (T-REC H.264, table 7-1) and of HEVC's (H.265, table 7-1), as the whole
# first byte, that a stream begins with: delimiters, parameters, information, pictures.
_H264_UNITS: Final = (5, 6, 7, 9)
_HEVC_UNITS: Final = (0x40, 0x42, 0x44, 0x46, 0x4E)


def begins_video(data: PixelBytes, at: int = 0) -> bool:
    r"""Tell whether a stream of video begins at an offset.

    Examples
    --------
    >>> begins_video(b"\x00\x00\x01\xb3\x04\x00"), begins_video(b"\xff\xd8\xff\xe0")
    (True, False)
    """
    return video_format(data[at : at + HEAD]) is not None


def video_format(head: bytes) -> str | None:
    """Name the format that a stream is in, as FFmpeg calls it.

    It is never asked to guess: some of what it knows are lists of other files.
    """
    if head[4:8] in _BOXES:
        return "mov"
    for at, step in _PACKETS:
        if len(head) > at + step and set(head[at::step]) == {_SYNC}:
            return "mpegts"
    return _elementary(head)


def _elementary(head: bytes) -> str | None:
    """Name the format of a stream that begins with a start code."""
    zeros = len(head) - len(head.lstrip(b"\0"))
    start = zeros - 2
    if not 0 <= start <= _MOST_ZEROS or not head.startswith(_START, start):
        return None
    first, second = (*head[start + 3 : start + 5], 0, 0)[:2]
    if first == 0xBA:  # noqa: PLR2004 - a pack header
        return "mpeg"
    if first == 0xB3:  # noqa: PLR2004 - a sequence header
        return "mpegvideo"
    if first in _HEVC_UNITS and second == 1:
        return "hevc"
    return "h264" if first < 0x80 and first & 0x1F in _H264_UNITS else None  # noqa: PLR2004
