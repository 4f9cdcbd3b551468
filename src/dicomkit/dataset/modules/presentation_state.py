"""Grayscale Softcopy Presentation States: how somebody has seen images (PS3.3 A.33.1)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, cast

from pydicom.uid import UID, GrayscaleSoftcopyPresentationStateStorage

from dicomkit.dataset.elements.attributes import (
    integer,
    integers,
    items,
    number,
    text,
    texts,
)
from dicomkit.dataset.elements.datasets import check_dataset, error_context
from dicomkit.dataset.elements.values import well_formed_uid
from dicomkit.dataset.modules.geometry import positive_pair
from dicomkit.dataset.modules.graphics import (
    GraphicAnnotation,
    Layer,
    graphic_annotations,
    graphic_layers,
)
from dicomkit.dataset.modules.modality import modality_transform
from dicomkit.dataset.modules.overlays import OverlayGroup, activation_layers, overlay_groups
from dicomkit.dataset.modules.photometric import SHAPES, presentation_table
from dicomkit.dataset.modules.references import (
    ImageReference,
    image_references,
    referenced_images,
)
from dicomkit.dataset.modules.voi import VoiOption, voi_views
from dicomkit.errors import UnsupportedError
from dicomkit.notes import Note
from dicomkit.transforms.placement import Degrees, Turn
from dicomkit.transforms.presentation import Invert, PresentationTable
from dicomkit.transforms.rescale import Rescale
from dicomkit.transforms.shutter import (
    CircularShutter,
    PolygonalShutter,
    RectangularShutter,
    Shape,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from dicomkit.transforms.lut import LookupTable

__all__ = [
    "SOURCE",
    "DisplayedArea",
    "OverlayActivation",
    "PresentationState",
    "Shutter",
    "SizeMode",
    "SoftcopyVoi",
    "is_state_class",
    "presentation_state",
]

SizeMode: TypeAlias = Literal["SCALE TO FIT", "TRUE SIZE", "MAGNIFY"]

SOURCE: Final = "the presentation state"
_MODES: Final = ("SCALE TO FIT", "TRUE SIZE", "MAGNIFY")
_ROTATIONS: Final = (0, 90, 180, 270)
_PAIR: Final = 2
_WHITE: Final = (1 << 16) - 1
# VR SL and IS hold no number farther away (PS3.5 6.2).
_FARTHEST: Final = 1 << 31


@dataclass(frozen=True, slots=True)
class SoftcopyVoi:
    """An item of the Softcopy VOI LUT Sequence (PS3.3 C.11.8).

    Attributes
    ----------
    references : tuple of ImageReference
        Which images and frames it is for; empty for all.
    options : tuple of VoiOption
        Its windows and tables, of which the first counts.
    notes : tuple of Note
    """

    references: tuple[ImageReference, ...]
    options: tuple[VoiOption, ...]
    notes: tuple[Note, ...] = ()


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


@dataclass(frozen=True, slots=True)
class OverlayActivation:
    """An overlay that is to be drawn (PS3.3 C.11.7).

    Attributes
    ----------
    group : int
        0x6000 to 0x601E.
    layer : str
        The name of the `Layer` that it is drawn in.
    """

    group: int
    layer: str = field(repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class PresentationState:
    """How somebody has seen images: what `presentation_state` reads.

    Its ``repr`` counts what there is and quotes nothing: texts and labels may name a patient.

    Attributes
    ----------
    label : str or None
        Content Label (0070,0080).
    references : tuple of ImageReference
        The images, and their frames, that it is for.
    modality : Rescale, LookupTable or None
        Takes the place of the image's Modality step.
    voi : tuple of SoftcopyVoi
        Windows and tables, each for some frames or for all.
    presentation : PresentationTable, Invert or None
        Decides on the polarity, whatever the image says.
    shutter : Shutter or None
        What is hidden.
    rotation : {0, 90, 180, 270}
        Clockwise, before the flip.
    flip : bool
        Whether left and right are exchanged.
    areas : tuple of DisplayedArea
        What part of an image is shown, and how large.
    layers : tuple of Layer
        In the order in which they are drawn.
    overlays : tuple of OverlayActivation
        Which bitmaps are drawn, in which layer.
    graphics : tuple of GraphicAnnotation
        Figures and texts.
    bitmaps : tuple of OverlayGroup
        The state's own, for overlays and for the shutter.
    notes : tuple of Note
        What was mended or left out.

    Examples
    --------
    >>> from pydicom.dataset import Dataset
    >>> ps = Dataset()
    >>> ps.SOPClassUID = "1.2.840.10008.5.1.4.1.1.11.1"
    >>> ps.ContentLabel, ps.PresentationLUTShape = "SEEN", "INVERSE"
    >>> state = presentation_state(ps)
    >>> state.label, str(state.presentation), state.shutter
    ('SEEN', '1 - y', None)
    """

    label: str | None
    references: tuple[ImageReference, ...]
    modality: Rescale | LookupTable | None
    voi: tuple[SoftcopyVoi, ...]
    presentation: PresentationTable | Invert | None
    shutter: Shutter | None
    rotation: Degrees
    flip: bool
    areas: tuple[DisplayedArea, ...]
    layers: tuple[Layer, ...]
    overlays: tuple[OverlayActivation, ...]
    graphics: tuple[GraphicAnnotation, ...]
    bitmaps: tuple[OverlayGroup, ...]
    notes: tuple[Note, ...]

    def covers(self, sop_instance_uid: str, frame: int = 0) -> bool:
        """Tell whether it is for a frame, counted from 0, of an image."""
        return any(one.covers(sop_instance_uid, frame) for one in self.references)

    def __repr__(self) -> str:
        """Count what there is, and quote nothing of it."""
        turned = str(Turn(self.rotation, self.flip)) if self.rotation or self.flip else ""
        figures = sum(len(one.figures) for one in self.graphics)
        written = sum(len(one.texts) for one in self.graphics)
        said = [
            _count(len({one.sop_instance_uid for one in self.references}), "image"),
            "shutter" if self.shutter else "",
            turned,
            _count(len(self.areas), "area") if self.areas else "",
            _count(len(self.overlays), "overlay") if self.overlays else "",
            _count(figures, "figure") if figures else "",
            _count(written, "text") if written else "",
        ]
        return f"<PresentationState: {', '.join(filter(None, said))}>"


def presentation_state(ps: Dataset, /) -> PresentationState:
    """Read a Grayscale Softcopy Presentation State (PS3.3 A.33.1): how somebody has seen images.

    Parameters
    ----------
    ps : pydicom.dataset.Dataset
        The state. It says which images it is for, and holds no pixels.

    Returns
    -------
    PresentationState
        A ``presentation`` for `render` and `display_pipeline`.

    Raises
    ------
    UnsupportedError
        It is another kind of state, such as one for colour or for blending, it subtracts a mask,
        or it is no state at all.
    TypeError
        It is no dataset.

    Examples
    --------
    >>> from pydicom.dataset import Dataset
    >>> ps, series, image = Dataset(), Dataset(), Dataset()
    >>> ps.SOPClassUID = "1.2.840.10008.5.1.4.1.1.11.1"
    >>> ps.ImageRotation, ps.ImageHorizontalFlip = 90, "Y"
    >>> image.ReferencedSOPInstanceUID = "1.2.3"
    >>> series.ReferencedImageSequence = [image]
    >>> ps.ReferencedSeriesSequence = [series]
    >>> state = presentation_state(ps)
    >>> state
    <PresentationState: 1 image, 90 degrees clockwise, then flipped left to right>
    >>> state.covers("1.2.3")
    True
    """
    check_dataset(ps)
    with error_context(ps):
        _check_kind(ps)
        return _read(ps)


def is_state_class(sop_class_uid: str | None) -> bool:
    """Tell whether a SOP Class of the dictionary is one of presentation states, of any kind.

    Examples
    --------
    >>> is_state_class("1.2.840.10008.5.1.4.1.1.11.4"), is_state_class("1.2.3")
    (True, False)
    """
    if sop_class_uid is None or well_formed_uid(sop_class_uid.encode()) is None:
        return False
    return "Presentation State" in UID(sop_class_uid).name


def _check_kind(ps: Dataset) -> None:
    kind = text(ps, "SOPClassUID")
    if kind != GrayscaleSoftcopyPresentationStateStorage:
        msg = "this is no presentation state"
        if kind is not None and is_state_class(kind):
            msg = f"only grayscale softcopy presentation states can be drawn, not {UID(kind).name}"
        raise UnsupportedError(msg)
    if items(ps, "MaskSubtractionSequence"):
        msg = "a presentation state that subtracts a mask cannot be drawn"
        raise UnsupportedError(msg)


def _read(ps: Dataset) -> PresentationState:
    notes: list[Note] = []
    table = next(iter(items(ps, "ModalityLUTSequence")), None)
    # Whether values are signed is said by the image that they come from.
    modality, units = modality_transform(ps, table, notes, signed_input=False)
    if isinstance(modality, Rescale):
        modality = replace(modality, units=units)
    bitmaps = tuple(overlay_groups(ps, notes))
    shutter = _shutter(ps, notes)
    hidden = shutter.overlay if shutter else None
    return PresentationState(
        label=text(ps, "ContentLabel"),
        references=referenced_images(ps),
        modality=modality,
        voi=tuple(map(_voi, items(ps, "SoftcopyVOILUTSequence"))),
        presentation=_presentation(ps, notes),
        shutter=shutter,
        rotation=_rotation(ps, notes),
        flip=text(ps, "ImageHorizontalFlip") == "Y",
        areas=tuple(_areas(ps, notes)),
        layers=graphic_layers(ps),
        overlays=tuple(
            OverlayActivation(group, layer)
            for group, layer in activation_layers(ps)
            if group != hidden
        ),
        graphics=graphic_annotations(ps, notes),
        bitmaps=bitmaps,
        notes=tuple(dict.fromkeys(notes)),
    )


def _voi(item: Dataset) -> SoftcopyVoi:
    options, notes = voi_views(item, 0, signed_input=False)
    options = tuple(replace(option, source=SOURCE) for option in options)
    return SoftcopyVoi(image_references(item), options, notes)


def _presentation(ps: Dataset, notes: list[Note]) -> PresentationTable | Invert | None:
    table = presentation_table(ps, notes)
    if table is not None:
        return table
    shape = text(ps, "PresentationLUTShape")
    if shape is not None and shape not in SHAPES:
        message = "Presentation LUT Shape is neither IDENTITY nor INVERSE: left out"
        notes.append(Note("shape_ignored", message))
    return Invert() if shape == "INVERSE" else None


def _rotation(ps: Dataset, notes: list[Note]) -> Degrees:
    stated = integer(ps, "ImageRotation", notes) or 0
    if stated not in _ROTATIONS:
        message = "Image Rotation is none of 0, 90, 180 and 270 degrees: left out"
        notes.append(Note("rotation_ignored", message))
        return 0
    return cast("Degrees", stated)


def _shutter(ps: Dataset, notes: list[Note]) -> Shutter | None:
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
        known = [place for edge in edges for place in _places(ps, f"Shutter{edge}Edge")[:1]]
        return RectangularShutter(*known) if len(known) == len(edges) else None
    if name == "CIRCULAR":
        center = _places(ps, "CenterOfCircularShutter")
        radius = _places(ps, "RadiusOfCircularShutter")[:1]
        if len(center) == _PAIR and radius and radius[0] >= 0:
            return CircularShutter(*center, *radius)
    if name == "POLYGONAL":
        places = _places(ps, "VerticesOfThePolygonalShutter")
        vertices = tuple(zip(places[::2], places[1::2], strict=False))
        if len(vertices) > _PAIR and len(places) % _PAIR == 0:
            return PolygonalShutter(vertices)
    return None


def _places(ds: Dataset, keyword: str) -> tuple[int, ...]:
    return tuple(min(max(one, -_FARTHEST), _FARTHEST) for one in integers(ds, keyword))


def _areas(ps: Dataset, notes: list[Note]) -> Iterator[DisplayedArea]:
    for item in items(ps, "DisplayedAreaSelectionSequence"):
        first = _places(item, "DisplayedAreaTopLeftHandCorner")
        last = _places(item, "DisplayedAreaBottomRightHandCorner")
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


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")
