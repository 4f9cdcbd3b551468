"""Frames less their masks: what remains is what came between them (PS3.3 C.7.6.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dicomkit.dataset.modules.mask import intensity_step, mask_shift, mask_visibility
from dicomkit.dataset.modules.pixel_data import elements_of_frames
from dicomkit.errors import DicomKitError
from dicomkit.image.memory import DifferenceRange, MaskMean
from dicomkit.transforms.subtraction import Subtraction, shifted

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from dicomkit.dataset.modules.mask import Pairing
    from dicomkit.image.image import Image
    from dicomkit.notes import Note
    from dicomkit.transforms.arrays import AnyArray
    from dicomkit.transforms.lut import LookupTable
    from dicomkit.transforms.rescale import Rescale
    from dicomkit.transforms.subtraction import Logarithm

__all__ = [
    "FrameSubtraction",
    "difference_range",
    "differences",
    "frame_subtraction",
    "measure_differences",
]


class FrameSubtraction(NamedTuple):
    """How one frame becomes what differs from its mask, after the Modality step.

    Attributes
    ----------
    intensity : LookupTable, Logarithm or None
        What leads to the logarithm of the beam's intensity; None where values are there.
    subtraction : Subtraction
    """

    intensity: LookupTable | Logarithm | None
    subtraction: Subtraction


def frame_subtraction(image: Image, index: int, notes: list[Note]) -> FrameSubtraction | None:
    """Say what is subtracted from a greyscale frame; None where the file names no mask for it.

    The mean of a mask's frames is remembered until another one is asked for.

    Raises
    ------
    DicomKitError
        One of the other frames that it takes cannot be decoded.
    """
    pairing = image.masks.pairing(index)
    if pairing is None:
        return None
    down, left = mask_shift(image.dataset, pairing, image.description, notes)
    visibility = mask_visibility(image.dataset, index, notes)
    taken = shifted(_mask_mean(image, pairing), down, -left)
    if visibility:
        # P_sub = P_contrast - (1 - X / 100) * P_mask
        taken = taken * (1 - visibility / 100)
    others = pairing.contrast[1:]
    if others:
        taken = taken - _total(image, others) / len(pairing.contrast)
    taken.setflags(write=False)
    intensity = intensity_step(image.dataset, index, image.description, notes)
    subtraction = Subtraction(taken, pairing.contrast, pairing.mask, (down, left), visibility)
    return FrameSubtraction(intensity, subtraction)


def differences(image: Image, index: int, found: FrameSubtraction) -> AnyArray:
    """Give those differences of a frame from its mask that are neither padding nor unknown."""
    stored = image.frame(index).values
    values = found.subtraction(_in_space(image, index, stored))
    kept = np.isfinite(values)
    padding = image.gray(index).padding
    if padding is not None:
        kept &= ~padding.covers(stored)
    return values[kept]


def measure_differences(image: Image) -> Iterator[int]:
    """Look at every frame that has a mask, for `difference_range`, and yield its number.

    Frames that cannot be decoded, and those whose mask cannot be, are left out.
    """
    key = _range_key(image)
    known = image.memory.differences
    if known is not None and known.key == key:
        return
    ends: tuple[float, float] | None = None
    lost = 0
    for index in range(len(image)):
        if image.masks.pairing(index) is None:
            continue
        try:
            found = frame_subtraction(image, index, [])
            values = np.empty(0) if found is None else differences(image, index, found)
        except DicomKitError:
            lost += 1
        else:
            if values.size:
                low, high = ends or (np.inf, -np.inf)
                ends = min(low, float(values.min())), max(high, float(values.max()))
        yield index
    image.memory.differences = DifferenceRange(key, ends, lost)
    # Reading of frames has converted what said something of them.
    image.memory.elements = elements_of_frames(image.dataset)


def difference_range(image: Image) -> DifferenceRange:
    """Give the range of all frames' differences from their masks, without padding.

    Raises
    ------
    DicomKitError
        The pixel data cannot be opened.
    """
    for _ in measure_differences(image):
        pass
    known = image.memory.differences
    assert known is not None  # noqa: S101 - it was measured just now
    return known


def _mask_mean(image: Image, pairing: Pairing) -> npt.NDArray[np.float64]:
    first = pairing.mask[0]
    key = (pairing.mask, *_space(image, first))
    known = image.memory.mask
    if known is None or known.key != key:
        known = MaskMean(key, _total(image, pairing.mask) / len(pairing.mask))
        image.memory.mask = known
    return known.mean


def _total(image: Image, frames: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Add frames up, of which one is in memory at a time."""
    total = np.zeros((image.description.rows, image.description.columns))
    for index in frames:
        total += _in_space(image, index, image.frame(index).values)
    return total


def _in_space(image: Image, index: int, stored: AnyArray) -> AnyArray:
    """Lead stored values to the space in which they are subtracted."""
    values = stored
    for step in _space(image, index):
        if step is not None:
            values = step(values)
    return values


def _space(
    image: Image, index: int
) -> tuple[Rescale | LookupTable | None, LookupTable | Logarithm | None]:
    modality = image.gray(index).displayed_modality
    return modality, intensity_step(image.dataset, index, image.description, [])


def _range_key(image: Image) -> tuple[object, ...]:
    return (image.masks.items, image.gray(0).padding, *_space(image, 0))
