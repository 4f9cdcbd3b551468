"""Finding the frames in encapsulated pixel data (PS3.5 A.4)."""

from __future__ import annotations

import struct
from functools import cached_property
from typing import TYPE_CHECKING

from dicomkit.dataset.pixels.codestream import begins_stream
from dicomkit.dataset.pixels.rle import begins_rle
from dicomkit.errors import InconsistentError
from dicomkit.notes import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ITEM", "EncapsulatedFrames"]

ITEM = b"\xfe\xff\x00\xe0"
_HEADER = struct.Struct("<LL")
_ITEM_HEADER = _HEADER.size
_ITEM_TAG = int.from_bytes(ITEM, "little")
_UNDEFINED = 0xFFFFFFFF
_Span = tuple[int, int]


class EncapsulatedFrames:
    """The frames of encapsulated pixel data, found one at a time.

    An offset table is believed where the items that it leads to bear it out. Else, and
    where there is none, every fragment is a frame if there are as many as frames; if not,
    a frame begins with each fragment that begins a stream. Finding a frame by its table
    looks at that frame alone.

    Parameters
    ----------
    data : bytes
        The element's value, from the Basic Offset Table's item.
    declared : int
        Number of Frames.
    rle : bool
        Whether frames are RLE coded, which tells how one begins.
    extended : tuple of bytes, optional
        Extended Offset Table and its Lengths, as they lie in the file (PS3.3 C.7.6.3.1.8).

    Examples
    --------
    >>> from pydicom.encaps import encapsulate
    >>> frames = EncapsulatedFrames(encapsulate([b"one!", b"two!"]), declared=2)
    >>> frames.count, frames.frame(1)
    (2, (b'two!', ()))
    """

    def __init__(
        self,
        data: bytes,
        declared: int,
        *,
        rle: bool = False,
        extended: tuple[bytes, bytes] | None = None,
    ) -> None:
        self._data = data
        self._declared = declared
        self._begins = begins_rle if rle else begins_stream
        length = struct.unpack_from("<L", data, 4)[0] if len(data) >= _ITEM_HEADER else 0
        self._first = min(_ITEM_HEADER + length, len(data))
        basic = data[_ITEM_HEADER : self._first]
        # The lengths add nothing to the items' own.
        table, width = (extended[0], 8) if extended and extended[0] else (basic, 4)
        self._has_table = bool(table)
        # A table of another length is not one of these frames.
        self._table = table if len(table) == width * declared else b""
        self._width = width

    @property
    def count(self) -> int:
        """How many frames there are, whatever was declared."""
        return len(self._frames)

    def frame(self, index: int) -> tuple[bytes, tuple[Note, ...]]:
        """Give the bytes of one frame, and what was noticed; other frames are not copied.

        Raises
        ------
        InconsistentError
            Fewer frames are there than were declared, and not this one.
        """
        notes: tuple[Note, ...] = ()
        spans = self._by_table(index)
        if spans is None:
            if index >= self.count:
                msg = (
                    f"{self._declared} frames are declared but {self.count} are there, "
                    "which can be read one by one"
                )
                raise InconsistentError(msg)
            spans = self._frames[index]
            if self._has_table and self._grouped_by_table is None:
                notes = (
                    Note("offset_table_ignored", "the offset table does not lead to the frames"),
                )
        return b"".join(self._data[start:stop] for start, stop in spans), notes

    def _offset(self, index: int) -> int:
        """Give where a frame's first item begins, by the table; the end after the last."""
        if index == self._declared:
            return len(self._data)
        at = index * self._width
        return self._first + int.from_bytes(self._table[at : at + self._width], "little")

    def _by_table(self, index: int) -> list[_Span] | None:
        """Follow the table to one frame; None where the items there do not bear it out."""
        if not self._table or self._offset(0) != self._first:
            return None
        start, stop = self._offset(index), self._offset(index + 1)
        if start >= stop:
            return None
        spans = self._fragments(start, stop)
        ends = stop if index + 1 < self._declared else None
        return spans if self._is_frame(spans, ends) else None

    def _is_frame(self, spans: Sequence[_Span], stop: int | None) -> bool:
        """Tell whether fragments end where the next frame begins and hold one stream only."""
        if not spans or (stop is not None and spans[-1][1] != stop):
            return False
        return not any(self._begins(self._data, start) for start, _ in spans[1:])

    @cached_property
    def _all_fragments(self) -> list[_Span]:
        return self._fragments(self._first, len(self._data))

    @cached_property
    def _grouped_by_table(self) -> list[list[_Span]] | None:
        frames = []
        for index in range(self._declared):
            spans = self._by_table(index)
            if spans is None:
                return None
            frames.append(spans)
        return frames

    @cached_property
    def _frames(self) -> list[list[_Span]]:
        by_table = self._grouped_by_table if self._table else None
        if by_table is not None:
            return by_table
        fragments = self._all_fragments
        if len(fragments) == self._declared:
            return [[span] for span in fragments]
        frames: list[list[_Span]] = []
        for span in fragments:
            if self._begins(self._data, span[0]) or not frames:
                frames.append([span])
            else:
                frames[-1].append(span)
        if len(frames) == 1 and self._declared > 1:
            # Nothing shows where frames begin: each fragment may be one, as far as they go.
            return [[span] for span in fragments]
        return frames

    def _fragments(self, at: int, stop: int) -> list[_Span]:
        """Walk the items from an offset, as far as they are items."""
        data, spans = self._data, []
        last = min(stop, len(data) - _ITEM_HEADER + 1)
        while at < last:
            tag, length = _HEADER.unpack_from(data, at)
            if tag != _ITEM_TAG:
                # Some writers forget the byte that makes a fragment's length even.
                if not data.startswith(ITEM, at + 1) or at + 1 >= last:
                    break
                at += 1
                tag, length = _HEADER.unpack_from(data, at)
            start = at + _ITEM_HEADER
            at = start + length
            if length == _UNDEFINED or at > len(data):
                at = len(data)
            spans.append((start, at))
        return spans
