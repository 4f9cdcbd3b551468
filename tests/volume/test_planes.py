"""The plane of a frame, by its public function."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom.dataset import Dataset
from tests.volumes import AXIAL, REFERENCE, classic, enhanced, turned

import dicomkit as dk


def test_a_plane_is_what_the_header_says() -> None:
    plane = dk.frame_plane(classic(1, (1, 2, 3), orientation=turned(90)))
    assert plane == dk.Plane((1, 2, 3), (1, 0, 0), (0, 0, 1), (0.75, 0.5), (5, 7), REFERENCE)
    # Row times column.
    assert plane.normal == (0, -1, 0)
    assert plane.moved(2).position == (1, 0, 3)


def test_a_header_or_an_image_will_do() -> None:
    ds = classic(1, (1, 2, 3))
    image = dk.open_image(ds)
    assert dk.frame_plane(image) == dk.frame_plane(ds)
    del ds.PixelData
    assert dk.frame_plane(ds) is not None


def test_each_frame_has_its_own() -> None:
    frames = [classic(n, (0, n, 0), orientation=turned(n)) for n in range(4)]
    ds = enhanced(frames)
    for number, one in enumerate(frames):
        assert dk.frame_plane(ds, number) == dk.frame_plane(one)


LACKING = [
    ("ImagePositionPatient", None),
    ("ImagePositionPatient", [1, 2]),
    ("ImageOrientationPatient", None),
    ("ImageOrientationPatient", [0, 0, 0, 0, 0, 0]),
    ("ImageOrientationPatient", list(AXIAL[:5])),
    ("PixelSpacing", None),
    ("PixelSpacing", [0, 1]),
    ("PixelSpacing", [-1, 1]),
    ("PixelSpacing", [1]),
    ("Rows", None),
]


@pytest.mark.parametrize(("keyword", "value"), LACKING)
def test_what_lacks_is_not_made_up(keyword: str, value: Any) -> None:  # noqa: ANN401
    ds = classic(1, (1, 2, 3), ImagerPixelSpacing=[1, 1])
    if value is None:
        delattr(ds, keyword)
    else:
        setattr(ds, keyword, value)
    assert dk.frame_plane(ds) is None


def test_a_mosaic_has_no_plane() -> None:
    assert (
        dk.frame_plane(classic(1, (1, 2, 3), ImageType=["ORIGINAL", "PRIMARY", "MOSAIC"])) is None
    )


def test_there_are_no_other_frames() -> None:
    ds = classic(1, (1, 2, 3))
    for frame in (1, -1):
        with pytest.raises(IndexError):
            dk.frame_plane(ds, frame)
    for wrong in ("0", None, True):
        with pytest.raises(TypeError, match="counted from 0"):
            dk.frame_plane(ds, wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="read_dataset gives one"):
        dk.frame_plane("slice.dcm")  # type: ignore[arg-type]


def test_an_empty_dataset_has_no_plane() -> None:
    assert dk.frame_plane(Dataset()) is None
