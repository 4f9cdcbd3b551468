"""The least that any export has to do: read every byte and encode frames that are ready."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image
from pydicom import dcmread

from benchmarks.script import to_gray

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["read_and_encode", "ready_frames"]


def ready_frames(files: Sequence[Path]) -> list[NDArray[np.uint8]]:
    """Make the 8-bit frames beforehand, outside what is timed."""
    frames = []
    for file in files:
        ds = dcmread(file)
        frames.append(to_gray(ds.pixel_array, ds))
    return frames


def read_and_encode(
    files: Sequence[Path], frames: Sequence[NDArray[np.uint8]], quality: int
) -> int:
    """Read the files and encode the frames as JPEG, in memory; give the bytes handled."""
    handled = 0
    for file, frame in zip(files, frames, strict=True):
        handled += len(file.read_bytes())
        encoded = BytesIO()
        Image.fromarray(frame).save(encoded, "JPEG", quality=quality)
        handled += encoded.tell()
    return handled
