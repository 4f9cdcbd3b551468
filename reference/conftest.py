"""The comparison needs DCMTK and dcm2niix: say so at once instead of failing 200 times."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from reference.dcmtk import have_dcmtk

# What makes presentation states is that of the tests.
sys.path.append(str(Path(__file__).parents[1]))


def pytest_configure() -> None:
    """Stop where one of them is missing."""
    if not have_dcmtk():
        pytest.exit(
            "dcmj2pnm, dcml2pnm, dcmp2pgm and dcmpsmk are not on the path: install DCMTK",
            returncode=4,
        )
    if shutil.which("dcm2niix") is None:
        pytest.exit("dcm2niix is not on the path: install it", returncode=4)
