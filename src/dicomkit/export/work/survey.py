"""How far the views of one instance reach: what a worker finds out before any picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.display.extent import view_extents
from dicomkit.display.views import GrayFrame
from dicomkit.export.work.tasks import MOST_ABSENT_FRAMES, Deferred, Surveyed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicomkit.export.work.source import SourceImage
    from dicomkit.export.work.tasks import Outcome, Task
    from dicomkit.transforms.arrays import AnyArray

__all__ = ["survey"]


class _DecoderNeededError(Exception):
    pass


def survey(source: SourceImage, task: Task, *, may_decode: bool) -> Iterator[Outcome]:
    """Find out how far the views of an instance's frames reach, one frame at a time.

    Colour has no views, and frames that fail say nothing here: they will when their
    picture is made.

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
    image = source.image
    if image.samples != 1 or image.photometric == "PALETTE COLOR":
        return
    absent = 0
    for frame in range(image.frames):
        if frame in task.done:
            continue
        try:
            surveyed = _survey_frame(source, frame, task, may_decode=may_decode)
        except _DecoderNeededError:
            yield Deferred(task.index)
            return
        except Exception:  # noqa: BLE001 - one frame must not stop the exam
            absent += frame >= source.begun
            if absent == MOST_ABSENT_FRAMES:
                return
        else:
            yield surveyed


def _survey_frame(source: SourceImage, frame: int, task: Task, *, may_decode: bool) -> Surveyed:
    def stored() -> AnyArray:
        if not may_decode:
            raise _DecoderNeededError
        return source.frames[frame].values

    gray = GrayFrame(source.ds, frame, source.image, stored)
    extents = view_extents(gray, task.options.window)
    if extents is None:
        return Surveyed(task.index, None)
    if gray.displayed_modality is None:
        return Surveyed(task.index, "stored values", extents)
    return Surveyed(task.index, gray.modality.units or "unspecified", extents)
