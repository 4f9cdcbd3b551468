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
from dicomkit.export.workers.processes import Crew
from dicomkit.transforms.lut import LookupTable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.export.conftest import Lab


def until(crew: Crew, true: Callable[[list[Outcome]], bool]) -> list[Outcome]:
    """Collect until something is the case, for a minute at most."""
    outcomes: list[Outcome] = []
    end = time.monotonic() + 60
    while not true(outcomes):
        assert time.monotonic() < end
        outcomes.extend(crew.collect(wait=True))
    return outcomes


def test_workers_are_there_when_they_are_hired_and_gone_afterwards(
    lab: Lab, tmp_path: Path
) -> None:
    lab.save(lab.ct(1), tmp_path / "a")
    with Crew(lab.settings(tmp_path, tmp_path / "out"), 60) as crew:
        assert (len(crew), crew.busy, crew.has_room) == (0, False, False)
        crew.hire(2)
        crew.hire(1)
        assert (len(crew), crew.busy, crew.has_room) == (2, False, True)
        crew.give(lab.tasks(["a"])[0])
        assert crew.busy
        outcomes = until(crew, lambda found: Finished(0) in found)
        assert [type(one) for one in outcomes] == [Picture, Finished]
        assert not crew.busy
    assert len(crew) == 0


def test_a_worker_that_dies_idle_is_replaced(lab: Lab, tmp_path: Path) -> None:
    lab.save(lab.ct(1), tmp_path / "a")
    with Crew(lab.settings(tmp_path, tmp_path / "out"), 60) as crew:
        crew.hire(1)
        crew.give(lab.tasks(["a"])[0])
        until(crew, lambda found: Finished(0) in found)
        (worker,) = crew._workers
        worker.kill()
        assert until(crew, lambda _found: worker not in crew._workers) == []
        assert len(crew) == 1
        crew.give(lab.tasks(["a"])[0])
        assert len(until(crew, lambda found: Finished(0) in found)) == 2
        assert not crew.unavailable


def test_a_worker_that_never_gets_ready_is_given_up(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_PROGRAM", "import time; time.sleep(3600)")
    monkeypatch.setattr(processes, "_START_SECONDS", 0.1)
    with Crew(lab.settings(tmp_path, tmp_path / "out"), 0.01) as crew:
        crew.hire(1)
        task = lab.tasks(["a"])[0]
        crew.give(task)
        assert until(crew, lambda _found: bool(crew.returned)) == []
        crew.give(crew.returned.popleft())
        assert until(crew, lambda _found: crew.unavailable) == []
        assert list(crew.returned) == [task]
        assert len(crew) == 0


def test_long_tasks_do_not_queue_up(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.save(lab.ct(1), tmp_path / "a")

    def taken(seconds: float) -> int:
        monkeypatch.setattr(processes, "_HEAVY_SECONDS", seconds)
        with Crew(lab.settings(tmp_path, tmp_path / "out"), 60) as crew:
            crew.hire(1)
            crew.give(lab.tasks(["a"])[0])
            until(crew, lambda found: Finished(0) in found)
            count = 0
            while crew.has_room:
                crew.give(lab.tasks(["a"])[0])
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
    with Crew(lab.settings(tmp_path, tmp_path / "out"), 60) as crew:
        crew.hire(3)
        tasks = lab.tasks(["a", "b", "c"])
        for task in tasks:
            crew.give(task)
        until(crew, lambda _found: crew.unavailable)
        assert len(crew) == 0
        assert sorted(task.index for task in crew.returned) == [0, 1, 2]
    assert len(started) <= 5


def test_a_worker_that_reads_nothing_still_counts_as_hanging(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is sent to it is more than a pipe holds."""
    monkeypatch.setattr(processes, "_PROGRAM", "import time; time.sleep(3600)")
    monkeypatch.setattr(processes, "_START_SECONDS", 0.1)
    table = LookupTable(0, np.arange(1 << 16), 16)
    with Crew(lab.settings(tmp_path, tmp_path / "out"), 0.1) as crew:
        crew.hire(1)
        for task in lab.tasks(["a", "b"], window=table):
            crew.give(task)
        until(crew, lambda _found: len(crew.returned) == 2)


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
    with Crew(lab.settings(tmp_path, tmp_path / "out"), 60) as crew:
        crew.hire(4)
        for task in lab.tasks(["a", "b", "c", "d"]):
            crew.give(task)
        time.sleep(1)
        before = time.monotonic()
    assert time.monotonic() - before < 3


STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(3600)"
ORPHANS = """
import sys, time
from dicomkit.export.workers import processes
from dicomkit.export.work.tasks import Settings
crew = processes.Crew(Settings(".", ".", ".png", 90), 60)
crew.hire(1)
worker, = crew._workers
end = time.monotonic() + 60
while not worker.ready and time.monotonic() < end:
    next(crew.collect(wait=True), None)
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
