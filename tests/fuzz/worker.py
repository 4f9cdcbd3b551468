"""The guarded process: makes one mutant after the other and probes it.

Reads the numbers of mutants from standard input and answers each with a line of JSON. The
system itself ends the process where a mutant takes more time than it may: a signal handler
of Python's would wait for a decoder that never returns.
"""

from __future__ import annotations

import faulthandler
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.fuzz.bases import Base, bases, describe, load
from tests.fuzz.mutations import mutate
from tests.fuzz.probes import probe
from tests.fuzz.states import IMAGE, states
from tests.fuzz.structure import restructured

if TYPE_CHECKING:
    from tests.fuzz.probes import Problem

__all__ = ["MEMORY_BYTES", "SECONDS", "Mutant", "main"]

SECONDS: Final = 3.0
MEMORY_BYTES: Final = 2 << 30
_SHORTEST_SECRET: Final = 5
_KINDS: Final = ("bytes", "bytes", "structure", "structure", "both")


class Mutant:
    """One mutant.

    Attributes
    ----------
    base : Base
    data : bytes
    changes : tuple of str
        What was done to the base.
    """

    def __init__(self, seed: int, index: int) -> None:
        rng = random.Random(f"{seed}:{index}")  # noqa: S311 - repeatable is what it must be
        paths = bases()
        # Every base has its turn; which other one it takes pieces from is chance.
        self.base = load(paths[index % len(paths)])
        kind = rng.choice(_KINDS)
        changes: tuple[str, ...] = ()
        base = self.base
        if kind != "bytes":
            data, changes = restructured(base.data, rng)
            base = describe(base.path, data)
        self.data, self.changes = base.data, changes
        # What cannot be restructured is damaged instead.
        if kind != "structure" or not changes:
            self.data, more = mutate(base, load(rng.choice(paths)), rng)
            self.changes = (*changes, *more)


def run(seed: int, index: int, folder: Path) -> list[Problem]:
    """Make a mutant and probe it, within the time that it may take."""
    mutant = Mutant(seed, index)
    source = _lay_out(mutant, folder)
    # Processor time, so that a busy machine finds nothing that is not there.
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        return probe(folder, source, _secrets(mutant.base))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _lay_out(mutant: Mutant, folder: Path) -> Path:
    """Put a mutant into an empty folder; a DICOMDIR among the files it speaks of."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path = mutant.base.path
    if path.name.startswith("DICOMDIR"):
        for other in path.parent.iterdir():
            if other.is_dir():
                (folder / other.name).symlink_to(other)
        source = folder / "DICOMDIR"
    else:
        source = folder / "mutant"
    source.write_bytes(mutant.data)
    if path in states():
        shutil.copy(IMAGE, folder / IMAGE.name)
    return source


def _secrets(base: Base) -> tuple[str, ...]:
    """Take the patient's name, ID and birth date out of a base."""
    identifying = (b"\x10\x00\x10\x00", b"\x10\x00\x20\x00", b"\x10\x00\x30\x00")
    values = [
        base.data[place.value : place.stop].strip(b" \0").decode("latin-1")
        for place in base.places
        if base.data[place.start : place.start + 4] in identifying
    ]
    return tuple(value for value in values if len(value) >= _SHORTEST_SECRET)


def main() -> None:
    """Answer until there is nothing more to do."""
    seed = int(sys.argv[1])
    # What decoders print must not be read as an answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    faulthandler.enable()
    # Says where it was, then lets the signal end the process.
    faulthandler.register(signal.SIGPROF, chain=True)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + MEMORY_BYTES, hard))
    with tempfile.TemporaryDirectory() as name, answers:
        for line in sys.stdin:
            problems = run(seed, int(line), Path(name, "exam"))
            answers.write(json.dumps([asdict(problem) for problem in problems]) + "\n")
            answers.flush()


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    main()
