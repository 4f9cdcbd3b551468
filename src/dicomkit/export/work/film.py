"""Some instances to a film: what a worker does, frame by frame."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from dicomkit.dataset.modules.annotation import annotation_note
from dicomkit.dataset.modules.cine import FrameRate
from dicomkit.display.build import measure_range
from dicomkit.display.render import render_frame
from dicomkit.errors import DicomKitError, UnsupportedError
from dicomkit.export.work.failures import failure_of
from dicomkit.export.work.source import open_source
from dicomkit.export.work.tasks import Alive, Deferred, Finished, Picture
from dicomkit.export.writing.film import write_film
from dicomkit.export.writing.store import is_fatal
from dicomkit.image.cine import frame_rate
from dicomkit.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from dicomkit.export.work.source import SourceImage
    from dicomkit.export.work.stamp import Stamp
    from dicomkit.export.work.tasks import Failure, FilmPart, Outcome, Settings, Task
    from dicomkit.export.writing.store import Store

__all__ = ["DEFAULT_RATE", "export_film"]

# Of a film that is read back for its digest.
_PIECE = 1 << 20

DEFAULT_RATE = 10.0
"""Frames a second where neither the caller nor the file says it."""

_ASSUMED = Note("rate_assumed", "the file does not say how fast its frames follow each other")


class _NeedsProcess(Exception):  # noqa: N818 - nothing is wrong
    """A file of the film needs a decoder, and a process of its own for it."""


@dataclass(slots=True)
class _Shown:
    """What is known of a part that the film shows."""

    place: int
    index: int
    stamp: Stamp | None
    pipeline: str = ""
    notes: dict[Note, None] = field(default_factory=dict)


def export_film(
    task: Task, settings: Settings, store: Store, *, native_only: bool
) -> Iterator[Outcome]:
    """Render the frames of a film one at a time, and write each before the next.

    A film of one file is made whole or not at all, for without one of its frames the others would
    come at the wrong time. From one of several files, those that fail are left out.

    Parameters
    ----------
    task : Task
        With a film.
    settings : Settings
        What holds for all of them.
    store : Store
        Where it goes.
    native_only : bool
        Whether to defer a film with pixels that need a decoder.

    Yields
    ------
    Outcome
        Signs of life; then a `Picture` for each part that the film shows and a `Failure` for each
        other one, and `Finished`; or a `Deferred`.
    """
    work = _FilmWork(task, settings, native_only=native_only)
    path = task.stem + settings.film_suffix
    try:
        speed = work.begin()
        for _ in work.measure():
            yield Alive(task.index)
        with store.lend(path) as file:
            frames = write_film(
                file, work.frames(), settings.film_suffix, rate=speed, quality=settings.quality
            )
            for _ in frames:
                yield Alive(task.index)
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            digest = hashlib.sha256()
            for piece in iter(lambda: file.read(_PIECE), b""):
                digest.update(piece)
    except _NeedsProcess:
        yield Deferred(task.index)
        return
    except Exception as error:  # noqa: BLE001 - one film must not stop the exam
        yield from work.failures
        yield work.failure(error)
    else:
        yield from work.failures
        gaps = work.gaps()
        for part in work.shown:
            yield Picture(
                index=part.index,
                frame=part.place,
                frames=len(task.film),
                path=path,
                size=size,
                sha256=digest.hexdigest(),
                pipeline=part.pipeline,
                notes=(*part.notes, *gaps),
                stamp=part.stamp,
            )
    yield Finished(task.index)


class _FilmWork:
    """One film in the making."""

    def __init__(self, task: Task, settings: Settings, *, native_only: bool) -> None:
        self.failures: list[Failure] = []
        self.shown: list[_Shown] = []
        self._parts = task.film
        self._settings = settings
        self._native_only = native_only
        self._at: tuple[int, int | None] = task.index, None
        self._first: SourceImage | None = None
        self._rate_notes: tuple[Note, ...] = ()
        # What went wrong with a file, rather than with the film.
        self._culprit: Exception | None = None

    def begin(self) -> FrameRate:
        """Find out how fast the frames follow each other."""
        if len(self._parts) == 1:
            self._first = self._open(self._parts[0])
        if self._settings.rate is not None:
            return FrameRate(self._settings.rate)
        if self._first is None:
            # Slices are frames of space: nothing says how fast they are to be gone through.
            return FrameRate(DEFAULT_RATE)
        stated = frame_rate(self._first.image) or FrameRate(DEFAULT_RATE, notes=(_ASSUMED,))
        self._rate_notes = stated.notes
        return stated

    def measure(self) -> Iterator[int]:
        """Look at all frames of a file for their range, if a view needs it, and yield at each."""
        if self._first is not None:
            image, options = self._first.image, self._parts[0].options
            for frame in range(len(image)):
                yield from measure_range(image, frame, options)

    def frames(self) -> Iterator[NDArray[Any]]:
        """Render one frame after the other."""
        for place, part in enumerate(self._parts):
            try:
                yield from self._frames(place, part)
            except (_NeedsProcess, GeneratorExit):
                raise
            except Exception as error:
                self._culprit = error
                if len(self._parts) == 1 or is_fatal(error):
                    raise
                self.failures.append(self.failure(error))
        self._at = self._parts[0].index, None

    def _frames(self, place: int, part: FilmPart) -> Iterator[NDArray[Any]]:
        source = self._first or self._open(part)
        image = source.image
        annotation = annotation_note(image.dataset)
        labels = () if annotation is None else (annotation,)
        shown = _Shown(place, part.index, source.stamp)
        shown.notes.update(dict.fromkeys((*labels, *self._rate_notes)))
        for frame in range(len(image)):
            self._at = part.index, frame
            rendered = render_frame(image, frame, part.options)
            shown.pipeline = shown.pipeline or str(rendered.pipeline)
            shown.notes.update(dict.fromkeys(rendered.notes))
            if not frame:
                self.shown.append(shown)
            picture: NDArray[Any] = rendered.image
            if part.options.segmentation is not None and picture.ndim == 2:  # noqa: PLR2004 - grey
                # Others are painted on, and all frames of a film are alike.
                picture = np.repeat(picture[..., np.newaxis], 3, 2)
            yield picture

    def _open(self, part: FilmPart) -> SourceImage:
        self._at = part.index, None
        source = open_source(self._settings, part)
        if self._native_only and not source.is_plain(part.options):
            raise _NeedsProcess
        return source

    def failure(self, error: Exception) -> Failure:
        """Say what failed, and where."""
        index, frame = self._at
        ours = error is not self._culprit and not isinstance(error, DicomKitError)
        if ours and isinstance(error, ValueError):
            # Frames that differ, or of a depth that the kind of film has not.
            error = UnsupportedError(str(error))
        return failure_of(index, frame, error, fatal=is_fatal(error))

    def gaps(self) -> tuple[Note, ...]:
        """Say what the film does not show."""
        missing = len(self._parts) - len(self.shown)
        if not missing:
            return ()
        message = f"{missing} of {len(self._parts)} files failed and are not in the film"
        return (Note("film_gap", message),)
