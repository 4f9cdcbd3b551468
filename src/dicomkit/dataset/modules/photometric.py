"""How grey and colour are shown (PS3.3 C.7.6.3.1.2, C.11.6, C.8.11.3.1.2, C.11.15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.dataset.elements.attributes import item, octets, text
from dicomkit.dataset.modules.tables import lookup_table
from dicomkit.notes import Note
from dicomkit.transforms.presentation import Invert, PresentationTable

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.image_pixel import ImageDescription

__all__ = ["SHAPES", "has_supplement", "icc_profile", "presentation_step", "presentation_table"]

SHAPES = ("IDENTITY", "INVERSE")


def presentation_step(
    ds: Dataset, image: ImageDescription, notes: list[Note]
) -> tuple[Invert | PresentationTable, str] | None:
    """Read the Presentation step and where it comes from; None where the view stays as it is."""
    table = presentation_table(ds, notes)
    if table is not None:
        return table, "the file, Presentation LUT Sequence"
    negative = image.photometric == "MONOCHROME1"
    shape = text(ds, "PresentationLUTShape")
    inverse = shape == "INVERSE" if shape in SHAPES else negative
    if shape is not None and shape not in SHAPES:
        message = "Presentation LUT Shape is neither IDENTITY nor INVERSE: left out"
        notes.append(Note("shape_ignored", message))
    if inverse != negative:
        # After the VOI step IDENTITY makes P-Values of the view as it is, whatever the
        # Photometric Interpretation hints at: the shape is the later word.
        message = f"Presentation LUT Shape {shape} contradicts {image.photometric}: shape followed"
        notes.append(Note("shape_contradicts", message))
    if not inverse:
        return None
    return Invert(), f"the file, {'MONOCHROME1' if negative else 'Presentation LUT Shape INVERSE'}"


def presentation_table(ds: Dataset, notes: list[Note]) -> PresentationTable | None:
    """Read a Presentation LUT Sequence; None where there is none that can be used."""
    sequence = item(ds, "PresentationLUTSequence")
    if sequence is None:
        return None
    table = lookup_table(sequence, signed_input=False, notes=notes, role="Presentation LUT")
    return None if table is None else PresentationTable(table)


def has_supplement(ds: Dataset, image: ImageDescription) -> bool:
    """Tell whether a palette colours the highest stored values of a greyscale image."""
    if "RedPaletteColorLookupTableDescriptor" not in ds or image.photometric != "MONOCHROME2":
        return False
    return text(ds, "PixelPresentation") in ("COLOR", "MIXED")


def icc_profile(ds: Dataset) -> bytes | None:
    """Find the profile in the image, or in the optical path of a slide (C.8.12.5)."""
    for place in (ds, item(ds, "OpticalPathSequence")):
        profile = None if place is None else octets(place, "ICCProfile")
        if profile:
            return profile
    return None
