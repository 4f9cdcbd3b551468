"""The Display Shutter and Bitmap Display Shutter modules (PS3.3 C.7.6.11, C.7.6.15)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dicomkit.dataset.elements.attributes import integer, texts
from dicomkit.dataset.modules.geometry import places
from dicomkit.notes import Note
from dicomkit.transforms.shutter import (
    CircularShutter,
    PolygonalShutter,
    RectangularShutter,
    Shape,
)

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["Shutter", "read_shutter"]

_PAIR: Final = 2
_WHITE: Final = (1 << 16) - 1


@dataclass(frozen=True, slots=True)
class Shutter:
    """What is hidden (PS3.3 C.7.6.11, C.7.6.15).

    Attributes
    ----------
    shapes : tuple of RectangularShutter, CircularShutter or PolygonalShutter
        Each leaves its own part of the image visible.
    overlay : int or None
        The overlay group whose bits hide pixels.
    value : int
        Shutter Presentation Value, a P-Value from 0 to 65535.
    """

    shapes: tuple[Shape, ...]
    overlay: int | None
    value: int


def read_shutter(ps: Dataset, notes: list[Note]) -> Shutter | None:
    """Read all shutters of a dataset; None where it has none that can be used."""
    shapes: list[Shape] = []
    overlay = None
    for name in dict.fromkeys(texts(ps, "ShutterShape")):
        if name == "BITMAP":
            overlay = integer(ps, "ShutterOverlayGroup")
        shape = _shape(ps, name)
        if shape is not None:
            shapes.append(shape)
        elif name and overlay is None:
            message = "a shutter has a shape that there is not, or not its numbers: left out"
            notes.append(Note("shutter_ignored", message))
    if not shapes and overlay is None:
        return None
    value = integer(ps, "ShutterPresentationValue") or 0
    return Shutter(tuple(shapes), overlay, min(max(value, 0), _WHITE))


def _shape(ps: Dataset, name: str) -> Shape | None:
    if name == "RECTANGULAR":
        edges = ("LeftVertical", "RightVertical", "UpperHorizontal", "LowerHorizontal")
        known = [place for edge in edges for place in places(ps, f"Shutter{edge}Edge")[:1]]
        return RectangularShutter(*known) if len(known) == len(edges) else None
    if name == "CIRCULAR":
        center = places(ps, "CenterOfCircularShutter")
        radius = places(ps, "RadiusOfCircularShutter")[:1]
        if len(center) == _PAIR and radius and radius[0] >= 0:
            return CircularShutter(*center, *radius)
    if name == "POLYGONAL":
        found = places(ps, "VerticesOfThePolygonalShutter")
        vertices = tuple(zip(found[::2], found[1::2], strict=False))
        if len(vertices) > _PAIR and len(found) % _PAIR == 0:
            return PolygonalShutter(vertices)
    return None
