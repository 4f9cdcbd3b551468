"""Writing DICOMDIRs whose records point where they should not (PS3.3 F.3)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from tests.bad.files import element, item, part10

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Record", "dicomdir"]

# Where the value of (0004,1400) lies in an item, and that of (0004,1420).
_NEXT_AT = 8 + 8
_LOWER_AT = _NEXT_AT + 4 + 10 + 8


@dataclass(frozen=True, slots=True)
class Record:
    """A directory record.

    Attributes
    ----------
    file_id : bytes
        Referenced File ID; empty for none.
    following, lower : int
        The record that comes next and the first one below, counted from 1; 0 for none.
        Numbers with no record are written as offsets.
    kind : bytes
        Directory Record Type.
    in_use : int
        Record In-use Flag.
    """

    file_id: bytes = b""
    following: int = 0
    lower: int = 0
    kind: bytes = b"IMAGE "
    in_use: int = 0xFFFF


def dicomdir(records: Sequence[Record], first: int = 1, *, cut: int = 0) -> bytes:
    """Write a DICOMDIR.

    Parameters
    ----------
    records : sequence of Record
        In their order in the file.
    first : int
        The first record of the root, counted from 1.
    cut : int
        How many bytes to leave out at the end.
    """
    items = [item(_content(record)) for record in records]
    sequence = element(0x00041220, "SQ", b"".join(items))
    head = element(0x00041130, "CS", b"BAD ") + element(0x00041200, "UL", bytes(4))
    start = len(part10(head)) + 12
    offsets = list(accumulate(map(len, items[:-1]), initial=start))

    def offset(number: int) -> bytes:
        known = 1 <= number <= len(offsets)
        return (offsets[number - 1] if known else number).to_bytes(4, "little")

    data = bytearray(part10(head + sequence))
    data[start - 12 - 4 : start - 12] = offset(first)
    for place, record in zip(offsets, records, strict=True):
        data[place + _NEXT_AT : place + _NEXT_AT + 4] = offset(record.following)
        data[place + _LOWER_AT : place + _LOWER_AT + 4] = offset(record.lower)
    return bytes(data[: len(data) - cut])


def _content(record: Record) -> bytes:
    file_id = record.file_id + b" " * (len(record.file_id) % 2)
    return b"".join(
        (
            element(0x00041400, "UL", bytes(4)),
            element(0x00041410, "US", record.in_use.to_bytes(2, "little")),
            element(0x00041420, "UL", bytes(4)),
            element(0x00041430, "CS", record.kind),
            element(0x00041500, "CS", file_id) if file_id else b"",
        )
    )
