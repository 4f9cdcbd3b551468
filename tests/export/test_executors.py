"""Tasks handed to an executor of the caller's."""

from __future__ import annotations

from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import pytest
from tests.export.outcomes import MULTI, SINGLE, failures, finished, made, native, real

from dicomkit.export.running import available_workers, run_on_executor
from dicomkit.export.work import Failure, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.export.conftest import Lab

    from dicomkit.export.work import Settings, Task


def on(
    executor: Executor, tasks: list[Task], settings: Settings, *, workers: int = 2
) -> list[Outcome]:
    return list(run_on_executor(iter(tasks), settings, executor, count=len(tasks), workers=workers))


def test_on_threads(lab: Lab, tmp_path: Path) -> None:
    tasks, settings = native(lab, tmp_path, 20)
    with ThreadPoolExecutor(3) as executor:
        outcomes = on(executor, tasks, settings)
    assert finished(outcomes) == list(range(20))
    assert made(outcomes) == dict.fromkeys(range(20), 1)


def test_on_processes(lab: Lab, tmp_path: Path) -> None:
    tasks, settings = real(lab, tmp_path, SINGLE, "CT_small.dcm", MULTI, SINGLE)
    (tmp_path / "in" / tasks[3].source).unlink()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        outcomes = on(executor, tasks, settings)
    assert finished(outcomes) == [0, 1, 2, 3]
    assert made(outcomes) == {0: 1, 1: 1, 2: 10}
    assert [(index, code) for index, code, _ in failures(outcomes)] == [(3, "read")]


class Inline(Executor):
    """Does what is submitted at once, and fails where it is told to."""

    def __init__(self, fails: Callable[[list[Task]], Exception | None]) -> None:
        self.fails = fails
        self.sizes: list[int] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
        future: Future[Any] = Future()
        self.sizes.append(len(args[0]))
        error = self.fails(args[0])
        if error is None:
            future.set_result(fn(*args, **kwargs))
        else:
            future.set_exception(error)
        return future


def test_batches_grow_with_the_exam_up_to_a_bound(lab: Lab, tmp_path: Path) -> None:
    tasks, settings = native(lab, tmp_path, 9)
    executor = Inline(lambda _batch: None)
    assert finished(on(executor, tasks, settings)) == list(range(9))
    assert executor.sizes == [2, 2, 2, 2, 1]
    executor = Inline(lambda _batch: None)
    list(run_on_executor(iter(tasks), settings, executor, count=10_000, workers=2))
    assert executor.sizes == [9]


def test_look_ahead_is_bounded(lab: Lab, tmp_path: Path) -> None:
    tasks, settings = native(lab, tmp_path, 30)
    handed: list[Task] = []

    def watched() -> Iterator[Task]:
        for task in tasks:
            handed.append(task)
            yield task

    outcomes = run_on_executor(watched(), settings, Inline(lambda _batch: None), count=0, workers=2)
    next(outcomes)
    assert len(handed) == 4
    outcomes.close()


def test_a_batch_that_fails_is_taken_apart(lab: Lab, tmp_path: Path) -> None:
    tasks, settings = native(lab, tmp_path, 12)
    executor = Inline(
        lambda batch: RuntimeError("Canary") if any(task.index == 5 for task in batch) else None
    )
    outcomes = on(executor, tasks, settings, workers=1)
    assert failures(outcomes) == [(5, "decode", "the executor could not do it")]
    assert finished(outcomes) == list(range(12))
    assert made(outcomes) == {index: 1 for index in range(12) if index != 5}


def test_an_executor_that_breaks_is_fatal(lab: Lab, tmp_path: Path) -> None:
    tasks, settings = native(lab, tmp_path, 3)
    outcomes = on(Inline(lambda _batch: BrokenExecutor()), tasks, settings)
    first = outcomes[0]
    assert isinstance(first, Failure)
    assert (first.code, first.message, first.fatal) == ("decode", "the executor broke", True)


def test_an_executor_that_is_shut_down_is_the_callers_mistake(lab: Lab, tmp_path: Path) -> None:
    tasks, settings = native(lab, tmp_path, 3)
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(RuntimeError):
        on(executor, tasks, settings)


def test_what_waits_is_cancelled_when_it_ends_early(lab: Lab, tmp_path: Path) -> None:
    tasks, settings = native(lab, tmp_path, 40)
    futures: list[Future[Any]] = []

    class Remembering(ThreadPoolExecutor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
            futures.append(super().submit(fn, *args, **kwargs))
            return futures[-1]

    with Remembering(1) as executor:
        outcomes = run_on_executor(iter(tasks), settings, executor, count=40, workers=4)
        next(outcomes)
        outcomes.close()
    assert any(future.cancelled() for future in futures)
    assert available_workers() >= 1
