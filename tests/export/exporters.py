"""Exporters in processes of their own."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

FORKS = """
import json, os, sys
from dicomkit.export.fileset import export_fileset
for line in sys.stdin:
    source, out, workers = json.loads(line)
    if workers is None:
        print(os.waitstatus_to_exitcode(os.waitpid(source, 0)[1]), flush=True)
        continue
    child = os.fork()
    if not child:
        export_fileset(source, out, workers=workers)
        os._exit(0)
    print(child, flush=True)
"""


class Exporters:
    """Starts exporters that can be killed, without paying for an import each time."""

    def __init__(self, parent: subprocess.Popen[str]) -> None:
        self._parent = parent

    def start(self, source: Path, out: Path, workers: int = 1) -> int:
        return self._ask(str(source), str(out), workers)

    def kill(self, process: int) -> None:
        os.kill(process, signal.SIGKILL)
        self.wait(process)

    def wait(self, process: int) -> int:
        return self._ask(process, None, None)

    def _ask(self, *request: object) -> int:
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write(json.dumps(request) + "\n")
        self._parent.stdin.flush()
        return int(self._parent.stdout.readline())
