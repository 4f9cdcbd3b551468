"""Graphic layers, and the figures and texts in them (PS3.3 C.10.5, C.10.7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, cast, get_args

import numpy as np

from dicomkit.dataset.elements.attributes import doubles, integer, items, text
from dicomkit.dataset.modules.references import ImageReference, image_references
from dicomkit.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    from pydicom.dataset import Dataset

__all__ = [
    "AnnotationUnits",
    "Figure",
    "FigureKind",
    "GraphicAnnotation",
    "Justification",
    "Layer",
    "TextObject",
    "graphic_annotations",
    "graphic_layers",
]

FigureKind: TypeAlias = Literal["POINT", "POLYLINE", "INTERPOLATED", "CIRCLE", "ELLIPSE"]
AnnotationUnits: TypeAlias = Literal["PIXEL", "DISPLAY"]
Justification: TypeAlias = Literal["LEFT", "CENTER", "RIGHT"]

_UNITS: Final = get_args(AnnotationUnits)
_JUSTIFICATIONS: Final = get_args(Justification)
# PS3.3 C.10.5.1.2: of a circle the centre and a place on it, of an ellipse both axes' ends.
_NEEDED: Final = {"POINT": 1, "POLYLINE": 2, "INTERPOLATED": 2, "CIRCLE": 2, "ELLIPSE": 4}
_FIXED: Final = ("POINT", "CIRCLE", "ELLIPSE")
_PAIR: Final = 2
# Number of Graphic Points (0070,0021) can count no further.
_MOST_POINTS: Final = (1 << 16) - 1
# More than anybody draws by hand; each takes time to read.
_MOST_OBJECTS: Final = 10_000
_WHITE: Final = (1 << 16) - 1


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of graphics; those of a lower order are drawn first.

    Attributes
    ----------
    name : str
        Graphic Layer (0070,0002), which overlays and graphics refer to.
    order : int
        Graphic Layer Order (0070,0062).
    value : int
        What to draw in, as a P-Value from 0 to 65535; white where nothing is recommended.
    """

    # Whoever made a layer was free to call it after somebody.
    name: str = field(repr=False)
    order: int
    value: int = _WHITE


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One graphic object.

    Attributes
    ----------
    kind : {"POINT", "POLYLINE", "INTERPOLATED", "CIRCLE", "ELLIPSE"}
        Graphic Type (0070,0023).
    units : {"PIXEL", "DISPLAY"}
        PIXEL counts in pixels from the upper left corner of the image's first pixel, whose
        centre is (0.5, 0.5); DISPLAY in parts of the displayed area from 0 to 1.
    points : numpy.ndarray of float64, shape (n, 2)
        x and y of each. Read-only.
    filled : bool
    """

    kind: FigureKind
    units: AnnotationUnits
    points: npt.NDArray[np.float64] = field(repr=False)
    filled: bool


@dataclass(frozen=True, slots=True)
class TextObject:
    """One text, which may name a patient: its words are not in its ``repr``.

    Attributes
    ----------
    text : str
        Unformatted Text Value (0070,0006).
    box : (float, float, float, float) or None
        x and y of two corners of the box that it is to stand in.
    box_units, anchor_units : {"PIXEL", "DISPLAY"}
        As of a `Figure`.
    justification : {"LEFT", "CENTER", "RIGHT"}
        Where in its box.
    anchor : (float, float) or None
        What it is about.
    anchor_visible : bool
        Whether a line leads there.
    """

    text: str = field(repr=False)
    box: tuple[float, float, float, float] | None
    box_units: AnnotationUnits
    justification: Justification
    anchor: tuple[float, float] | None
    anchor_units: AnnotationUnits
    anchor_visible: bool


@dataclass(frozen=True, slots=True)
class GraphicAnnotation:
    """Figures and texts of one layer, for some images or for all.

    Attributes
    ----------
    references : tuple of ImageReference
        Which images and frames; empty for all.
    layer : str
        The name of a `Layer`.
    figures : tuple of Figure
    texts : tuple of TextObject
    """

    references: tuple[ImageReference, ...]
    layer: str = field(repr=False)
    figures: tuple[Figure, ...]
    texts: tuple[TextObject, ...]


def graphic_layers(ds: Dataset) -> tuple[Layer, ...]:
    """Read the layers, in the order in which they are to be drawn (PS3.3 C.10.7)."""
    found = []
    for item in items(ds, "GraphicLayerSequence"):
        name = text(item, "GraphicLayer")
        if name is not None:
            value = integer(item, "GraphicLayerRecommendedDisplayGrayscaleValue")
            order = integer(item, "GraphicLayerOrder") or 0
            shown = _WHITE if value is None else min(max(value, 0), _WHITE)
            found.append(Layer(name, order, shown))
    return tuple(sorted(found, key=lambda layer: layer.order))


def graphic_annotations(ds: Dataset, notes: list[Note]) -> tuple[GraphicAnnotation, ...]:
    """Read what is drawn in layers, and note what cannot be (PS3.3 C.10.5)."""
    found = []
    left = _MOST_OBJECTS
    for item in items(ds, "GraphicAnnotationSequence"):
        graphic, written = items(item, "GraphicObjectSequence"), items(item, "TextObjectSequence")
        if len(graphic) + len(written) > left:
            message = f"there are more than {_MOST_OBJECTS} figures and texts: the rest is left out"
            notes.append(Note("graphics_limited", message))
            break
        left -= len(graphic) + len(written)
        figures, texts = tuple(_figures(graphic, notes)), tuple(_texts(written, notes))
        if figures or texts:
            references = image_references(item)
            layer = text(item, "GraphicLayer") or ""
            found.append(GraphicAnnotation(references, layer, figures, texts))
    return tuple(found)


def _figures(sequence: tuple[Dataset, ...], notes: list[Note]) -> Iterator[Figure]:
    for item in sequence:
        kind, units = text(item, "GraphicType"), text(item, "GraphicAnnotationUnits")
        points = _points(item, "GraphicData")
        if kind is None or kind not in _NEEDED or units not in _UNITS or points is None:
            message = "a figure has a kind, units or points that there are not: left out"
            notes.append(Note("graphic_ignored", message))
            continue
        needed = _NEEDED[kind]
        if len(points) < needed:
            message = f"a figure of kind {kind} has {len(points)} of {needed} points: left out"
            notes.append(Note("graphic_ignored", message))
            continue
        if kind in _FIXED:
            points = points[:needed]
        points.flags.writeable = False
        yield Figure(
            cast("FigureKind", kind),
            cast("AnnotationUnits", units),
            points,
            text(item, "GraphicFilled") == "Y",
        )


def _texts(sequence: tuple[Dataset, ...], notes: list[Note]) -> Iterator[TextObject]:
    for item in sequence:
        said = text(item, "UnformattedTextValue")
        first = _pair(item, "BoundingBoxTopLeftHandCorner")
        last = _pair(item, "BoundingBoxBottomRightHandCorner")
        box_units = text(item, "BoundingBoxAnnotationUnits")
        box = None if first is None or last is None else (*first, *last)
        anchor, anchor_units = _pair(item, "AnchorPoint"), text(item, "AnchorPointAnnotationUnits")
        box = box if box_units in _UNITS else None
        anchor = anchor if anchor_units in _UNITS else None
        if said is None or (box is None and anchor is None):
            message = "a text has no words, or no place that there is: left out"
            notes.append(Note("graphic_ignored", message))
            continue
        justification = text(item, "BoundingBoxTextHorizontalJustification")
        yield TextObject(
            text=said,
            box=box,
            box_units=cast("AnnotationUnits", box_units if box else "PIXEL"),
            justification=cast(
                "Justification", justification if justification in _JUSTIFICATIONS else "LEFT"
            ),
            anchor=anchor,
            anchor_units=cast("AnnotationUnits", anchor_units if anchor else "PIXEL"),
            anchor_visible=text(item, "AnchorPointVisibility") == "Y",
        )


def _points(ds: Dataset, keyword: str) -> npt.NDArray[np.float64] | None:
    """Read pairs of x and y; None where there are none, or one is not finite."""
    values = doubles(ds, keyword)
    if not values.size or values.size % _PAIR or values.size > _PAIR * _MOST_POINTS:
        return None
    if not np.isfinite(values).all():
        return None
    return values.reshape(-1, _PAIR).copy()


def _pair(ds: Dataset, keyword: str) -> tuple[float, float] | None:
    points = _points(ds, keyword)
    if points is None or len(points) != 1:
        return None
    x, y = points[0].tolist()
    return x, y
