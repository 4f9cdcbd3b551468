"""Subtracted frames in the pipeline: the step that takes the mask, and their views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.dataset.modules.mask import recommends_subtraction
from dicomkit.display.pipeline import Step
from dicomkit.display.views import AUTO_PERCENTILES, View, find_view, lost_notes, view_between
from dicomkit.errors import UnitsError
from dicomkit.image.subtraction import difference_range, differences, frame_subtraction
from dicomkit.notes import Note
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.ranges import reach

if TYPE_CHECKING:
    from dicomkit.display.views import SingleWindow
    from dicomkit.image.image import Image
    from dicomkit.image.subtraction import FrameSubtraction

__all__ = ["Masked", "find_mask"]


@dataclass(frozen=True, slots=True, eq=False)
class Masked:
    """A greyscale frame whose mask is subtracted."""

    image: Image
    frame: int
    found: FrameSubtraction

    @property
    def steps(self) -> tuple[Step, ...]:
        """What takes the mask, between the Modality step and the VOI step."""
        intensity, subtraction = self.found
        mask = Step("Mask", subtraction, "the Mask Module")
        if intensity is None:
            return (mask,)
        is_table = isinstance(intensity, LookupTable)
        source = "the file" if is_table else "Pixel Intensity Relationship"
        return (Step("Intensity", intensity, source), mask)

    def view(self, window: SingleWindow, source: str) -> View:
        """Find the view that a window means for differences; one that is given has a source.

        Raises
        ------
        IndexError
            The file offers fewer views.
        UnitsError
            A preset is asked for: differences are not Hounsfield units.
        DicomKitError
            It depends on pixels that cannot be decoded.
        """
        if window is None:
            known = difference_range(self.image)
            found = "computed: the full range of all differences"
            return view_between(known.ends, found, lost_notes(known.lost))
        if window == "full":
            return view_between(self._reach((0, 100)), "computed: the full range of differences")
        if window == "auto":
            ends = self._reach(AUTO_PERCENTILES)
            return view_between(ends, "computed: all but the extreme differences")
        if isinstance(window, str):
            msg = f"the preset {window!r} is in Hounsfield units, but differences are not"
            raise UnitsError(msg)
        return find_view(self.image, self.frame, self.image.gray(self.frame), window, source)

    def _reach(self, percentiles: tuple[float, float]) -> tuple[float, float] | None:
        return reach(differences(self.image, self.frame, self.found), percentiles)


def find_mask(image: Image, frame: int, notes: list[Note], *, subtract: bool) -> Masked | None:
    """Find the mask of a frame, if it is to be subtracted; else note that it is recommended.

    Raises
    ------
    DicomKitError
        A frame of the mask cannot be decoded.
    """
    if not subtract:
        if recommends_subtraction(image.dataset, frame) and image.masks.pairing(frame):
            message = "the file recommends to look at it with a mask subtracted: mask=True does"
            notes.append(Note("subtraction_recommended", message))
        return None
    notes += image.masks.notes
    found = frame_subtraction(image, frame, notes)
    if found is not None:
        return Masked(image, frame, found)
    if len(image) > 1:
        message = "the file names no mask for this frame: it is drawn as stored"
        notes.append(Note("mask_not_applied", message))
    return None
