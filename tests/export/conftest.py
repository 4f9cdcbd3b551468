"""Small exams made for the tests, and what is in a folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian
from tests.children import child
from tests.export.exporters import FORKS, Exporters

from dicomkit.display.options import PictureOptions
from dicomkit.export.work.tasks import Settings, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dicomkit.export.bookkeeping.report import ExportReport

ROOT = "1.2.826.0.1.3680043.8.498.7"

# Stands in for the JPEG 2000 decoder in worker processes; its fourth call does harm.
DECODER = """
import os, signal, time
import numpy as np
calls = 0
class JPEG2K:
    available = True
def packbits_decode(data):
    raise RuntimeError
def jpeg2k_decode(data, numthreads=1):
    global calls
    calls += 1
    if calls == 4:
        {harm}
    return np.zeros((64, 64), np.uint16)
"""


class Lab:
    """What the tests of the export work with."""

    @staticmethod
    def ct(number: int = 1, *, frames: int = 1, side: int = 32, **changes: object) -> Dataset:
        """Make a CT whose pixels depend on its number; keywords replace or remove elements."""
        ds = Dataset()
        ds.SOPClassUID = CTImageStorage
        ds.SOPInstanceUID = f"{ROOT}.{number}"
        ds.StudyInstanceUID = f"{ROOT}.0"
        ds.SeriesInstanceUID = f"{ROOT}.0.1"
        ds.PatientID = "P1"
        ds.PatientName = "Canary^Tweety"
        ds.PatientBirthDate = "19470502"
        ds.StudyDate = "20010101"
        ds.Modality = "CT"
        ds.SeriesNumber = 4
        ds.InstanceNumber = number
        ds.Rows = ds.Columns = side
        ds.SamplesPerPixel = 1
        ds.PhotometricInterpretation = "MONOCHROME2"
        ds.BitsAllocated = 16
        ds.BitsStored = 12
        ds.HighBit = 11
        ds.PixelRepresentation = 0
        ds.RescaleSlope = 1
        ds.RescaleIntercept = -1024
        ds.WindowCenter = 40
        ds.WindowWidth = 400
        if frames > 1:
            ds.NumberOfFrames = frames
        values = np.arange(frames * side * side, dtype=np.uint16) * 7 + 37 * number
        ds.PixelData = (values % 4096).astype("<u2").tobytes()
        for keyword, value in changes.items():
            if value is None:
                delattr(ds, keyword)
            else:
                setattr(ds, keyword, value)
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
        ds.file_meta.MediaStorageSOPInstanceUID = UID(ds.SOPInstanceUID)
        return ds

    @staticmethod
    def save(ds: Dataset, path: Path) -> Path:
        """Write a dataset as a file, and the folders on its way."""
        path.parent.mkdir(parents=True, exist_ok=True)
        ds.save_as(path, enforce_file_format=True)
        return path

    @staticmethod
    def exam(folder: Path, count: int = 6, *, side: int = 32) -> Path:
        """Write an exam of single frames, one instance of three frames, and a report."""
        for number in range(1, count + 1):
            Lab.save(Lab.ct(number, side=side), folder / "CT" / f"I{number:03}")
        Lab.save(Lab.ct(900, frames=3, side=side), folder / "MF" / "I900")
        Lab.save(Lab.ct(901, PixelData=None, Modality="SR"), folder / "SR" / "I901")
        return folder

    @staticmethod
    def tree(folder: Path) -> dict[str, bytes]:
        """Give every file below a folder, hidden ones too, and what it holds."""
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if not path.is_dir()
        }

    @staticmethod
    def pictures(folder: Path) -> dict[str, bytes]:
        """Give what `tree` gives, without manifests."""
        return {
            name: data for name, data in Lab.tree(folder).items() if not name.endswith(".jsonl")
        }

    @staticmethod
    def codes(report: ExportReport) -> dict[str, str]:
        """Give what became of each source: the code of a failure, else its status."""
        return {entry.source: entry.code or entry.status for entry in report.entries}

    @staticmethod
    def tasks(names: list[str], **options: object) -> list[Task]:
        """Make a task for each file of a folder; its pictures get the file's name."""
        chosen = PictureOptions(**options)  # type: ignore[arg-type]
        return [Task(index, name, f"out/{name}", chosen) for index, name in enumerate(names)]

    @staticmethod
    def real(name: str) -> Path:
        """Find a file that comes with pydicom or pydicom-data."""
        found = get_testdata_file(name, download=False)
        assert isinstance(found, str)
        return Path(found)

    @staticmethod
    def settings(root: Path, output: Path, suffix: str = ".png", **more: object) -> Settings:
        """Make settings for an export from one folder to another."""
        return Settings(str(root), str(output), suffix, 90, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def lab() -> Lab:
    """Give the exam maker and what else the tests of the export work with."""
    return Lab()


@pytest.fixture
def exam(lab: Lab, tmp_path: Path) -> Path:
    """Give an exam of nine pictures and a report."""
    return lab.exam(tmp_path / "exam")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Give the folder to export to; it is not there yet."""
    return tmp_path / "out"


@pytest.fixture(scope="module")
def exporters() -> Iterator[Exporters]:
    """Give what starts exporters in processes of their own."""
    with child(
        [sys.executable, "-c", FORKS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        yield Exporters(parent)


@pytest.fixture
def decoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def install(harm: str) -> None:
        folder = tmp_path / "decoders" / "imagecodecs"
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text(DECODER.format(harm=harm))
        monkeypatch.syspath_prepend(folder.parent)

    return install
