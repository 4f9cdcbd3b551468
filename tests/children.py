"""Processes that tests start: none outlives its test, however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["child", "is_over", "killed_on_failure", "process_pool", "wait_until"]


@contextmanager
def child(command: list[str], **options: Any) -> Iterator[subprocess.Popen[Any]]:  # noqa: ANN401
    """Start a process; in the end kill it, and with it every process that it started."""
    # They share a session, which is a group of processes of its own.
    with subprocess.Popen(command, start_new_session=True, **options) as process:
        try:
            yield process
        finally:
            if hasattr(os, "killpg"):
                # The second is what macOS says of a group whose processes are all dead.
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
            process.kill()


@contextmanager
def killed_on_failure() -> Iterator[None]:
    """Kill what multiprocessing has started if the test fails.

    Whoever started it would wait for it first, and it may never end.
    """
    try:
        yield
    except BaseException:
        for process in active_children():
            process.kill()
        raise


@contextmanager
def process_pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give an executor of fresh processes."""
    executor = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    with executor, killed_on_failure():
        yield executor


def is_over(process: int) -> bool:
    """Tell whether a process has ended, by what Linux says of it."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"


def wait_until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something is the case, and fail the test if it never is."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"still not so after {seconds:g} s")
        time.sleep(0.01)
