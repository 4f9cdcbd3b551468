"""The comparison needs DCMTK: say so at once instead of failing 200 times."""

from __future__ import annotations

import pytest

from reference.dcmtk import have_dcmtk


def pytest_configure() -> None:
    """Stop where DCMTK is missing."""
    if not have_dcmtk():
        pytest.exit(
            "dcmj2pnm, dcml2pnm and dcmp2pgm are not on the path: install DCMTK", returncode=4
        )
