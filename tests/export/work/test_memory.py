"""Memory that is freed is at hand again."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
import numpy as np
from dicomkit.export.work.memory import keep_freed_memory

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def image():
    return [np.ones(1 << 20, np.uint8) for _ in range(4)]

keep_freed_memory()
image()
before = faults()
for _ in range(20):
    image()
print(faults() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be taught")
def test_memory_is_taken_from_the_system_once() -> None:
    # Who sets a threshold has decided otherwise, as dask.distributed does for its workers.
    told = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    done = subprocess.run(
        [sys.executable, "-c", FAULTS], check=True, capture_output=True, text=True, env=told
    )
    # 4 MiB are 1024 pages.
    assert int(done.stdout) < 1024
