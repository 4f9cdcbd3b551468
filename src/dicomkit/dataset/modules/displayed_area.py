"""The Displayed Area module: what part of an image is shown, and how large (PS3.3 C.10.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, cast, get_args

from dicomkit.dataset.elements.attributes import items, number, text
from dicomkit.dataset.modules.geometry import places, positive_pair
from dicomkit.dataset.modules.references import ImageReference, image_references
from dicomkit.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

__all__ = ["DisplayedArea", "SizeMode", "displayed_areas"]

SizeMode: TypeAlias = Literal["SCALE TO FIT", "TRUE SIZE", "MAGNIFY"]

_MODES: Final = get_args(SizeMode)
_PAIR: Final = 2


@dataclass(frozen=True, slots=True)
class DisplayedArea:
    """An item of the Displayed Area Selection Sequence (PS3.3 C.10.4).

    Attributes
    ----------
    references : tuple of ImageReference
        Which images and frames it is for; empty for all.
    left, top, right, bottom : int
        Columns and rows of the unrotated image, counted from 1, inclusive. They may lie outside.
    mode : {"SCALE TO FIT", "TRUE SIZE", "MAGNIFY"}
        Presentation Size Mode.
    magnification : float
        How large a pixel is to be drawn, for MAGNIFY; otherwise 1.
    aspect : float or None
        A pixel's height in widths, in the unrotated image; None where nothing is said of it.
    """

    references: tuple[ImageReference, ...]
    left: int
    top: int
    right: int
    bottom: int
    mode: SizeMode
    magnification: float
    aspect: float | None


def displayed_areas(ps: Dataset, notes: list[Note]) -> Iterator[DisplayedArea]:
    """Read the areas, each for some images and frames or for all."""
    for item in items(ps, "DisplayedAreaSelectionSequence"):
        first = places(item, "DisplayedAreaTopLeftHandCorner")
        last = places(item, "DisplayedAreaBottomRightHandCorner")
        if len(first) != _PAIR or len(last) != _PAIR:
            notes.append(Note("area_ignored", "a displayed area lacks a corner: left out"))
            continue
        mode = text(item, "PresentationSizeMode")
        magnification = number(item, "PresentationPixelMagnificationRatio", notes)
        if mode == "MAGNIFY" and (magnification is None or magnification <= 0):
            message = "a displayed area is to be magnified, but not by how much: as it is"
            notes.append(Note("magnification_ignored", message))
            magnification = None
        yield DisplayedArea(
            references=image_references(item),
            # The corners are those of the picture: turned, either may have the lower numbers.
            left=min(first[0], last[0]),
            top=min(first[1], last[1]),
            right=max(first[0], last[0]),
            bottom=max(first[1], last[1]),
            mode=cast("SizeMode", mode if mode in _MODES else "SCALE TO FIT"),
            magnification=(magnification or 1.0) if mode == "MAGNIFY" else 1.0,
            aspect=_aspect(item),
        )


def _aspect(item: Dataset) -> float | None:
    for keyword in ("PresentationPixelSpacing", "PresentationPixelAspectRatio"):
        pair = positive_pair(item, keyword)
        if pair is not None:
            # Both are vertical before horizontal.
            return pair[0] / pair[1]
    return None
