"""Real World Value Mapping items, and short words for what is made of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pydicom.dataset import Dataset

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Callable

    Item = Callable[..., Dataset]

NAN = math.nan


def coded(value: str, scheme: str = "UCUM", meaning: str = "words") -> Dataset:
    ds = Dataset()
    ds.CodeValue, ds.CodingSchemeDesignator, ds.CodeMeaning = value, scheme, meaning
    return ds


def mapping(slope: float, unit: str, **changes: object) -> Dataset:
    """Make a Real World Value Mapping item for the stored values 0 to 100."""
    ds = Dataset()
    ds.RealWorldValueFirstValueMapped, ds.RealWorldValueLastValueMapped = 0, 100
    ds.RealWorldValueSlope, ds.RealWorldValueIntercept = slope, 0.0
    ds.MeasurementUnitsCodeSequence = [coded(unit)]
    for keyword, value in changes.items():
        setattr(ds, keyword, value)
    return ds


def measured(quantity: str) -> list[Dataset]:
    """Say what kind of quantity it is."""
    ds = Dataset()
    ds.ConceptNameCodeSequence = [coded("246205007", "SCT", "Quantity")]
    ds.ConceptCodeSequence = [coded(quantity, "DCM")]
    return [ds]


def codes(quantity: dk.Quantity) -> list[str]:
    return [note.code for note in quantity.notes]


def units(ds: Dataset, frame: int = 0) -> list[str | None]:
    return [option.units.code for option in dk.quantities(ds, frame)]
