"""Real-world values: which mapping counts, and for what (PS3.3 C.7.6.16.2.11)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from tests.image.mappings import codes, mapping, measured, units

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.display.conftest import MakeImage

    Item = Callable[..., Dataset]

NAN = math.nan


# ---- Which of them (C.7.6.16.2.11) --------------------------------------------------


def test_mappings_come_before_the_modality_step(grey: MakeImage) -> None:
    ds = grey([10, 20], RescaleSlope=1, RescaleIntercept=-1024, RescaleType="HU", Modality="CT")
    assert units(ds) == ["[hnsf'U]"]
    ds.RealWorldValueMappingSequence = [mapping(0.5, "mg/ml")]
    assert units(ds) == ["mg/ml", "[hnsf'U]"]
    found = dk.to_quantity(ds)
    assert found.values.tolist() == [[5, 10]]
    assert found.source == "the file, Real World Value Mapping"
    assert found.units == dk.Unit("mg/ml", "words", "mg/ml")
    assert codes(found) == []


def test_the_scale_of_the_class_comes_before_the_modality_step(grey: MakeImage) -> None:
    ds = grey([10, 20], DoseGridScaling="0.5", DoseUnits="GY", RescaleSlope=3, RescaleIntercept=1)
    ds.RealWorldValueMappingSequence = [mapping(2.0, "mGy")]
    assert units(ds) == ["mGy", "Gy", None]
    assert [dk.to_quantity(ds, units=index).values.tolist() for index in range(3)] == [
        [[20, 40]],
        [[5, 10]],
        [[31, 61]],
    ]


def test_stored_values_are_what_is_left(grey: MakeImage) -> None:
    ds = grey([10, 20], Modality="OT")
    (option,) = dk.quantities(ds)
    assert (option.units.code, option.units.meaning) == (None, "not stated")
    assert option.transform is None
    assert str(option) == "not stated: x  [stored values]"
    assert dk.to_quantity(ds).values.tolist() == [[10, 20]]


def test_a_mapping_never_changes_a_picture(grey: MakeImage) -> None:
    ds = grey([0, 50, 100, 200], WindowCenter=100, WindowWidth=200)
    picture, values = dk.render(ds), dk.to_values(ds)
    ds.RealWorldValueMappingSequence = [mapping(-7.0, "mm2/s")]
    assert np.array_equal(dk.render(ds), picture)
    assert np.array_equal(dk.to_values(ds), values)
    (note,) = dk.display_pipeline(ds).notes
    assert note.code == "units_elsewhere"


# ---- Real-world values -----------------------------------------------------


def test_mappings_are_of_stored_values_not_of_rescaled_ones(grey: MakeImage) -> None:
    """RWV = m x SV + b: 0.5 x 10 + 0, and not 0.5 x (3 x 10 - 7)."""
    ds = grey([10], RescaleSlope=3, RescaleIntercept=-7)
    ds.RealWorldValueMappingSequence = [mapping(0.5, "mm2/s")]
    assert dk.to_quantity(ds).values.tolist() == [[5]]


def test_outside_of_first_to_last_there_is_no_value(grey: MakeImage) -> None:
    ds = grey([-1, 0, 100, 101], "i2")
    ds.RealWorldValueMappingSequence = [mapping(0.25, "mm2/s", RealWorldValueIntercept=2.0)]
    found = dk.to_quantity(ds)
    assert np.array_equal(found.values, [[NAN, 2, 27, NAN]], equal_nan=True)
    assert codes(found) == ["values_unmapped"]
    assert codes(dk.to_quantity(grey([0, 100]))) == []


def test_a_table_is_looked_up_from_its_first_value(grey: MakeImage) -> None:
    ds = grey([4, 5, 6, 7], "u1")
    one = mapping(1.0, "1", RealWorldValueLUTData=[0.5, 40.0])
    one.RealWorldValueFirstValueMapped, one.RealWorldValueLastValueMapped = 5, 6
    del one.RealWorldValueSlope, one.RealWorldValueIntercept
    ds.RealWorldValueMappingSequence = [one]
    found = dk.to_quantity(ds)
    assert np.array_equal(found.values, [[NAN, 0.5, 40, NAN]], equal_nan=True)
    assert codes(found) == ["values_unmapped"]


def test_items_are_chosen_by_unit_term_quantity_or_index(grey: MakeImage) -> None:
    ds = grey([10], RescaleSlope=1, RescaleIntercept=-1024, RescaleType="HU")
    ds.RealWorldValueMappingSequence = [
        mapping(1.0, "/min", QuantityDefinitionSequence=measured("126312")),
        mapping(2.0, "/min", QuantityDefinitionSequence=measured("126313")),
        mapping(3.0, "ml/g"),
    ]
    for chosen, expected in [
        (None, 10),
        (0, 10),
        (1, 20),
        (np.int64(2), 30),
        (3, -1014),
        ("ml/g", 30),
        ("[hnsf'U]", -1014),
        ("HU", -1014),
        ("126312", 10),
        ("126313", 20),
    ]:
        assert dk.to_quantity(ds, units=chosen).values.tolist() == [[expected]]
    with pytest.raises(dk.UnitsError, match=r"several quantities in these units; it offers 0 "):
        dk.to_quantity(ds, units="/min")


def test_of_one_quantity_in_one_unit_the_first_counts(grey: MakeImage) -> None:
    ds = grey([10], RescaleSlope=1, RescaleIntercept=-1024, RescaleType="HU")
    ds.RealWorldValueMappingSequence = [mapping(1.0, "[hnsf'U]", RealWorldValueIntercept=-1000.0)]
    assert dk.to_quantity(ds, units="[hnsf'U]").values.tolist() == [[-990]]


def test_braces_of_ucum_may_be_left_out_where_that_is_clear(grey: MakeImage) -> None:
    ds = grey([10])
    ds.RealWorldValueMappingSequence = [mapping(1.0, "Bq/ml"), mapping(2.0, "g/ml{SUVbw}")]
    assert dk.to_quantity(ds, units="g/ml").values.tolist() == [[20]]
    ds.RealWorldValueMappingSequence.append(mapping(3.0, "g/ml{SUVlbm}"))
    with pytest.raises(dk.UnitsError, match="several quantities"):
        dk.to_quantity(ds, units="g/ml")
    assert dk.to_quantity(ds, units="g/ml{SUVlbm}").values.tolist() == [[30]]
    counts = grey([10], Modality="PT", Units="CNTS", RescaleSlope=2)
    assert dk.to_quantity(counts, units="1").values.tolist() == [[20]]
    with pytest.raises(dk.UnitsError):
        dk.to_quantity(counts, units="")


def test_units_that_are_not_offered(grey: MakeImage) -> None:
    ds = grey([10], RescaleSlope=1, RescaleIntercept=-1024, RescaleType="HU", Modality="CT")
    ds.RealWorldValueMappingSequence = [mapping(1.0, "DOE^JANE")]
    with pytest.raises(dk.UnitsError, match=r"^frame 0: .*no values") as caught:
        dk.to_quantity(ds, units="Bq/ml")
    # Which is all that a message may hold of a file's own words.
    assert "it offers 0 (a unit of its own), 1 ([hnsf'U])" in str(caught.value)
    for wrong in (-1, 2):
        with pytest.raises(IndexError, match="the file offers 2"):
            dk.to_quantity(ds, units=wrong)
    for nonsense in (True, 1.5, b"HU"):
        with pytest.raises(TypeError, match="a code, a term or an index"):
            dk.to_quantity(ds, units=nonsense)  # type: ignore[arg-type]


def test_items_without_use_are_noted(grey: MakeImage) -> None:
    ds = grey([10], RescaleSlope=2, RescaleIntercept=0, RescaleType="HU", Modality="CT")
    ds.RealWorldValueMappingSequence = [mapping(0.0, "mm2/s")]
    found = dk.to_quantity(ds)
    assert found.values.tolist() == [[20]]
    assert codes(found) == ["mapping_ignored"]


def stand_alone(*images: Dataset, unit: str = "g/ml{SUVbw}", slope: float = 0.25) -> Dataset:
    group, ds = Dataset(), Dataset()
    group.RealWorldValueMappingSequence = [mapping(slope, unit)]
    group.ReferencedImageSequence = [Dataset() for _ in images]
    for reference, image in zip(group.ReferencedImageSequence, images, strict=True):
        reference.ReferencedSOPInstanceUID = image.SOPInstanceUID
    ds.ReferencedImageRealWorldValueMappingSequence = [group]
    return ds


def test_an_object_applies_to_the_images_that_it_refers_to(grey: MakeImage) -> None:
    """C.25.2: "a list of images to which the mapping applies"."""
    first, second, third = (
        grey([value], SOPInstanceUID=generate_uid(), Modality="PT", Units="BQML", RescaleSlope=2)
        for value in (8, 12, 16)
    )
    objects = [stand_alone(first, second), stand_alone(first, unit="g/ml{SUVlbm}", slope=0.125)]
    assert [option.units.code for option in dk.quantities(first, mappings=objects)] == [
        "g/ml{SUVbw}",
        "g/ml{SUVlbm}",
        "Bq/ml",
    ]
    found = dk.to_quantity(first, mappings=objects)
    assert (found.values.tolist(), found.units.code) == ([[2]], "g/ml{SUVbw}")
    assert found.source == "a Real World Value Mapping object, Real World Value Mapping"
    found = dk.to_quantity(second, mappings=objects[0])
    assert (found.values.tolist(), found.units.code) == ([[3]], "g/ml{SUVbw}")
    # The third is in its own units, and says so.
    found = dk.to_quantity(third, mappings=objects)
    assert (found.values.tolist(), found.units.code) == ([[32]], "Bq/ml")
    assert "mapping_elsewhere" in codes(found)
    with pytest.raises(dk.UnitsError):
        dk.to_quantity(third, mappings=objects, units="g/ml{SUVbw}")


def test_an_object_applies_to_the_frames_that_it_refers_to(grey: MakeImage) -> None:
    """Referenced Frame Number counts from 1 (10.3)."""
    ds = grey([[[8]], [[12]]], SOPInstanceUID=generate_uid(), DoseGridScaling="0.5")
    ds.DoseUnits = "GY"
    one = stand_alone(ds)
    group = one.ReferencedImageRealWorldValueMappingSequence[0]
    group.ReferencedImageSequence[0].ReferencedFrameNumber = 2
    with pytest.raises(dk.UnitsError, match=r"^frame 1: .*another unit"):
        dk.to_quantity(ds, mappings=one)
    assert dk.to_quantity(ds, 0, mappings=one).units.code == "Gy"
    assert dk.to_quantity(ds, 1, mappings=one).values.tolist() == [[3]]


def test_an_object_counts_before_the_images_own_items(grey: MakeImage) -> None:
    ds = grey([8], SOPInstanceUID=generate_uid())
    ds.RealWorldValueMappingSequence = [mapping(1.0, "Bq/ml")]
    found = dk.quantities(ds, mappings=(stand_alone(ds),))
    assert [option.units.code for option in found] == ["g/ml{SUVbw}", "Bq/ml"]


def test_what_is_no_mapping_object_is_refused(grey: MakeImage) -> None:
    ds = grey([8])
    with pytest.raises(ValueError, match="Real World Value Mapping objects"):
        dk.to_quantity(ds, mappings=ds)
    with pytest.raises(TypeError, match="expected a pydicom Dataset"):
        dk.quantities(ds, mappings=["mapping.dcm"])  # type: ignore[list-item]


def test_indices_of_a_palette_can_have_mappings_and_colour_has_none(grey: MakeImage) -> None:
    ds = grey([10], PhotometricInterpretation="PALETTE COLOR", RescaleSlope=5, RescaleIntercept=0)
    ds.RealWorldValueMappingSequence = [mapping(0.5, "ml/100g/min")]
    assert dk.to_quantity(ds).values.tolist() == [[5]]
    assert units(ds) == ["ml/100g/min"]
    color = grey([[1, 2, 3]], "u1", Columns=1, SamplesPerPixel=3, PhotometricInterpretation="RGB")
    color.PlanarConfiguration = 0
    color.RealWorldValueMappingSequence = [mapping(0.5, "ml/100g/min")]
    found = dk.to_quantity(color)
    assert found.values.tolist() == [[[1, 2, 3]]]
    assert found.values.dtype == np.float32
    assert found.source == "stored values"
