"""Presentation states, made for images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, GrayscaleSoftcopyPresentationStateStorage

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "anchored",
    "annotation",
    "area",
    "bitmap",
    "box",
    "figure",
    "item",
    "layer",
    "make_state",
    "reference",
    "state_of",
    "text",
    "voi",
]

STATE: Final = GrayscaleSoftcopyPresentationStateStorage
_UID: Final = "1.2.826.0.1.3680043.8.498.77"


def item(**elements: Any) -> Dataset:  # noqa: ANN401 - values of all kinds
    ds = Dataset()
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


def reference(image: Dataset, frames: int | list[int] | None = None) -> Dataset:
    """Refer to an image, or to frames of it, counted from 1."""
    ds = item(
        ReferencedSOPClassUID=image.get("SOPClassUID", "1.2.840.10008.5.1.4.1.1.7"),
        ReferencedSOPInstanceUID=image.SOPInstanceUID,
    )
    if frames is not None:
        ds.ReferencedFrameNumber = frames
    return ds


def make_state(
    *images: Dataset,
    references: Sequence[Dataset] | None = None,
    **elements: Any,  # noqa: ANN401 - values of all kinds
) -> Dataset:
    """Make a state of nothing but what each must have, for images."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.set_original_encoding(is_implicit_vr=False, is_little_endian=True)
    ds.SOPClassUID, ds.SOPInstanceUID = STATE, f"{_UID}.1"
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = "PHANTOM", "1", "", ""
    ds.StudyDate, ds.StudyTime, ds.AccessionNumber = "", "", ""
    ds.ReferringPhysicianName, ds.StudyID, ds.StudyInstanceUID = "", "", f"{_UID}.2"
    ds.Modality, ds.SeriesInstanceUID, ds.SeriesNumber = "PR", f"{_UID}.3", 9
    ds.Manufacturer, ds.InstanceNumber = "", 1
    ds.ContentLabel, ds.ContentDescription, ds.ContentCreatorName = "STATE", "", ""
    ds.PresentationCreationDate, ds.PresentationCreationTime = "20200101", "120000"
    known = [reference(image) for image in images] if references is None else list(references)
    ds.ReferencedSeriesSequence = [
        item(
            SeriesInstanceUID=next((i.get("SeriesInstanceUID") for i in images), None)
            or f"{_UID}.4",
            ReferencedImageSequence=known,
        )
    ]
    ds.PresentationLUTShape = "IDENTITY"
    for keyword, value in elements.items():
        if value is None:
            delattr(ds, keyword)
        else:
            setattr(ds, keyword, value)
    return ds


def voi(center: float, width: float, *references: Dataset, function: str | None = None) -> Dataset:
    ds = item(WindowCenter=center, WindowWidth=width)
    if function is not None:
        ds.VOILUTFunction = function
    if references:
        ds.ReferencedImageSequence = list(references)
    return ds


def area(
    first: tuple[int, int],
    last: tuple[int, int],
    mode: str = "SCALE TO FIT",
    magnification: float | None = None,
    *references: Dataset,
    **elements: Any,  # noqa: ANN401
) -> Dataset:
    """Show an area; corners are column and row."""
    ds = item(
        DisplayedAreaTopLeftHandCorner=list(first),
        DisplayedAreaBottomRightHandCorner=list(last),
        PresentationSizeMode=mode,
    )
    if "PresentationPixelSpacing" not in elements:
        elements.setdefault("PresentationPixelAspectRatio", [1, 1])
    if magnification is not None:
        ds.PresentationPixelMagnificationRatio = magnification
    if references:
        ds.ReferencedImageSequence = list(references)
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    return ds


def layer(name: str, order: int = 1, value: int | None = None) -> Dataset:
    ds = item(GraphicLayer=name, GraphicLayerOrder=order)
    if value is not None:
        ds.GraphicLayerRecommendedDisplayGrayscaleValue = value
    return ds


def figure(
    kind: str, points: Sequence[float], units: str = "PIXEL", *, filled: bool = False
) -> Dataset:
    return item(
        GraphicAnnotationUnits=units,
        GraphicDimensions=2,
        NumberOfGraphicPoints=min(len(points) // 2, 65535),
        GraphicData=list(points),
        GraphicType=kind,
        GraphicFilled="Y" if filled else "N",
    )


def text(words: str, **elements: Any) -> Dataset:  # noqa: ANN401
    return item(UnformattedTextValue=words, **elements)


def annotation(
    *objects: Dataset, name: str = "MARKS", references: Sequence[Dataset] = ()
) -> Dataset:
    """Put figures and texts into a layer."""
    ds = item(GraphicLayer=name)
    figures = [one for one in objects if "GraphicType" in one]
    texts = [one for one in objects if "GraphicType" not in one]
    if figures:
        ds.GraphicObjectSequence = figures
    if texts:
        ds.TextObjectSequence = texts
    if references:
        ds.ReferencedImageSequence = list(references)
    return ds


IMAGE: Final = item(SOPInstanceUID="1.2.3")


def read_state(**elements: Any) -> dk.PresentationState:  # noqa: ANN401 - values of all kinds
    """Read a state of these elements for an image of which nothing else is known."""
    return dk.presentation_state(make_state(IMAGE, **elements))


def codes(state: dk.PresentationState) -> list[str]:
    return [note.code for note in state.notes]


def state_of(*images: Dataset, **elements: Any) -> dk.PresentationState:  # noqa: ANN401
    return dk.presentation_state(make_state(*images, **elements))


def bitmap(ps: Dataset, plane: list[list[int]], group: int = 0x6000, **changed: Any) -> Dataset:  # noqa: ANN401
    bits = np.array(plane, np.uint8)
    elements = {
        0x0010: ("US", bits.shape[0]),
        0x0011: ("US", bits.shape[1]),
        0x0040: ("CS", "G"),
        0x0050: ("SS", changed.get("origin", [1, 1])),
        0x0100: ("US", 1),
        0x0102: ("US", 0),
        0x3000: ("OW", np.packbits(bits, bitorder="little").tobytes() + b"\0"),
    }
    for number, (vr, value) in elements.items():
        ps.add_new(group << 16 | number, vr, value)
    return ps


def box(left: float, top: float, right: float, bottom: float, at: str = "LEFT") -> dict[str, Any]:
    """Put a text into a box of pixels."""
    return {
        "BoundingBoxAnnotationUnits": "PIXEL",
        "BoundingBoxTopLeftHandCorner": [float(left), float(top)],
        "BoundingBoxBottomRightHandCorner": [float(right), float(bottom)],
        "BoundingBoxTextHorizontalJustification": at,
    }


def anchored(x: float, y: float, *, visible: bool = False) -> dict[str, Any]:
    """Anchor a text at a place, in pixels."""
    return {
        "AnchorPointAnnotationUnits": "PIXEL",
        "AnchorPoint": [float(x), float(y)],
        "AnchorPointVisibility": "Y" if visible else "N",
    }
