from __future__ import annotations

import dataclasses
import pickle
from typing import Any

import pytest

from dicomkit.limits import DEFAULT_LIMITS, Limits

NAMES = [field.name for field in dataclasses.fields(Limits)]


def test_the_defaults_hold_what_people_have() -> None:
    mammogram = 4096 * 3328 * 2
    assert mammogram * 100 < DEFAULT_LIMITS.total_bytes
    slide_tile = 16_384 * 16_384 * 3
    assert slide_tile <= DEFAULT_LIMITS.frame_bytes
    assert DEFAULT_LIMITS.frames >= 500_000
    assert DEFAULT_LIMITS.depth == 64
    # A slide's frames, each with an item in three functional groups; a DICOMDIR of 200 000 images
    # with icons.
    assert DEFAULT_LIMITS.items >= 100_000 * 4
    assert DEFAULT_LIMITS.items >= 200_000 * 2


def test_the_defaults_refuse_what_harms() -> None:
    claimed = 30_000 * 30_000 * 2
    assert claimed > DEFAULT_LIMITS.frame_bytes
    # What 8 kB of a deflated dataset can hold of empty items (RFC 1951: 1032 to one).
    assert DEFAULT_LIMITS.items < 8_000 * 1032 // 8


@pytest.mark.parametrize("name", NAMES)
def test_each_bound_can_be_set_alone(name: str) -> None:
    limits = dataclasses.replace(DEFAULT_LIMITS, **{name: 1})
    assert getattr(limits, name) == 1
    assert all(
        getattr(limits, other) == getattr(DEFAULT_LIMITS, other) for other in NAMES if other != name
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [0, -1])
def test_a_bound_that_nothing_can_keep_is_refused(name: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"{name} must be at least 1"):
        dataclasses.replace(DEFAULT_LIMITS, **{name: value})


def test_limits_are_a_value() -> None:
    assert Limits() == DEFAULT_LIMITS
    assert hash(Limits(frames=2)) == hash(Limits(frames=2))
    assert Limits(frames=2) != Limits(frames=3)
    assert pickle.loads(pickle.dumps(Limits(frames=2))) == Limits(frames=2)  # noqa: S301
    limits: Any = Limits()
    with pytest.raises(AttributeError):
        limits.frames = 5
