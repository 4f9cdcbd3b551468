"""Make an exam like the one that dicomkit was written for, of any size.

Five CT series of a head, 512 x 512, 12 bits stored in 16, with a DICOMDIR, in time
linear in the number of instances. The same arguments give the same bytes.

    python -m benchmarks.make_exam FOLDER [--instances 545] [--size 512]
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from benchmarks.directory import DirectoryWriter, Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["EXAM_INSTANCES", "SERIES", "make_exam"]

SERIES: Final = (1, 66, 199, 143, 136)
EXAM_INSTANCES: Final = sum(SERIES)

_ROOT: Final = "1.2.826.0.1.3680043.8.498.1"
# Stand-ins of the width of what replaces them, so that every length in the file stays right.
_UID_TAIL: Final = b"9999999999"
_NUMBER: Final = b"88888888"
_NAME: Final = b"FFFFFFFF"


@dataclass(frozen=True, slots=True)
class _Series:
    number: int
    count: int
    uid: str
    head: bytes


def make_exam(
    folder: Path, instances: int = EXAM_INSTANCES, *, size: int = 512, directory: bool = True
) -> Path:
    """Write the exam and give the path of its DICOMDIR, or the folder if it has none."""
    rng = np.random.default_rng(545)
    writer = DirectoryWriter("EXAM")
    writer.add(Record("PATIENT", _patient()))
    writer.add(Record("STUDY", _study()))
    for series in _series(instances, size):
        parts = ("DICOM", f"S{series.number:07}")
        folder.joinpath(*parts).mkdir(parents=True)
        writer.add(Record("SERIES", _series_keys(series)))
        record = _image_record(series, parts)
        for index in range(series.count):
            pixels = _slice(index / max(series.count - 1, 1), size, rng)
            folder.joinpath(*parts, _name(index)).write_bytes(
                _fill(series.head, index) + pixels.tobytes()
            )
            writer.add_encoded("IMAGE", _fill(record, index))
    if not directory:
        return folder
    path = folder / "DICOMDIR"
    path.write_bytes(writer.encode())
    return path


def _name(index: int) -> str:
    return f"I{index + 1:07}"


def _fill(template: bytes, index: int) -> bytes:
    filled = template.replace(_UID_TAIL, b"1%09d" % (index + 1))
    return filled.replace(_NUMBER, b"%-8d" % (index + 1)).replace(_NAME, _name(index).encode())


def _series(instances: int, size: int) -> Iterator[_Series]:
    for number, count in enumerate(_shares(instances), start=1):
        uid = f"{_ROOT}.2.{number}"
        yield _Series(number, count, uid, _head(number, uid, size))


def _shares(instances: int) -> Sequence[int]:
    """Split as the exam is split, every instance in exactly one series."""
    edges = np.rint(np.cumsum((0, *SERIES)) * (instances / EXAM_INSTANCES)).astype(int)
    return [int(count) for count in np.diff(edges) if count > 0]


def _patient() -> Dataset:
    keys = Dataset()
    keys.PatientName = "Bench^Exam"
    keys.PatientID = "BENCH-1"
    return keys


def _study() -> Dataset:
    keys = Dataset()
    keys.StudyDate = "20200102"
    keys.StudyTime = "101112"
    keys.AccessionNumber = "1"
    keys.StudyDescription = "Head"
    keys.StudyInstanceUID = f"{_ROOT}.1"
    keys.StudyID = "1"
    return keys


def _series_keys(series: _Series) -> Dataset:
    keys = Dataset()
    keys.Modality = "CT"
    keys.SeriesInstanceUID = series.uid
    keys.SeriesNumber = series.number
    return keys


def _image_record(series: _Series, folder: tuple[str, ...]) -> bytes:
    keys = Dataset()
    keys.ReferencedFileID = [*folder, _NAME.decode()]
    keys.ReferencedSOPClassUIDInFile = CTImageStorage
    keys.ReferencedSOPInstanceUIDInFile = f"{series.uid}.{_UID_TAIL.decode()}"
    keys.ReferencedTransferSyntaxUIDInFile = ExplicitVRLittleEndian
    keys.InstanceNumber = _NUMBER.decode()
    return Record("IMAGE", keys).encode()


def _head(number: int, uid: str, size: int) -> bytes:
    """Encode one instance of a series up to the first byte of its pixels."""
    ds = Dataset()
    ds.update(_patient())
    ds.update(_study())
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.SOPClassUID = CTImageStorage
    ds.SOPInstanceUID = f"{uid}.{_UID_TAIL.decode()}"
    ds.SeriesDate = ds.ContentDate = ds.StudyDate
    ds.SeriesTime = ds.ContentTime = ds.StudyTime
    ds.Modality = "CT"
    ds.Manufacturer = "dicomkit benchmarks"
    ds.SeriesDescription = f"Head {number}"
    ds.PatientBirthDate = ""
    ds.PatientSex = "O"
    ds.BodyPartExamined = "HEAD"
    ds.SliceThickness = "1.25"
    ds.KVP = "120"
    ds.PatientPosition = "HFS"
    ds.SeriesInstanceUID = uid
    ds.SeriesNumber = number
    ds.InstanceNumber = _NUMBER.decode()
    ds.ImagePositionPatient = ["-125", "-125", "0"]
    ds.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    ds.FrameOfReferenceUID = f"{_ROOT}.3"
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.Rows = ds.Columns = size
    ds.PixelSpacing = ["0.488281", "0.488281"]
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.WindowCenter, ds.WindowWidth = ["40", "600"], ["100", "2800"]
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "-1024", "1", "HU"
    ds.PixelData = bytes(size * size * 2)
    ds["PixelData"].VR = "OW"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    buffer = BytesIO()
    pydicom.dcmwrite(buffer, ds, enforce_file_format=True)
    return buffer.getvalue()[: -size * size * 2]


def _slice(height: float, size: int, rng: np.random.Generator) -> NDArray[np.uint16]:
    """Draw a head at `height` of 0 to 1 between neck and crown, in stored values."""
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j].astype(np.float32)
    width = 0.62 + 0.2 * np.sin(np.pi * (0.15 + 0.8 * height))
    from_center = np.hypot(x / (0.78 * width), y / width)
    hounsfield = np.full((size, size), -1000, np.float32)
    for edge, value in ((1.0, 30), (0.94, 900), (0.86, 36)):
        hounsfield[from_center < edge] = value
    brain = from_center < 0.86
    hounsfield[brain] += 4 * np.sin(19 * x[brain]) * np.cos(23 * y[brain] + 9 * height)
    ventricles = np.hypot((np.abs(x) - 0.12) / 0.07, y / 0.25) < 1 - 2 * abs(height - 0.5)
    hounsfield[ventricles] = 6
    noise = rng.standard_normal((size, size), dtype=np.float32)
    hounsfield += noise * np.where(from_center < 1, np.float32(6), np.float32(9))
    stored: NDArray[np.uint16] = np.clip(np.rint(hounsfield) + 1024, 0, 4095).astype("<u2")
    return stored


def main() -> None:
    parser = argparse.ArgumentParser(description="Make an exam to measure with.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--instances", type=int, default=EXAM_INSTANCES)
    parser.add_argument("--size", type=int, default=512, help="rows and columns")
    asked = parser.parse_args()
    print(make_exam(asked.folder, asked.instances, size=asked.size))


if __name__ == "__main__":
    main()
