"""The comparisons: each group goes from a bench to work on, to rows of the table."""

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
from benchmarks.frames import compare_ways, growth_of_ways, write_rle
from benchmarks.make_exam import EXAM_INSTANCES, make_exam
from benchmarks.measure import Comparison, Cost, Pair, Ratio, Run, in_turn, run
from benchmarks.script import to_gray
from benchmarks.volumes import SLICES as VOLUME_SLICES
from benchmarks.volumes import write_compressed, write_enhanced, write_series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["COMPARISONS", "FULL", "QUICK", "Bench", "Sizes"]


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
    """A folder to work in, and how much is measured."""

    folder: Path
    sizes: Sizes
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def output(self) -> Path:
        """Give a folder that nothing was written to."""
        return self.folder / f"output{next(self._numbers)}"

    def exam(self, instances: int, size: int = 512, *, directory: bool = True) -> Path:
        """Make an exam in a folder of its own."""
        folder = self.folder / f"exam{next(self._numbers)}"
        return make_exam(folder, instances, size=size, directory=directory)


def importing(bench: Bench) -> Iterator[Comparison]:
    """Import dicomkit against pydicom and numpy."""
    image = next(bench.exam(1).parent.joinpath("DICOM").rglob("I*"))

    def against_imports(*work: object) -> Pair:
        return in_turn(
            lambda: run(*map(str, work)).work,
            lambda: run("imports", "numpy", "pydicom").work,
            4 * bench.sizes.rounds,
        )

    pair = against_imports("imports", "dicomkit")
    yield _row("import dicomkit : import pydicom, numpy", 1.1, pair, "ms")
    # What an import puts off, the first picture pays for.
    pair = against_imports("first_picture", image)
    yield _row("import it and render one image : import pydicom, numpy", 1.2, pair, "ms")


def stored_to_picture(bench: Bench) -> Iterator[Comparison]:
    """Bring one 512 x 512 frame to 8 bits, warm."""
    ds = dk.read_dataset(next(bench.exam(5).parent.joinpath("DICOM").rglob("I*")))
    stored = dk.stored_values(ds)
    pipeline = dk.display_pipeline(ds)
    table = np.arange(65536).astype(np.uint8)
    chain = _timer(lambda: to_gray(stored, ds), 20)
    take = _timer(lambda: np.take(table, stored), 100)
    ours = _timer(lambda: pipeline(stored), 100)
    yield _row("stored values to picture : pydicom's chain", 0.1, in_turn(ours, chain, 9), "ms")
    yield _row("stored values to picture : one numpy.take", 1.2, in_turn(ours, take, 9), "ms")


def exam_to_pictures(bench: Bench) -> Iterator[Comparison]:
    """Export the exam: JPEG and PNG against the usual script, one worker against the floor."""
    directory, rounds = bench.exam(bench.sizes.exam), bench.sizes.rounds
    written: dict[str, int] = {}

    def to_pictures(action: str, suffix: str, *more: int) -> Run:
        output = bench.output()
        # Nothing is removed before the end: that keeps a disk busy during the next run.
        took = run(action, directory, output, suffix, *more)
        written[action] = _bytes_below(output, suffix)
        return took

    def whole(action: str, suffix: str, *more: int) -> Cost:
        return to_pictures(action, suffix, *more).whole

    for suffix, goal in ((".jpg", 0.30), (".png", 0.19)):
        ours, theirs = partial(whole, "export", suffix, 0), partial(whole, "script", suffix)
        pair = in_turn(ours, theirs, rounds)
        work = f"exam to {suffix.removeprefix('.').upper()}, default workers : the usual script"
        size = written["export"] / written["script"]
        yield _row(work, goal, pair, "s", f"; its files {size:.2f} as large")
    pair = in_turn(
        lambda: to_pictures("export", ".jpg", 1).work, lambda: run("floor", directory).work, rounds
    )
    yield _row("exam to JPEG, one worker : read every byte and encode", 2.0, pair, "s")


def walking(bench: Bench) -> Iterator[Comparison]:
    """Walk a DICOMDIR, a large one, and a folder that has none."""
    small, large, folder = bench.sizes.directory, bench.sizes.large_directory, bench.sizes.folder
    directory = bench.exam(small, size=2)
    pair = in_turn(
        lambda: run("walk", directory).work, lambda: run("pydicom_walk", directory).work, 3
    )
    yield _row(f"walk a DICOMDIR of {small:,} : pydicom's FileSet", 0.12, pair, "s")
    pair = in_turn(
        lambda: run("list_again", directory).work, lambda: run("walk", directory).work, 3
    )
    yield _row(f"series of the {small:,}, after a walk : the walk", 0.4, pair, "s")
    larger = bench.exam(large, size=2)
    pair = in_turn(
        lambda: _each(run("walk", larger).work, large),
        lambda: _each(run("walk", directory).work, small),
        3,
    )
    work = f"walk a DICOMDIR of {large:,} : of {small:,}, per instance"
    yield _row(work, 1.2, pair, "ms")
    plain = bench.exam(folder, size=32, directory=False)
    pair = in_turn(lambda: run("walk", plain).work, lambda: run("pydicom_scan", plain).work, 3)
    yield _row(f"scan a folder of {folder:,} : dcmread without pixels", 0.5, pair, "s")


def many_frames(bench: Bench) -> Iterator[Comparison]:
    """Open a file of many frames: the first one, and all of them one by one."""
    count = bench.sizes.frames
    few, many = _multi_frame(bench, 5), _multi_frame(bench, count)
    pair = in_turn(lambda: run("first_frame", many).work, lambda: run("first_frame", few).work, 7)
    yield _row(f"first frame of {count} : of 5", 1.1, pair, "ms")
    peaks = [run("every_frame", file).peak_mb for file in (many, few)]
    yield _memory_row(f"peak memory, {count} frames one by one : 5", 1.1, *peaks)


def frames_one_by_one(bench: Bench) -> Iterator[Comparison]:
    """Go through compressed frames in every way; each has to grow with their number alone."""
    count, few = 4 * bench.sizes.frames, bench.sizes.frames
    many = write_rle(bench.folder / "many.dcm", count)
    for way, pair in compare_ways(many, bench.sizes.rounds):
        goal = 1.5 if way == "`to_values`" else 4.0
        yield _row(f"{way}, {count:,} RLE frames : `render` of all", goal, pair, "s")
    short = write_rle(bench.folder / "few.dcm", few)
    for way, pair in growth_of_ways(short, many, count // few, bench.sizes.rounds):
        yield _row(f"{way}, a frame of {count:,} : of {few:,}", 1.2, pair, "s")


def memory(bench: Bench) -> Iterator[Comparison]:
    """Export exams of two sizes and compare the peak memory of the largest process."""
    peaks = []
    for instances in (bench.sizes.large_exam, bench.sizes.exam):
        directory, output = bench.exam(instances), bench.output()
        peaks.append(run("export", directory, output, ".jpg", 0).peak_mb)
        shutil.rmtree(directory.parent)
        shutil.rmtree(output)
    work = f"peak memory, {bench.sizes.large_exam:,} images : {bench.sizes.exam}"
    yield _memory_row(work, 1.1, *peaks)
    frames = 6 * 512 * 512 * 2 / 2**20
    yield _memory_row("peak memory : 150 MB and six frames", 1.0, peaks[0], 150 + frames)


def volumes(bench: Bench) -> Iterator[Comparison]:
    """Read a series and an enhanced file as volumes."""
    rounds = bench.sizes.rounds

    def compare(ours: Path, theirs: str) -> Pair:
        return in_turn(
            lambda: run("read_volume", ours).work, lambda: run(theirs, ours).work, rounds
        )

    series = write_series(bench.folder / "series")
    for theirs, name, goal in (
        ("simpleitk_series", "SimpleITK", 0.7),
        ("highdicom_series", "highdicom", 0.4),
        ("read_and_convert", "read every byte and convert", 2.2),
    ):
        work = f"{VOLUME_SLICES} native CT slices to a volume : {name}"
        yield _row(work, goal, compare(series, theirs), "s")
    enhanced = write_enhanced(bench.folder / "enhanced.dcm")
    work = f"an enhanced CT of {VOLUME_SLICES} frames to a volume : SimpleITK"
    yield _row(work, 0.35, compare(enhanced, "simpleitk_image"), "s")
    compressed = write_compressed(bench.folder / "compressed")
    work = "JPEG 2000 slices to a volume : the decoder alone"
    yield _row(work, 1.1, compare(compressed, "decode_alone"), "s")
    result = VOLUME_SLICES * 512 * 512 * 4 / 2**20
    for source in (series, enhanced):
        ours, bare = (run(action, source).peak_mb for action in ("read_volume", "nothing"))
        work = f"peak memory, {source.name} : what is loaded, the result and 16 MiB"
        yield _memory_row(work, 1.0, ours, bare + result + 16)


COMPARISONS: Final[tuple[Callable[[Bench], Iterator[Comparison]], ...]] = (
    importing,
    stored_to_picture,
    exam_to_pictures,
    walking,
    many_frames,
    frames_one_by_one,
    memory,
    volumes,
)


def _row(work: str, goal: float, pair: Pair, unit: str, more: str = "") -> Comparison:
    scale, digits = {"s": (1, 2), "ms": (1000, 3)}[unit]
    ours, theirs = (f"{value * scale:.{digits}f} {unit}" for value in (pair.ours, pair.theirs))
    return Comparison(work, goal, pair.seconds, f"{ours} to {theirs}{more}", pair.cpu)


def _memory_row(work: str, goal: float, ours: float, theirs: float) -> Comparison:
    ratio = ours / theirs
    return Comparison(work, goal, Ratio(ratio, ratio, ratio), f"{ours:.0f} MB to {theirs:.0f} MB")


def _each(cost: Cost, count: int) -> Cost:
    return Cost(cost.seconds / count, cost.cpu / count)


def _timer(work: Callable[[], object], repeats: int) -> Callable[[], Cost]:
    def cost() -> Cost:
        start, cpu = time.perf_counter(), time.process_time()
        for _ in range(repeats):
            work()
        spent = Cost(time.perf_counter() - start, time.process_time() - cpu)
        return _each(spent, repeats)

    cost()
    return cost


def _bytes_below(folder: Path, suffix: str) -> int:
    return sum(picture.stat().st_size for picture in folder.rglob(f"*{suffix}"))


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
