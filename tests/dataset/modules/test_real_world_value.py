"""Real World Value Mapping items; the clause is PS3.3 C.7.6.16.2.11."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID

from dicomkit.dataset.modules.image_pixel import describe_image
from dicomkit.dataset.modules.real_world_value import (
    QuantityOption,
    is_mapping_object,
    real_world_options,
    referring_options,
)
from dicomkit.dataset.modules.units import Concept, Unit
from dicomkit.transforms.real_world import LinearMapping, TableMapping

if TYPE_CHECKING:
    from collections.abc import Callable

    from dicomkit.notes import Note

    Make = Callable[..., Dataset]
    Read = Callable[..., tuple[list[QuantityOption], list[Note]]]


@pytest.fixture
def mapping(dataset: Make) -> Make:
    """Make a mapping's item; None leaves an element out."""

    def make(**changes: Any) -> Dataset:  # noqa: ANN401 - elements of many types
        unit = dataset(CodeValue="mm2/s", CodingSchemeDesignator="UCUM", CodeMeaning="mm2/s")
        elements: dict[str, Any] = {
            "RealWorldValueFirstValueMapped": 0,
            "RealWorldValueLastValueMapped": 4095,
            "RealWorldValueSlope": 0.5,
            "RealWorldValueIntercept": -10.0,
            "MeasurementUnitsCodeSequence": [unit],
        }
        elements |= changes
        return dataset(**{name: value for name, value in elements.items() if value is not None})

    return make


@pytest.fixture
def read(image: Make) -> Read:
    """Read the mappings of one frame."""

    def options(*mappings: Dataset, **changes: Any) -> tuple[list[QuantityOption], list[Note]]:  # noqa: ANN401 - fields of many types
        ds = Dataset()
        notes: list[Note] = []
        ds.RealWorldValueMappingSequence = list(mappings)
        return real_world_options(ds, 0, describe_image(image(**changes)), notes), notes

    return options


def codes(notes: Any) -> list[str]:  # noqa: ANN401 - of an option or a list
    return [note.code for note in notes]


def test_a_line_with_all_that_is_said_of_it(mapping: Make, dataset: Make, read: Read) -> None:
    quantity = dataset(
        ConceptNameCodeSequence=[
            dataset(CodeValue="246205007", CodingSchemeDesignator="SCT", CodeMeaning="Quantity")
        ],
        ConceptCodeSequence=[
            dataset(CodeValue="113041", CodingSchemeDesignator="DCM", CodeMeaning="ADC")
        ],
    )
    model = dataset(
        ConceptNameCodeSequence=[
            dataset(CodeValue="113241", CodingSchemeDesignator="DCM", CodeMeaning="Model")
        ],
        ConceptCodeSequence=[
            dataset(
                CodeValue="113250", CodingSchemeDesignator="DCM", CodeMeaning="Mono-exponential"
            )
        ],
    )
    ((option,), notes) = read(
        mapping(
            LUTLabel="ADC",
            LUTExplanation="diffusion",
            QuantityDefinitionSequence=[model, quantity],
        )
    )
    assert option == QuantityOption(
        units=Unit("mm2/s", "mm2/s", "mm2/s"),
        transform=LinearMapping(0.5, -10.0, 0, 4095),
        source="the file, Real World Value Mapping",
        quantity=Concept("113041", "DCM", "ADC"),
        label="ADC",
        explanation="diffusion",
    )
    assert notes == []
    assert str(option) == (
        "mm2/s (mm2/s): x * 0.5 - 10 for 0..4095  [the file, Real World Value Mapping]"
    )


def test_items_are_alternatives_in_order(mapping: Make, read: Read) -> None:
    options, _ = read(mapping(LUTLabel="a"), mapping(LUTLabel="b"))
    assert [(one.label, one.source) for one in options] == [
        ("a", "the file, Real World Value Mapping 0"),
        ("b", "the file, Real World Value Mapping 1"),
    ]


def test_a_table(mapping: Make, read: Read) -> None:
    ((option,), notes) = read(
        mapping(
            RealWorldValueSlope=None,
            RealWorldValueIntercept=None,
            RealWorldValueFirstValueMapped=2,
            RealWorldValueLastValueMapped=4,
            RealWorldValueLUTData=[0.5, 1.5, 9.0],
        )
    )
    assert option.transform == TableMapping(2, [0.5, 1.5, 9.0])
    assert notes == []
    assert option.notes == ()


def test_a_table_counts_where_a_slope_stands_beside_it(mapping: Make, read: Read) -> None:
    ((option,), _) = read(mapping(RealWorldValueLUTData=[1.0], RealWorldValueLastValueMapped=0))
    assert option.transform == TableMapping(0, [1.0])
    assert codes(option.notes) == ["rescale_ignored"]


def test_a_table_is_as_long_as_its_range_at_most(mapping: Make, read: Read) -> None:
    table = {"RealWorldValueSlope": None, "RealWorldValueLUTData": [1.0, 2.0, 3.0]}
    ((longer,), _) = read(mapping(**table, RealWorldValueLastValueMapped=1))
    assert longer.transform == TableMapping(0, [1, 2])
    assert longer.notes == ()
    ((shorter,), _) = read(mapping(**table, RealWorldValueLastValueMapped=9))
    assert shorter.transform == TableMapping(0, [1, 2, 3])
    assert codes(shorter.notes) == ["mapping_table_short"]
    ((open_ended,), _) = read(mapping(**table, RealWorldValueLastValueMapped=None))
    assert open_ended.transform == TableMapping(0, [1, 2, 3])


@pytest.mark.parametrize(
    "changes",
    [
        {"RealWorldValueSlope": 0.0},
        {"RealWorldValueSlope": math.nan},
        {"RealWorldValueSlope": None},
        {"RealWorldValueIntercept": None},
        {"RealWorldValueFirstValueMapped": 9, "RealWorldValueLastValueMapped": 8},
        {"RealWorldValueLUTData": [1.0], "RealWorldValueFirstValueMapped": None},
    ],
)
def test_what_cannot_be_used_is_left_out_with_a_note(
    mapping: Make, read: Read, changes: dict[str, object]
) -> None:
    options, notes = read(mapping(**changes), mapping(LUTLabel="good"))
    assert [one.label for one in options] == ["good"]
    assert codes(notes)[-1] == "mapping_ignored"


def test_without_a_range_all_stored_values_are_mapped(mapping: Make, read: Read) -> None:
    ((option,), _) = read(mapping(RealWorldValueLastValueMapped=None))
    assert option.transform == LinearMapping(0.5, -10.0, 0, None)
    assert codes(option.notes) == ["mapping_range_assumed"]


@pytest.mark.parametrize(
    ("signed", "stated", "expected"),
    [
        (False, (0, 65535), (0, 65535)),
        (False, (0, -1), (0, 65535)),
        (True, (-32768, 32767), (-32768, 32767)),
        # The words of -100 and 100, written as those of unsigned pixels.
        (True, (65436, 100), (-100, 100)),
        # 65535 is -1 for signed pixels, which lies before 0: it was meant as it stands.
        (True, (0, 65535), (0, 65535)),
    ],
)
def test_the_range_is_read_as_the_pixels_are(
    mapping: Make, read: Read, *, signed: bool, stated: tuple[int, int], expected: tuple[int, int]
) -> None:
    first, last = stated
    one = mapping(RealWorldValueFirstValueMapped=first, RealWorldValueLastValueMapped=last)
    for keyword in ("RealWorldValueFirstValueMapped", "RealWorldValueLastValueMapped"):
        one[keyword].VR = "US" if one[keyword].value >= 0 else "SS"
    ((option,), _) = read(one, PixelRepresentation=int(signed))
    assert isinstance(option.transform, LinearMapping)
    assert (option.transform.first, option.transform.last) == expected


@pytest.mark.parametrize("keyword", ["FloatPixelData", "DoubleFloatPixelData"])
def test_float_pixels_have_a_range_of_doubles(mapping: Make, read: Read, keyword: str) -> None:
    floats = {"PixelData": None, keyword: bytes(48), "PixelRepresentation": None}
    one = mapping(
        DoubleFloatRealWorldValueFirstValueMapped=-0.5,
        DoubleFloatRealWorldValueLastValueMapped=1.25,
    )
    ((option,), _) = read(one, **floats)
    assert option.transform == LinearMapping(0.5, -10.0, -0.5, 1.25)
    whole = mapping(RealWorldValueFirstValueMapped=-3, RealWorldValueLastValueMapped=7)
    ((option,), _) = read(whole, **floats)
    assert option.transform == LinearMapping(0.5, -10.0, -3, 7)


def test_pixels_of_32_bits_need_a_range_of_doubles(mapping: Make, read: Read) -> None:
    one = mapping(
        RealWorldValueFirstValueMapped=None,
        RealWorldValueLastValueMapped=None,
        DoubleFloatRealWorldValueFirstValueMapped=0.0,
        DoubleFloatRealWorldValueLastValueMapped=4294967295.0,
    )
    ((option,), _) = read(one, BitsAllocated=32, BitsStored=32, HighBit=31)
    assert option.transform == LinearMapping(0.5, -10.0, 0, 4294967295)


def test_a_unit_of_another_scheme_is_no_code_of_ucum(
    mapping: Make, dataset: Make, read: Read
) -> None:
    unit = dataset(CodeValue="X1", CodingSchemeDesignator="99MAKER", CodeMeaning="a maker's own")
    ((option,), _) = read(mapping(MeasurementUnitsCodeSequence=[unit]))
    assert option.units == Unit(None, "a maker's own", "X1")
    ((option,), _) = read(mapping(MeasurementUnitsCodeSequence=None))
    assert option.units == Unit(None, "not stated", None)


def test_an_object_of_its_own_speaks_of_what_it_refers_to(
    mapping: Make, dataset: Make, image: Make
) -> None:
    """Each group refers to images, and to frames of them counted from 1 (C.25.2, 10.3)."""
    references = [
        dataset(ReferencedSOPInstanceUID="1.2.3"),
        dataset(ReferencedSOPInstanceUID="1.2.4", ReferencedFrameNumber=[2, 3]),
    ]
    stand_alone = dataset(
        ReferencedImageRealWorldValueMappingSequence=[
            dataset(
                RealWorldValueMappingSequence=[mapping(LUTLabel="a")],
                ReferencedImageSequence=references,
            ),
            dataset(
                RealWorldValueMappingSequence=[mapping(LUTLabel="b")],
                ReferencedImageSequence=references[:1],
            ),
        ]
    )
    assert is_mapping_object(stand_alone)
    described = describe_image(image())

    def labels(uid: str, frame: int) -> list[str | None]:
        ds = dataset(SOPInstanceUID=uid)
        return [one.label for one in referring_options(stand_alone, ds, frame, described, [])]

    assert labels("1.2.3", 0) == labels("1.2.3", 7) == ["a", "b"]
    assert [labels("1.2.4", frame) for frame in range(4)] == [[], ["a"], ["a"], []]
    assert labels("1.2.5", 0) == []

    ds = Dataset()
    assert referring_options(stand_alone, ds, 0, described, []) == []
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPInstanceUID = UID("1.2.3")
    found = referring_options(stand_alone, ds, 0, described, [])
    assert [one.source for one in found] == [
        "a Real World Value Mapping object, Real World Value Mapping 0",
        "a Real World Value Mapping object, Real World Value Mapping 1",
    ]


def test_an_image_is_no_mapping_object(mapping: Make, dataset: Make) -> None:
    assert not is_mapping_object(dataset(RealWorldValueMappingSequence=[mapping()]))
