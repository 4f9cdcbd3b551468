from __future__ import annotations

import time
from typing import TYPE_CHECKING

from dicomkit.export import processes
from dicomkit.export.processes import Crew
from dicomkit.export.work import Finished, Outcome, Picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest
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
