"""A few elements of a header, for whoever has many files to look at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from dicomkit.dataset.files.charsets import DEFAULT_ENCODINGS, python_encodings
from dicomkit.dataset.files.part10 import read_front
from dicomkit.dataset.files.sources import open_file
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Container

    from dicomkit.dataset.files.elements import Elements

__all__ = ["read_elements_of"]

_CHARACTER_SET: Final = BaseTag(0x00080005)
# Float Pixel Data, the first of what pixels lie in.
_PIXELS: Final = 0x7FE00008


def read_elements_of(
    path: str | os.PathLike[str], wanted: Container[int], limits: Limits = DEFAULT_LIMITS
) -> Dataset:
    """Read the elements before the pixel data that are wanted; others are stepped over.

    Parameters
    ----------
    path : path-like
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
    with open_file(path) as source:
        front = read_front(source, limits)
        front.cursor.take(front.encoding, elements, limits, stop=_PIXELS, wanted=wanted)
    ds = Dataset(elements)
    stated = elements.get(_CHARACTER_SET)
    encodings = DEFAULT_ENCODINGS if stated is None else python_encodings(stated.value or b"")
    implicit, little = not front.encoding.explicit, front.encoding.little
    ds.set_original_encoding(implicit, little, list(encodings))
    # Errors name the file by this.
    ds.filename = os.fspath(path)
    return ds
