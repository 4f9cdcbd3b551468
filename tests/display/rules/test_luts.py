"""The tables and the rescale of the Modality and VOI steps; PS3.3 C.11.1 and C.11.2.

Every expectation is worked out by hand from the clause of PS3.3 (or PS3.5) in the test's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.display.rules.pictures import codes, levels, table

import dicomkit as dk

if TYPE_CHECKING:
    from tests.display.conftest import MakeImage
    from tests.display.rules.pictures import MakeItem


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
