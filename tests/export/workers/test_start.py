from __future__ import annotations

import pickle
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.export.conftest import Lab

CODE = """
import sys
from dicomkit.export.workers.start import main
main()
names = {"pylibjpeg", "tqdm"}
print(*(names & set(sys.modules)), file=sys.stderr)
import pylibjpeg, tqdm
print(pylibjpeg.__name__, tqdm.__name__, file=sys.stderr)
"""


def test_what_pydicom_looks_for_is_not_loaded_and_can_be_later(lab: Lab, tmp_path: Path) -> None:
    # Standard output is a worker's way to its exporter.
    settings = pickle.dumps(lab.settings(tmp_path, tmp_path / "o"))
    done = subprocess.run(
        [sys.executable, "-c", CODE], input=settings, capture_output=True, check=True, timeout=60
    )
    assert done.stderr.decode().splitlines() == ["", "pylibjpeg tqdm"]
    assert pickle.loads(done.stdout) is None  # noqa: S301
