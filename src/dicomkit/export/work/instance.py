"""One instance to its pictures: what a worker does, frame by frame."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from dicomkit.dataset.modules.annotation import annotation_note
from dicomkit.display.build import measure_range
from dicomkit.display.render import render_frame
from dicomkit.errors import LimitError, UnsupportedError
from dicomkit.export.work.failures import failure_of
from dicomkit.export.work.memory import keep_freed_memory
from dicomkit.export.work.source import SourceImage, SourceState, open_source, open_state
from dicomkit.export.work.tasks import (
    MOST_ABSENT_FRAMES,
    Alive,
    Deferred,
    Failure,
    Finished,
    Picture,
    picture_path,
)
from dicomkit.export.writing.encoding import encode_image
from dicomkit.export.writing.store import Store, is_fatal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dicomkit.export.work.tasks import Outcome, Settings, Task
    from dicomkit.export.writing.encoding import ImageArray

__all__ = ["Exporter", "export_batch"]


class Exporter:
    """Makes pictures of one instance after the other.

    Parameters
    ----------
    settings : Settings
        What holds for all of them.
    """

    def __init__(self, settings: Settings) -> None:
        keep_freed_memory()
        self._settings = settings
        self._state: SourceState | None = None
        self._store = Store(
            settings.output, overwrite=settings.overwrite, identity=settings.output_identity
        )

    def export(self, task: Task, *, native_only: bool = False) -> Iterator[Outcome]:
        """Read an instance, and render, encode and write its frames one at a time.

        Parameters
        ----------
        task : Task
            The instance, or the film.
        native_only : bool
            Whether to defer an instance whose pixels need a decoder.

        Yields
        ------
        Outcome
            A `Picture` or a `Failure` for each frame, or what a survey of it finds, and
            `Finished` at the end; or a single `Deferred`. Before any of them may come signs
            of life, `Alive`.
        """
        if task.film:
            from dicomkit.export.work.film import export_film

            yield from export_film(task, self._settings, self._store, native_only=native_only)
            return
        try:
            state = self._state_of(task)
            source = open_source(self._settings, task)
            frames = range(len(source.image)) if state is None else state.frames(source.image)
        except Exception as error:  # noqa: BLE001 - one file must not stop the exam
            yield failure_of(task.index, None, error)
        else:
            here = not native_only or source.is_plain(task.options)
            if task.survey:
                from dicomkit.export.work.survey import survey

                outcomes = survey(source, task, may_decode=here)
            elif here:
                outcomes = self._frames(source, task, frames)
            else:
                outcomes = iter([Deferred(task.index)])
            for outcome in outcomes:
                yield outcome
                if isinstance(outcome, Deferred | Finished):
                    return
        yield Finished(task.index)

    def _state_of(self, task: Task) -> SourceState | None:
        """Read the presentation state of a task, which others may have as well."""
        if not task.state:
            return None
        if self._state is None or self._state.source != task.state:
            self._state = open_state(self._settings, task.state)
        return self._state

    def _frames(self, source: SourceImage, task: Task, wanted: Sequence[int]) -> Iterator[Outcome]:
        image, options = source.image, task.options
        frames = len(image)
        state = self._state_of(task)
        if state is not None:
            # It says by itself how the image was seen.
            options = replace(options, presentation=state.state, mask=False, segmentation=None)
        annotation = annotation_note(image.dataset)
        labels = () if annotation is None else (annotation,)
        absent = 0
        for frame in wanted:
            if frame in task.done:
                continue
            path = picture_path(task.stem, frame, frames, self._settings.suffix)
            fatal = False
            try:
                if frames > 1 and state is None:
                    for _ in measure_range(image, frame, options):
                        yield Alive(task.index)
                rendered = render_frame(image, frame, options)
                data = self._encoded(rendered.image)
                self._store.put(path, data)
            except Exception as error:  # noqa: BLE001 - nor one frame the others
                fatal = is_fatal(error)
                yield failure_of(task.index, frame, error, fatal=fatal)
            else:
                yield Picture(
                    index=task.index,
                    frame=frame,
                    frames=frames,
                    path=path,
                    size=len(data),
                    sha256=hashlib.sha256(data).hexdigest(),
                    pipeline=str(rendered.pipeline),
                    notes=(*labels, *rendered.notes),
                    stamp=source.stamp,
                    state_stamp=None if state is None else state.stamp,
                )
            # Those that are not there are black where one is lenient.
            absent += frame >= source.begun
            if fatal or absent == MOST_ABSENT_FRAMES:
                yield Finished(task.index, untried=frames - 1 - frame)

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
        What happened, task by task, without signs of life; the first fatal failure is the
        end of it.
    """
    exporter = Exporter(settings)
    outcomes: list[Outcome] = []
    for task in tasks:
        # Nobody hears of a batch before it is done.
        outcomes += (one for one in exporter.export(task) if not isinstance(one, Alive))
        if any(isinstance(outcome, Failure) and outcome.fatal for outcome in outcomes):
            break
    return outcomes
