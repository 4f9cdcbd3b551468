"""Whether a picture may name its patient: text that is part of the pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.dataset.elements.attributes import text
from dicomkit.notes import Note

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["annotation_note"]

# Ultrasound, endoscopy, photographs, documents and screens: the console often writes the
# patient's name into the picture.
_OFTEN_LABELLED = frozenset({"DOC", "ES", "GM", "IVUS", "OT", "US", "XC"})
_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"


def annotation_note(ds: Dataset) -> Note | None:
    """Say whether the pixels hold text, or often do in images of this kind.

    The file says so in (0028,0301) *Burned In Annotation* (PS3.3 C.7.6.1.1), or not at all.
    """
    stated = text(ds, "BurnedInAnnotation")
    if stated == "YES":
        return Note("burned_in", "the file says that text is burned into its pixels")
    if stated == "NO":
        return None
    captured = (text(ds, "SOPClassUID") or "").startswith(_SECONDARY_CAPTURE)
    if captured or text(ds, "Modality") in _OFTEN_LABELLED:
        return Note("may_be_burned_in", "images of this kind often have text in their pixels")
    return None
