"""Volumes by dicomkit and by others: where each puts the pixels of a series."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pydicom
from tests.volumes import COLUMNS, place_of, save

import dicomkit as dk
from reference.quiet import quiet
from reference.series import SERIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydicom.dataset import Dataset

    from dicomkit.transforms.arrays import AnyArray

__all__ = ["PEERS", "Outcome", "judge", "matrices"]

# The rounding of what a series states is no fault of a reader's: by name, else 0.005 mm.
_ROUNDED: Final = {"positions rounded to 0.1 mm": 0.15, "positions off by 0.004 mm": 0.015}
_EXACT: Final = 0.005
_TO_LPS: Final = np.diag([-1.0, -1.0, 1.0, 1.0])


class InterpolatedError(Exception):
    """What a reader gives are values that no file has."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reader makes of a series.

    Attributes
    ----------
    verdict : {"right", "wrong", "lost", "interpolated", "refused"}
        Right: every pixel that it gives is in its place, and every slice is given. Lost: those
        that are missing are missing without a word. Interpolated: what it gives beside a wrong
        volume are values that no file has.
    volumes : int
        How many it gives.
    error : float
        How far the worst pixel is from its place, in mm.
    """

    verdict: str
    volumes: int = 0
    error: float = 0.0

    def __str__(self) -> str:
        """Say it in a cell of a table."""
        if self.verdict in {"refused", "interpolated"}:
            return self.verdict
        many = f" ({self.volumes} volumes)" if self.volumes > 1 else ""
        if self.verdict == "wrong":
            return f"**wrong** by {self.error:.3g} mm{many}"
        return f"**slices lost**{many}" if self.verdict == "lost" else f"right{many}"


def by_dicomkit(folder: Path) -> Iterator[tuple[AnyArray, AnyArray]]:
    """Read every stack of two slices or more; what is refused is refused."""
    found = dk.stacks(folder)
    try:
        chosen = [dk.read_volume(folder)]
    except dk.InconsistentError:
        # The refusal names them, and they may be read one by one.
        chosen = [dk.read_volume(stack) for stack in found if len(stack) > 1]
    for volume in chosen:
        assert volume.grid is not None
        yield volume.array, volume.grid.affine


def by_simpleitk(folder: Path) -> Iterator[tuple[AnyArray, AnyArray]]:
    """Read a series as SimpleITK's documentation does."""
    import SimpleITK

    files = sorted(folder.iterdir())
    if len(files) == 1:
        image: Any = SimpleITK.ReadImage(str(files[0]))
    else:
        reader: Any = SimpleITK.ImageSeriesReader()
        reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
        image = reader.Execute()
    affine = np.eye(4)
    affine[:3, 3] = image.GetOrigin()
    directions = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    affine[:3, :3] = directions[:, ::-1]
    yield SimpleITK.GetArrayFromImage(image), affine


def by_highdicom(folder: Path) -> Iterator[tuple[AnyArray, AnyArray]]:
    """Read a series, or a multi-frame image, with highdicom."""
    import highdicom

    files = sorted(folder.iterdir())
    if len(files) == 1:
        volume: Any = highdicom.imread(files[0]).get_volume()
    else:
        volume = highdicom.get_volume_from_series([pydicom.dcmread(file) for file in files])
    yield volume.array, volume.affine


def by_dcm2niix(folder: Path) -> Iterator[tuple[AnyArray, AnyArray]]:
    """Convert with dcm2niix, and read its files with nibabel."""
    import nibabel

    with tempfile.TemporaryDirectory() as output:
        command = ["dcm2niix", "-z", "n", "-b", "n", "-o", output, str(folder)]
        subprocess.run(command, check=False, capture_output=True, timeout=60)
        files = sorted(Path(output).glob("*.nii"))
        # Beside a volume of uneven steps or with a tilt, it writes one that is mended.
        if any(mark in file.name for file in files for mark in ("_Eq_", "_Tilt_")):
            raise InterpolatedError
        for file in files:
            image: Any = nibabel.load(file)
            data = np.asanyarray(image.dataobj)
            affine = (_TO_LPS @ image.affine)[:, [2, 1, 0, 3]]
            for time in range(data.shape[3] if data.ndim > 3 else 1):
                yield (data[..., time] if data.ndim > 3 else data).T, affine


PEERS: Final[dict[str, Callable[[Path], Iterator[tuple[AnyArray, AnyArray]]]]] = {
    "dicomkit": by_dicomkit,
    "SimpleITK": by_simpleitk,
    "highdicom": by_highdicom,
    "dcm2niix and nibabel": by_dcm2niix,
}
"""Who reads, by name: each yields volumes (k, j, i) with their matrix to LPS."""


@cache
def judge(series: str, peer: str) -> Outcome:
    """Let one read a made series, and see where the pixels are."""
    slices = SERIES[series]()
    for one in slices:
        # Some mend signed values only; none here is above 32767.
        one.PixelRepresentation = 1
    with tempfile.TemporaryDirectory() as folder, quiet():
        save(slices, Path(folder))
        try:
            found = list(PEERS[peer](Path(folder)))
        except InterpolatedError:
            return Outcome("interpolated")
        except Exception:  # noqa: BLE001 - each has its own way to say no
            return Outcome("refused")
    if not found:
        return Outcome("refused")
    places = _places(slices)
    given: set[int] = set()
    worst = 0.0
    for array, affine in found:
        offset = 0 if slices[0].Modality == "MR" else 1024
        values = np.rint(np.asarray(array, np.float64)).astype(int) + offset
        for index in np.ndindex(*values.shape):
            number, pixel = divmod(int(values[index]), 100)
            given.add(number)
            expected = places.get(number)
            if expected is None:
                # A value that no slice has was made up between two of them.
                return Outcome("wrong", len(found), np.inf)
            row, column = divmod(pixel, COLUMNS)
            place = (affine @ (*index, 1))[:3]
            gaps = [np.linalg.norm(place - place_of(one, row, column)) for one in expected]
            worst = max(worst, float(min(gaps)))
    if worst > _ROUNDED.get(series, _EXACT):
        return Outcome("wrong", len(found), worst)
    wanted = {number for number in places if number != 20 or "scout" not in series}
    return Outcome("right" if given >= wanted else "lost", len(found), worst)


def _places(slices: list[Dataset]) -> dict[int, list[Dataset]]:
    """Give the headers that say where the pixels of each slice lie; slices by their number."""
    headers: dict[int, list[Dataset]] = {}
    for ds in slices:
        frames = int(ds.get("NumberOfFrames", 1))
        stored = np.frombuffer(ds.PixelData, np.uint16).reshape(frames, -1)
        for frame in range(frames):
            header = ds if frames == 1 else _frame(ds, frame)
            headers.setdefault(int(stored[frame, 0]) // 100, []).append(header)
    return headers


def _frame(ds: Dataset, frame: int) -> Dataset:
    """Put what a functional group says of a frame where a classic image has it."""
    group = ds.PerFrameFunctionalGroupsSequence[frame]
    header = pydicom.Dataset()
    header.ImagePositionPatient = group.PlanePositionSequence[0].ImagePositionPatient
    header.ImageOrientationPatient = group.PlaneOrientationSequence[0].ImageOrientationPatient
    header.PixelSpacing = group.PixelMeasuresSequence[0].PixelSpacing
    return header


def matrices(series: str, peer: str) -> AnyArray:
    """Give the matrix, from (k, j, i) to LPS, of the one volume that a peer makes of a series."""
    with tempfile.TemporaryDirectory() as folder, quiet():
        save(SERIES[series](), Path(folder))
        ((_, affine),) = PEERS[peer](Path(folder))
    return affine
