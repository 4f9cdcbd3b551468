"""One instance to its pictures: what a worker does, frame by frame."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.dataset.annotation import annotation_note
from dicomkit.display.render import render_frame
from dicomkit.errors import DicomKitError, LimitError, UnsupportedError
from dicomkit.export.encoding import encode_image
from dicomkit.export.source import SourceImage
from dicomkit.export.store import Store, is_fatal
from dicomkit.export.survey import MOST_FAILURES_IN_A_ROW, survey
from dicomkit.export.work import Deferred, Failure, Finished, Picture, picture_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dicomkit.export.encoding import ImageArray
    from dicomkit.export.work import Outcome, Settings, Task
    from dicomkit.notes import Note

__all__ = ["Drawn", "Exporter", "export_batch"]


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A picture that is rendered, but not yet on the disk.

    Parameters
    ----------
    index, frame, frames, path, pipeline, notes
        As in `Picture`.
    image : ndarray
        The picture.
    """

    index: int
    frame: int
    frames: int
    path: str
    image: ImageArray
    pipeline: str
    notes: tuple[Note, ...]


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

    def export(self, task: Task) -> Iterator[Outcome]:
        """Read an instance, and render, encode and write its frames one at a time.

        Parameters
        ----------
        task : Task
            The instance.

        Yields
        ------
        Outcome
            A `Picture` or a `Failure` for each frame, or what a survey of it finds, and
            `Finished` at the end.
        """
        for step in self.draw(task):
            outcome = self.write(step) if isinstance(step, Drawn) else step
            yield outcome
            if isinstance(outcome, Failure) and outcome.fatal:
                yield Finished(task.index)
                return

    def draw(self, task: Task, *, native_only: bool = False) -> Iterator[Outcome | Drawn]:
        """Do the first half of `export`: all but encoding and writing.

        Parameters
        ----------
        task : Task
            The instance.
        native_only : bool
            Whether to defer an instance whose pixels need a decoder.

        Yields
        ------
        Outcome or Drawn
            As `export`, with a `Drawn` in each `Picture`'s place; or a single `Deferred`.
        """
        try:
            source = SourceImage(self._settings.root, task)
        except Exception as error:  # noqa: BLE001 - one file must not stop the exam
            yield _failure(task.index, None, error)
        else:
            here = not native_only or source.is_plain
            if task.survey:
                steps: Iterator[Outcome | Drawn] = survey(source, task, may_decode=here)
            elif here:
                steps = self._frames(source, task)
            else:
                steps = iter([Deferred(task.index)])
            for step in steps:
                yield step
                if isinstance(step, Deferred):
                    return
        yield Finished(task.index)

    def write(self, drawn: Drawn) -> Picture | Failure:
        """Do the second half: encode a picture and put it into the output folder.

        Threads may do so at the same time.

        Parameters
        ----------
        drawn : Drawn
            The picture.

        Returns
        -------
        Picture or Failure
            What became of it.
        """
        try:
            data = self._encoded(drawn.image)
            self._store.put(drawn.path, data)
        except Exception as error:  # noqa: BLE001 - one picture must not stop the others
            return _failure(drawn.index, drawn.frame, error, fatal=is_fatal(error))
        return Picture(
            index=drawn.index,
            frame=drawn.frame,
            frames=drawn.frames,
            path=drawn.path,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            pipeline=drawn.pipeline,
            notes=drawn.notes,
        )

    def _frames(self, source: SourceImage, task: Task) -> Iterator[Outcome | Drawn]:
        frames = source.image.frames
        annotation = annotation_note(source.ds)
        labels = () if annotation is None else (annotation,)
        failures = 0
        for frame in range(frames):
            if frame in task.done:
                continue
            try:
                rendered = render_frame(source.ds, frame, task.options, source.frames)
            except Exception as error:  # noqa: BLE001 - nor one frame the others
                yield _failure(task.index, frame, error)
                failures += 1
                if failures == MOST_FAILURES_IN_A_ROW:
                    return
            else:
                failures = 0
                yield Drawn(
                    index=task.index,
                    frame=frame,
                    frames=frames,
                    path=picture_path(task.stem, frame, frames, self._settings.suffix),
                    image=rendered.image,
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


def _failure(index: int, frame: int | None, error: Exception, *, fatal: bool = False) -> Failure:
    if isinstance(error, DicomKitError):
        exists = isinstance(error.__cause__, FileExistsError)
        code = "exists" if exists else error.code
        return Failure(index, frame, code, error.message, fatal)
    if isinstance(error, MemoryError):
        return Failure(index, frame, LimitError.code, "there is not enough memory", fatal)
    if isinstance(error, IndexError):
        return Failure(index, frame, "window", "the file offers no such view", fatal)
    # The text of an unforeseen error may quote the file.
    message = f"unforeseen: {type(error).__name__}"
    return Failure(index, frame, DicomKitError.code, message, fatal)
