"""What a fresh interpreter does, which has imported nothing yet."""

from __future__ import annotations

import subprocess
import sys


def run(code: str, *arguments: str) -> str:
    """Run code and give what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()
