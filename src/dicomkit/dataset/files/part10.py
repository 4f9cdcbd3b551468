"""The front of a DICOM file (PS3.10 7.1): preamble, File Meta Information, and what follows."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pydicom.tag import BaseTag
from pydicom.uid import DeflatedExplicitVRLittleEndian

from dicomkit.dataset.elements.values import well_formed_uid
from dicomkit.dataset.files.elements import MAX_ELEMENTS, NO_TAG, Elements, read_elements
from dicomkit.dataset.files.encoding import Encoding, Incomplete, read_header
from dicomkit.dataset.files.nesting import ItemBudget
from dicomkit.dataset.files.recognition import (
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    NATIVE,
    PREFIX,
    PREFIX_AT,
    Trust,
    find_encoding,
    is_zip,
    name_native,
)
from dicomkit.dataset.files.sources import MemorySource, Source
from dicomkit.errors import DecodeError, LimitError, NotDicomError, TruncatedError

if TYPE_CHECKING:
    from dicomkit.limits import Limits

__all__ = ["TRANSFER_SYNTAX", "Cursor", "Front", "read_front"]

TRANSFER_SYNTAX: Final = BaseTag(0x00020010)
_META_GROUP: Final = b"\x02\x00"
_COMMAND_GROUP: Final = b"\x00\x00"
_COMMAND_END: Final = 0x00010000
_META: Final = 0x00020000
_META_END: Final = 0x00030000
_IDENTIFYING_GROUP: Final = b"\x08\x00"
# The most bytes before the first element that can be stepped over.
_STRAY: Final = 256
# What recognition looks at.
_LOOK_AHEAD: Final = 1024
# RFC 1951: no stream grows more.
_DEFLATE_RATIO: Final = 1032
_INFLATE_STEP: Final = 1 << 24
_HEADER: Final = 8
_TOO_SHORT: Final = "the source ends before its dataset"


class Cursor:
    """A place in a source, with the bytes around it."""

    base: int
    pos: int
    buffer: bytes

    def __init__(self, source: Source, offset: int = 0) -> None:
        self.source = source
        self._budget: ItemBudget | None = None
        self.jump(offset)

    @property
    def offset(self) -> int:
        """How far into the source the cursor is."""
        return self.base + self.pos

    @property
    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self.offset >= self.source.size

    def jump(self, offset: int, length: int = 0) -> None:
        """Go elsewhere, and have at least so many bytes from there on."""
        self.base = offset
        self.pos = 0
        self.buffer = self.source.read(offset, max(self.source.chunk, length))

    def ahead(self, length: int) -> None:
        """Have at least so many bytes from here on, if there are so many."""
        if self.pos + length > len(self.buffer) and not self._holds_end():
            self.jump(self.offset, length)

    def take(
        self,
        encoding: Encoding,
        out: Elements,
        limits: Limits,
        *,
        first: int = 0,
        stop: int = NO_TAG,
        wanted: frozenset[int] | None = None,
    ) -> None:
        """Read elements until one outside ``first <= tag < stop``, or until the source ends.

        Raises
        ------
        TruncatedError
            The source ends inside an element.
        LimitError
            What was read so far, and this, have more items than `limits` allow.
        """
        if self._budget is None:
            self._budget = ItemBudget(limits)
        while True:
            self.pos, need = read_elements(
                self.buffer,
                self.pos,
                encoding,
                out,
                depth=limits.depth,
                budget=self._budget,
                base=self.base,
                first=first,
                stop=stop,
                wanted=wanted,
            )
            if len(out) > MAX_ELEMENTS:
                msg = f"the dataset has more than {MAX_ELEMENTS} elements"
                raise LimitError(msg)
            left = self.source.size - self.offset
            if left == 0 or (not need and self.pos < len(self.buffer)):
                return
            if left < 0 or (need and self._holds_end()):
                if 0 < left < _HEADER and not any(self.buffer[self.pos :]):
                    # Padding too short for a header.
                    self.jump(self.source.size)
                    return
                msg = "the source ends inside a data element"
                raise TruncatedError(msg)
            # A walk through nested items only learns step by step how much it needs, and begins
            # anew each time: twice as much at least keeps that linear.
            self.jump(self.offset, max(need - self.pos, 2 * (len(self.buffer) - self.pos)))

    def _holds_end(self) -> bool:
        return self.base + len(self.buffer) >= self.source.size


@dataclass(frozen=True, slots=True)
class Front:
    """What comes before the dataset, and a cursor at its first element.

    Attributes
    ----------
    cursor : Cursor
        Reads from the source, or from what was inflated.
    preamble : bytes or None
        The 128 bytes before the prefix.
    meta, command : dict
        The elements of groups 0002 and 0000.
    encoding : Encoding
        How the dataset is written.
    stated : str or None
        The Transfer Syntax UID in `meta`, or None where there is none or it is no UID.
    syntax : str
        What is stated, or the uncompressed syntax of the encoding where nothing is, or
        where another one of these is.
    """

    cursor: Cursor
    preamble: bytes | None
    meta: Elements
    command: Elements
    encoding: Encoding
    stated: str | None
    syntax: str


def read_front(source: Source, limits: Limits) -> Front:
    """Read up to the dataset's first element.

    Raises
    ------
    NotDicomError
        The source is empty, or neither its beginning nor what follows a prefix is DICOM.
    TruncatedError
        It ends before the dataset begins.
    DecodeError, LimitError
        A deflated dataset cannot be inflated, or becomes too large.
    """
    cursor = Cursor(source)
    preamble = _pass_prefix(cursor)
    meta: Elements = {}
    command: Elements = {}
    if cursor.buffer.startswith(_META_GROUP, cursor.pos):
        try:
            _, vr, _, _ = read_header(cursor.buffer, cursor.pos, EXPLICIT_LITTLE)
        except Incomplete:
            raise TruncatedError(_TOO_SHORT) from None
        written = IMPLICIT_LITTLE if vr is None else EXPLICIT_LITTLE
        cursor.take(written, meta, limits, first=_META, stop=_META_END)
    if cursor.buffer.startswith(_COMMAND_GROUP, cursor.pos):
        cursor.take(IMPLICIT_LITTLE, command, limits, stop=_COMMAND_END)
    if cursor.source.size - cursor.offset < _HEADER:
        raise TruncatedError(_TOO_SHORT)
    element = meta.get(TRANSFER_SYNTAX)
    stated = None if element is None else well_formed_uid(element.value)
    cursor.ahead(_LOOK_AHEAD)
    if stated == DeflatedExplicitVRLittleEndian and _find(cursor, None) != EXPLICIT_LITTLE:
        deflated = source.read(cursor.offset, source.size - cursor.offset)
        cursor = Cursor(MemorySource(_inflate(deflated, limits)))
    encoding = _find(cursor, stated, Trust.CERTAIN if preamble or meta else Trust.NONE)
    if encoding is None:
        msg = "no data elements follow the DICOM prefix"
        raise NotDicomError(msg)
    syntax = name_native(encoding) if stated is None or stated in NATIVE else stated
    return Front(cursor, preamble, meta, command, encoding, stated, syntax)


def _pass_prefix(cursor: Cursor) -> bytes | None:
    """Go to the first element: behind preamble and prefix, or wherever it is without them."""
    buffer = cursor.buffer
    if not buffer:
        msg = "the source is empty"
        raise NotDicomError(msg)
    if buffer.startswith(PREFIX, PREFIX_AT):
        cursor.pos = PREFIX_AT + len(PREFIX)
        return buffer[:PREFIX_AT]
    if buffer.startswith(PREFIX):
        cursor.pos = len(PREFIX)
        return None
    if is_zip(buffer):
        # What is stored in it could pass for a dataset behind a few stray bytes.
        msg = "is a zip: walk through it, or name a file in it"
        raise NotDicomError(msg)
    if _find(cursor, None) is not None:
        return None
    # A cut that missed the dataset's beginning leaves a few bytes of what was before it.
    while (pos := buffer.find(_IDENTIFYING_GROUP, cursor.pos + 1, _STRAY + 2)) >= 0:
        cursor.pos = pos
        if _find(cursor, None, Trust.GUESS) is not None:
            return None
    msg = "has no DICOM prefix and does not begin with data elements"
    raise NotDicomError(msg)


def _find(cursor: Cursor, syntax: str | None, trust: Trust = Trust.NONE) -> Encoding | None:
    size = cursor.source.size - cursor.base
    return find_encoding(cursor.buffer, cursor.pos, size, syntax, trust=trust)


def _inflate(deflated: bytes, limits: Limits) -> bytes:
    """Inflate a dataset (PS3.5 A.5); measured first where it could exceed the limit."""
    limit = limits.inflated_bytes
    try:
        if len(deflated) * _DEFLATE_RATIO > limit:
            _measure(deflated, limit)
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(deflated)
    except zlib.error as error:
        msg = "the deflated dataset is damaged"
        raise DecodeError(msg) from error


def _measure(deflated: bytes, limit: int) -> None:
    """Inflate in pieces that are thrown away, so that a bomb never takes memory."""
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    total = 0
    while not engine.eof:
        piece = engine.decompress(deflated, _INFLATE_STEP)
        total += len(piece)
        if total > limit:
            msg = (
                f"the dataset inflates to more than the limit of {limit} bytes; pass a larger "
                "Limits(inflated_bytes=...) if that is meant"
            )
            raise LimitError(msg)
        deflated = engine.unconsumed_tail
        if not piece and not deflated:
            return
