"""The fuzzer finds nothing in the library, and would find what it looks for."""

from __future__ import annotations

import logging
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

if sys.platform != "linux":
    pytest.skip("the guard is the Linux kernel's", allow_module_level=True)

from tests.fuzz.__main__ import main
from tests.fuzz.bases import bases, load
from tests.fuzz.guard import Worker
from tests.fuzz.probes import probe
from tests.fuzz.worker import Mutant

CANARY = "Canary^Tweety"


@pytest.mark.parametrize("first", range(0, 2000, 500))
def test_mutants_of_real_files_raise_nothing_but_dicomkit_errors(
    first: int, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["--first", str(first), "--mutants", "500"])
    assert status == 0, capsys.readouterr().out


def test_a_mutant_can_be_made_again() -> None:
    first, again, other = Mutant(1, 40), Mutant(1, 40), Mutant(2, 40)
    assert (first.data, first.changes) == (again.data, again.changes)
    assert first.data != other.data


def test_elements_are_found_in_most_bases() -> None:
    assert sum(1 for path in bases() if load(path).places) > 0.9 * len(bases())


def _quote_a_value(_: object) -> None:
    raise dk.NotDicomError(CANARY)


def _run_out_of_memory(_: object) -> None:
    try:
        np.empty(1 << 60, np.uint8)
    except MemoryError:
        raise dk.LimitError(CANARY) from None


def _log(_: object) -> None:
    logging.getLogger("pydicom").warning(CANARY)
    raise dk.NotDicomError(str(_))


def _stumble(_: object) -> None:
    raise TypeError


@pytest.mark.parametrize(
    ("fault", "kinds"),
    [
        (_stumble, ["exception"]),
        (_quote_a_value, ["value"]),
        (_run_out_of_memory, ["memory"]),
        (_log, ["log"]),
    ],
)
def test_a_fault_of_the_library_is_found(
    fault: Callable[[object], None],
    kinds: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(dk, "read_dataset", fault)
    problems = probe(tmp_path, tmp_path / "none", (CANARY,))
    assert [problem.kind for problem in problems] == kinds


@pytest.mark.parametrize(
    ("program", "kind", "what"),
    [
        ("import os; input(); os.abort()", "signal", "SIGABRT"),
        ("raise SystemExit(3)", "signal", "status 3"),
        ("import time; time.sleep(60)", "time", ""),
        (
            "import signal; signal.setitimer(signal.ITIMER_PROF, 0.1)\nwhile True: pass",
            "time",
            "",
        ),
    ],
    ids=["crash", "exit", "wait", "work"],
)
def test_the_guard_notices_how_a_process_ends(program: str, kind: str, what: str) -> None:
    worker = Worker([sys.executable, "-c", program], patience=2)
    answer = worker.ask(0)
    problem = worker.post_mortem()
    assert answer is None
    assert (problem.kind, problem.what.split(" in ")[0]) == (kind, what or "an unknown place")


def test_the_command_shows_and_saves_a_mutant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "mutant"
    assert main(["--seed", "3", "--only", "5", "--save", str(saved)]) == 0
    assert saved.read_bytes() == Mutant(3, 5).data
    assert capsys.readouterr().out.startswith(f"{Mutant(3, 5).base.name}\n")


def test_a_process_that_does_not_end_is_ended() -> None:
    """It answers, and goes on when there is nothing more to read."""
    program = "import time; print(len(input()), flush=True); time.sleep(3600)"
    worker = Worker([sys.executable, "-c", program], patience=2)
    answer = worker.ask(0)
    before = time.monotonic()
    worker.close()
    assert answer == b"1\n"
    assert time.monotonic() - before < 60
