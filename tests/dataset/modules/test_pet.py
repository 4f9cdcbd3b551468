"""What a PET image says; the clauses are PS3.3 C.8.9.1 and C.8.9.2."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

import pytest
from pydicom.dataset import Dataset

from dicomkit.dataset.modules.pet import PetHeader, has_private_factor, pet_unit, read_pet_header
from dicomkit.dataset.modules.units import Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from dicomkit.notes import Note

    Make = Callable[..., Dataset]


def header(ds: Dataset) -> PetHeader:
    return read_pet_header(ds, [])


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%d%H%M%S")  # noqa: DTZ007 - the files' clock


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"Units": "BQML"}, Unit("Bq/ml", "Becquerels/milliliter", "BQML")),
        ({"Units": "CNTS"}, Unit("{counts}", "Counts", "CNTS")),
        ({"Units": "XYZ"}, Unit(None, "no term of the standard", "XYZ")),
        # "If absent, and the Units are GML, then the type of SUV shall be assumed to be BW."
        (
            {"Units": "GML"},
            Unit("g/ml{SUVbw}", "Standardized Uptake Value body weight", "GML"),
        ),
        (
            {"Units": "GML", "SUVType": "LBM"},
            Unit("g/ml{SUVlbm}", "Standardized Uptake Value lean body mass (James)", "GML"),
        ),
        (
            {"Units": "CM2ML", "SUVType": "BSA"},
            Unit("cm2/ml{SUVbsa}", "Standardized Uptake Value body surface area", "CM2ML"),
        ),
        ({"Units": "BQML", "SUVType": "BW"}, Unit("Bq/ml", "Becquerels/milliliter", "BQML")),
        ({}, None),
    ],
)
def test_units(dataset: Make, elements: dict[str, Any], expected: Unit | None) -> None:
    assert pet_unit(dataset(**elements)) == expected


def test_a_legacy_converted_image_has_them_among_what_was_converted(dataset: Make) -> None:
    converted = dataset(Units="BQML", DecayCorrection="START", CorrectedImage=["ATTN", "DECY"])
    group = dataset(UnassignedSharedConvertedAttributesSequence=[converted])
    frames = [
        dataset(FrameContentSequence=[dataset(FrameAcquisitionDateTime=f"202012171000{second}")])
        for second in ("07", "05", "09")
    ]
    ds = dataset(SharedFunctionalGroupsSequence=[group], PerFrameFunctionalGroupsSequence=frames)
    assert pet_unit(ds) == Unit("Bq/ml", "Becquerels/milliliter", "BQML")
    found = header(ds)
    assert (found.units, found.decay_correction) == ("BQML", "START")
    assert found.corrected == {"ATTN", "DECY"}
    assert found.acquired_at == at("20201217100005")


def test_all_that_matters_is_read(dataset: Make) -> None:
    tracer = dataset(
        RadionuclideTotalDose=b"374000000 ",
        RadionuclideHalfLife="6586.2",
        RadiopharmaceuticalStartTime="083045",
        RadiopharmaceuticalStartDateTime="20201217083045.5",
    )
    ds = dataset(
        SeriesInstanceUID="1.2.3",
        Units="BQML",
        DecayCorrection="START",
        CorrectedImage=b"NORM\\DTIM\\ATTN\\DECY ",
        PatientWeight=b"67",
        PatientSize="1.75",
        PatientSex="M",
        SeriesDate="20201217",
        SeriesTime="104829",
        AcquisitionDate="20201217",
        AcquisitionTime="104830",
        SeriesType=["WHOLE BODY", "IMAGE"],
        NumberOfSlices=335,
        RadiopharmaceuticalInformationSequence=[tracer],
    )
    assert header(ds) == PetHeader(
        series_uid="1.2.3",
        units="BQML",
        suv_type=None,
        decay_correction="START",
        corrected=frozenset(("NORM", "DTIM", "ATTN", "DECY")),
        weight=67,
        height=1.75,
        sex="M",
        tracers=1,
        dose=374e6,
        half_life=6586.2,
        injected_at=datetime(2020, 12, 17, 8, 30, 45, 500000),  # noqa: DTZ001 - the files' clock
        injection_time=time(8, 30, 45),
        series_start=at("20201217104829"),
        acquired_at=at("20201217104830"),
        scanned_at=None,
        private_suv=None,
        private_activity=None,
        slices=335,
    )


def test_an_empty_dataset_says_nothing() -> None:
    found = header(Dataset())
    assert found.tracers == 0
    assert found.corrected == frozenset()
    said = [name for name in PetHeader.__dataclass_fields__ if getattr(found, name) is not None]
    assert said == ["corrected", "tracers"]


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"AcquisitionDate": "20201218", "AcquisitionTime": "0102"}, "20201218010200"),
        ({"AcquisitionTime": "010203", "SeriesDate": "20201217"}, "20201217010203"),
        ({"AcquisitionDateTime": "20201216010203"}, "20201216010203"),
        ({"AcquisitionDateTime": "20201216"}, None),
        ({"AcquisitionTime": "010203"}, None),
    ],
)
def test_when_it_was_acquired(
    dataset: Make, elements: dict[str, Any], expected: str | None
) -> None:
    found = header(dataset(**elements)).acquired_at
    assert found == (None if expected is None else at(expected))


@pytest.mark.parametrize(
    ("said", "zone", "expected"),
    [
        ("20201217083045", None, "20201217083045"),
        # A clock of its own, which the file's times are on as well, as far as one knows.
        ("20201217083045+0100", None, "20201217083045"),
        ("20201217083045+0100", "+0100", "20201217083045"),
        ("20201217083045+0000", "+0100", "20201217093045"),
        ("20201217003045-0500", "-0800", "20201216213045"),
        ("2020121708", None, "20201217080000"),
        # Midnight is not what these say.
        ("20201217", None, None),
        ("20201217-0500", None, None),
        ("noon", None, None),
    ],
)
def test_when_the_tracer_was_given(
    dataset: Make, said: str, zone: str | None, expected: str | None
) -> None:
    tracer = dataset(RadiopharmaceuticalStartDateTime=said.encode())
    ds = dataset(RadiopharmaceuticalInformationSequence=[tracer])
    if zone is not None:
        ds.TimezoneOffsetFromUTC = zone
    notes: list[Note] = []
    found = read_pet_header(ds, notes)
    assert found.injected_at == (None if expected is None else at(expected))
    assert [note.code for note in notes] == ([] if expected else ["attribute_ignored"])


def test_what_makers_keep_to_themselves(dataset: Make) -> None:
    ds = dataset(Units="CNTS")
    assert not has_private_factor(ds)
    block = ds.private_block(0x7053, "Philips PET Private Group", create=True)
    block.add_new(0x00, "DS", "0.000551")
    block.add_new(0x09, "DS", "1.602563")
    ds.private_block(0x0009, "GEMS_PETD_01", create=True).add_new(0x0D, "DT", "20201217094500.00")
    assert has_private_factor(ds)
    found = header(ds)
    assert (found.private_suv, found.private_activity) == (0.000551, 1.602563)
    assert found.scanned_at == at("20201217094500")


def test_a_series_of_many_passes_has_more_images_than_slices(dataset: Make) -> None:
    ds = dataset(SeriesType=["DYNAMIC", "IMAGE"], NumberOfSlices=47)
    assert header(ds).slices is None


def test_a_broken_time_is_noted(dataset: Make) -> None:
    notes: list[Note] = []
    found = read_pet_header(dataset(SeriesDate="20201217", SeriesTime=b"teatime "), notes)
    assert found.series_start is None
    assert [str(note) for note in notes] == ["attribute_ignored: SeriesTime holds no time"]
