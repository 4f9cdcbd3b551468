"""Every series of the packages that ship real files: each pixel where its header puts it."""

from __future__ import annotations

import warnings
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pydicom
import pytest
from tests.dataset.corpus import corpus

import dicomkit as dk

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom.dataset import Dataset

    from dicomkit.transforms.arrays import AnyArray


def header(path: Path) -> Dataset | None:
    """Read as pydicom does; None for what it does not take for an image."""
    try:
        ds = pydicom.dcmread(path, force=True, stop_before_pixels=True)
    except Exception:  # noqa: BLE001 - whatever is wrong, it is no image for pydicom
        return None
    return ds if {"Rows", "Columns", "BitsAllocated"} <= set(ds.dir()) else None


def by_series() -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = defaultdict(list)
    for path in corpus():
        ds = header(path)
        if ds is None:
            continue
        try:
            dk.read_dataset(path, stop_before_pixels=True)
        except dk.DicomKitError:
            continue
        found[str(ds.get("SeriesInstanceUID", path.name))].append(path)
    return dict(found)


pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    SERIES = by_series()


def stated(ds: Dataset, frame: int) -> AnyArray | None:
    """Give the corners of a frame by the formula of PS3.3 C.7.6.2.1.1, with pydicom's access."""

    def find(sequence: str, keyword: str) -> AnyArray | None:
        for name in ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence"):
            groups = ds.get(name)
            if not groups:
                continue
            group = groups[frame] if name.startswith("Per") else groups[0]
            if sequence in group and keyword in group[sequence][0]:
                return np.array(group[sequence][0][keyword].value, float)
        return np.array(ds[keyword].value, float) if ds.get(keyword) else None

    position = find("PlanePositionSequence", "ImagePositionPatient")
    cosines = find("PlaneOrientationSequence", "ImageOrientationPatient")
    spacing = find("PixelMeasuresSequence", "PixelSpacing")
    if position is None or cosines is None or spacing is None:
        return None
    if "GridFrameOffsetVector" in ds:
        # C.8.8.3.2: these are transverse.
        position = position + np.array((0, 0, float(ds.GridFrameOffsetVector[frame])))
    across = cosines[:3] * spacing[1] * (ds.Columns - 1)
    down = cosines[3:] * spacing[0] * (ds.Rows - 1)
    return np.array([position, position + across, position + down, position + across + down])


@pytest.mark.parametrize("uid", SERIES)
def test_every_frame_is_in_one_stack_and_in_its_place(uid: str) -> None:
    paths = SERIES[uid]
    found = dk.stacks(paths)
    frames = Counter((str(one.path), one.frame) for stack in found for one in stack.slices)
    assert max(frames.values()) == 1
    headers = {str(path): header(path) for path in paths}
    lost = 0
    for path, ds in headers.items():
        assert ds is not None
        # One of the files has a number with a letter in it.
        said = str(ds.get("NumberOfFrames") or 1)
        count = int(said) if said.isdecimal() else 1
        lost += sum((path, frame) not in frames for frame in range(count))
    twice = [note for stack in found for note in stack.notes if note.code == "duplicate_instance"]
    assert bool(lost) == bool(twice)
    for stack in found:
        assert stack.reason.endswith(".")
        for index, one in enumerate(stack.slices):
            ds = headers[str(one.path)]
            assert ds is not None
            corners = stated(ds, one.frame)
            if stack.grid is None:
                assert corners is None or "MOSAIC" in ds.ImageType
                continue
            assert corners is not None
            rows, columns = stack.grid.shape[1] - 1, stack.grid.shape[2] - 1
            places = stack.grid.to_patient(
                [(index, 0, 0), (index, 0, columns), (index, rows, 0), (index, rows, columns)]
            )
            assert np.allclose(places, corners, rtol=0, atol=0.002)


def read_or_why(stack: dk.Stack) -> tuple[dk.Volume | None, str]:
    try:
        return dk.read_volume(stack), ""
    except dk.DicomKitError as error:
        return None, error.code


@pytest.mark.parametrize("uid", SERIES)
def test_every_stack_that_can_be_read_is_what_to_values_gives(uid: str) -> None:
    for stack in dk.stacks(SERIES[uid]):
        volume, why = read_or_why(stack)
        # Where there is none, the pixels cannot be read at all.
        assert why in {"", "unsupported", "truncated", "inconsistent", "decode", "units"}
        if volume is None:
            continue
        for index, one in enumerate(stack.slices):
            assert one.path is not None
            values = dk.to_values(dk.read_dataset(one.path), one.frame)
            assert np.array_equal(volume.array[index], values, equal_nan=True)


def test_the_sample_exam_holds_these_volumes(sample_exam: Path) -> None:
    counts = [
        (one.modality, one.series_number, [len(stack) for stack in dk.stacks(one)])
        for one in dk.FileSetWalker(sample_exam).series()
        if len(one.instances) > 2
    ]
    assert counts == [
        # 1.25 mm apart, and one 162 such steps below.
        ("CT", 2, [1, 3]),
        ("CT", 5, [5]),
        # Three planes of a locator each.
        ("MR", 2, [1, 1, 1]),
        ("MR", 2, [1, 1, 1]),
        # Projections from seven sides.
        ("MR", 700, [1] * 7),
    ]
