"""How data elements are written (PS3.5 7.1): encodings, headers, and bytes that end too early."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Final

from pydicom.valuerep import EXPLICIT_VR_LENGTH_32, VR

__all__ = [
    "ITEM",
    "ITEM_END",
    "KNOWN_VRS",
    "SEQUENCE_END",
    "SHORT_HEADER",
    "SHORT_VRS",
    "UNDEFINED",
    "Encoding",
    "Incomplete",
    "read_header",
    "read_item_header",
]

UNDEFINED: Final = 0xFFFFFFFF
ITEM: Final = 0xFFFEE000
ITEM_END: Final = 0xFFFEE00D
SEQUENCE_END: Final = 0xFFFEE0DD

KNOWN_VRS: Final = {vr.encode(): vr for vr in map(str, VR) if len(vr) == len("XX")}
_LONG_VRS: Final = frozenset(str(vr).encode() for vr in EXPLICIT_VR_LENGTH_32)
# VRs by their two letters, where the length behind them has 16 bits (PS3.5 7.1.2).
SHORT_VRS: Final = {code: vr for code, vr in KNOWN_VRS.items() if code not in _LONG_VRS}
# Group, element, VR and length of such an element, by whether the little end comes first.
SHORT_HEADER: Final = {True: Struct("<HH2sH"), False: Struct(">HH2sH")}
_STRUCTS: Final = {
    little: (SHORT_HEADER[little], Struct(f"{order}HHL"), Struct(f"{order}L"))
    for little, order in ((True, "<"), (False, ">"))
}


class Incomplete(Exception):  # noqa: N818 - a signal between grammar and reader, not an error
    """The bytes end inside what was being read; `need` is how far they would have to go."""

    def __init__(self, need: int) -> None:
        super().__init__(need)
        self.need = need


@dataclass(frozen=True, slots=True)
class Encoding:
    """How elements are written: with VRs or without, least significant byte first or last."""

    explicit: bool
    little: bool

    @property
    def item(self) -> bytes:
        """The bytes of (FFFE,E000) Item."""
        return b"\xfe\xff\x00\xe0" if self.little else b"\xff\xfe\xe0\x00"

    @property
    def item_end(self) -> bytes:
        """The bytes of (FFFE,E00D) Item Delimitation Item."""
        return b"\xfe\xff\x0d\xe0" if self.little else b"\xff\xfe\xe0\x0d"

    @property
    def sequence_end(self) -> bytes:
        """The bytes of (FFFE,E0DD) Sequence Delimitation Item."""
        return b"\xfe\xff\xdd\xe0" if self.little else b"\xff\xfe\xe0\xdd"

    def within(self, buffer: bytes, pos: int) -> Encoding:
        """Give the encoding of the item whose first element is at `pos`.

        PS3.5 6.2.2 lets a sequence of VR UN hold items without VRs in a dataset that has
        them; some writers do so everywhere. Letters where the VR would be decide.
        """
        if pos + 8 > len(buffer):
            raise Incomplete(pos + 8)
        if self.explicit and not _is_letters(buffer[pos + 4 : pos + 6]):
            return Encoding(explicit=False, little=self.little)
        return self


def read_header(buffer: bytes, pos: int, encoding: Encoding) -> tuple[int, str | None, int, int]:
    """Read an element's tag, VR (None if not written), length and where its value starts."""
    if pos + 8 > len(buffer):
        raise Incomplete(pos + 8)
    short, implicit, long = _STRUCTS[encoding.little]
    if encoding.explicit:
        group, element, code, length = short.unpack_from(buffer, pos)
        vr = KNOWN_VRS.get(code)
        if vr is not None:
            if code not in _LONG_VRS:
                return group << 16 | element, vr, length, pos + 8
            if pos + 12 > len(buffer):
                raise Incomplete(pos + 12)
            return group << 16 | element, vr, long.unpack_from(buffer, pos + 8)[0], pos + 12
        if _is_letters(code):
            # A VR that no edition knows: kept as bytes, with the length of the short form.
            return group << 16 | element, "UN", length, pos + 8
    group, element, length = implicit.unpack_from(buffer, pos)
    return group << 16 | element, None, length, pos + 8


def read_item_header(buffer: bytes, pos: int, encoding: Encoding) -> tuple[int, int, int]:
    """Read an item's or a delimiter's tag, length and where its value starts: never a VR."""
    if pos + 8 > len(buffer):
        raise Incomplete(pos + 8)
    group, element, length = _STRUCTS[encoding.little][1].unpack_from(buffer, pos)
    return group << 16 | element, length, pos + 8


def _is_letters(code: bytes) -> bool:
    return code.isalpha() and code.isupper()
