"""One stack to its file: what a worker does for a volume."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dicomkit.export.work.failures import failure_of
from dicomkit.export.work.source import needs_no_decoder
from dicomkit.export.work.tasks import Alive, Deferred, Finished
from dicomkit.export.writing.atomic import OpenFolder
from dicomkit.export.writing.store import is_fatal, open_below
from dicomkit.export.writing.volume import save_volume
from dicomkit.volume.reading import read_slices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicomkit.export.work.tasks import Outcome, VolumeSettings, VolumeTask
    from dicomkit.volume.volume import Volume

__all__ = ["VolumeMaker"]

_TICK_SECONDS: Final = 1.0


class VolumeMaker:
    """Makes a file of one stack after the other.

    Parameters
    ----------
    settings : VolumeSettings
        What holds for all of them.
    """

    def __init__(self, settings: VolumeSettings) -> None:
        self._settings = settings

    def export(self, task: VolumeTask, *, native_only: bool = False) -> Iterator[Outcome]:
        """Read a stack slice by slice, and write it.

        Parameters
        ----------
        task : VolumeTask
            The stack.
        native_only : bool
            Whether to defer a stack some of whose pixels need a decoder.

        Yields
        ------
        Outcome
            Signs of life, a `Failure` if there is no file, and `Finished`; or a `Deferred`.
        """
        try:
            for outcome in self._steps(task, native_only=native_only):
                yield outcome
                if isinstance(outcome, Deferred):
                    return
        except Exception as error:  # noqa: BLE001 - one volume must not stop the exam
            yield failure_of(task.index, None, error, fatal=is_fatal(error))
        yield Finished(task.index)

    def _steps(self, task: VolumeTask, *, native_only: bool) -> Iterator[Outcome]:
        settings = self._settings
        reading = read_slices(
            task.stack, values=settings.values, padding=settings.padding, limits=settings.limits
        )
        volume: Volume | None = None
        while volume is None:
            try:
                image = next(reading)
            except StopIteration as end:
                volume = end.value
            else:
                native = image is None or needs_no_decoder(image)
                if native_only and not native:
                    yield Deferred(task.index)
                    return
                yield Alive(task.index)
        real = os.path.realpath(settings.output)
        open_below(OpenFolder(real), real, task.path.rpartition("/")[0])
        # Compressing may take longer than a worker may be silent.
        with ThreadPoolExecutor(1) as thread:
            path = Path(settings.output, task.path)
            saving = thread.submit(save_volume, volume, path, overwrite=task.overwrite)
            while wait([saving], _TICK_SECONDS).not_done:
                yield Alive(task.index)
            saving.result()
