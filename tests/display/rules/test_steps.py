"""The order of the steps, each frame's own, and what enters and leaves them.

Every expectation is worked out by hand from the clause of PS3.3 (or PS3.5) in the test's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from pydicom.dataelem import DataElement
from pydicom.tag import Tag
from tests.display.rules.pictures import codes, levels

import dicomkit as dk

if TYPE_CHECKING:
    from pydicom.dataset import Dataset
    from tests.display.conftest import MakeImage
    from tests.display.rules.pictures import MakeItem


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


def test_ps3_5_8_1_1_bits_are_masked_shifted_and_sign_extended(grey: MakeImage) -> None:
    """12 bits from bit 14 down: 0x5558 -> 0xAAB; bits 15 and 2 to 0 are other things."""
    ds = grey([0x5558, 0x8007, 0xFFFF], BitsStored=12, HighBit=14)
    assert dk.stored_values(ds).tolist() == [[0xAAB, 0, 0xFFF]]
    ds.PixelRepresentation = 1
    assert dk.stored_values(ds).tolist() == [[0xAAB - 0x1000, 0, -1]]
    window = dk.Window(-1.5, 3)
    # Black up to -3, white from -1 on: (x + 2) / 2 + 0.5.
    assert levels(ds, window=window) == [0, 255, 255]


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


def test_levels_are_rounded_to_the_nearest(grey: MakeImage) -> None:
    """c = 500.5, w = 1001: x / 1000 * 255; 1 -> 0.255, 2 -> 0.51, 998 -> 254.49."""
    ds = grey([1, 2, 5, 6, 998, 999], WindowCenter=500.5, WindowWidth=1001)
    assert levels(ds) == [0, 1, 1, 2, 254, 255]
