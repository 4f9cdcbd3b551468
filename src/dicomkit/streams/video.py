"""Video: one stream that holds all frames, decoded through PyAV (PS3.5 8.2.5 to 8.2.9).

Frames refer to each other, so the way to one leads through others. Whoever goes forward pays for
each once. What was passed is known by its time stamp and a checksum: going back, or far ahead
again, jumps to before a frame that stands alone, and what comes out there is the same picture, or
is not given.
"""

from __future__ import annotations

import io
import zlib
from array import array
from bisect import bisect_left
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from dicomkit.errors import (
    DecodeError,
    DicomKitError,
    InconsistentError,
    LimitError,
    UnsupportedError,
)
from dicomkit.notes import Note
from dicomkit.streams.decoders import check_memory
from dicomkit.transforms.video import BT601, VideoColor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dicomkit.streams.header import PixelBytes
    from dicomkit.transforms.bits import Cells
    from dicomkit.transforms.video import Planes

__all__ = ["VIDEO_EXTRA", "DecodedVideo", "VideoFrames", "VideoKind", "begins_video"]

VideoKind = Literal["mpeg-2", "h264", "hevc"]

VIDEO_EXTRA: Final = 'pip install "dicomkit[video]"'
_KINDS: Final[Mapping[str, VideoKind]] = {
    "mpeg1video": "mpeg-2",
    "mpeg2video": "mpeg-2",
    "h264": "h264",
    "hevc": "hevc",
}
_START: Final = b"\x00\x00\x01"
# How far zeros may go before a start code, and what of a stream is looked at.
_MOST_ZEROS: Final = 8
_HEAD: Final = 400
# Packets of a transport stream: where the first begins, and how far it is to the next; of those
# with a time in front, too.
_PACKETS: Final = ((0, 188), (4, 192))
_SYNC: Final = 0x47
_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")
# The types of H.264 units (T-REC H.264, table 7-1) and of HEVC's (H.265, table 7-1), as the whole
# first byte, that a stream begins with: delimiters, parameters, information, pictures.
_H264_UNITS: Final = (5, 6, 7, 9)
_HEVC_UNITS: Final = (0x40, 0x42, 0x44, 0x46, 0x4E)
# Samples of a picture beyond its own: decoders work on whole blocks.
_BLOCK: Final = 64
_READ_BYTES: Final = 1 << 18
# Of a frame of three samples: larger ones need a stream to match, or are no pictures.
_LARGE: Final = 1 << 26
_MOST_RATIO: Final = 2048
# Of a frame: a start code, or a length in its place, and what kind of unit it is.
_LEAST_BYTES: Final = 4
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


@dataclass(frozen=True, slots=True)
class DecodedVideo:
    """One frame.

    Attributes
    ----------
    values : ndarray, shape (rows, columns) or (rows, columns, 3)
        Luma of a stream without colour, else RGB, of the stream's own depth.
    notes : tuple of Note
        What was noticed.
    """

    values: Cells
    notes: tuple[Note, ...]


def begins_video(data: PixelBytes, at: int = 0) -> bool:
    r"""Tell whether a stream of video begins at an offset.

    Examples
    --------
    >>> begins_video(b"\x00\x00\x01\xb3\x04\x00"), begins_video(b"\xff\xd8\xff\xe0")
    (True, False)
    """
    return _container(data[at : at + _HEAD]) is not None


def _container(head: bytes) -> str | None:
    """Name the format that a stream is in, as FFmpeg calls it.

    It is never asked to guess: some of what it knows are lists of other files.
    """
    if head[4:8] in _BOXES:
        return "mov"
    for at, step in _PACKETS:
        if len(head) > at + step and set(head[at::step]) == {_SYNC}:
            return "mpegts"
    return _elementary(head)


def _elementary(head: bytes) -> str | None:
    """Name the format of a stream that begins with a start code."""
    zeros = len(head) - len(head.lstrip(b"\0"))
    start = zeros - 2
    if not 0 <= start <= _MOST_ZEROS or not head.startswith(_START, start):
        return None
    first, second = (*head[start + 3 : start + 5], 0, 0)[:2]
    if first == 0xBA:  # noqa: PLR2004 - a pack header
        return "mpeg"
    if first == 0xB3:  # noqa: PLR2004 - a sequence header
        return "mpegvideo"
    if first in _HEVC_UNITS and second == 1:
        return "hevc"
    return "h264" if first < 0x80 and first & 0x1F in _H264_UNITS else None  # noqa: PLR2004


class _Joined(io.RawIOBase):
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
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = (0, self._at, self._starts[-1])[whence]
        self._at = max(base + offset, 0)
        return self._at

    def read(self, size: int = -1) -> bytes:
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


class VideoFrames:
    """The frames of a video stream, each decoded when it is asked for.

    Parameters
    ----------
    data : bytes or FileBytes
        What holds the stream.
    spans : sequence of (int, int)
        Where its pieces begin and stop.
    rows, columns, declared : int
        What the dataset says of the frames, and how many it says there are.
    """

    def __init__(
        self,
        data: PixelBytes,
        spans: Sequence[tuple[int, int]],
        *,
        rows: int,
        columns: int,
        declared: int,
    ) -> None:
        self._data = data
        self._spans = spans
        self._shape = rows, columns
        self._declared = declared
        self._lock = RLock()
        self._video: _Video | None = None
        self._next = 0
        self._count: int | None = None
        self._fault: DicomKitError | None = None
        # Of all frames that were passed: time stamps, checksums, whether they are damaged; and
        # which of them stand alone.
        self._times = array("q")
        self._sums = array("L")
        self._damaged = bytearray()
        self._keys = array("l")
        self._jumps = True
        self._jumped = False

    @property
    def count(self) -> int:
        """How many frames there may be, at most; known once the stream's end was met."""
        if self._count is not None:
            return self._count
        size = sum(stop - start for start, stop in self._spans)
        return min(self._declared, size // _LEAST_BYTES)

    @property
    def kind(self) -> VideoKind:
        """How the stream is coded."""
        return self._opened.kind

    @property
    def depth(self) -> int:
        """How many bits a sample has."""
        return self._opened.form[0]

    @property
    def samples(self) -> int:
        """How many samples a pixel has: 1 without colour."""
        return self._opened.form[1]

    def frame(self, index: int, *, lenient: bool = False) -> DecodedVideo:
        """Decode one frame, going on from the last one where that leads to it.

        Parameters
        ----------
        index : int
            In the order in which they are shown.
        lenient : bool
            Give frames of which parts are damaged.

        Raises
        ------
        InconsistentError
            There is no such frame, or frames are not of the declared size.
        UnsupportedError
            PyAV is not installed, or the stream is none that DICOM has.
        DecodeError
            The stream is damaged.
        LimitError
            There is not enough memory.
        """
        with self._lock, _foreign_errors():
            try:
                return self._frame(index, lenient=lenient)
            except DicomKitError:
                raise
            except BaseException:
                # Wherever it was interrupted, the next frame's number is not known.
                self._restart()
                raise

    def has(self, index: int) -> bool:
        """Tell whether there is such a frame, decoding on to it.

        Raises
        ------
        DicomKitError
            As `frame`.
        """
        with self._lock:
            try:
                self.frame(index, lenient=True)
            except InconsistentError:
                return False
            return True

    def _frame(self, index: int, *, lenient: bool) -> DecodedVideo:
        if self._count is not None and index >= self._count:
            raise self._missing()
        if self._is_ahead(index):
            self._jump(index)
        known = index < len(self._sums)
        found: Any = None
        while self._next <= index:
            found = next(self._opened.frames, None)
            if found is None:
                self._count = self._next
                self._fault = self._opened.fault
                raise self._missing()
            self._pass(found)
        if known and self._sums[index] != _checksum(found):
            if not self._jumped:
                msg = "the video stream gave another picture than before: it is damaged"
                raise DecodeError(msg)
            # What a jump led to is not what came here before: there is one way left.
            self._jumps = False
            self._restart()
            return self._frame(index, lenient=lenient)
        notes: tuple[Note, ...] = ()
        if self._damaged[index]:
            message = "the video stream is damaged: parts of the frame are made up"
            if not lenient:
                raise DecodeError(message)
            notes = (Note("truncated", message),)
        return DecodedVideo(self._opened.picture(found), notes)

    def _missing(self) -> DicomKitError:
        if self._fault is not None:
            # A new one: errors gain the frame that was asked for.
            return type(self._fault)(self._fault.message)
        msg = (
            f"{self._declared} frames are declared but {self._count} are there, "
            "which can be read one by one"
        )
        return InconsistentError(msg)

    def _pass(self, frame: Any) -> None:  # noqa: ANN401 - PyAV's, which is an extra
        """Remember a frame that was not passed before."""
        number = self._next
        self._next += 1
        if number < len(self._sums):
            return
        key = bool(frame.key_frame)
        if key:
            self._keys.append(number)
        time: int | None = frame.pts
        if time is None or (number and time <= self._times[-1]):
            self._jumps = False
        self._times.append(time or 0)
        self._sums.append(_checksum(frame))
        spoilt = bool(frame.is_corrupt) or self._opened.is_spoilt
        self._opened.is_spoilt = False
        # What refers to it is spoilt as well, which decoders do not say. And where frames may
        # have been lost, only an even pace shows that the next one's number is right.
        after = number > 0 and self._damaged[number - 1] and not (key and self._is_even())
        self._damaged.append(spoilt or after)

    def _is_even(self) -> bool:
        """Tell whether the last frame comes when it should if none before it is lost."""
        times = self._times
        return self._jumps and times[-1] - times[0] == (len(times) - 1) * (times[1] - times[0])

    def _is_ahead(self, index: int) -> bool:
        """Tell whether going forward is not the way, or not the short one."""
        if index < self._next:
            return True
        return self._jumps and index < len(self._times) and self._start(index) > self._next

    def _start(self, index: int) -> int:
        """Give a frame that stands alone, and is far enough before another.

        The last but one: frames in front of the last may refer to what is before it.
        """
        place = bisect_left(self._keys, index + 1) - 2
        return self._keys[place] if place > 0 else 0

    def _jump(self, index: int) -> None:
        start = self._start(index)
        if not (self._jumps and start):
            self._restart()
            return
        wanted = self._times[start]
        for frame in self._opened.seek(wanted):
            if frame.pts is None or frame.pts > wanted:
                break
            if frame.pts == wanted:
                self._next = start + 1
                self._jumped = True
                return
        self._restart()

    def _restart(self) -> None:
        self._video = None
        self._next = 0
        self._jumped = False

    @property
    def _opened(self) -> _Video:
        if self._video is None:
            with self._lock:
                file = _Joined(self._data, self._spans)
                self._check_size(file)
                head = file.read(_HEAD)
                file.seek(0)
                with _foreign_errors():
                    self._video = _Video(file, head, *self._shape)
        return self._video

    def _check_size(self, file: _Joined) -> None:
        rows, columns = self._shape
        samples, size = 3 * rows * columns, file.seek(0, io.SEEK_END)
        file.seek(0)
        if samples > _LARGE and samples > _MOST_RATIO * size:
            msg = f"a video stream of {size} bytes has no frames of {rows} x {columns}"
            raise LimitError(msg)
        check_memory(samples, 1)


class _Video:
    """An open stream with its decoder."""

    def __init__(self, file: _Joined, head: bytes, rows: int, columns: int) -> None:
        av = _av()
        container = _container(head)
        if container is None:
            msg = "the pixel data begin no stream of video that DICOM has"
            raise DecodeError(msg)
        # Neither it nor what it opens to look into the stream makes a picture that is larger.
        most = (rows + _BLOCK) * (columns + _BLOCK)
        self._av = av
        self.fault: DicomKitError | None = None
        self.is_spoilt = False
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
        self.form = self._form(context.pix_fmt)
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
def _foreign_errors() -> Iterator[None]:
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


def _checksum(frame: Any) -> int:  # noqa: ANN401 - PyAV's
    bits = frame.format.components[0].bits
    plane = frame.planes[0]
    return zlib.adler32(np.ascontiguousarray(_samples(plane, bits)).view(np.uint8).data)
