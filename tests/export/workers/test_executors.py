"""Tasks handed to an executor of the caller's."""

from __future__ import annotations

from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ThreadPoolExecutor,
)
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from tests.children import process_pool
from tests.export.outcomes import (
    MULTI,
    SINGLE,
    failures,
    finished,
    made,
    native,
    real,
    with_signs_of_life,
)

from dicomkit.export.work.tasks import Alive, Finished, Halt, Outcome, Remark
from dicomkit.export.workers import executors
from dicomkit.export.workers.executors import run_on_executor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.export.conftest import Lab

    from dicomkit.export.work.tasks import Settings, Task


def on(
    executor: Executor, tasks: list[Task], settings: Settings, *, workers: int = 2
) -> list[Outcome]:
    return list(
        run_on_executor(
            iter(tasks), settings, executor, count=len(tasks), workers=workers, timeout=60
        )
    )


def test_on_threads(lab: Lab, tmp_path: Path) -> None:
    tasks, settings = native(lab, tmp_path, 20)
    with ThreadPoolExecutor(3) as executor:
        outcomes = on(executor, tasks, settings)
    assert finished(outcomes) == list(range(20))
    assert made(outcomes) == dict.fromkeys(range(20), 1)


def test_on_processes(lab: Lab, tmp_path: Path) -> None:
    tasks, settings = real(lab, tmp_path, SINGLE, "CT_small.dcm", MULTI, SINGLE)
    (tmp_path / "in" / tasks[3].source).unlink()
    with process_pool(2) as executor:
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
    list(run_on_executor(iter(tasks), settings, executor, count=10_000, workers=2, timeout=60))
    assert executor.sizes == [9]


def test_look_ahead_is_bounded(lab: Lab, tmp_path: Path) -> None:
    tasks, settings = native(lab, tmp_path, 30)
    handed: list[Task] = []

    def watched() -> Iterator[Task]:
        for task in tasks:
            handed.append(task)
            yield task

    with closing(
        run_on_executor(
            watched(), settings, Inline(lambda _batch: None), count=0, workers=2, timeout=60
        )
    ) as outcomes:
        next(outcomes)
        assert len(handed) == 4


def test_a_batch_that_fails_is_taken_apart(lab: Lab, tmp_path: Path) -> None:
    tasks, settings = native(lab, tmp_path, 12)
    executor = Inline(
        lambda batch: RuntimeError("Canary") if any(task.index == 5 for task in batch) else None
    )
    outcomes = on(executor, tasks, settings, workers=1)
    assert failures(outcomes) == [(5, "decode", "the executor could not do it")]
    assert finished(outcomes) == list(range(12))
    assert made(outcomes) == {index: 1 for index in range(12) if index != 5}


def test_the_guilty_one_is_tried_alone(lab: Lab, tmp_path: Path) -> None:
    tasks, settings = native(lab, tmp_path, 12)
    at_work: list[int] = []
    beside: list[int] = []

    class Counting(ThreadPoolExecutor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
            if len(args[0]) == 1:
                beside.append(len(at_work))
            at_work.append(1)
            future = super().submit(work, fn, *args, **kwargs)
            future.add_done_callback(lambda _future: at_work.pop())
            return future

    def work(fn: Any, batch: list[Task], settings: Settings) -> Any:  # noqa: ANN401
        if any(task.index == 5 for task in batch):
            raise RuntimeError
        return fn(batch, settings)

    with Counting(4) as executor:
        outcomes = on(executor, tasks, settings, workers=2)
    assert [index for index, _, _ in failures(outcomes)] == [5]
    assert finished(outcomes) == list(range(12))
    assert set(beside) == {0}


CRASHING = """
import os
class JPEG2K:
    available = True
def jpeg2k_decode(data, numthreads=1):
    os._exit(1)
"""


def test_what_breaks_a_pool_costs_its_instance_only(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "decoders" / "imagecodecs"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(CRASHING)
    monkeypatch.syspath_prepend(folder.parent)
    tasks, settings = real(lab, tmp_path, *["CT_small.dcm"] * 6, SINGLE, *["MR_small.dcm"] * 6)
    with process_pool(2) as executor:
        outcomes = on(executor, tasks, settings)
    assert failures(outcomes) == [(6, "decode", "the process that decoded it died")]
    assert sorted(set(finished(outcomes))) == list(range(13))
    assert made(outcomes).keys() == {*range(13)} - {6}
    assert [one.note.code for one in outcomes if isinstance(one, Remark)] == ["executor_broke"]


def test_a_pool_that_is_broken_already_is_not_needed(lab: Lab, tmp_path: Path) -> None:
    tasks, settings = native(lab, tmp_path, 3)

    class Broken(Executor):
        def submit(self, *_arguments: Any, **_options: Any) -> Future[Any]:  # noqa: ANN401
            raise BrokenExecutor

    outcomes = on(Broken(), tasks, settings)
    assert finished(outcomes) == [0, 1, 2]


@pytest.mark.parametrize("cancel", [False, True])
def test_an_executor_that_is_shut_down_meanwhile_is_the_end(
    lab: Lab, tmp_path: Path, *, cancel: bool
) -> None:
    tasks, settings = native(lab, tmp_path, 60)
    outcomes: list[Outcome] = []
    with ThreadPoolExecutor(1) as executor:
        for outcome in run_on_executor(
            iter(tasks), settings, executor, count=60, workers=1, timeout=60
        ):
            outcomes.append(outcome)
            if outcome == Finished(0):
                executor.shutdown(wait=False, cancel_futures=cancel)
    assert outcomes[-1] == Halt("the executor takes no more work")
    # What was being worked on is known.
    assert {*finished(outcomes)} == {*made(outcomes)}
    assert 0 < len(finished(outcomes)) < 60


def test_a_future_that_is_cancelled_is_done_again(lab: Lab, tmp_path: Path) -> None:
    tasks, settings = native(lab, tmp_path, 12)
    cancelled: list[bool] = []

    class Fickle(ThreadPoolExecutor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
            if cancelled:
                return super().submit(fn, *args, **kwargs)
            future: Future[Any] = Future()
            cancelled.append(future.cancel())
            return future

    with Fickle(1) as executor:
        outcomes = on(executor, tasks, settings)
    assert failures(outcomes) == []
    assert finished(outcomes) == list(range(12))


def test_an_executor_that_cancels_everything_does_nothing_for_ever(
    lab: Lab, tmp_path: Path
) -> None:
    tasks, settings = native(lab, tmp_path, 5)

    class Refusing(Executor):
        def submit(self, *_arguments: Any, **_options: Any) -> Future[Any]:  # noqa: ANN401
            future: Future[Any] = Future()
            future.cancel()
            return future

    outcomes = on(Refusing(), tasks, settings)
    assert failures(outcomes) == [
        (index, "decode", "the executor could not do it") for index in range(5)
    ]


def test_an_executor_that_is_shut_down_is_the_callers_mistake(lab: Lab, tmp_path: Path) -> None:
    tasks, settings = native(lab, tmp_path, 3)
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(RuntimeError):
        on(executor, tasks, settings)


def test_what_waits_is_cancelled_when_it_ends_early(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks, settings = native(lab, tmp_path, 40)
    futures: list[Future[Any]] = []

    class Remembering(ThreadPoolExecutor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:  # noqa: ANN401
            futures.append(super().submit(fn, *args, **kwargs))
            return futures[-1]

    monkeypatch.setattr(executors, "_PATIENCE_SECONDS", 60)
    with Remembering(1) as executor:
        outcomes = run_on_executor(iter(tasks), settings, executor, count=40, workers=4, timeout=60)
        next(outcomes)
        outcomes.close()
        # What could not be cancelled is over.
        assert all(future.done() for future in futures)
    assert any(future.cancelled() for future in futures)


def test_signs_of_life_are_not_kept(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks, settings = native(lab, tmp_path, 5)
    with_signs_of_life(monkeypatch)
    executor = Inline(lambda _batch: None)
    outcomes = on(executor, tasks, settings)
    assert finished(outcomes) == list(range(5))
    assert made(outcomes) == dict.fromkeys(range(5), 1)
    assert not [one for one in outcomes if isinstance(one, Alive)]
