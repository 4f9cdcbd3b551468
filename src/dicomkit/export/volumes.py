"""Every volume of an exam to a file of its own."""

from __future__ import annotations

import math
import os
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dicomkit.errors import WriteError
from dicomkit.export.bookkeeping.manifest import manifest_name
from dicomkit.export.bookkeeping.report import ExportReport
from dicomkit.export.naming.layout import VOLUME_LAYOUT
from dicomkit.export.progress import reporting
from dicomkit.export.volume_job import VolumeJob
from dicomkit.export.work.tasks import Finished, VolumeSettings
from dicomkit.export.workers.running import available_workers, run_locally
from dicomkit.export.writing.volume import VOLUME_SUFFIXES, require_libraries
from dicomkit.fileset.walker import FileSetWalker
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.volume.slices import make_reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dicomkit.export.progress import Progress
    from dicomkit.export.work.tasks import VolumeTask
    from dicomkit.volume.slices import VolumeValues

__all__ = ["export_volumes"]

_KIND: Final = "volumes"
_TIMEOUT: Final = 120.0
# A volume and what is made of it on its way to a file.
_COPIES: Final = 2


def export_volumes(
    source: str | os.PathLike[str] | FileSetWalker,
    output: str | os.PathLike[str],
    /,
    *,
    format: str = "nii.gz",  # noqa: A002 - what everyone calls it
    layout: str = VOLUME_LAYOUT,
    values: VolumeValues = "values",
    padding: float | None = None,
    overwrite: bool = False,
    limits: Limits = DEFAULT_LIMITS,
    workers: int | None = None,
    timeout: float = _TIMEOUT,
    progress: Progress = False,
) -> ExportReport:
    """Make a file of every volume of an exam.

    Each file appears whole or not at all, and nothing that was in `output` is changed. A
    manifest there says which files each volume was made of. Calling again with the same
    arguments goes on where a run was cut off, and makes anew what has changed since.

    Parameters
    ----------
    source : path-like or FileSetWalker
        A DICOMDIR, a folder with or without one, or a single file.
    output : path-like
        The folder for the volumes. It is made if it is not there.
    format : str
        The files' suffix: ``"nii.gz"``, ``"nii"``, ``"nrrd"``, ``"mha"``, ``"zarr"`` or
        ``"npz"``, as `save_volume` writes them.
    layout : str
        As in `export_fileset`, with the fields of a series. Where a series is several volumes,
        ``_v01``, ``_v02``, ... tells them apart, in the order of `stacks`.
    values, padding, limits
        As in `read_volume`.
    overwrite : bool
        Make everything again and replace what has the volumes' names.
    workers : int, optional
        How many processes work at the same time, each on a volume that it holds in memory; by
        default as many as there are processors, as far as that pays and the ``total_bytes`` of
        `limits` are enough for all of them. Volumes that need a decoder are always left to a
        process of their own, which may crash without harm to the others.
    timeout : float
        Seconds after which a decoder that is still at one frame is ended.
    progress : bool or callable
        As in `export_fileset`; counted are volumes.

    Returns
    -------
    ExportReport
        What became of every file: its ``pictures`` are the volumes that it is part of. Images
        without a place in the patient are skipped.

    Raises
    ------
    ValueError
        If an option does not fit.
    ReadError
        If there is no such source.

    Examples
    --------
    >>> import tempfile
    >>> from pydicom.data import get_testdata_file
    >>> exam = get_testdata_file("dicomdirtests/DICOMDIR", download=False)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = export_volumes(exam, folder, format="npz")
    ...     report.pictures > 20, report.ok
    (True, True)
    """
    started = time.perf_counter()
    suffix = f".{format.removeprefix('.').lower()}"
    if suffix not in VOLUME_SUFFIXES:
        msg = f"format is one of {', '.join(one.removeprefix('.') for one in VOLUME_SUFFIXES)}"
        raise ValueError(msg)
    if (workers is not None and workers < 1) or timeout <= 0:
        msg = "workers must be at least 1, and timeout above 0"
        raise ValueError(msg)
    make_reader(values, "float32", padding, None)
    walker = source if isinstance(source, FileSetWalker) else FileSetWalker(source, limits=limits)
    header: dict[str, object] = {
        "kind": _KIND,
        "format": suffix,
        "layout": layout,
        "values": values,
        "padding": None if padding is None else str(padding),
    }
    job = VolumeJob(
        Path(os.path.abspath(output)),  # noqa: PTH100 - links stay as they are given
        os.path.join(walker.folder, ""),  # noqa: PTH118 - ends in a separator, as no Path does
        manifest_name(os.path.realpath(walker.root), header),
        header,
        overwrite=overwrite,
    )
    planned = list(job.plan(walker, layout, suffix, limits))
    if planned:
        require_libraries(suffix)
    settings = VolumeSettings(os.fspath(job.output), values, padding, limits)
    try:
        job.begin()
        tasks = list(job.tasks(planned))
        outcomes = run_locally(
            iter(tasks),
            settings,
            count=len(tasks),
            workers=_fitting(tasks, limits) if workers is None else workers,
            timeout=timeout,
        )
        done = len(planned) - len(tasks)
        with closing(job), closing(outcomes), reporting(progress, len(planned), done) as update:
            for outcome in outcomes:
                job.take(outcome)
                if job.stopped:
                    break
                if isinstance(outcome, Finished):
                    done += 1
                    update(done, "")
    except WriteError as error:
        job.stopped = job.stopped or error.message
    return ExportReport(
        os.fspath(job.output),
        job.manifest,
        tuple(job.entries(walker)),
        job.stopped,
        tuple(job.notes),
        seconds=time.perf_counter() - started,
        noun="volume",
    )


def _fitting(tasks: Sequence[VolumeTask], limits: Limits) -> int:
    """Say how many of the largest volume fit into memory, and can be worked on."""
    largest = max((4 * math.prod(task.stack.shape) for task in tasks), default=1)
    return min(available_workers(), max(limits.total_bytes // (_COPIES * largest), 1))
