"""The Presentation step; the clauses are PS3.3 C.7.6.3.1.2, C.11.6 and C.8.11.3.1.2."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from dicomkit.dataset.modules.image_pixel import describe_image
from dicomkit.dataset.modules.photometric import presentation_step
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.presentation import Invert, PresentationTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    from dicomkit.notes import Note

    Make = Callable[..., Dataset]

Found = tuple[Invert | PresentationTable, str] | None


def step(ds: Dataset) -> tuple[Found, list[str]]:
    notes: list[Note] = []
    return presentation_step(ds, describe_image(ds), notes), [note.code for note in notes]


@pytest.mark.parametrize("modality", [None, "DX", "MG", "CR"])
@pytest.mark.parametrize(
    ("photometric", "shape", "inverted"),
    [
        ("MONOCHROME2", None, False),
        ("MONOCHROME2", "IDENTITY", False),
        ("MONOCHROME1", None, True),
        ("MONOCHROME1", "INVERSE", True),
        ("MONOCHROME1", b"", True),
    ],
)
def test_c_8_11_3_1_2_one_inversion_not_two(
    image: Make, modality: str | None, photometric: str, shape: object, *, inverted: bool
) -> None:
    ds = image(Modality=modality, PhotometricInterpretation=photometric, PresentationLUTShape=shape)
    found, notes = step(ds)
    assert (found[0] if found else None) == (Invert() if inverted else None)
    assert notes == []
    if found:
        assert found[1] == "the file, MONOCHROME1"


@pytest.mark.parametrize(
    ("photometric", "shape", "inverted"),
    [("MONOCHROME1", "IDENTITY", False), ("MONOCHROME2", "INVERSE", True)],
)
def test_c_11_6_a_shape_that_contradicts_is_followed_and_noted(
    image: Make, photometric: str, shape: str, *, inverted: bool
) -> None:
    found, notes = step(image(PhotometricInterpretation=photometric, PresentationLUTShape=shape))
    assert (found is not None) is inverted
    assert notes == ["shape_contradicts"]
    if found:
        assert found == (Invert(), "the file, Presentation LUT Shape INVERSE")


@pytest.mark.parametrize(
    ("photometric", "inverted"), [("MONOCHROME1", True), ("MONOCHROME2", False)]
)
def test_c_11_6_a_shape_for_film_is_left_out_and_noted(
    image: Make, photometric: str, *, inverted: bool
) -> None:
    found, notes = step(image(PhotometricInterpretation=photometric, PresentationLUTShape="LIN OD"))
    assert (found is not None) is inverted
    assert notes == ["shape_ignored"]


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_c_11_6_a_presentation_lut_takes_the_place_of_the_shape(
    dataset: Make, image: Make, photometric: str
) -> None:
    table = dataset(
        LUTDescriptor=struct.pack("<3H", 3, 0, 12), LUTData=struct.pack("<3H", 4095, 100, 0)
    )
    ds = image(
        PhotometricInterpretation=photometric,
        PresentationLUTSequence=[table],
        PresentationLUTShape="INVERSE",
    )
    expected = PresentationTable(LookupTable(0, [4095, 100, 0], 12))
    assert step(ds) == ((expected, "the file, Presentation LUT Sequence"), [])


def test_a_broken_presentation_lut_leaves_it_to_the_shape(dataset: Make, image: Make) -> None:
    ds = image(PresentationLUTSequence=[dataset()], PhotometricInterpretation="MONOCHROME1")
    assert step(ds) == ((Invert(), "the file, MONOCHROME1"), ["table_ignored"])
    assert step(image(PresentationLUTSequence=[dataset()])) == (None, ["table_ignored"])
    assert step(image(PresentationLUTSequence=[])) == (None, [])
