"""Whatever a test does, the processes that it started end with it."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import wait

import pytest
from tests.children import child, is_over, process_pool, wait_until

SLEEPS = "import time; time.sleep(3600)"
PARENT = f"""
import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", {SLEEPS!r}]).pid, flush=True)
time.sleep(3600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc says whether a process lives")
def test_a_failure_ends_a_process_and_those_that_it_started() -> None:
    seen: list[int] = []

    def failing() -> None:
        with child([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            seen.extend([process.pid, int(process.stdout.readline())])
            assert not any(map(is_over, seen))
            pytest.fail("on purpose")

    with pytest.raises(pytest.fail.Exception, match="on purpose"):
        failing()
    wait_until(lambda: all(map(is_over, seen)))


def test_how_a_process_ended_by_itself_is_kept() -> None:
    with child([sys.executable, "-c", "raise SystemExit(3)"]) as process:
        assert process.wait(60) == 3
    assert process.returncode == 3


def test_a_failure_ends_a_pool_that_is_at_work() -> None:
    before = time.monotonic()

    def failing() -> None:
        with process_pool(1) as pool:
            wait([pool.submit(time.sleep, 0)], 60)
            pool.submit(time.sleep, 3600)
            pytest.fail("on purpose")

    with pytest.raises(pytest.fail.Exception, match="on purpose"):
        failing()
    assert time.monotonic() - before < 60


def test_what_never_happens_is_a_failure() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"after 0\.05 s"):
        wait_until(lambda: False, 0.05)
