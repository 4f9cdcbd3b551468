from __future__ import annotations

import numpy as np
import pytest

from dicomkit.errors import LimitError
from dicomkit.image.axis import checked_frame, gathered
from dicomkit.limits import DEFAULT_LIMITS, Limits


def numbered(index: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint16]]:
    return np.full((2, 3), index, np.uint16)


@pytest.mark.parametrize("frame", [0, 1, 4])
def test_a_frame_that_is_there(frame: int) -> None:
    assert checked_frame(frame, 5) == frame
    assert gathered(numbered, 5, frame, DEFAULT_LIMITS).tolist() == [[frame] * 3] * 2


@pytest.mark.parametrize("frame", [-1, 5, 10**9])
def test_a_frame_that_is_not(frame: int) -> None:
    with pytest.raises(IndexError, match="the image has 5, counted from 0"):
        checked_frame(frame, 5)
    with pytest.raises(IndexError):
        gathered(numbered, 5, frame, DEFAULT_LIMITS)


def test_all_frames_have_an_axis_of_their_own_unless_there_is_one() -> None:
    several = gathered(numbered, 3, None, DEFAULT_LIMITS)
    assert several.shape == (3, 2, 3)
    assert several.dtype == np.uint16
    assert several[:, 0, 0].tolist() == [0, 1, 2]
    assert gathered(numbered, 1, None, DEFAULT_LIMITS).shape == (2, 3)
    assert gathered(numbered, 1, 0, DEFAULT_LIMITS).shape == (2, 3)


def test_all_frames_are_measured_before_their_memory_is_taken() -> None:
    assert gathered(numbered, 3, None, Limits(total_bytes=36)).nbytes == 36
    with pytest.raises(LimitError, match="36 bytes, over the limit of 35"):
        gathered(numbered, 3, None, Limits(total_bytes=35))
    # One frame of many has no such bound.
    assert gathered(numbered, 3, 2, Limits(total_bytes=1)).shape == (2, 3)
