"""Getting tasks done here, and in the library's own processes."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.export.work.makers import make_maker
from dicomkit.export.work.tasks import Alive, Deferred, Remark
from dicomkit.export.workers.processes import WorkerPool
from dicomkit.notes import Note

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from dicomkit.export.work.makers import Maker
    from dicomkit.export.work.tasks import AnySettings, AnyTask, Outcome

__all__ = ["available_workers", "run_locally"]

# A worker takes 0.3 s to start: less work than this is done before it is of use.
_WORTH_A_WORKER_SECONDS = 0.5
_COMPRESSED_TASKS_A_WORKER = 16
_MOST_WORKERS = 32
_NO_WORKERS = Note("no_workers", "no other process could be started; decoders ran in this one")


def available_workers() -> int:
    """Count the processes that can work at the same time.

    Returns
    -------
    int
        The processors that this process may use, and at most 32: disks are slower.

    Examples
    --------
    >>> available_workers() >= 1
    True
    """
    if hasattr(os, "sched_getaffinity"):
        usable = len(os.sched_getaffinity(0))
    else:
        usable = os.cpu_count() or 1
    return min(usable, _MOST_WORKERS)


def run_locally(
    tasks: Iterable[AnyTask], settings: AnySettings, *, count: int, workers: int, timeout: float
) -> Generator[Outcome, None, None]:
    """Do tasks in this process, with worker processes beside it as far as they pay.

    This process works too, on instances that need no decoder; so an exam of a few of them
    starts no other. Compressed instances go to workers only, where a decoder that crashes
    or hangs costs its instance and nothing else.

    Parameters
    ----------
    tasks : iterable of Task or VolumeTask
        The instances or volumes.
    settings : Settings or VolumeSettings
        What holds for all of them.
    count : int
        How many there are.
    workers : int
        How many processes may work at the same time, this one included.
    timeout : float
        The most seconds that a worker may spend on one frame without a sign of life.

    Yields
    ------
    Outcome
        What happened; `Finished` for every task.
    """
    with WorkerPool(settings, timeout) as pool:
        run = _LocalRun(iter(tasks), make_maker(settings), pool, _Pace(count), workers)
        while run.going_on():
            yield from run.step()


@dataclass(slots=True)
class _LocalRun:
    rest: Iterator[AnyTask]
    maker: Maker
    pool: WorkerPool
    pace: _Pace
    workers: int
    here: bool = True
    own: AnyTask | None = None

    def going_on(self) -> bool:
        """Give everyone something to do, and tell whether anyone has."""
        self._feed()
        if self.pool.unavailable:
            self.own = self._next()
        elif self.here:
            self.own = next(self.rest, None)
        else:
            self.own = None
        return self.own is not None or self.pool.busy or bool(self.pool.returned)

    def step(self) -> Iterator[Outcome]:
        """Do one task here, or wait for the workers."""
        if self.own is None:
            yield from self.pool.collect(wait=True)
            return
        self.pace.left -= 1
        if self.pool.unavailable:
            yield Remark(_NO_WORKERS)
        for outcome in self.maker.export(self.own, native_only=not self.pool.unavailable):
            if isinstance(outcome, Deferred):
                self.here = False
                self.pool.returned.append(self.own)
                wanted = 1 + self.pace.left // _COMPRESSED_TASKS_A_WORKER
                self.pool.start(min(self.workers, wanted))
            elif not isinstance(outcome, Alive):
                yield outcome
            yield from self.pool.collect(wait=False)
            self._feed()
        if self.here:
            self.pool.start(min(self.workers - 1, self.pace.worthwhile_workers()))

    def _feed(self) -> None:
        while self.pool.has_capacity and (task := self._next()) is not None:
            self.pace.left -= 1
            self.pool.give(task)

    def _next(self) -> AnyTask | None:
        return self.pool.returned.popleft() if self.pool.returned else next(self.rest, None)


class _Pace:
    """How long the rest would take at the pace so far."""

    def __init__(self, count: int) -> None:
        self.left = count
        self._done = 0
        self._started = time.perf_counter()

    def worthwhile_workers(self) -> int:
        """Count the workers that the rest is worth."""
        now = time.perf_counter()
        if not self._done:
            # The first instance pays for what is loaded on demand.
            self._done, self._started = 1, now
            return 0
        each = (now - self._started) / self._done
        self._done += 1
        return int(self.left * each / _WORTH_A_WORKER_SECONDS)
