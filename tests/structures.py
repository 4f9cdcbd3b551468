"""RT structure sets made of contours whose areas are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian, RTStructureSetStorage
from tests.volumes import REFERENCE

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

__all__ = ["circle", "contour", "ring", "square", "structure_of", "structure_set"]


def contour(points: npt.ArrayLike, kind: str = "CLOSED_PLANAR") -> Dataset:
    """Make a contour of places in the patient, in millimetres."""
    ds = Dataset()
    places = np.asarray(points, float).reshape(-1, 3)
    if kind:
        ds.ContourGeometricType = kind
    ds.NumberOfContourPoints = len(places)
    ds.ContourData = [f"{number + 0.0:.9g}" for number in places.ravel()]
    return ds


def structure_set(*structures: Iterable[Dataset], **more: Any) -> Dataset:  # noqa: ANN401
    """Make a structure set of structures that are lists of contours."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = RTStructureSetStorage
    ds.SOPInstanceUID = UID("1.2.826.0.1.3680043.8.498.77")
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.Modality, ds.StructureSetLabel = "RTSTRUCT", "made"
    ds.PatientName, ds.PatientID = "Secret^Name", "SECRET-ID"
    named, drawn, observed = [], [], []
    for number, contours in enumerate(structures, 1):
        one, roi, seen = Dataset(), Dataset(), Dataset()
        one.ROINumber, one.ROIName = number, f"structure {number}"
        one.ReferencedFrameOfReferenceUID, one.ROIGenerationAlgorithm = REFERENCE, "MANUAL"
        roi.ReferencedROINumber, roi.ROIDisplayColor = number, [250, 10 * number, 0]
        roi.ContourSequence = Sequence(contours)
        seen.ObservationNumber = seen.ReferencedROINumber = number
        seen.RTROIInterpretedType = "ORGAN"
        named.append(one)
        drawn.append(roi)
        observed.append(seen)
    ds.StructureSetROISequence = Sequence(named)
    ds.ROIContourSequence = Sequence(drawn)
    ds.RTROIObservationsSequence = Sequence(observed)
    for keyword, value in more.items():
        setattr(ds, keyword, value)
    return ds


def structure_of(*contours: Dataset) -> dk.Structure:
    """Read the one structure of a set with these contours."""
    (structure,) = dk.structures(structure_set(contours))
    return structure


def on_grid(grid: dk.Grid, k: float, rows: npt.ArrayLike, columns: npt.ArrayLike) -> Any:  # noqa: ANN401
    rows, columns = np.broadcast_arrays(rows, columns)
    return grid.to_patient(np.stack([np.full(rows.shape, k), rows, columns], axis=-1))


def square(grid: dk.Grid, k: float, top: float, left: float, side: float) -> Any:  # noqa: ANN401
    """Give the corners, in the patient, of a square of voxels on a slice."""
    rows, columns = top + np.array([0, 0, side, side]), left + np.array([0, side, side, 0])
    return on_grid(grid, k, rows, columns)


def circle(grid: dk.Grid, k: float, radius: float, center: tuple[float, float]) -> Any:  # noqa: ANN401
    """Give the points, in the patient, of a circle in voxels on a slice."""
    angle = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    rows, columns = center[0] + radius * np.sin(angle), center[1] + radius * np.cos(angle)
    return on_grid(grid, k, rows, columns)


def ring(grid: dk.Grid, k: float, kind: str = "CLOSEDPLANAR_XOR") -> list[Dataset]:
    """Give two contours: a circle of 12 voxels, and in it one of 6."""
    return [contour(circle(grid, k, radius, (20, 22)), kind) for radius in (12, 6)]
