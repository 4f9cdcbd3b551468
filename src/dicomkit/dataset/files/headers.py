"""A few elements of a header, for whoever has many files to look at."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from pydicom.dataset import Dataset

from dicomkit.dataset.elements.attributes import encodings_of
from dicomkit.dataset.files.encoding import UNDEFINED, Encoding, read_header
from dicomkit.dataset.files.opening import open_file
from dicomkit.dataset.files.part10 import Front, read_front
from dicomkit.dataset.files.pixels import PIXELS, pixels_end, pixels_syntax
from dicomkit.errors import DicomKitError
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from dicomkit.dataset.files.elements import Elements
    from dicomkit.dataset.files.filesystems import File

__all__ = ["FileState", "Header", "PixelPlace", "read_few", "take_rest"]

_PIXEL_DATA: Final = PIXELS[-1]


class PixelPlace(NamedTuple):
    """Where native Pixel Data (7FE0,0010) lie in a source: whole, and the last to say anything."""

    start: int
    length: int


class FileState(NamedTuple):
    """By what it shows that a file on the disk is still what it was: its bytes and its time."""

    size: int
    timestamp: float | None


@dataclass(frozen=True, slots=True)
class Header:
    """What was looked for in the header of a file.

    Attributes
    ----------
    file : path
        The file.
    meta, elements : dict
        Its File Meta Information, and the elements that were wanted, wherever they were.
    encoding : Encoding
        How these are written.
    syntax : str
        The Transfer Syntax UID, by the data where they contradict what is stated.
    pixels : PixelPlace or None
        Where the pixels are, if bytes of the file can be taken for them just so.
    state : FileState
        Which state of the file this is true of.
    """

    file: File
    meta: Elements
    elements: Elements
    encoding: Encoding
    syntax: str
    pixels: PixelPlace | None
    state: FileState

    def dataset(self) -> Dataset:
        """Give the elements as a dataset, without File Meta Information."""
        ds = Dataset(self.elements)
        implicit, little = not self.encoding.explicit, self.encoding.little
        ds.set_original_encoding(implicit, little, list(encodings_of(ds)))
        # Errors name the file by this.
        ds.filename = os.fspath(self.file)
        return ds


def read_few(file: File, wanted: frozenset[int], limits: Limits = DEFAULT_LIMITS) -> Header:
    """Read the elements that are wanted, but no pixel data; others are stepped over.

    Parameters
    ----------
    file : path-like
        The file.
    wanted : frozenset of int
        Their tags, that of Specific Character Set among them.
    limits : Limits
        As in `read_dataset`.

    Raises
    ------
    DicomKitError
        As `read_dataset` does; but a fault behind the pixel data costs nothing.
    """
    elements: Elements = {}
    with open_file(file, limits) as source:
        front = read_front(source, limits)
        front.cursor.take(front.encoding, elements, limits, stop=PIXELS[0], wanted=wanted)
        syntax, pixels = take_rest(front, elements, wanted, limits)
        if not source.on_disk or front.cursor.source is not source:
            pixels = None
        state = FileState(source.size, source.timestamp)
    return Header(file, front.meta, elements, front.encoding, syntax, pixels, state)


def take_rest(
    front: Front, elements: Elements, wanted: frozenset[int], limits: Limits
) -> tuple[str, PixelPlace | None]:
    """Go on from an element that comes too early, or from the pixel data, to the end of a file.

    Returns
    -------
    syntax : str
        As in `Header`.
    pixels : PixelPlace or None
        Likewise, wherever the bytes are.

    Raises
    ------
    DicomKitError
        An element before the pixel data is damaged.
    """
    cursor, encoding = front.cursor, front.encoding
    if cursor.at_end:
        return front.syntax, None
    tag, _, length, start = read_header(cursor.buffer, cursor.pos, encoding)
    if tag not in PIXELS:
        # Elements out of order: what was looked for may come behind this one.
        cursor.take(encoding, elements, limits, wanted=wanted)
        return front.syntax, None
    start += cursor.base
    syntax = pixels_syntax(front.syntax, cursor.source, start, length, encoding)
    in_order = False
    # A fault behind the pixels costs nobody what is known already.
    with suppress(DicomKitError):
        end = pixels_end(cursor.source, start, length, encoding)
        in_order = end >= cursor.source.size
        if not in_order:
            cursor.jump(end)
            cursor.take(encoding, elements, limits, first=_PIXEL_DATA + 1, wanted=wanted)
            in_order = cursor.at_end
            if not in_order:
                cursor.take(encoding, elements, limits, wanted=wanted)
    whole = in_order and length != UNDEFINED and start + length <= cursor.source.size
    return syntax, PixelPlace(start, length) if whole and tag == _PIXEL_DATA else None
