"""Units of measurement: PS3.3 C.8.9.1.1.3 and C.11.1.1.2, PS3.16 CIDs 83 to 85 and 301."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from dicomkit.dataset.modules.units import (
    DOSE_UNITS,
    NO_UNIT,
    PET_UNITS,
    RATIO,
    SUV_UNITS,
    Unit,
    coded_concept,
    plain_name,
    rescale_unit,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Dataset]

# The standard's lists, as pydicom has them.
OF_PET = {getattr(codes.CID84, name).value for name in codes.CID84.dir()}
OF_SUV = {
    code.value: code.meaning for code in (getattr(codes.CID85, name) for name in codes.CID85.dir())
}


def test_suv_units_are_those_of_cid_85() -> None:
    assert {unit.code: unit.meaning for unit in SUV_UNITS.values()} == OF_SUV


def test_every_unit_of_cid_84_is_there() -> None:
    assert {unit.code for unit in (*PET_UNITS.values(), *SUV_UNITS.values())} >= OF_PET


# C.8.9.1.1.3, term by term.
@pytest.mark.parametrize(
    ("term", "code"),
    [
        ("BQML", "Bq/ml"),
        ("CNTS", "{counts}"),
        ("CPS", "{counts}/s"),
        ("PROPCNTS", "{propcounts}"),
        ("GML", "g/ml"),
        ("CM2ML", "cm2/ml"),
        ("NONE", "1"),
        ("1CM", "/cm"),
        ("MLMING", "ml/min/g"),
        ("UMOLMINML", "umol/min/ml"),
    ],
)
def test_terms_of_pet(term: str, code: str) -> None:
    assert PET_UNITS[term].code == code
    assert PET_UNITS[term].term == term


# C.11.1.1.2; CID 301 has the first three as codes of UCUM.
@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("HU", Unit("[hnsf'U]", "Hounsfield unit", "HU")),
        ("MGML", Unit("mg/ml", "mg/ml", "MGML")),
        ("ED", Unit("10*23/ml", "Electron Density", "ED")),
        ("PCT", Unit("%", "Percent", "PCT")),
        ("HU_MOD", Unit(None, "Modified Hounsfield Unit", "HU_MOD")),
        ("US", Unit(None, "unspecified", "US")),
        ("BQML", Unit("Bq/ml", "Becquerels/milliliter", "BQML")),
        ("mrad", Unit(None, "no term of the standard", "mrad")),
        (None, NO_UNIT),
    ],
)
def test_rescale_types(term: str | None, expected: Unit) -> None:
    assert rescale_unit(term) == expected


def test_a_unit_prints_its_code_or_words() -> None:
    assert str(DOSE_UNITS["GY"]) == "Gy"
    assert str(NO_UNIT) == "not stated"


def test_messages_name_no_unit_that_only_a_file_knows() -> None:
    assert plain_name(rescale_unit("HU")) == "[hnsf'U]"
    assert plain_name(RATIO) == "no units"
    assert plain_name(DOSE_UNITS["RELATIVE"]) == "relative dose"
    assert plain_name(NO_UNIT) == "not stated"
    assert plain_name(rescale_unit("DOE^JANE")) == "no term of the standard"
    for code in ("mm2/s", "ms", "/min", "ml/100ml/s", "ml/min/100g", "10*-6.mm2/s", "rad/s", "kPa"):
        assert plain_name(Unit(code, "Doe, Jane", code)) == code
    for own in (
        Unit("JANE", "Doe, Jane", "JANE"),
        Unit("19700101", "Doe, Jane", "19700101"),
        Unit("DOE^JANE", "Doe, Jane", "DOE^JANE"),
        Unit(None, "Doe, Jane", "DOE"),
        Unit("1", "Doe, Jane", "1"),
    ):
        assert plain_name(own) == "a unit of its own"


def test_a_code_can_be_long(dataset: Make) -> None:
    for keyword in ("CodeValue", "LongCodeValue", "URNCodeValue"):
        coded = dataset(**{keyword: "urn:x", "CodingSchemeDesignator": "X", "CodeMeaning": "x"})
        found = coded_concept(dataset(ConceptCodeSequence=[coded]), "ConceptCodeSequence")
        assert found is not None
        assert (found.code, found.scheme, found.meaning) == ("urn:x", "X", "x")


def test_without_a_code_there_is_no_concept(dataset: Make) -> None:
    for ds in (Dataset(), dataset(ConceptCodeSequence=[Dataset()])):
        assert coded_concept(ds, "ConceptCodeSequence") is None
    bare = dataset(ConceptCodeSequence=[dataset(CodeValue="5")])
    found = coded_concept(bare, "ConceptCodeSequence")
    assert found is not None
    assert (str(found), found.scheme) == ("5", "")


def test_codes_of_ucum_have_no_blanks() -> None:
    for unit in (*PET_UNITS.values(), *SUV_UNITS.values(), *DOSE_UNITS.values()):
        assert re.fullmatch(r"[!-~]+", unit.code or "")
