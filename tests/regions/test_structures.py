"""Structures as masks on grids of every kind, and what is said of what is not in them."""

from __future__ import annotations

import math
import time
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from tests.conftest import real_file
from tests.structures import circle, contour, ring, square, structure_of, structure_set

import dicomkit as dk

TURN = np.linalg.qr(np.array([[3.0, 1, 0.5], [-1, 2, 1], [0.2, -0.7, 3]]))[0]
GRIDS = {
    "axial": np.array([[0, 0, 0.7], [0, 0.8, 0], [2.5, 0, 0]]),
    "oblique": TURN * [2.5, 0.8, 0.7],
    # Each slice lies beside the last one's normal.
    "sheared": np.array([[0, 0, 0.7], [0.6, 0.8, 0], [2.4, 0, 0]]),
}


def grid_of(name: str, shape: tuple[int, int, int] = (6, 40, 45)) -> dk.Grid:
    affine = np.eye(4)
    affine[:3, :3] = GRIDS[name]
    affine[:3, 3] = -20, 10, 5
    return dk.Grid(shape, affine)


GRID = grid_of("axial")


def codes(structure: dk.Structure, grid: dk.Grid = GRID) -> list[str]:
    return [note.code for note in dk.structure_notes(structure, grid)]


def test_a_structure_says_what_it_is() -> None:
    ds = structure_set([contour(square(GRID, 1, 2, 3, 4))], ring(GRID, 2))
    first, second = dk.structures(ds)
    assert (first.number, first.name, first.type) == (1, "structure 1", "ORGAN")
    assert (first.color, first.algorithm) == ((250, 10, 0), "MANUAL")
    assert first.frame_of_reference_uid == "1.2.826.0.1.3680043.8.498.2"
    assert repr(second) == "<Structure: 2, 'structure 2', 2 contours>"
    assert repr(first) == "<Structure: 1, 'structure 1', 1 contour>"
    assert repr(first.contours[0]) == "<Contour: CLOSED_PLANAR, 4 points>"
    assert first.contours[0].points.shape == (4, 3)
    with pytest.raises(ValueError, match="read-only"):
        first.contours[0].points[0, 0] = 1


@pytest.mark.parametrize("name", GRIDS)
def test_a_square_is_its_voxels_on_any_grid(name: str) -> None:
    grid = grid_of(name)
    # Between centres, so that the rounding of a DS makes no difference.
    structure = structure_of(*(contour(square(grid, k, 4.5, 6.5, 10)) for k in (1, 2, 3)))
    expected = np.zeros(grid.shape, bool)
    expected[1:4, 5:15, 7:17] = True
    np.testing.assert_array_equal(dk.structure_mask(structure, grid), expected)
    assert dk.structure_notes(structure, grid) == ()


@pytest.mark.parametrize(
    ("axes", "signs"), list(product(permutations(range(3)), product((1, -1), repeat=3)))
)
def test_the_grid_may_run_any_way(axes: tuple[int, ...], signs: tuple[int, ...]) -> None:
    grid = grid_of("oblique")
    structure = structure_of(*(contour(circle(grid, k, 5 + k, (18.3, 21.6))) for k in range(1, 5)))
    mask = dk.structure_mask(structure, grid)
    affine = grid.affine.copy()
    affine[:3, :3] = grid.affine[:3, :3][:, axes]
    array, shape = mask.transpose(axes), [grid.shape[axis] for axis in axes]
    for side, sign in enumerate(signs):
        if sign < 0:
            affine[:3, 3] += affine[:3, side] * (shape[side] - 1)
            affine[:3, side] *= -1
            array = np.flip(array, side)
    found = dk.structure_mask(structure, dk.Grid(shape, affine))
    np.testing.assert_array_equal(found, array)
    assert found.any()


@pytest.mark.parametrize("name", GRIDS)
@pytest.mark.parametrize("kind", ["CLOSEDPLANAR_XOR", "CLOSED_PLANAR"])
def test_a_ring_has_a_hole(name: str, kind: str) -> None:
    grid = grid_of(name)
    structure = structure_of(*ring(grid, 3, kind))
    mask = dk.structure_mask(structure, grid)
    assert not mask[3, 20, 22]
    assert mask[3, 20, 31]
    area = math.pi * (12**2 - 6**2)
    assert abs(np.count_nonzero(mask[3]) - area) < 2 * math.sqrt(2 * math.pi * 18)
    assert np.count_nonzero(mask) == np.count_nonzero(mask[3])
    # Of two that are not meant to be combined, the inner one being a hole is a reading.
    expected = [] if kind == "CLOSEDPLANAR_XOR" else ["contour_holes_assumed"]
    assert codes(structure, grid) == expected


def test_points_and_open_lines_make_no_mask() -> None:
    line = square(GRID, 1, 2, 3, 9)
    structure = structure_of(
        contour(line, "OPEN_PLANAR"),
        contour(line[:1], "POINT"),
        contour(line, "OPEN_NONPLANAR"),
        contour(line, ""),
        contour(line[:2]),
    )
    assert not dk.structure_mask(structure, GRID).any()
    (note,) = dk.structure_notes(structure, GRID)
    assert note.code == "contour_open"
    assert note.message.startswith("5 contours are")


@pytest.mark.parametrize(("height", "slice_"), [(1.49, 1), (1.51, 2), (-0.49, 0), (5.49, 5)])
def test_a_contour_is_on_the_nearest_slice(height: float, slice_: int) -> None:
    structure = structure_of(contour(square(GRID, height, 4.5, 6.5, 3)))
    mask = dk.structure_mask(structure, GRID)
    assert mask.any(axis=(1, 2)).tolist() == [k == slice_ for k in range(6)]
    assert codes(structure) == []


@pytest.mark.parametrize("height", [-0.51, 5.51, -300, 300])
def test_a_contour_off_every_plane_is_noted(height: float) -> None:
    structure = structure_of(contour(square(GRID, height, 4.5, 6.5, 3)))
    assert not dk.structure_mask(structure, GRID).any()
    (note,) = dk.structure_notes(structure, GRID)
    assert (note.code, note.message[:13]) == ("contour_off_planes", "1 contour is ")


def test_a_contour_that_crosses_planes_is_noted() -> None:
    flat = structure_of(contour(square(GRID, 2, 4.5, 6.5, 9)))
    tilted = contour(square(GRID, 2, 4.5, 6.5, 9))
    points = np.array(tilted.ContourData, float).reshape(-1, 3)
    points[0, 2] += 1.3
    structure = structure_of(contour(points))
    assert codes(structure) == ["contour_off_planes"]
    points[0, 2] -= 0.2
    structure = structure_of(contour(points))
    assert codes(structure) == []
    np.testing.assert_array_equal(dk.structure_mask(structure, GRID), dk.structure_mask(flat, GRID))


def test_contours_of_several_planes_are_not_taken_for_holes() -> None:
    """On slices three times as thick, an even number of contours on one must not cancel out."""
    heights = [k / 3 for k in range(-1, 8)]
    structure = structure_of(*(contour(circle(GRID, k, 9 + k, (20, 22))) for k in heights))
    mask = dk.structure_mask(structure, GRID)
    for k in range(3):
        alone = structure_of(contour(circle(GRID, k, 9 + k, (20, 22))))
        np.testing.assert_array_equal(mask[k], dk.structure_mask(alone, GRID)[k])
    assert codes(structure) == ["contour_between_planes"]
    # A pair beside the plane, and nothing nearer.
    pair = structure_of(*(contour(circle(GRID, k, 9, (20, 22))) for k in (1.3, 1.45)))
    assert dk.structure_mask(pair, GRID)[1, 20, 22]


def test_slices_between_contours_are_empty_and_that_is_noted() -> None:
    structure = structure_of(*(contour(circle(GRID, k, 9, (20, 22))) for k in (0, 2, 4)))
    mask = dk.structure_mask(structure, GRID)
    assert mask.any(axis=(1, 2)).tolist() == [True, False, True, False, True, False]
    assert codes(structure) == ["contour_planes_sparse"]


def test_a_real_structure_has_the_area_of_its_polygon() -> None:
    rt = dk.read_dataset(real_file("rtstruct.dcm"))
    patient, *centers = dk.structures(rt)
    assert [one.name for one in centers] == ["Isocenter 1", "Isocenter 2"]
    grid = dk.Grid(
        (3, 420, 420), [[0, 0, 1, -210], [0, 1, 0, -210], [10, 0, 0, -200], [0, 0, 0, 1]]
    )
    mask = dk.structure_mask(patient, grid)
    for k, one in enumerate(patient.contours):
        x, y = one.points[:, 0], one.points[:, 1]
        # The surveyor's formula.
        area = abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
        assert abs(np.count_nonzero(mask[k]) / area - 1) < 0.005
    assert not dk.structure_mask(centers[0], grid).any()
    assert codes(centers[0], grid) == ["contour_open"]


def lacking(keyword: str, *path: str) -> Dataset:
    ds = structure_set(ring(GRID, 1))
    place = ds
    for step in path:
        place = place[step].value[0]
    delattr(place, keyword)
    return ds


def test_what_lacks_is_none() -> None:
    (structure,) = dk.structures(lacking("ROIDisplayColor", "ROIContourSequence"))
    assert structure.color is None
    (structure,) = dk.structures(lacking("RTROIObservationsSequence"))
    assert structure.type is None
    (structure,) = dk.structures(lacking("ROIContourSequence"))
    assert structure.contours == ()
    assert not dk.structure_mask(structure, GRID).any()
    ds = structure_set(ring(GRID, 1))
    del ds.StructureSetROISequence[0]
    # Contours of a structure that nothing names.
    (structure,) = dk.structures(ds)
    assert (structure.number, structure.name) == (1, None)
    assert dk.structure_mask(structure, GRID).any()


def test_what_is_no_structure_set_is_none() -> None:
    for ds in (Dataset(), lacking("StructureSetROISequence")):
        with pytest.raises(dk.InconsistentError, match="no structure set"):
            dk.structures(ds)
    with pytest.raises(dk.InconsistentError, match="cannot be told apart"):
        dk.structures(lacking("ROINumber", "StructureSetROISequence"))
    ds = structure_set(ring(GRID, 1), ring(GRID, 2))
    ds.StructureSetROISequence[1].ROINumber = 1
    with pytest.raises(dk.InconsistentError, match="cannot be told apart"):
        dk.structures(ds)


BAD_DATA: dict[str, Any] = {
    "not finite": b"nan\\0\\0\\1\\0\\0\\1\\1\\0",
    "infinite": b"inf\\0\\0\\1\\0\\0\\1\\1\\0",
    "out of this world": b"1e300\\0\\0\\1\\0\\0\\1\\1\\0",
    "no multiple of three": b"0\\0\\0\\1\\0\\0\\1\\1",
    "no numbers": b"a\\b\\c\\1\\0\\0\\1\\1\\0",
    "Python's numbers": b"1_0\\0\\0\\1\\0\\0\\1\\1\\0",
    "a number of a megabyte": b"\\".join([b"0" * 1_000_000, *[b"1"] * 8]),
    "an empty one": b"\\0\\0\\1\\0\\0\\1\\1\\0",
    "nothing": b"",
}


@pytest.mark.parametrize("name", BAD_DATA)
def test_contours_that_cannot_be_read_are_noted(name: str) -> None:
    bad = contour(square(GRID, 1, 2, 3, 9))
    with_bytes = Dataset()
    with_bytes.ContourGeometricType = "CLOSED_PLANAR"
    data = BAD_DATA[name]
    with_bytes[0x30060050] = RawDataElement(
        Tag(0x30060050), "DS", len(data), data, 0, is_implicit_VR=False, is_little_endian=True
    )
    structure = structure_of(with_bytes, bad)
    assert len(structure.contours) == 1
    assert codes(structure) == ["contour_ignored"]


def test_a_contour_of_a_hundred_thousand_points_is_read_whole() -> None:
    """Far more bytes than a DS has in an explicit VR."""
    angle = np.linspace(0, 2 * np.pi, 100_000, endpoint=False)
    center = GRID.to_patient((2, 20, 22))
    points = center + 10 * np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    one = contour(points)
    data = "\\".join(map(str, one.ContourData)).encode()
    one[0x30060050] = RawDataElement(
        Tag(0x30060050), "DS", len(data), data, 0, is_implicit_VR=True, is_little_endian=True
    )
    structure = structure_of(one)
    assert len(structure.contours[0].points) == 100_000
    area = math.pi * 100 / 0.8 / 0.7
    assert abs(np.count_nonzero(dk.structure_mask(structure, GRID)) - area) < 30


def test_five_hundred_contours_on_512_by_512_are_quick() -> None:
    grid = grid_of("axial", (500, 512, 512))
    points = (circle(grid, k, 150, (255, 256)) for k in range(500))
    contours = tuple(dk.Contour("CLOSED_PLANAR", one) for one in points)
    structure = dk.Structure(1, None, None, None, None, None, contours, ())
    started = time.process_time()
    mask = dk.structure_mask(structure, grid)
    assert time.process_time() - started < 5
    assert abs(np.count_nonzero(mask) / (500 * math.pi * 150**2) - 1) < 0.001


def test_the_mask_is_bounded() -> None:
    with pytest.raises(dk.LimitError, match="10800 bytes"):
        dk.structure_mask(structure_of(*ring(GRID, 1)), GRID, limits=dk.Limits(total_bytes=9999))
