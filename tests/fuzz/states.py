"""Presentation states to be mutated, and the image that they are for."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pydicom
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.uid import ImplicitVRLittleEndian
from tests.states import annotation, area, figure, item, layer, make_state, reference, text, voi

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["IMAGE", "states"]

IMAGE: Final = Path(str(get_testdata_file("CT_small.dcm", download=False)))
_WORDS: Final = "PHANTOM, 12 mm"


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    # It is removed when the process ends.
    return tempfile.TemporaryDirectory(prefix="states")


@cache
def states() -> tuple[Path, ...]:
    """Write the states, the same in every process, and list them."""
    image = pydicom.dcmread(IMAGE, stop_before_pixels=True)
    paths = []
    for number, ps in enumerate(_make(image)):
        path = Path(_folder().name, f"state{number}")
        ps.save_as(path, enforce_file_format=True)
        paths.append(path)
    return tuple(paths)


def _make(image: Dataset) -> Iterator[Dataset]:
    yield _annotated(image)
    implicit = _annotated(image)
    implicit.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    implicit.set_original_encoding(is_implicit_vr=True, is_little_endian=True)
    yield implicit
    yield _with_tables(image)
    yield _with_bitmaps(image)


def _annotated(image: Dataset) -> Dataset:
    box: dict[str, Any] = {
        "BoundingBoxAnnotationUnits": "DISPLAY",
        "BoundingBoxTopLeftHandCorner": [0.1, 0.1],
        "BoundingBoxBottomRightHandCorner": [0.9, 0.3],
        "BoundingBoxTextHorizontalJustification": "CENTER",
        "AnchorPointAnnotationUnits": "PIXEL",
        "AnchorPoint": [20.0, 30.0],
        "AnchorPointVisibility": "Y",
    }
    figures = [
        figure("POINT", [5, 5]),
        figure("POLYLINE", [1, 1, 50, 60, 99, 3, 1, 1], filled=True),
        figure("INTERPOLATED", [1, 1, 50, 60, 99, 3, 1, 1]),
        figure("CIRCLE", [0.5, 0.5, 0.7, 0.5], "DISPLAY", filled=True),
        figure("ELLIPSE", [10, 50, 90, 50, 50, 30, 50, 70]),
    ]
    return make_state(
        image,
        RescaleSlope=1,
        RescaleIntercept=-1024,
        RescaleType="HU",
        SoftcopyVOILUTSequence=[voi(40, 400, reference(image, 1), function="SIGMOID")],
        PresentationLUTShape="INVERSE",
        ImageRotation=90,
        ImageHorizontalFlip="Y",
        DisplayedAreaSelectionSequence=[area((-5, 3), (90, 120), "MAGNIFY", 1.5)],
        ShutterShape=["RECTANGULAR", "CIRCULAR", "POLYGONAL"],
        ShutterLeftVerticalEdge=2,
        ShutterRightVerticalEdge=120,
        ShutterUpperHorizontalEdge=3,
        ShutterLowerHorizontalEdge=110,
        CenterOfCircularShutter=[60, 60],
        RadiusOfCircularShutter=55,
        VerticesOfThePolygonalShutter=[1, 1, 1, 128, 100, 128, 128, 60],
        ShutterPresentationValue=9000,
        GraphicLayerSequence=[layer("MARKS", 2, 50000), layer("MORE", 1)],
        GraphicAnnotationSequence=[
            annotation(*figures),
            annotation(text(_WORDS, **box), name="MORE", references=[reference(image)]),
        ],
    )


def _with_tables(image: Dataset) -> Dataset:
    modality = _table(-100, np.arange(300) * 10, 12, "SS")
    modality.ModalityLUTType = "US"
    return make_state(
        image,
        ModalityLUTSequence=[modality],
        SoftcopyVOILUTSequence=[item(VOILUTSequence=[_table(500, np.arange(256) * 16, 12)])],
        PresentationLUTShape=None,
        PresentationLUTSequence=[_table(0, np.arange(256)[::-1] * 16, 12)],
        DisplayedAreaSelectionSequence=[
            area((1, 1), (128, 128), "TRUE SIZE", PresentationPixelSpacing=["0.5", "0.25"])
        ],
    )


def _table(first: int, entries: np.ndarray[Any, Any], bits: int, vr: str = "US") -> Dataset:
    ds = Dataset()
    ds.add_new("LUTDescriptor", vr, [len(entries), first, bits])
    ds.add_new("LUTData", "OW", entries.astype("<u2").tobytes())
    return ds


def _with_bitmaps(image: Dataset) -> Dataset:
    ps = make_state(
        image,
        ShutterShape="BITMAP",
        ShutterOverlayGroup=0x6002,
        GraphicLayerSequence=[layer("MARKS")],
        ImageRotation=180,
    )
    for group in (0x6000, 0x6002):
        bits = np.indices((64, 40)).sum(axis=0) % (group - 0x5FFC) == 0
        elements = {
            0x0010: ("US", 64), 0x0011: ("US", 40), 0x0040: ("CS", "G"), 0x0050: ("SS", [-3, 20]),
            0x0100: ("US", 1), 0x0102: ("US", 0), 0x1001: ("CS", "MARKS"),
            0x3000: ("OW", np.packbits(bits, bitorder="little").tobytes()),
        }  # fmt: skip
        for number, (vr, value) in elements.items():
            ps.add_new(group << 16 | number, vr, value)
    return ps
