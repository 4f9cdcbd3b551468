"""Tasks done here and in worker processes, whatever the decoders do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
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

from dicomkit.export.work.instance import Exporter
from dicomkit.export.work.tasks import Alive, Outcome, Picture, Remark
from dicomkit.export.workers import processes
from dicomkit.export.workers.running import available_workers, run_locally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.export.conftest import Lab

    from dicomkit.export.work.tasks import Settings, Task


@pytest.fixture
def no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        pytest.fail("a process was started")

    monkeypatch.setattr(subprocess, "Popen", refuse)


def locally(
    tasks: list[Task], settings: Settings, *, workers: int = 2, timeout: float = 60
) -> list[Outcome]:
    return list(
        run_locally(iter(tasks), settings, count=len(tasks), workers=workers, timeout=timeout)
    )


@pytest.mark.usefixtures("no_processes")
@pytest.mark.parametrize("workers", [1, 2, 8])
def test_a_small_exam_pays_for_no_process(lab: Lab, tmp_path: Path, workers: int) -> None:
    tasks, settings = native(lab, tmp_path, 12)
    outcomes = locally(tasks, settings, workers=workers)
    assert finished(outcomes) == list(range(12))
    assert made(outcomes) == dict.fromkeys(range(12), 1)


@pytest.mark.usefixtures("no_processes")
def test_nothing_to_do_is_soon_done(lab: Lab, tmp_path: Path) -> None:
    assert locally([], lab.settings(tmp_path, tmp_path)) == []


@pytest.mark.parametrize("workers", [1, 3])
def test_decoders_run_in_a_process_of_their_own(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    tasks, settings = real(lab, tmp_path, SINGLE, "CT_small.dcm", MULTI, "MR_small_RLE.dcm")

    def refuse(*_arguments: object, **_options: object) -> None:
        pytest.fail("decoded here")

    monkeypatch.setattr("dicomkit.image.encapsulated.decode_stream", refuse)
    outcomes = locally(tasks, settings, workers=workers)
    assert failures(outcomes) == []
    assert finished(outcomes) == [0, 1, 2, 3]
    assert made(outcomes) == {0: 1, 1: 1, 2: 10, 3: 1}


@pytest.mark.parametrize(
    "harm", ["os._exit(0)", "os.kill(os.getpid(), signal.SIGSEGV)", "os.close(1); os._exit(3)"]
)
def test_a_decoder_that_dies_costs_its_instance_only(
    lab: Lab, tmp_path: Path, decoder: Callable[[str], None], harm: str
) -> None:
    decoder(harm)
    tasks, settings = real(
        lab, tmp_path, SINGLE, MULTI, SINGLE, "CT_small.dcm", SINGLE, window="full"
    )
    outcomes = locally(tasks, settings)
    assert failures(outcomes) == [(1, "decode", "the process that decoded it died")]
    assert finished(outcomes) == [0, 1, 2, 3, 4]
    # The frames before it are there.
    assert made(outcomes) == {0: 1, 1: 2, 2: 1, 3: 1, 4: 1}
    assert len(lab.tree(tmp_path / "out")) == 6


def test_a_decoder_that_hangs_costs_its_instance_only(
    lab: Lab, tmp_path: Path, decoder: Callable[[str], None]
) -> None:
    decoder("time.sleep(3600)")
    tasks, settings = real(lab, tmp_path, SINGLE, MULTI, "MR_small_RLE.dcm", window="full")
    outcomes = locally(tasks, settings, timeout=2)
    assert failures(outcomes) == [(1, "decode", "decoding took longer than 2 s and was ended")]
    assert finished(outcomes) == [0, 1, 2]
    assert made(outcomes) == {0: 1, 1: 2, 2: 1}


def test_a_decoder_that_always_dies_is_met_again_and_again(
    lab: Lab, tmp_path: Path, decoder: Callable[[str], None]
) -> None:
    decoder("pass\n    os._exit(1)")
    tasks, settings = real(lab, tmp_path, SINGLE, SINGLE, SINGLE)
    outcomes = locally(tasks, settings)
    assert [code for _, code, _ in failures(outcomes)] == ["decode"] * 3
    assert finished(outcomes) == [0, 1, 2]


@pytest.mark.parametrize("executable", ["/nonexistent", "/bin/false", "/bin/true", ""])
def test_without_processes_everything_is_done_here(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executable: str
) -> None:
    monkeypatch.setattr(sys, "executable", executable)
    tasks, settings = real(lab, tmp_path, SINGLE, "CT_small.dcm", MULTI)
    outcomes = locally(tasks, settings)
    assert failures(outcomes) == []
    assert finished(outcomes) == [0, 1, 2]
    assert {one.note.code for one in outcomes if isinstance(one, Remark)} == {"no_workers"}


def test_a_large_exam_gets_help(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_export = Exporter.export

    def slowly(*arguments: Any, **options: Any) -> Iterator[Outcome]:  # noqa: ANN401 - as given
        time.sleep(0.03)
        return real_export(*arguments, **options)

    monkeypatch.setattr(Exporter, "export", slowly)
    tasks, settings = native(lab, tmp_path, 150)
    helpers: list[int] = []
    give = processes.WorkerPool.give

    def counting(pool: processes.WorkerPool, task: Task) -> None:
        helpers.append(len(pool))
        give(pool, task)

    monkeypatch.setattr(processes.WorkerPool, "give", counting)
    outcomes = locally(tasks, settings, workers=3)
    assert finished(outcomes) == list(range(150))
    assert made(outcomes) == dict.fromkeys(range(150), 1)
    assert len(helpers) > 10
    assert max(helpers) <= 2


def test_closing_early_ends_the_workers(
    lab: Lab, tmp_path: Path, decoder: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    decoder("time.sleep(3600)")
    started: list[subprocess.Popen[Any]] = []
    popen = subprocess.Popen

    def remember(*arguments: Any, **options: Any) -> subprocess.Popen[Any]:  # noqa: ANN401
        started.append(popen(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", remember)
    monkeypatch.setattr(processes, "_PATIENCE_SECONDS", 0.5)
    tasks, settings = real(lab, tmp_path, SINGLE, MULTI, MULTI)
    with closing(run_locally(iter(tasks), settings, count=3, workers=1, timeout=60)) as outcomes:
        assert isinstance(next(outcomes), Picture)
        time.sleep(0.5)
    assert [process.poll() is not None for process in started] == [True]


def test_a_worker_that_is_stopped_finishes_the_picture_at_hand(
    lab: Lab, tmp_path: Path, decoder: Callable[[str], None]
) -> None:
    # Longer than this process waits for a processor that others share.
    decoder("pass\n    time.sleep(0.3)")
    tasks, settings = real(lab, tmp_path, MULTI, MULTI)
    with closing(run_locally(iter(tasks), settings, count=2, workers=1, timeout=60)) as outcomes:
        assert isinstance(next(outcomes), Picture)
    names = list(lab.tree(tmp_path / "out"))
    assert not [name for name in names if ".dicomkit" in name]
    assert 1 <= len(names) < 10


def test_available_workers_without_affinity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert available_workers() == 1
    monkeypatch.setattr(os, "cpu_count", lambda: 256)
    assert available_workers() == 32


@pytest.mark.parametrize("executable", [sys.executable, "/bin/false"])
def test_signs_of_life_go_no_further(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executable: str
) -> None:
    """Whether this process does what needs no decoder, or everything."""
    tasks, settings = real(lab, tmp_path, "CT_small.dcm", SINGLE, "MR_small.dcm")
    monkeypatch.setattr(sys, "executable", executable)
    with_signs_of_life(monkeypatch)
    outcomes = locally(tasks, settings)
    assert finished(outcomes) == [0, 1, 2]
    assert made(outcomes) == {0: 1, 1: 1, 2: 1}
    assert not [one for one in outcomes if isinstance(one, Alive)]
