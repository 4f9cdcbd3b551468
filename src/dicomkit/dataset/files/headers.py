"""A few elements of a header, for whoever has many files to look at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset

from dicomkit.dataset.elements.attributes import encodings_of
from dicomkit.dataset.files.encoding import Encoding, Incomplete, read_header
from dicomkit.dataset.files.opening import open_file
from dicomkit.dataset.files.part10 import read_front
from dicomkit.dataset.files.pixels import PIXELS
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Container

    from dicomkit.dataset.files.elements import Elements
    from dicomkit.dataset.files.filesystems import File

__all__ = ["read_elements_of"]


def read_elements_of(
    file: File, wanted: Container[int], limits: Limits = DEFAULT_LIMITS
) -> Dataset:
    """Read the elements before the pixel data that are wanted; others are stepped over.

    Parameters
    ----------
    file : path-like
        The file.
    wanted : container of int
        Their tags, that of Specific Character Set among them.
    limits : Limits
        As in `read_dataset`.

    Raises
    ------
    DicomKitError
        As `read_dataset` does.
    """
    elements: Elements = {}
    with open_file(file, limits) as source:
        front = read_front(source, limits)
        cursor, encoding = front.cursor, front.encoding
        cursor.take(encoding, elements, limits, stop=min(PIXELS), wanted=wanted)
        if not cursor.at_end and not _at_pixels(cursor.buffer, cursor.pos, encoding):
            # Elements out of order: what was looked for may come behind this one.
            cursor.take(encoding, elements, limits, wanted=wanted)
    ds = Dataset(elements)
    implicit, little = not encoding.explicit, encoding.little
    ds.set_original_encoding(implicit, little, list(encodings_of(ds)))
    # Errors name the file by this.
    ds.filename = os.fspath(file)
    return ds


def _at_pixels(buffer: bytes, pos: int, encoding: Encoding) -> bool:
    try:
        return read_header(buffer, pos, encoding)[0] in PIXELS
    except Incomplete:
        return True
