"""Series and enhanced files to volumes: against SimpleITK, highdicom, and the bare work."""

from __future__ import annotations

import copy
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pydicom
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames
from pydicom.sequence import Sequence
from pydicom.uid import EnhancedCTImageStorage, JPEG2000Lossless

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["VOLUME_ACTIONS", "write_compressed", "write_enhanced", "write_series"]

SLICES: Final = 199
_COMPRESSED: Final = 24
_SIDE: Final = 512
_UID: Final = "1.2.826.0.1.3680043.8.498.7"


def write_series(folder: Path, count: int = SLICES, side: int = _SIDE) -> Path:
    """Write native CT slices with the header of a real one."""
    folder.mkdir()
    ds, pixels = _template(side)
    for number in range(count):
        _place(ds, number)
        ds.PixelData = np.roll(pixels, number, 0).tobytes()
        ds.save_as(folder / f"I{number:04}")
    return folder


def write_compressed(folder: Path, count: int = _COMPRESSED) -> Path:
    """Write the same as JPEG 2000."""
    folder.mkdir()
    ds, pixels = _template(_SIDE)
    for number in range(count):
        one = copy.deepcopy(ds)
        _place(one, number)
        one.PixelData = np.roll(pixels, number, 0).tobytes()
        one.compress(JPEG2000Lossless)
        one.save_as(folder / f"I{number:04}", enforce_file_format=True)
    return folder


def write_enhanced(path: Path, count: int = SLICES) -> Path:
    """Write the same as one enhanced CT image, its frames in no order."""
    ds, pixels = _template(_SIDE)
    order = np.random.default_rng(0).permutation(count)
    ds.SOPClassUID = EnhancedCTImageStorage
    ds.file_meta.MediaStorageSOPClassUID = EnhancedCTImageStorage
    groups = []
    for number in order:
        _place(ds, int(number))
        groups.append(_group(ds))
    shared = Dataset()
    for sequence, keywords in (
        ("PixelMeasuresSequence", ("PixelSpacing", "SliceThickness")),
        ("PlaneOrientationSequence", ("ImageOrientationPatient",)),
        ("PixelValueTransformationSequence", ("RescaleSlope", "RescaleIntercept")),
    ):
        item = Dataset()
        for keyword in keywords:
            setattr(item, keyword, ds[keyword].value)
            del ds[keyword]
        setattr(shared, sequence, Sequence([item]))
    shared.PixelValueTransformationSequence[0].RescaleType = "HU"
    del ds.ImagePositionPatient
    ds.NumberOfFrames = count
    ds.PerFrameFunctionalGroupsSequence = Sequence(groups)
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    ds.PixelData = b"".join(np.roll(pixels, int(number), 0).tobytes() for number in order)
    ds.save_as(path)
    return path


def _template(side: int) -> tuple[Dataset, np.ndarray[Any, np.dtype[np.int16]]]:
    ds = pydicom.dcmread(str(get_testdata_file("CT_small.dcm", download=False)))
    # The sample has 128 x 128 pixels.
    times = side // ds.Rows
    pixels = np.tile(ds.pixel_array.astype(np.int16), (times, times))
    ds.Rows = ds.Columns = side
    ds.SeriesInstanceUID = f"{_UID}.1"
    for keyword in ("DataSetTrailingPadding", "PixelPaddingValue"):
        if keyword in ds:
            delattr(ds, keyword)
    return ds, pixels


def _place(ds: Dataset, number: int) -> None:
    ds.SOPInstanceUID = pydicom.uid.UID(f"{_UID}.2.{number}")
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.InstanceNumber = number + 1
    ds.ImagePositionPatient = [-158.1, -179.0, f"{-75.7 - 1.25 * number:.3f}"]


def _group(ds: Dataset) -> Dataset:
    group, position, content = Dataset(), Dataset(), Dataset()
    position.ImagePositionPatient = list(ds.ImagePositionPatient)
    content.FrameAcquisitionNumber, content.StackID = 1, "1"
    content.InStackPositionNumber = ds.InstanceNumber
    group.PlanePositionSequence = Sequence([position])
    group.FrameContentSequence = Sequence([content])
    return group


def read_volume(source: str) -> Callable[[], object]:
    """Read a volume with dicomkit."""
    import dicomkit as dk
    import dicomkit.image.encapsulated
    import dicomkit.image.native

    return partial(dk.read_volume, source)


def simpleitk_series(folder: str) -> Callable[[], object]:
    """Read a series with SimpleITK."""
    import SimpleITK

    def work() -> object:
        reader = SimpleITK.ImageSeriesReader()
        reader.SetFileNames(reader.GetGDCMSeriesFileNames(folder))
        return SimpleITK.GetArrayViewFromImage(reader.Execute())

    return work


def simpleitk_image(file: str) -> Callable[[], object]:
    """Read one file with SimpleITK."""
    import SimpleITK

    return lambda: SimpleITK.GetArrayViewFromImage(SimpleITK.ReadImage(file))


def highdicom_series(folder: str) -> Callable[[], object]:
    """Read a series with highdicom."""
    import highdicom

    def work() -> object:
        files = sorted(Path(folder).iterdir())
        return highdicom.get_volume_from_series([pydicom.dcmread(file) for file in files])

    return work


def read_and_convert(folder: str) -> Callable[[], object]:
    """Read every byte and convert what is known to be pixels, in a known order."""
    files = sorted(Path(folder).iterdir())
    size = 2 * _SIDE * _SIDE

    def work() -> object:
        array = np.empty((len(files), _SIDE, _SIDE), np.float32)
        for number, file in enumerate(files):
            stored = np.frombuffer(file.read_bytes()[-size:], np.int16)
            plane = stored.reshape(_SIDE, _SIDE).astype(np.float32)
            array[number] = plane * np.float32(1) + np.float32(-1024)
        return array

    return work


def decode_alone(folder: str) -> Callable[[], object]:
    """Decode streams that are in memory, and nothing else."""
    from openjpeg.utils import decode

    files = map(pydicom.dcmread, sorted(Path(folder).iterdir()))
    streams = [next(generate_frames(ds.PixelData, number_of_frames=1)) for ds in files]
    return lambda: [decode(stream) for stream in streams]


def nothing(_source: str) -> Callable[[], object]:
    """Load what reading a volume takes, and do not read it."""
    read_volume(_source)
    return lambda: None


VOLUME_ACTIONS: Final = (
    decode_alone,
    highdicom_series,
    nothing,
    read_and_convert,
    read_volume,
    simpleitk_image,
    simpleitk_series,
)
"""Each prepares its work and gives it back."""
