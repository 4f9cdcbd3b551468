"""A stream of video with its decoder, which is PyAV's (PS3.5 8.2.5 to 8.2.9)."""

from __future__ import annotations

import io
import zlib
from bisect import bisect_left
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from dicomkit.errors import (
    DecodeError,
    DicomKitError,
    InconsistentError,
    LimitError,
    UnsupportedError,
)
from dicomkit.streams.video_formats import HEAD, video_format
from dicomkit.transforms.video import BT601, VideoColor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dicomkit.streams.header import PixelBytes
    from dicomkit.transforms.bits import Cells
    from dicomkit.transforms.video import Planes

__all__ = ["VIDEO_EXTRA", "JoinedFile", "VideoDecoder", "VideoKind", "checksum", "foreign_errors"]

VideoKind = Literal["mpeg-2", "h264", "hevc"]

VIDEO_EXTRA: Final = 'pip install "dicomkit[video]"'
_KINDS: Final[Mapping[str, VideoKind]] = {
    "mpeg1video": "mpeg-2",
    "mpeg2video": "mpeg-2",
    "h264": "h264",
    "hevc": "hevc",
}
# Samples of a picture beyond its own: decoders work on whole blocks.
_BLOCK: Final = 64
_READ_BYTES: Final = 1 << 18
_OUTPUT_CORRUPT: Final = 1 << 3
# ITU-T H.273, table 4. Where a stream does not say it, YBR_PARTIAL_420 does: BT.601.
_COLORS: Final[Mapping[int, VideoColor]] = {
    1: VideoColor(0.2126, 0.0722),
    2: BT601,
    4: VideoColor(0.30, 0.11),
    5: BT601,
    6: BT601,
    7: VideoColor(0.212, 0.087),
    9: VideoColor(0.2627, 0.0593),
}
_FULL_RANGE: Final = 2
# What is told apart by the names of pixel formats: the bits of a sample, and how many it has.
_FORMATS: Final[Mapping[str, tuple[int, int]]] = {
    **{f"yuv{kind}p": (8, 3) for kind in (420, 422, 444)},
    **{f"yuvj{kind}p": (8, 3) for kind in (420, 422, 444)},
    **{f"yuv{kind}p{bits}le": (bits, 3) for kind in (420, 422, 444) for bits in (10, 12)},
    "gray": (8, 1),
    "gray10le": (10, 1),
    "gray12le": (12, 1),
}


class JoinedFile(io.RawIOBase):
    """Fragments as one file, without a copy of them."""

    def __init__(self, data: PixelBytes, spans: Sequence[tuple[int, int]]) -> None:
        super().__init__()
        self._data = data
        self._spans = spans
        self._starts = [0]
        for start, stop in spans:
            self._starts.append(self._starts[-1] + stop - start)
        self._at = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be read from anywhere."""
        return True

    def tell(self) -> int:
        """Say where it stands."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go elsewhere, and say where that is."""
        base = (0, self._at, self._starts[-1])[whence]
        self._at = max(base + offset, 0)
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Give so many bytes, fewer where they end."""
        stop = self._starts[-1] if size < 0 else min(self._at + size, self._starts[-1])
        parts = []
        index = bisect_left(self._starts, self._at + 1) - 1
        while self._at < stop:
            begin = self._spans[index][0] + self._at - self._starts[index]
            end = min(self._spans[index][1], begin + stop - self._at)
            parts.append(self._data[begin:end])
            self._at += end - begin
            index += 1
        return b"".join(parts)


class VideoDecoder:
    """An open stream with its decoder."""

    def __init__(self, file: JoinedFile, rows: int, columns: int) -> None:
        head = file.read(HEAD)
        file.seek(0)
        av = _av()
        container = video_format(head)
        if container is None:
            msg = "the pixel data begin no stream of video that DICOM has"
            raise DecodeError(msg)
        # Neither it nor what it opens to look into the stream makes a picture that is larger.
        most = (rows + _BLOCK) * (columns + _BLOCK)
        self._av = av
        self.fault: DicomKitError | None = None
        self.is_spoilt: bool = False
        try:
            self._container = av.open(
                file,
                format=container,
                options={"max_pixels": str(most), "threads": "1"},
                buffer_size=_READ_BYTES,
                metadata_errors="replace",
            )
            streams = self._container.streams.video
        except av.FFmpegError as error:
            raise _refused(error) from None
        if not streams:
            msg = "the stream holds no video"
            raise DecodeError(msg)
        self._stream = streams[0]
        context = self._stream.codec_context
        if context is None or context.name not in _KINDS:
            msg = "the video is coded in a way that DICOM has not: MPEG-2, H.264 and HEVC are known"
            raise UnsupportedError(msg)
        self.kind: VideoKind = _KINDS[context.name]
        self._shape = rows, columns
        if not context.width or context.pix_fmt is None:
            msg = "the video stream does not say what its frames are: it may end too early"
            raise DecodeError(msg)
        self._compare(context.height, context.width)
        self.form: tuple[int, int] = self._form(context.pix_fmt)
        # Frames that refer to what is not there are flagged, not dropped: their number counts.
        context.flags |= _OUTPUT_CORRUPT
        context.thread_count = 1
        context.options = {"max_pixels": str(most)}
        self.frames: Iterator[Any] = self._decoded()

    def seek(self, time: int) -> Iterator[Any]:
        """Go to before a time stamp, and give the frames from there on."""
        self._container.seek(time, stream=self._stream, backward=True)
        self.fault = None
        self.frames = self._decoded()
        return self.frames

    def picture(self, frame: Any) -> Cells:  # noqa: ANN401 - PyAV's
        """Make a frame's samples a picture.

        Raises
        ------
        InconsistentError
            It is not like the others.
        UnsupportedError
            Its colour is none that is known.
        """
        self._compare(frame.height, frame.width)
        bits, samples = self._form(frame.format.name)
        if (bits, samples) != self.form:
            msg = "the frames of the video stream differ in their samples"
            raise InconsistentError(msg)
        planes = tuple(_samples(plane, bits) for plane in frame.planes)
        if samples == 1:
            return planes[0].copy()
        color = _COLORS.get(int(frame.colorspace))
        if color is None:
            msg = (
                f"the colours of the video have the matrix {int(frame.colorspace)}, not a known one"
            )
            raise UnsupportedError(msg)
        full = int(frame.color_range) == _FULL_RANGE or frame.format.name.startswith("yuvj")
        color = VideoColor(color.red, color.blue, full)
        return color.to_rgb(_three(planes), bits)

    def _decoded(self) -> Iterator[Any]:
        try:
            for packet in self._container.demux(self._stream):
                self.is_spoilt |= bool(packet.is_corrupt)
                yield from packet.decode()
        except self._av.FFmpegError as error:
            self.fault = _refused(error)
        else:
            return
        # What was decoded before may still be on its way.
        try:
            yield from self._stream.codec_context.decode(None)
        except self._av.FFmpegError:
            return

    def _compare(self, rows: int, columns: int) -> None:
        for name, found, stated in zip(
            ("rows", "columns"), (rows, columns), self._shape, strict=True
        ):
            if found != stated:
                msg = f"the video stream has {found} {name} where the dataset says {stated}"
                raise InconsistentError(msg)

    def _form(self, name: str) -> tuple[int, int]:
        if name not in _FORMATS:
            msg = f"the samples of the video are {name}, which is not known"
            raise UnsupportedError(msg)
        return _FORMATS[name]


@contextmanager
def foreign_errors() -> Iterator[None]:
    """Let what PyAV raises be an error of ours."""
    try:
        yield
    except DicomKitError:
        raise
    except MemoryError:
        msg = "there is not enough memory to decode the video stream"
        raise LimitError(msg) from None
    except Exception as error:  # noqa: BLE001 - decoders raise whatever they meet
        msg = f"the video stream could not be decoded ({type(error).__name__})"
        raise DecodeError(msg) from None


def _av() -> Any:  # noqa: ANN401 - a module of an extra
    try:
        import av
    except ImportError:
        msg = f"video is decoded by PyAV, which is not installed: {VIDEO_EXTRA}"
        raise UnsupportedError(msg) from None
    return av


def _refused(error: Exception) -> DicomKitError:
    if isinstance(error, MemoryError):
        msg = "there is not enough memory to decode the video stream"
        return LimitError(msg)
    name = type(error).__name__
    msg = f"the video stream could not be decoded ({name}): it is damaged, or ends too early"
    return DecodeError(msg)


def _samples(plane: Any, bits: int) -> Cells:  # noqa: ANN401 - PyAV's
    kind = np.dtype("u1" if bits <= 8 else "<u2")  # noqa: PLR2004
    lines = np.frombuffer(plane, np.uint8)[: plane.line_size * plane.height]
    found: Cells = lines.reshape(plane.height, plane.line_size).view(kind)[:, : plane.width]
    return found


def _three(planes: tuple[Any, ...]) -> Planes:
    luma, blue, red = planes
    return luma, blue, red


def checksum(frame: Any) -> int:  # noqa: ANN401 - PyAV's
    """Sum up the luma of a frame, which tells it from others."""
    bits = frame.format.components[0].bits
    plane = frame.planes[0]
    return zlib.adler32(np.ascontiguousarray(_samples(plane, bits)).view(np.uint8).data)
