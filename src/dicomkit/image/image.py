"""An opened image: the value that every function of pixels works on."""

from __future__ import annotations

import operator
import weakref
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, SupportsIndex, TypeAlias, TypeVar, cast

import numpy as np

from dicomkit.dataset.elements.datasets import Dataset, error_context
from dicomkit.dataset.files.deferred import FileBytes
from dicomkit.dataset.modules.image_pixel import describe_image
from dicomkit.dataset.modules.pixel_data import elements_of_frames, has_frame_groups, open_pixels
from dicomkit.errors import DicomKitError, LimitError
from dicomkit.image.gray import read_gray_frame
from dicomkit.image.memory import ImageRange, Memory, Opening, recall, remember
from dicomkit.image.reader import FrameReader
from dicomkit.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dicomkit.dataset.modules.image_pixel import ImageDescription
    from dicomkit.dataset.modules.mask import MaskModule
    from dicomkit.image.gray import GrayFrame
    from dicomkit.image.reader import DecodedFrame
    from dicomkit.limits import Limits
    from dicomkit.streams.header import SampleColor
    from dicomkit.transforms.arrays import AnyArray

__all__ = [
    "Image",
    "ImageLike",
    "as_index",
    "check_sample_color",
    "frame_number",
    "open_image",
    "opened",
]

_Array = TypeVar("_Array", bound="AnyArray")
_Found = TypeVar("_Found")
# So many bytes of frames that were decoded for the range are kept for whoever asks for them next.
_KEPT_BYTES = 1 << 25


class Image:
    """An image, opened once for however many of its frames are wanted; `open_image` makes one.

    Every function of dicomkit that takes a dataset takes an `Image` as well. It holds what costs
    more than a look: the description, where each frame lies, and the range of all frames once
    somebody has asked for it. Frames are decoded when they are asked for. What is changed in the
    dataset afterwards may go unnoticed: open it again then.

    Attributes
    ----------
    dataset : pydicom.dataset.Dataset
        What was opened.
    description : ImageDescription
        What the dataset says of its pixels.
    lenient, sample_color, limits
        As it was opened.

    Examples
    --------
    >>> from pydicom import examples
    >>> image = open_image(examples.ybr_color)
    >>> image, len(image), image[29].shape
    (<Image: 30 frames of 240 x 320, colour, uint8>, 30, (240, 320, 3))
    """

    def __init__(self, ds: Dataset, opening: Opening) -> None:
        self.dataset = ds
        self.description: ImageDescription = opening.description
        self.lenient: bool = opening.lenient
        self.sample_color: SampleColor | None = opening.sample_color
        self.limits: Limits = opening.limits
        self._opening = opening
        self._last: tuple[int, DecodedFrame] | None = None
        self._kept: dict[int, DecodedFrame] = {}
        self._common_gray: GrayFrame | None = None
        self._range: ImageRange | None = None

    def __repr__(self) -> str:
        """Say how many frames of what there are."""
        image = self.description
        frames = f"{len(self)} frames of " if len(self) > 1 else ""
        color = "grey" if self.is_gray else "palette colour" if image.samples == 1 else "colour"
        return f"<Image: {frames}{image.rows} x {image.columns}, {color}, {self.dtype}>"

    def __reduce__(self) -> tuple[object, ...]:
        """Travel as the dataset does, and be opened anew."""
        return _reopen, (self.dataset, self.lenient, self.sample_color, self.limits)

    def __len__(self) -> int:
        """Count the frames that are declared."""
        return self.description.frames

    def __getitem__(self, frame: SupportsIndex, /) -> AnyArray:
        """Give the stored values of one frame, as `stored_values` does."""
        with error_context(self.dataset):
            return self.frame(self.index(frame)).values

    def __iter__(self) -> Iterator[AnyArray]:
        """Give the stored values of one frame after the other."""
        return map(self.__getitem__, range(len(self)))

    @property
    def is_gray(self) -> bool:
        """Whether pixels are grey values, neither colour nor indices of a palette."""
        return self.description.is_gray

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of all stored values; without an axis of frames where there is only one."""
        image = self.description
        frames = (image.frames,) if image.frames > 1 else ()
        samples = (image.samples,) if image.samples > 1 else ()
        return (*frames, image.rows, image.columns, *samples)

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """The type of stored values."""
        return self.description.dtype

    @cached_property
    def frames(self) -> FrameReader:
        """The reader of frames; where the pixel data cannot be opened, asking says why.

        Raises
        ------
        DicomKitError
            As `stored_values`.
        """
        source = self.memory.source
        if isinstance(source.data, FileBytes):
            weakref.finalize(self, source.data.release)
        return FrameReader(source, self.lenient, self.sample_color)

    @cached_property
    def memory(self) -> Memory:
        """What is kept of the image for the next time that its dataset is opened.

        Raises
        ------
        DicomKitError
            The pixel data cannot be opened.
        """
        elements = elements_of_frames(self.dataset)
        memory = recall(self.dataset, self._opening, elements)
        if memory is None:
            source = open_pixels(self.dataset, self.description)
            memory = Memory(self._opening, elements, source)
            if len(self) > 1:
                remember(self.dataset, memory)
        return memory

    @cached_property
    def masks(self) -> MaskModule:
        """What the file says of subtracting frames from each other (PS3.3 C.7.6.10)."""
        from dicomkit.dataset.modules.mask import mask_module

        return mask_module(self.dataset, len(self))

    def index(self, frame: SupportsIndex) -> int:
        """Check the number of a frame.

        Raises
        ------
        IndexError
            There is no such frame.
        TypeError
            It is no number.
        """
        number = frame_number(frame)
        if not 0 <= number < len(self):
            msg = f"frame {number} was asked for, but the image has {len(self)}, counted from 0"
            raise IndexError(msg)
        return number

    def gather(self, make: Callable[[int], _Array], frame: SupportsIndex | None) -> _Array:
        """Make one frame, or all of them one by one along a new first axis.

        A single-frame image has no frame axis, as `Dataset.pixel_array` has none.

        Raises
        ------
        LimitError
            All of them would take more memory than the limits allow.
        IndexError, TypeError
            There is no such frame.
        """
        if frame is not None:
            return make(self.index(frame))
        first = make(0)
        if len(self) == 1:
            return first
        self.check_total(first.nbytes)
        result = cast("_Array", np.empty((len(self), *first.shape), first.dtype))
        result[0] = first
        for index in range(1, len(self)):
            result[index] = make(index)
        return result

    def check_total(self, frame_bytes: int) -> None:
        """Refuse to give all frames, of so many bytes each, where that is over the limit.

        Raises
        ------
        LimitError
            It is.
        """
        if len(self) * frame_bytes > self.limits.total_bytes:
            msg = (
                f"{len(self)} frames of {frame_bytes} bytes are over the limit of "
                f"{self.limits.total_bytes} bytes at once; "
                "read them one by one, or pass a larger Limits(total_bytes=...)"
            )
            raise LimitError(msg)

    def frame(self, index: int) -> DecodedFrame:
        """Decode one frame, or give it again where it is at hand.

        Raises
        ------
        DicomKitError
            As `stored_values`.
        """
        if self._last is not None and self._last[0] == index:
            return self._last[1]
        decoded = self._kept.get(index) or self.frames.decode(index)
        self._last = (index, decoded)
        return decoded

    def gray(self, index: int) -> GrayFrame:
        """Read what the file says of one frame of a greyscale image."""
        if self._common_gray is not None:
            return self._common_gray
        gray = read_gray_frame(self.dataset, index, self.description)
        if not has_frame_groups(self.dataset):
            self._common_gray = gray
        return gray

    def remembered(self, find: Callable[[Image], _Found]) -> _Found:
        """Give what a function finds out of the headers of all frames; it is asked once.

        Parameters
        ----------
        find : callable
            A function of a module, whose result holds no reference to the image.
        """
        found = self.memory.found
        if find not in found:
            found[find] = find(self)
            # Reading of headers has converted what the memory depends on.
            self.memory.elements = elements_of_frames(self.dataset)
        return cast("_Found", found[find])

    def measure(self) -> Iterator[int]:
        """Look at every frame for the `range`, and yield its number: a sign of life.

        Frames that cannot be decoded are left out: they must not cost the others their picture.
        """
        if self._known_range() is not None:
            return
        ends: tuple[float, float] | None = None
        lost, kept, grays = len(self) - self.frames.begun, 0, []
        for index in range(self.frames.begun):
            gray = self.gray(index)
            grays.append(gray)
            try:
                decoded = self.frame(index)
            except DicomKitError:
                lost += 1
            else:
                reach = gray.reach(decoded.values)
                if reach is not None:
                    low, high = ends or reach
                    ends = min(low, reach[0]), max(high, reach[1])
                kept += decoded.values.nbytes
                if kept <= _KEPT_BYTES:
                    self._kept[index] = decoded
            yield index
        self._range = self.memory.range = ImageRange(ends, lost, tuple(grays))
        # Reading of frames has converted what said something of them.
        self.memory.elements = elements_of_frames(self.dataset)

    def range_for(self, index: int) -> ImageRange:
        """Give the range of the values of all frames, which the picture of one depends on.

        Raises
        ------
        DicomKitError
            The pixel data cannot be opened.
        """
        known = self._known_range()
        if known is not None and not known.holds_for(index, self.gray(index)):
            self._range = self.memory.range = None
        for _ in self.measure():
            pass
        assert self._range is not None  # noqa: S101 - it was measured just now
        return self._range

    def _known_range(self) -> ImageRange | None:
        self._range = self._range or self.memory.range
        return self._range


ImageLike: TypeAlias = Dataset | Image


def open_image(
    ds: ImageLike,
    /,
    *,
    lenient: bool = False,
    sample_color: SampleColor | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Image:
    """Open an image, for whoever does more than one thing with it.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset or Image
        An image. An opened one is given back.
    lenient, sample_color, limits
        As in `stored_values`. They hold for all that is done with the image.

    Returns
    -------
    Image
        In the dataset's place, it makes every function that is called again and again cheaper.

    Raises
    ------
    TypeError
        It is something else.
    ValueError
        An opened image was opened with other options, or samples have no such colour.
    NoPixelsError
        There are no pixel data.
    InconsistentError
        The Image Pixel attributes are impossible (PS3.3 C.7.6.3).
    LimitError
        One frame, or the number of frames, is more than `limits` allow.

    Examples
    --------
    >>> import dicomkit as dk
    >>> from pydicom import examples
    >>> image = dk.open_image(examples.mr)
    >>> dk.to_values(image).dtype, dk.render(image).dtype
    (dtype('float32'), dtype('uint8'))
    """
    if isinstance(ds, Image):
        chosen = {"lenient": lenient, "sample_color": sample_color, "limits": limits}
        usual = {"lenient": False, "sample_color": None, "limits": DEFAULT_LIMITS}
        for name, value in chosen.items():
            if value not in (usual[name], getattr(ds, name)):
                msg = f"the image was opened with another {name}: pass it to open_image"
                raise ValueError(msg)
        return ds
    check_sample_color(sample_color)
    with error_context(ds):
        return Image(ds, Opening(describe_image(ds, limits), lenient, sample_color, limits))


def check_sample_color(color: SampleColor | None) -> None:
    """Refuse what samples cannot be; ValueError."""
    if color not in (None, "rgb", "ybr"):
        msg = "sample_color must be 'rgb', 'ybr' or None"
        raise ValueError(msg)


def as_index(value: object) -> int | None:
    """Take a value for a number of something; None where it is none, as True is not."""
    if isinstance(value, bool | np.bool_):
        return None
    try:
        return operator.index(cast("SupportsIndex", value))
    except TypeError:
        return None


def frame_number(frame: object) -> int:
    """Take what a caller means by a frame, or say what is wrong with it.

    Raises
    ------
    TypeError
        It is no number.
    """
    number = as_index(frame)
    if number is None:
        given = repr(frame) if isinstance(frame, bool | str) else type(frame).__name__
        msg = f"frame is a number, counted from 0, not {given}"
        if not isinstance(frame, bool | np.bool_):
            msg += "; a window is passed by name: window=..."
        raise TypeError(msg)
    return number


def _reopen(
    ds: Dataset,
    lenient: bool,  # noqa: FBT001 - a pickle's arguments have no names
    sample_color: SampleColor | None,
    limits: Limits,
) -> Image:
    return open_image(ds, lenient=lenient, sample_color=sample_color, limits=limits)


@contextmanager
def opened(
    ds: ImageLike,
    /,
    *,
    lenient: bool = False,
    sample_color: SampleColor | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Iterator[Image]:
    """Open what a function was given; its errors name the file (see `open_image`)."""
    image = open_image(ds, lenient=lenient, sample_color=sample_color, limits=limits)
    with error_context(image.dataset):
        yield image
