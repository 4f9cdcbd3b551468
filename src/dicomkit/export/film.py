"""Frames to one film."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dicomkit.dataset.modules.cine import FrameRate
from dicomkit.export.writing.atomic import OpenFolder, named_refusals
from dicomkit.export.writing.encoding import DEFAULT_QUALITY
from dicomkit.export.writing.film import film_suffix, write_film

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["save_film"]


def save_film(
    frames: Iterable[NDArray[Any]],
    path: str | os.PathLike[str],
    /,
    *,
    rate: float | FrameRate,
    quality: int = DEFAULT_QUALITY,
    overwrite: bool = False,
) -> None:
    """Save frames as a film of the kind that the path's suffix names.

    Frames are taken one at a time, as they are needed, so that a generator of them never
    fills the memory. The file appears whole or not at all, holds pictures and nothing of the
    patient, and plays for ever where the kind of film can say so.

    Parameters
    ----------
    frames : iterable of ndarray of uint8, shape (rows, columns) or (rows, columns, 3)
        Pictures as `render` gives them, all of one size, all greyscale or all RGB: a
        generator of them, or an array with a first axis of frames.
    path : path-like
        Where to, in a folder that exists:

        - ``.mp4``: H.264, which every player takes. It loses detail, and colours have half
          the resolution. An odd row or column at the end is doubled, since H.264 as players
          take it has even sizes. Needs the extra `video`.
        - ``.webp``: animated WebP, which browsers show; it loses detail.
        - ``.apng``, ``.png``: animated PNG, which keeps every value, also uint16.
        - ``.gif``: every grey value is kept; colours become 256 in each frame. At most 50
          frames a second.
    rate : float or FrameRate
        Frames a second. What `frame_rate` gives may say how long each of them is shown.
    quality : int
        1 to 100, for MP4 and WebP.
    overwrite : bool
        Whether to replace a file that is there.

    Raises
    ------
    TypeError, ValueError
        There is no frame, one is no picture or not like the first, there is no such kind of
        film, or the rate is not above 0.
    LimitError
        The kind of film has no frames of this size, or none that are shown so briefly or so
        long.
    UnsupportedError
        The extra that encodes it is not installed.
    WriteError
        It cannot be written, or is there and `overwrite` is false.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> frames = (np.full((16, 16), 20 * i, np.uint8) for i in range(10))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_film(frames, Path(folder) / "brighter.gif", rate=5)
    ...     [file.name for file in Path(folder).iterdir()]
    ['brighter.gif']
    """
    suffix = film_suffix(Path(path).suffix)
    speed = rate if isinstance(rate, FrameRate) else FrameRate(rate)
    with named_refusals(path):
        folder, name = os.path.split(path)
        place = OpenFolder(folder or os.curdir)
        if not overwrite and place.look_at(name) is not None:
            # Not only at the end of what may be long work.
            raise FileExistsError
        with place.lend(name, overwrite=overwrite) as file:
            for _ in write_film(file, frames, suffix, rate=speed, quality=quality):
                pass
