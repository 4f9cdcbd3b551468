"""Segmentations and structure sets that ask for too much, or contradict themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from tests.bad.test_errors import bounded
from tests.segmentations import picture_on, segmentation, slide, tiled
from tests.structures import contour, structure_set

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Callable

GRID = dk.Grid((3, 64, 64), np.array([[0, 0, 1, 2], [0, 1, 0, 3], [2, 0, 0, 4], [0, 0, 0, 1]]))
MASK = np.ones(GRID.shape, bool)


def million_frames() -> Dataset:
    return segmentation({1: MASK}, GRID, NumberOfFrames=1_000_000)


def many_frames_that_say_nothing() -> Dataset:
    return segmentation({1: MASK}, GRID, NumberOfFrames=10_010)


def tiles(**totals: int) -> Callable[[], Dataset]:
    def make() -> Dataset:
        ds = tiled({1: MASK[0]}, (16, 16), full=True)
        for keyword, value in totals.items():
            setattr(ds, keyword, value)
        return ds

    return make


def group(keyword: str, value: object) -> Callable[[], Dataset]:
    """Replace a macro of every frame."""

    def make() -> Dataset:
        ds = segmentation({1: MASK}, GRID)
        for one in ds.PerFrameFunctionalGroupsSequence:
            if value is None:
                delattr(one, keyword)
            else:
                setattr(one, keyword, value)
        return ds

    return make


def shown(number: int) -> Sequence:
    item = Dataset()
    item.ReferencedSegmentNumber = number
    return Sequence([item])


SEGMENTATIONS: dict[str, tuple[Callable[[], Dataset], str]] = {
    "a million frames": (million_frames, "limit"),
    "frames of which nothing is said": (many_frames_that_say_nothing, "limit"),
    "a slide of 16 trillion tiles": (
        tiles(TotalPixelMatrixRows=2**32 - 1, TotalPixelMatrixColumns=2**32 - 1),
        "inconsistent",
    ),
    "a slide without columns": (tiles(TotalPixelMatrixColumns=0), "inconsistent"),
    "a billion focal planes": (tiles(TotalPixelMatrixFocalPlanes=2**30), "inconsistent"),
    "frames of no place": (group("PlanePositionSequence", None), "inconsistent"),
    "frames of segment 0": (group("SegmentIdentificationSequence", shown(0)), "inconsistent"),
    "positions that are no numbers": (group("PlanePositionSequence", Sequence()), "inconsistent"),
}


@pytest.mark.parametrize("name", SEGMENTATIONS)
def test_a_segmentation_that_lies_is_refused_soon(name: str) -> None:
    make, code = SEGMENTATIONS[name]
    ds = make()
    on_slide = "TotalPixelMatrixRows" in ds
    picture = slide((64, 64), (16, 16)) if on_slide else picture_on(GRID)
    for call in (lambda: dk.segment_masks(ds, picture), lambda: dk.segment_labels(ds, GRID)):
        with bounded(), pytest.raises(dk.DicomKitError) as caught:
            call()
        assert caught.value.code == code


def test_a_frame_may_show_a_segment_that_nothing_describes() -> None:
    ds = group("SegmentIdentificationSequence", shown(65_535))()
    with bounded():
        assert list(dk.segment_masks(ds, picture_on(GRID))) == [1, 65_535]
        assert dk.segment_labels(ds, GRID).max() == 65_535


def test_sixty_thousand_segments_take_no_more_than_they_show() -> None:
    ds = segmentation({1: MASK}, GRID)
    described = []
    for number in range(1, 60_000):
        item = Dataset()
        item.SegmentNumber = number
        described.append(item)
    ds.SegmentSequence = Sequence(described)
    image = dk.open_image(ds)
    dk.segment_masks(image, picture_on(GRID))
    with bounded():
        masks = dk.segment_masks(image, picture_on(GRID))
    assert len(masks) == 59_999


def test_a_label_for_every_pixel_is_refused_before_memory_is_taken() -> None:
    big = dk.Grid((1, 256, 256), GRID.affine)
    ds = segmentation({0: np.zeros(big.shape, np.uint8)}, big, "LABELMAP", sparse=False)
    ds.BitsAllocated = ds.BitsStored = 16
    ds.HighBit = 15
    ds.PixelData = np.arange(65_536, dtype="<u2").tobytes()
    with bounded():
        with pytest.raises(dk.LimitError, match="segment_labels gives one array"):
            dk.segment_masks(ds, picture_on(big), limits=dk.Limits(total_bytes=1 << 30))
        labels = dk.segment_labels(ds, big)
    np.testing.assert_array_equal(labels.ravel(), np.arange(65_536))


def raw(data: bytes) -> Dataset:
    """Give a contour of bytes as a file may have them."""
    ds = Dataset()
    ds.ContourGeometricType = "CLOSED_PLANAR"
    tag = Tag(0x30060050)
    ds[tag] = RawDataElement(
        tag, "DS", len(data), data, 0, is_implicit_VR=True, is_little_endian=True
    )
    return ds


STRUCTURES: dict[str, Callable[[], list[Dataset]]] = {
    "a million points across the picture": lambda: [
        raw(b"\\".join([b"-9\\0\\4", b"99\\60\\4"] * 20_000))
    ],
    "fifty thousand contours on one slice": lambda: (
        [raw(b"3\\4\\4\\60\\4\\4\\60\\50\\4\\3\\50\\4")] * 50_000
    ),
    "numbers out of this world": lambda: [raw(b"1e300\\-1e300\\4\\1e99\\0\\4\\0\\1e200\\4")],
    "numbers that are just in it": lambda: [
        contour([[-1e6, -1e6, 4], [1e6, -1e6, 4], [1e6, 1e6, 4], [-1e6, 1e6, 4]])
    ],
    "one number of a megabyte": lambda: [raw(b"9" * 1_000_000 + b"\\1" * 8)],
    "nothing but separators": lambda: [raw(b"\\" * 1_000_000)],
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_contours_that_ask_for_much_end_soon(name: str) -> None:
    ds: Any = structure_set(STRUCTURES[name]())
    with bounded():
        (structure,) = dk.structures(ds)
    with bounded():
        mask = dk.structure_mask(structure, GRID)
    assert mask.shape == GRID.shape
    if name == "numbers that are just in it":
        assert mask[0].all()
