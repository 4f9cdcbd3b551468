"""The unit of an instance's values, for tables and summaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.dataset.files.reading import read_dataset
from dicomkit.errors import DicomKitError
from dicomkit.image.quantity import quantities

if TYPE_CHECKING:
    from dicomkit.fileset.instances import Instance
    from dicomkit.limits import Limits

__all__ = ["unit_of"]


def unit_of(instance: Instance, limits: Limits) -> str | None:
    """Name the unit of the first quantity that an instance offers, by its code in UCUM.

    Where that has none, it is what the file calls it. None where nothing is stated, and for what
    is no image or cannot be read.
    """
    try:
        unit = quantities(read_dataset(instance, limits=limits), limits=limits)[0].units
    except DicomKitError:
        return None
    return unit.code or unit.term
