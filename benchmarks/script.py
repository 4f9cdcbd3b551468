"""What a script on pydicom and Pillow alone does with an exam.

It follows the usual way: the File-set, then for each instance `dcmread`, `pixel_array`,
the Modality and VOI steps, a scaling to 8 bits, and a picture under the patient, the
study's date, the series and the instance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from pydicom import dcmread
from pydicom.fileset import FileSet
from pydicom.pixels.processing import apply_modality_lut, apply_windowing

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

__all__ = ["convert", "to_gray"]


def convert(directory: Path, output: Path, suffix: str, quality: int) -> int:
    """Write a picture of every instance that the DICOMDIR names; give how many it has."""
    count = 0
    for instance in FileSet(directory):
        ds = dcmread(instance.path)
        folder = output / str(ds.PatientID) / str(ds.StudyDate) / str(ds.SeriesNumber)
        folder.mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray(to_gray(ds.pixel_array, ds))
        picture.save(folder / f"{ds.InstanceNumber}{suffix}", quality=quality)
        count += 1
    return count


def to_gray(stored: NDArray[np.integer], ds: Dataset) -> NDArray[np.uint8]:
    """Go from stored values to 8 bits through pydicom's own functions."""
    view = apply_windowing(apply_modality_lut(stored, ds), ds)
    low, high = view.min(), view.max()
    return np.asarray((view - low) / (high - low) * 255).astype(np.uint8)
