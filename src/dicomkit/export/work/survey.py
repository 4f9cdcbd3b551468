"""How far the views of one instance reach: what a worker finds out before any picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.display.extent import view_extents
from dicomkit.display.views import needs_pixels, needs_range
from dicomkit.export.work.tasks import MOST_ABSENT_FRAMES, Alive, Deferred, Surveyed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicomkit.export.work.source import SourceImage
    from dicomkit.export.work.tasks import Outcome, Task
    from dicomkit.image.image import Image

__all__ = ["survey"]


def survey(source: SourceImage, task: Task, *, may_decode: bool) -> Iterator[Outcome]:
    """Find out how far the views of an instance's frames reach, one frame at a time.

    Colour has no views, and frames that fail say nothing here: they will when their
    picture is made. An image whose mask is subtracted keeps the view of its differences.

    Parameters
    ----------
    source : SourceImage
        The instance.
    task : Task
        What it is to be drawn with, and which of its frames are done.
    may_decode : bool
        Whether its pixels may be decoded where a view depends on them.

    Yields
    ------
    Outcome
        A `Surveyed` for each frame, or a `Deferred` as the last one.
    """
    image, window = source.image, task.options.window
    if not image.is_gray:
        return
    absent = 0
    for frame in range(len(image)):
        if frame in task.done:
            continue
        try:
            if not may_decode and needs_pixels(image, frame, window):
                yield Deferred(task.index)
                return
            if len(image) > 1 and needs_range(image, frame, window):
                for _ in image.measure():
                    yield Alive(task.index)
            surveyed = _survey_frame(image, frame, task)
        except Exception:  # noqa: BLE001 - one frame must not stop the exam
            absent += frame >= source.begun
            if absent == MOST_ABSENT_FRAMES:
                return
        else:
            yield surveyed


def _survey_frame(image: Image, frame: int, task: Task) -> Surveyed:
    if task.options.mask and image.masks.pairing(frame) is not None:
        return Surveyed(task.index, None)
    extents = view_extents(image, frame, task.options.window)
    if extents is None:
        return Surveyed(task.index, None)
    gray = image.gray(frame)
    if gray.displayed_modality is None:
        return Surveyed(task.index, "stored values", extents)
    return Surveyed(task.index, gray.modality.units or "unspecified", extents)
