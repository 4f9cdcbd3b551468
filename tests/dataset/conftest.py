"""Making datasets in memory, element by element."""

from __future__ import annotations

from typing import Protocol

import pytest
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag


class MakeDataset(Protocol):
    """Makes a dataset; a value of bytes is kept as a file would hold it."""

    def __call__(self, **elements: object) -> Dataset: ...


def make_dataset(**elements: object) -> Dataset:
    ds = Dataset()
    for keyword, value in elements.items():
        if isinstance(value, bytes):
            tag, vr = Tag(keyword), dictionary_VR(keyword)
            ds[tag] = RawDataElement(tag, vr, len(value), value, 0, False, True)  # noqa: FBT003
        else:
            setattr(ds, keyword, value)
    return ds


@pytest.fixture(scope="session")
def dataset() -> MakeDataset:
    """Give the maker of bare datasets, such as sequence items."""
    return make_dataset


@pytest.fixture(scope="session")
def image() -> MakeDataset:
    """Give the maker of images: two rows of three unsigned words of 16 bits, unless said."""

    def make(**elements: object) -> Dataset:
        plain: dict[str, object] = {
            "SamplesPerPixel": 1,
            "PhotometricInterpretation": "MONOCHROME2",
            "Rows": 2,
            "Columns": 3,
            "BitsAllocated": 16,
            "BitsStored": 16,
            "HighBit": 15,
            "PixelRepresentation": 0,
            "PixelData": bytes(12),
        }
        wanted = {k: v for k, v in (plain | elements).items() if v is not None}
        return make_dataset(**wanted)

    return make
