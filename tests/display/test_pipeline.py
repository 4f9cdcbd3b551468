from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dicomkit.display.pipeline import DisplayPipeline, Step
from dicomkit.notes import Note
from dicomkit.transforms.output import Quantize
from dicomkit.transforms.palette import Palette
from dicomkit.transforms.rescale import Rescale
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    import numpy.typing as npt

OUTPUT = Step("Output", Quantize(8), "8 bits")


def pipeline(low: int, high: int, *, center: float = 40) -> DisplayPipeline:
    modality = Step("Modality", Rescale(2, -10, "HU"), "the file")
    voi = Step("VOI", Window(center, 80), "preset brain")
    return DisplayPipeline((modality, voi, OUTPUT), (low, high))


RANGES = [
    (0, 1),
    (0, 255),
    (0, 4095),
    (0, 65535),
    (-1, 0),
    (-128, 127),
    (-2048, 2047),
    (-32768, 32767),
]


@pytest.mark.parametrize(("low", "high"), RANGES)
@pytest.mark.parametrize(
    "dtype", [np.uint8, np.int8, np.uint16, np.int16, np.int32, np.int64, ">i2", ">u2", "<u4"]
)
def test_the_table_gives_what_the_steps_give(low: int, high: int, dtype: Any) -> None:  # noqa: ANN401
    info = np.iinfo(dtype)
    stored = np.arange(max(low, info.min), min(high, info.max) + 1).astype(dtype)
    chain = pipeline(low, high)
    assert np.array_equal(chain(stored), chain.by_steps(stored))
    assert np.array_equal(chain(stored[::-3]), chain.by_steps(stored[::-3]))


@pytest.mark.parametrize(("low", "high"), RANGES)
def test_the_table_stands_in_the_order_of_twos_complement(low: int, high: int) -> None:
    chain = pipeline(low, high)
    every = np.concatenate([np.arange(high + 1), np.arange(low, 0)])
    assert np.array_equal(chain.table(), chain.by_steps(every))
    with pytest.raises(ValueError, match="read-only"):
        chain.table()[0] = 1


@settings(max_examples=50)
@given(arrays(np.int32, (3, 4), elements=st.integers(-70_000, 70_000)))
def test_values_outside_the_range_go_through_the_steps(stored: npt.NDArray[np.int32]) -> None:
    stored.flags.writeable = False
    for low, high in RANGES:
        chain = pipeline(low, high)
        assert np.array_equal(chain(stored), chain.by_steps(stored))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int8, np.int16, np.uint32])
def test_values_outside_the_range_of_any_type_do_too(dtype: type[np.integer[Any]]) -> None:
    stored = np.array([0, 1, np.iinfo(dtype).max, np.iinfo(dtype).min], dtype)
    stored.flags.writeable = False
    for low, high in RANGES:
        chain = pipeline(low, high)
        assert np.array_equal(chain(stored), chain.by_steps(stored))


def test_real_and_empty_values_go_through_the_steps() -> None:
    chain = pipeline(0, 255)
    assert chain(np.array([25.25, np.nan])).tolist() == [131, 0]
    assert chain(np.empty((0, 3), np.uint8)).shape == (0, 3)


def test_without_a_range_there_is_no_table() -> None:
    chain = DisplayPipeline(pipeline(0, 1).steps, None)
    assert chain(np.array([25], np.int32)).tolist() == [129]
    with pytest.raises(ValueError, match="16 bits or fewer"):
        chain.table()


def test_equal_pipelines_share_a_table() -> None:
    one, other = pipeline(0, 4095), pipeline(0, 4095)
    assert one == other
    assert hash(one) == hash(other)
    assert one.table() is other.table()
    assert one.table() is not pipeline(0, 4095, center=41).table()
    assert one.table() is not pipeline(0, 4094).table()


def test_where_something_came_from_makes_no_other_table() -> None:
    one = pipeline(0, 255)
    moved = tuple(Step(step.role, step.transform, "elsewhere") for step in one.steps)
    other = DisplayPipeline(moved, one.stored_range, (Note("code", "message"),))
    assert other != one
    assert other.table() is one.table()


def test_a_pipeline_that_changes_nothing_copies() -> None:
    step = Step("VOI", Window(128, 256), "the file")
    chain = DisplayPipeline((step, OUTPUT), (0, 255))
    stored = np.arange(256, dtype=np.uint8).reshape(16, 16)
    stored.flags.writeable = False
    picture = chain(stored)
    assert np.array_equal(picture, stored)
    assert not np.shares_memory(picture, stored)
    assert picture.flags.writeable
    # A wider type is looked up all the same.
    assert np.array_equal(chain(stored.astype(np.uint16)), stored)


def test_a_palette_adds_an_axis() -> None:
    colors = Step("Palette", Palette(0, [[65535, 0, 0], [0, 257, 0]]), "the file")
    chain = DisplayPipeline((colors, OUTPUT), (0, 1))
    assert chain.table().tolist() == [[255, 0, 0], [0, 1, 0]]
    picture = chain(np.array([[0, 1, 1]], np.uint8))
    assert picture.tolist() == [[[255, 0, 0], [0, 1, 0], [0, 1, 0]]]


def test_pictures_can_be_written_to_and_share_nothing_with_the_table() -> None:
    chain = pipeline(0, 255)
    picture = chain(np.zeros((2, 2), np.uint8))
    before = chain.table().copy()
    picture[:] = 99
    assert np.array_equal(chain.table(), before)


def test_a_pipeline_travels_to_another_process() -> None:
    chain = pipeline(-2048, 2047)
    other = pickle.loads(pickle.dumps(chain))  # noqa: S301
    assert other == chain
    assert hash(other) == hash(chain)
    assert str(other) == str(chain)
    assert np.array_equal(other.table(), chain.table())


def test_the_printout_answers_why() -> None:
    chain = DisplayPipeline(pipeline(0, 1).steps, (0, 1), (Note("window_ignored", "width of 0"),))
    assert str(chain).splitlines() == [
        "Modality      x * 2 - 10 HU  [the file]",
        "VOI           center 40, width 80, LINEAR  [preset brain]",
        "Output        0..255, to the nearest  [8 bits]",
        "Note          window_ignored: width of 0",
    ]


def test_a_step_can_be_called_alone() -> None:
    assert Step("Modality", Rescale(2, 1), "the file")(np.array([3])).tolist() == [7]
