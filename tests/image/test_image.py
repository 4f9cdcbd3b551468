"""An opened image: the frame axis, its errors, its options, its range."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import dicomkit as dk
from dicomkit.image.image import opened

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset
    from tests.pixels import MakeDataset


def words(*frames: list[int]) -> bytes:
    return np.array(frames, "<u2").tobytes()


@pytest.fixture
def three(dataset: MakeDataset) -> Dataset:
    """Make three frames of two rows of three words, all of one value."""
    data = words([7] * 6, [8] * 6, [9] * 6)
    return dataset(data, BitsAllocated=16, NumberOfFrames=3)


def numbered(index: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint16]]:
    return np.full((2, 3), index, np.uint16)


# ---- The value -----------------------------------------------------------------------------


def test_it_says_what_it_is_without_a_value_of_the_file(three: Dataset) -> None:
    image = dk.open_image(three)
    assert repr(image) == "<Image: 3 frames of 2 x 3, grey, uint16>"
    assert (len(image), image.shape, str(image.dtype)) == (3, (3, 2, 3), "uint16")
    assert image.dataset is three
    assert image.is_gray


def test_its_shape_has_no_frame_axis_where_there_is_one_frame(dataset: MakeDataset) -> None:
    image = dk.open_image(dataset(bytes(18), SamplesPerPixel=3))
    assert image.shape == dk.stored_values(image).shape == (2, 3, 3)
    assert repr(image) == "<Image: 2 x 3, colour, uint8>"
    assert not image.is_gray


def test_frames_are_counted_and_come_one_by_one(three: Dataset) -> None:
    image = dk.open_image(three)
    assert [int(frame[0, 0]) for frame in image] == [7, 8, 9]
    assert image[np.int64(2)].tolist() == [[9] * 3] * 2
    with pytest.raises(ValueError, match="read-only"):
        image[0][0, 0] = 1


def test_it_travels_to_another_process(three: Dataset) -> None:
    image = dk.open_image(three, lenient=True, limits=dk.Limits(frames=5))
    copy = pickle.loads(pickle.dumps(image))  # noqa: S301 - our own
    assert np.array_equal(dk.render(copy), dk.render(image))
    assert (copy.lenient, copy.limits) == (True, dk.Limits(frames=5))


@pytest.mark.parametrize("frame", [-1, 3, 10**9])
def test_a_frame_that_is_not_there(three: Dataset, frame: int) -> None:
    image = dk.open_image(three)
    with pytest.raises(IndexError, match=f"frame {frame} was asked for, but the image has 3"):
        image[frame]
    with pytest.raises(IndexError):
        image.gather(numbered, frame)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ("brain", "not 'brain'; a window is passed by name: window="),
        (dk.Window(40, 80), "not Window; a window is passed by name"),
        (1.0, "not float"),
        (True, "counted from 0, not True$"),
        (np.True_, "not bool"),
        (np.arange(2), "not ndarray"),
    ],
    ids=str,
)
def test_what_is_no_number_of_a_frame(three: Dataset, frame: Any, said: str) -> None:  # noqa: ANN401
    functions: tuple[Callable[..., object], ...] = (
        dk.render,
        dk.stored_values,
        dk.to_values,
        dk.to_hu,
        dk.display_pipeline,
        dk.voi_options,
    )
    for function in functions:
        with pytest.raises(TypeError, match=said):
            function(three, frame)


def test_all_frames_have_an_axis_of_their_own_unless_there_is_one(
    three: Dataset, dataset: MakeDataset
) -> None:
    several = dk.open_image(three).gather(numbered, None)
    assert several.shape == (3, 2, 3)
    assert several.dtype == np.uint16
    assert several[:, 0, 0].tolist() == [0, 1, 2]
    single = dk.open_image(dataset(bytes(6)))
    assert single.gather(numbered, None).shape == single.gather(numbered, 0).shape == (2, 3)


def test_all_frames_are_measured_before_their_memory_is_taken(three: Dataset) -> None:
    assert dk.open_image(three, limits=dk.Limits(total_bytes=36)).gather(numbered, None).size == 18
    image = dk.open_image(three, limits=dk.Limits(total_bytes=35))
    with pytest.raises(dk.LimitError, match="3 frames of 12 bytes are over the limit of 35"):
        image.gather(numbered, None)
    # One frame of many has no such bound.
    assert image.gather(numbered, 2).shape == (2, 3)


# ---- Options -------------------------------------------------------------------------------


def test_what_it_was_opened_with_holds(three: Dataset) -> None:
    three.PixelData = three.PixelData[:-2]
    with pytest.raises(dk.TruncatedError):
        dk.render(dk.open_image(three), 2)
    image = dk.open_image(three, lenient=True)
    assert dk.stored_values(image, 2).tolist() == [[9, 9, 9], [9, 9, 0]]
    assert dk.open_image(image) is image
    assert dk.open_image(image, lenient=True) is image


@pytest.mark.parametrize(
    "options", [{"lenient": True}, {"sample_color": "rgb"}, {"limits": dk.Limits(frames=7)}]
)
def test_other_options_are_refused(three: Dataset, options: dict[str, Any]) -> None:
    (name,) = options
    with pytest.raises(ValueError, match=f"opened with another {name}: pass it to open_image"):
        dk.stored_values(dk.open_image(three), **options)


@pytest.mark.parametrize("color", ["RGB", "", "grey", 0, True])
def test_samples_are_rgb_or_ybr(three: Dataset, color: Any) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match="'rgb', 'ybr' or None"):
        dk.render(three, sample_color=color)


def test_errors_name_the_file(three: Dataset) -> None:
    three.filename = "scan.dcm"
    three.PixelData = b""
    image = dk.open_image(three)
    with pytest.raises(dk.NoPixelsError) as caught:
        image[0]
    assert caught.value.path == "scan.dcm"
    with pytest.raises(dk.NoPixelsError) as caught, opened(image) as same:
        _ = same.frames
    assert caught.value.path == "scan.dcm"


# ---- What is remembered --------------------------------------------------------------------


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """List the frames that are decoded."""
    from dicomkit.image.reader import FrameReader

    asked: list[int] = []
    decode = FrameReader.decode

    def counting(reader: FrameReader, index: int) -> Any:  # noqa: ANN401 - passed on
        asked.append(index)
        return decode(reader, index)

    monkeypatch.setattr(FrameReader, "decode", counting)
    return asked


def test_a_loop_over_frames_decodes_each_twice_at_the_most(
    three: Dataset, decoded: list[int]
) -> None:
    for frame in range(3):
        dk.render(three, frame)
    assert len(decoded) <= 6


def test_an_opened_image_decodes_each_frame_once(three: Dataset, decoded: list[int]) -> None:
    image = dk.open_image(three)
    dk.render(image)
    for frame in range(3):
        dk.render(image, frame)
    assert sorted(decoded) == [0, 1, 2]


def test_a_view_that_does_not_need_the_range_decodes_no_other_frame(
    three: Dataset, decoded: list[int]
) -> None:
    dk.render(three, 1, "full")
    dk.render(three, 1, dk.Window(8, 2))
    three.WindowCenter, three.WindowWidth = 8, 4
    dk.render(three, 1)
    assert set(decoded) == {1}


def levels(ds: Dataset) -> list[int]:
    return [int(dk.render(ds, frame)[0, 0]) for frame in range(3)]


def test_what_is_remembered_goes_with_what_it_was_made_of(three: Dataset) -> None:
    assert levels(three) == [0, 128, 255]
    three.PixelData = words([7] * 6, [8] * 6, [11] * 6)
    assert levels(three) == [0, 64, 255]
    three.PixelPaddingValue = 11
    assert levels(three) == [0, 255, 255]
    del three.PixelPaddingValue
    three.RescaleSlope, three.RescaleIntercept = -1, 0
    assert levels(three) == [255, 191, 0]
    three.NumberOfFrames = 2
    assert [int(frame[0, 0]) for frame in dk.render(three)] == [255, 0]


def test_a_changed_functional_group_is_seen(three: Dataset, make_groups: Any) -> None:  # noqa: ANN401
    three.PerFrameFunctionalGroupsSequence = make_groups(1, 1, 1)
    assert levels(three) == [0, 128, 255]
    group = three.PerFrameFunctionalGroupsSequence[2].PixelValueTransformationSequence[0]
    group.RescaleSlope = 2
    # 7, 8 and 18.
    assert levels(three)[::-1][0] == 255
    assert levels(three) == [0, 23, 255]


def test_a_frame_that_cannot_be_decoded_costs_the_others_nothing(three: Dataset) -> None:
    three.PixelData = three.PixelData[:-2]
    assert [int(dk.render(three, frame)[0, 0]) for frame in range(2)] == [0, 255]
    (note,) = dk.display_pipeline(three, 0).notes
    assert note.code == "range_incomplete"
    assert "1 frame" in note.message


def test_what_is_found_out_of_headers_is_found_out_once(three: Dataset) -> None:
    asked: list[dk.Image] = []

    def find(image: dk.Image) -> int:
        asked.append(image)
        return len(image)

    # A dataset is opened anew each time, and remembered.
    assert [dk.open_image(three).remembered(find) for _ in range(3)] == [3, 3, 3]
    assert len(asked) == 1
    three.SegmentationType = "BINARY"
    dk.open_image(three).remembered(find)
    assert len(asked) == 2
