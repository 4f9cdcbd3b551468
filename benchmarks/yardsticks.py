"""The yardsticks, each a function from a folder to rows of the table."""

from __future__ import annotations

import itertools
import shutil
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
import pydicom
from pydicom.uid import MultiFrameGrayscaleWordSecondaryCaptureImageStorage

import dicomkit as dk
from benchmarks.article import to_gray
from benchmarks.make_exam import EXAM_INSTANCES, make_exam
from benchmarks.measure import Ratio, Yardstick, in_turn, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["FULL", "QUICK", "YARDSTICKS", "Sizes"]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    exam: int
    large_exam: int
    directory: int
    large_directory: int
    folder: int
    frames: int
    rounds: int


FULL: Final = Sizes(EXAM_INSTANCES, 10 * EXAM_INSTANCES, 16_000, 100_000, 10_000, 500, 5)
QUICK: Final = Sizes(55, 110, 1_000, 4_000, 500, 50, 3)


@dataclass(slots=True)
class Bench:
    """A folder to work in, and the exam that several yardsticks share."""

    folder: Path
    sizes: Sizes
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def output(self) -> Path:
        """Give a folder that nothing was written to."""
        return self.folder / f"output{next(self._numbers)}"

    def exam(self, instances: int, size: int = 512, *, directory: bool = True) -> Path:
        """Make an exam in a folder of its own."""
        return make_exam(
            self.folder / f"exam{next(self._numbers)}", instances, size=size, directory=directory
        )


def exam_to_pictures(bench: Bench) -> Iterator[Yardstick]:
    """Export the exam: JPEG and PNG against the article's script, one worker against the floor."""
    directory, rounds = bench.exam(bench.sizes.exam), bench.sizes.rounds

    kept: dict[str, int] = {}

    def wall(action: str, suffix: str, *more: int) -> float:
        output = bench.output()
        took = run(action, directory, output, suffix, *more).wall
        kept[action] = _bytes_below(output)
        shutil.rmtree(output)
        return took

    for suffix, goal in ((".jpg", 0.30), (".png", 0.20)):
        ours, theirs = partial(wall, "export", suffix, 0), partial(wall, "article", suffix)
        measured = in_turn(ours, theirs, rounds)
        size = kept["export"] / kept["article"]
        work = f"exam to {suffix.removeprefix('.').upper()}, default workers : article's script"
        yield _in_seconds(work, goal, measured, f"; files {size:.2f} of its size")

    def one_worker() -> float:
        output = bench.output()
        took = run("export", directory, output, ".jpg", 1).seconds
        shutil.rmtree(output)
        return took

    measured = in_turn(one_worker, lambda: run("floor", directory).seconds, rounds)
    yield _in_seconds("exam to JPEG, one worker : read every byte and encode", 1.3, measured)


def stored_to_picture(bench: Bench) -> Iterator[Yardstick]:
    """Bring one 512 x 512 frame to 8 bits, warm."""
    ds = dk.read_dataset(next(bench.exam(5).parent.joinpath("DICOM").rglob("I*")))
    stored = dk.stored_values(ds)
    pipeline = dk.display_pipeline(ds)
    table, target = np.arange(65536).astype(np.uint8), np.empty(stored.shape, np.uint8)
    index = stored.astype(np.uint16)
    chain = _timer(lambda: to_gray(stored, ds), 20)
    take = _timer(lambda: np.take(table, index, out=target, mode="clip"), 100)
    ours = _timer(lambda: pipeline(stored), 100)
    for work, goal, theirs in (
        ("stored values to picture : pydicom's chain", 0.1, chain),
        ("stored values to picture : one numpy.take", 1.2, take),
    ):
        ratio, mine, other = in_turn(ours, theirs, 9)
        yield Yardstick(work, goal, ratio, f"{mine * 1e3:.3f} ms to {other * 1e3:.3f} ms")


def walking(bench: Bench) -> Iterator[Yardstick]:
    """Walk a DICOMDIR, a large one, and a folder that has none."""
    small, large = bench.sizes.directory, bench.sizes.large_directory
    directory = bench.exam(small, size=2)
    measured = in_turn(
        lambda: run("walk", directory).seconds,
        lambda: run("pydicom_walk", directory).seconds,
        3,
    )
    yield _in_seconds(f"walk a DICOMDIR of {small:,} : pydicom's FileSet", 0.2, measured)
    larger = bench.exam(large, size=2)
    ratio, ours, theirs = in_turn(
        lambda: run("walk", larger).seconds / large,
        lambda: run("walk", directory).seconds / small,
        3,
    )
    figures = f"{ours * 1e6:.0f} µs to {theirs * 1e6:.0f} µs an instance"
    work = f"walk a DICOMDIR of {large:,} : of {small:,}, per instance"
    yield Yardstick(work, 1.2, ratio, figures)
    folder = bench.exam(bench.sizes.folder, size=32, directory=False)
    measured = in_turn(
        lambda: run("walk", folder).seconds, lambda: run("pydicom_scan", folder).seconds, 3
    )
    work = f"scan a folder of {bench.sizes.folder:,} : dcmread without pixels"
    yield _in_seconds(work, 0.6, measured)


def memory(bench: Bench) -> Iterator[Yardstick]:
    """Export exams of two sizes and compare the peak memory of the largest process."""
    peaks = []
    for instances in (bench.sizes.large_exam, bench.sizes.exam):
        directory, output = bench.exam(instances), bench.output()
        peaks.append(run("export", directory, output, ".jpg", 0).peak_mb)
        shutil.rmtree(directory.parent)
        shutil.rmtree(output)
    ratio = peaks[0] / peaks[1]
    figures = f"{peaks[0]:.0f} MB to {peaks[1]:.0f} MB"
    work = f"peak memory, {bench.sizes.large_exam:,} images : {bench.sizes.exam}"
    yield Yardstick(work, 1.1, Ratio(ratio, ratio, ratio), figures)
    frame_mb = 512 * 512 * 2 / 2**20
    share = peaks[0] / (150 + 6 * frame_mb)
    work = "peak memory : 150 MB and six frames"
    yield Yardstick(work, 1.0, Ratio(share, share, share), f"{peaks[0]:.0f} MB")


def many_frames(bench: Bench) -> Iterator[Yardstick]:
    """Open a file of many frames: the first one, and all of them one by one."""
    count = bench.sizes.frames
    few, many = _multi_frame(bench, 5), _multi_frame(bench, count)
    ratio, ours, theirs = in_turn(
        lambda: run("first_frame", many).seconds, lambda: run("first_frame", few).seconds, 7
    )
    figures = f"{ours * 1e3:.1f} ms to {theirs * 1e3:.1f} ms"
    yield Yardstick(f"first frame of {count} : of 5", 1.1, ratio, figures)
    peaks = [run("every_frame", file).peak_mb for file in (many, few)]
    share = peaks[0] / peaks[1]
    figures = f"{peaks[0]:.0f} MB to {peaks[1]:.0f} MB"
    work = f"peak memory, {count} frames one by one : 5"
    yield Yardstick(work, 1.1, Ratio(share, share, share), figures)


def importing(bench: Bench) -> Iterator[Yardstick]:
    """Import dicomkit against pydicom and numpy."""
    ratio, ours, theirs = in_turn(
        lambda: run("import_dicomkit").seconds,
        lambda: run("import_ground").seconds,
        4 * bench.sizes.rounds,
    )
    figures = f"{ours * 1e3:.0f} ms to {theirs * 1e3:.0f} ms"
    yield Yardstick("import dicomkit : import pydicom, numpy", 1.1, ratio, figures)


YARDSTICKS: Final[tuple[Callable[[Bench], Iterator[Yardstick]], ...]] = (
    importing,
    stored_to_picture,
    exam_to_pictures,
    walking,
    many_frames,
    memory,
)


def _in_seconds(
    work: str, goal: float, measured: tuple[Ratio, float, float], more: str = ""
) -> Yardstick:
    ratio, ours, theirs = measured
    return Yardstick(work, goal, ratio, f"{ours:.2f} s to {theirs:.2f} s{more}")


def _timer(work: Callable[[], object], repeats: int) -> Callable[[], float]:
    def seconds() -> float:
        start = time.perf_counter()
        for _ in range(repeats):
            work()
        return (time.perf_counter() - start) / repeats

    seconds()
    return seconds


def _bytes_below(folder: Path) -> int:
    pictures = (file for file in folder.rglob("*") if file.suffix in (".jpg", ".png"))
    return sum(picture.stat().st_size for picture in pictures)


def _multi_frame(bench: Bench, frames: int) -> Path:
    """Write a file of 512 x 512 frames that are all alike."""
    source = next(bench.exam(1).parent.joinpath("DICOM").rglob("I*"))
    ds = pydicom.dcmread(source)
    ds.SOPClassUID = MultiFrameGrayscaleWordSecondaryCaptureImageStorage
    ds.NumberOfFrames = frames
    ds.PixelData = ds.PixelData * frames
    path = bench.folder / f"{frames}frames.dcm"
    ds.save_as(path)
    return path
