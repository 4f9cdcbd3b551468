"""One instance to its pictures: what a worker does, frame by frame."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from dicomkit.dataset.annotation import annotation_note
from dicomkit.dataset.description import describe_image
from dicomkit.dataset.icc import icc_profile
from dicomkit.dataset.pixels.source import open_pixels
from dicomkit.dataset.reading import read_dataset
from dicomkit.display.render import open_frames, render_frame
from dicomkit.errors import DicomKitError, LimitError, UnsupportedError
from dicomkit.export.encoding import encode_image
from dicomkit.export.store import Store, is_fatal
from dicomkit.export.survey import MOST_FAILURES_IN_A_ROW, survey
from dicomkit.export.work import Deferred, Failure, Finished, Picture, picture_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydicom.dataset import Dataset

    from dicomkit.dataset.description import ImageDescription
    from dicomkit.display.options import PictureOptions
    from dicomkit.export.encoding import ImageArray
    from dicomkit.export.work import Outcome, Settings, Task

__all__ = ["Exporter", "export_batch"]


class Exporter:
    """Makes pictures of one instance after the other.

    Parameters
    ----------
    settings : Settings
        What holds for all of them.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = Store(settings.output, overwrite=settings.overwrite)

    def export(self, task: Task, *, native_only: bool = False) -> Iterator[Outcome]:
        """Read an instance, and render, encode and write its frames one at a time.

        Parameters
        ----------
        task : Task
            The instance.
        native_only : bool
            Whether to defer an instance whose pixels need a decoder.

        Yields
        ------
        Outcome
            A `Picture` or a `Failure` for each frame, or what a survey of it finds, and
            `Finished` at the end; or a single `Deferred`.
        """
        try:
            source = Path(self._settings.root, task.source)
            ds = read_dataset(source, limits=task.options.limits)
            image = describe_image(ds, task.options.limits)
        except Exception as error:  # noqa: BLE001 - one file must not stop the exam
            yield _failure(task, None, error)
        else:
            here = not native_only or _is_plain(ds, image, task.options)
            if task.survey:
                outcomes = survey(ds, image, task, may_decode=here)
            elif here:
                outcomes = self._frames(ds, image, task)
            else:
                outcomes = iter([Deferred(task.index)])
            for outcome in outcomes:
                yield outcome
                if isinstance(outcome, Deferred):
                    return
        yield Finished(task.index)

    def _frames(self, ds: Dataset, image: ImageDescription, task: Task) -> Iterator[Outcome]:
        annotation = annotation_note(ds)
        labels = () if annotation is None else (annotation,)
        failures = 0
        reader = None
        for frame in range(image.frames):
            if frame in task.done:
                continue
            path = picture_path(task.stem, frame, image.frames, self._settings.suffix)
            try:
                reader = reader or open_frames(ds, task.options, image)
                rendered = render_frame(ds, frame, task.options, reader)
                data = self._encoded(rendered.image)
                self._store.put(path, data)
            except Exception as error:  # noqa: BLE001 - nor one frame the others
                fatal = is_fatal(error)
                yield _failure(task, frame, error, fatal=fatal)
                failures += 1
                if fatal or failures == MOST_FAILURES_IN_A_ROW:
                    return
            else:
                failures = 0
                yield Picture(
                    index=task.index,
                    frame=frame,
                    frames=image.frames,
                    path=path,
                    size=len(data),
                    sha256=hashlib.sha256(data).hexdigest(),
                    pipeline=str(rendered.pipeline),
                    notes=(*labels, *rendered.notes),
                )

    def _encoded(self, image: ImageArray) -> bytes:
        try:
            return encode_image(image, self._settings.suffix, quality=self._settings.quality)
        except LimitError:
            raise
        except ValueError as error:
            # Colour where the format has this depth for greyscale only.
            raise UnsupportedError(str(error)) from None


def export_batch(tasks: Iterable[Task], settings: Settings) -> list[Outcome]:
    """Do several tasks: what is handed to an executor.

    Parameters
    ----------
    tasks : iterable of Task
        The instances.
    settings : Settings
        What holds for all of them.

    Returns
    -------
    list of Outcome
        What happened, task by task.
    """
    exporter = Exporter(settings)
    return [outcome for task in tasks for outcome in exporter.export(task)]


def _is_plain(ds: Dataset, image: ImageDescription, options: PictureOptions) -> bool:
    """Tell whether no foreign code, which could crash, parses anything of an image.

    The pixel data themselves say whether they are compressed: a transfer syntax may lie.
    """
    if options.icc and icc_profile(ds):
        return False
    try:
        return open_pixels(ds, image).items is None
    except DicomKitError:
        return True


def _failure(task: Task, frame: int | None, error: Exception, *, fatal: bool = False) -> Failure:
    if isinstance(error, DicomKitError):
        exists = isinstance(error.__cause__, FileExistsError)
        code = "exists" if exists else error.code
        return Failure(task.index, frame, code, error.message, fatal)
    if isinstance(error, MemoryError):
        return Failure(task.index, frame, LimitError.code, "there is not enough memory", fatal)
    if isinstance(error, IndexError):
        return Failure(task.index, frame, "window", "the file offers no such view", fatal)
    # The text of an unforeseen error may quote the file.
    message = f"unforeseen: {type(error).__name__}"
    return Failure(task.index, frame, DicomKitError.code, message, fatal)
