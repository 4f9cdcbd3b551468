"""Films that every player takes: H.264 in MP4, through PyAV."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np

from dicomkit.errors import UnsupportedError, WriteError
from dicomkit.transforms.video import BT709

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from dicomkit.export.writing.encoding import ImageArray

__all__ = ["TICKS", "require_encoder", "write_mp4"]

TICKS: Final = 90_000
"""Of a second: it divides into whole ticks at all usual rates."""

_ENCODER: Final = "libx264"
_EXTRA: Final = 'pip install "dicomkit[video]"'
# The constant rate factors of x264 that the qualities 100 and 1 stand for: 18 loses nothing that
# one sees, and 12 is what 90 comes to.
_BEST, _WORST = 8.0, 51.0
# ITU-T H.273: limited range, and the primaries, transfer and matrix of BT.709.
_LIMITED, _BT709 = 1, 1


def write_mp4(
    file: BinaryIO, shown: Iterator[tuple[ImageArray, int]], quality: int
) -> Iterator[int]:
    """Write an MP4 with H.264 in it, 4:2:0 as players expect it.

    An odd row or column at the end is doubled, for half of an odd size is no whole one.

    Parameters
    ----------
    file : binary file
        Empty, and for seeking too.
    shown : iterator of (ndarray of uint8, int)
        Frames, and how many ticks each is shown.
    quality : int
        1 to 100.

    Yields
    ------
    int
        How many frames the encoder has got, after each of them. The file is whole at the end.

    Raises
    ------
    UnsupportedError
        PyAV is not installed, or was built without an encoder.
    WriteError
        The encoder failed.
    """
    av = require_encoder()
    first = next(shown, None)
    if first is None:
        return
    try:
        with av.open(file, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
            yield from _encode(av, container, first, shown, quality)
    except av.FFmpegError as error:
        msg = f"the film could not be encoded ({type(error).__name__})"
        raise WriteError(msg) from None


def _encode(
    av: Any,  # noqa: ANN401 - a module of an extra
    container: Any,  # noqa: ANN401
    first: tuple[ImageArray, int],
    shown: Iterator[tuple[ImageArray, int]],
    quality: int,
) -> Iterator[int]:
    rows, columns = (size + size % 2 for size in first[0].shape[:2])
    factor = _BEST + (100 - quality) * (_WORST - _BEST) / 99
    # One thread: others would each keep frames of their own. So few are looked ahead at. Without
    # frames that refer to later ones, a file can say exactly how long the last one is shown.
    options = {
        "crf": f"{factor:.1f}",
        "preset": "medium",
        "x264-params": "threads=1:bframes=0:rc-lookahead=10:sync-lookahead=0",
        "flags": "+bitexact",
    }
    stream = container.add_stream(_ENCODER, rate=Fraction(TICKS, first[1]), options=options)
    context = stream.codec_context
    context.width, context.height, context.pix_fmt = columns, rows, "yuv420p"
    context.time_base = Fraction(1, TICKS)
    context.color_range, context.colorspace = _LIMITED, _BT709
    context.color_primaries = context.color_trc = _BT709
    durations: dict[int, int] = {}
    begun = 0
    for number, (image, ticks) in enumerate(chain((first,), shown), 1):
        frame = av.VideoFrame.from_ndarray(_planes(image, rows, columns), format="yuv420p")
        frame.pts, frame.time_base = begun, context.time_base
        frame.color_range, frame.colorspace = _LIMITED, _BT709
        durations[begun] = ticks
        for packet in stream.encode(frame):
            packet.duration = durations.pop(packet.pts)
            container.mux(packet)
        begun += ticks
        yield number
    for packet in stream.encode(None):
        # Of the last frame, nothing else says it.
        packet.duration = durations.pop(packet.pts)
        container.mux(packet)


def _planes(image: ImageArray, rows: int, columns: int) -> NDArray[np.uint8]:
    """Lay luma over the two colour differences, as PyAV takes them."""
    picture = np.asarray(image, np.uint8)
    missing = ((0, rows - picture.shape[0]), (0, columns - picture.shape[1]))
    if any(more for _, more in missing):
        picture = np.pad(picture, (*missing, (0, 0))[: picture.ndim], "edge")
    parts = [plane.ravel() for plane in BT709.from_rgb(picture)]
    return np.concatenate(parts).astype(np.uint8, copy=False).reshape(-1, columns)


def require_encoder() -> Any:  # noqa: ANN401 - a module of an extra
    """Give PyAV, or say how to get it with an encoder of H.264.

    Raises
    ------
    UnsupportedError
        It is not installed, or was built without one.
    """
    try:
        import av
    except ImportError:
        msg = f"MP4 is written by PyAV, which is not installed: {_EXTRA}"
        raise UnsupportedError(msg) from None
    if _ENCODER not in av.codecs_available:
        msg = f"this PyAV was built without an encoder of H.264: {_EXTRA} brings one"
        raise UnsupportedError(msg)
    return av
