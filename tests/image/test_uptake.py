"""From a PET series' headers to SUV per value.

The rules are those of the Quantitative Imaging Biomarkers Alliance and of PS3.3 C.8.9.1; every
expectation is worked out by hand, but for sizes of bodies, which calculate-suv publishes.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from tests.pet import codes, pet, philips

import dicomkit as dk

# ---- Decay (C.8.9.1.1.5) -------------------------------------------------------------


def test_the_dose_decays_from_the_injection_to_the_series_start() -> None:
    """100 g / (1e8 Bq x 1/2)."""
    found = dk.suv_factor([pet()])
    assert found.factor == 2e-6
    assert found.decay_time == 3600
    assert found.notes == ()
    values = found(np.array([[0.0, 1e6]], np.float32))
    assert values.tolist() == [[0, 2]]
    assert values.dtype == np.float32


def test_corrected_to_the_administration_nothing_decays() -> None:
    """100 g / 1e8 Bq, whenever that was, and whatever the half-life."""
    ds = pet(DecayCorrection="ADMIN", RadionuclideHalfLife=None, SeriesTime=None)
    found = dk.suv_factor([ds])
    assert (found.factor, found.decay_time) == (1e-6, 0)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"DecayCorrection": "NONE"}, "(0054,1102) Decay Correction"),
        ({"DecayCorrection": None}, "(0054,1102) Decay Correction"),
        ({"CorrectedImage": ["DECY", "SCAT"]}, "(0028,0051) Corrected Image lacks ATTN"),
        ({"CorrectedImage": ["ATTN"]}, "(0028,0051) Corrected Image lacks DECY"),
        ({"CorrectedImage": None}, "(0028,0051) Corrected Image lacks ATTN and DECY"),
        ({"Units": "PROPCNTS"}, "(0054,1001) Units is neither"),
        ({"Units": "CPS"}, "(0054,1001) Units is neither"),
        ({"Units": "CNTS"}, "(0054,1001) Units is CNTS, and there is no private factor"),
        ({"Units": None}, "(0054,1001) Units is missing"),
        ({"PatientWeight": None}, "(0010,1030) Patient's Weight is missing or not above 0"),
        ({"PatientWeight": "0"}, "(0010,1030) Patient's Weight is missing or not above 0"),
        ({"RadionuclideTotalDose": None}, "(0018,1074) Radionuclide Total Dose is missing"),
        ({"RadionuclideTotalDose": "0.0"}, "(0018,1074) Radionuclide Total Dose is missing"),
        ({"RadionuclideHalfLife": None}, "(0018,1075) Radionuclide Half Life is missing"),
        ({"RadionuclideHalfLife": "0"}, "(0018,1075) Radionuclide Half Life is missing"),
        ({"RadiopharmaceuticalStartTime": None}, "(0018,1078) Radiopharmaceutical Start"),
        (
            {"SeriesTime": None, "AcquisitionTime": None},
            "(0008,0021) Series Date or (0008,0031) Series Time is missing",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_named(changes: dict[str, Any], named: str) -> None:
    """There is an error instead of a guess."""
    with pytest.raises(dk.UnitsError) as caught:
        dk.suv_factor([pet(**changes)])
    assert caught.value.message.startswith(named)


def test_without_a_tracer_the_dose_is_missing() -> None:
    ds = pet()
    del ds.RadiopharmaceuticalInformationSequence
    with pytest.raises(dk.UnitsError, match="Radionuclide Total Dose"):
        dk.suv_factor([ds])


def test_of_two_tracers_nobody_knows_which() -> None:
    ds = pet()
    ds.RadiopharmaceuticalInformationSequence.append(Dataset())
    with pytest.raises(dk.UnitsError, match="several radiopharmaceuticals"):
        dk.suv_factor([ds])


# ---- The time of reference ----------------------------------------------------------


def test_the_earliest_acquisition_of_the_whole_series_counts() -> None:
    """The last beds were acquired half an hour after the first, to which all were corrected.

    Series Time is later than all of them: two hours after the injection. The first acquisition
    was an hour after it: 100 g / (1e8 Bq / 2).
    """
    beds = [pet(SeriesTime="120000", AcquisitionTime=f"11{minutes}") for minutes in ("30", "00")]
    for order in permutations(beds):
        found = dk.suv_factor(order)
        assert found.factor == 2e-6
        assert codes(found) == ["reference_time"]
    # By its own acquisition, a bed of half an hour later would be off by a factor of sqrt(2).
    assert dk.suv_factor(beds[:1]).factor == pytest.approx(2e-6 * 2**0.5)


def test_a_series_time_that_is_not_after_any_acquisition_counts() -> None:
    beds = [pet(AcquisitionTime=f"11{minutes}") for minutes in ("30", "00", "10")]
    assert dk.suv_factor(beds).factor == 2e-6
    assert dk.suv_factor([pet(AcquisitionDate=None, AcquisitionTime=None)]).factor == 2e-6


def test_ges_own_time_of_the_scan_counts_before_the_acquisition() -> None:
    """Two hours after the injection: a quarter of the dose."""
    ds = pet(SeriesTime="150000", AcquisitionTime="110000")
    ds.private_block(0x0009, "GEMS_PETD_01", create=True).add_new(0x0D, "DT", "20201217120000.00")
    found = dk.suv_factor([ds])
    assert (found.factor, found.decay_time) == (4e-6, 7200)
    # Where Series Time can be believed, it is not asked.
    ds.SeriesTime = "110000"
    assert dk.suv_factor([ds]).factor == 2e-6


def test_an_acquisition_counts_where_there_is_no_series_time() -> None:
    found = dk.suv_factor([pet(SeriesTime=None, AcquisitionTime="120000")])
    assert found.factor == 4e-6
    assert codes(found) == ["reference_time"]


def test_a_part_of_a_series_is_noted() -> None:
    whole = {"SeriesType": ["WHOLE BODY", "IMAGE"], "NumberOfSlices": 2}
    assert codes(dk.suv_factor([pet(**whole)])) == ["series_incomplete"]
    assert codes(dk.suv_factor([pet(**whole), pet(**whole)])) == []


# ---- The injection -----------------------------------------------------------------


def test_the_date_and_time_of_the_injection_count_before_the_time_alone() -> None:
    ds = pet(RadiopharmaceuticalStartDateTime="20201217090000")
    assert dk.suv_factor([ds]).factor == 4e-6


def test_an_injection_before_midnight() -> None:
    """22:30 on the day before, an hour and a half earlier: 100 g / (1e8 Bq x 2^-1.5)."""
    ds = pet(RadiopharmaceuticalStartTime="223000", SeriesTime="000000", AcquisitionTime="000500")
    found = dk.suv_factor([ds])
    assert found.decay_time == 5400
    assert found.factor == pytest.approx(1e-6 * 2**1.5, rel=1e-12)
    assert codes(found) == ["injection_day_before"]


def test_an_injection_at_the_very_start_was_on_the_same_day() -> None:
    found = dk.suv_factor([pet(RadiopharmaceuticalStartTime="110000")])
    assert (found.factor, found.decay_time, codes(found)) == (1e-6, 0, [])


def test_a_scan_over_midnight_that_was_written_anew() -> None:
    """Injected at 22:50, acquired at 23:50 and stored on the next day: an hour."""
    ds = pet(
        RadiopharmaceuticalStartTime="225000",
        AcquisitionDate="20201216",
        AcquisitionTime="235000",
        SeriesDate="20201217",
        SeriesTime="001000",
    )
    assert dk.suv_factor([ds]).decay_time == 3600


def test_a_scan_over_midnight_whose_acquisitions_have_no_date() -> None:
    """Injected at 22:50, begun at 23:50, an image acquired at 00:10: an hour to the series."""
    ds = pet(
        RadiopharmaceuticalStartTime="225000",
        AcquisitionDate=None,
        AcquisitionTime="001000",
        SeriesTime="235000",
    )
    found = dk.suv_factor([ds])
    assert (found.decay_time, codes(found)) == (3600, ["acquisition_day_after"])
    # With a date of its own, the series was written anew a day after it.
    ds.AcquisitionDateTime = "20201217001000"
    assert dk.suv_factor([ds]).decay_time == 4800
    del ds.AcquisitionDateTime
    # A series that was written anew on the same day is none over midnight.
    ds.AcquisitionTime, ds.SeriesTime = "110000", "170000"
    ds.RadiopharmaceuticalInformationSequence[0].RadiopharmaceuticalStartTime = "100000"
    assert codes(dk.suv_factor([ds])) == ["reference_time"]


@pytest.mark.parametrize("at", ["20201217110001", "20101217100000"])
def test_an_injection_that_cannot_be_is_refused(at: str) -> None:
    with pytest.raises(dk.InconsistentError, match="the injection is"):
        dk.suv_factor([pet(RadiopharmaceuticalStartDateTime=at)])


# ---- Other units -------------------------------------------------------------------


def test_gml_are_suv_already() -> None:
    ds = Dataset()
    ds.Units = "GML"
    found = dk.suv_factor([ds])
    assert (found.factor, found.units.code, found.decay_time) == (1, "g/ml{SUVbw}", None)
    ds.SUVType = "LBMJANMA"
    found = dk.suv_factor([ds], kind="lean_body_mass_janmahasatian")
    assert (found.factor, found.units.code) == (1, "g/ml{SUVlbm(Janma)}")


def test_gml_of_one_kind_become_another() -> None:
    """Lean body mass 62.77757... kg for 75 kg, as calculate-suv publishes it."""
    ds = Dataset()
    ds.Units, ds.PatientWeight, ds.PatientSize, ds.PatientSex = "GML", "75", "1.85", "M"
    found = dk.suv_factor([ds], kind="lean_body_mass_james")
    assert found.factor == pytest.approx(62.77757487216947 / 75, rel=1e-12)
    ds.SUVType = "LBM"
    assert dk.suv_factor([ds]).factor == pytest.approx(75 / 62.77757487216947, rel=1e-12)


def test_suv_of_a_kind_that_is_not_known_are_left_alone() -> None:
    ds = Dataset()
    ds.Units, ds.SUVType = "GML", "IBW"
    with pytest.raises(dk.UnitsError, match=r"\(0054,1006\) SUV Type"):
        dk.suv_factor([ds])


def test_counts_of_philips_have_a_factor_to_suv_or_one_to_activity() -> None:
    ds = philips(pet(Units="CNTS"), suv="0.0005", activity="2.5")
    assert dk.suv_factor([ds]).factor == 0.0005
    ds = philips(pet(Units="CNTS"), activity="2.5")
    assert dk.suv_factor([ds]).factor == 2.5 * 2e-6
    # 0 is how Philips says that it does not know.
    ds = philips(pet(Units="CNTS"), suv="0", activity="2.5")
    assert dk.suv_factor([ds]).factor == 2.5 * 2e-6
    with pytest.raises(dk.UnitsError, match="CNTS"):
        dk.suv_factor([philips(pet(Units="CNTS"), suv="0", activity="0")])


def test_counts_that_were_not_corrected_are_no_suv() -> None:
    with pytest.raises(dk.UnitsError, match="ATTN"):
        dk.suv_factor([philips(pet(Units="CNTS", CorrectedImage=["DECY"]), suv="0.0005")])


def test_a_factor_of_philips_becomes_one_of_another_kind() -> None:
    """Body surface area 19813.758... cm2 for 75 kg, as calculate-suv publishes it."""
    ds = philips(pet(Units="CNTS", PatientWeight="75", PatientSize="1.85"), suv="0.0005")
    found = dk.suv_factor([ds], kind="body_surface_area")
    assert found.factor == pytest.approx(0.0005 * 19813.758427117766 / 75000, rel=1e-12)
    assert found.units.code == "cm2/ml{SUVbsa}"


# ---- The weight and the kind -----------------------------------------------------------------


def test_a_weight_of_the_callers_counts() -> None:
    for stated in ("0.1", "0", None):
        assert dk.suv_factor([pet(PatientWeight=stated)], weight=0.3).factor == 6e-6
    for nonsense in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="in kg, above 0"):
            dk.suv_factor([pet()], weight=nonsense)


def test_a_weight_counts_for_philips_where_it_can() -> None:
    both = philips(pet(Units="CNTS"), suv="0.0005", activity="2.5")
    found = dk.suv_factor([both], weight=0.3)
    assert (found.factor, codes(found)) == (2.5 * 6e-6, [])
    one = philips(pet(Units="CNTS"), suv="0.0005")
    found = dk.suv_factor([one], weight=0.3)
    assert (found.factor, codes(found)) == (0.0005, ["weight_unused"])


def test_a_weight_has_no_say_in_what_is_suv_already() -> None:
    found = dk.suv_factor([pet(Units="GML")], weight=80)
    assert (found.factor, codes(found)) == (1, ["weight_unused"])


@pytest.mark.parametrize(
    ("kind", "sex", "size", "code"),
    [
        ("body_weight", "M", 75000, "g/ml{SUVbw}"),
        ("body_surface_area", None, 19813.758427117766, "cm2/ml{SUVbsa}"),
        ("lean_body_mass_james", "M", 62777.57487216947, "g/ml{SUVlbm}"),
        ("lean_body_mass_james", "F", 55925.67567567568, "g/ml{SUVlbm}"),
        ("lean_body_mass_janmahasatian", "M", 60915.33588651974, "g/ml{SUVlbm(Janma)}"),
        ("lean_body_mass_janmahasatian", "F", 49214.37996837613, "g/ml{SUVlbm(Janma)}"),
        # 1.10 x 75 - 128 x (75 / 185)^2
        (
            "lean_body_mass_james128",
            "M",
            82500 - 128e3 * 5625 / 34225,
            "g/ml{SUVlbm(James128)}",
        ),
    ],
)
def test_uptake_is_normalised_to_what_is_asked_for(
    kind: Any,  # noqa: ANN401 - one of the literals
    sex: str | None,
    size: float,
    code: str,
) -> None:
    ds = pet(PatientWeight="75", PatientSize="1.85", PatientSex=sex)
    found = dk.suv_factor([ds], kind=kind)
    assert found.factor == pytest.approx(size / 0.5e8, rel=1e-12)
    assert (found.kind, found.units.code) == (kind, code)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"PatientSize": None}, "(0010,1020) Patient's Size is missing"),
        ({"PatientSize": "0"}, "(0010,1020) Patient's Size is missing"),
        ({"PatientSize": "185"}, "(0010,1020) Patient's Size is not in metres"),
        ({"PatientSex": "O"}, "(0010,0040) Patient's Sex is neither"),
        ({"PatientSex": None}, "(0010,0040) Patient's Sex is neither"),
        # The formula is a parabola, which comes down to 0.
        ({"PatientWeight": "320"}, "the lean body mass by James' formula"),
    ],
)
def test_lean_body_mass_needs_more_of_the_patient(changes: dict[str, str], named: str) -> None:
    plain = {"PatientWeight": "75", "PatientSize": "1.85", "PatientSex": "M"}
    with pytest.raises(dk.UnitsError) as caught:
        dk.suv_factor([pet(**plain | changes)], kind="lean_body_mass_james")
    assert caught.value.message.startswith(named)


def test_kinds_that_there_are_not() -> None:
    with pytest.raises(ValueError, match="body_surface_area, lean_body_mass_james,"):
        dk.suv_factor([pet()], kind="bw")  # type: ignore[arg-type]


def test_a_dose_that_looks_like_mbq_is_noted() -> None:
    found = dk.suv_factor([pet(RadionuclideTotalDose="370", PatientWeight="75")])
    assert found.factor == pytest.approx(75000 / 185)
    assert codes(found) == ["dose_small"]


# ---- Headers that nobody can mean ------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"PatientWeight": "1E308"}, "body_weight"),
        ({"PatientWeight": "1E200"}, "lean_body_mass_james"),
        ({"PatientSize": "1E-200"}, "lean_body_mass_janmahasatian"),
        ({"RadionuclideTotalDose": "1E-308"}, "body_weight"),
        ({"RadionuclideTotalDose": "4.9E-324"}, "body_weight"),
        ({"RadionuclideHalfLife": "4.9E-324"}, "body_weight"),
        ({"SeriesDate": "00010101", "SeriesTime": "09", "AcquisitionTime": None}, "body_weight"),
        ({"RadiopharmaceuticalStartDateTime": "00010101000000+1400"}, "body_weight"),
        ({"RadiopharmaceuticalStartDateTime": "99991231235959-1400"}, "body_weight"),
    ],
)
def test_numbers_and_dates_out_of_this_world_are_refused(
    changes: dict[str, Any],
    kind: Any,  # noqa: ANN401 - one of the literals
) -> None:
    plain = {"PatientWeight": "75", "PatientSex": "M", "TimezoneOffsetFromUTC": "+0000"}
    if kind != "body_weight":
        plain["PatientSize"] = "1.85"
    with pytest.raises((dk.UnitsError, dk.InconsistentError)):
        dk.suv_factor([pet(**plain | changes)], kind=kind)


def test_a_time_that_would_be_a_day_ago_is_not_believed() -> None:
    """Injected while the scan ran, as in dynamic ones: a day is 24 half-lives of an hour."""
    with pytest.raises(dk.InconsistentError, match="half-lives before"):
        dk.suv_factor([pet(RadiopharmaceuticalStartTime="110030")])


def test_factors_of_philips_below_0_are_none() -> None:
    ds = philips(pet(Units="CNTS"), suv="-1", activity="2.5")
    assert dk.suv_factor([ds]).factor == 2.5 * 2e-6
