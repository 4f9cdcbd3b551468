"""Subtracted pictures, by numbers made by hand from PS3.3 C.7.6.10 and PS3.4 N.2.5."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.sequence import Sequence
from tests.display.conftest import make_image, make_item

import dicomkit as dk
from dicomkit.display.options import PictureOptions
from dicomkit.display.render import render_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    Make = Callable[..., Dataset]

# Two frames before the contrast medium, two after; the mean of the first two is 11, 21.
FRAMES = [[[10, 20]], [[12, 22]], [[1, 21]], [[21, 31]]]


def masked(grey: Make, item: Make, frames: object = FRAMES, **elements: Any) -> Dataset:  # noqa: ANN401
    """Make an angiogram whose mask is the mean of its first two frames, or as is said."""
    stated = {"MaskOperation": "AVG_SUB", "MaskFrameNumbers": [1, 2]}
    stated |= elements.pop("stated", {})
    ds = grey(frames, **elements)
    ds.MaskSubtractionSequence = Sequence([item(**stated)])
    return ds


def codes(ds: Dataset, frame: int = 2, **options: Any) -> set[str]:  # noqa: ANN401
    rendered = render_frame(dk.open_image(ds), frame, PictureOptions(**options))
    return {note.code for note in rendered.notes}


def test_the_mean_of_the_masks_is_taken_before_the_window(grey: Make, item: Make) -> None:
    ds = masked(grey, item)
    # 1 - 11 and 21 - 21; LINEAR over -10..10 would end there, so -10 is black, 0 is half.
    window = dk.Window(0.5, 21)
    assert dk.render(ds, 2, window, mask=True).tolist() == [[0, 128]]
    assert dk.render(ds, 3, window, mask=True).tolist() == [[255, 255]]


def test_all_differences_share_one_range(grey: Make, item: Make) -> None:
    # -1, +1, -10 and 0, +10 and +10: from -10 to 10, so 0 is 255 * 10 / 20 = 127.5.
    picture = dk.render(masked(grey, item), mask=True)
    assert picture.tolist() == [[[115, 115]], [[140, 140]], [[0, 128]], [[255, 255]]]
    assert dk.render(masked(grey, item), 2, mask=True).tolist() == picture[2].tolist()


def test_the_pipeline_says_what_was_subtracted(grey: Make, item: Make) -> None:
    ds = masked(grey, item, WindowCenter=20, WindowWidth=10)
    pipeline = dk.display_pipeline(ds, 2, mask=True)
    assert str(pipeline).splitlines() == [
        "Mask          x minus the mean of frames 0, 1  [the Mask Module]",
        "VOI           center 0.5, width 21, LINEAR  [computed: the full range of all differences]",
        "Output        0..255, to the nearest  [8 bits]",
    ]
    assert pipeline.stored_range is None
    with pytest.raises(ValueError, match="without a mask"):
        pipeline.table()
    assert pipeline(dk.stored_values(ds, 2)).tolist() == [[0, 128]]
    assert "Mask" in pipeline._repr_html_()
    assert pipeline == dk.display_pipeline(ds, 2, mask=True)
    assert pipeline != dk.display_pipeline(ds, 3, mask=True)


def test_a_window_of_the_file_is_for_differences_if_it_is_asked_for(grey: Make, item: Make) -> None:
    ds = masked(grey, item, WindowCenter="0.5", WindowWidth=21)
    assert dk.render(ds, 2, 0, mask=True).tolist() == [[0, 128]]


@pytest.mark.parametrize(("window", "expected"), [("full", [[0, 255]]), ("auto", [[0, 255]])])
def test_a_range_of_its_own(grey: Make, item: Make, window: str, expected: object) -> None:
    assert dk.render(masked(grey, item), 2, window, mask=True).tolist() == expected


def test_differences_are_no_hounsfield_units(grey: Make, item: Make) -> None:
    ds = masked(grey, item, Modality="CT", RescaleSlope=1, RescaleIntercept=0)
    with pytest.raises(dk.UnitsError, match="differences are not"):
        dk.render(ds, 2, "brain", mask=True)


def test_contrast_frames_are_averaged_first(grey: Make, item: Make) -> None:
    ds = masked(grey, item, stated={"ContrastFrameAveraging": 2})
    # (1 + 21) / 2 - 11 = 0 and (21 + 31) / 2 - 21 = 5.
    assert dk.render(ds, 2, dk.Window(0.5, 11), mask=True).tolist() == [[128, 255]]
    pipeline = dk.display_pipeline(ds, 2, mask=True)
    said = "the mean of x and frame 3 minus the mean of frames 0, 1"
    assert str(pipeline.steps[0].transform) == said
    # The last frame has no other to be averaged with.
    assert "mask_not_applied" in codes(ds, 3, mask=True)


def test_the_mask_is_shifted_before_it_is_taken(grey: Make, item: Make) -> None:
    # "A positive row offset is a shift toward the pixels of the lower row. A positive column
    # offset is a shift toward the pixels of the left hand side column." (C.7.6.10.1.2)
    frames = [[[0, 0, 0], [0, 40, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 0], [40, 0, 0]]]
    stated = {"MaskFrameNumbers": [1], "MaskSubPixelShift": [1.0, 1.0]}
    ds = masked(grey, item, frames, stated=stated)
    # What was at row 1, column 1 came to lie at row 2, column 0: nothing is left of it.
    pipeline = dk.display_pipeline(ds, 1, mask=True)
    left = pipeline.steps[0](dk.stored_values(ds, 1))
    assert left[1:, :2].tolist() == [[0, 0], [0, 0]]
    # Where the mask does not reach is background.
    picture = dk.render(ds, 1, dk.Window(0.5, 11), mask=True)
    assert picture.tolist() == [[0, 0, 0], [128, 128, 0], [128, 128, 0]]


def test_a_frame_has_a_shift_of_its_own(grey: Make, item: Make) -> None:
    def group(shift: list[float]) -> Dataset:
        one = item(SubtractionItemID=100, MaskSubPixelShift=shift)
        other = item(SubtractionItemID=99, MaskSubPixelShift=[0.25, 0.25])
        return item(FramePixelShiftSequence=Sequence([other, one]))

    ds = masked(grey, item, stated={"SubtractionItemID": 100, "MaskSubPixelShift": [0.5, 0.5]})
    shifts = [[0.0, 0.0], [0.0, 0.0], [0.5, 1.0], [0.0, -0.5]]
    ds.PerFrameFunctionalGroupsSequence = Sequence([group(shift) for shift in shifts])
    found = [dk.display_pipeline(ds, frame, mask=True).steps[0].transform for frame in range(4)]
    assert ["shifted" in str(one) for one in found] == [False, False, True, True]
    assert str(found[2]).endswith("shifted by 0.5 down and 1 left")


def test_part_of_the_mask_may_be_left(grey: Make, item: Make) -> None:
    ds = masked(grey, item)
    display = item(StartTrim=3, StopTrim=3, MaskVisibilityPercentage=20.0)
    ds.FrameDisplaySequence = Sequence([display])
    # P_sub = P_contrast - (1 - X / 100) * P_mask: 1 - 0.8 * 11 and 21 - 0.8 * 21.
    step = dk.display_pipeline(ds, 2, mask=True).steps[0]
    np.testing.assert_allclose(step(dk.stored_values(ds, 2)), [[-7.8, 4.2]], rtol=1e-6)
    assert str(step.transform) == "x minus 80% of the mean of frames 0, 1"
    assert str(dk.display_pipeline(ds, 3, mask=True).steps[0].transform).startswith("x minus the")
    display.MaskVisibilityPercentage = 101.0
    assert "%" not in str(dk.display_pipeline(ds, 2, mask=True).steps[0])


@pytest.mark.parametrize("shift", [[math.nan, 0.0], [1.0], [0.0, 2.0], [-1e30, 0.0]], ids=str)
def test_an_impossible_shift_is_none(grey: Make, item: Make, shift: list[float]) -> None:
    ds = masked(grey, item, stated={"MaskSubPixelShift": shift})
    assert dk.render(ds, 2, dk.Window(0.5, 21), mask=True).tolist() == [[0, 128]]
    noted = codes(ds, mask=True)
    assert noted & {"mask_shift_ignored", "attribute_ignored"}


def test_beam_intensity_is_subtracted_in_logarithms(grey: Make, item: Make) -> None:
    frames = [[[1000, 100]], [[500, 50]]]
    ds = masked(grey, item, frames, stated={"MaskFrameNumbers": [1]})
    ds.PixelIntensityRelationship = "LIN"
    pipeline = dk.display_pipeline(ds, 1, mask=True)
    assert [step.role for step in pipeline.steps] == ["Intensity", "Mask", "VOI", "Output"]
    left = pipeline.steps[1](pipeline.steps[0](dk.stored_values(ds, 1)))
    np.testing.assert_allclose(left, [[-math.log(2)] * 2], rtol=1e-5)
    ds.PixelIntensityRelationship = "LOG"
    assert dk.display_pipeline(ds, 1, mask=True).steps[0](dk.stored_values(ds, 1)).tolist() == [
        [-500, -50]
    ]


@pytest.mark.parametrize("place", ["shared", "own"])
def test_the_file_s_own_table_leads_to_logarithms(grey: Make, item: Make, place: str) -> None:
    table = item(LUTFunction="TO_LOG", LUTDescriptor=[4, 0, 8], LUTData=b"\0\0\x0a\0\x14\0\x28\0")
    other = item(LUTFunction="TO_LINEAR", LUTDescriptor=[2, 0, 8], LUTData=b"\0\0\1\0")
    group = item(
        FramePixelDataPropertiesSequence=Sequence([item(PixelIntensityRelationship="LIN")]),
        PixelIntensityRelationshipLUTSequence=Sequence([other, table]),
    )
    ds = masked(grey, item, [[[1, 2]], [[3, 0]]], stated={"MaskFrameNumbers": [1]})
    if place == "shared":
        ds.SharedFunctionalGroupsSequence = Sequence([group])
    else:
        ds.PerFrameFunctionalGroupsSequence = Sequence([group, group])
    pipeline = dk.display_pipeline(ds, 1, mask=True)
    # 3 is 40 and 0 is 0, less 1, which is 10, and 2, which is 20.
    left = pipeline.steps[1](pipeline.steps[0](dk.stored_values(ds, 1)))
    assert left.tolist() == [[30, -20]]


def test_a_modality_step_that_leads_back_to_intensity_is_left_out(grey: Make, item: Make) -> None:
    table = item(LUTDescriptor=[2, 0, 16], LUTData=b"\0\0\1\0", ModalityLUTType="US")
    ds = masked(grey, item, SOPClassUID="1.2.840.10008.5.1.4.1.1.12.1")
    ds.ModalityLUTSequence, ds.PixelIntensityRelationship = Sequence([table]), "LOG"
    assert dk.render(ds, 2, dk.Window(0.5, 21), mask=True).tolist() == [[0, 128]]
    assert "modality_not_displayed" in codes(ds, mask=True)


def test_any_other_goes_before_the_subtraction(grey: Make, item: Make) -> None:
    ds = masked(grey, item, RescaleSlope=2, RescaleIntercept=5)
    pipeline = dk.display_pipeline(ds, 2, mask=True)
    assert [step.role for step in pipeline.steps] == ["Modality", "Mask", "VOI", "Output"]
    assert pipeline.steps[1](pipeline.steps[0](dk.stored_values(ds, 2))).tolist() == [[-20, 0]]


def test_monochrome1_turns_the_differences(grey: Make, item: Make) -> None:
    ds = masked(grey, item, PhotometricInterpretation="MONOCHROME1")
    assert dk.render(ds, 2, dk.Window(0.5, 21), mask=True).tolist() == [[255, 128]]


def test_padding_is_in_no_range_and_may_be_background(grey: Make, item: Make) -> None:
    frames = [[[10, 20]], [[12, 22]], [[1, 60000]], [[21, 31]]]
    ds = masked(grey, item, frames, PixelPaddingValue=60000)
    assert dk.render(ds, mask=True)[2].tolist() == [[0, 255]]
    assert dk.render(ds, padding="background", mask=True)[2].tolist() == [[0, 0]]


def test_a_recommendation_is_noted_where_it_is_not_followed(grey: Make, item: Make) -> None:
    ds = masked(grey, item, stated={"ApplicableFrameRange": [3, 4]})
    assert codes(ds) == set()
    ds.RecommendedViewingMode = "SUB"
    assert codes(ds) == {"subtraction_recommended"}
    assert codes(ds, mask=True) == set()
    # Of a frame that no mask is for, it says nothing.
    assert codes(ds, 0) == set()
    assert codes(ds, 0, mask=True) == {"mask_not_applied"}
    expected = dk.render(ds, 0)
    assert dk.render(ds, 0, mask=True).tolist() == expected.tolist()


def test_an_image_without_masks_stays_as_it_is(grey: Make) -> None:
    assert codes(grey([[1, 2]]), 0, mask=True) == set()
    assert codes(grey(FRAMES), 0, mask=True) == {"mask_not_applied"}
    assert dk.render(grey(FRAMES), mask=True).tolist() == dk.render(grey(FRAMES)).tolist()


def test_a_frame_that_is_its_own_mask_is_flat_for_a_reason(grey: Make, item: Make) -> None:
    ds = masked(grey, item, stated={"MaskFrameNumbers": [1]})
    assert len(np.unique(dk.render(ds, 0, mask=True))) == 1
    assert codes(ds, 0, mask=True) == set()
    assert codes(ds, 2, mask=True, window=dk.Window(900, 10)) == {"window_missed"}
    assert codes(ds, 2, mask=True, window=dk.Window(1.5, 1)) == {"picture_flat"}


def test_three_windows_make_colours_of_differences(grey: Make, item: Make) -> None:
    picture = dk.render(masked(grey, item), 2, (dk.Window(0.5, 21), None, "full"), mask=True)
    assert picture.tolist() == [[[0, 0, 0], [128, 128, 255]]]


def test_frames_are_decoded_as_often_as_there_are_frames(grey: Make, item: Make) -> None:
    ds = masked(grey, item, [[[n % 7, n % 5]] for n in range(60)])
    counted = 0
    reader = type(dk.open_image(ds).frames)
    decode = reader.decode

    def counting(self: Any, index: int) -> Any:  # noqa: ANN401
        nonlocal counted
        counted += 1
        return decode(self, index)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "decode", counting)
        for frame in range(60):
            dk.render(ds, frame, mask=True)
    # For the range each frame once, and two masks; for its picture each once more.
    assert counted <= 2 * 60 + 2 * 2


def test_a_mask_that_is_not_there_is_the_frame_s_error(grey: Make, item: Make) -> None:
    ds = masked(grey, item, stated={"MaskFrameNumbers": [4]})
    ds.PixelData = ds.PixelData[:12]
    with pytest.raises(dk.TruncatedError) as caught:
        dk.render(ds, 2, dk.Window(0, 10), mask=True)
    assert caught.value.frame == 3
    ds = masked(grey, item)
    ds.PixelData = ds.PixelData[:12]
    assert codes(ds, 2, mask=True) == {"range_incomplete"}


WORD = st.integers(0, 65535)
HOSTILE = st.fixed_dictionaries(
    {"MaskOperation": st.sampled_from(["AVG_SUB", "TID", "REV_TID", "NONE", "", "X"])},
    optional={
        "ApplicableFrameRange": st.lists(st.integers(0, 5) | WORD, max_size=6),
        "MaskFrameNumbers": st.lists(st.integers(0, 5) | WORD, max_size=4),
        "ContrastFrameAveraging": st.integers(0, 5) | WORD,
        "TIDOffset": st.integers(-5, 5) | st.integers(-32768, 32767),
        "MaskSubPixelShift": st.lists(st.floats(width=32), max_size=3),
        "SubtractionItemID": WORD,
    },
)


@given(st.lists(HOSTILE, max_size=4))
def test_whatever_a_module_says_there_is_a_picture_or_the_library_s_error(
    items: list[dict[str, Any]],
) -> None:
    ds = make_image(FRAMES)
    ds.MaskSubtractionSequence = Sequence([make_item(**one) for one in items])
    for frame in range(len(FRAMES)):
        picture = dk.render(ds, frame, mask=True)
        subtracted = dk.display_pipeline(ds, frame, mask=True).steps[0].role == "Mask"
        assert picture.shape == (1, 2)
        if not subtracted:
            np.testing.assert_array_equal(picture, dk.render(ds, frame))
