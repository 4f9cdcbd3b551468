"""Grayscale Softcopy Presentation States: how somebody has seen images (PS3.3 A.33.1)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, cast

from pydicom.uid import UID, GrayscaleSoftcopyPresentationStateStorage

from dicomkit.dataset.elements.attributes import integer, items, text
from dicomkit.dataset.elements.datasets import check_dataset, error_context
from dicomkit.dataset.elements.values import well_formed_uid
from dicomkit.dataset.modules.displayed_area import DisplayedArea, displayed_areas
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
from dicomkit.dataset.modules.shutters import Shutter, read_shutter
from dicomkit.dataset.modules.voi import VoiOption, voi_views
from dicomkit.errors import UnsupportedError
from dicomkit.notes import Note
from dicomkit.transforms.placement import Degrees, Turn
from dicomkit.transforms.presentation import Invert, PresentationTable
from dicomkit.transforms.rescale import Rescale

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.transforms.lut import LookupTable

__all__ = [
    "SOURCE",
    "OverlayActivation",
    "PresentationState",
    "SoftcopyVoi",
    "is_state_class",
    "presentation_state",
]

SOURCE: Final = "the presentation state"
_ROTATIONS: Final = (0, 90, 180, 270)


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
    shutter = read_shutter(ps, notes)
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
        areas=tuple(displayed_areas(ps, notes)),
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


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")
