"""A head made of numbers, scanned as a CT or an MR would: series for these pages."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, MRImageStorage, generate_uid

if TYPE_CHECKING:
    import os
    from collections.abc import Container

    import numpy.typing as npt

ROWS, COLUMNS = 110, 90
PIXEL = 2.0


def head(place: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Give the Hounsfield units at a place in the patient: x to the left, y back, z up, in mm."""
    x, y, z = np.moveaxis(place, -1, 0)
    skull = (x / 75) ** 2 + (y / 95) ** 2 + (z / 85) ** 2
    values = np.full(x.shape, -1000.0)
    values[skull < 1] = 900
    values[skull < 0.87] = 35
    values[(np.abs(x) < 3) & (skull < 0.87)] = 8
    # The nose is in front; a bleeding lies on the left side, high and far back.
    values[(x / 12) ** 2 + ((y + 98) / 16) ** 2 + ((z + 10) / 15) ** 2 < 1] = 40
    values[(x - 35) ** 2 + (y - 20) ** 2 + (z - 20) ** 2 < 15**2] = 75
    return values


def angiogram(frames: int = 8, size: int = 200) -> Dataset:
    """Give an angiogram as a device stores it, logarithmic: two frames before the contrast medium.

    A bone and ribs hide the vessel, into which the medium flows from the left, and the patient
    moves by half a pixel.
    """
    y, x = np.indices((size, size)) / size
    # What weakens the beam: tissue, ribs, a bone, and the medium in two branches.
    ribs = 0.35 * (np.sin(9 * np.pi * (y - 0.25 * x)) > 0.5)
    bone = 0.9 * (np.abs(y - 0.9 + 0.5 * x) < 0.09)
    vessel = sum(
        0.16 * np.sqrt(np.clip(1 - ((y - 0.45 - bend * np.sin(3 * x)) / 0.022) ** 2, 0, None))
        for bend in (0.12, -0.16)
    )
    noise = np.random.default_rng(0)
    stored = np.empty((frames, size, size), np.uint16)
    for frame in range(frames):
        still = 0.8 + ribs + bone
        before = still[:, [0, *range(size - 1)]]
        moved = (still + before) / 2 if frame > 1 else still
        arrived = np.clip((0.3 * (frame - 1) - x) / 0.1, 0, 1)
        density = moved + vessel * arrived + noise.normal(0, 0.008, still.shape)
        stored[frame] = np.clip(3900 - 1600 * density, 0, 4095)
    ds = Dataset()
    ds.Modality, ds.PixelIntensityRelationship = "XA", "LOG"
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.NumberOfFrames, ds.Rows, ds.Columns = stored.shape
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.WindowCenter, ds.WindowWidth = 2048, 4096
    item = Dataset()
    item.MaskOperation, item.MaskFrameNumbers = "AVG_SUB", [1, 2]
    item.ApplicableFrameRange = [3, frames]
    ds.MaskSubtractionSequence, ds.RecommendedViewingMode = [item], "SUB"
    ds.PixelData = stored.tobytes()
    return ds


def scan(
    folder: str | os.PathLike[str],
    *,
    count: int = 36,
    step: float = 5.0,
    tilt: float = 0.0,
    skip: Container[int] = (),
    modality: str = "CT",
    gain: float = 1.0,
    **elements: Any,  # noqa: ANN401 - values of all kinds
) -> Path:
    """Write axial slices from the feet's side to the head's; give the folder.

    With a tilt, in degrees, the slices are turned about the patient's left-right axis while
    the table moves along the patient.
    """
    folder = Path(folder)
    folder.mkdir(exist_ok=True)
    c, s = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    row, column = np.array((1.0, 0, 0)), np.array((0.0, c, s))
    j, i = np.indices((ROWS, COLUMNS))[..., None]
    before = len(list(folder.iterdir()))
    for number in range(count):
        if number in skip:
            continue
        middle = np.array((0, 0, step * (number - (count - 1) / 2)))
        position = middle - row * PIXEL * (COLUMNS - 1) / 2 - column * PIXEL * (ROWS - 1) / 2
        values = head(position + row * PIXEL * i + column * PIXEL * j)
        ds = _slice(modality, np.round(values * gain))
        # Numbers run from the head down, as those of many scanners do.
        ds.InstanceNumber = before + count - number
        ds.ImagePositionPatient = [f"{part:.6f}" for part in position]
        ds.ImageOrientationPatient = [f"{part:.8f}" for part in (*row, *column)]
        for keyword, value in elements.items():
            setattr(ds, keyword, value)
        ds.save_as(folder / f"IM{before + number:04}", enforce_file_format=True)
    return folder


def _slice(modality: str, values: npt.NDArray[np.float64]) -> Dataset:
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID = CTImageStorage if modality == "CT" else MRImageStorage
    ds.SOPInstanceUID = generate_uid()
    ds.Modality = modality
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.SeriesInstanceUID, ds.FrameOfReferenceUID = "1.2.826.0.1.1", "1.2.826.0.1.2"
    ds.StudyInstanceUID, ds.PatientID, ds.SeriesNumber = "1.2.826.0.1.3", "PHANTOM", 1
    ds.PixelSpacing = [PIXEL, PIXEL]
    ds.Rows, ds.Columns = ROWS, COLUMNS
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated = ds.BitsStored = 16
    ds.HighBit, ds.PixelRepresentation = 15, 0
    if modality == "CT":
        ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = 1, -1024, "HU"
        values = values + 1024
    ds.PixelData = np.maximum(values, 0).astype(np.uint16).tobytes()
    return ds
