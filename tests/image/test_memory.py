"""What is kept of an opened dataset: not for longer than it lives, and not of many."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import numpy as np

import dicomkit as dk
from dicomkit.image import memory

if TYPE_CHECKING:
    import pytest
    from pydicom.dataset import Dataset
    from tests.pixels import MakeDataset


def of(make: MakeDataset, *frames: int) -> Dataset:
    data = np.repeat(np.array(frames, np.uint8), 6).tobytes()
    return make(data, NumberOfFrames=len(frames))


def kept() -> int:
    return len(memory._MEMORIES)


def test_it_goes_with_its_dataset(dataset: MakeDataset) -> None:
    before = kept()
    ds = of(dataset, 1, 2, 3)
    dk.render(ds, 0)
    assert kept() == before + 1
    gone = weakref.ref(ds)
    del ds
    gc.collect()
    assert gone() is None
    assert kept() == before


def test_a_single_frame_is_not_kept(dataset: MakeDataset) -> None:
    before = kept()
    ds = of(dataset, 7)
    dk.render(ds)
    assert kept() == before


def test_pixels_of_many_datasets_are_not_kept_alive(dataset: MakeDataset) -> None:
    many = [of(dataset, 1, 2) for _ in range(40)]
    for ds in many:
        dk.render(ds, 1)
        del ds.PixelData
    assert kept() <= 16


def test_the_range_is_measured_once_for_a_dataset(
    dataset: MakeDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured: list[memory.ImageRange] = []
    made = memory.ImageRange

    def counting(*given: object) -> memory.ImageRange:
        measured.append(made(*given))  # type: ignore[arg-type]
        return measured[-1]

    monkeypatch.setattr("dicomkit.image.image.ImageRange", counting)
    ds = of(dataset, 10, 20, 30)
    for frame in range(3):
        dk.render(ds, frame)
        dk.display_pipeline(ds, frame)
    assert [one.ends for one in measured] == [(10, 30)]


def test_other_options_open_it_anew(dataset: MakeDataset) -> None:
    ds = of(dataset, 0, 10)
    assert dk.render(ds, 0).max() == 0
    ds.PixelData = ds.PixelData[:-1] + b"\xff"
    assert dk.render(ds, 1).max() == 255
    ds.PixelData = ds.PixelData[:-2]
    assert dk.render(ds, 1, lenient=True).tolist()[0] == [255] * 3
    assert dk.render(ds, 0).max() == 0
