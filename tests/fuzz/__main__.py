"""Mutates real files and lists what should not have happened.

python -m tests.fuzz --mutants 200000
python -m tests.fuzz --seed 7 --only 123 --save mutant.dcm
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import defaultdict
from pathlib import Path

from tests.fuzz.bases import bases
from tests.fuzz.guard import Finding, fuzz
from tests.fuzz.worker import Mutant


def main(arguments: list[str] | None = None) -> int:
    """Fuzz, print what was found, and give an exit status that says whether it was anything."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--mutants", type=int, default=2000, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first one's number")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--only", type=int, help="probe this one mutant")
    parser.add_argument("--save", type=Path, help="write that mutant to a file")
    chosen = parser.parse_args(arguments)
    indices = range(chosen.first, chosen.first + chosen.mutants)
    if chosen.only is not None:
        indices = range(chosen.only, chosen.only + 1)
        mutant = Mutant(chosen.seed, chosen.only)
        print(mutant.base.name, *mutant.changes, sep="\n  ")
        if chosen.save is not None:
            chosen.save.write_bytes(mutant.data)
    start = time.monotonic()
    found = fuzz(chosen.seed, indices, chosen.workers)
    seconds = time.monotonic() - start
    _report(found, chosen.seed)
    print(
        f"{len(indices)} mutants of {len(bases())} files in {seconds:.0f} s: "
        f"{len({finding.signature for finding in found})} faults"
    )
    return 1 if found else 0


def _report(found: list[Finding], seed: int) -> None:
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in found:
        groups[finding.signature].append(finding)
    for (kind, what), findings in groups.items():
        numbers = sorted({finding.index for finding in findings})
        first = Mutant(seed, numbers[0])
        print(f"== {kind}: {what}", f"mutants {numbers[:10]} of {len(numbers)}", sep="\n   ")
        print(f"   {first.base.name}", *first.changes, sep="\n     ")
        print(findings[0].problem.detail)


if __name__ == "__main__":
    sys.exit(main())
