"""What the tests of every floor share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings
from pydicom.data import get_testdata_file
from tests.pixels import (
    core_only,
    dataset,
    encoders,
    image,
    installed,
    make_groups,
    ramp,
    real,
    stream,
)

__all__ = [
    "core_only",
    "dataset",
    "encoders",
    "image",
    "installed",
    "make_groups",
    "ramp",
    "real",
    "real_file",
    "sample_exam",
    "stream",
]

# Examples that do not change from run to run: a failure in CI is a failure at the desk.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")


def real_file(name: str) -> Path:
    """Find a file of pydicom's or pydicom-data's, never on the network."""
    found = get_testdata_file(name, download=False)
    if not isinstance(found, str):
        pytest.fail(f"{name} is not among the installed test files")
    return Path(found)


@pytest.fixture(scope="session")
def sample_exam() -> Path:
    """Give the DICOMDIR of the File-set that pydicom ships: 31 instances."""
    return real_file("dicomdirtests/DICOMDIR")
