"""Sample images for the figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydicom.data import get_testdata_file

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset


@pytest.fixture(scope="session")
def sample() -> Callable[[str], Dataset]:
    """Give a function that reads a file of pydicom's or pydicom-data's."""

    def read(name: str) -> Dataset:
        return dk.read_dataset(str(get_testdata_file(name, download=False)))

    return read
