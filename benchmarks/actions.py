"""One piece of work in a process of its own: `python -m benchmarks.actions NAME ARGUMENT ...`.

Prints as JSON what the work cost, imports and preparation left out, what the whole process
cost, and the peak memory in MB of the process or of the largest of its children.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from functools import partial
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from benchmarks.volumes import VOLUME_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Work = Callable[[], object]

__all__ = ["ACTIONS"]

QUALITY: Final = 90
"""The JPEG quality of every side: dicomkit's default."""


def script(directory: str, output: str, suffix: str) -> Work:
    """Run the usual script."""
    from benchmarks.script import convert

    return partial(convert, Path(directory), Path(output), suffix, QUALITY)


def export(source: str, output: str, suffix: str, workers: str) -> Work:
    """Run dicomkit's export; 0 workers stands for its default."""
    from dicomkit import export_fileset

    def work() -> None:
        report = export_fileset(
            source,
            output,
            format=suffix.removeprefix("."),
            quality=QUALITY,
            workers=int(workers) or None,
        )
        assert report.written
        assert not report.failed

    return work


def export_with_core(source: str, output: str, suffix: str, workers: str) -> Work:
    """Run the export as if the extra of codecs were not installed, here and in workers."""
    hiding = tempfile.TemporaryDirectory()
    Path(hiding.name, "imagecodecs.py").write_text("raise ImportError\n", encoding="ascii")
    sys.path.insert(0, hiding.name)
    os.environ["PYTHONPATH"] = os.pathsep.join([hiding.name, os.environ.get("PYTHONPATH", "")])
    work = export(source, output, suffix, workers)

    def hidden() -> None:
        with hiding:
            work()

    return hidden


def decode(directory: str, codec: str, packages: str) -> Work:
    """Decode every frame of an exam with a bare decoder."""
    from benchmarks.compressed import decode_all

    return partial(decode_all, Path(directory), codec, packages)


def floor(directory: str) -> Work:
    """Read every byte and encode ready frames."""
    from benchmarks.floor import read_and_encode, ready_frames

    files = sorted(Path(directory).parent.joinpath("DICOM").rglob("I*"))
    return partial(read_and_encode, files, ready_frames(files), QUALITY)


def walk(source: str) -> Work:
    """Walk a DICOMDIR or a folder with dicomkit."""
    from dicomkit import FileSetWalker

    def work() -> None:
        walker = FileSetWalker(source)
        assert sum(1 for _ in walker)
        assert not walker.problems

    return work


def list_again(source: str) -> Work:
    """Ask a walker that has walked a DICOMDIR for its series."""
    from dicomkit import FileSetWalker

    walker = FileSetWalker(source)
    assert not walker.problems
    return walker.series


def pydicom_walk(directory: str) -> Work:
    """Open a DICOMDIR with pydicom's FileSet and walk it."""
    from pydicom.fileset import FileSet

    return lambda: sum(1 for _ in FileSet(directory))


def pydicom_scan(folder: str) -> Work:
    """Read the header of every file below a folder with pydicom."""
    from pydicom import dcmread

    def work() -> None:
        for file in Path(folder).rglob("*"):
            if file.is_file():
                dcmread(file, stop_before_pixels=True)

    return work


def first_frame(file: str) -> Work:
    """Read a file and render its first frame."""
    from dicomkit import read_dataset, render

    return lambda: render(read_dataset(file), 0)


def every_frame(file: str) -> Work:
    """Read a file and render its frames one by one."""
    from dicomkit import frame_count, read_dataset, render

    def work() -> None:
        ds = read_dataset(file)
        for frame in range(frame_count(ds)):
            render(ds, frame)

    return work


def first_picture(file: str) -> Work:
    """Read and render an image in a process that has imported nothing yet."""

    def work() -> None:
        import dicomkit as dk

        dk.render(dk.read_dataset(file))

    return work


def imports(*modules: str) -> Work:
    """Import modules."""

    def work() -> None:
        for module in modules:
            import_module(module)

    return work


ACTIONS: Final[Mapping[str, Callable[..., Work]]] = MappingProxyType(
    {
        action.__name__: action
        for action in (
            script,
            decode,
            every_frame,
            export,
            export_with_core,
            first_frame,
            first_picture,
            floor,
            imports,
            list_again,
            pydicom_scan,
            pydicom_walk,
            walk,
            *VOLUME_ACTIONS,
        )
    }
)
"""Each prepares its work and gives it back."""


def _cpu() -> float:
    usages = (resource.getrusage(who) for who in _WHO)
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


_WHO: Final = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _peak_mb() -> float:
    """Give the peak of this process or of its largest child, from Linux's own books."""
    # ru_maxrss of the process itself begins with what its parent held when it was forked.
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    own = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def main() -> None:
    name, *arguments = sys.argv[1:]
    work = ACTIONS[name](*arguments)
    cpu, start = _cpu(), time.perf_counter()
    work()
    seconds, cpu = time.perf_counter() - start, _cpu() - cpu
    print(json.dumps({"seconds": seconds, "cpu": cpu, "whole_cpu": _cpu(), "peak_mb": _peak_mb()}))


if __name__ == "__main__":
    main()
