"""The files in a zip: stored ones as they lie there, deflated ones as far as they are read."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

from dicomkit.errors import DecodeError, TruncatedError

if TYPE_CHECKING:
    from dicomkit.dataset.files.filesystems import OpenFile

__all__ = ["DAMAGED", "Inflated", "Member", "open_member"]

# Signature, what the directory says again, and the lengths of name and extras.
_LOCAL_HEADER: Final = struct.Struct("<4s22xHH")
_SIGNATURE: Final = b"PK\x03\x04"
_STEP: Final = 1 << 18
_CHUNK: Final = 1 << 14
DAMAGED: Final = "the zip is cut off or damaged"


class Member(NamedTuple):
    """Where an entry of a zip lies, and how it is stored."""

    offset: int
    packed: int
    size: int
    crc: int
    method: int
    encrypted: bool


def open_member(archive: OpenFile, member: Member, *, deflated: bool) -> OpenFile:
    """Open a file in a zip that is open; to close it closes the zip.

    Raises
    ------
    TruncatedError
        It is not where the zip's directory says.
    """
    header = archive.read(member.offset, _LOCAL_HEADER.size) if member.offset >= 0 else b""
    if len(header) < _LOCAL_HEADER.size or not header.startswith(_SIGNATURE):
        raise TruncatedError(DAMAGED)
    _, name, extras = _LOCAL_HEADER.unpack(header)
    start = member.offset + _LOCAL_HEADER.size + name + extras
    if start + member.packed > archive.size or not (deflated or member.packed == member.size):
        raise TruncatedError(DAMAGED)
    part = _Part(archive, start, member.packed)
    return Inflated(part, member.size, member.crc) if deflated else part


class _Part:
    """A part of an open file that is a file itself."""

    on_disk = False
    chunk = _CHUNK

    def __init__(self, whole: OpenFile, start: int, size: int) -> None:
        self._whole = whole
        self._start = start
        self.size = size
        self.timestamp: float | None = whole.timestamp

    def read(self, offset: int, length: int) -> bytes:
        """Give `length` bytes from `offset` on, fewer where they end."""
        length = min(length, self.size - offset)
        return self._whole.read(self._start + offset, length) if length > 0 else b""

    def close(self) -> None:
        """Let go of the whole."""
        self._whole.close()


class Inflated:
    """A deflated file, inflated as far as it is read; to go far back, it begins anew."""

    on_disk = False
    chunk = _CHUNK

    def __init__(self, packed: OpenFile, size: int, crc: int) -> None:
        self._packed = packed
        self._crc = crc
        self.size = size
        self.timestamp: float | None = packed.timestamp
        self._begin()

    def read(self, offset: int, length: int) -> bytes:
        """Give `length` bytes from `offset` on, fewer where they end."""
        end = min(offset + length, self.size)
        if offset < self._end - len(self._last):
            self._begin()
        pieces = []
        while offset < end:
            start = self._end - len(self._last)
            piece = self._last[offset - start : end - start]
            pieces.append(piece)
            offset += len(piece)
            if offset < end:
                self._inflate(end - self._end)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def close(self) -> None:
        """Let go of the zip."""
        self._packed.close()

    def _begin(self) -> None:
        self._engine = zlib.decompressobj(-zlib.MAX_WBITS)
        self._taken = 0
        # The bytes that came last, and where they end.
        self._last = b""
        self._end = 0
        self._sum = 0

    def _inflate(self, wanted: int) -> None:
        step = min(max(wanted, _CHUNK), _STEP)
        packed = self._engine.unconsumed_tail
        if not packed:
            packed = self._packed.read(self._taken, step)
            self._taken += len(packed)
        try:
            self._last = self._engine.decompress(packed, step)
        except zlib.error as error:
            raise DecodeError(DAMAGED) from error
        self._end += len(self._last)
        self._sum = zlib.crc32(self._last, self._sum)
        ended = not self._last and not packed
        if ended or self._end > self.size or (self._end == self.size and self._sum != self._crc):
            raise DecodeError(DAMAGED)
