"""What opening a dataset has found out, kept for the next time that it is opened.

A loop of ``render(ds, frame=i)`` opens the dataset for every frame. Finding the frames again,
or looking at all of them for their range, would make it quadratic.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from dataclasses import dataclass, field
from operator import is_
from threading import RLock
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.image_pixel import ImageDescription
    from dicomkit.dataset.modules.pixel_data import PixelSource
    from dicomkit.image.gray import GrayFrame
    from dicomkit.limits import Limits
    from dicomkit.streams.header import SampleColor

__all__ = [
    "DifferenceRange",
    "ImageRange",
    "MaskMean",
    "Memory",
    "Opening",
    "recall",
    "remember",
]


@dataclass(frozen=True, slots=True)
class ImageRange:
    """The range of all frames of an image, after the Modality step.

    Attributes
    ----------
    ends : (float, float) or None
        The lowest and the highest value; None where there is none but padding.
    lost : int
        How many frames could not be decoded, and are not in it.
    frames : tuple of GrayFrame
        What the file said of each frame.
    """

    ends: tuple[float, float] | None
    lost: int
    frames: tuple[GrayFrame, ...]

    def holds_for(self, index: int, gray: GrayFrame) -> bool:
        """Tell whether the file still says of a frame what it said when it was looked at."""
        return index >= len(self.frames) or self.frames[index].maps_as(gray)


class MaskMean(NamedTuple):
    """The mean of frames that was subtracted last, and what it depends on besides them."""

    key: tuple[object, ...]
    mean: npt.NDArray[np.float64]


class DifferenceRange(NamedTuple):
    """The range of all differences of an image from its masks, and what it depends on."""

    key: tuple[object, ...]
    ends: tuple[float, float] | None
    lost: int


class Opening(NamedTuple):
    """How an image was opened, and what it was then."""

    description: ImageDescription
    lenient: bool
    sample_color: SampleColor | None
    limits: Limits


@dataclass(slots=True)
class Memory:
    """What is kept of an image; it holds no reference to the dataset."""

    opening: Opening
    elements: tuple[object, ...]
    source: PixelSource
    range: ImageRange | None = None
    mask: MaskMean | None = None
    differences: DifferenceRange | None = None
    found: dict[object, object] = field(default_factory=dict)


# By the datasets' identity, for they cannot be hashed. Each entry goes with its dataset, and the
# oldest go first: a dataset whose pixel data were taken out must not keep many of them alive.
_MEMORIES: OrderedDict[int, tuple[weakref.ref[Dataset], Memory]] = OrderedDict()
_MOST = 16
_LOCK = RLock()


def recall(ds: Dataset, opening: Opening, elements: tuple[object, ...]) -> Memory | None:
    """Find what is known of a dataset, if nothing that it depends on has been replaced."""
    found = _MEMORIES.get(id(ds))
    if found is None or found[0]() is not ds:
        return None
    memory = found[1]
    same = len(elements) == len(memory.elements) and all(map(is_, elements, memory.elements))
    return memory if same and opening == memory.opening else None


def remember(ds: Dataset, memory: Memory) -> None:
    """Keep what is known of a dataset for as long as it lives, but not of many datasets."""
    key = id(ds)
    with _LOCK:
        _MEMORIES[key] = weakref.ref(ds, lambda _gone: _MEMORIES.pop(key, None)), memory
        _MEMORIES.move_to_end(key)
        if len(_MEMORIES) > _MOST:
            _MEMORIES.popitem(last=False)
