"""Getting tasks done on an executor of the caller's."""

from __future__ import annotations

import itertools
from collections import deque
from concurrent.futures import BrokenExecutor, wait
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING

from dicomkit.errors import DecodeError
from dicomkit.export.work.instance import export_batch
from dicomkit.export.work.tasks import Failure, Finished, Halt, Remark
from dicomkit.export.workers.running import available_workers, run_locally
from dicomkit.notes import Note

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from concurrent.futures import Executor, Future

    from dicomkit.export.work.tasks import Outcome, Settings, Task

__all__ = ["run_on_executor"]

_BATCH = 16
_BATCHES_A_WORKER = 2
# What is being worked on when an export ends early is waited for so long.
_PATIENCE_SECONDS = 10.0
_BROKEN = Note("executor_broke", "the executor broke; dicomkit's own processes did the rest")
_CLOSED = Halt("the executor takes no more work")


def run_on_executor(
    tasks: Iterable[Task],
    settings: Settings,
    executor: Executor,
    *,
    count: int,
    workers: int,
    timeout: float,
) -> Generator[Outcome, None, None]:
    """Do tasks in batches on an executor.

    A batch that fails is done again task by task, with nothing else at the same time, so
    that only the guilty one is blamed. If the executor breaks, as a pool of processes does
    when one of them dies, the rest is done by `run_locally`, which outlives that.

    Parameters
    ----------
    tasks : iterable of Task
        The instances.
    settings : Settings
        What holds for all of them. Its folders are the ones that the executor sees.
    executor : concurrent.futures.Executor
        Anything with ``submit``. It gets plain values and a function at a module's top level.
    count : int
        How many tasks there are.
    workers : int
        How many batches the executor works on at the same time; twice as many are handed in.
    timeout : float
        As in `run_locally`.

    Yields
    ------
    Outcome
        What happened; `Finished` for every task, unless a `Halt` says that the executor
        takes no more.

    Raises
    ------
    Exception
        The executor takes no work at all: whatever it raised.
    """
    size = max(1, min(_BATCH, count // (workers * _BATCHES_A_WORKER)))
    run = _Run(iter(tasks), settings, executor, size, workers * _BATCHES_A_WORKER)
    try:
        while run.going_on():
            yield from run.collect()
    finally:
        run.end()
    if run.is_broken:
        yield Remark(_BROKEN)
        own = min(workers, available_workers())
        yield from run_locally(run.left(), settings, count=count, workers=own, timeout=timeout)
    elif run.is_closed:
        yield _CLOSED


@dataclass(slots=True)
class _Run:
    rest: Iterator[Task]
    settings: Settings
    executor: Executor
    size: int
    most: int
    is_broken: bool = False
    is_closed: bool = False
    _suspects: deque[Task] = field(default_factory=deque)
    _running: dict[Future[list[Outcome]], list[Task]] = field(default_factory=dict)
    # Unlike `wait`, callbacks hear of futures that are cancelled and never run.
    _done: SimpleQueue[Future[list[Outcome]]] = field(default_factory=SimpleQueue)
    _cancelled: set[int] = field(default_factory=set)
    _is_known_good: bool = False

    def going_on(self) -> bool:
        """Hand in batches up to the limit, and tell whether anything is to be expected."""
        while self._has_capacity() and (batch := self._next()):
            self._submit(batch)
        return bool(self._running) and not self.is_broken

    def collect(self) -> Iterator[Outcome]:
        """Wait for one batch, and give what happened."""
        future = self._done.get()
        batch = self._running.pop(future)
        try:
            yield from future.result()
        except BrokenExecutor:
            self._break(batch)
        except Exception:  # noqa: BLE001 - what an executor raises is its own affair
            # Who cancels one may have meant its batch: it is tried once more, and no more.
            again = future.cancelled() and batch[0].index not in self._cancelled
            if len(batch) == 1 and not again:
                message = "the executor could not do it"
                yield Failure(batch[0].index, None, DecodeError.code, message)
                yield Finished(batch[0].index)
            else:
                self._suspects.extend(batch)
                if len(batch) == 1:
                    self._cancelled.add(batch[0].index)

    def left(self) -> Iterator[Task]:
        """Give what was not finished."""
        unfinished = itertools.chain(*self._running.values(), self._suspects)
        return itertools.chain(sorted(unfinished, key=lambda task: task.index), self.rest)

    def end(self) -> None:
        """Take back what waits, and wait for what is being worked on."""
        wait([one for one in self._running if not one.cancel()], _PATIENCE_SECONDS)

    def _has_capacity(self) -> bool:
        if self.is_broken or self.is_closed:
            return False
        return len(self._running) < (1 if self._suspects else self.most)

    def _next(self) -> list[Task]:
        if self._suspects:
            return [self._suspects.popleft()]
        return list(itertools.islice(self.rest, self.size))

    def _submit(self, batch: list[Task]) -> None:
        try:
            future = self.executor.submit(export_batch, batch, self.settings)
        except BrokenExecutor:
            self._break(batch)
        except Exception:
            if not self._is_known_good:
                raise
            self.is_closed = True
        else:
            self._is_known_good = True
            self._running[future] = batch
            future.add_done_callback(self._done.put)

    def _break(self, batch: list[Task]) -> None:
        self.is_broken = True
        self._suspects.extend(batch)
