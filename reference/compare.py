"""One dataset, rendered by dicomkit and by something else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

import dicomkit as dk
from dicomkit.errors import DicomKitError
from reference import dcmtk, formulas
from reference.prepare import Prepared, prepare, rewrite
from reference.quiet import quiet

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pydicom.dataset import Dataset

__all__ = ["AGREEMENT", "OUTCOMES", "Comparison", "Outcome", "Yardstick", "compare", "difference"]

AGREEMENT: Final = 0.999
"""The share of samples that must be within one grey level."""

Outcome = Literal["agrees", "differs", "only dicomkit", "only DCMTK", "neither"]
"""Whether the pictures are the same, or who renders one at all."""

OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)

Yardstick = Literal["DCMTK", "DCMTK, view by formula", "DCMTK, colours by formula", "formula"]
"""What the picture is held against: an independent renderer, or numpy by the standard."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of all frames of one dataset.

    Attributes
    ----------
    against : Yardstick or None
        None where one of the two pictures is missing.
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
    against: Yardstick | None = None
    identical: float = 0.0
    within: float = 0.0
    worst: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Expected:
    frames: list[NDArray[np.uint8]]
    against: Yardstick = "DCMTK"
    detail: str = ""


def compare(ds: Dataset, path: Path | None = None) -> Comparison:
    """Compare every frame; `path` is the file that holds `ds` as it stands, if one does."""
    try:
        image = dk.open_image(ds if path is None else dk.read_dataset(path))
        ours = [dk.render(image, frame) for frame in range(len(image))]
    except DicomKitError as error:
        return _refused(ds, path, error.code)
    try:
        expected = _expected(ds, path)
    except dcmtk.DcmtkError as error:
        return Comparison("only dicomkit", len(ours), detail=str(error))
    if len(expected.frames) != len(ours):
        detail = f"{len(expected.frames)} frames of it"
        return Comparison("differs", len(ours), expected.against, detail=detail)
    levels = [difference(*pair) for pair in zip(ours, expected.frames, strict=True)]
    within = min(float(np.mean(frame <= 1)) for frame in levels)
    return Comparison(
        "agrees" if within >= AGREEMENT else "differs",
        len(ours),
        expected.against,
        min(float(np.mean(frame == 0)) for frame in levels),
        within,
        max(int(frame.max()) for frame in levels),
        expected.detail,
    )


@quiet()
def _refused(ds: Dataset, path: Path | None, code: str) -> Comparison:
    try:
        prepared = prepare(ds)
        _rendered(prepared, None if prepared.steps else path)
    except (dcmtk.DcmtkError, RuntimeError):
        return Comparison("neither", 0, detail=code)
    return Comparison("only DCMTK", 0, detail=code)


@quiet()
def _expected(ds: Dataset, path: Path | None) -> _Expected:
    if formulas.is_drawn_by_formula(ds):
        levels = np.rint(formulas.exact(ds)).astype(np.uint8)
        return _Expected([*levels], "formula", "Float Pixel Data")
    if formulas.is_label_map(ds):
        detail = "labels in the colours of their segments (C.8.20.2)"
        return _Expected(formulas.labelled(ds), "formula", detail)
    prepared = prepare(ds)
    try:
        frames = _rendered(prepared, None if prepared.steps else path)
    except dcmtk.DcmtkError:
        prepared = rewrite(prepared)
        frames = _rendered(prepared, None)
    against: Yardstick = "DCMTK, view by formula" if prepared.view_by_formula else "DCMTK"
    steps = prepared.steps
    if formulas.is_supplemented(ds):
        frames = formulas.colored(prepared.runs[0].dataset, frames)
        against = "DCMTK, colours by formula"
        steps = (*steps, "coloured from the first mapped value on (C.7.6.19)")
    return _Expected(frames, against, "; ".join(steps))


def _rendered(prepared: Prepared, path: Path | None) -> list[NDArray[np.uint8]]:
    frames = {}
    for run in prepared.runs:
        pictures = dcmtk.render(run.dataset, path)
        for number in range(len(pictures)) if run.frames is None else run.frames:
            frames[number] = pictures[number]
    return [frames[number] for number in sorted(frames)]


def difference(ours: NDArray[np.generic], theirs: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Give by how many grey levels the samples differ; pictures of two sizes by all of them."""
    if ours.ndim != theirs.ndim:
        ours, theirs = np.atleast_3d(ours), np.atleast_3d(theirs)
    if ours.shape[:2] != theirs.shape[:2]:
        return np.full(ours.shape, 255, np.int16)
    return np.abs(ours.astype(np.int16) - theirs.astype(np.int16))
