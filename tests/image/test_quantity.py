"""Values with units. Expectations are worked out by hand from the clause that a test cites."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

import dicomkit as dk
from dicomkit.image.quantity import QuantityReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.display.conftest import MakeImage

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


# ---- Which of them (rule 1, C.7.6.16.2.11) --------------------------------------------------


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


# ---- Real-world values (rules 2 and 3) -----------------------------------------------------


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


# ---- Dose, PET, CT, MR and fractions (rules 4 to 7) ----------------------------------------


def test_dose_is_stored_times_the_scaling(real: Callable[[str], Dataset]) -> None:
    """C.8.8.3: 1,254,000 x 1e-6 = 1.254."""
    ds = real("rtdose.dcm")
    assert dk.to_values(ds).max() == 1254000
    found = dk.to_quantity(ds)
    assert found.values.max() == np.float32(1.254)
    assert found.values.shape == (15, 10, 10)
    assert found.units == dk.Unit("1", "relative dose", "RELATIVE")
    ds.DoseUnits = "GY"
    assert dk.to_quantity(ds, 3).units == dk.Unit("Gy", "Gray", "GY")
    expected = ds.pixel_array[3] * float(ds.DoseGridScaling)
    assert np.array_equal(dk.to_quantity(ds, 3).values, expected.astype(np.float32))


def test_dose_of_32_bits_is_rounded_once(grey: MakeImage) -> None:
    ds = grey([4294967295, 16777217], "u4", DoseGridScaling="1E-6", DoseUnits="GY")
    expected = [np.float32(4294967295 * 1e-6), np.float32(16777217 * 1e-6)]
    assert dk.to_quantity(ds).values.tolist() == [expected]


def test_a_dose_without_scaling_is_no_dose(grey: MakeImage) -> None:
    ds = grey([10], SOPClassUID="1.2.840.10008.5.1.4.1.1.481.2", DoseUnits="GY")
    found = dk.to_quantity(ds)
    assert (found.units.code, found.source) == (None, "stored values")
    assert codes(found) == ["dose_scaling_missing"]


def test_pet_has_its_units_after_the_rescale_of_each_slice(grey: MakeImage) -> None:
    """C.8.9.1.1.3; the slope may be another in every image."""
    for slope in (0.5, 4.0):
        ds = grey([10, 20], Modality="PT", Units="BQML", RescaleSlope=slope, RescaleIntercept=0)
        found = dk.to_quantity(ds)
        assert found.values.tolist() == [[10 * slope, 20 * slope]]
        assert found.units == dk.Unit("Bq/ml", "Becquerels/milliliter", "BQML")
        assert dk.to_quantity(ds, units="BQML").values.tolist() == found.values.tolist()
        assert units(ds) == ["Bq/ml"]


def test_pet_that_holds_suv_says_by_what(grey: MakeImage) -> None:
    ds = grey([10], Modality="PT", Units="GML", RescaleSlope=0.5, RescaleIntercept=0)
    assert dk.to_quantity(ds).units.code == "g/ml{SUVbw}"
    assert dk.to_quantity(ds, units="g/ml").values.tolist() == [[5]]
    ds.SUVType = "LBMJANMA"
    assert dk.to_quantity(ds).units.code == "g/ml{SUVlbm(Janma)}"


@pytest.mark.parametrize("term", ["HU", None])
def test_ct_is_what_to_hu_gives(grey: MakeImage, term: str | None) -> None:
    ds = grey([0, 1024], Modality="CT", RescaleSlope=1, RescaleIntercept=-1024)
    if term is not None:
        ds.RescaleType = term
    found = dk.to_quantity(ds)
    assert np.array_equal(found.values, dk.to_hu(ds))
    assert found.units == dk.Unit("[hnsf'U]", "Hounsfield unit", term)


def test_mr_has_no_unit_but_what_the_file_states(grey: MakeImage) -> None:
    ds = grey([10], Modality="MR", RescaleSlope=2, RescaleIntercept=1)
    assert dk.to_quantity(ds).units.code is None
    assert dk.to_quantity(ds).values.tolist() == [[21]]
    ds.RescaleType = "US"
    assert dk.to_quantity(ds).units == dk.Unit(None, "unspecified", "US")
    ds.RescaleType = "mrad"
    assert dk.to_quantity(ds).units.term == "mrad"
    assert dk.to_quantity(ds, units="mrad").values.tolist() == [[21]]


@pytest.mark.parametrize("rescaled", [False, True])
def test_a_makers_own_scale_of_mr_is_noted_and_left(grey: MakeImage, *, rescaled: bool) -> None:
    ds = grey([10], Modality="MR")
    if rescaled:
        ds.RescaleSlope, ds.RescaleIntercept = 2, 0
    block = ds.private_block(0x2005, "Philips MR Imaging DD 001", create=True)
    block.add_new(0x0E, "FL", 0.004)
    found = dk.to_quantity(ds)
    assert found.values.tolist() == [[20 if rescaled else 10]]
    assert codes(found) == ["private_scale"]
    # Where the file itself states what the values are, there is nothing to say.
    ds.RealWorldValueMappingSequence = [mapping(0.5, "ms")]
    assert codes(dk.to_quantity(ds)) == []


def test_a_makers_own_scale_of_a_frame_is_noted(grey: MakeImage, item: Item) -> None:
    ds = grey([[[10]], [[20]]], Modality="MR")
    private, group = Dataset(), Dataset()
    private.private_block(0x2005, "Philips MR Imaging DD 001", create=True).add_new(
        0x0E, "FL", 0.004
    )
    group.private_block(0x2005, "Philips MR Imaging DD 005", create=True).add_new(
        0x0F, "SQ", [private]
    )
    ds.PerFrameFunctionalGroupsSequence = [item(), group]
    assert codes(dk.to_quantity(ds, 0)) == []
    assert codes(dk.to_quantity(ds, 1)) == ["private_scale"]


def test_counts_of_philips_have_a_factor_that_is_noted(grey: MakeImage) -> None:
    ds = grey([10], Modality="PT", Units="CNTS", RescaleSlope=2, RescaleIntercept=0)
    assert codes(dk.to_quantity(ds)) == []
    block = ds.private_block(0x7053, "Philips PET Private Group", create=True)
    block.add_new(0x00, "DS", "0.0005")
    found = dk.to_quantity(ds)
    assert (found.values.tolist(), found.units.code) == ([[20]], "{counts}")
    assert codes(found) == ["private_scale"]


@pytest.mark.parametrize("most", [100, 255])
def test_fractions_are_of_maximum_fractional_value(grey: MakeImage, most: int) -> None:
    """C.8.20.2.3: stored over Maximum Fractional Value."""
    ds = grey(np.arange(most + 1), "u1", SegmentationType="FRACTIONAL", MaximumFractionalValue=most)
    ds.SegmentationFractionalType = "PROBABILITY"
    found = dk.to_quantity(ds)
    assert found.values.tolist() == [[np.float32(n / most) for n in range(most + 1)]]
    assert found.units == dk.Unit("1", "no units", None)
    (option,) = dk.quantities(ds)
    assert option.explanation == "probability that the segment occupies the pixel"


def test_fractions_of_a_most_that_is_missing(grey: MakeImage) -> None:
    ds = grey([0, 255], "u1", SegmentationType="FRACTIONAL")
    found = dk.to_quantity(ds)
    assert found.values.tolist() == [[0, 1]]
    assert codes(found) == ["fraction_assumed"]


def test_other_segmentations_are_as_stored(grey: MakeImage) -> None:
    for kind in ("BINARY", "LABELMAP"):
        ds = grey([0, 1], "u1", SegmentationType=kind)
        assert dk.to_quantity(ds).source == "stored values"


def test_doubles_stay_doubles(grey: MakeImage) -> None:
    third = 1 / 3
    ds = grey([third, 3.0], "f8")
    assert dk.to_quantity(ds).values.dtype == np.float64
    assert dk.to_quantity(ds).values.tolist() == [[third, 3]]
    ds.RescaleSlope, ds.RescaleIntercept = 3, 1
    assert dk.to_quantity(ds).values.tolist() == [[3 * third + 1, 10]]
    one = mapping(0.1, "mm2/s")
    one.DoubleFloatRealWorldValueFirstValueMapped = 0.0
    one.DoubleFloatRealWorldValueLastValueMapped = 1.0
    ds.RealWorldValueMappingSequence = [one]
    found = dk.to_quantity(ds).values
    assert found.dtype == np.float64
    assert found[0, 0] == third * 0.1
    assert math.isnan(found[0, 1])


@pytest.mark.parametrize("dtype", ["u1", "i2", "u4", "f4"])
def test_all_else_is_float32(grey: MakeImage, dtype: str) -> None:
    ds = grey([1, 2], dtype)
    assert dk.to_quantity(ds).values.dtype == np.float32
    ds.RealWorldValueMappingSequence = [mapping(0.1, "mm2/s")]
    assert dk.to_quantity(ds).values.dtype == np.float32


def test_a_table_of_the_modality_step(grey: MakeImage, item: Item) -> None:
    ds = grey([0, 1, 2])
    table = item(LUTDescriptor=[3, 0, 16], LUTData=[5, 6, 7], ModalityLUTType="OD")
    ds.ModalityLUTSequence = [table]
    found = dk.to_quantity(ds)
    assert found.values.tolist() == [[5, 6, 7]]
    assert found.units.term == "OD"
    assert found.values.dtype == np.float32


# ---- Frames --------------------------------------------------------------------------------


def enhanced(grey: MakeImage, item: Item, *mappings: list[Dataset]) -> Dataset:
    frames = [[[10 * (number + 1)]] for number in range(len(mappings))]
    ds = grey(frames)
    ds.PerFrameFunctionalGroupsSequence = [
        item(RealWorldValueMappingSequence=one) if one else item() for one in mappings
    ]
    return ds


def test_every_frame_has_its_own_mapping(grey: MakeImage, item: Item) -> None:
    ds = enhanced(grey, item, [mapping(1.0, "ms")], [mapping(2.0, "ms")], [mapping(3.0, "ms")])
    found = dk.to_quantity(ds)
    assert found.values.tolist() == [[[10]], [[40]], [[90]]]
    assert found.units.code == "ms"
    assert found.source == "each frame's functional group"
    assert dk.to_quantity(ds, 1).source == "frame 1's functional group, Real World Value Mapping"
    assert dk.to_quantity(dk.open_image(ds), frame=2).values.tolist() == [[90]]
    with pytest.raises(IndexError):
        dk.to_quantity(ds, 3)
    with pytest.raises(IndexError):
        dk.quantities(ds, 3)


def test_frames_in_different_units_are_not_put_together(grey: MakeImage, item: Item) -> None:
    ds = enhanced(
        grey,
        item,
        [mapping(1.0, "ms"), mapping(0.5, "mm2/s")],
        [mapping(2.0, "mm2/s")],
    )
    with pytest.raises(dk.UnitsError, match=r"^frame 1: .*another unit"):
        dk.to_quantity(ds)
    assert dk.to_quantity(ds, units="mm2/s").values.tolist() == [[[5]], [[40]]]
    assert dk.to_quantity(ds, 1).units.code == "mm2/s"
    with pytest.raises(dk.UnitsError, match=r"^frame 1: .*no values in these units"):
        dk.to_quantity(ds, units="ms")


def test_frames_of_different_quantities_are_not_put_together(grey: MakeImage, item: Item) -> None:
    ktrans, kep = (
        mapping(1.0, "/min", QuantityDefinitionSequence=measured(code))
        for code in ("126312", "126313")
    )
    with pytest.raises(dk.UnitsError, match=r"^frame 1: .*another quantity"):
        dk.to_quantity(enhanced(grey, item, [ktrans], [kep]))
    both = enhanced(grey, item, [ktrans, kep], [kep, ktrans])
    assert dk.to_quantity(both, units="126313").values.tolist() == [[[10]], [[20]]]


def test_frames_may_word_one_unit_differently(grey: MakeImage, item: Item) -> None:
    other = mapping(1.0, "ms")
    other.MeasurementUnitsCodeSequence[0].CodeMeaning = "milliseconds"
    ds = enhanced(grey, item, [mapping(1.0, "ms")], [other])
    assert dk.to_quantity(ds).values.tolist() == [[[10]], [[20]]]


def test_a_shared_mapping_holds_for_all_frames(grey: MakeImage, item: Item) -> None:
    ds = grey([[[1]], [[2]], [[200]]])
    ds.SharedFunctionalGroupsSequence = [item(RealWorldValueMappingSequence=[mapping(3.0, "ms")])]
    found = dk.to_quantity(ds)
    assert np.array_equal(found.values, np.array([[[3]], [[6]], [[NAN]]]), equal_nan=True)
    assert found.source == "the shared functional group, Real World Value Mapping"
    assert codes(found) == ["values_unmapped"]


def test_one_reader_gives_frame_after_frame(grey: MakeImage) -> None:
    """What reads a volume opens an image once, and asks what it is in once."""
    ds = grey([[[1]], [[2]]], DoseGridScaling="0.5", DoseUnits="GY")
    reader = QuantityReader(dk.open_image(ds))
    assert [reader.frame(index).values.tolist() for index in (1, 0)] == [[[1]], [[0.5]]]
    assert reader.option(0) is reader.option(1)
    assert reader.frame(0).units.code == "Gy"


def test_a_reader_asks_every_frame_where_frames_can_differ(grey: MakeImage, item: Item) -> None:
    ds = enhanced(grey, item, [mapping(1.0, "ms")], [mapping(2.0, "s")])
    reader = QuantityReader(dk.open_image(ds))
    assert reader.frame(1).units.code == "s"
    with pytest.raises(dk.UnitsError):
        reader.frame(0)


def test_limits_and_lenience_hold(grey: MakeImage) -> None:
    ds = grey([[[1, 2]], [[3, 4]]], DoseGridScaling="0.5", DoseUnits="GY")
    with pytest.raises(dk.LimitError):
        dk.to_quantity(ds, limits=dk.Limits(total_bytes=8))
    ds.PixelData = ds.PixelData[:4]
    with pytest.raises(dk.TruncatedError):
        dk.to_quantity(ds, 1)
    assert dk.to_quantity(ds, 1, lenient=True).values.tolist() == [[0, 0]]
    assert "truncated" in codes(dk.to_quantity(ds, lenient=True))


def test_no_pixel_is_read_to_list_what_there_is(grey: MakeImage) -> None:
    ds = grey([1], DoseGridScaling="0.5", DoseUnits="GY")
    ds.PixelData = b""
    assert units(ds) == ["Gy"]


def test_what_is_no_image_has_no_quantities(real: Callable[[str], Dataset]) -> None:
    for ask in (dk.quantities, dk.to_quantity):
        with pytest.raises(dk.NoPixelsError):
            ask(real("rtplan.dcm"))


def test_a_real_perfusion_map(real: Callable[[str], Dataset]) -> None:
    ds = real("eCT_Supplemental.dcm")
    found = dk.to_quantity(ds)
    assert found.units.code == "ml/100ml/s"
    assert np.array_equal(found.values, ds.pixel_array.astype(np.float32) - 1024)
    assert codes(found) == []


def test_it_shows_itself_in_a_line(grey: MakeImage) -> None:
    ds = grey([[1, 2]], DoseGridScaling="0.5", DoseUnits="GY")
    assert repr(dk.to_quantity(ds)) == "<Quantity: (1, 2) float32, Gy, from Dose Grid Scaling>"
    ds = grey([1], RealWorldValueMappingSequence=[mapping(1.0, "DOE^JANE")])
    assert "DOE" not in repr(dk.to_quantity(ds))


def test_values_are_the_callers_own(grey: MakeImage) -> None:
    ds: Any = grey([1, 2], DoseGridScaling="0.5", DoseUnits="GY")
    before = ds.PixelData
    dk.to_quantity(ds).values[:] = 9
    assert ds.PixelData == before
