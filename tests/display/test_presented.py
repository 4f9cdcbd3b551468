"""Images as a presentation state shows them; the clause is PS3.4 N.2."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from tests.display.drawings import UID, small
from tests.states import (
    area,
    item,
    make_state,
    reference,
    state_of,
    voi,
)

import dicomkit as dk

if TYPE_CHECKING:
    from tests.display.conftest import MakeImage

RAMP = np.arange(12).reshape(3, 4) * 20


def table(first: int, entries: list[int], bits: int) -> Dataset:
    ds = Dataset()
    ds.add_new("LUTDescriptor", "US", [len(entries), first % 65536, bits])
    ds.add_new("LUTData", "OW", np.array(entries, "<u2").tobytes())
    return ds


def test_the_state_takes_the_place_of_all_that_the_image_says(grey: MakeImage) -> None:
    """PS3.4 N.2: what the image has is not used, even where the state has nothing instead."""
    image = grey(
        RAMP,
        SOPInstanceUID=UID,
        RescaleSlope=7,
        RescaleIntercept=-50,
        WindowCenter=3,
        WindowWidth=2,
        PresentationLUTShape="INVERSE",
        BitsStored=8,
    )
    assert dk.render(image, presentation=state_of(image)).tolist() == RAMP.tolist()


def test_a_modality_step_before_a_window(grey: MakeImage) -> None:
    image = grey(RAMP, SOPInstanceUID=UID)
    state = state_of(
        image,
        RescaleSlope="0.5",
        RescaleIntercept="-10",
        RescaleType="HU",
        SoftcopyVOILUTSequence=[voi(45.5, 91)],
    )
    # Values from -10 to 100; the window from 0 to 90.
    expected = np.clip((RAMP * 0.5 - 10) / 90, 0, 1) * 255
    assert np.abs(dk.render(image, presentation=state) - expected).max() <= 0.5


def test_a_modality_lut_whose_input_is_signed(grey: MakeImage) -> None:
    """Whether a table's first input is signed is said by the image alone (C.11.1.1.1)."""
    image = grey(np.array([[-3, -2, -1, 0, 1]]), "i2", SOPInstanceUID=UID)
    lut = table(-2, [10, 20, 30], 8)
    lut.ModalityLUTType = "US"
    state = state_of(image, ModalityLUTSequence=[lut])
    assert dk.render(image, presentation=state).tolist() == [[10, 10, 20, 30, 30]]


def test_a_voi_lut_whose_input_is_signed_by_the_rescale(grey: MakeImage) -> None:
    image = grey(np.array([[0, 1, 2, 3]]), "u2", SOPInstanceUID=UID)
    state = state_of(
        image,
        RescaleSlope=1,
        RescaleIntercept=-2,
        SoftcopyVOILUTSequence=[item(VOILUTSequence=[table(-2, [0, 85, 170, 255], 8)])],
    )
    assert dk.render(image, presentation=state).tolist() == [[0, 85, 170, 255]]


@pytest.mark.parametrize(
    ("dtype", "bits", "stored", "expected"),
    [
        ("u2", 12, [0, 4095], [0, 255]),
        ("u2", 12, [2048], [128]),
        ("i2", 12, [-2048, 2047, 0], [0, 255, 128]),
        ("u1", 8, [0, 255, 77], [0, 255, 77]),
        ("u4", 32, [0, 2**32 - 1], [0, 255]),
    ],
)
def test_without_a_window_it_is_the_range_of_the_stored_type(
    grey: MakeImage, dtype: str, bits: int, stored: list[int], expected: list[int]
) -> None:
    image = grey([stored], dtype, SOPInstanceUID=UID, BitsStored=bits)
    assert dk.render(image, presentation=state_of(image)).tolist() == [expected]


def test_without_a_window_a_modality_lut_gives_its_range(grey: MakeImage) -> None:
    image = grey([[0, 1]], SOPInstanceUID=UID)
    state = state_of(image, ModalityLUTSequence=[table(0, [0, 1023], 11)])
    assert dk.render(image, presentation=state).tolist() == [[0, round(1023 / 2047 * 255)]]


@pytest.mark.parametrize("slope", ["1E300", "-1E300", "1E-300"])
def test_a_slope_that_is_out_of_this_world(grey: MakeImage, slope: str) -> None:
    image = grey(RAMP, SOPInstanceUID=UID)
    state = state_of(image, RescaleSlope=slope, RescaleIntercept=0)
    assert dk.render(image, presentation=state).shape == RAMP.shape


def test_a_window_for_some_frames_and_images(grey: MakeImage) -> None:
    """C.11.8: the item that references the frame; of one that references none, all."""
    image = grey(np.full((4, 1, 1), 100), SOPInstanceUID=UID, BitsStored=8)
    other = item(SOPInstanceUID="1.2.9")
    state = state_of(
        image,
        other,
        SoftcopyVOILUTSequence=[
            voi(1, 2, reference(other)),
            voi(100.5, 51, reference(image, [1, 3])),
            voi(50.5, 101, reference(image, 2)),
        ],
    )
    shown = dk.render(image, presentation=state).ravel().tolist()
    # 0 to 100: white. 75 to 125: half. None: over 0 to 255.
    assert shown == [128, 255, 128, 100]
    state = state_of(image, SoftcopyVOILUTSequence=[voi(50.5, 101)])
    assert dk.render(image, presentation=state).ravel().tolist() == [255] * 4


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_the_state_alone_decides_on_the_polarity(grey: MakeImage, photometric: str) -> None:
    """PS3.4 N.2.1.4: MONOCHROME1 with INVERSE is one inversion, with IDENTITY none."""
    image = grey(RAMP, SOPInstanceUID=UID, BitsStored=8, PhotometricInterpretation=photometric)
    identity = state_of(image, PresentationLUTShape="IDENTITY")
    assert dk.render(image, presentation=identity).tolist() == RAMP.tolist()
    inverse = state_of(image, PresentationLUTShape="INVERSE")
    assert dk.render(image, presentation=inverse).tolist() == (255 - RAMP).tolist()
    lut = state_of(image, PresentationLUTShape=None, PresentationLUTSequence=[table(0, [9, 7], 8)])
    assert set(dk.render(image, presentation=lut).ravel().tolist()) == {9, 7}


def test_a_window_that_is_asked_for_takes_the_place_of_the_states(grey: MakeImage) -> None:
    image = grey(RAMP, SOPInstanceUID=UID, WindowCenter=1, WindowWidth=1)
    state = state_of(image, SoftcopyVOILUTSequence=[voi(50, 100)], PresentationLUTShape="INVERSE")

    def source(window: Any) -> str:  # noqa: ANN401
        steps = dk.display_pipeline(image, window=window, presentation=state).steps
        assert [step.role for step in steps] == ["VOI", "Presentation", "Output"]
        return steps[0].source

    assert source(None) == source(0) == "the presentation state"
    assert source(dk.Window(1, 2)) == "the caller"
    assert source("full") == "computed: the full range of the values"
    with pytest.raises(IndexError):
        source(1)


def test_the_table_and_the_steps_agree(grey: MakeImage) -> None:
    image = grey(RAMP, SOPInstanceUID=UID)
    state = state_of(image, ImageRotation=90, SoftcopyVOILUTSequence=[voi(100, 150)])
    pipeline = dk.display_pipeline(image, presentation=state)
    stored = dk.stored_values(image)
    assert np.array_equal(pipeline(stored), pipeline.by_steps(stored))
    assert np.array_equal(pipeline(stored), dk.render(image, presentation=state))


def test_an_image_or_a_frame_that_it_does_not_reference(grey: MakeImage) -> None:
    image = grey(np.zeros((3, 2, 2)), SOPInstanceUID=UID)
    state = dk.presentation_state(make_state(references=[reference(image, [1, 3])]))
    assert dk.render(image, 0, presentation=state).shape == (2, 2)
    assert dk.render(image, 2, presentation=state).shape == (2, 2)
    with pytest.raises(ValueError, match="does not reference frame 1 of this image") as caught:
        dk.render(image, presentation=state)
    assert not isinstance(caught.value, dk.DicomKitError)
    image.SOPInstanceUID = "1.2.4"
    with pytest.raises(ValueError, match="does not reference"):
        dk.display_pipeline(image, presentation=state)
    del image.SOPInstanceUID
    with pytest.raises(ValueError, match="does not reference"):
        dk.display_pipeline(image, presentation=state)


def test_only_a_state_is_a_state(grey: MakeImage) -> None:
    image = grey(RAMP, SOPInstanceUID=UID)
    with pytest.raises(TypeError, match="not Dataset; presentation_state\\(ds\\) gives one"):
        dk.render(image, presentation=make_state(image))  # type: ignore[call-overload]


def test_colour_and_real_values_are_not_for_grey_states(grey: MakeImage) -> None:
    color = dk.read_dataset(str(get_testdata_file("examples_rgb_color.dcm", download=False)))
    with pytest.raises(dk.UnsupportedError, match="greyscale"):
        dk.render(color, presentation=state_of(color))
    real = grey(RAMP, "f4", SOPInstanceUID=UID)
    with pytest.raises(dk.UnsupportedError, match="whole numbers"):
        dk.render(real, presentation=state_of(real))


def test_the_pipeline_says_what_the_state_decided(grey: MakeImage) -> None:
    image = small(grey)
    state = state_of(
        image,
        RescaleSlope=1,
        RescaleIntercept=-10,
        RescaleType="HU",
        SoftcopyVOILUTSequence=[voi(40, 80)],
        PresentationLUTShape="INVERSE",
        ShutterShape="RECTANGULAR",
        ShutterLeftVerticalEdge=1,
        ShutterRightVerticalEdge=3,
        ShutterUpperHorizontalEdge=1,
        ShutterLowerHorizontalEdge=4,
        ImageRotation=270,
        ImageHorizontalFlip="Y",
        DisplayedAreaSelectionSequence=[area((1, 1), (2, 4), "MAGNIFY", 2)],
    )
    pipeline = dk.display_pipeline(image, presentation=state)
    assert str(pipeline).splitlines() == [
        "Modality      x * 1 - 10 HU  [the presentation state]",
        "VOI           center 40, width 80, LINEAR  [the presentation state]",
        "Presentation  1 - y  [the presentation state]",
        "Output        0..255, to the nearest  [8 bits]",
        "Shutter       only columns 1 to 3, rows 1 to 4; else P-Value 0  [the presentation state]",
        "Area          columns 1 to 2, rows 1 to 4  [the presentation state]",
        "Rotation      270 degrees clockwise, then flipped left to right  [the presentation state]",
        "Size          4 rows, 8 columns  [the presentation state]",
    ]
    html = pipeline._repr_html_()
    assert all(role in html for role in ("Shutter", "Area", "Rotation", "Size"))
    assert pickle.loads(pickle.dumps(pipeline)).placing[1:] == pipeline.placing[1:]  # noqa: S301


def test_16_bits_and_three_windows(grey: MakeImage) -> None:
    image = small(grey)
    state = state_of(
        image, ImageRotation=90, DisplayedAreaSelectionSequence=[area((1, 1), (3, 4), "MAGNIFY", 2)]
    )
    deep = dk.render(image, presentation=state, bits=16)
    assert (deep.shape, deep.dtype, deep.max()) == ((6, 8), np.dtype(np.uint16), 65535)
    color = dk.render(image, window=("full", 0, dk.Window(1, 1)), presentation=state)
    assert color.shape == (6, 8, 3)
