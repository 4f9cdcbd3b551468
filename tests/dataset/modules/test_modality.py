"""The Modality step; the clauses are PS3.3 C.11.1, C.7.6.16.2.9 and C.8.7.1.1.2."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from dicomkit.dataset.modules.image_pixel import describe_image
from dicomkit.dataset.modules.modality import ModalityStep, modality_step
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.rescale import Rescale

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    Make = Callable[..., Dataset]

MR, PET, CT = (f"1.2.840.10008.5.1.4.1.1.{end}" for end in ("4", "128", "2"))


def step(ds: Dataset, frame: int = 0) -> ModalityStep:
    return modality_step(ds, frame, describe_image(ds))


def codes(ds: Dataset) -> list[str]:
    return [note.code for note in step(ds).notes]


@pytest.fixture
def table(dataset: Make) -> Dataset:
    """Give an item of a Modality LUT Sequence: from -1 on to 5, 6, 7."""
    return dataset(
        LUTDescriptor=struct.pack("<HhH", 3, -1, 16),
        LUTData=struct.pack("<3H", 5, 6, 7),
        ModalityLUTType="US",
    )


# ---- Rescale -------------------------------------------------------------------------------


def test_c_11_1_slope_and_intercept(image: Make) -> None:
    found = step(image(RescaleSlope=2, RescaleIntercept=-1024, RescaleType="HU"))
    assert found.transform == Rescale(2, -1024, "HU")
    assert (found.source, found.units, found.for_display) == ("the file", "HU", True)
    assert found.notes == ()


def test_nothing_is_asked_for(image: Make) -> None:
    found = step(image())
    assert found.transform is None
    assert found.units is None
    assert found.for_display
    assert found.notes == ()


@pytest.mark.parametrize("slope", [None, 0, b"0.0", b""])
def test_a_slope_that_is_missing_or_0_is_1_and_noted(image: Make, slope: object) -> None:
    ds = image(RescaleSlope=slope, RescaleIntercept=-1024)
    assert step(ds).transform == Rescale(1, -1024)
    assert codes(ds) == ["slope_assumed"]


@pytest.mark.parametrize("broken", [b"1_0", b"NaN", b"inf", b"1,5"])
def test_a_broken_slope_is_noted_as_such_too(image: Make, broken: bytes) -> None:
    ds = image(RescaleSlope=broken, RescaleIntercept=-1024)
    assert step(ds).transform == Rescale(1, -1024)
    assert codes(ds) == ["attribute_ignored", "slope_assumed"]


@pytest.mark.parametrize(
    ("intercept", "expected"),
    [
        (None, ["intercept_assumed"]),
        (b"", ["intercept_assumed"]),
        (b"NaN", ["attribute_ignored", "intercept_assumed"]),
    ],
)
def test_an_intercept_that_is_missing_or_broken_is_0_and_noted(
    image: Make, intercept: object, expected: list[str]
) -> None:
    ds = image(RescaleSlope=2, RescaleIntercept=intercept)
    assert step(ds).transform == Rescale(2, 0)
    assert codes(ds) == expected


def test_both_broken_are_no_rescale(image: Make) -> None:
    ds = image(RescaleSlope=b"NaN", RescaleIntercept=b"x")
    assert step(ds).transform is None
    assert codes(ds) == ["attribute_ignored"] * 2


def test_a_slope_may_be_negative(image: Make) -> None:
    assert step(image(RescaleSlope=-1, RescaleIntercept=4095)).transform == Rescale(-1, 4095)


# ---- Units ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("modality", "stated", "units"),
    [
        ("CT", None, "HU"),
        ("CT", b"", "HU"),
        ("CT", "HU", "HU"),
        ("CT", "US", "US"),
        ("MR", None, None),
        ("MR", "US", "US"),
        ("PT", None, None),
        ("NM", "HU", "HU"),
        # What is no known term is unspecified, and not quoted.
        ("CT", "Tweety", "US"),
        (None, None, None),
        (None, "HU", "HU"),
    ],
)
def test_c_8_2_1_1_ct_is_in_hounsfield_units_unless_it_says_otherwise(
    image: Make, modality: str | None, stated: object, units: str | None
) -> None:
    ds = image(Modality=modality, RescaleType=stated, RescaleSlope=1, RescaleIntercept=0)
    assert step(ds).units == units
    assert step(ds).transform == Rescale(1, 0, units)


def test_a_ct_without_a_rescale_has_no_units(image: Make) -> None:
    assert step(image(Modality="CT")).units is None
    assert step(image(Modality="CT", RescaleType="HU")).units is None


# ---- Modality LUT --------------------------------------------------------------------------


def test_c_11_1_1_1_a_modality_lut_with_the_pixels_sign(image: Make, table: Dataset) -> None:
    ds = image(ModalityLUTSequence=[table], PixelRepresentation=1)
    assert step(ds).transform == LookupTable(-1, [5, 6, 7], 16)
    assert step(ds).units == "US"
    ds = image(ModalityLUTSequence=[table], PixelRepresentation=0)
    assert step(ds).transform == LookupTable(65535, [5, 6, 7], 16)


def test_c_11_1_a_lut_and_a_rescale_exclude_each_other(image: Make, table: Dataset) -> None:
    ds = image(
        ModalityLUTSequence=[table],
        RescaleSlope=2,
        RescaleIntercept=1,
        RescaleType="HU",
        PixelRepresentation=1,
    )
    assert step(ds).transform == LookupTable(-1, [5, 6, 7], 16)
    assert step(ds).units == "US"
    assert codes(ds) == ["rescale_ignored"]


def test_a_broken_lut_leaves_the_rescale(image: Make, dataset: Make) -> None:
    ds = image(ModalityLUTSequence=[dataset()], RescaleSlope=2, RescaleIntercept=1)
    assert step(ds).transform == Rescale(2, 1)
    assert codes(ds) == ["table_ignored"]
    assert step(image(ModalityLUTSequence=[dataset()])).transform is None
    assert step(image(ModalityLUTSequence=[])).transform is None


def test_a_ct_with_a_lut_says_its_units_itself(image: Make, table: Dataset) -> None:
    ds = image(Modality="CT", ModalityLUTSequence=[table])
    assert step(ds).units == "US"
    table.ModalityLUTType = "HU"
    assert step(ds).units == "HU"
    del table.ModalityLUTType
    assert step(ds).units is None


@pytest.mark.parametrize(
    ("modality", "relationship", "for_display"),
    [
        ("XA", "LOG", False),
        ("XA", "DISP", False),
        ("RF", "LOG", False),
        ("XA", "LIN", True),
        ("XA", None, True),
        (None, "LOG", False),
        ("DX", "LOG", True),
        ("MG", "LOG", True),
        ("IO", "DISP", True),
        ("PX", "LOG", True),
    ],
)
def test_c_8_7_1_1_2_a_lut_back_to_beam_intensity_is_not_for_display(
    image: Make,
    table: Dataset,
    modality: str | None,
    relationship: str | None,
    *,
    for_display: bool,
) -> None:
    """And C.8.11.3.1.2: in projection for presentation the relationship drives nothing."""
    ds = image(
        Modality=modality, PixelIntensityRelationship=relationship, ModalityLUTSequence=[table]
    )
    assert step(ds).for_display is for_display


def test_elsewhere_c_8_7_1_1_2_speaks_of_luts_and_not_of_rescales(image: Make) -> None:
    ds = image(Modality="XA", PixelIntensityRelationship="LOG", RescaleSlope=2, RescaleIntercept=0)
    assert step(ds).for_display


@pytest.mark.parametrize("sop_class", ["12.1", "12.2", "12.3"])
@pytest.mark.parametrize("relationship", ["LOG", "DISP", "LIN", None])
def test_c_8_7_1_1_2_x_ray_iods_have_a_modality_step_for_that_purpose_only(
    image: Make, table: Dataset, sop_class: str, relationship: str | None
) -> None:
    """C.11.1 as a whole: the LUT and what may stand in its place (so does DCMTK)."""

    def found(**elements: object) -> bool:
        ds = image(
            SOPClassUID=f"1.2.840.10008.5.1.4.1.1.{sop_class}",
            PixelIntensityRelationship=relationship,
            **elements,
        )
        return step(ds).for_display

    assert not found(RescaleSlope=2, RescaleIntercept=0)
    assert not found(RescaleSlope=1, RescaleIntercept=-1024)
    assert not found(ModalityLUTSequence=[table])
    # What changes nothing need not be left out.
    assert found(RescaleSlope=1, RescaleIntercept=0)
    assert found()


# ---- Where it does not apply ---------------------------------------------------------------


@pytest.mark.parametrize(
    "elements",
    [
        {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB"},
        {"PhotometricInterpretation": "PALETTE COLOR"},
    ],
)
def test_colour_has_no_modality_step(
    image: Make, table: Dataset, elements: dict[str, object]
) -> None:
    ds = image(RescaleSlope=2, RescaleIntercept=1, ModalityLUTSequence=[table], **elements)
    assert step(ds) == ModalityStep(None, "the file", None, for_display=True, notes=())


# ---- Functional groups ---------------------------------------------------------------------


def test_c_7_6_16_2_9_per_frame_then_shared_then_root(
    dataset: Make, image: Make, table: Dataset
) -> None:
    def group(slope: float, units: str) -> Dataset:
        own = dataset(RescaleSlope=slope, RescaleIntercept=0, RescaleType=units)
        return dataset(PixelValueTransformationSequence=[own])

    ds = image(
        NumberOfFrames=2,
        RescaleSlope=9,
        RescaleIntercept=9,
        SharedFunctionalGroupsSequence=[group(5, "HU")],
        PerFrameFunctionalGroupsSequence=[group(2, "US"), dataset()],
    )
    assert step(ds, 0).transform == Rescale(2, 0, "US")
    assert step(ds, 0).source == "frame 0's functional group"
    assert step(ds, 1).transform == Rescale(5, 0, "HU")
    assert step(ds, 1).source == "the shared functional group"
    # A table at the root has no say where the groups speak.
    ds.ModalityLUTSequence = [table]
    assert step(ds, 1).transform == Rescale(5, 0, "HU")
    del ds.SharedFunctionalGroupsSequence
    assert step(ds, 1).transform == LookupTable(65535, [5, 6, 7], 16)
