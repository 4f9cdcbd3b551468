"""One dataset, rendered by dicomkit and by DCMTK, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

import dicomkit as dk
from dicomkit.errors import DicomKitError
from reference import dcmtk
from reference.prepare import Prepared, prepare, rewrite
from reference.quiet import quiet

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

__all__ = ["AGREEMENT", "Comparison", "Outcome", "compare", "difference"]

AGREEMENT = 0.999
"""The share of samples that must be within one grey level."""

Outcome = Literal["agrees", "differs", "only dicomkit", "only DCMTK", "neither"]
"""Whether the pictures are the same, or who renders one at all."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of all frames of one dataset.

    Attributes
    ----------
    identical, within : float
        The share of samples that are equal, and within one grey level, in the frame where
        it is lowest.
    worst : int
        The largest difference of any sample, in grey levels.
    detail : str
        What was done to the dataset for DCMTK first, or why there is nothing to compare.
    """

    outcome: Outcome
    frames: int
    identical: float = 0.0
    within: float = 0.0
    worst: int = 0
    detail: str = ""


def compare(ds: Dataset, path: Path | None = None) -> Comparison:
    """Compare every frame; `path` is the file that holds `ds` as it stands, if one does."""
    try:
        source = ds if path is None else dk.read_dataset(path)
        frames = dk.frame_count(source)
        ours = (dk.render(source, frame) for frame in range(frames))
        first = next(ours)
    except DicomKitError as error:
        return _refused(ds, path, error.code)
    levels, steps = [], ""
    for frame in range(frames):
        try:
            theirs, steps = _dcmtk(ds, frame, path)
        except dcmtk.DcmtkError as error:
            return Comparison("only dicomkit", frames, detail=str(error))
        levels.append(difference(next(ours) if frame else first, theirs))
    within = min(float(np.mean(frame <= 1)) for frame in levels)
    return Comparison(
        "agrees" if within >= AGREEMENT else "differs",
        frames,
        min(float(np.mean(frame == 0)) for frame in levels),
        within,
        max(int(frame.max()) for frame in levels),
        steps,
    )


def _refused(ds: Dataset, path: Path | None, code: str) -> Comparison:
    try:
        prepared = prepare(ds, 0)
        dcmtk.render(prepared.dataset, 0, None if prepared.steps else path)
    except (dcmtk.DcmtkError, RuntimeError):
        return Comparison("neither", 0, detail=code)
    return Comparison("only DCMTK", 0, detail=code)


@quiet()
def _dcmtk(ds: Dataset, frame: int, path: Path | None) -> tuple[NDArray[np.uint8], str]:
    prepared = prepare(ds, frame)
    try:
        picture = _render(prepared, None if prepared.steps else path)
    except dcmtk.DcmtkError:
        prepared = rewrite(prepared)
        picture = _render(prepared, None)
    return picture, "; ".join(prepared.steps)


def _render(prepared: Prepared, path: Path | None) -> NDArray[np.uint8]:
    return dcmtk.render(prepared.dataset, prepared.frame, path)


def difference(ours: NDArray[np.generic], theirs: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Give by how many grey levels the samples differ; pictures of two sizes by all of them."""
    if ours.ndim != theirs.ndim:
        ours, theirs = np.atleast_3d(ours), np.atleast_3d(theirs)
    if ours.shape[:2] != theirs.shape[:2]:
        return np.full(ours.shape, 255, np.int16)
    return np.abs(ours.astype(np.int16) - theirs.astype(np.int16))
