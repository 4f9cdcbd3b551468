"""Units of measurement, as codes of UCUM, and the terms that files have for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dicomkit.dataset.elements.attributes import item, text

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = [
    "DOSE_UNITS",
    "NO_UNIT",
    "PET_UNITS",
    "RATIO",
    "SUV_UNITS",
    "UNKNOWN_TERM",
    "Concept",
    "Unit",
    "coded_concept",
    "coded_unit",
    "plain_name",
    "rescale_unit",
]


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit that values are in.

    Attributes
    ----------
    code : str or None
        Its code in UCUM, the Unified Code for Units of Measure; None where nobody stated a unit,
        or one that UCUM has no code for.
    meaning : str
        In words.
    term : str or None
        What the file itself calls it, such as ``"HU"`` or ``"BQML"``.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("693_J2KI.dcm"))
    >>> dk.to_quantity(ds).units
    Unit(code="[hnsf'U]", meaning='Hounsfield unit', term='HU')
    """

    code: str | None
    meaning: str
    term: str | None = None

    def __str__(self) -> str:
        """Give the code; in words where there is none."""
        return self.meaning if self.code is None else self.code


@dataclass(frozen=True, slots=True)
class Concept:
    """A coded concept: what kind of quantity values are (PS3.3 8.8).

    Attributes
    ----------
    code : str
        Its code, such as ``"113041"``.
    scheme : str
        Whose code it is, such as ``"DCM"``.
    meaning : str
        In words.

    Examples
    --------
    >>> print(Concept("113041", "DCM", "Apparent Diffusion Coefficient"))
    Apparent Diffusion Coefficient
    """

    code: str
    scheme: str
    meaning: str

    def __str__(self) -> str:
        """Give its meaning."""
        return self.meaning


NO_UNIT: Final = Unit(None, "not stated")
RATIO: Final = Unit("1", "no units")

# PS3.3 C.8.9.1.1.3 and PS3.16 CID 84.
PET_UNITS: Final = {
    term: Unit(code, meaning, term)
    for term, code, meaning in (
        ("1CM", "/cm", "/Centimeter"),
        ("BQML", "Bq/ml", "Becquerels/milliliter"),
        ("CM2", "cm2", "Centimeter**2"),
        ("CM2ML", "cm2/ml", "Centimeter**2/milliliter"),
        ("CNTS", "{counts}", "Counts"),
        ("CPS", "{counts}/s", "Counts per second"),
        ("GML", "g/ml", "Grams/milliliter"),
        ("MGMINML", "mg/min/ml", "Milligrams/minute/milliliter"),
        ("MLG", "ml/g", "Milliliter/gram"),
        ("MLMING", "ml/min/g", "Milliliter/minute/gram"),
        ("MLMINML", "ml/min/ml", "Milliliter/minute/milliliter"),
        ("MLML", "ml/ml", "Milliliter/milliliter"),
        ("NONE", "1", "no units"),
        ("PCNT", "%", "Percent"),
        ("PROPCNTS", "{propcounts}", "Proportional to counts"),
        ("PROPCPS", "{propcounts}/s", "Proportional to counts per second"),
        ("STDDEV", "{stddev}", "Standard deviations"),
        ("UMOLML", "umol/ml", "Micromole/milliliter"),
        ("UMOLMINML", "umol/min/ml", "Micromole/minute/milliliter"),
    )
}
# PS3.16 CID 85, by SUV Type.
SUV_UNITS: Final = {
    "BSA": Unit("cm2/ml{SUVbsa}", "Standardized Uptake Value body surface area"),
    "BW": Unit("g/ml{SUVbw}", "Standardized Uptake Value body weight"),
    "IBW": Unit("g/ml{SUVibw}", "Standardized Uptake Value ideal body weight"),
    "LBM": Unit("g/ml{SUVlbm}", "Standardized Uptake Value lean body mass (James)"),
    "LBMJAMES128": Unit(
        "g/ml{SUVlbm(James128)}",
        "Standardized Uptake Value lean body mass (James 128 multiplier)",
    ),
    "LBMJANMA": Unit("g/ml{SUVlbm(Janma)}", "Standardized Uptake Value lean body mass (Janma)"),
}
# PS3.3 C.8.8.3.
DOSE_UNITS: Final = {
    "GY": Unit("Gy", "Gray", "GY"),
    "RELATIVE": Unit("1", "relative dose", "RELATIVE"),
}
# PS3.3 C.11.1.1.2 and PS3.16 CID 301, which has no code of UCUM for two of them.
_RESCALE_UNITS: Final = PET_UNITS | {
    "ED": Unit("10*23/ml", "Electron Density", "ED"),
    "EDW": Unit("1", "Electron Density relative to water", "EDW"),
    "HU": Unit("[hnsf'U]", "Hounsfield unit", "HU"),
    "HU_MOD": Unit(None, "Modified Hounsfield Unit", "HU_MOD"),
    "MGML": Unit("mg/ml", "mg/ml", "MGML"),
    "OD": Unit("10*-3{OD}", "thousandths of optical density", "OD"),
    "PCT": Unit("%", "Percent", "PCT"),
    "US": Unit(None, "unspecified", "US"),
    "Z_EFF": Unit(None, "Effective Atomic Number", "Z_EFF"),
}
UNKNOWN_TERM: Final = "no term of the standard"
_UNITS: Final = (
    NO_UNIT,
    RATIO,
    Unit(None, UNKNOWN_TERM),
    *PET_UNITS.values(),
    *SUV_UNITS.values(),
    *DOSE_UNITS.values(),
    *_RESCALE_UNITS.values(),
)
_CODES: Final = frozenset(unit.code for unit in _UNITS if unit.code not in (None, "1"))
# What can be nothing but a unit: atoms of UCUM with their prefixes, such as ml/100g/min.
_ATOM: Final = (
    r"(?:(?:da|[fpnumcdhkMG])?(?:mol|Bq|Ci|Gy|Sv|Hz|Pa|eV|rad|[mglLsJWVTK])|min|[hd%])(?:-?\d)?"
)
_FACTOR: Final = rf"(?:10\*-?\d{{1,2}}|\d{{0,4}}{_ATOM})"
_COMPOSED: Final = re.compile(rf"/?{_FACTOR}(?:[./]{_FACTOR})*", re.ASCII)
_MEANINGS: Final = frozenset(unit.meaning for unit in _UNITS)


def plain_name(unit: Unit) -> str:
    """Name a unit in messages, which hold nothing of files: what one calls its own may be any."""
    if unit.code is not None and (unit.code in _CODES or _COMPOSED.fullmatch(unit.code)):
        return unit.code
    return unit.meaning if unit.meaning in _MEANINGS else "a unit of its own"


def rescale_unit(term: str | None) -> Unit:
    """Give the unit that a Rescale Type or a Modality LUT Type stands for."""
    if term is None:
        return NO_UNIT
    return _RESCALE_UNITS.get(term) or Unit(None, UNKNOWN_TERM, term)


def coded_unit(ds: Dataset) -> Unit:
    """Read the Measurement Units Code Sequence of an item (PS3.3 C.7.6.16.2.11)."""
    concept = coded_concept(ds, "MeasurementUnitsCodeSequence")
    if concept is None:
        return NO_UNIT
    is_ucum = concept.scheme.upper() == "UCUM"
    return Unit(concept.code if is_ucum else None, concept.meaning, concept.code)


def coded_concept(ds: Dataset, sequence: str) -> Concept | None:
    """Read the code in a sequence's first item (PS3.3 8.8); None where there is none."""
    coded = item(ds, sequence)
    if coded is None:
        return None
    code = text(coded, "CodeValue") or text(coded, "LongCodeValue") or text(coded, "URNCodeValue")
    if code is None:
        return None
    meaning = text(coded, "CodeMeaning") or code
    return Concept(code, text(coded, "CodingSchemeDesignator") or "", meaning)
