"""Values after the Modality step, and lossless twins."""

from __future__ import annotations

import numpy as np
import pytest

import dicomkit as dk
from reference.differences import VALUE_DIFFERENCES
from reference.results import FILES
from reference.twins import TWINS
from reference.values import READERS, UnreadableError

GRAYSCALE = [
    name
    for name, file in FILES.items()
    if file.read().PhotometricInterpretation in ("MONOCHROME1", "MONOCHROME2")
]
BY_FILE_NAME = {file.path.name: file.path for file in FILES.values()}
PAIRS = [
    pytest.param(twins.original, other, twins.tolerance, id=other)
    for twins in TWINS
    for other in twins.others
]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", GRAYSCALE)
def test_values_agree_to_float32(name: str, reader: str) -> None:
    """Every frame, to the last bit; a stale excuse fails too."""
    file = FILES[name]
    try:
        theirs = READERS[reader](file.path)
    except UnreadableError as error:
        pytest.skip(f"{reader} cannot read it: {error}")
    ours = np.atleast_3d(dk.to_values(dk.read_dataset(file.path)))
    agrees = np.array_equal(ours.reshape(theirs.shape), theirs.astype(np.float32))
    excuse = VALUE_DIFFERENCES.get((reader, file.path.name))
    assert agrees == (excuse is None), excuse or "differs"


@pytest.mark.parametrize(("original", "other", "tolerance"), PAIRS)
def test_twins_hold_the_same_values(original: str, other: str, tolerance: int) -> None:
    """A lossless transfer syntax changes nothing."""
    first = dk.stored_values(dk.read_dataset(BY_FILE_NAME[original])).astype(np.int64)
    second = dk.stored_values(dk.read_dataset(BY_FILE_NAME[other])).astype(np.int64)
    assert first.shape == second.shape
    assert np.abs(first - second).max() <= tolerance
