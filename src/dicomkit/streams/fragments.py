"""Finding the frames in encapsulated pixel data (PS3.5 A.4)."""

from __future__ import annotations

import re
import struct
from functools import cached_property
from itertools import dropwhile, islice
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.errors import InconsistentError, LimitError
from dicomkit.notes import Note
from dicomkit.streams.header import ITEM, begins_stream

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from dicomkit.streams.header import PixelBytes

__all__ = ["EncapsulatedFrames"]

_HEADER = struct.Struct("<LL")
_ITEM_HEADER = _HEADER.size
_ITEM_TAG = int.from_bytes(ITEM, "little")
_UNDEFINED = 0xFFFFFFFF
# Each costs a quarter of a kilobyte. A gigabyte in pieces of 4 kB has as many.
_MOST_FRAGMENTS = 1 << 18
_MOST_A_FRAME = 4
# Between the end of a stream and the beginning of the next, perhaps with a byte that makes the
# length even. Coded data hold no such markers.
_SEAM = re.compile(rb"(?<=\xff\xd9)\0?(?=\xff\xd8\xff|\xff\x4f\xff\x51)")
_Span = tuple[int, int]


class EncapsulatedFrames:
    """The frames of encapsulated pixel data, found one at a time.

    An offset table is believed if the items bear it out. Else, and where there is none,
    every fragment is a frame if there are as many as frames; if not, a frame begins with
    each fragment that begins a stream. A single fragment is taken apart where streams end and
    begin in it, if that makes as many as declared.

    Parameters
    ----------
    data : bytes or FileBytes
        The element's value, from the Basic Offset Table's item.
    declared : int
        Number of Frames.
    begins : callable
        Tells whether a frame may begin at an offset.
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
        data: PixelBytes,
        declared: int,
        *,
        begins: Callable[[PixelBytes, int], bool] = begins_stream,
        extended: tuple[bytes, bytes] | None = None,
    ) -> None:
        self._data = data
        self._declared = declared
        self._begins = begins
        length = int.from_bytes(data[4:_ITEM_HEADER], "little") if len(data) >= _ITEM_HEADER else 0
        if length and self._begins(data, _ITEM_HEADER):
            # The table's item was forgotten: offsets begin with 0, as no stream does.
            length = -_ITEM_HEADER
        self._first = min(_ITEM_HEADER + length, len(data))
        self._has_table = self._first > _ITEM_HEADER
        # One of another length leads nowhere, and may be a gigabyte.
        right = self._first - _ITEM_HEADER == 4 * declared
        self._table, self._width = data[_ITEM_HEADER : self._first] if right else b"", 4
        if extended and extended[0]:
            # The lengths of the extended one add nothing to the items' own.
            self._has_table = True
            self._table, self._width = extended[0], 8

    @property
    def count(self) -> int:
        """How many frames there are, whatever was declared."""
        return self._declared if self._bounds is not None else len(self._frames)

    def frame(self, index: int) -> tuple[bytes, tuple[Note, ...]]:
        """Give the bytes of one frame, and what was noticed; other frames are not copied.

        Raises
        ------
        InconsistentError
            Fewer frames are there than were declared, and not this one.
        """
        if index >= self.count:
            msg = (
                f"{self._declared} frames are declared but {self.count} are there, "
                "which can be read one by one"
            )
            raise InconsistentError(msg)
        if self._bounds is not None:
            spans = self._fragments(int(self._bounds[index]), int(self._bounds[index + 1]))
        else:
            spans = self._frames[index]
        return b"".join(self._data[start:stop] for start, stop in spans), self._notes

    @property
    def spans(self) -> list[_Span]:
        """Where all fragments begin and stop, whatever frames they make up."""
        return self._fragments(self._first, len(self._data))

    @property
    def _notes(self) -> tuple[Note, ...]:
        notes: tuple[Note, ...] = ()
        if self._bounds is not None:
            return notes
        if self._has_table:
            message = "the offset table does not lead to the frames"
            notes = (Note("offset_table_ignored", message),)
        if self._joined:
            message = "all frames are in one fragment, which should hold one at most"
            notes = (*notes, Note("frames_joined", message))
        return notes

    @cached_property
    def _bounds(self) -> npt.NDArray[np.int64] | None:
        """Give where each frame's items begin and the last one's end, if the table is right."""
        size = len(self._data)
        if not self._table or len(self._table) != self._width * self._declared:
            return None
        offsets = np.frombuffer(self._table, f"<u{self._width}")
        if offsets[0] != 0 or offsets.max() > size - self._first - _ITEM_HEADER:
            return None
        bounds = np.append(offsets.astype(np.int64) + self._first, size)
        heads = self._heads(bounds[:-1])
        ends = bounds[:-1] + _ITEM_HEADER + heads[:, 1]
        if (np.diff(bounds) <= 0).any() or (heads[:, 0] != _ITEM_TAG).any():
            return None
        # A frame of one item ends where the next begins; the last and the others are walked.
        for index in np.flatnonzero(ends != bounds[1:]):
            last = index + 1 == self._declared
            spans = self._fragments(int(bounds[index]), int(bounds[index + 1]))
            if not last and spans[-1][1] != bounds[index + 1]:
                return None
            if any(self._begins(self._data, start) for start, _ in spans[1:]):
                return None
        return bounds

    def _heads(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
        """Read the tags and the lengths of the items at some offsets."""
        if isinstance(self._data, bytes):
            whole = np.frombuffer(self._data, np.uint8)
            found: npt.NDArray[np.uint32] = whole[places[:, None] + np.arange(_ITEM_HEADER)].view(
                "<u4"
            )
            return found
        heads = b"".join(self._data[place : place + _ITEM_HEADER] for place in places.tolist())
        return np.frombuffer(heads, "<u4").reshape(-1, 2)

    @cached_property
    def _frames(self) -> list[list[_Span]]:
        """Tell the frames apart without a table."""
        fragments = self._joined or self._items
        if len(fragments) == self._declared:
            return [[span] for span in fragments]
        # Some writers put an empty item too many before the first frame.
        fragments = [*dropwhile(lambda span: span[0] == span[1], fragments)]
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

    @cached_property
    def _joined(self) -> list[_Span]:
        """Take a single fragment apart into as many streams as there are frames; [] if not."""
        if len(self._items) != 1 or self._declared == 1:
            return []
        start, stop = self._items[0]
        # As many seams as frames are too many already.
        seams = [*islice(_SEAM.finditer(self._data[start:stop]), self._declared)]
        begins = [start, *(start + seam.end() for seam in seams)]
        ends = [*(start + seam.start() for seam in seams), stop]
        return [*zip(begins, ends, strict=True)] if len(ends) == self._declared else []

    @cached_property
    def _items(self) -> list[_Span]:
        return self._fragments(self._first, len(self._data))

    def _fragments(self, at: int, stop: int) -> list[_Span]:
        """Walk the items from an offset, as far as they are items.

        Raises
        ------
        LimitError
            There are more than anyone writes.
        """
        data, spans = self._data, list[_Span]()
        most = _MOST_FRAGMENTS + _MOST_A_FRAME * self._declared
        last = min(stop, len(data) - _ITEM_HEADER + 1)
        while at < last:
            tag, length = _HEADER.unpack(data[at : at + _ITEM_HEADER])
            if tag != _ITEM_TAG:
                # Some writers forget the byte that makes a fragment's length even.
                if not data.startswith(ITEM, at + 1) or at + 1 >= last:
                    break
                at += 1
                tag, length = _HEADER.unpack(data[at : at + _ITEM_HEADER])
            start = at + _ITEM_HEADER
            at = start + length
            if length == _UNDEFINED or at > len(data):
                at = len(data)
            spans.append((start, at))
            if len(spans) > most:
                msg = f"the pixel data are in more than {most} fragments"
                raise LimitError(msg)
        return spans
