"""The factor to SUV: of real headers, and what it is given.

The headers of real scans and their factors are those that cornerstonejs/calculate-suv publishes
with its tests (MIT licence).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from pydicom.uid import generate_uid
from tests.pet import codes, pet, philips

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset
    from tests.display.conftest import MakeImage

# ---- Real headers, and the factors that are published for them -------------------------------

HEADERS: Final = {
    "SIEMENS": {
        "PatientWeight": "67",
        "SeriesTime": "104829.000000",
        "AcquisitionTime": "104830.351370",
        "RadionuclideTotalDose": "374000000",
        "RadionuclideHalfLife": "6586.2",
        "RadiopharmaceuticalStartTime": "083045.000000",
        "RadiopharmaceuticalStartDateTime": "20201217083045.000000 ",
    },
    "GE_MEDICAL_AND_BQML": {
        "PatientWeight": "52",
        "SeriesTime": "095621",
        "AcquisitionTime": "095621",
        "RadionuclideTotalDose": "152022720",
        "RadionuclideHalfLife": "6586.2001953125",
        "RadiopharmaceuticalStartTime": "084500.00",
        "RadiopharmaceuticalStartDateTime": "20201217084500.00 ",
    },
    "PHILIPS_BQML": {
        "PatientWeight": "64",
        "SeriesTime": "110155",
        "AcquisitionTime": "110156",
        "RadionuclideTotalDose": "126000000",
        "RadionuclideHalfLife": "6586.199707",
        "RadiopharmaceuticalStartTime": "100058",
        "RadiopharmaceuticalStartDateTime": "20201217100058",
    },
    # The series begins 5 microseconds after the first acquisition.
    "BQML_AC_DT_BEFORE_S_DT_SIEMENS": {
        "PatientWeight": "65",
        "SeriesTime": "123515.000000",
        "AcquisitionTime": "123514.999995",
        "RadionuclideTotalDose": "225000000",
        "RadionuclideHalfLife": "6586.2",
        "RadiopharmaceuticalStartTime": "114100.000000",
    },
    # The series was written anew, three quarters of an hour later.
    "CPS_AND_BQML_AC_DT_-_S_DT": {
        "PatientWeight": "69",
        "SeriesTime": "134918.000000",
        "AcquisitionTime": "130348.234000",
        "RadionuclideTotalDose": "388000000",
        "RadionuclideHalfLife": "6586.2",
        "RadiopharmaceuticalStartTime": "120037.000000",
    },
    "RADIOPHARM_DATETIME_UNDEFINED": {
        "PatientWeight": "102",
        "SeriesTime": "135431.843000",
        "AcquisitionTime": "141555.687000",
        "RadionuclideTotalDose": "412000000",
        "RadionuclideHalfLife": "6586.2",
        "RadiopharmaceuticalStartTime": "125000.000000",
    },
    "PHILIPS_CNTS_AND_BQML_SUV": {
        "Units": "CNTS",
        "PatientWeight": "54",
        "SeriesTime": "093556",
        "AcquisitionTime": "095439",
        "RadionuclideTotalDose": "238000000",
        "RadionuclideHalfLife": "6588",
        "RadiopharmaceuticalStartTime": "083000",
    },
    "PHILIPS_CNTS_AND_SUV": {
        "Units": "CNTS",
        "PatientWeight": "47",
        "SeriesTime": "134551",
        "AcquisitionTime": "141336",
        "RadionuclideTotalDose": "208230000",
        "RadionuclideHalfLife": "6588",
        "RadiopharmaceuticalStartTime": "123000",
    },
}
PRIVATE: Final = {
    "PHILIPS_BQML": {"suv": "0.003515736 ", "activity": "4.709921"},
    "PHILIPS_CNTS_AND_BQML_SUV": {"suv": "0.000551", "activity": "1.602563"},
    "PHILIPS_CNTS_AND_SUV": {"suv": "0.000728"},
}
PUBLISHED: Final = {
    "SIEMENS": 0.00042748316187197236,
    "GE_MEDICAL_AND_BQML": 0.0005367387681819742,
    "PHILIPS_BQML": 0.0007463747013889488,
    "BQML_AC_DT_BEFORE_S_DT_SIEMENS": 0.0004069156854009332,
    "CPS_AND_BQML_AC_DT_-_S_DT": 0.00026503312764157046,
    "RADIOPHARM_DATETIME_UNDEFINED": 0.0003721089202818729,
    "PHILIPS_CNTS_AND_BQML_SUV": 0.000551,
    "PHILIPS_CNTS_AND_SUV": 0.000728,
}


def published(name: str, **changes: str) -> Dataset:
    return philips(pet(**HEADERS[name], **changes), **PRIVATE.get(name, {}))


@pytest.mark.parametrize("name", PUBLISHED)
def test_factors_are_those_published_for_real_headers(name: str) -> None:
    found = dk.suv_factor([published(name)])
    assert found.factor == pytest.approx(PUBLISHED[name], rel=1e-9)
    assert (found.kind, found.units.code) == ("body_weight", "g/ml{SUVbw}")


@pytest.mark.parametrize("name", ["PHILIPS_BQML", "PHILIPS_CNTS_AND_BQML_SUV"])
def test_where_philips_states_two_factors_their_ratio_is_ours(name: str) -> None:
    """One leads to SUV and one to Bq/ml: what lies between them is SUV per Bq/ml."""
    ds = published(name)
    ds.Units = "BQML"
    ratio = float(PRIVATE[name]["suv"]) / float(PRIVATE[name]["activity"])
    assert dk.suv_factor([ds]).factor == pytest.approx(ratio, rel=1e-3)


# ---- What it is given ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"SeriesInstanceUID": generate_uid()}, "Series Instance UID"),
        ({"Units": "GML"}, "(0054,1001) Units"),
        ({"PatientWeight": "0.2"}, "Patient's Weight"),
        ({"RadionuclideTotalDose": "2E8"}, "Radionuclide Total Dose"),
        ({"SeriesTime": "110001"}, "Series Date and Time"),
    ],
)
def test_images_of_different_series_are_refused(changes: dict[str, str], named: str) -> None:
    one = pet(SeriesInstanceUID=generate_uid())
    other = pet(**{"SeriesInstanceUID": one.SeriesInstanceUID} | changes)
    with pytest.raises(dk.InconsistentError, match=re.escape(f"differ in {named}: they")):
        dk.suv_factor([one, other])


def test_what_one_image_lacks_another_may_state() -> None:
    assert dk.suv_factor([pet(PatientWeight=None), pet()]).factor == 2e-6
    # But all of them must be corrected.
    with pytest.raises(dk.UnitsError, match="ATTN"):
        dk.suv_factor([pet(), pet(CorrectedImage=["DECY"])])


def test_headers_images_and_generators_are_taken(grey: MakeImage) -> None:
    ds = pet()
    stored = grey([1, 2], RescaleSlope=5e5, RescaleIntercept=0)
    for element in ds:
        stored[element.tag] = element
    image = dk.open_image(stored)
    for given in (ds, image, [ds], [image]):
        assert dk.suv_factor(given).factor == 2e-6
    both: list[Dataset | dk.Image] = [ds, image]
    assert dk.suv_factor(one for one in both).factor == 2e-6
    # 2 x 5e5 Bq/ml x 2e-6
    assert dk.suv_factor(image)(dk.to_values(image)).tolist() == [[1, 2]]


def test_what_is_no_dataset_is_refused() -> None:
    with pytest.raises(ValueError, match="no dataset"):
        dk.suv_factor([])
    with pytest.raises(TypeError, match="expected a pydicom Dataset"):
        dk.suv_factor(["slice.dcm"])  # type: ignore[list-item]


def test_an_error_names_the_file(real: Callable[[str], Dataset]) -> None:
    ds = real("CT_small.dcm")
    with pytest.raises(dk.UnitsError) as caught:
        dk.suv_factor([ds])
    assert caught.value.path == ds.filename


def test_messages_and_notes_hold_no_value_of_an_element() -> None:
    ds = pet(
        PatientWeight="77.125",
        PatientName="DOE^JANE",
        SeriesTime="131313",
        AcquisitionTime="121212",
        RadiopharmaceuticalStartTime="111111",
        RadionuclideTotalDose="123456",
    )
    found = dk.suv_factor([ds])
    assert codes(found) == ["reference_time", "dose_small"][::-1]
    for note in found.notes:
        for value in ("77", "DOE", "1313", "1212", "1111", "123456", "2020"):
            assert value not in str(note)
