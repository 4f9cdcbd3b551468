"""The Mask Module: which frames are subtracted from which (PS3.3 C.7.6.10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

import numpy as np

from dicomkit.dataset.elements.attributes import (
    integer,
    integers,
    items,
    number,
    numbers,
    text,
)
from dicomkit.dataset.elements.functional_groups import macro_items, scope
from dicomkit.dataset.modules.tables import lookup_table
from dicomkit.notes import Note
from dicomkit.transforms.subtraction import Logarithm

if TYPE_CHECKING:
    import numpy.typing as npt
    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.image_pixel import ImageDescription
    from dicomkit.transforms.lut import LookupTable

__all__ = [
    "MaskItem",
    "MaskModule",
    "Pairing",
    "intensity_step",
    "mask_module",
    "mask_shift",
    "mask_visibility",
    "recommends_subtraction",
]

_Operation: TypeAlias = Literal["NONE", "AVG_SUB", "TID", "REV_TID"]
_OPERATIONS = ("NONE", "AVG_SUB", "TID", "REV_TID")
# Far above what any device averages: the picture of a frame must not decode all others.
_MOST_AVERAGED = 100
# Far above what any device writes: even an item for every frame is rarely a few hundred.
_MOST_ITEMS = 1000
_PAIR = 2
_ALL = 100


@dataclass(frozen=True, slots=True)
class Pairing:
    """What is subtracted from what for one frame; frames are counted from 0.

    Attributes
    ----------
    item : MaskItem
    contrast : tuple of int
        The frames that are averaged, the one in question first.
    mask : tuple of int
        Those whose mean is the mask.
    """

    item: MaskItem
    contrast: tuple[int, ...]
    mask: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MaskItem:
    """One item of the Mask Subtraction Sequence; frame numbers count from 1, as in files.

    Attributes
    ----------
    operation : str
        Mask Operation (0028,6101).
    ranges : tuple of (int, int)
        Applicable Frame Range (0028,6102): first and last frame of each; empty is any frame.
    mask : tuple of int
        Mask Frame Numbers (0028,6110), each once, in order.
    averaged : int
        Contrast Frame Averaging (0028,6112).
    offset : int
        TID Offset (0028,6120).
    shift : tuple of float
        Mask Sub-pixel Shift (0028,6114) as it is stated.
    number : int or None
        Subtraction Item ID (0028,9416).
    """

    operation: _Operation
    ranges: tuple[tuple[int, int], ...]
    mask: tuple[int, ...]
    averaged: int
    offset: int
    shift: tuple[float, ...]
    number: int | None

    def applicable(self, frames: int) -> tuple[tuple[int, int], ...]:
        """Give the ranges of frames that the item is for; where it has none, what can be."""
        if self.ranges or self.operation == "NONE":
            return self.ranges
        first, last = 1, frames - self.averaged + 1
        if self.operation == "TID":
            first, last = max(first, 1 + self.offset), min(last, frames + self.offset)
        return ((first, last),)

    def pairing(self, frame: int, frames: int) -> Pairing | None:
        """Say what is subtracted from a frame, counted from 0; None where it cannot be."""
        current = frame + 1
        masks: tuple[int, ...] = ()
        if self.operation == "AVG_SUB":
            masks = self.mask
        elif self.operation == "TID":
            masks = (current - self.offset,)
        elif self.operation == "REV_TID":
            # MFN = (FCFN - TID Offset) - (CFN - FCFN)
            first = self.ranges[0][0]
            masks = ((first - self.offset) - (current - first),)
        last = current + self.averaged - 1
        if not masks or last > frames or not all(1 <= one <= frames for one in masks):
            return None
        return Pairing(self, tuple(range(frame, last)), tuple(one - 1 for one in masks))


@dataclass(frozen=True, slots=True, eq=False)
class MaskModule:
    """What a file says of masks.

    Attributes
    ----------
    items : tuple of MaskItem
        In order, as far as they are possible.
    notes : tuple of Note
        Why others are not.
    """

    items: tuple[MaskItem, ...]
    notes: tuple[Note, ...]
    _frames: int
    # Of every range in order: the first frame, the last one, and whose it is.
    _ranges: npt.NDArray[np.int64]

    def pairing(self, frame: int) -> Pairing | None:
        """Say what is subtracted from a frame, counted from 0; None where nothing is."""
        first, last, owner = self._ranges
        holds = np.flatnonzero((first <= frame + 1) & (frame + 1 <= last))
        if not holds.size:
            return None
        return self.items[int(owner[holds[0]])].pairing(frame, self._frames)


def mask_module(ds: Dataset, frames: int) -> MaskModule:
    """Read the Mask Subtraction Sequence; the first item that is for a frame counts."""
    notes: list[Note] = []
    stated = items(ds, "MaskSubtractionSequence")
    if len(stated) > _MOST_ITEMS:
        message = f"the Mask Module has {len(stated)} items: the first {_MOST_ITEMS} count"
        notes.append(Note("mask_ignored", message))
    found: list[MaskItem] = []
    for item in stated[:_MOST_ITEMS]:
        read = _mask_item(item, frames, notes)
        if isinstance(read, MaskItem):
            found.append(read)
        else:
            notes.append(Note("mask_ignored", f"an item of the Mask Module {read}: left out"))
    ranges = [
        (max(min(first, frames + 1), 0), max(min(last, frames), 0), owner)
        for owner, item in enumerate(found)
        for first, last in item.applicable(frames)
    ]
    array = np.array(ranges, np.int64).reshape(-1, 3).T
    return MaskModule(tuple(found), tuple(dict.fromkeys(notes)), frames, array)


def _mask_item(ds: Dataset, frames: int, notes: list[Note]) -> MaskItem | str:
    """Read one item, or say why it is impossible."""
    operation = text(ds, "MaskOperation")
    limits = integers(ds, "ApplicableFrameRange", notes)
    ranges = tuple(zip(limits[::2], limits[1::2], strict=False))
    paired = len(limits) % _PAIR == 0 and all(first <= last for first, last in ranges)
    masks = tuple(sorted(set(integers(ds, "MaskFrameNumbers", notes))))
    masks_exist = 1 <= len(masks) <= _MOST_AVERAGED and masks[0] >= 1 and masks[-1] <= frames
    averaged = integer(ds, "ContrastFrameAveraging", notes)
    averaged = 1 if averaged is None else averaged
    # "If zero length, TID Offset defaults to 1."
    offset = integer(ds, "TIDOffset", notes, signed=True)
    offset = 1 if offset is None else offset
    faults = (
        (operation not in _OPERATIONS, "has no known operation"),
        (not paired, "has no pairs of ascending frame numbers"),
        (operation == "AVG_SUB" and not masks_exist, "names no masks, or impossible ones"),
        (operation == "TID" and not offset, "subtracts every frame from itself"),
        (operation == "REV_TID" and not ranges, "has no Applicable Frame Range"),
        (not 1 <= averaged <= min(frames, _MOST_AVERAGED), "averages too many frames, or none"),
    )
    fault = next((why for wrong, why in faults if wrong), None)
    if fault is not None:
        return fault
    return MaskItem(
        operation=cast("_Operation", operation),
        ranges=ranges,
        mask=masks,
        averaged=averaged,
        offset=offset,
        shift=numbers(ds, "MaskSubPixelShift", notes),
        number=integer(ds, "SubtractionItemID"),
    )


def mask_shift(
    ds: Dataset, pairing: Pairing, image: ImageDescription, notes: list[Note]
) -> tuple[float, float]:
    """Say by how many rows and columns a frame's mask is moved, down and to the left.

    These are the positive directions (C.7.6.10.1.2). The frame's own Frame Pixel Shift
    (C.7.6.16.2.14) goes before the Mask Module.
    """
    stated = pairing.item.shift
    if pairing.item.number is not None:
        found, _ = macro_items(ds, pairing.contrast[0], "FramePixelShiftSequence")
        for shift in found:
            if integer(shift, "SubtractionItemID") == pairing.item.number:
                stated = numbers(shift, "MaskSubPixelShift", notes)
                break
    if not stated:
        return 0.0, 0.0
    if len(stated) != _PAIR or abs(stated[0]) >= image.rows or abs(stated[1]) >= image.columns:
        message = "Mask Sub-pixel Shift is no shift by rows and columns of the image: not shifted"
        notes.append(Note("mask_shift_ignored", message))
        return 0.0, 0.0
    return stated[0], stated[1]


def intensity_step(
    ds: Dataset, frame: int, image: ImageDescription, notes: list[Note]
) -> LookupTable | Logarithm | None:
    """Say what leads a frame's values to the logarithmic space of subtraction (PS3.4 N.2.5).

    None where Pixel Intensity Relationship (0028,1040) is LOG or unknown; the file's own table
    for it, or else the logarithm, where it is linear.
    """
    properties, _ = scope(ds, frame, "FramePixelDataPropertiesSequence")
    relationship = text(properties, "PixelIntensityRelationship")
    if relationship == "LOG":
        return None
    tables, _ = macro_items(ds, frame, "PixelIntensityRelationshipLUTSequence")
    for item in tables:
        if text(item, "LUTFunction") == "TO_LOG":
            table = lookup_table(
                item,
                signed_input=image.signed,
                notes=notes,
                role="Pixel Intensity Relationship LUT",
            )
            if table is not None:
                return table
    return Logarithm() if relationship == "LIN" else None


def recommends_subtraction(ds: Dataset, frame: int) -> bool:
    """Tell whether Recommended Viewing Mode (0028,1090) is SUB for a frame.

    What the XA/XRF Multi-frame Presentation Module says of a range of frames goes before what
    the Mask Module says of all (C.8.19.7).
    """
    display = _frame_display(ds, frame)
    mode = None if display is None else text(display, "RecommendedViewingMode")
    return (mode or text(ds, "RecommendedViewingMode")) == "SUB"


def mask_visibility(ds: Dataset, frame: int, notes: list[Note]) -> float:
    """Give Mask Visibility Percentage (0028,9478) of a frame, from 0 to 100 (C.8.19.7.1.1)."""
    display = _frame_display(ds, frame)
    stated = None if display is None else number(display, "MaskVisibilityPercentage", notes)
    return stated if stated is not None and 0 <= stated <= _ALL else 0.0


def _frame_display(ds: Dataset, frame: int) -> Dataset | None:
    """Find what the XA/XRF Multi-frame Presentation Module says of a frame."""
    for item in items(ds, "FrameDisplaySequence")[:_MOST_ITEMS]:
        first, last = integer(item, "StartTrim"), integer(item, "StopTrim")
        if first is not None and last is not None and first <= frame + 1 <= last:
            return item
    return None
