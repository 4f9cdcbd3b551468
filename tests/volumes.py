"""Series made of numbers whose places are known: every pixel says which slice it is of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    CTImageStorage,
    EnhancedMRImageStorage,
    ExplicitVRLittleEndian,
    MRImageStorage,
    generate_uid,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence as Many
    from pathlib import Path

    import numpy.typing as npt

    import dicomkit as dk

__all__ = [
    "AXIAL",
    "ROWS",
    "SERIES",
    "classic",
    "enhanced",
    "pixels_of",
    "place_of",
    "sampled_errors",
    "save",
    "turned",
]

ROWS, COLUMNS = 5, 7
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
SERIES = "1.2.826.0.1.3680043.8.498.1"
REFERENCE = "1.2.826.0.1.3680043.8.498.2"


def pixels_of(number: int) -> npt.NDArray[np.uint16]:
    """Give the stored values of a slice: its own number times 100, plus the pixel's."""
    return (100 * number + np.arange(ROWS * COLUMNS)).reshape(ROWS, COLUMNS).astype(np.uint16)


def turned(degrees: float, about: str = "x") -> tuple[float, ...]:
    """Give the cosines of axial slices that are turned about an axis of the patient."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    if about == "x":
        return (1.0, 0.0, 0.0, 0.0, c, s)
    return (c, s, 0.0, -s, c, 0.0)


def classic(
    number: int,
    position: npt.ArrayLike,
    *,
    orientation: npt.ArrayLike = AXIAL,
    spacing: Many[float] = (0.75, 0.5),
    modality: str = "CT",
    **more: Any,  # noqa: ANN401 - values of elements
) -> Dataset:
    """Make one CT or MR slice, whose pixels say its number."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID = CTImageStorage if modality == "CT" else MRImageStorage
    ds.SOPInstanceUID = generate_uid(
        entropy_srcs=[repr((number, list(np.asarray(position, float)), more))]
    )
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.Modality = modality
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.PatientName, ds.PatientID = "Secret^Name", "SECRET-ID"
    ds.SeriesInstanceUID, ds.FrameOfReferenceUID = SERIES, REFERENCE
    ds.InstanceNumber = number
    ds.ImagePositionPatient = [f"{part:.6f}" for part in np.asarray(position, float)]
    ds.ImageOrientationPatient = [f"{round(part, 12):.10g}" for part in np.asarray(orientation)]
    ds.PixelSpacing = list(spacing)
    ds.SliceThickness = 99
    ds.SliceLocation = -number
    if modality == "CT":
        ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = 1, -1024, "HU"
    _add_pixels(ds, [pixels_of(number)])
    for keyword, value in more.items():
        setattr(ds, keyword, value)
    return ds


def enhanced(frames: Iterable[Dataset], shared: Dataset | None = None, **more: Any) -> Dataset:  # noqa: ANN401
    """Make an enhanced MR image of classic slices: what places them stands with each frame."""
    slices = list(frames)
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = EnhancedMRImageStorage
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = generate_uid(
        entropy_srcs=[one.SOPInstanceUID for one in slices]
    )
    ds.Modality, ds.ImageType = "MR", ["ORIGINAL", "PRIMARY", "M", "NONE"]
    ds.SeriesInstanceUID, ds.FrameOfReferenceUID = SERIES, REFERENCE
    ds.InstanceNumber = 1
    ds.PerFrameFunctionalGroupsSequence = Sequence(map(_group, slices))
    ds.SharedFunctionalGroupsSequence = Sequence([shared or Dataset()])
    _add_pixels(ds, [np.frombuffer(one.PixelData, np.uint16) for one in slices])
    for keyword, value in more.items():
        setattr(ds, keyword, value)
    return ds


def _group(one: Dataset) -> Dataset:
    group = Dataset()
    for sequence, keyword in (
        ("PlanePositionSequence", "ImagePositionPatient"),
        ("PlaneOrientationSequence", "ImageOrientationPatient"),
        ("PixelMeasuresSequence", "PixelSpacing"),
        ("MREchoSequence", "EffectiveEchoTime"),
        ("MRDiffusionSequence", "DiffusionBValue"),
    ):
        if keyword in one:
            item = Dataset()
            setattr(item, keyword, one[keyword].value)
            setattr(group, sequence, Sequence([item]))
    if "RescaleSlope" in one:
        item = Dataset()
        item.RescaleSlope, item.RescaleIntercept = one.RescaleSlope, one.RescaleIntercept
        item.RescaleType = "US"
        group.PixelValueTransformationSequence = Sequence([item])
    if "DimensionIndexValues" in one:
        item = Dataset()
        item.DimensionIndexValues = one.DimensionIndexValues
        group.FrameContentSequence = Sequence([item])
    return group


def _add_pixels(ds: Dataset, frames: Many[npt.NDArray[np.uint16]]) -> None:
    ds.Rows, ds.Columns = ROWS, COLUMNS
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated = ds.BitsStored = 16
    ds.HighBit, ds.PixelRepresentation = 15, 0
    if len(frames) > 1:
        ds.NumberOfFrames = len(frames)
    ds.PixelData = b"".join(frame.tobytes() for frame in frames)


def save(datasets: Iterable[Dataset], folder: Path) -> list[Path]:
    """Write each into a file of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, ds in enumerate(datasets):
        paths.append(folder / f"IM{number:04}")
        ds.save_as(paths[-1], enforce_file_format=True)
    return paths


def place_of(ds: Dataset, row: float, column: float) -> npt.NDArray[np.float64]:
    """Say where a pixel of a classic slice lies, by the formula of PS3.3 C.7.6.2.1.1."""
    position = np.array(ds.ImagePositionPatient, float)
    cosines = np.array(ds.ImageOrientationPatient, float)
    between_rows, between_columns = map(float, ds.PixelSpacing)
    return position + cosines[:3] * between_columns * column + cosines[3:] * between_rows * row


def sampled_errors(volume: dk.Volume, headers: Many[Dataset]) -> list[float]:
    """Say how far 12 pixels of each slice are from where their own header puts them, in mm.

    The pixel's value is compared on the way: it has to be that header's own.

    Parameters
    ----------
    volume : Volume
        What was read.
    headers : sequence of Dataset
        The classic slices that it was made of; those of an enhanced image in its frames' order.
    """
    assert volume.grid is not None
    by_uid = {one.SOPInstanceUID: one for one in headers}
    rng = np.random.default_rng(0)
    errors = []
    for index, slice_ in enumerate(volume.slices):
        assert slice_ is not None
        ds = by_uid.get(slice_.sop_instance_uid) or headers[slice_.frame]
        stored = np.frombuffer(ds.PixelData, np.uint16).reshape(ROWS, COLUMNS)
        slope, intercept = float(ds.get("RescaleSlope", 1)), float(ds.get("RescaleIntercept", 0))
        for row, column in rng.integers((ROWS, COLUMNS), size=(12, 2)):
            value = np.float32(float(stored[row, column]) * slope + intercept)
            assert volume.array[index, row, column] == value
            place = volume.grid.to_patient((index, row, column))
            errors.append(float(np.linalg.norm(place - place_of(ds, row, column))))
    return errors
