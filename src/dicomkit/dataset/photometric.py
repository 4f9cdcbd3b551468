"""Which way round a greyscale picture goes (PS3.3 C.7.6.3.1.2, C.11.6, C.8.11.3.1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.dataset.attributes import item, text
from dicomkit.dataset.tables import lookup_table
from dicomkit.notes import Note
from dicomkit.transforms.presentation import Invert, PresentationTable

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.dataset.description import ImageDescription

__all__ = ["presentation_step"]

_POLARITY_BY_PHOTOMETRIC = ("DX", "MG", "IO", "PX")


def presentation_step(
    ds: Dataset, image: ImageDescription, notes: list[Note]
) -> tuple[Invert | PresentationTable, str] | None:
    """Read the Presentation step and where it comes from; None where the view stays as it is."""
    sequence = item(ds, "PresentationLUTSequence")
    if sequence is not None:
        table = lookup_table(sequence, signed_input=False, notes=notes, role="Presentation LUT")
        if table is not None:
            return PresentationTable(table), "the file, Presentation LUT Sequence"
    negative = image.photometric == "MONOCHROME1"
    shape = text(ds, "PresentationLUTShape")
    if shape == "INVERSE" and not negative:
        if text(ds, "Modality") in _POLARITY_BY_PHOTOMETRIC:
            message = "Presentation LUT Shape INVERSE contradicts MONOCHROME2: not inverted"
            notes.append(Note("shape_ignored", message))
            return None
        return Invert(), "the file, Presentation LUT Shape INVERSE"
    if negative:
        if shape == "IDENTITY":
            message = "Presentation LUT Shape IDENTITY contradicts MONOCHROME1: inverted once"
            notes.append(Note("shape_ignored", message))
        return Invert(), "the file, MONOCHROME1"
    return None
