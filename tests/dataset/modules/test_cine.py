"""How fast frames follow each other (PS3.3 C.7.6.5)."""

from __future__ import annotations

import pytest
from pydicom.dataset import Dataset

from dicomkit.dataset.modules.cine import FrameRate, cine_rate

_TIME, _VECTOR, _OTHER = 0x00181063, 0x00181065, 0x00200032


def _rate(**elements: object) -> FrameRate:
    rate = _rate_or_none(**elements)
    assert rate is not None
    return rate


def _rate_or_none(**elements: object) -> FrameRate | None:
    ds = Dataset()
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return cine_rate(ds)


@pytest.mark.parametrize(
    ("elements", "per_second", "source"),
    [
        ({"RecommendedDisplayFrameRate": 15}, 15, "RecommendedDisplayFrameRate"),
        ({"CineRate": 25}, 25, "CineRate"),
        ({"FrameTime": 40}, 25, "FrameTime"),
        ({"FrameTime": 33.333, "CineRate": 15}, 30.00030000300003, "FrameTime"),
        # A frame a minute is not what anybody would look at.
        ({"FrameTime": 60000, "RecommendedDisplayFrameRate": 8}, 8, "RecommendedDisplayFrameRate"),
    ],
)
def test_of_several_attributes_what_is_meant_for_display_goes_first(
    elements: dict[str, object], per_second: float, source: str
) -> None:
    assert (_rate(**elements).per_second, _rate(**elements).source) == (per_second, source)


def test_a_file_that_says_nothing_has_no_rate() -> None:
    assert _rate_or_none() is None
    assert _rate_or_none(FrameTimeVector=[0], NumberOfFrames=1) is None


def test_the_increments_of_a_vector_are_how_long_the_frames_before_them_are_shown() -> None:
    rate = _rate(FrameTimeVector=[0, 100, 300, 200], NumberOfFrames=4)
    # C.7.6.5.1.2: frame i is at the sum of the increments up to i: 0, 0.1, 0.4 and 0.6 s.
    assert rate.durations == (0.1, 0.3, 0.2, 0.2)
    assert rate.per_second == 5
    assert [rate.duration(frame) for frame in (1, 3, 4)] == [0.3, 0.2, 0.2]


def test_an_even_vector_is_a_rate() -> None:
    rate = _rate(FrameTimeVector=[0, 40, 40], NumberOfFrames=3)
    assert (rate.per_second, rate.durations) == (25, ())


@pytest.mark.parametrize(
    ("pointer", "source"),
    [
        (_TIME, "FrameTime"),
        (_VECTOR, "FrameTimeVector"),
        ([_TIME, _VECTOR], "FrameTimeVector"),
        (_OTHER, "FrameTimeVector"),
        (None, "FrameTimeVector"),
    ],
)
def test_the_frame_increment_pointer_says_which_time_holds(pointer: object, source: str) -> None:
    elements: dict[str, object] = {} if pointer is None else {"FrameIncrementPointer": pointer}
    rate = _rate(FrameTime=40, FrameTimeVector=[0, 20, 30], NumberOfFrames=3, **elements)
    assert rate.source == source


@pytest.mark.parametrize("vector", [[0, 40], [0, 40, 40, 40], [0, 40, 0], [0, -40, 40]])
def test_a_vector_that_does_not_fit_the_frames_is_noted_and_not_used(vector: list[float]) -> None:
    rate = _rate(FrameTimeVector=vector, NumberOfFrames=3, CineRate=12)
    assert rate.source == "CineRate"
    assert "rate_ignored" in {note.code for note in rate.notes}


@pytest.mark.parametrize("value", [0, -5])
def test_rates_that_are_not_above_0_are_noted_and_not_used(value: float) -> None:
    rate = _rate(RecommendedDisplayFrameRate=value, FrameTime=value, CineRate=10)
    assert rate.per_second == 10
    assert [note.code for note in rate.notes] == ["rate_ignored", "rate_ignored"]
    assert _rate_or_none(CineRate=value) is None


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_a_rate_is_a_number_above_0(value: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        FrameRate(value)
    with pytest.raises(ValueError, match="above 0"):
        FrameRate(10, (0.1, value))
