"""An image's pixel data, opened once for however many of its frames are wanted."""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, SupportsIndex

import numpy as np

from dicomkit.dataset.description import describe_image
from dicomkit.dataset.pixels.bits import as_unsigned, container
from dicomkit.dataset.pixels.fetching import fetch_words
from dicomkit.dataset.pixels.native import frame_bits
from dicomkit.dataset.pixels.source import PixelSource, native_bytes, open_pixels
from dicomkit.dataset.pixels.words import to_stored
from dicomkit.errors import DicomKitError, InconsistentError, LimitError, TruncatedError
from dicomkit.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from dicomkit.dataset.description import ImageDescription
    from dicomkit.dataset.pixels.bits import Cells
    from dicomkit.dataset.pixels.header import SampleColor
    from dicomkit.limits import Limits
    from dicomkit.notes import Note

__all__ = ["DecodedFrame", "FrameReader"]


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

    values: Cells
    notes: tuple[Note, ...]


class FrameReader:
    """Gives an image's frames, counted from 0, each decoded when it is asked for.

    Parameters
    ----------
    ds : Dataset
        The image.
    lenient, sample_color, limits
        As in `stored_values`, which says what is raised too.
    image : ImageDescription, optional
        The dataset's description, where it is at hand.

    Examples
    --------
    >>> from pydicom import examples
    >>> reader = FrameReader(examples.ybr_color)
    >>> len(reader), reader[29].values.shape
    (30, (240, 320, 3))
    """

    def __init__(
        self,
        ds: Dataset,
        /,
        *,
        lenient: bool = False,
        sample_color: SampleColor | None = None,
        limits: Limits = DEFAULT_LIMITS,
        image: ImageDescription | None = None,
    ) -> None:
        self._source = open_pixels(ds, image or describe_image(ds, limits))
        self._lenient = lenient
        self._color: SampleColor | None = sample_color
        self._limits = limits

    @property
    def image(self) -> ImageDescription:
        """What the dataset says of its pixels, mended where they prove it wrong."""
        return self._source.image

    @property
    def is_native(self) -> bool:
        """Whether the frames need no decoder, by the data: a transfer syntax may lie."""
        return self._source.items is None

    @property
    def begun(self) -> int:
        """How many frames the data at least begin, whatever number is declared."""
        source = self._source
        if source.items is not None:
            return source.items.count
        return -(-8 * len(source.data) // frame_bits(source.image))

    def __len__(self) -> int:
        """Count the frames that are declared."""
        return self.image.frames

    def __getitem__(self, index: SupportsIndex, /) -> DecodedFrame:
        """Decode one frame; others are neither decoded nor copied."""
        return self._decode(self._source, self._number(index))

    def __iter__(self) -> Iterator[DecodedFrame]:
        """Decode one after the other: where frames are missing, first those that are there."""
        return map(self.__getitem__, range(len(self)))

    def words(self, index: SupportsIndex) -> Cells:
        """Give one frame's words with all their bits, such as overlays beside the samples.

        Returns
        -------
        ndarray of unsigned integers, shape (rows, columns[, samples])
            Bits Allocated wide, or as wide as the compressed stream's samples.
        """
        number = self._number(index)
        try:
            cells = fetch_words(self._source, number, lenient=self._lenient).cells
        except DicomKitError as error:
            error.at(frame=number)
            raise
        return cells if self.image.kind != "integer" else as_unsigned(cells)

    def all(self) -> Cells:
        """Give the values of all frames, without a frame axis where there is only one."""
        self._check_total()
        self._check_count()
        if len(self) == 1:
            return self[0].values
        block = self._as_one()
        if block is None:
            block = self._one_by_one()
        block.setflags(write=False)
        return block

    def _number(self, index: SupportsIndex) -> int:
        """Check a frame's number: not to know how many there are is the caller's mistake."""
        number = operator.index(index)
        if not 0 <= number < len(self):
            msg = f"frame {number} is not among the image's {len(self)}, counted from 0"
            raise IndexError(msg)
        return number

    def _decode(self, source: PixelSource, index: int) -> DecodedFrame:
        try:
            words = fetch_words(source, index, lenient=self._lenient, color=self._color)
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

    @property
    def _dtype(self) -> np.dtype[np.generic]:
        image = self.image
        if image.kind != "integer":
            return np.dtype(image.kind)
        return container(image.bits_allocated, signed=image.signed)

    def _check_total(self) -> None:
        image = self.image
        size = image.rows * image.columns * image.samples * self._dtype.itemsize
        if image.frames * size > self._limits.total_bytes:
            msg = (
                f"{image.frames} frames of {size} bytes are over the limit of "
                f"{self._limits.total_bytes} bytes at once; "
                "read them one by one, or pass a larger Limits(total_bytes=...)"
            )
            raise LimitError(msg)

    def _check_count(self) -> None:
        """Refuse to give all frames where others are there than were declared."""
        source, declared = self._source, len(self)
        if self._lenient:
            return
        if source.items is None:
            short = native_bytes(source.image) - len(source.data)
            if short > 0:
                msg = f"the pixel data end {short} bytes before the last of {declared} frames does"
                raise TruncatedError(msg, frame=8 * len(source.data) // frame_bits(source.image))
        elif source.items.count != declared:
            msg = (
                f"{declared} frames are declared but {source.items.count} are there; "
                "the declared ones that are there can be read one by one"
            )
            raise InconsistentError(msg)

    def _as_one(self) -> Cells | None:
        """Take native frames that lie in a row as one tall frame, which may need no copy."""
        source, image = self._source, self.image
        if source.items is not None or image.bits_allocated % 8 or source.swapped:
            return None
        if image.planar and image.samples > 1:
            return None
        tall = replace(image, rows=image.rows * image.frames, frames=1)
        if native_bytes(tall) > len(source.data):
            return None
        values = self._decode(replace(source, image=tall), 0).values
        return values.reshape(image.frames, image.rows, *values.shape[1:])

    def _one_by_one(self) -> Cells:
        image = self.image
        shape = (image.frames, image.rows, image.columns, image.samples)
        try:
            # Zeros are handed out by the system when they are touched, not before.
            block = np.zeros(shape if image.samples > 1 else shape[:3], self._dtype)
        except MemoryError:
            msg = f"there is not enough memory for {image.frames} frames at once"
            raise LimitError(msg) from None
        # Frames that lie wholly behind the data's end are zeros already.
        for index in range(min(image.frames, self.begun)):
            block[index] = self[index].values
        return block
