"""What is asked for beyond the first view: other views, windows of the caller, overlays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import dicomkit as dk
from reference import dcmtk
from reference.compare import AGREEMENT, difference
from reference.results import FILES
from reference.synthetic import SYNTHETIC

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dicomkit.transforms.window import VoiFunction

BY_FILE_NAME = {file.path.name: file for file in FILES.values()}
SEVERAL_VIEWS = (
    "MR-SIEMENS-DICOM-WithOverlays.dcm",
    "bad_sequence.dcm",
    "examples_overlay.dcm",
)
GRAYSCALE = ("693_UNCR.dcm", "CT_small.dcm", "RG1_UNCR.dcm")
FUNCTIONS: dict[VoiFunction, str] = {"LINEAR": "+Wfl", "SIGMOID": "+Wfs"}


def assert_agree(ours: NDArray[np.generic], theirs: NDArray[np.uint8]) -> None:
    """Hold two pictures to the same measure as all others."""
    assert np.mean(difference(ours, theirs) <= 1) >= AGREEMENT


@pytest.mark.parametrize("name", SEVERAL_VIEWS)
@pytest.mark.parametrize("view", [0, 1])
def test_every_view_of_a_file(name: str, view: int) -> None:
    """The second window is an alternative to the first, not a further step."""
    file = BY_FILE_NAME[name]
    [theirs] = dcmtk.render(file.read(), file.path, ("-O", "+Wi", str(view + 1)))
    assert_agree(dk.render(dk.read_dataset(file.path), window=view), theirs)


@pytest.mark.parametrize("name", GRAYSCALE)
@pytest.mark.parametrize(("center", "width"), [(40, 80), (400.5, 1800), (0, 1), (8000, 3)])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_windows_of_the_caller(
    name: str, center: float, width: float, function: VoiFunction
) -> None:
    """A window is in the units of the values, whatever the file's own says."""
    file = BY_FILE_NAME[name]
    options = ("-O", "+Ww", str(center), str(width), FUNCTIONS[function])
    [theirs] = dcmtk.render(file.read(), file.path, options)
    window = dk.Window(center, width, function)
    assert_agree(dk.render(dk.read_dataset(file.path), window=window), theirs)


@pytest.mark.parametrize("name", ["MR-SIEMENS-DICOM-WithOverlays.dcm", "examples_overlay.dcm"])
def test_overlays_of_files(name: str) -> None:
    """Burnt in where asked for, in white."""
    file = BY_FILE_NAME[name]
    [theirs] = dcmtk.render(file.read(), file.path, ("+Wi", "1", "+O", "0", "+Omr"))
    assert_agree(dk.render(dk.read_dataset(file.path), overlays=True), theirs)


@pytest.mark.parametrize("name", ["overlay", "overlay embedded", "overlay outside"])
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_overlays_made_by_hand(name: str, photometric: str) -> None:
    """Of their own or in unused bits of the pixels, and with an origin outside the image."""
    ds = SYNTHETIC[name]()
    ds.PhotometricInterpretation = photometric
    [theirs] = dcmtk.render(ds, None, ("+Wi", "1", "+O", "0", "+Omr"))
    assert_agree(dk.render(ds, overlays=True), theirs)
