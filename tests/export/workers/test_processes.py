from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.children import child, is_over, wait_until

from dicomkit.export.work.tasks import Finished, Outcome, Picture
from dicomkit.export.workers import processes
from dicomkit.export.workers.processes import WorkerPool
from dicomkit.transforms.lut import LookupTable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.export.conftest import Lab


def until(pool: WorkerPool, true: Callable[[list[Outcome]], bool]) -> list[Outcome]:
    """Collect until something is the case, for a minute at most."""
    outcomes: list[Outcome] = []
    end = time.monotonic() + 60
    while not true(outcomes):
        assert time.monotonic() < end
        outcomes.extend(pool.collect(wait=True))
    return outcomes


def test_workers_are_there_when_they_are_started_and_gone_afterwards(
    lab: Lab, tmp_path: Path
) -> None:
    lab.save(lab.ct(1), tmp_path / "a")
    with WorkerPool(lab.settings(tmp_path, tmp_path / "out"), 60) as pool:
        assert (len(pool), pool.busy, pool.has_capacity) == (0, False, False)
        pool.start(2)
        pool.start(1)
        assert (len(pool), pool.busy, pool.has_capacity) == (2, False, True)
        pool.give(lab.tasks(["a"])[0])
        assert pool.busy
        outcomes = until(pool, lambda found: Finished(0) in found)
        assert [type(one) for one in outcomes] == [Picture, Finished]
        assert not pool.busy
    assert len(pool) == 0


def test_a_worker_that_dies_idle_is_replaced(lab: Lab, tmp_path: Path) -> None:
    lab.save(lab.ct(1), tmp_path / "a")
    with WorkerPool(lab.settings(tmp_path, tmp_path / "out"), 60) as pool:
        pool.start(1)
        pool.give(lab.tasks(["a"])[0])
        until(pool, lambda found: Finished(0) in found)
        (worker,) = pool._workers
        worker.kill()
        assert until(pool, lambda _found: worker not in pool._workers) == []
        assert len(pool) == 1
        pool.give(lab.tasks(["a"])[0])
        assert len(until(pool, lambda found: Finished(0) in found)) == 2
        assert not pool.unavailable


def test_a_worker_that_never_gets_ready_is_given_up(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_PROGRAM", "import time; time.sleep(3600)")
    monkeypatch.setattr(processes, "_START_SECONDS", 0.1)
    with WorkerPool(lab.settings(tmp_path, tmp_path / "out"), 0.01) as pool:
        pool.start(1)
        task = lab.tasks(["a"])[0]
        pool.give(task)
        assert until(pool, lambda _found: bool(pool.returned)) == []
        pool.give(pool.returned.popleft())
        assert until(pool, lambda _found: pool.unavailable) == []
        assert list(pool.returned) == [task]
        assert len(pool) == 0


def test_long_tasks_do_not_queue_up(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.save(lab.ct(1), tmp_path / "a")

    def taken(seconds: float) -> int:
        monkeypatch.setattr(processes, "_HEAVY_SECONDS", seconds)
        with WorkerPool(lab.settings(tmp_path, tmp_path / "out"), 60) as pool:
            pool.start(1)
            pool.give(lab.tasks(["a"])[0])
            until(pool, lambda found: Finished(0) in found)
            count = 0
            while pool.has_capacity:
                pool.give(lab.tasks(["a"])[0])
                count += 1
            return count

    assert taken(0) == 2
    assert taken(1000) == 8


def test_workers_that_never_start_are_not_replaced_for_ever(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_PROGRAM", "raise SystemExit(1)")
    started: list[object] = []
    popen = subprocess.Popen

    def counted(*arguments: Any, **options: Any) -> subprocess.Popen[Any]:  # noqa: ANN401
        started.append(arguments)
        return popen(*arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", counted)
    with WorkerPool(lab.settings(tmp_path, tmp_path / "out"), 60) as pool:
        pool.start(3)
        tasks = lab.tasks(["a", "b", "c"])
        for task in tasks:
            pool.give(task)
        until(pool, lambda _found: pool.unavailable)
        assert len(pool) == 0
        assert sorted(task.index for task in pool.returned) == [0, 1, 2]
    assert len(started) <= 5


def test_a_worker_that_reads_nothing_still_counts_as_hanging(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is sent to it is more than a pipe holds."""
    monkeypatch.setattr(processes, "_PROGRAM", "import time; time.sleep(3600)")
    monkeypatch.setattr(processes, "_START_SECONDS", 0.1)
    table = LookupTable(0, np.arange(1 << 16), 16)
    with WorkerPool(lab.settings(tmp_path, tmp_path / "out"), 0.1) as pool:
        pool.start(1)
        for task in lab.tasks(["a", "b"], window=table):
            pool.give(task)
        until(pool, lambda _found: len(pool.returned) == 2)


SLOW = """
import pickle, sys, time
sys.path[:] = pickle.load(sys.stdin.buffer)
from dicomkit.export.work.instance import Exporter
from dicomkit.export.work.tasks import Alive, Finished
def slowly(exporter, task):
    for _ in range(25):
        time.sleep(0.1)
        yield Alive(task.index)
    yield Finished(task.index)
Exporter.export = slowly
from dicomkit.export.workers.worker import main
main()
"""


def test_a_worker_that_gives_signs_of_life_is_not_hanging(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it does takes longer than a worker may be silent."""
    monkeypatch.setattr(processes, "_PROGRAM", SLOW)
    with WorkerPool(lab.settings(tmp_path, tmp_path / "out"), 2) as pool:
        pool.start(1)
        pool.give(lab.tasks(["a"])[0])
        until(pool, lambda _found: pool._workers[0].ready)
        before = time.monotonic()
        assert until(pool, lambda found: Finished(0) in found) == [Finished(0)]
        assert time.monotonic() - before > 2


def test_the_time_in_which_nobody_watched_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 100.5, 101.0, 5000.0, 5000.5])
    monkeypatch.setattr("dicomkit.export.workers.processes.time.monotonic", lambda: next(clock))
    watch = processes._Watch()
    assert [watch() for _ in range(4)] == [0.5, 1.0, 3.0, 3.5]


def test_all_workers_are_waited_for_together(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_PROGRAM", STUBBORN)
    monkeypatch.setattr(processes, "_PATIENCE_SECONDS", 1.0)
    with WorkerPool(lab.settings(tmp_path, tmp_path / "out"), 60) as pool:
        pool.start(4)
        for task in lab.tasks(["a", "b", "c", "d"]):
            pool.give(task)
        time.sleep(1)
        before = time.monotonic()
    assert time.monotonic() - before < 3


STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(3600)"
ORPHANS = """
import sys, time
from dicomkit.export.workers import processes
from dicomkit.export.work.tasks import Settings
pool = processes.WorkerPool(Settings(".", ".", ".png", 90), 60)
pool.start(1)
worker, = pool._workers
end = time.monotonic() + 60
while not worker.ready and time.monotonic() < end:
    next(pool.collect(wait=True), None)
print(worker._process.pid, worker.ready, flush=True)
time.sleep(3600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it notices at its next task")
def test_no_worker_outlives_its_exporter() -> None:
    with child([sys.executable, "-c", ORPHANS], stdout=subprocess.PIPE, text=True) as exporter:
        assert exporter.stdout is not None
        number, ready = exporter.stdout.readline().split()
        assert ready == "True"
        # It does not even get to read that nobody is there.
        os.kill(int(number), signal.SIGSTOP)
        exporter.kill()
        exporter.wait(60)
        wait_until(lambda: is_over(int(number)))
