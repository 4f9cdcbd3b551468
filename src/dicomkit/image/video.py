"""From one frame of a video to the words that hold its samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.dataset.modules.syntaxes import syntax_name, video_kind
from dicomkit.errors import InconsistentError
from dicomkit.image.words import Words
from dicomkit.notes import Note

if TYPE_CHECKING:
    from dicomkit.dataset.modules.pixel_data import PixelSource
    from dicomkit.streams.video import VideoFrames

__all__ = ["video_words"]


def video_words(source: PixelSource, video: VideoFrames, index: int, *, lenient: bool) -> Words:
    """Fetch one frame's words as `fetch_words` does; `video` is the source's own.

    What the samples' colours are, the stream says; they come as RGB.
    """
    image = source.image
    for name, found, stated in (
        ("components", video.samples, image.samples),
        ("bits", video.depth, image.bits_stored),
    ):
        if found != stated:
            msg = f"the video stream has {found} {name} where the dataset says {stated}"
            raise InconsistentError(msg)
    decoded = video.frame(index, lenient=lenient)
    notes = decoded.notes
    if video.kind != video_kind(image.transfer_syntax):
        name = syntax_name(image.transfer_syntax)
        message = f"the video is {video.kind.upper()}, not {name}"
        notes = (*notes, Note("syntax_contradicted", message))
    return Words(decoded.values, "rgb" if image.samples > 1 else None, None, notes)
