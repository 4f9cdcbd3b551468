"""Moving pictures for tests, and what independent readers find in a film."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

ROWS, COLUMNS = 48, 64


def moving(
    frames: int, *, rows: int = ROWS, columns: int = COLUMNS, color: bool = False
) -> Iterator[NDArray[np.uint8]]:
    """Give a soft spot that moves to the right, on a ramp; each frame is told from any other."""
    y, x = np.mgrid[:rows, :columns]
    for number in range(frames):
        centre = columns * (number + 0.5) / frames
        distance = ((x - centre) ** 2 + (y - rows / 2) ** 2) / (rows / 4) ** 2
        gray = 40 + 80 * x / columns + 100 * np.exp(-distance)
        picture = gray.astype(np.uint8)
        if color:
            # Smooth, since films halve the resolution of colour.
            other = (60 + 120 * y / rows).astype(np.uint8)
            picture = np.stack([picture, other, 255 - other], -1)
        yield picture


class Film(NamedTuple):
    """What a film shows."""

    frames: list[NDArray[np.uint8]]
    seconds: list[float]
    loop: object = None


def watch(path: Path) -> Film:
    """Decode a film with Pillow, or with PyAV where it is no animated picture."""
    if path.suffix == ".mp4":
        return _watch_video(path)
    frames, seconds = [], []
    with Image.open(path) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            image.load()
            seconds.append(image.info["duration"] / 1000)
            frames.append(np.asarray(image.convert("RGB")))
        return Film(frames, seconds, image.info["loop"])


def _watch_video(path: Path) -> Film:
    import av

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        found = list(container.decode(stream))
        assert stream.duration is not None
        assert stream.time_base is not None
        starts = [float(frame.time) for frame in found] + [
            float(stream.duration * stream.time_base)
        ]
    seconds = [after - before for before, after in pairwise(starts)]
    return Film([rgb_of(frame) for frame in found], seconds)


def rgb_of(frame: Any) -> NDArray[np.uint8]:  # noqa: ANN401 - a frame of PyAV
    """Make RGB of a 4:2:0 frame of limited range, in plain arithmetic (ITU-R BT.709)."""
    assert (frame.format.name, frame.color_range, frame.colorspace) == ("yuv420p", 1, 1)
    planes = []
    for plane, (rows, columns) in zip(
        frame.planes,
        [(frame.height, frame.width), *2 * [(frame.height // 2, frame.width // 2)]],
        strict=True,
    ):
        samples = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        planes.append(samples[:rows, :columns].astype(float))
    y = (planes[0] - 16) / 219
    pb, pr = ((np.kron(plane, np.ones((2, 2))) - 128) / 224 for plane in planes[1:])
    red, blue = y + 1.5748 * pr, y + 1.8556 * pb
    green = (y - 0.2126 * red - 0.0722 * blue) / 0.7152
    rgb = np.rint(255 * np.stack([red, green, blue], -1))
    return np.clip(rgb, 0, 255).astype(np.uint8)
