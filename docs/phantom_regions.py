"""What was drawn in the head made of numbers, and planned for it; and a slide: for these pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from phantom import COLUMNS, PIXEL, ROWS, head
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    ExplicitVRLittleEndian,
    RTDoseStorage,
    RTStructureSetStorage,
    SegmentationStorage,
    VLWholeSlideMicroscopyImageStorage,
    generate_uid,
)

if TYPE_CHECKING:
    import os

    import numpy.typing as npt

COUNT, STEP = 36, 5.0
REFERENCE = "1.2.826.0.1.2"
BLEEDING, AROUND = (35.0, 20.0, 20.0), 15.0
SIDE, TILE = 480, 160


def segmentation(path: str | os.PathLike[str]) -> Path:
    """Write a segmentation of the brain and of the bleeding in it, on the slices of the CT."""
    frames, groups = [], []
    for number in range(COUNT):
        place = _places(number)
        values = head(place)
        for segment, mask in ((1, values == 35), (2, values == 75)):
            if mask.any():
                frames.append(mask)
                groups.append(_group(segment, place[0, 0]))
    ds = _file(SegmentationStorage, "SEG", np.packbits(frames, bitorder="little"), 1)
    ds.SegmentationType, ds.NumberOfFrames = "BINARY", len(frames)
    ds.Rows, ds.Columns = ROWS, COLUMNS
    ds.SegmentSequence = Sequence(
        [
            _segment(1, "Brain", "12738006", (46592, 29000, 25000)),
            _segment(2, "Bleeding", "131148009", (38000, 51000, 48000)),
        ]
    )
    shared = Dataset()
    _put(shared, "PlaneOrientationSequence", ImageOrientationPatient=[1, 0, 0, 0, 1, 0])
    _put(
        shared,
        "PixelMeasuresSequence",
        PixelSpacing=[PIXEL, PIXEL],
        SliceThickness=STEP,
        SpacingBetweenSlices=STEP,
    )
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    ds.PerFrameFunctionalGroupsSequence = Sequence(groups)
    return _save(ds, path)


def structure_set(path: str | os.PathLike[str]) -> Path:
    """Write a structure set: a target, a ring around it, and a point."""
    x, y, z = BLEEDING
    target, ring, point = [], [], _contour([[x, y, z - 2.5]], "POINT")
    for number in range(COUNT):
        height = STEP * (number - (COUNT - 1) / 2)
        for radius, contours in ((AROUND + 4, (target, ring)), (AROUND + 12, (ring,))):
            inside = radius**2 - (height - z) ** 2
            if inside > 0:
                one = _circle((x, y, height), inside**0.5)
                for kept in contours:
                    kept.append(_contour(one, "CLOSEDPLANAR_XOR"))
    ds = _file(RTStructureSetStorage, "RTSTRUCT")
    ds.StructureSetLabel = "PLAN"
    named, drawn = [], []
    for number, (name, color, contours) in enumerate(
        (
            ("PTV", [235, 40, 235], target),
            ("Ring", [60, 150, 235], ring),
            ("Isocenter", [250, 250, 0], [point]),
        ),
        1,
    ):
        roi, one = Dataset(), Dataset()
        roi.ROINumber, roi.ROIName, roi.ROIGenerationAlgorithm = number, name, "MANUAL"
        roi.ReferencedFrameOfReferenceUID = REFERENCE
        one.ReferencedROINumber, one.ROIDisplayColor = number, color
        one.ContourSequence = Sequence(contours)
        named.append(roi)
        drawn.append(one)
    ds.StructureSetROISequence, ds.ROIContourSequence = Sequence(named), Sequence(drawn)
    return _save(ds, path)


def dose(path: str | os.PathLike[str]) -> Path:
    """Write a dose of up to 60 Gy about the bleeding, on a coarser grid than the CT's."""
    z, y, x = np.mgrid[-40:81:5.0, -60:101:4.0, -40:111:4.0]
    off = (np.stack([x, y, z], axis=-1) - BLEEDING) / (24, 32, 20)
    values = 60 * np.exp(-((off**2).sum(axis=-1) ** 2))
    ds = _file(RTDoseStorage, "RTDOSE", np.round(values * 1000).astype("<u4"), 32)
    ds.DoseUnits, ds.DoseType, ds.DoseGridScaling = "GY", "PHYSICAL", "0.001"
    ds.NumberOfFrames, ds.Rows, ds.Columns = values.shape
    ds.GridFrameOffsetVector = [5.0 * number for number in range(len(values))]
    ds.ImagePositionPatient = [-40, -60, -40]
    ds.ImageOrientationPatient, ds.PixelSpacing = [1, 0, 0, 0, 1, 0], [4, 4]
    return _save(ds, path)


def slide(folder: str | os.PathLike[str]) -> tuple[Path, Path]:
    """Write a slide of nine tiles with cells on it, and a segmentation of these in other tiles."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[:SIDE, :SIDE]
    cells = np.zeros((SIDE, SIDE), bool)
    for top, left in rng.uniform(20, SIDE - 20, (70, 2)):
        long, short = rng.uniform(7, 13, 2)
        cells |= ((y - top) / long) ** 2 + ((x - left) / short) ** 2 < 1
    tissue = np.where(cells[..., None], (110, 70, 150), (235, 190, 215))
    picture = np.clip(tissue + rng.normal(0, 9, (SIDE, SIDE, 1)), 0, 255).astype(np.uint8)
    tiles = [
        picture[top : top + TILE, left : left + TILE]
        for top in range(0, SIDE, TILE)
        for left in range(0, SIDE, TILE)
    ]
    image = _file(VLWholeSlideMicroscopyImageStorage, "SM", np.array(tiles), 8)
    image.SamplesPerPixel, image.PhotometricInterpretation = 3, "RGB"
    image.PlanarConfiguration, image.NumberOfFrames = 0, len(tiles)
    image.Rows = image.Columns = TILE
    _on_slide(image)
    half = SIDE // 2
    quarters = [cells[t : t + half, s : s + half] for t in (0, half) for s in (0, half)]
    seg = _file(SegmentationStorage, "SEG", np.packbits(quarters, bitorder="little"), 1)
    seg.SegmentationType, seg.NumberOfFrames = "BINARY", 4
    seg.Rows = seg.Columns = half
    seg.SegmentSequence = Sequence([_segment(1, "Nucleus", "84640000", (50000, 20000, 36000))])
    _on_slide(seg)
    folder = Path(folder)
    return _save(image, folder / "slide.dcm"), _save(seg, folder / "nuclei.dcm")


def _on_slide(ds: Dataset) -> None:
    ds.TotalPixelMatrixRows = ds.TotalPixelMatrixColumns = SIDE
    ds.DimensionOrganizationType, ds.ImageOrientationSlide = "TILED_FULL", [0, -1, 0, -1, 0, 0]
    _put(
        ds,
        "TotalPixelMatrixOriginSequence",
        XOffsetInSlideCoordinateSystem=20,
        YOffsetInSlideCoordinateSystem=40,
    )
    shared = Dataset()
    _put(shared, "PixelMeasuresSequence", PixelSpacing=[0.0005, 0.0005], SliceThickness=0.001)
    ds.SharedFunctionalGroupsSequence = Sequence([shared])


def _places(number: int) -> npt.NDArray[np.float64]:
    """Give the places of a slice's pixels, as `phantom.scan` lays them out."""
    j, i = np.indices((ROWS, COLUMNS))
    x, y = PIXEL * (i - (COLUMNS - 1) / 2), PIXEL * (j - (ROWS - 1) / 2)
    return np.stack([x, y, np.full(x.shape, STEP * (number - (COUNT - 1) / 2))], axis=-1)


def _circle(middle: tuple[float, float, float], radius: float) -> npt.NDArray[np.float64]:
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    around = np.stack([np.cos(angle), np.sin(angle), np.zeros_like(angle)], axis=1)
    circle: npt.NDArray[np.float64] = middle + radius * around
    return circle


def _contour(points: Any, kind: str) -> Dataset:  # noqa: ANN401 - whatever numpy takes
    ds = Dataset()
    ds.ContourGeometricType, ds.NumberOfContourPoints = kind, len(points)
    ds.ContourData = [f"{part:.4f}" for part in np.asarray(points).ravel()]
    return ds


def _group(segment: int, position: npt.NDArray[np.float64]) -> Dataset:
    group = Dataset()
    _put(group, "PlanePositionSequence", ImagePositionPatient=[f"{part:.6f}" for part in position])
    _put(group, "SegmentIdentificationSequence", ReferencedSegmentNumber=segment)
    return group


def _segment(number: int, label: str, code: str, lab: tuple[int, int, int]) -> Dataset:
    ds = Dataset()
    ds.SegmentNumber, ds.SegmentLabel, ds.SegmentAlgorithmType = number, label, "AUTOMATIC"
    ds.RecommendedDisplayCIELabValue = list(lab)
    _put(
        ds,
        "SegmentedPropertyTypeCodeSequence",
        CodeValue=code,
        CodingSchemeDesignator="SCT",
        CodeMeaning=label,
    )
    return ds


def _put(ds: Dataset, sequence: str, **elements: Any) -> None:  # noqa: ANN401 - of all kinds
    item = Dataset()
    for keyword, value in elements.items():
        setattr(item, keyword, value)
    setattr(ds, sequence, Sequence([item]))


def _file(kind: str, modality: str, pixels: Any = None, bits: int = 0) -> Dataset:  # noqa: ANN401
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID, ds.Modality = kind, generate_uid(), modality
    ds.SeriesInstanceUID, ds.FrameOfReferenceUID = generate_uid(), REFERENCE
    ds.StudyInstanceUID, ds.PatientID, ds.SeriesNumber = "1.2.826.0.1.3", "PHANTOM", 2
    ds.InstanceNumber = 1
    if pixels is not None:
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
        ds.BitsAllocated, ds.BitsStored, ds.HighBit = bits, bits, bits - 1
        ds.PixelRepresentation = 0
        data = pixels.tobytes()
        ds.PixelData = data + bytes(len(data) % 2)
    return ds


def _save(ds: Dataset, path: str | os.PathLike[str]) -> Path:
    ds.save_as(path, enforce_file_format=True)
    return Path(path)
