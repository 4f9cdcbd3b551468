"""The frames of an image's pixel data, decoded one at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.errors import DicomKitError, InconsistentError, LimitError, TruncatedError
from dicomkit.image.native import decode_native
from dicomkit.image.words import check_plausible, plain_words, to_stored
from dicomkit.transforms.bits import as_unsigned

if TYPE_CHECKING:
    from dicomkit.dataset.modules.image_pixel import ImageDescription
    from dicomkit.dataset.modules.pixel_data import PixelSource
    from dicomkit.image.words import Words
    from dicomkit.notes import Note
    from dicomkit.streams.header import SampleColor
    from dicomkit.transforms.arrays import AnyArray

__all__ = ["DecodedFrame", "FrameReader", "fetch_words"]


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """One frame and what was noticed on the way to it.

    Attributes
    ----------
    values : ndarray, shape (rows, columns) or (rows, columns, 3)
        The stored values, read-only.
    notes : tuple of Note
        What was mended, ignored or missing.
    """

    values: AnyArray
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class FrameReader:
    """Gives an image's frames, counted from 0, each decoded when it is asked for.

    Attributes
    ----------
    source : PixelSource
        The opened pixel data.
    lenient : bool
        Give what there is of frames that end too early.
    color : {"rgb", "ybr"} or None
        What colour samples are, where the caller knows better than the file.
    """

    source: PixelSource
    lenient: bool
    color: SampleColor | None

    @property
    def description(self) -> ImageDescription:
        """What the dataset says of its pixels, mended where they prove it wrong."""
        return self.source.image

    @property
    def is_native(self) -> bool:
        """Whether the frames need no decoder, by the data: a transfer syntax may lie."""
        return self.source.items is None and self.source.video is None

    @property
    def begun(self) -> int:
        """How many of the declared frames the data at least begin."""
        source = self.source
        if source.video is not None:
            count = source.video.count
        elif source.items is not None:
            count = source.items.count
        else:
            count = -(-8 * len(source.data) // source.image.frame_bits)
        return min(count, source.image.frames)

    def decode(self, index: int) -> DecodedFrame:
        """Decode one frame; others are neither decoded nor copied."""
        return self._decode(self.source, index)

    def words(self, index: int) -> AnyArray:
        """Give one frame's words with all their bits, such as overlays beside the samples.

        Returns
        -------
        ndarray of unsigned integers, shape (rows, columns[, samples])
            Bits Allocated wide, or as wide as the compressed stream's samples.
        """
        try:
            cells = fetch_words(self.source, index, lenient=self.lenient).cells
        except DicomKitError as error:
            error.at(frame=index)
            raise
        return cells if self.description.kind != "integer" else as_unsigned(cells)

    def all(self) -> AnyArray:
        """Give the values of all frames, without a frame axis where there is only one."""
        self._check_count()
        block = self.decode(0).values if self.description.frames == 1 else self._as_one()
        if block is None:
            block = self._one_by_one()
        block.setflags(write=False)
        self._check_end()
        return block

    def _decode(self, source: PixelSource, index: int) -> DecodedFrame:
        try:
            words = fetch_words(source, index, lenient=self.lenient, color=self.color)
            values, notes = to_stored(words, source.image)
        except DicomKitError as error:
            error.at(frame=index)
            raise
        except MemoryError:
            msg = "there is not enough memory for the frame"
            raise LimitError(msg, frame=index) from None
        values = np.ascontiguousarray(values)
        values.setflags(write=False)
        return DecodedFrame(values, (*source.image.notes, *source.notes, *words.notes, *notes))

    def _check_count(self) -> None:
        """Refuse to give all frames where others are there than were declared."""
        source, image = self.source, self.description
        if self.lenient or source.video is not None:
            return
        if source.items is None:
            short = image.native_bytes - len(source.data)
            if short > 0:
                msg = (
                    f"the pixel data end {short} bytes before "
                    f"the last of {image.frames} frames does"
                )
                raise TruncatedError(msg, frame=8 * len(source.data) // image.frame_bits)
        elif source.items.count != image.frames:
            msg = (
                f"{image.frames} frames are declared but {source.items.count} are there; "
                "the declared ones that are there can be read one by one"
            )
            raise InconsistentError(msg)

    def _check_end(self) -> None:
        """Refuse to give all frames of a video that goes on behind the last one."""
        video, frames = self.source.video, self.description.frames
        if video is not None and not self.lenient and video.has(frames):
            msg = (
                f"the video goes on behind the last of {frames} frames that are declared, "
                "which can be read one by one"
            )
            raise InconsistentError(msg)

    def _as_one(self) -> AnyArray | None:
        """Take native frames that lie in a row as one tall frame, which may need no copy."""
        source, image = self.source, self.description
        if not self.is_native or image.bits_allocated % 8 or source.swapped:
            return None
        if image.planar and image.samples > 1:
            return None
        tall = replace(image, rows=image.rows * image.frames, frames=1)
        if tall.native_bytes > len(source.data):
            return None
        values = self._decode(replace(source, image=tall), 0).values
        return values.reshape(image.frames, image.rows, *values.shape[1:])

    def _one_by_one(self) -> AnyArray:
        image = self.description
        shape = (image.frames, image.rows, image.columns, image.samples)
        try:
            # Zeros are handed out by the system when they are touched, not before.
            block = np.zeros(shape if image.samples > 1 else shape[:3], image.dtype)
        except MemoryError:
            msg = f"there is not enough memory for {image.frames} frames at once"
            raise LimitError(msg) from None
        # Frames that lie wholly behind the data's end are zeros already.
        index = 0
        # How many there are of a video is known once its end was met.
        while index < self.begun:
            try:
                block[index] = self.decode(index).values
            except InconsistentError:
                if not self.lenient or index < self.begun:
                    raise
            index += 1
        return block


def fetch_words(
    source: PixelSource, index: int, *, lenient: bool = False, color: SampleColor | None = None
) -> Words:
    """Fetch one frame's words.

    Parameters
    ----------
    source : PixelSource
        The opened pixel data.
    index : int
        The frame, below the number declared.
    lenient : bool
        Give what there is of a frame that ends too early.
    color : {"rgb", "ybr"}, optional
        The colour that the samples are in, where the caller knows better than the file.
    """
    image = source.image
    if source.video is not None:
        from dicomkit.image.video import video_words

        return video_words(source, source.video, index, lenient=lenient)
    if source.items is None:
        if lenient:
            check_plausible(len(source.data), image)
        cells, missing = decode_native(
            source.data,
            image,
            index,
            big_endian=source.big_endian,
            swapped=source.swapped,
            lenient=lenient,
        )
        return plain_words(cells, missing, image, color, ())
    # Most images are native: they do not wait for the decoders to be loaded.
    from dicomkit.image.encapsulated import encapsulated_words

    return encapsulated_words(source, source.items, index, lenient=lenient, color=color)
