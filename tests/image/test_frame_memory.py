"""The memory that frames take: views where they can be, bounded, and none for other frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import RLELossless

from dicomkit.errors import LimitError
from dicomkit.image import reader
from dicomkit.image.image import open_image
from dicomkit.image.values import frame_count, stored_values
from dicomkit.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset
    from tests.pixels import MakeDataset

    Real = Callable[[str], Dataset]
    Ramp = np.ndarray[Any, np.dtype[np.uint16]]


@pytest.mark.parametrize("name", ["MR_small.dcm", "MR_small_RLE.dcm", "SC_rgb_jpeg_dcmtk.dcm"])
def test_arrays_are_read_only_and_contiguous(real: Real, name: str) -> None:
    ds = real(name)
    for values in (stored_values(ds), stored_values(ds, 0), open_image(ds)[0]):
        assert values.flags.c_contiguous
        assert values.dtype.isnative
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0


def test_native_frames_are_views(real: Real) -> None:
    ds = real("emri_small.dcm")
    data = np.frombuffer(ds.PixelData, np.uint8)
    assert np.shares_memory(stored_values(ds), data)
    assert np.shares_memory(stored_values(ds, 3), data)


def test_many_missing_frames_take_no_time(dataset: MakeDataset) -> None:
    found = stored_values(dataset(bytes(range(12)), NumberOfFrames=900_000), lenient=True)
    assert found.shape == (900_000, 2, 3)
    assert found[1, 1, 2] == 11


def test_limits_are_checked_before_memory_is_taken(dataset: MakeDataset) -> None:
    ds = dataset(bytes(60), NumberOfFrames=10)
    assert stored_values(ds, limits=Limits(total_bytes=60)).nbytes == 60
    with pytest.raises(LimitError, match="10 frames of 6 bytes are over the limit of 59"):
        stored_values(ds, limits=Limits(total_bytes=59))
    assert stored_values(ds, 9, limits=Limits(total_bytes=59)).nbytes == 6
    with pytest.raises(LimitError):
        stored_values(ds, 0, limits=Limits(frame_bytes=5))
    with pytest.raises(LimitError):
        frame_count(ds, limits=Limits(frames=9))


def test_no_memory_for_a_frame(dataset: MakeDataset, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(reader, "to_stored", fail)
    with pytest.raises(LimitError, match="not enough memory for the frame"):
        stored_values(dataset(bytes(6)), 0)


def test_no_memory_for_all_frames(dataset: MakeDataset, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(np, "zeros", fail)
    with pytest.raises(LimitError, match="not enough memory for 2 frames"):
        stored_values(dataset(bytes(6), NumberOfFrames=2, BitsAllocated=1))


def test_the_last_of_many_frames_is_found_without_the_others(dataset: MakeDataset) -> None:
    """By the bytes that are copied, not by the clock."""
    tracemalloc = pytest.importorskip("tracemalloc")
    segment = b"\xfb\7"
    rle = (1).to_bytes(4, "little") + (64).to_bytes(4, "little") + bytes(56) + segment
    data = encapsulate([rle + bytes(100_000)] * 50)
    ds = dataset(data, RLELossless, NumberOfFrames=50)
    stored_values(ds, 0)
    tracemalloc.start()
    try:
        assert stored_values(ds, 49).tolist() == [[7] * 3] * 2
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000 < len(data)
