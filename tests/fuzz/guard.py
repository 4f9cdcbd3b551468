"""Keeping guarded processes at work, and taking note of how they end."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from tests.fuzz.probes import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Finding", "Worker", "fuzz"]

# Far more than the processor time that a mutant may take: for what waits and never works.
_PATIENCE_SECONDS: Final = 60
_ROOT: Final = Path(__file__).parents[2]
_DETAIL_CHARACTERS: Final = 4000


@dataclass(frozen=True, slots=True)
class Finding:
    """A mutant's number and what went wrong with it."""

    index: int
    problem: Problem

    @property
    def signature(self) -> tuple[str, str]:
        """What findings with the same cause have in common."""
        return self.problem.kind, self.problem.what


def fuzz(seed: int, indices: range, workers: int) -> list[Finding]:
    """Probe mutants in guarded processes.

    Parameters
    ----------
    seed : int
        Decides, with its number, what a mutant is.
    indices : range
        The numbers of the mutants.
    workers : int
        How many processes work at the same time.

    Returns
    -------
    list of Finding
        By the mutants' numbers.
    """
    shares = [indices[first::workers] for first in range(workers)]
    stopping = threading.Event()
    with ThreadPoolExecutor(workers) as threads:
        found = threads.map(lambda share: list(_work(seed, share, stopping)), shares)
        try:
            everything = (finding for share in found for finding in share)
            return sorted(everything, key=lambda finding: finding.index)
        finally:
            # Who interrupts this does not want to wait for the rest.
            stopping.set()


def _work(seed: int, indices: range, stopping: threading.Event) -> Iterator[Finding]:
    command = [sys.executable, "-m", "tests.fuzz.worker", str(seed)]
    worker: Worker | None = None
    try:
        for index in indices:
            if stopping.is_set():
                return
            if worker is None:
                worker = Worker(command)
            answer = worker.ask(index)
            if answer is None:
                yield Finding(index, worker.post_mortem())
                worker = None
                continue
            yield from (Finding(index, Problem(**problem)) for problem in json.loads(answer))
    finally:
        if worker is not None:
            worker.close()


class Worker:
    """One guarded process.

    Parameters
    ----------
    command : list of str
        What to start: it answers each line of its input with one.
    patience : float
        Seconds without an answer after which it is ended.
    """

    def __init__(self, command: list[str], patience: float = _PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as this
        # Threads of a linear algebra library would take the memory of the guard.
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            command,
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            bufsize=0,
        )
        self._hung = False

    def ask(self, index: int) -> bytes | None:
        """Have one mutant probed; None where the process did not live to answer."""
        process = self._process
        if process.stdin is None or process.stdout is None:
            return None
        with suppress(BrokenPipeError):
            process.stdin.write(b"%d\n" % index)
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            self._hung = not selector.select(self._patience)
        if self._hung:
            process.kill()
            return None
        return process.stdout.readline() or None

    def post_mortem(self) -> Problem:
        """Say how the process ended."""
        status = self._end()
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace")[-_DETAIL_CHARACTERS:]
        self._errors.close()
        if self._hung or status == -signal.SIGPROF:
            return Problem("", "time", _innermost(said), said)
        name = signal.Signals(-status).name if status < 0 else f"status {status}"
        return Problem("", "signal", f"{name} in {_innermost(said)}", said)

    def close(self) -> None:
        """Let the process end."""
        self._end()
        self._errors.close()

    def _end(self) -> int:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        try:
            return self._process.wait(self._patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def _innermost(said: str) -> str:
    """Take the first line that faulthandler wrote of the stack."""
    lines = [line.strip() for line in said.splitlines() if line.lstrip().startswith("File ")]
    return lines[0] if lines else "an unknown place"
