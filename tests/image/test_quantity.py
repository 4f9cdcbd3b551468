"""Values with units. Expectations are worked out by hand from the clause that a test cites."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from tests.image.mappings import codes, mapping, measured, units

import dicomkit as dk
from dicomkit.image.quantity import QuantityReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.display.conftest import MakeImage

    Item = Callable[..., Dataset]

NAN = math.nan


# ---- Dose, PET, CT, MR and fractions ----------------------------------------


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
