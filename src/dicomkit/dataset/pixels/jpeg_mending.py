"""Mending JPEG streams (ITU-T T.81) where what they should say is certain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.notes import Note

if TYPE_CHECKING:
    from dicomkit.dataset.pixels.header import StreamHeader

__all__ = ["mended"]

_SOS = b"\xff\xda"
# Length, Ns, one component's two bytes and the last three.
_LEAST_SCAN = 8


def mended(data: bytes, header: StreamHeader) -> tuple[bytes, tuple[Note, ...]]:
    """Give a stream that decoders take, and what was wrong with it.

    Its length stays the same, so that the header's places hold for it.
    """
    notes: tuple[Note, ...] = ()
    if header.lines_at is not None:
        # Few decoders look for the number of lines behind the first scan.
        lines = header.rows.to_bytes(2, "big")
        data = b"".join((data[: header.lines_at], lines, data[header.lines_at + 2 :]))
    if header.scan_fault:
        data = _with_sound_scans(data, header)
        message = "the JPEG scan header had values that its coding does not allow"
        notes = (Note("scan_header_mended", message),)
    return data, notes


def _with_sound_scans(data: bytes, header: StreamHeader) -> bytes:
    """Write into each scan header the only values that it may have (T.81 table B.3)."""
    sound = bytearray(data)
    stop = header.body
    while stop <= len(sound):
        if header.kind == "jpeg-lossless":
            # Ss is the predictor and Al the point transform: both may be anything.
            sound[stop - 2 : stop] = bytes([0, sound[stop - 1] & 0x0F])
        else:
            sound[stop - 3 : stop] = b"\x00\x3f\x00"
        # Entropy-coded data cannot hold a marker: what looks like one, is one.
        scan = sound.find(_SOS, stop)
        if scan < 0:
            break
        stop = scan + 2 + max(int.from_bytes(sound[scan + 2 : scan + 4], "big"), _LEAST_SCAN)
    return bytes(sound)
