"""Letters at the edges: against drawings of the standard and real headers."""

from __future__ import annotations

import math

import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.modules.orientation import EdgeLetters, edge_letters

AXIAL = [1, 0, 0, 0, 1, 0]


def with_orientation(*cosines: float) -> Dataset:
    ds = Dataset()
    ds.ImageOrientationPatient = list(cosines)
    return ds


@pytest.mark.parametrize(
    ("cosines", "edges"),
    [
        # x grows to the patient's left, y to the back, z to the head: C.7.6.2.1.1.
        (AXIAL, "RLAP"),
        ([1, 0, 0, 0, 0, -1], "RLHF"),  # coronal, head on top
        ([0, 1, 0, 0, 0, -1], "APHF"),  # sagittal, face to the left
        ([-1, 0, 0, 0, -1, 0], "LRPA"),  # prone, as the table sees it
    ],
)
def test_the_planes_of_the_body(cosines: list[float], edges: str) -> None:
    assert edge_letters(with_orientation(*cosines)) == EdgeLetters(*edges)


def test_an_oblique_picture_gets_several_letters_the_main_one_first() -> None:
    tilted = math.radians(30)
    ds = with_orientation(1, 0, 0, 0, math.cos(tilted), -math.sin(tilted))
    assert edge_letters(ds) == EdgeLetters("R", "L", "AH", "PF")


@pytest.mark.parametrize(("degrees", "letters"), [(9, "P"), (11, "PF")])
def test_a_small_tilt_gets_no_letter(degrees: float, letters: str) -> None:
    tilt = math.radians(degrees)
    found = edge_letters(with_orientation(1, 0, 0, 0, math.cos(tilt), -math.sin(tilt)))
    assert found is not None
    assert found.bottom == letters


@pytest.mark.parametrize(
    "cosines",
    [
        [0, 0, 0, 0, 0, 0],
        [1, 0, 0, 1, 0, 0],
        [2, 0, 0, 0, 1, 0],
        [1, 0, 0, 0, 1],
        [1, 0, 0],
    ],
)
def test_directions_that_cannot_be_are_unknown(cosines: list[float]) -> None:
    assert edge_letters(with_orientation(*cosines)) is None


def test_nothing_stated_is_unknown() -> None:
    assert edge_letters(Dataset()) is None


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        # C.7.6.1.1.1: the first value is where rows lead, the second where columns do.
        (["A", "F"], EdgeLetters("P", "A", "H", "F")),
        (["AL", "FP"], EdgeLetters("PR", "AL", "HA", "FP")),
        (["A"], None),
        (["A", ""], None),
        (["X", "F"], None),
        (["AP", "F"], None),
    ],
)
def test_patient_orientation_is_taken_where_there_are_no_cosines(
    stated: list[str], expected: EdgeLetters | None
) -> None:
    ds = Dataset()
    ds.PatientOrientation = stated
    assert edge_letters(ds) == expected


def test_cosines_go_before_stated_letters() -> None:
    ds = with_orientation(*AXIAL)
    ds.PatientOrientation = ["A", "F"]
    assert edge_letters(ds) == EdgeLetters(*"RLAP")


def test_stated_letters_stand_in_for_broken_cosines() -> None:
    ds = with_orientation(0, 0, 0, 0, 0, 0)
    ds.PatientOrientation = ["A", "F"]
    assert edge_letters(ds) == EdgeLetters(*"PAHF")


def test_animals_on_four_feet_have_other_letters() -> None:
    ds = with_orientation(*AXIAL)
    ds.AnatomicalOrientationType = "QUADRUPED"
    assert edge_letters(ds) is None


def test_a_frame_has_its_own_before_the_shared_and_the_root() -> None:
    own, shared = Dataset(), Dataset()
    own.PlaneOrientationSequence = [with_orientation(0, 1, 0, 0, 0, -1)]
    shared.PlaneOrientationSequence = [with_orientation(1, 0, 0, 0, 0, -1)]
    ds = with_orientation(*AXIAL)
    ds.SharedFunctionalGroupsSequence = [shared]
    ds.PerFrameFunctionalGroupsSequence = [own, Dataset()]
    assert edge_letters(ds, 0) == EdgeLetters(*"APHF")
    assert edge_letters(ds, 1) == EdgeLetters(*"RLHF")


def test_a_real_enhanced_image() -> None:
    ds = read_dataset(str(get_testdata_file("eCT_Supplemental.dcm", download=False)))
    # The file's functional groups say -1, 0, 0, 0, 1, 0: rows lead to the patient's right.
    assert edge_letters(ds, 1) == EdgeLetters(*"LRAP")
