"""The Modality step that a file asks for: Modality LUT, or Rescale Slope and Intercept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.dataset.elements.attributes import item, number, text
from dicomkit.dataset.elements.functional_groups import scope
from dicomkit.dataset.modules.tables import lookup_table
from dicomkit.notes import Note
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.rescale import Rescale

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.image_pixel import ImageDescription

__all__ = ["ModalityStep", "modality_step", "modality_transform"]

_PROJECTION_FOR_DISPLAY = ("DX", "MG", "IO", "PX")
# In these IODs the module serves one purpose only (PS3.3 C.8.7.1.1.2).
_BACK_TO_INTENSITY = (
    "1.2.840.10008.5.1.4.1.1.12.1",  # X-Ray Angiographic Image Storage
    "1.2.840.10008.5.1.4.1.1.12.2",  # X-Ray Radiofluoroscopic Image Storage
    "1.2.840.10008.5.1.4.1.1.12.3",  # the retired biplane one
)
# PS3.3 C.11.1.1.2 and C.8.9.1.1.3. What else stands there could be anything, a name as well,
# and would be printed wherever a pipeline is.
_UNITS = frozenset({
    "1CM", "BQML", "CM2", "CM2ML", "CNTS", "CPS", "ED", "EDW",
    "GML", "HU", "HU_MOD", "MGML", "MGMINML", "MLG", "MLMING", "MLMINML",
    "MLML", "NONE", "OD", "PCNT", "PCT", "PROPCNTS", "PROPCPS", "STDDEV",
    "UMOLMINML", "UMOLML", "US", "Z_EFF", "normalized",
})  # fmt: skip
_UNSPECIFIED = "US"


@dataclass(frozen=True, slots=True)
class ModalityStep:
    """What turns stored values into values in units.

    Attributes
    ----------
    transform : Rescale, LookupTable or None
        None where the file asks for nothing.
    source : str
        Where it was found.
    units : str or None
        Rescale Type or Modality LUT Type, "US" (unspecified) where that is no known term; "HU"
        for CT that does not say otherwise.
    for_display : bool
        False where the step leads back to beam intensity (PS3.3 C.8.7.1.1.2).
    notes : tuple of Note
    """

    transform: Rescale | LookupTable | None
    source: str
    units: str | None
    for_display: bool
    notes: tuple[Note, ...]


def modality_step(ds: Dataset, frame: int, image: ImageDescription) -> ModalityStep:
    """Read the Modality step of one frame (PS3.3 C.11.1, C.7.6.16.2.9)."""
    notes: list[Note] = []
    if not image.is_gray:
        return ModalityStep(None, "the file", None, True, ())  # noqa: FBT003
    scoped, source = scope(ds, frame, "PixelValueTransformationSequence")
    lut_item = item(ds, "ModalityLUTSequence") if scoped is ds else None
    transform, units = modality_transform(scoped, lut_item, notes, signed_input=image.signed)
    modality = text(ds, "Modality")
    if units is None and modality == "CT" and isinstance(transform, Rescale):
        units = "HU"
    if isinstance(transform, Rescale):
        transform = Rescale(transform.slope, transform.intercept, units)
    return ModalityStep(
        transform=transform,
        source=source,
        units=units if transform is not None else None,
        for_display=not _leads_to_intensity(ds, modality, transform),
        notes=tuple(notes),
    )


def modality_transform(
    ds: Dataset, lut_item: Dataset | None, notes: list[Note], *, signed_input: bool
) -> tuple[Rescale | LookupTable | None, str | None]:
    """Read a Modality LUT or a rescale, of which the table counts, and the units it states."""
    rescale = _rescale(ds, notes)
    table = None
    if lut_item is not None:
        table = lookup_table(lut_item, signed_input=signed_input, notes=notes, role="Modality LUT")
    if table is None or lut_item is None:
        return rescale, _units(ds, "RescaleType")
    if rescale is not None:
        message = "the file has a Modality LUT and a rescale: LUT applied"
        notes.append(Note("rescale_ignored", message))
    return table, _units(lut_item, "ModalityLUTType")


def _units(ds: Dataset, keyword: str) -> str | None:
    stated = text(ds, keyword)
    return stated if stated is None or stated in _UNITS else _UNSPECIFIED


def _rescale(ds: Dataset, notes: list[Note]) -> Rescale | None:
    slope = number(ds, "RescaleSlope", notes)
    intercept = number(ds, "RescaleIntercept", notes)
    if slope is None and intercept is None:
        return None
    if slope is None or slope == 0:
        notes.append(Note("slope_assumed", "Rescale Slope is missing or 0: 1 assumed"))
        slope = 1.0
    if intercept is None:
        notes.append(Note("intercept_assumed", "Rescale Intercept is missing: 0 assumed"))
        intercept = 0.0
    return Rescale(slope, intercept)


def _leads_to_intensity(
    ds: Dataset, modality: str | None, transform: Rescale | LookupTable | None
) -> bool:
    if text(ds, "SOPClassUID") in _BACK_TO_INTENSITY:
        if isinstance(transform, Rescale):
            return (transform.slope, transform.intercept) != (1, 0)
        return transform is not None
    if not isinstance(transform, LookupTable) or modality in _PROJECTION_FOR_DISPLAY:
        return False
    return text(ds, "PixelIntensityRelationship") in ("LOG", "DISP")
