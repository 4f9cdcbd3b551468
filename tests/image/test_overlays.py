"""Overlay planes; the clause is PS3.3 C.9.2, of embedded ones PS3.5 8.1.2 (retired)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

import dicomkit as dk
from dicomkit.image.overlays import Overlay, read_overlays
from dicomkit.image.reader import FrameReader
from dicomkit.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.pixels import MakeDataset

    Make = Callable[..., Dataset]

VRS = {
    0x0010: "US", 0x0011: "US", 0x0015: "IS", 0x0022: "LO", 0x0040: "CS", 0x0050: "SS",
    0x0051: "US", 0x0100: "US", 0x0102: "US", 0x1500: "LO", 0x3000: "OW",
}  # fmt: skip
ROWS, COLUMNS, FRAMES, DESCRIPTION, KIND = 0x0010, 0x0011, 0x0015, 0x0022, 0x0040
ORIGIN, FRAME_ORIGIN, ALLOCATED, POSITION, LABEL, DATA = (
    0x0050, 0x0051, 0x0100, 0x0102, 0x1500, 0x3000,
)  # fmt: skip


def add(ds: Dataset, elements: dict[int, Any], group: int = 0x6000) -> Dataset:
    for number, value in elements.items():
        ds.add_new((group << 16) | number, VRS[number], value)
    return ds


def plane(ds: Dataset | None = None, /, **changed: object) -> Dataset:
    """Add a 2 x 3 plane whose pixels are 1 0 1 / 0 1 0."""
    elements: dict[int, Any] = {
        ROWS: 2, COLUMNS: 3, KIND: "G", ORIGIN: [1, 1], ALLOCATED: 1, POSITION: 0,
        DATA: bytes([0b010101, 0]),
    }  # fmt: skip
    names = {"rows": ROWS, "columns": COLUMNS, "frames": FRAMES, "origin": ORIGIN, "data": DATA,
             "frame_origin": FRAME_ORIGIN, "kind": KIND, "label": LABEL,
             "description": DESCRIPTION, "allocated": ALLOCATED, "position": POSITION}  # fmt: skip
    elements.update({names[name]: value for name, value in changed.items()})
    return add(
        Dataset() if ds is None else ds, {k: v for k, v in elements.items() if v is not None}
    )


def test_bits_lie_lowest_first() -> None:
    (overlay,) = dk.overlays(plane())
    assert overlay.planes.tolist() == [[[True, False, True], [False, True, False]]]
    assert overlay.planes.dtype == np.bool_
    assert (overlay.group, overlay.kind, overlay.origin) == (0x6000, "G", (1, 1))
    assert (overlay.label, overlay.description) == (None, None)


def test_planes_cannot_be_written_to() -> None:
    (overlay,) = dk.overlays(plane())
    with pytest.raises(ValueError, match="read-only"):
        overlay.planes[0, 0, 0] = False


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 3), st.randoms())
def test_rows_and_frames_follow_each_other_without_a_gap(
    rows: int,
    columns: int,
    frames: int,
    random: Any,  # noqa: ANN401
) -> None:
    bits = [random.getrandbits(1) for _ in range(rows * columns * frames)]
    packed = bytearray(-(-len(bits) // 8))
    for place, bit in enumerate(bits):
        packed[place // 8] |= bit << (place % 8)
    (overlay,) = dk.overlays(
        plane(rows=rows, columns=columns, frames=frames, data=bytes(packed + b"\0"))
    )
    assert overlay.planes.shape == (frames, rows, columns)
    assert overlay.planes.ravel().astype(int).tolist() == bits


def test_sixteen_groups_in_order() -> None:
    ds = Dataset()
    for group in range(0x601E, 0x5FFE, -2):
        add(ds, {ROWS: 1, COLUMNS: 1, DATA: b"\1\0"}, group)
    # Beyond the sixteen there are none.
    add(ds, {ROWS: 1, COLUMNS: 1, DATA: b"\1\0"}, 0x6020)
    assert [overlay.group for overlay in dk.overlays(ds)] == list(range(0x6000, 0x6020, 2))
    assert dk.overlays(Dataset()) == ()


def test_label_description_and_kind() -> None:
    (overlay,) = dk.overlays(plane(label="lines ", description="drawn", kind="R"))
    assert (overlay.label, overlay.description, overlay.kind) == ("lines", "drawn", "R")


@pytest.mark.parametrize(
    ("origin", "expected"),
    [([5, 7], (5, 7)), ([-3, 0], (-3, 0)), (None, (1, 1)), ([], (1, 1)), (9, (1, 1))],
)
def test_the_origin_is_row_and_column_and_may_lie_outside(
    origin: list[int] | int | None, expected: tuple[int, int]
) -> None:
    (overlay,), notes = read_overlays(plane(origin=origin))
    assert overlay.origin == expected
    usable = isinstance(origin, list) and len(origin) == 2
    assert [note.code for note in notes] == ([] if usable else ["overlay_origin_assumed"])


def test_an_origin_of_unsigned_words_is_signed_all_the_same() -> None:
    ds = plane(origin=None)
    ds.add_new(0x60000050, "US", [65533, 2])
    assert dk.overlays(ds)[0].origin == (-3, 2)


# ---- Frames --------------------------------------------------------------------------------


def planes_of(overlay: Overlay, frames: int) -> list[bool]:
    return [overlay.plane(frame) is not None for frame in range(frames)]


def test_c_9_3_1_1_a_single_plane_lies_over_every_frame() -> None:
    (overlay,) = dk.overlays(plane())
    assert overlay.first_frame is None
    assert planes_of(overlay, 4) == [True] * 4


def test_c_9_3_1_1_2_image_frame_origin_counts_from_1() -> None:
    (overlay,) = dk.overlays(plane(frame_origin=3))
    assert overlay.first_frame == 2
    assert planes_of(overlay, 4) == [False, False, True, False]
    data = bytes([0b010101, 0b1010, 0, 0])
    (overlay,) = dk.overlays(plane(frames=2, data=data, frame_origin=2))
    assert planes_of(overlay, 4) == [False, True, True, False]
    (overlay,) = dk.overlays(plane(frames=2, data=data))
    assert planes_of(overlay, 3) == [True, True, False]


# ---- Embedded ------------------------------------------------------------------------------


@pytest.fixture
def embedded(dataset: MakeDataset) -> Callable[..., Dataset]:
    """Give 12-bit pixels whose bits 12 to 15 hold other things; bit 13 is the plane."""

    def make(**changed: object) -> Dataset:
        stored = [0x2FFF, 0x0001, 0x3002, 0x5003, 0xF004, 0xD005]
        words = struct.pack("<6H", *stored)
        ds = dataset(words, BitsAllocated=16, BitsStored=12, HighBit=11)
        return plane(ds, **{"data": None, "allocated": 16, "position": 13, **changed})

    return make


def test_ps3_5_8_1_2_a_plane_in_a_bit_that_no_sample_uses(embedded: Make) -> None:
    (overlay,) = dk.overlays(embedded())
    assert overlay.planes.astype(int).tolist() == [[[1, 0, 1], [0, 1, 0]]]
    (overlay,) = dk.overlays(embedded(position=15))
    assert overlay.planes.astype(int).tolist() == [[[0, 0, 0], [0, 1, 1]]]


def test_a_plane_of_one_frame_needs_that_frame_only(
    dataset: MakeDataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = np.zeros((4, 2, 3), "<u2")
    words[2, 0, 0] = 1 << 13
    ds = dataset(words.tobytes(), BitsAllocated=16, BitsStored=12, HighBit=11, NumberOfFrames=4)
    plane(ds, data=None, allocated=16, position=13)
    asked: list[int] = []
    fetch = FrameReader.words

    def counting(reader: FrameReader, index: int) -> Any:  # noqa: ANN401 - passed on
        asked.append(index)
        return fetch(reader, index)

    monkeypatch.setattr(FrameReader, "words", counting)
    (overlay,), _ = read_overlays(ds, 2)
    found = overlay.plane(2)
    assert found is not None
    assert found.astype(int).tolist() == [[1, 0, 0], [0, 0, 0]]
    assert asked == [2]
    assert dk.render(ds, 2, overlays=True).max() == 255
    assert not dk.render(ds, 1, overlays=True).any()
    assert set(asked) == {1, 2}
    (whole,) = dk.overlays(ds)
    assert whole.planes.sum(axis=(1, 2)).tolist() == [0, 0, 1, 0]


def test_taking_it_out_leaves_the_samples(embedded: Make) -> None:
    assert dk.stored_values(embedded()).ravel().tolist() == [0xFFF, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "changed",
    [
        {"position": 11},
        {"position": 0},
        {"position": 16},
        {"position": None},
        {"allocated": 8},
        {"allocated": 1},
        {"allocated": None},
        {"rows": 3},
        {"columns": 2},
    ],
)
def test_a_bit_that_cannot_be_a_plane_is_left_out_and_noted(
    embedded: Make, changed: dict[str, object]
) -> None:
    found, notes = read_overlays(embedded(**changed))
    assert found == ()
    assert [note.code for note in notes] == ["overlay_ignored"]
    assert "6000" in notes[0].message


def test_a_plane_in_pixels_that_are_not_there_is_left_out() -> None:
    found, notes = read_overlays(plane(data=None, allocated=16, position=13))
    assert (found, len(notes)) == ((), 1)


def test_pixels_that_cannot_be_read_lose_their_plane_only(embedded: Make) -> None:
    ds = add(embedded(), {ROWS: 1, COLUMNS: 1, DATA: b"\1\0"}, 0x6002)
    found, notes = read_overlays(ds, limits=Limits(frame_bytes=1))
    assert [overlay.group for overlay in found] == [0x6002]
    assert "limit" in notes[0].message


# ---- Broken --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [
        {"rows": 0},
        {"columns": 0},
        {"columns": None},
        {"frames": -1},
        {"frames": 3},
        {"rows": 65535, "columns": 65535},
        {"data": b""},
        {"rows": 9},
    ],
)
def test_a_broken_group_is_left_out_and_noted(changed: dict[str, object]) -> None:
    found, notes = read_overlays(plane(**changed))
    assert found == ()
    assert [note.code for note in notes] == ["overlay_ignored"]


def test_a_real_overlay_has_pixels_within_the_image() -> None:
    path = get_testdata_file("examples_overlay.dcm", download=False)
    assert isinstance(path, str)
    ds = pydicom.dcmread(path)
    (overlay,) = dk.overlays(ds)
    assert overlay.planes.shape[1:] == (ds[0x60000010].value, ds[0x60000011].value)
    assert np.array_equal(overlay.planes[0], ds.overlay_array(0x6000))
    assert 0 < overlay.planes.mean() < 0.5
