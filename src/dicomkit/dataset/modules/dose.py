"""The dose that an RT Dose object stores (PS3.3 C.8.8.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dicomkit.dataset.elements.attributes import number, text
from dicomkit.dataset.modules.real_world_value import QuantityOption
from dicomkit.dataset.modules.units import DOSE_UNITS, NO_UNIT, UNKNOWN_TERM, Unit
from dicomkit.notes import Note
from dicomkit.transforms.real_world import LinearMapping

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["dose_option", "is_dose"]

_RT_DOSE: Final = "1.2.840.10008.5.1.4.1.1.481.2"
_TYPES: Final = {
    "EFFECTIVE": "dose after correction for biological effect",
    "ERROR": "difference between desired and planned dose",
    "PHYSICAL": "physical dose",
}


def is_dose(ds: Dataset) -> bool:
    """Tell whether stored values are dose, over Dose Grid Scaling."""
    return "DoseGridScaling" in ds or text(ds, "SOPClassUID") == _RT_DOSE


def dose_option(ds: Dataset, notes: list[Note]) -> QuantityOption | None:
    """Read what turns stored values into dose, or note why there is nothing."""
    scaling = number(ds, "DoseGridScaling", notes)
    if not scaling:
        message = "Dose Grid Scaling is missing or 0: which dose it is cannot be known"
        notes.append(Note("dose_scaling_missing", message))
        return None
    term = text(ds, "DoseUnits")
    unit = NO_UNIT if term is None else DOSE_UNITS.get(term)
    return QuantityOption(
        units=unit or Unit(None, UNKNOWN_TERM, term),
        transform=LinearMapping(scaling, 0.0),
        source="Dose Grid Scaling",
        explanation=_TYPES.get(text(ds, "DoseType") or ""),
    )
