"""What a file says of one greyscale frame, and what that makes of its stored values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.dataset.modules.modality import ModalityStep, modality_step
from dicomkit.dataset.modules.padding import padding_mask
from dicomkit.dataset.modules.stated_range import StatedRange, is_label_map, stated_range
from dicomkit.dataset.modules.stated_units import stated_elsewhere
from dicomkit.dataset.modules.voi import VoiOption, voi_views
from dicomkit.notes import Note
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.padding import PaddingMask

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.image_pixel import ImageDescription
    from dicomkit.transforms.arrays import AnyArray
    from dicomkit.transforms.rescale import Rescale

__all__ = ["GrayFrame", "read_gray_frame"]

# What the numbers of segments have (PS3.3 C.8.20.2).
_LABEL_BITS = 16


@dataclass(frozen=True, slots=True)
class GrayFrame:
    """What a file says of one greyscale frame.

    Attributes
    ----------
    modality : ModalityStep
    padding : PaddingMask or None
        Which stored values are padding; of a label map, which one is its background.
    options : tuple of VoiOption
        The views that the file offers, in order.
    stated : StatedRange or None
        The range of stored values that have a meaning of their own.
    is_label_map : bool
        Whether stored values are the numbers of segments.
    notes : tuple of Note
    """

    modality: ModalityStep
    padding: PaddingMask | None
    options: tuple[VoiOption, ...]
    stated: StatedRange | None
    is_label_map: bool
    notes: tuple[Note, ...]

    @property
    def displayed_modality(self) -> Rescale | LookupTable | None:
        """The Modality step as far as it is for display."""
        return self.modality.transform if self.modality.for_display else None

    def maps_as(self, other: GrayFrame) -> bool:
        """Tell whether equal stored values mean the same in both frames."""
        return (self.displayed_modality, self.padding) == (other.displayed_modality, other.padding)

    def meaningful(self, stored: AnyArray) -> AnyArray:
        """Give the values after the Modality step, without padding and what is not finite."""
        kept = self._unpadded(stored)
        transform = self.displayed_modality
        return kept if transform is None else _finite(transform(kept))

    def reach(self, stored: AnyArray) -> tuple[float, float] | None:
        """Give the lowest and the highest of the `meaningful` values; None if there are none."""
        kept, transform = self._unpadded(stored), self.displayed_modality
        if kept.size and transform is not None:
            # A rescale is monotonic: only the ends of the range need it.
            is_table = isinstance(transform, LookupTable)
            ends = kept if is_table else np.array([kept.min(), kept.max()])
            kept = _finite(transform(ends))
        return (float(kept.min()), float(kept.max())) if kept.size else None

    def _unpadded(self, stored: AnyArray) -> AnyArray:
        if self.padding is not None:
            stored = stored[~self.padding.covers(stored)]
        return _finite(stored)


def read_gray_frame(ds: Dataset, frame: int, image: ImageDescription) -> GrayFrame:
    """Read what a dataset says of one of its frames."""
    notes: list[Note] = []
    modality = modality_step(ds, frame, image)
    padding = padding_mask(ds, frame, image, notes)
    whole = image.kind == "integer" and not image.signed and image.bits_stored <= _LABEL_BITS
    labelled = is_label_map(ds) and whole
    if labelled and padding is None:
        padding = PaddingMask(0, 0)
        message = "no Pixel Padding Value names the label map's background: 0 assumed"
        notes.append(Note("background_assumed", message))
    stated = stated_range(ds, image, notes)
    notes += stated_elsewhere(ds, frame)
    options, voi_notes = voi_views(ds, frame, signed_input=_can_be_negative(modality, image))
    return GrayFrame(
        modality=modality,
        padding=padding,
        options=options,
        stated=stated,
        is_label_map=labelled,
        notes=(*image.notes, *modality.notes, *notes, *voi_notes),
    )


def _finite(values: AnyArray) -> AnyArray:
    # A slope that is out of this world leaves float32.
    return values[np.isfinite(values)] if values.dtype.kind == "f" else values


def _can_be_negative(modality: ModalityStep, image: ImageDescription) -> bool:
    transform = modality.transform if modality.for_display else None
    if transform is None or image.kind != "integer":
        return image.signed
    if isinstance(transform, LookupTable):
        return False
    # A rescale is monotonic: the ends of the range tell.
    ends = (transform.slope * end + transform.intercept for end in image.stored_range)
    return min(ends) < 0
