"""Runs and ratios: pairs measured in turn, so that a busy machine slows both alike."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Ratio", "Run", "Yardstick", "in_turn", "run"]


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took.

    Attributes
    ----------
    wall : float
        Seconds from its start to its end.
    seconds : float
        Seconds for the work alone, without imports and preparation.
    peak_mb : float
        The most memory that it or one of its children held.
    """

    wall: float
    seconds: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median of the ratios of all rounds, with the lowest and the highest."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        """Give the median and the spread."""
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f})"


@dataclass(frozen=True, slots=True)
class Yardstick:
    """One row of the table: the work, the goal, and what came out."""

    work: str
    goal: float
    ratio: Ratio
    figures: str = ""

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        return self.ratio.median <= self.goal


def run(action: str, *arguments: object) -> Run:
    """Run one action in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.actions", action, *map(str, arguments)]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - its own
    wall = time.perf_counter() - start
    if done.returncode:
        msg = f"{action} failed:\n{done.stderr}"
        raise RuntimeError(msg)
    result = json.loads(done.stdout.splitlines()[-1])
    return Run(wall, result["seconds"], result["peak_mb"])


def in_turn(
    ours: Callable[[], float], theirs: Callable[[], float], rounds: int
) -> tuple[Ratio, float, float]:
    """Measure A B A B ...; give the ratio ours to theirs and the medians of both."""
    pairs = [(ours(), theirs()) for _ in range(rounds)]
    ratios = [a / b for a, b in pairs]
    ratio = Ratio(median(ratios), min(ratios), max(ratios))
    return ratio, median(a for a, _ in pairs), median(b for _, b in pairs)
