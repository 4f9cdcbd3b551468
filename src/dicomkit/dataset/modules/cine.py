"""How fast the frames of an image follow each other (PS3.3 C.7.6.5)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.dataset.elements.attributes import integer, integers, number, numbers
from dicomkit.notes import Note

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["FrameRate", "cine_rate"]

_MILLISECONDS = 1000.0
_FRAME_TIME = 0x00181063
_FRAME_TIME_VECTOR = 0x00181065


@dataclass(frozen=True, slots=True)
class FrameRate:
    """How fast frames follow each other, and where the file says so.

    Parameters
    ----------
    per_second : float
        Frames a second; on average where they do not follow each other evenly.
    durations : tuple of float
        Seconds that each frame is shown; empty where it is the same for all of them.
    source : str
        The attribute that says it.
    notes : tuple of Note
        What was ignored.

    Raises
    ------
    ValueError
        The rate, or one of the durations, is no number above 0.

    Examples
    --------
    >>> rate = FrameRate(12.5)
    >>> rate.duration(0), float(rate)
    (0.08, 12.5)
    """

    per_second: float
    durations: tuple[float, ...] = ()
    source: str = "the caller"
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no frames can follow each other at."""
        if not all(0 < one < math.inf for one in (self.per_second, *self.durations)):
            msg = "a frame rate, and how long a frame is shown, is a number above 0"
            raise ValueError(msg)

    def __float__(self) -> float:
        """Give the frames a second."""
        return float(self.per_second)

    def duration(self, frame: int) -> float:
        """Give the seconds that a frame is shown, counted from 0."""
        if frame < len(self.durations):
            return self.durations[frame]
        return 1 / self.per_second


def cine_rate(ds: Dataset) -> FrameRate | None:
    """Find how fast frames are to be shown; None where the file does not say it.

    What is recommended for display goes first: the time between two frames may be that of a
    minute's scan. Of the others, Frame Increment Pointer names the one that holds.
    """
    notes: list[Note] = []
    rate = (
        _of_rate(ds, "RecommendedDisplayFrameRate", notes)
        or _of_times(ds, notes)
        or _of_rate(ds, "CineRate", notes)
    )
    if rate is None:
        return None
    return FrameRate(rate.per_second, rate.durations, rate.source, tuple(notes))


def _of_rate(ds: Dataset, keyword: str, notes: list[Note]) -> FrameRate | None:
    value = number(ds, keyword, notes)
    if value is None:
        return None
    if value <= 0:
        notes.append(Note("rate_ignored", f"{keyword} is not above 0"))
        return None
    return FrameRate(value, source=keyword)


def _of_times(ds: Dataset, notes: list[Note]) -> FrameRate | None:
    pointed = integers(ds, "FrameIncrementPointer")
    readings = [_of_vector, _of_time]
    if _FRAME_TIME in pointed and _FRAME_TIME_VECTOR not in pointed:
        readings.reverse()
    return readings[0](ds, notes) or readings[1](ds, notes)


def _of_time(ds: Dataset, notes: list[Note]) -> FrameRate | None:
    value = number(ds, "FrameTime", notes)
    if value is None:
        return None
    if value <= 0:
        notes.append(Note("rate_ignored", "FrameTime is not above 0"))
        return None
    return FrameRate(_MILLISECONDS / value, source="FrameTime")


def _of_vector(ds: Dataset, notes: list[Note]) -> FrameRate | None:
    """Read the increments from frame to frame (C.7.6.5.1.2); the first frame's own is 0."""
    increments = numbers(ds, "FrameTimeVector", notes)
    if not increments:
        return None
    frames = integer(ds, "NumberOfFrames") or 1
    steps = increments[1:]
    if len(increments) != frames or not steps or min(steps) <= 0:
        message = "FrameTimeVector is not one increment above 0 for each frame behind the first"
        notes.append(Note("rate_ignored", message))
        return None
    mean = math.fsum(steps) / len(steps)
    # Nothing says how long the last frame is shown: as long as the others are on average.
    durations = tuple(step / _MILLISECONDS for step in (*steps, mean))
    even = max(steps) == min(steps)
    return FrameRate(_MILLISECONDS / mean, () if even else durations, "FrameTimeVector")
