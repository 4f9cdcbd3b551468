"""Segmentation images (PS3.3 C.8.20.2, C.8.20.4): what their segments are, and their frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from dicomkit.dataset.elements.attributes import integer, integers, items, text
from dicomkit.dataset.elements.functional_groups import macro
from dicomkit.dataset.modules.places import frame_places
from dicomkit.dataset.modules.stated_range import is_label_map, stated_range
from dicomkit.dataset.modules.units import Concept, coded_concept
from dicomkit.errors import InconsistentError, UnsupportedError
from dicomkit.transforms.color import cielab_to_rgb
from dicomkit.transforms.padding import PaddingMask

if TYPE_CHECKING:
    import numpy.typing as npt
    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.image_pixel import ImageDescription
    from dicomkit.dataset.modules.places import FramePlaces

__all__ = [
    "ALL_SEGMENTS",
    "Segment",
    "SegmentationLayout",
    "read_layout",
    "read_segments",
    "segment_colors",
]

ALL_SEGMENTS: Final = -1
"""Stands for the number of a segment where one frame shows all of them."""

_KINDS: Final = ("BINARY", "FRACTIONAL", "LABELMAP")
_LAB: Final = 3
_WORD: Final = 65535
_BITS: Final = 16


@dataclass(frozen=True, slots=True)
class Segment:
    """What a segmentation says of one of its segments (PS3.3 C.8.20.4).

    Attributes
    ----------
    number : int
        Segment Number.
    label : str or None
        Segment Label: what the maker calls it.
    category, type : Concept or None
        Segmented Property Category and Type, such as tissue and liver.
    color : (int, int, int) or None
        Recommended Display CIELab Value in sRGB, each 0 to 255.
    algorithm : str or None
        Segment Algorithm Type: ``"AUTOMATIC"``, ``"SEMIAUTOMATIC"`` or ``"MANUAL"``.
    """

    number: int
    label: str | None
    category: Concept | None
    type: Concept | None
    color: tuple[int, int, int] | None
    algorithm: str | None


@dataclass(frozen=True, slots=True, eq=False)
class SegmentationLayout:
    """Which segment each frame of a segmentation shows, and where.

    Attributes
    ----------
    kind : {"BINARY", "FRACTIONAL", "LABELMAP"}
        Segmentation Type.
    segments : tuple of Segment
        In the order of the file; of a label map without its background.
    numbers : numpy.ndarray of int, shape (n,)
        Of each frame; `ALL_SEGMENTS` in a label map.
    places : FramePlaces
        Where the frames lie.
    most : int
        The stored value that means all of a pixel; of a label map, of no meaning.
    background : PaddingMask
        The stored values of a label map that are no segment.
    """

    kind: str
    segments: tuple[Segment, ...]
    numbers: npt.NDArray[np.intp]
    places: FramePlaces
    most: int
    background: PaddingMask

    @property
    def every_number(self) -> tuple[int, ...]:
        """The numbers of all segments, described or only shown by a frame, in ascending order."""
        shown = set(self.numbers.tolist()) - {ALL_SEGMENTS}
        return tuple(sorted(shown | {segment.number for segment in self.segments}))


def is_segmentation(ds: Dataset) -> bool:
    """Tell whether a dataset has segments."""
    return "SegmentSequence" in ds


def read_segments(ds: Dataset) -> tuple[Segment, ...]:
    """Read the Segment Sequence, in its order; of a label map without its background.

    Raises
    ------
    InconsistentError
        There is none, or a segment has no number of its own.
    """
    if not is_segmentation(ds):
        msg = "the dataset is no segmentation: it has no Segment Sequence"
        raise InconsistentError(msg)
    found = []
    for one in items(ds, "SegmentSequence"):
        number = integer(one, "SegmentNumber")
        if number is None or not 0 <= number <= _WORD:
            msg = "a segment has no Segment Number that frames could refer to"
            raise InconsistentError(msg)
        found.append(
            Segment(
                number,
                text(one, "SegmentLabel"),
                coded_concept(one, "SegmentedPropertyCategoryCodeSequence"),
                coded_concept(one, "SegmentedPropertyTypeCodeSequence"),
                _color(one),
                text(one, "SegmentAlgorithmType"),
            )
        )
    if len({segment.number for segment in found}) < len(found):
        msg = "two segments have one Segment Number"
        raise InconsistentError(msg)
    if is_label_map(ds):
        found = [one for one in found if not _background(ds).covers(np.array(one.number))]
    return tuple(found)


def _background(ds: Dataset) -> PaddingMask:
    """Give the stored values of a label map that are no segment: its padding (C.8.20.2)."""
    value = integer(ds, "PixelPaddingValue") or 0
    limit = integer(ds, "PixelPaddingRangeLimit")
    ends = (value, value if limit is None else limit)
    return PaddingMask(min(ends), max(ends))


def segment_colors(ds: Dataset) -> tuple[tuple[int, tuple[int, int, int]], ...]:
    """Give the colours of the segments that have a number and a colour, by their numbers."""
    found = {
        number: color
        for one in items(ds, "SegmentSequence")
        if (number := integer(one, "SegmentNumber")) is not None
        and number >= 0
        and (color := _color(one)) is not None
    }
    return tuple(sorted(found.items()))


def _color(ds: Dataset) -> tuple[int, int, int] | None:
    stored = integers(ds, "RecommendedDisplayCIELabValue")
    if len(stored) != _LAB or not all(0 <= value <= _WORD for value in stored):
        return None
    # PS3.3 C.10.7.1.1: 0 to 100, and -128 to 127 twice, over 16 bits.
    light, a, b = (value / _WORD for value in stored)
    return cielab_to_rgb((100 * light, 255 * a - 128, 255 * b - 128))


def read_layout(ds: Dataset, image: ImageDescription) -> SegmentationLayout:
    """Find out which segment each frame shows, and where.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
        A segmentation.
    image : ImageDescription
        What it says of its pixels.

    Raises
    ------
    InconsistentError
        It is no segmentation, or a frame does not say which segment it shows.
    UnsupportedError
        There are segmentations of such a type, or of such pixels, nowhere in the standard.
    LimitError
        It declares too many frames of which it says nothing.
    """
    segments = read_segments(ds)
    kind = text(ds, "SegmentationType") or "BINARY"
    if kind not in _KINDS or image.kind != "integer" or image.samples != 1:
        msg = "the Segmentation Type is none of BINARY, FRACTIONAL and LABELMAP of whole numbers"
        raise UnsupportedError(msg)
    if image.signed or image.bits_stored > _BITS:
        msg = "the numbers of segments are unsigned, of 16 bits at most"
        raise UnsupportedError(msg)
    places = frame_places(ds, image.frames)
    if kind == "LABELMAP":
        numbers = np.full(image.frames, ALL_SEGMENTS, np.intp)
    else:
        numbers = _numbers(ds, image.frames, segments, places)
    stated = stated_range(ds, image, [])
    most = image.stored_range[1] if stated is None else stated.high
    return SegmentationLayout(kind, segments, numbers, places, most, _background(ds))


def _numbers(
    ds: Dataset, frames: int, segments: tuple[Segment, ...], places: FramePlaces
) -> npt.NDArray[np.intp]:
    if places.channels is not None:
        if places.channels.size and places.channels.max() >= len(segments):
            msg = "the frames are TILED_FULL, but of more segments than are described"
            raise InconsistentError(msg)
        return np.array([one.number for one in segments], np.intp)[places.channels]
    numbers = np.zeros(frames, np.intp)
    for frame in range(frames):
        found = macro(ds, frame, "SegmentIdentificationSequence")
        number = None if found is None else integer(found[0], "ReferencedSegmentNumber")
        if number is None and len(segments) == 1:
            number = segments[0].number
        if number is None or not 0 < number <= _WORD:
            msg = "the frame does not say which segment it shows"
            raise InconsistentError(msg, frame=frame)
        numbers[frame] = number
    return numbers
