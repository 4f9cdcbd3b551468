"""Video: one stream that holds all frames, decoded through PyAV (PS3.5 8.2.5 to 8.2.9).

Frames refer to each other, so the way to one leads through others. Whoever goes forward pays for
each once. What was passed is known by its time stamp and a checksum: going back, or far ahead
again, jumps to before a frame that stands alone, and what comes out there is the same picture, or
is not given.
"""

from __future__ import annotations

import io
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from dicomkit.errors import DecodeError, DicomKitError, InconsistentError, LimitError
from dicomkit.notes import Note
from dicomkit.streams.decoders import check_memory
from dicomkit.streams.video_decoder import JoinedFile, VideoDecoder, checksum, foreign_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dicomkit.streams.header import PixelBytes
    from dicomkit.streams.video_decoder import VideoKind
    from dicomkit.transforms.bits import Cells

__all__ = ["DecodedVideo", "VideoFrames"]

# Of a frame of three samples: larger ones need a stream to match, or are no pictures.
_LARGE: Final = 1 << 26
_MOST_RATIO: Final = 2048
# Of a frame: a start code, or a length in its place, and what kind of unit it is.
_LEAST_BYTES: Final = 4


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
        self._video: VideoDecoder | None = None
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
        with self._lock, foreign_errors():
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
        if known and self._sums[index] != checksum(found):
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
        self._sums.append(checksum(frame))
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
    def _opened(self) -> VideoDecoder:
        if self._video is None:
            with self._lock:
                file = JoinedFile(self._data, self._spans)
                self._check_size(file)
                with foreign_errors():
                    self._video = VideoDecoder(file, *self._shape)
        return self._video

    def _check_size(self, file: JoinedFile) -> None:
        rows, columns = self._shape
        samples, size = 3 * rows * columns, file.seek(0, io.SEEK_END)
        file.seek(0)
        if samples > _LARGE and samples > _MOST_RATIO * size:
            msg = f"a video stream of {size} bytes has no frames of {rows} x {columns}"
            raise LimitError(msg)
        check_memory(samples, 1)
