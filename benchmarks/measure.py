"""Runs and ratios: pairs measured in turn, so that a busy machine slows both alike."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Comparison", "Cost", "Pair", "Ratio", "Run", "in_turn", "run"]


class Cost(NamedTuple):
    """What some work cost.

    Attributes
    ----------
    seconds : float
        By the clock.
    cpu : float
        Of all cores, children included. It says more where other work shares the machine.
    """

    seconds: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took.

    Attributes
    ----------
    whole : Cost
        From its start to its end.
    work : Cost
        Of the work alone, without imports and preparation.
    peak_mb : float
        The most memory that it or one of its children held.
    """

    whole: Cost
    work: Cost
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median of the ratios of all rounds, with the lowest and the highest."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        """Give the median and the spread."""
        if self.low == self.high:
            return f"{self.median:.2f}"
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f})"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two kinds of work, measured in turn: the ratios of their costs, and the medians."""

    seconds: Ratio
    cpu: Ratio
    ours: float
    theirs: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row of the table: the work, the goal, and what came out."""

    work: str
    goal: float
    ratio: Ratio
    figures: str
    cpu: Ratio | None = None

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
    return Run(
        Cost(wall, result["whole_cpu"]), Cost(result["seconds"], result["cpu"]), result["peak_mb"]
    )


def in_turn(ours: Callable[[], Cost], theirs: Callable[[], Cost], rounds: int) -> Pair:
    """Measure A B A B ..., and give the ratios of ours to theirs."""
    costs = [(ours(), theirs()) for _ in range(rounds)]
    return Pair(
        _ratio([a.seconds / b.seconds for a, b in costs]),
        _ratio([a.cpu / b.cpu for a, b in costs]),
        median(a.seconds for a, _ in costs),
        median(b.seconds for _, b in costs),
    )


def _ratio(ratios: list[float]) -> Ratio:
    return Ratio(median(ratios), min(ratios), max(ratios))
