"""Files of many compressed frames: what each way through them costs, and how it grows."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, MRImageStorage, RLELossless

import dicomkit as dk
from benchmarks.measure import Cost, in_turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pydicom.dataset import FileDataset

    from benchmarks.measure import Pair

__all__ = ["WAYS", "compare_ways", "growth_of_ways", "write_rle"]

_SIDE: Final = 64


def write_rle(path: Path, frames: int) -> Path:
    """Write RLE frames of noise without a window and without an offset table."""
    stored = np.random.default_rng(0).integers(0, 4096, (frames, _SIDE, _SIDE), np.uint16)
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = RLELossless
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = MRImageStorage
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = UID("1.2.3")
    ds.Modality = "MR"
    ds.Rows = ds.Columns = _SIDE
    ds.NumberOfFrames, ds.SamplesPerPixel = frames, 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.PixelData = encapsulate(list(map(_rle, stored)), has_bot=False)
    ds["PixelData"].VR = "OB"
    ds.save_as(path, enforce_file_format=True)
    return path


def _rle(frame: np.ndarray[tuple[int, ...], np.dtype[np.uint16]]) -> bytes:
    """Code the high and the low bytes as literal runs (PS3.5 annex G)."""
    planes = (frame.astype(">u2").view(np.uint8).reshape(-1, 2).T).copy()
    runs = planes.reshape(2, -1, 128)
    segments = [b"".join(b"\x7f" + run.tobytes() for run in plane) for plane in runs]
    segments = [segment + bytes(len(segment) % 2) for segment in segments]
    header = np.zeros(16, "<u4")
    header[:3] = 2, 64, 64 + len(segments[0])
    return header.tobytes() + b"".join(segments)


def _loop(ds: FileDataset) -> None:
    for frame in range(dk.frame_count(ds)):
        dk.render(ds, frame)


def _export(ds: FileDataset, folder: Path) -> None:
    number = sum(1 for _ in folder.glob("out*"))
    report = dk.export_fileset(str(ds.filename), folder / f"out{number}", format="bmp", workers=1)
    assert report.ok


WAYS: Final[dict[str, Callable[[FileDataset], object]]] = {
    "`to_values`": dk.to_values,
    "`series_window`": lambda ds: dk.series_window([ds]),
    "`render` frame by frame": _loop,
}


def compare_ways(path: Path, rounds: int) -> Iterator[tuple[str, Pair]]:
    """Compare each way through a file with rendering all of it."""
    for name, way in WAYS.items():
        yield name, in_turn(partial(_cost, way, path), partial(_cost, dk.render, path), rounds)


def growth_of_ways(few: Path, many: Path, times: int, rounds: int) -> Iterator[tuple[str, Pair]]:
    """Compare the cost of a frame among many with that of one among few."""
    ways: dict[str, Callable[[FileDataset], object]] = {
        **WAYS,
        "the export": partial(_export, folder=many.parent),
    }
    for name, way in ways.items():
        yield name, in_turn(partial(_cost, way, many, times), partial(_cost, way, few), rounds)


def _cost(way: Callable[[FileDataset], object], path: Path, times: int = 1) -> Cost:
    ds = dk.read_dataset(path)
    start, cpu = time.perf_counter(), time.process_time()
    way(ds)
    return Cost((time.perf_counter() - start) / times, (time.process_time() - cpu) / times)
