"""One piece of work in a process of its own: `python -m benchmarks.actions NAME ARGUMENT ...`.

Prints as JSON how many seconds the work took, imports and preparation left out, and the
peak memory of the process or of the largest of its children, in MB.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["ACTIONS"]

QUALITY: Final = 90
"""The JPEG quality of every side, so that all encode the same."""


def article(directory: str, output: str, suffix: str) -> float:
    """Run the article's closing script."""
    from benchmarks.article import convert

    start = time.perf_counter()
    convert(Path(directory), Path(output), suffix, QUALITY)
    return time.perf_counter() - start


def export(source: str, output: str, suffix: str, workers: str) -> float:
    """Run dicomkit's export; 0 workers stands for its default."""
    import dicomkit as dk

    start = time.perf_counter()
    report = dk.export_fileset(
        source,
        output,
        format=suffix.removeprefix("."),
        quality=QUALITY,
        workers=int(workers) or None,
    )
    seconds = time.perf_counter() - start
    assert not report.failed
    return seconds


def floor(directory: str) -> float:
    """Read every byte and encode ready frames."""
    from benchmarks.floor import read_and_encode, ready_frames

    files = sorted(Path(directory).parent.joinpath("DICOM").rglob("I*"))
    frames = ready_frames(files)
    start = time.perf_counter()
    read_and_encode(files, frames, QUALITY)
    return time.perf_counter() - start


def walk(source: str) -> float:
    """Walk a DICOMDIR or a folder with dicomkit."""
    import dicomkit as dk

    start = time.perf_counter()
    walker = dk.FileSetWalker(source)
    count = sum(1 for _ in walker)
    seconds = time.perf_counter() - start
    assert count
    assert not walker.problems
    return seconds


def pydicom_walk(directory: str) -> float:
    """Open a DICOMDIR with pydicom's FileSet and walk it."""
    from pydicom.fileset import FileSet

    start = time.perf_counter()
    count = sum(1 for _ in FileSet(directory))
    assert count
    return time.perf_counter() - start


def pydicom_scan(folder: str) -> float:
    """Read the header of every file below a folder with pydicom."""
    from pydicom import dcmread

    start = time.perf_counter()
    for file in Path(folder).rglob("*"):
        if file.is_file():
            dcmread(file, stop_before_pixels=True)
    return time.perf_counter() - start


def first_frame(file: str) -> float:
    """Read a file and render its first frame."""
    import dicomkit as dk

    start = time.perf_counter()
    dk.render(dk.read_dataset(file), 0)
    return time.perf_counter() - start


def every_frame(file: str) -> float:
    """Read a file and render its frames one by one."""
    import dicomkit as dk

    start = time.perf_counter()
    ds = dk.read_dataset(file)
    for frame in range(dk.frame_count(ds)):
        dk.render(ds, frame)
    return time.perf_counter() - start


def import_dicomkit() -> float:
    """Import dicomkit."""
    start = time.perf_counter()
    import dicomkit  # noqa: F401 - the import is what is measured

    return time.perf_counter() - start


def import_ground() -> float:
    """Import what dicomkit stands on."""
    start = time.perf_counter()
    import numpy as np  # noqa: F401 - the import is what is measured
    import pydicom  # noqa: F401

    return time.perf_counter() - start


ACTIONS: Final[Mapping[str, Callable[..., float]]] = MappingProxyType(
    {
        action.__name__: action
        for action in (
            article,
            every_frame,
            export,
            first_frame,
            floor,
            import_dicomkit,
            import_ground,
            pydicom_scan,
            pydicom_walk,
            walk,
        )
    }
)


def _peak_mb() -> float:
    own, children = (
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return max(own, children) / 1024


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    seconds = ACTIONS[name](*arguments)
    print(json.dumps({"seconds": seconds, "peak_mb": _peak_mb()}))
