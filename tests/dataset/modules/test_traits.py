"""What tells slices apart, wherever a file says it."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from tests.volumes import classic, enhanced

from dicomkit.dataset.modules.slices import slice_facts
from dicomkit.limits import DEFAULT_LIMITS


def item(**elements: Any) -> Dataset:  # noqa: ANN401
    ds = Dataset()
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


def traits(ds: Dataset, frame: int = 0) -> dict[str, str]:
    found = slice_facts(ds, DEFAULT_LIMITS)[frame].traits
    return {trait.word: trait.label for trait in found if trait.value}


def test_a_classic_image_says_it_itself() -> None:
    ds = classic(
        1,
        (0, 0, 0),
        modality="MR",
        EchoTime=30,
        EchoNumbers=2,
        TriggerTime=120,
        TemporalPositionIdentifier=4,
        InversionTime=900,
        FlipAngle=15,
        AcquisitionNumber=7,
        AcquisitionTime="101112.25",
        DiffusionGradientOrientation=[0.0, 0.6, 0.8],
    )
    assert traits(ds) == {
        "echo time": "30",
        "echo": "2",
        "gradient": "0 0.6 0.8",
        "image type": "ORIGINAL\\PRIMARY\\AXIAL",
        "temporal position": "4",
        "trigger time": "120",
        "inversion time": "900",
        "flip angle": "15",
        "acquisition": "7",
        "acquisition time": "101112.25",
    }


def test_functional_groups_say_it_of_each_frame() -> None:
    ds = enhanced([classic(n, (0, 0, n), modality="MR") for n in range(2)])
    direction = item(DiffusionGradientOrientation=[1.0, 0.0, 0.0])
    for frame, group in enumerate(ds.PerFrameFunctionalGroupsSequence):
        diffusion = item(DiffusionBValue=500.0 * frame)
        diffusion.DiffusionGradientDirectionSequence = Sequence([direction])
        group.MRDiffusionSequence = Sequence([diffusion])
        content = item(TemporalPositionIndex=frame + 1, FrameAcquisitionNumber=3, StackID="A")
        group.FrameContentSequence = Sequence([content])
        cardiac = item(NominalPercentageOfCardiacPhase=12.5 * frame)
        group.CardiacSynchronizationSequence = Sequence([cardiac])
        types = item(FrameType=["ORIGINAL", "PRIMARY", "M"], ComplexImageComponent="MAGNITUDE")
        group.MRImageFrameTypeSequence = Sequence([types])
    assert traits(ds, 1) == {
        "b-value": "500",
        "gradient": "1 0 0",
        "image type": "ORIGINAL\\PRIMARY\\M",
        "component": "MAGNITUDE",
        "temporal position": "2",
        "cardiac phase": "12.5",
        "acquisition": "3",
        "stack": "A",
        "file": ds.SOPInstanceUID,
    }


@pytest.mark.parametrize("shared", [False, True])
def test_legacy_converted_images_keep_it_where_it_had_no_place(*, shared: bool) -> None:
    ds = enhanced([classic(n, (0, 0, n), modality="MR") for n in range(2)])
    kept = item(EchoTime=8, AcquisitionNumber=2)
    if shared:
        group = ds.SharedFunctionalGroupsSequence[0]
        group.UnassignedSharedConvertedAttributesSequence = Sequence([kept])
    else:
        group = ds.PerFrameFunctionalGroupsSequence[1]
        group.UnassignedPerFrameConvertedAttributesSequence = Sequence([kept])
    found = traits(ds, 1)
    assert (found["echo time"], found["acquisition"]) == ("8", "2")


def test_a_dimension_that_leads_nowhere_is_harmless() -> None:
    ds = enhanced([classic(n, (0, 0, n), modality="MR") for n in range(2)])
    ds.DimensionIndexSequence = Sequence(
        [item(), item(DimensionIndexPointer=0x00189087), item(DimensionIndexPointer=0x20011234)]
    )
    assert "b-value" not in traits(ds)
    group = ds.PerFrameFunctionalGroupsSequence[0]
    group.FrameContentSequence = Sequence([item(DimensionIndexValues=[1, 2])])
    assert traits(ds)["b-value"] == "2"


def test_texts_that_could_be_anything_are_not_spoken() -> None:
    def speakable(**elements: Any) -> bool:  # noqa: ANN401
        (facts,) = slice_facts(classic(1, (0, 0, 0), **elements), DEFAULT_LIMITS)
        return next(one.speakable for one in facts.traits if one.word == "image type")

    assert speakable()
    assert not speakable(ImageType=["ORIGINAL", "PRIMARY", "DOE JANE"])


def test_vectors_of_nuclear_medicine_are_dimensions() -> None:
    ds = classic(1, (0, 0, 0), NumberOfFrames=2, TimeSlotVector=[1, 2], EnergyWindowVector=[1, 1])
    assert [traits(ds, frame)["time slot"] for frame in (0, 1)] == ["1", "2"]
    assert traits(ds)["energy window"] == "1"
