"""The course of an export: take over, work, put in order, report."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dicomkit.errors import WriteError
from dicomkit.export.bookkeeping.manifest import Manifest, manifest_name
from dicomkit.export.bookkeeping.recorder import Recorder
from dicomkit.export.bookkeeping.report import ExportReport
from dicomkit.export.progress import reporting
from dicomkit.export.work.tasks import Halt, Remark, Surveyed
from dicomkit.export.workers.running import run_locally
from dicomkit.export.writing.store import sweep

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from concurrent.futures import Executor

    from dicomkit.display.options import PictureOptions
    from dicomkit.export.plan import Plan
    from dicomkit.export.progress import Progress
    from dicomkit.export.work.series import SeriesWindows
    from dicomkit.export.work.tasks import Outcome, Settings, Task

__all__ = ["Runner", "run_export"]


@dataclass(frozen=True, slots=True)
class Runner:
    """Who does the work.

    Parameters
    ----------
    workers : int
        How many at the same time.
    executor : Executor or None
        Whose they are; None for the library's own.
    timeout : float
        Seconds for a frame, for the library's own.
    """

    workers: int
    executor: Executor | None
    timeout: float

    def run(
        self, tasks: Iterator[Task], settings: Settings, count: int
    ) -> Generator[Outcome, None, None]:
        """Do tasks, and yield what happens."""
        if self.executor is None:
            return run_locally(
                tasks, settings, count=count, workers=self.workers, timeout=self.timeout
            )
        from dicomkit.export.workers.executors import run_on_executor

        return run_on_executor(
            tasks,
            # On other machines the same folder has another identity.
            replace(settings, output_identity=None),
            self.executor,
            count=count,
            workers=self.workers,
            timeout=self.timeout,
        )


def run_export(
    plan: Plan,
    options: PictureOptions,
    settings: Settings,
    runner: Runner,
    *,
    header: Mapping[str, object],
    progress: Progress,
    series_window: bool,
) -> ExportReport:
    """Carry out a plan.

    Parameters
    ----------
    plan : Plan
        What to export.
    options : PictureOptions
        How every image is rendered.
    settings : Settings
        What holds for every picture.
    runner : Runner
        Who does it.
    header : mapping
        How it is exported, for the manifest.
    progress : bool or callable
        As in `export_fileset`.
    series_window : bool
        As in `export_fileset`.

    Returns
    -------
    ExportReport
        What became of every file, whether or not the export came to its end.
    """
    name = manifest_name(plan.source, header)
    path = Path(settings.output, name)
    manifest = Manifest(path, header, settings.root, settings.filesystem)
    # What is seen one after the other must not flicker.
    together = any(one.film is not None and one.film.count > 1 for one in plan.instances)
    windows = _series_windows(plan, options) if series_window or together else None
    recorder = Recorder(plan.instances, manifest, windows, films_only=not series_window)
    try:
        with manifest:
            settings = replace(settings, output_identity=manifest.folder_identity)
            if not settings.overwrite:
                recorder.take_over(settings.suffix, settings.film_suffix)
            manifest.begin()
            for entry in plan.others:
                manifest.add_missing(entry.source, entry.status, entry.code, entry.message)
            if windows is not None:
                _survey(recorder, windows, options, settings, runner)
            _work(recorder, options, settings, runner, progress)
            stems = (one.stem if one.film is None else one.film.stem for one in plan.instances)
            folders = {stem.rpartition("/")[0] for stem in stems}
            sweep(settings.output, folders, manifest.started)
            manifest.finish()
    except WriteError as error:
        recorder.stopped = recorder.stopped or error.message
    entries = (*recorder.entries(), *plan.others)
    notes = (*plan.notes, *recorder.notes)
    return ExportReport(settings.output, name, entries, recorder.stopped, notes)


def _series_windows(plan: Plan, options: PictureOptions) -> SeriesWindows | None:
    from dicomkit.display.extent import count_dependent
    from dicomkit.export.work.series import SeriesWindows

    return SeriesWindows(plan.instances, options) if count_dependent(options.window) else None


def _survey(
    recorder: Recorder,
    windows: SeriesWindows,
    options: PictureOptions,
    settings: Settings,
    runner: Runner,
) -> None:
    left = recorder.total - recorder.done
    with contextlib.closing(
        runner.run(recorder.tasks(options, survey=True), settings, left)
    ) as outcomes:
        for outcome in outcomes:
            if isinstance(outcome, Surveyed):
                windows.take(outcome)
            elif isinstance(outcome, Remark | Halt):
                recorder.take(outcome)


def _work(
    recorder: Recorder,
    options: PictureOptions,
    settings: Settings,
    runner: Runner,
    progress: Progress,
) -> None:
    if recorder.stopped:
        return
    left = recorder.total - recorder.done
    outcomes = runner.run(recorder.tasks(options), settings, left)
    with (
        contextlib.closing(outcomes),
        reporting(progress, recorder.total, recorder.done) as update,
    ):
        for outcome in outcomes:
            recorder.take(outcome)
            update(recorder.done, recorder.tally)
