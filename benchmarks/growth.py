"""How the cost of an export grows: with the size of images, their number, and the workers."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

from benchmarks.measure import Run, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.comparisons import Bench

__all__ = ["Growth", "growth"]

_SIZES: Final = (256, 512, 1024, 2048)
_ROUNDS: Final = 3
# Small enough that pixels cost next to nothing.
_TINY: Final = 8


@dataclass(frozen=True, slots=True)
class Growth:
    """What one export took, by the median of several."""

    what: str
    images: int
    runs: list[Run]

    @property
    def per_image(self) -> float:
        """Milliseconds for an image, without start and imports."""
        return 1000 * median(run.work.seconds for run in self.runs) / self.images

    @property
    def cpu_per_image(self) -> float:
        """Milliseconds of all processors for an image."""
        return 1000 * median(run.work.cpu for run in self.runs) / self.images

    @property
    def peak_mb(self) -> float:
        """The most memory that a process held."""
        return max(run.peak_mb for run in self.runs)


def growth(bench: Bench) -> Iterator[Growth]:
    """Export exams that differ in one respect from each other."""
    exam = bench.sizes.exam
    for size in _SIZES:
        count = max(4, exam * 512 // size // 4)
        yield _export(bench, f"{size} x {size}, one worker", count, size, 1)
    for workers in sorted({1, 2, os.cpu_count() or 1}):
        yield _export(bench, f"512 x 512, workers={workers}", exam, 512, workers)
    for count in (exam, bench.sizes.directory):
        yield _export(bench, f"{count:,} tiny images, one worker", count, _TINY, 1)


def _export(bench: Bench, what: str, count: int, size: int, workers: int) -> Growth:
    directory = bench.exam(count, size)
    runs = []
    for _ in range(_ROUNDS):
        output: Path = bench.output()
        runs.append(run("export", directory, output, ".jpg", workers))
        shutil.rmtree(output)
    shutil.rmtree(directory.parent)
    return Growth(what, count, runs)
