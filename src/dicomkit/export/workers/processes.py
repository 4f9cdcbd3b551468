"""The library's own worker processes.

They are fresh interpreters rather than multiprocessing's, so that a script needs no
``if __name__ == "__main__"`` and a thread of the caller's no care, and so that a process
that dies or hangs is known to have done so on one certain instance.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import threading
import time
from collections import deque
from queue import Empty, SimpleQueue
from typing import IO, TYPE_CHECKING, TypeAlias, cast

from dicomkit.errors import DecodeError
from dicomkit.export.work.tasks import Alive, Failure, Finished

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Self

    from dicomkit.export.work.tasks import AnySettings, AnyTask, Outcome

__all__ = ["WorkerPool"]

# The caller's import path first, so that the worker finds the same dicomkit.
_PROGRAM = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from dicomkit.export.workers.start import main; main()"
)
# Each worker is one thread of work: the numerical libraries need no threads of theirs.
_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_LOOK_AHEAD = 8
_HEAVY_LOOK_AHEAD = 2
_HEAVY_SECONDS = 0.02
_TICK_SECONDS = 0.5
_LONGEST_TICK_SECONDS = 4 * _TICK_SECONDS
_PATIENCE_SECONDS = 5.0
_START_SECONDS = 60.0
_MOST_FAILED_STARTS = 2


class _End:
    """A worker's last event: it is no more."""


_Event: TypeAlias = "tuple[_Worker, Outcome | _End | None]"


class _Watch:
    """Counts the seconds in which this process was awake to hear from its workers.

    Those in which it was stopped, as by Ctrl-Z, or the machine slept, are nobody's fault.
    """

    def __init__(self) -> None:
        self._seconds = 0.0
        self._looked = time.monotonic()

    def __call__(self) -> float:
        now = time.monotonic()
        self._seconds += min(now - self._looked, _LONGEST_TICK_SECONDS)
        self._looked = now
        return self._seconds


class _Worker:
    def __init__(self, settings: AnySettings, events: SimpleQueue[_Event], watch: _Watch) -> None:
        self.pending: deque[AnyTask] = deque()
        self.ready = False
        self.overdue = False
        self.began = self.heard = watch()
        self._watch = watch
        self._events = events
        self._process = subprocess.Popen(  # noqa: S603 - this very interpreter
            [sys.executable, "-P", "-c", _PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_ENVIRONMENT},
        )
        # Popen knows only at run time that these were asked for.
        self._tasks = cast("IO[bytes]", self._process.stdin)
        self._outcomes = cast("IO[bytes]", self._process.stdout)
        self._messages: SimpleQueue[bytes] = SimpleQueue()
        self._threads = [
            threading.Thread(target=work, daemon=True) for work in (self._listen, self._deliver)
        ]
        for thread in self._threads:
            thread.start()
        self._send(sys.path)
        self._send(settings)

    def give(self, task: AnyTask) -> None:
        message = pickle.dumps(task, pickle.HIGHEST_PROTOCOL)
        if not self.pending:
            self.began = self.heard = self._watch()
        self.pending.append(task)
        self._messages.put(message)

    def _send(self, value: object) -> None:
        self._messages.put(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))

    def _deliver(self) -> None:
        # A pipe that a hanging worker does not empty would make its exporter hang, too. If the
        # worker is dead, its listener says so.
        with contextlib.suppress(OSError):
            while message := self._messages.get():
                self._tasks.write(message)
                self._tasks.flush()

    def _listen(self) -> None:
        try:
            while True:
                event = pickle.load(self._outcomes)  # noqa: S301 - our own worker
                self._events.put((self, event))
        except Exception:  # noqa: BLE001 - whatever half an outcome looks like, it is the end
            self._events.put((self, _End()))

    def kill(self) -> None:
        self._process.kill()

    def stop(self) -> None:
        """Ask the worker to end; nothing is lost if it has nothing to do."""
        if self.pending:
            self._process.terminate()
        else:
            self._process.kill()

    def wait(self, deadline: float) -> None:
        try:
            self._process.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._messages.put(b"")
        for thread in self._threads:
            thread.join()
        self._outcomes.close()
        # Closing writes what is left in the buffer, which nobody reads.
        with contextlib.suppress(OSError):
            self._tasks.close()


class WorkerPool:
    """Worker processes that are started when they are needed and replaced when they fail.

    Parameters
    ----------
    settings : Settings or VolumeSettings
        What holds for every picture or volume.
    timeout : float
        Seconds without a sign of life, such as a finished frame or an `Alive`, before a
        worker counts as hanging.
    """

    def __init__(self, settings: AnySettings, timeout: float) -> None:
        self.returned: deque[AnyTask] = deque()
        self.unavailable: bool = False
        self._settings = settings
        self._timeout = timeout
        self._workers: list[_Worker] = []
        self._events: SimpleQueue[_Event] = SimpleQueue()
        self._failed_starts = 0
        self._look_ahead = _HEAVY_LOOK_AHEAD
        self._watch = _Watch()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.stop()
        deadline = _deadline()
        for worker in self._workers:
            worker.wait(deadline)
        self._workers.clear()

    def __len__(self) -> int:
        """Give the number of workers."""
        return len(self._workers)

    @property
    def busy(self) -> bool:
        """Whether outcomes are to be expected."""
        return any(worker.pending for worker in self._workers)

    @property
    def has_capacity(self) -> bool:
        """Whether a worker would take another task."""
        if self.unavailable:
            return False
        return any(len(worker.pending) < self._look_ahead for worker in self._workers)

    def start(self, size: int) -> None:
        """Start workers until there are so many.

        Parameters
        ----------
        size : int
            How many there shall be.
        """
        while len(self._workers) < size and self._failed_starts < _MOST_FAILED_STARTS:
            try:
                self._workers.append(_Worker(self._settings, self._events, self._watch))
            except (OSError, RuntimeError, TypeError, ValueError):
                # No memory, process or thread to be had, or no interpreter of its own.
                self._failed_starts = _MOST_FAILED_STARTS
        self._count_on_workers()

    def give(self, task: AnyTask) -> None:
        """Hand a task to the worker that has least to do.

        Parameters
        ----------
        task : Task or VolumeTask
            The task.
        """
        try:
            min(self._workers, key=lambda worker: len(worker.pending)).give(task)
        except (AttributeError, TypeError, ValueError, pickle.PicklingError):
            # What cannot travel, as a file behind an open connection, is done where it is.
            self.returned.append(task)
            self.unavailable = True

    def collect(self, *, wait: bool) -> Iterator[Outcome]:
        """Take what the workers have sent.

        Parameters
        ----------
        wait : bool
            Whether to wait a little for the first outcome.

        Yields
        ------
        Outcome
            What became of tasks, without signs of life. Tasks of a worker that died come
            back in ``returned``, except the one that it died on.
        """
        with contextlib.suppress(Empty):
            while True:
                worker, event = self._events.get(wait, _TICK_SECONDS)
                wait = False
                yield from self._take(worker, event)
        self._kill_overdue()

    def _take(self, worker: _Worker, event: Outcome | _End | None) -> Iterator[Outcome]:
        worker.heard = self._watch()
        if isinstance(event, _End):
            yield from self._replace(worker)
        elif event is None:
            worker.ready = True
            self._failed_starts = 0
        else:
            if isinstance(event, Finished):
                worker.pending.popleft()
                self._look_ahead_after(worker.heard - worker.began)
                worker.began = worker.heard
            if not isinstance(event, Alive):
                yield event

    def _look_ahead_after(self, seconds: float) -> None:
        # Short tasks must not wait for the next one; long ones must not wait in a queue.
        self._look_ahead = _HEAVY_LOOK_AHEAD if seconds > _HEAVY_SECONDS else _LOOK_AHEAD

    def _kill_overdue(self) -> None:
        now = self._watch()
        for worker in self._workers:
            patience = self._timeout if worker.ready else _START_SECONDS
            if worker.pending and now - worker.heard > patience:
                worker.overdue = True
                worker.kill()

    def _replace(self, worker: _Worker) -> Iterator[Outcome]:
        self._workers.remove(worker)
        worker.wait(_deadline())
        if not worker.ready:
            self._failed_starts += 1
        elif worker.pending:
            task = worker.pending.popleft()
            message = "the process that decoded it died"
            if worker.overdue:
                message = f"decoding took longer than {self._timeout:g} s and was ended"
            yield Failure(task.index, None, DecodeError.code, message)
            yield Finished(task.index)
        self.returned.extend(worker.pending)
        self.start(len(self._workers) + 1)

    def _count_on_workers(self) -> None:
        # As long as one is left, nothing is decoded without it.
        gone = self._failed_starts >= _MOST_FAILED_STARTS and not self._workers
        self.unavailable = self.unavailable or gone


def _deadline() -> float:
    return time.monotonic() + _PATIENCE_SECONDS
