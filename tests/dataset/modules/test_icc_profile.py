"""The ICC profile; the clauses are PS3.3 C.11.15 and C.8.12.5."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.dataset.modules.photometric import icc_profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    Make = Callable[..., Dataset]


def test_a_profile_of_the_image_comes_before_that_of_the_light_path(dataset: Make) -> None:
    ds = dataset(ICCProfile=b"image!", OpticalPathSequence=[dataset(ICCProfile=b"path!!")])
    assert icc_profile(ds) == b"image!"
    del ds.ICCProfile
    assert icc_profile(ds) == b"path!!"


def test_without_a_profile_there_is_none(dataset: Make) -> None:
    assert icc_profile(dataset()) is None
    assert icc_profile(dataset(ICCProfile=b"", OpticalPathSequence=[dataset()])) is None
    assert icc_profile(dataset(OpticalPathSequence=[])) is None
