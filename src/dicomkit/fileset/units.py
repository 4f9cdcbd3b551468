"""The unit of an instance's values, for tables and summaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.dataset.files.reading import read_dataset
from dicomkit.errors import DicomKitError
from dicomkit.image.quantity import quantities

if TYPE_CHECKING:
    import os

    from dicomkit.limits import Limits

__all__ = ["unit_of"]


def unit_of(path: str | os.PathLike[str], limits: Limits) -> str | None:
    """Name the unit of the first quantity that a file offers, by its code in UCUM.

    Where that has none, it is what the file calls it. None where nothing is stated, and for what
    is no image or cannot be read.
    """
    try:
        unit = quantities(read_dataset(path, limits=limits), limits=limits)[0].units
    except DicomKitError:
        return None
    return unit.code or unit.term
