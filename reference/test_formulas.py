"""The formulas are DCMTK's picture where DCMTK is right, and dicomkit's where it is not."""

from __future__ import annotations

import numpy as np
import pytest

import dicomkit as dk
from reference import dcmtk, formulas
from reference.compare import difference
from reference.differences import DIFFERENCES
from reference.results import FILES
from reference.synthetic import SYNTHETIC

DIFFERENT = [name for entry in DIFFERENCES if entry.outcome == "differs" for name in entry.names]
WITHOUT_A_VIEW = (
    "signed no view",
    "rescale negative",
    "monochrome1 no view",
    "bit frames",
    "cine",
    "cine monochrome1",
    "cine rescaled",
    "tiles",
    "dose planes",
)


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_differs_from_dcmtk_is_the_formula_rounded(name: str) -> None:
    """DCMTK's picture is not, so that the reason for the difference holds."""
    ds, path = (
        (FILES[name].read(), FILES[name].path) if name in FILES else (SYNTHETIC[name](), None)
    )
    levels = formulas.exact(ds)
    ours = dk.render(ds).reshape(levels.shape)
    assert np.abs(ours - levels).max() <= 0.5 + 1e-3
    assert np.abs(np.stack(dcmtk.render(ds, path)) - levels).max() > 1


@pytest.mark.parametrize("name", WITHOUT_A_VIEW)
def test_the_formula_is_dcmtks_picture(name: str) -> None:
    """One range for all frames, their rescale and their inversion are not dicomkit's invention."""
    ds = SYNTHETIC[name]()
    levels = np.rint(formulas.exact(ds))
    assert difference(levels, np.stack(dcmtk.render(ds))).max() <= 1


def test_dcmtk_has_one_range_for_all_frames_that_it_is_asked_for() -> None:
    """The dark frames of a cine stay dark, each shown by itself would reach white."""
    tops = [int(frame.max()) for frame in dcmtk.render(SYNTHETIC["cine"]())]
    # The frames end at 60, 30, 240 and 140 of 240.
    assert np.abs(np.array(tops) - [63.75, 31.875, 255, 148.75]).max() <= 1
