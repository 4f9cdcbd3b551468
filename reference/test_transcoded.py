"""Streams that other encoders write are decoded to what was encoded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import dicomkit as dk
from reference.results import FILES
from reference.transcode import ENCODERS, SOURCES, decompress, encode

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

BY_FILE_NAME = {file.path.name: file.path for file in FILES.values()}


def stored(path: Path) -> NDArray[np.int64]:
    """Read the stored values of all frames."""
    return dk.stored_values(dk.read_dataset(path)).astype(np.int64)


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("source", SOURCES)
def test_decodes_what_others_encode(source: str, name: str, tmp_path: Path) -> None:
    """Lossless streams to the bit, lossy ones as DCMTK decodes them."""
    encoder, original = ENCODERS[name], BY_FILE_NAME[source]
    encoded = tmp_path / "encoded.dcm"
    if not encode(encoder, original, encoded):
        pytest.skip("the encoder does not take such images")
    expected = original
    if not encoder.lossless:
        expected = tmp_path / "decoded.dcm"
        decompress(encoded, expected)
    difference = np.abs(stored(encoded) - stored(expected))
    assert difference.max() <= encoder.tolerance
