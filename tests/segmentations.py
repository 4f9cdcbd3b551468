"""Segmentations made of masks whose places are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian, SegmentationStorage, generate_uid
from tests.volumes import REFERENCE, SERIES

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Sequence as Many

    import numpy.typing as npt

__all__ = ["LABEL_MAP", "picture_on", "segmentation", "shapes", "slide", "tiled"]

LABEL_MAP = UID("1.2.840.10008.5.1.4.1.1.66.7")
LAB = (34885, 53485, 50171)  # (255, 0, 0), as DCMTK's IODCIELabUtil has it
# Which segment a frame shows, the plane of its grid, and its pixels.
Frame = tuple[int, dk.Plane, "npt.NDArray[Any]"]


def shapes(grid: dk.Grid, seed: int = 0) -> npt.NDArray[np.uint8]:
    """Give labels on a grid without any symmetry: 0, 1, 2 and 3 by chance."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, grid.shape).astype(np.uint8)
    labels[0, 0, 0], labels[-1, -1, -1], labels[0, -1, 0] = 1, 2, 3
    return labels


def plane_of(grid: dk.Grid, index: int) -> dk.Plane:
    """Say where a slice of a grid lies, as a file states it."""
    steps = grid.affine[:3, :3].T
    spacing = grid.spacing
    row, column = steps[2] / spacing[2], steps[1] / spacing[1]
    position = grid.to_patient((index, 0, 0))
    return dk.Plane(
        tuple(map(float, position)),  # type: ignore[arg-type]
        tuple(map(float, row)),  # type: ignore[arg-type]
        tuple(map(float, column)),  # type: ignore[arg-type]
        (spacing[1], spacing[2]),
        (grid.shape[1], grid.shape[2]),
        REFERENCE,
    )


def segmentation(
    masks: Mapping[int, npt.NDArray[Any]],
    grid: dk.Grid,
    kind: str = "BINARY",
    *,
    sparse: bool = True,
    seed: int | None = 0,
    step: float | None = None,
    **more: Any,  # noqa: ANN401 - values of elements
) -> Dataset:
    """Make a segmentation of masks on a grid, frames in an order of chance; empty ones left out.

    A LABELMAP is made of the one array of labels that stands at 0, a FRACTIONAL one of stored
    values up to 100. `step` is Spacing Between Slices: by default, the grid's own.
    """
    frames: list[tuple[int, int]] = [
        (number, k)
        for number, mask in masks.items()
        for k in range(grid.shape[0])
        if not sparse or mask[k].any()
    ]
    if seed is not None:
        np.random.default_rng(seed).shuffle(frames)
    ds = _empty(kind, [masks[number][k] for number, k in frames], grid.shape[1:])
    labels = kind == "LABELMAP"
    numbers = sorted(set(np.unique(masks[0]).tolist()) - {0}) if labels else list(masks)
    ds.SegmentSequence = Sequence(_segment(number) for number in numbers)
    measures, groups = Dataset(), []
    measures.PixelSpacing = [f"{length:.12g}" for length in grid.spacing[1:]]
    measures.SliceThickness = f"{grid.spacing[0]:.12g}"
    measures.SpacingBetweenSlices = f"{grid.spacing[0] if step is None else step:.12g}"
    shared = Dataset()
    shared.PixelMeasuresSequence = Sequence([measures])
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    for number, k in frames:
        group, plane = Dataset(), plane_of(grid, k)
        _put(group, "PlanePositionSequence", ImagePositionPatient=_written(plane.position))
        cosines = _written((*plane.row, *plane.column))
        _put(group, "PlaneOrientationSequence", ImageOrientationPatient=cosines)
        if not labels:
            _put(group, "SegmentIdentificationSequence", ReferencedSegmentNumber=number)
        groups.append(group)
    ds.PerFrameFunctionalGroupsSequence = Sequence(groups)
    for keyword, value in more.items():
        setattr(ds, keyword, value)
    return ds


def tiled(
    masks: Mapping[int, npt.NDArray[Any]],
    tile: tuple[int, int],
    kind: str = "BINARY",
    *,
    full: bool = False,
    origin: tuple[float, float] = (20.0, 30.0),
    spacing: tuple[float, float] = (0.0005, 0.0005),
) -> Dataset:
    """Make a segmentation of a slide of masks on its total pixel matrix, tile by tile."""
    size = next(iter(masks.values())).shape
    places = [
        (number, top, left)
        for number in masks
        for top in range(0, size[0], tile[0])
        for left in range(0, size[1], tile[1])
    ]
    if not full:
        np.random.default_rng(0).shuffle(places)
    padded = {
        number: np.pad(mask, [(0, -side % part) for side, part in zip(size, tile, strict=True)])
        for number, mask in masks.items()
    }
    cut = [padded[n][y : y + tile[0], x : x + tile[1]] for n, y, x in places]
    if not full:
        kept = [row for row, one in enumerate(cut) if one.any()]
        places, cut = [places[row] for row in kept], [cut[row] for row in kept]
    ds = _empty(kind, cut, tile)
    numbers = [1, 2, 3] if kind == "LABELMAP" else list(masks)
    ds.SegmentSequence = Sequence(_segment(number) for number in numbers)
    _lay_on_slide(ds, size, origin, spacing, full=full)
    if not full:
        groups = []
        for number, top, left in places:
            group = Dataset()
            _put(
                group,
                "PlanePositionSlideSequence",
                RowPositionInTotalImagePixelMatrix=int(top) + 1,
                ColumnPositionInTotalImagePixelMatrix=int(left) + 1,
                ZOffsetInSlideCoordinateSystem=3.0,
            )
            if kind != "LABELMAP":
                _put(group, "SegmentIdentificationSequence", ReferencedSegmentNumber=int(number))
            groups.append(group)
        ds.PerFrameFunctionalGroupsSequence = Sequence(groups)
    return ds


def slide(
    size: tuple[int, int],
    tile: tuple[int, int],
    *,
    origin: tuple[float, float] = (20.0, 30.0),
    spacing: tuple[float, float] = (0.0005, 0.0005),
) -> Dataset:
    """Make a slide of tiles in full order, a grey ramp."""
    high, wide = (-(-side // part) for side, part in zip(size, tile, strict=True))
    y, x = np.mgrid[: high * tile[0], : wide * tile[1]]
    whole = ((x + y) % 200 + 50).astype(np.uint8)
    cut = [
        whole[top : top + tile[0], left : left + tile[1]]
        for top in range(0, size[0], tile[0])
        for left in range(0, size[1], tile[1])
    ]
    ds = _empty("FRACTIONAL", cut, tile)
    ds.SOPClassUID, ds.Modality = "1.2.840.10008.5.1.4.1.1.77.1.6", "SM"
    del ds.SegmentationType, ds.MaximumFractionalValue, ds.SegmentationFractionalType
    _lay_on_slide(ds, size, origin, spacing, full=True)
    return ds


def picture_on(grid: dk.Grid, index: int = 0, **more: Any) -> Dataset:  # noqa: ANN401
    """Make a CT slice that lies where a slice of a grid does: each pixel is 40 HU."""
    ds = _empty("FRACTIONAL", [np.full(grid.shape[1:], 40)], grid.shape[1:])
    ds.SOPClassUID, ds.Modality = "1.2.840.10008.5.1.4.1.1.2", "CT"
    del ds.SegmentationType, ds.MaximumFractionalValue, ds.SegmentationFractionalType
    ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = 1, 0, "HU"
    plane = plane_of(grid, index)
    ds.ImagePositionPatient = _written(plane.position)
    ds.ImageOrientationPatient = _written((*plane.row, *plane.column))
    ds.PixelSpacing = [f"{length:.12g}" for length in plane.spacing]
    for keyword, value in more.items():
        setattr(ds, keyword, value)
    return ds


def _written(numbers: Iterable[float]) -> list[str]:
    """Write numbers in the 16 characters that a DS has."""
    return [f"{number + 0.0:.9g}"[:16] for number in numbers]


def _put(ds: Dataset, sequence: str, **elements: Any) -> None:  # noqa: ANN401
    item = Dataset()
    for keyword, value in elements.items():
        setattr(item, keyword, value)
    setattr(ds, sequence, Sequence([item]))


def _segment(number: int) -> Dataset:
    ds = Dataset()
    ds.SegmentNumber, ds.SegmentLabel = number, f"segment {number}"
    ds.SegmentAlgorithmType, ds.SegmentAlgorithmName = "AUTOMATIC", "a model"
    if number == 1:
        ds.RecommendedDisplayCIELabValue = list(LAB)
    for keyword, value, meaning in (
        ("SegmentedPropertyCategoryCodeSequence", "85756007", "Tissue"),
        ("SegmentedPropertyTypeCodeSequence", "10200004", "Liver"),
    ):
        _put(ds, keyword, CodeValue=value, CodingSchemeDesignator="SCT", CodeMeaning=meaning)
    return ds


def _lay_on_slide(
    ds: Dataset,
    size: tuple[int, ...],
    origin: tuple[float, float],
    spacing: tuple[float, float],
    *,
    full: bool,
) -> None:
    ds.TotalPixelMatrixRows, ds.TotalPixelMatrixColumns = size
    ds.DimensionOrganizationType = "TILED_FULL" if full else "TILED_SPARSE"
    ds.ImageOrientationSlide = [0, -1, 0, -1, 0, 0]
    _put(
        ds,
        "TotalPixelMatrixOriginSequence",
        XOffsetInSlideCoordinateSystem=origin[0],
        YOffsetInSlideCoordinateSystem=origin[1],
    )
    shared = Dataset()
    _put(shared, "PixelMeasuresSequence", PixelSpacing=list(spacing), SliceThickness=0.001)
    ds.SharedFunctionalGroupsSequence = Sequence([shared])


def _empty(kind: str, frames: Many[npt.NDArray[Any]], shape: Iterable[int]) -> Dataset:
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID = LABEL_MAP if kind == "LABELMAP" else SegmentationStorage
    ds.SOPInstanceUID = generate_uid()
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.Modality, ds.ImageType = "SEG", ["DERIVED", "PRIMARY"]
    ds.PatientName, ds.PatientID = "Secret^Name", "SECRET-ID"
    ds.SeriesInstanceUID, ds.FrameOfReferenceUID, ds.InstanceNumber = SERIES, REFERENCE, 1
    ds.SegmentationType = kind
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.PixelRepresentation, ds.NumberOfFrames = 0, len(frames)
    ds.Rows, ds.Columns = shape
    bits = 1 if kind == "BINARY" else 8
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = bits, bits, bits - 1
    stored = np.asarray(frames)
    if kind == "BINARY":
        stored = np.packbits(stored.astype(bool), bitorder="little")
    if kind == "FRACTIONAL":
        ds.SegmentationFractionalType, ds.MaximumFractionalValue = "PROBABILITY", 100
    if kind == "LABELMAP":
        ds.PixelPaddingValue = 0
    data = stored.astype(np.uint8).tobytes()
    ds.PixelData = data + bytes(len(data) % 2)
    return ds
