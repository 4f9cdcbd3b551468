"""Many frames that are told apart by vectors alone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from tests.volumes import classic

import dicomkit as dk
from dicomkit.dataset.modules.slices import slice_facts
from dicomkit.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

FRAMES = 4000
# One that parses the vectors anew for each frame takes over four.
SECONDS = 2.0


def many(vector: str) -> Dataset:
    ds = classic(1, (1, 2, 3))
    ds.NumberOfFrames = FRAMES
    setattr(ds, vector, [number + 1 for number in range(FRAMES)])
    del ds.PixelData
    return ds


@pytest.mark.parametrize("vector", ["GridFrameOffsetVector", "RotationVector"])
def test_each_of_many_frames_costs_the_same(vector: str) -> None:
    ds = many(vector)
    start = time.process_time()
    found = slice_facts(ds, DEFAULT_LIMITS)
    assert time.process_time() - start < SECONDS
    assert [facts.frame for facts in found] == list(range(FRAMES))
    for frame in (0, 1, FRAMES - 1):
        assert found[frame].plane == dk.frame_plane(ds, frame)
        said = {trait.keyword: trait.value for trait in found[frame].traits}
        if vector == "RotationVector":
            assert said[vector] == (frame + 1,)
        else:
            plane = found[frame].plane
            assert plane is not None
            assert plane.position == (1, 2, 3 + frame)
