"""From stored values to grey levels, clause by clause, on images of a few pixels.

Every expectation is worked out by hand from the clause of PS3.3 (or PS3.5) in the test's name.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Callable

    MakeImage = Callable[..., Dataset]
    MakeItem = Callable[..., Dataset]

MR, PET, CT = (f"1.2.840.10008.5.1.4.1.1.{end}" for end in ("4", "128", "2"))


def levels(ds: Dataset, **options: Any) -> list[Any]:  # noqa: ANN401
    """Give the picture's levels; every way to them has to agree."""
    picture = dk.render(ds, **options)
    chosen = {k: v for k, v in options.items() if k in ("window", "bits", "padding")}
    pipeline = dk.display_pipeline(ds, **chosen)
    stored = dk.stored_values(ds, 0, sample_color=options.get("sample_color"))
    first = picture if picture.shape[:2] == stored.shape[:2] else picture[0]
    assert np.array_equal(pipeline(stored), first)
    assert np.array_equal(pipeline.by_steps(stored), first)
    found: list[Any] = (
        picture.reshape(-1, 3).tolist() if first.ndim > 2 else picture.ravel().tolist()
    )
    return found


def codes(ds: Dataset, **options: Any) -> list[str]:  # noqa: ANN401
    return [note.code for note in dk.display_pipeline(ds, **options).notes]


def table(make: MakeItem, first: int, bits: int, entries: list[int], **elements: object) -> Dataset:
    ds = make(**elements)
    vr = "SS" if first < 0 else "US"
    ds.add_new("LUTDescriptor", vr, [len(entries), first, bits])
    ds.add_new("LUTData", "OW", struct.pack(f"<{len(entries)}H", *entries))
    return ds


# ---- 1. Order ------------------------------------------------------------------------------


def test_ps3_4_n_2_modality_then_voi_then_presentation(grey: MakeImage) -> None:
    """10 * SV - 100 = -100, 0, 100, 200; c = 50.5, w = 101: 0 to 100 are black to white."""
    ds = grey([0, 10, 15, 20, 30], RescaleSlope=10, RescaleIntercept=-100)
    ds.WindowCenter, ds.WindowWidth = 50.5, 101
    assert levels(ds) == [0, 0, 128, 255, 255]
    ds.PhotometricInterpretation = "MONOCHROME1"
    assert levels(ds) == [255, 255, 128, 0, 0]
    assert [step.role for step in dk.display_pipeline(ds).steps] == [
        "Modality",
        "VOI",
        "Presentation",
        "Output",
    ]


def test_c_7_6_3_1_2_monochrome1_never_touches_values(grey: MakeImage) -> None:
    ds = grey([0, 10], RescaleSlope=10, RescaleIntercept=-100, Modality="CT")
    plain = dk.to_hu(ds).tolist()
    ds.PhotometricInterpretation = "MONOCHROME1"
    assert dk.to_hu(ds).tolist() == plain == [[-100, 0]]
    assert dk.stored_values(ds).tolist() == [[0, 10]]


# ---- 2. Bits -------------------------------------------------------------------------------


def test_ps3_5_8_1_1_bits_are_masked_shifted_and_sign_extended(grey: MakeImage) -> None:
    """12 bits from bit 14 down: 0x5558 -> 0xAAB; bits 15 and 2 to 0 are other things."""
    ds = grey([0x5558, 0x8007, 0xFFFF], BitsStored=12, HighBit=14)
    assert dk.stored_values(ds).tolist() == [[0xAAB, 0, 0xFFF]]
    ds.PixelRepresentation = 1
    assert dk.stored_values(ds).tolist() == [[0xAAB - 0x1000, 0, -1]]
    window = dk.Window(-1.5, 3)
    # Black up to -3, white from -1 on: (x + 2) / 2 + 0.5.
    assert levels(ds, window=window) == [0, 255, 255]


# ---- 3 to 6. Windows -----------------------------------------------------------------------


def test_c_11_2_1_2_1_linear(grey: MakeImage) -> None:
    """c = 10, w = 6: x <= 7 black, x > 12 white, else ((x - 9.5) / 5 + 0.5) * 255."""
    ds = grey([0, 7, 8, 9, 10, 11, 12, 13, 255], "u1", WindowCenter=10, WindowWidth=6)
    assert levels(ds) == [0, 0, 51, 102, 153, 204, 255, 255, 255]


def test_c_11_2_1_2_1_a_width_of_1_is_a_threshold(grey: MakeImage) -> None:
    ds = grey([9, 10, 11], WindowCenter=10, WindowWidth=1)
    assert levels(ds) == [0, 255, 255]
    ds.WindowCenter = 10.6
    assert levels(ds) == [0, 0, 255]


def test_c_11_2_1_3_2_linear_exact(grey: MakeImage) -> None:
    """c = 10, w = 8: x <= 6 black, x > 14 white, else ((x - 10) / 8 + 0.5) * 255."""
    ds = grey([6, 7, 10, 12, 14], WindowCenter=10, WindowWidth=8, VOILUTFunction="LINEAR_EXACT")
    assert levels(ds) == [0, 32, 128, 191, 255]


def test_c_11_2_1_3_1_sigmoid(grey: MakeImage) -> None:
    """255 / (1 + exp(-4 (x - 10) / 8)): x = 6, 10, 14 give 30.4, 127.5, 224.6."""
    ds = grey([0, 6, 10, 14, 255], "u1", WindowCenter=10, WindowWidth=8, VOILUTFunction="SIGMOID")
    assert levels(ds) == [2, 30, 128, 225, 255]


def test_c_11_2_1_2_windows_are_alternatives_and_the_first_is_taken(grey: MakeImage) -> None:
    ds = grey([0, 50, 100], WindowCenter=[50.5, 25.5], WindowWidth=[101, 51])
    assert levels(ds) == levels(ds, window=0) == [0, 128, 255]
    assert levels(ds, window=1) == [0, 255, 255]


def test_c_11_2_1_a_window_or_a_voi_lut_is_applied_never_both(
    grey: MakeImage, item: MakeItem
) -> None:
    ds = grey([0, 1, 2], VOILUTSequence=[table(item, 0, 8, [255, 51, 0])])
    assert levels(ds) == [255, 51, 0]
    ds.WindowCenter, ds.WindowWidth = 1.5, 3
    assert levels(ds) == levels(ds, window=0) == [0, 128, 255]
    assert levels(ds, window=1) == [255, 51, 0]


def test_c_11_2_1_2_1_a_linear_width_below_1_is_exact(grey: MakeImage) -> None:
    ds = grey([0, 0.25, 0.5, 1], "f4", WindowCenter=0.25, WindowWidth=0.5)
    assert levels(ds) == [0, 128, 255, 255]
    assert codes(ds) == ["window_exact"]


@pytest.mark.parametrize("width", [0, -100])
def test_c_11_2_1_2_1_an_impossible_width_leaves_the_next_view_or_the_full_range(
    grey: MakeImage, width: int
) -> None:
    ds = grey([0, 50, 100], WindowCenter=[7, 25.5], WindowWidth=[width, 51])
    assert levels(ds) == [0, 255, 255]
    assert codes(ds) == ["window_ignored"]
    ds.WindowCenter, ds.WindowWidth = 7, width
    assert levels(ds) == [0, 128, 255]
    assert codes(ds) == ["window_ignored"]
    assert "computed" in dk.display_pipeline(ds).steps[0].source


# ---- 7. No view ----------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"])
def test_without_a_view_the_lowest_is_black_and_the_highest_white(
    grey: MakeImage, dtype: str
) -> None:
    """x1 = 10, x2 = 61: (x - 10) / 51 * 255 = 5 (x - 10)."""
    assert levels(grey([10, 11, 35, 61], dtype)) == [0, 5, 125, 255]


def test_without_a_view_real_values_span_the_levels_too(grey: MakeImage) -> None:
    assert levels(grey([-0.5, 0, 0.5, 1.5], "f8")) == [0, 64, 128, 255]
    rescaled = grey([0, 1, 2, 4], RescaleSlope=0.25, RescaleIntercept=-0.1)
    assert levels(rescaled) == [0, 64, 128, 255]


def test_without_a_view_the_modality_step_comes_first(grey: MakeImage) -> None:
    ds = grey([0, 1, 2], RescaleSlope=-7, RescaleIntercept=3)
    assert levels(ds) == [255, 128, 0]


@pytest.mark.parametrize(("dtype", "value"), [("u2", 0), ("u2", 65535), ("i2", -9), ("f4", 0.1)])
@pytest.mark.parametrize("window", [None, "auto", "full"])
def test_a_constant_image_is_black(
    grey: MakeImage, dtype: str, value: float, window: str | None
) -> None:
    assert levels(grey([value] * 4, dtype), window=window) == [0] * 4


def test_without_a_view_each_frame_has_its_own_range(grey: MakeImage) -> None:
    ds = grey([[[0, 100]], [[50, 250]]])
    assert dk.render(ds).tolist() == [[[0, 255]], [[0, 255]]]


# ---- 8. Tables -----------------------------------------------------------------------------


def test_c_11_2_1_1_a_voi_lut_clamps_at_both_ends(grey: MakeImage, item: MakeItem) -> None:
    ds = grey([0, 4, 5, 6, 7, 99], VOILUTSequence=[table(item, 5, 8, [51, 102, 204])])
    assert levels(ds) == [51, 51, 51, 102, 204, 204]


def test_c_11_2_1_1_entries_are_scaled_by_their_bits(grey: MakeImage, item: MakeItem) -> None:
    ds = grey([0, 1, 2], VOILUTSequence=[table(item, 0, 10, [0, 341, 1023])])
    assert levels(ds) == [0, 85, 255]
    assert levels(ds, bits=16) == [0, 21845, 65535]


def test_c_11_2_1_1_the_voi_luts_input_is_what_the_modality_step_gives(
    grey: MakeImage, item: MakeItem
) -> None:
    """-1024 + SV goes below 0, so that 0xFC00 is -1024."""
    voi = table(item, -1024, 8, [0, 51, 255])
    ds = grey([0, 1, 2], RescaleSlope=1, RescaleIntercept=-1024, VOILUTSequence=[voi])
    assert levels(ds) == [0, 51, 255]
    assert dk.voi_options(ds)[0].window == dk.LookupTable(-1024, [0, 51, 255], 8)
    # Unsigned stored values without a Modality step leave the word unsigned.
    ds = grey([0, 1, 2], VOILUTSequence=[voi])
    assert dk.voi_options(ds)[0].window == dk.LookupTable(64512, [0, 51, 255], 8)
    # A Modality LUT gives unsigned values too, whatever enters it.
    modality = table(item, -2, 16, [7, 8])
    ds = grey([0, 1], "i2", ModalityLUTSequence=[modality], VOILUTSequence=[voi])
    assert dk.voi_options(ds)[0].window == dk.LookupTable(64512, [0, 51, 255], 8)


def test_c_11_2_1_1_the_sign_of_the_pixels_is_that_of_the_voi_luts_input(
    grey: MakeImage, item: MakeItem
) -> None:
    voi = table(item, -1, 8, [0, 51, 255])
    assert levels(grey([-9, -1, 0, 1], "i2", VOILUTSequence=[voi])) == [0, 0, 51, 255]


# ---- 9. Modality ---------------------------------------------------------------------------


def test_c_11_1_a_modality_lut_comes_before_the_window(grey: MakeImage, item: MakeItem) -> None:
    ds = grey([0, 1, 2], ModalityLUTSequence=[table(item, 0, 16, [1000, 0, 500])])
    ds.WindowCenter, ds.WindowWidth = 500.5, 1001
    assert levels(ds) == [255, 0, 128]
    assert dk.to_values(ds).tolist() == [[1000, 0, 500]]


def test_c_11_1_where_both_are_there_the_lut_is_applied(grey: MakeImage, item: MakeItem) -> None:
    ds = grey([0, 1], RescaleSlope=5, RescaleIntercept=5)
    ds.ModalityLUTSequence = [table(item, 0, 16, [10, 0])]
    assert dk.to_values(ds).tolist() == [[10, 0]]
    assert codes(ds) == ["rescale_ignored"]


@pytest.mark.parametrize("slope", [0, None])
def test_c_11_1_1_2_a_slope_of_0_or_none_is_1_and_noted(grey: MakeImage, slope: int | None) -> None:
    ds = grey([0, 1], RescaleIntercept=-5)
    if slope is not None:
        ds.RescaleSlope = slope
    assert dk.to_values(ds).tolist() == [[-5, -4]]
    assert codes(ds) == ["slope_assumed"]


@pytest.mark.parametrize("modality", ["XA", "RF"])
@pytest.mark.parametrize("relationship", ["LOG", "DISP"])
def test_c_8_7_1_1_2_a_lut_back_to_beam_intensity_is_not_for_display(
    grey: MakeImage, item: MakeItem, modality: str, relationship: str
) -> None:
    ds = grey([0, 1, 2], Modality=modality, PixelIntensityRelationship=relationship)
    ds.ModalityLUTSequence = [table(item, 0, 16, [900, 100, 0])]
    ds.WindowCenter, ds.WindowWidth = 1.5, 3
    assert levels(ds) == [0, 128, 255]
    assert codes(ds) == ["modality_not_displayed"]
    # The values are still what the LUT says.
    assert dk.to_values(ds).tolist() == [[900, 100, 0]]
    ds.PixelIntensityRelationship = "LIN"
    assert levels(ds, window="full") == [255, 28, 0]


# ---- 10. Domain ----------------------------------------------------------------------------


@pytest.mark.parametrize("uid", [MR, PET])
@pytest.mark.parametrize(
    ("center", "width", "on_stored"), [(500.5, 1001, True), (5000.5, 10001, False)]
)
def test_windows_of_classic_mr_and_pet_are_taken_in_the_domain_that_they_fit(
    grey: MakeImage, uid: str, center: float, width: float, *, on_stored: bool
) -> None:
    """C.8.3 and C.8.9: stored 0 to 1000, rescaled 0 to 10 000; both windows show all of one."""
    ds = grey([0, 500, 1000], SOPClassUID=uid, RescaleSlope=10, RescaleIntercept=0)
    ds.WindowCenter, ds.WindowWidth = center, width
    assert levels(ds) == [0, 128, 255]
    assert codes(ds) == (["window_domain"] if on_stored else [])
    roles = [step.role for step in dk.display_pipeline(ds).steps]
    assert ("Modality" in roles) is not on_stored
    assert dk.to_values(ds).tolist() == [[0, 5000, 10000]]


def test_other_iods_specify_their_modality_step(grey: MakeImage) -> None:
    ds = grey([0, 500, 1000], SOPClassUID=CT, RescaleSlope=10, RescaleIntercept=0)
    ds.WindowCenter, ds.WindowWidth = 500.5, 1001
    assert levels(ds) == [0, 255, 255]


@pytest.mark.parametrize("window", [dk.Window(500.5, 1001), "full", "auto"])
def test_a_window_of_the_callers_is_in_the_values_units(grey: MakeImage, window: Any) -> None:  # noqa: ANN401
    ds = grey([0, 100, 1000], SOPClassUID=MR, RescaleSlope=10, RescaleIntercept=0)
    ds.WindowCenter, ds.WindowWidth = 500.5, 1001
    # 0, 1000, 10 000: the caller's is white from 1000 on; the computed ones go up to 10 000.
    assert levels(ds, window=window)[1] == (255 if isinstance(window, dk.Window) else 26)
    assert codes(ds, window=window) == []


def test_a_doubtful_window_that_fits_both_or_neither_is_in_the_values_units(
    grey: MakeImage,
) -> None:
    ds = grey([0, 100], SOPClassUID=MR, RescaleSlope=1.2, RescaleIntercept=0)
    ds.WindowCenter, ds.WindowWidth = 50.5, 101
    assert codes(ds) == []
    ds.WindowCenter, ds.WindowWidth = 9e6, 10
    assert codes(ds) == []
    # A rescale that changes nothing leaves nothing to choose.
    ds.RescaleSlope = 1
    ds.WindowCenter, ds.WindowWidth = 50.5, 101
    assert codes(ds) == []


def test_a_doubtful_window_of_an_image_that_is_all_padding(grey: MakeImage) -> None:
    ds = grey([6, 6], SOPClassUID=MR, RescaleSlope=10, RescaleIntercept=0, PixelPaddingValue=6)
    ds.WindowCenter, ds.WindowWidth = 50.5, 101
    # 60 in the values' units: (60 - 50) / 100 + 0.5.
    assert levels(ds) == [153, 153]
    assert codes(ds) == []


def test_three_windows_of_both_domains_each_see_their_own(grey: MakeImage) -> None:
    """The file's window is of stored values 0 to 1000; the caller's of 0 to 10 000."""
    ds = grey([0, 500, 1000], SOPClassUID=PET, RescaleSlope=10, RescaleIntercept=0)
    ds.WindowCenter, ds.WindowWidth = 500.5, 1001
    both = (0, dk.Window(5000.5, 10001), dk.Window(2500.5, 5001))
    assert levels(ds, window=both) == [[0, 0, 0], [128, 128, 255], [255, 255, 255]]
    assert codes(ds, window=both) == ["window_domain"]
    assert "then" in str(dk.display_pipeline(ds, window=both))


# ---- 11 and 12. Presentation ---------------------------------------------------------------


@pytest.mark.parametrize("modality", ["DX", "MG"])
@pytest.mark.parametrize(
    ("photometric", "shape", "expected"),
    [
        ("MONOCHROME2", "IDENTITY", [0, 128, 255]),
        ("MONOCHROME1", "INVERSE", [255, 128, 0]),
        ("MONOCHROME1", None, [255, 128, 0]),
    ],
)
def test_c_8_11_3_1_2_dx_and_mg_are_inverted_once(
    grey: MakeImage, modality: str, photometric: str, shape: str | None, expected: list[int]
) -> None:
    ds = grey([0, 50, 100], Modality=modality, PhotometricInterpretation=photometric)
    ds.PixelIntensityRelationship, ds.PixelIntensityRelationshipSign = "LOG", -1
    ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = 1, 0, "US"
    ds.WindowCenter, ds.WindowWidth = 50.5, 101
    if shape:
        ds.PresentationLUTShape = shape
    assert levels(ds) == expected
    assert codes(ds) == []


def test_c_11_6_the_voi_steps_range_enters_the_presentation_lut(
    grey: MakeImage, item: MakeItem
) -> None:
    """Three entries: black, middle and white of the view; the data reach the middle only."""
    ds = grey([0, 50], WindowCenter=50.5, WindowWidth=101)
    ds.PresentationLUTSequence = [table(item, 0, 12, [4095, 0, 1365])]
    assert levels(ds) == [255, 0]
    assert levels(ds, window=dk.Window(25.5, 51)) == [255, 85]


def test_c_11_6_inverse_is_ymin_plus_ymax_minus_y(grey: MakeImage) -> None:
    ds = grey([0, 25, 100], WindowCenter=50.5, WindowWidth=101, PresentationLUTShape="INVERSE")
    assert levels(ds) == [255, 191, 0]
    assert levels(ds, bits=16) == [65535, 49151, 0]


# ---- 13. Padding ---------------------------------------------------------------------------


def test_c_7_5_1_1_2_padding_is_out_of_every_statistic(grey: MakeImage) -> None:
    ds = grey([-2000, 0, 50, 100], "i2")
    ds.add_new("PixelPaddingValue", "SS", -2000)
    for window in (None, "full", "auto"):
        assert levels(ds, window=window) == [0, 0, 128, 255]


def test_c_7_5_1_1_2_the_range_is_inclusive_and_of_stored_values(grey: MakeImage) -> None:
    """Stored 900 and 1000 bound it; rescaled they would be 0 and 100."""
    ds = grey([0, 899, 900, 950, 1000], RescaleSlope=1, RescaleIntercept=-900)
    ds.PixelPaddingValue, ds.PixelPaddingRangeLimit = 1000, 900
    assert levels(ds) == [0, 255, 255, 255, 255]
    assert dk.display_pipeline(ds).steps[1].transform == dk.Window(-450, 900)
    assert levels(ds, padding="background") == [0, 255, 0, 0, 0]


def test_c_7_5_1_1_2_drawn_it_clamps_or_is_background_on_request(grey: MakeImage) -> None:
    ds = grey([5, 0, 50, 100, 5], PixelPaddingValue=5, PhotometricInterpretation="MONOCHROME1")
    ds.WindowCenter, ds.WindowWidth = 50.5, 101
    assert levels(ds) == [242, 255, 128, 0, 242]
    # Background is black whichever way round the grey goes.
    assert levels(ds, padding="background") == [0, 255, 128, 0, 0]
    without = grey([5], WindowCenter=5, WindowWidth=1)
    assert levels(without, padding="background") == levels(without) == [255]


@pytest.mark.parametrize(("dtype", "prefix"), [("f4", "Float"), ("f8", "DoubleFloat")])
def test_c_7_5_1_1_2_real_pixels_have_real_padding(
    grey: MakeImage, dtype: str, prefix: str
) -> None:
    ds = grey([-1e6, 0.0, 0.5, 1.0], dtype)
    setattr(ds, f"{prefix}PixelPaddingValue", -1e6)
    assert levels(ds) == [0, 0, 128, 255]
    assert levels(ds, padding="background", window=dk.Window(-1e6, 1)) == [0, 255, 255, 255]


def test_c_7_5_1_1_2_an_image_that_is_all_padding_has_a_picture(grey: MakeImage) -> None:
    ds = grey([7, 7, 7], PixelPaddingValue=7)
    for window in (None, "full", "auto"):
        assert set(levels(ds, window=window)) <= {0, 255}
        assert levels(ds, window=window, padding="background") == [0, 0, 0]


# ---- 14. Palettes --------------------------------------------------------------------------


def palette(ds: Dataset, bits: int, channels: list[list[int]], first: int = 0) -> Dataset:
    for color, entries in zip(("Red", "Green", "Blue"), channels, strict=True):
        ds.add_new(f"{color}PaletteColorLookupTableDescriptor", "US", [len(entries), first, bits])
        data = struct.pack(f"<{len(entries)}H", *entries)
        ds.add_new(f"{color}PaletteColorLookupTableData", "OW", data)
    return ds


def test_c_7_6_3_1_5_a_palette_clamps_and_spans_16_bits(grey: MakeImage) -> None:
    ds = grey([0, 1, 2, 9], "u1", PhotometricInterpretation="PALETTE COLOR")
    palette(ds, 16, [[0, 65535], [257, 514], [65535, 0]], first=1)
    assert levels(ds) == [[0, 1, 255], [0, 1, 255], [255, 2, 0], [255, 2, 0]]
    assert levels(ds, bits=16)[2] == [65535, 514, 0]


def test_c_7_6_3_1_6_an_8_bit_palette_and_one_that_says_16(grey: MakeImage) -> None:
    ds = grey([0, 1], "u1", PhotometricInterpretation="PALETTE COLOR")
    for bits, expected in ((8, []), (16, ["palette_bits"])):
        palette(ds, bits, [[0, 255], [1, 2], [128, 0]])
        assert levels(ds) == [[0, 1, 128], [255, 2, 0]]
        assert codes(ds) == expected


def test_c_11_2_a_palette_has_no_voi(grey: MakeImage) -> None:
    ds = grey([0, 1], "u1", PhotometricInterpretation="PALETTE COLOR")
    ds.WindowCenter, ds.WindowWidth = 1, 1
    ds.RescaleSlope, ds.RescaleIntercept = 7, 7
    palette(ds, 16, [[0, 65535], [0, 65535], [0, 0]])
    assert levels(ds) == [[0, 0, 0], [255, 255, 0]]
    assert dk.voi_options(ds) == ()
    assert dk.to_values(ds).tolist() == [[0, 1]]
    assert codes(ds, window="full") == ["window_not_applied"]


def test_c_8_16_2_1_1_1_a_supplemental_palette_colours_the_top(grey: MakeImage) -> None:
    ds = grey([0, 50, 99, 100, 101, 200], PixelPresentation="COLOR")
    ds.WindowCenter, ds.WindowWidth = 50.5, 101
    palette(ds, 16, [[65535, 0], [0, 65535], [0, 0]], first=100)
    grey_levels = [[0] * 3, [128] * 3, [252] * 3]
    assert levels(ds) == [*grey_levels, [255, 0, 0], [0, 255, 0], [0, 255, 0]]
    assert [step.role for step in dk.display_pipeline(ds).steps] == ["Palette", "Output"]


# ---- 15. Colour ----------------------------------------------------------------------------


@pytest.mark.parametrize("planar", [0, 1])
def test_c_7_6_3_1_3_rgb_in_both_configurations_is_not_windowed(planar: int) -> None:
    pixels = np.array([[[1, 2, 3], [254, 128, 0]]], np.uint8)
    ds = Dataset()
    ds.set_original_encoding(is_implicit_vr=False, is_little_endian=True)
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "RGB", planar
    ds.Rows, ds.Columns, ds.BitsAllocated, ds.BitsStored, ds.HighBit = 1, 2, 8, 8, 7
    ds.PixelRepresentation = 0
    ds.PixelData = (pixels.transpose(2, 0, 1) if planar else pixels).tobytes()
    ds.WindowCenter, ds.WindowWidth = 1, 1
    assert levels(ds) == [[1, 2, 3], [254, 128, 0]]
    assert levels(ds, bits=16) == [[257, 514, 771], [65278, 32896, 0]]
    assert codes(ds) == []
    assert codes(ds, window="brain") == ["window_not_applied"]
    with pytest.raises(ValueError, match="no window is called"):
        dk.render(ds, window="brian")
    assert dk.voi_options(ds) == ()


def test_c_7_6_3_1_2_ybr_comes_out_as_rgb() -> None:
    """Y = 100, CB = 128, CR = 228: R = 240.2, G = 28.6, B = 100."""
    ds = Dataset()
    ds.set_original_encoding(is_implicit_vr=False, is_little_endian=True)
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "YBR_FULL", 0
    ds.Rows, ds.Columns, ds.BitsAllocated, ds.BitsStored, ds.HighBit = 1, 2, 8, 8, 7
    ds.PixelRepresentation = 0
    ds.PixelData = bytes([100, 128, 228, 7, 128, 128])
    assert levels(ds) == [[240, 29, 100], [7, 7, 7]]


def test_c_7_6_3_1_2_the_caller_may_know_the_samples_colour_better() -> None:
    ds = Dataset()
    ds.set_original_encoding(is_implicit_vr=False, is_little_endian=True)
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "RGB", 0
    ds.Rows, ds.Columns, ds.BitsAllocated, ds.BitsStored, ds.HighBit = 1, 2, 8, 8, 7
    ds.PixelRepresentation = 0
    ds.PixelData = bytes([100, 128, 228, 7, 128, 128])
    as_stated = [[100, 128, 228], [7, 128, 128]]
    assert levels(ds) == levels(ds, sample_color="rgb") == as_stated
    # R = 100 + 1.402 * 100, G = 100 - 0.714136 * 100, B = 100.
    assert levels(ds, sample_color="ybr") == [[240, 29, 100], [7, 7, 7]]
    assert dk.to_values(ds, sample_color="ybr").tolist() == [[[240, 29, 100], [7, 7, 7]]]
    ds.PhotometricInterpretation = "YBR_FULL"
    assert levels(ds, sample_color="rgb") == as_stated
    assert dk.to_values(ds, sample_color="rgb").tolist() == [as_stated]


def test_grey_has_no_colour_to_override(grey: MakeImage) -> None:
    assert levels(grey([0, 100]), sample_color="ybr") == [0, 255]


# ---- 18. Functional groups -----------------------------------------------------------------


def test_c_7_6_16_every_frame_has_its_own_steps(grey: MakeImage, item: MakeItem) -> None:
    """Per frame, else shared, else the root: rescale and window of each."""

    def group(slope: int | None, center: float | None) -> Dataset:
        found = item()
        if slope is not None:
            own = item(RescaleSlope=slope, RescaleIntercept=0, RescaleType="US")
            found.PixelValueTransformationSequence = [own]
        if center is not None:
            found.FrameVOILUTSequence = [item(WindowCenter=center, WindowWidth=101)]
        return found

    ds = grey([[[0, 50, 100]]] * 3, RescaleSlope=9, RescaleIntercept=9)
    ds.WindowCenter, ds.WindowWidth = 900, 10
    ds.SharedFunctionalGroupsSequence = [group(1, 50.5)]
    ds.PerFrameFunctionalGroupsSequence = [group(2, None), group(None, 100.5), group(None, None)]
    # 2 * SV from 0 to 100; SV from 50 to 150; SV from 0 to 100.
    expected = [[0, 255, 255], [0, 0, 128], [0, 128, 255]]
    assert dk.render(ds).reshape(3, 3).tolist() == expected
    for frame in range(3):
        assert dk.render(ds, frame).ravel().tolist() == expected[frame]
        assert dk.display_pipeline(ds, frame)(dk.stored_values(ds, frame)).tolist() == [
            expected[frame]
        ]
    assert dk.to_values(ds)[:, 0, 1].tolist() == [100, 50, 50]
    sources = [step.source for step in dk.display_pipeline(ds, 0).steps[:2]]
    assert sources == ["frame 0's functional group", "the shared functional group"]


# ---- 19. Numbers ---------------------------------------------------------------------------


def test_no_nan_reaches_the_picture_but_as_background(grey: MakeImage) -> None:
    ds = grey([np.nan, 0, 0.5, 1, np.inf, -np.inf], "f4")
    assert levels(ds) == [0, 0, 128, 255, 255, 0]
    ds.PhotometricInterpretation = "MONOCHROME1"
    assert levels(ds) == [0, 255, 128, 0, 0, 255]
    assert levels(grey([np.nan, np.nan], "f8")) == [0, 0]


@pytest.mark.parametrize("broken", ["1_0", "NaN", "inf", "1,5"])
def test_ps3_5_6_2_a_broken_number_counts_as_absent_and_is_noted(
    grey: MakeImage, broken: str
) -> None:
    ds = grey([0, 50, 100])
    plain = levels(ds)
    for keyword in ("WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept"):
        ds[keyword] = DataElement(Tag(keyword), "DS", broken, already_converted=True)
    assert levels(ds) == plain
    assert codes(ds).count("attribute_ignored") == 4


# ---- 20. Rounding --------------------------------------------------------------------------


def test_levels_are_rounded_to_the_nearest(grey: MakeImage) -> None:
    """c = 500.5, w = 1001: x / 1000 * 255; 1 -> 0.255, 2 -> 0.51, 998 -> 254.49."""
    ds = grey([1, 2, 5, 6, 998, 999], WindowCenter=500.5, WindowWidth=1001)
    assert levels(ds) == [0, 1, 1, 2, 254, 255]
