"""Compare with the goals and print one table: `python -m benchmarks [--quick]`.

With ``--growth``, a table of how the cost of an export grows instead.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.comparisons import COMPARISONS, FULL, QUICK, Bench
from benchmarks.compressed import color_png, compressed_exams
from benchmarks.growth import growth
from benchmarks.metadata import looking_through

if TYPE_CHECKING:
    from benchmarks.comparisons import Sizes
    from benchmarks.measure import Comparison


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare dicomkit with its goals.")
    parser.add_argument("--quick", action="store_true", help="small sizes, about a minute")
    parser.add_argument("--only", action="append", metavar="NAME", help="one group of comparisons")
    parser.add_argument("--growth", action="store_true", help="how the cost of an export grows")
    asked = parser.parse_args()
    sizes = QUICK if asked.quick else FULL
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    if asked.growth:
        _print_growth(sizes)
        return
    print("| work | goal | ratio, median (range) | | ratio of CPU time | figures |")
    print("|---|---|---|---|---|---|")
    missed = 0
    for measure in (*COMPARISONS, compressed_exams, color_png, looking_through):
        if asked.only and measure.__name__ not in asked.only:
            continue
        with tempfile.TemporaryDirectory(prefix="bench") as folder:
            for comparison in measure(Bench(Path(folder), sizes)):
                print(_row(comparison), flush=True)
                missed += not comparison.met
    print(f"{missed} goals missed" if missed else "every goal reached")


def _print_growth(sizes: Sizes) -> None:
    print("| export of | images | ms an image | CPU ms an image | peak MB |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        for one in growth(Bench(Path(folder), sizes)):
            cells = (
                one.what,
                f"{one.images:,}",
                f"{one.per_image:.2f}",
                f"{one.cpu_per_image:.2f}",
                f"{one.peak_mb:.0f}",
            )
            print(f"| {' | '.join(cells)} |", flush=True)


def _row(comparison: Comparison) -> str:
    met = "met" if comparison.met else "missed"
    cpu = "" if comparison.cpu is None else f"{comparison.cpu.median:.2f}"
    cells = (
        comparison.work,
        f"{comparison.goal:g}",
        str(comparison.ratio),
        met,
        cpu,
        comparison.figures,
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
