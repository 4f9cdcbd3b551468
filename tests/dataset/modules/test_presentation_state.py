"""Reading Grayscale Softcopy Presentation States; the clause is PS3.3 A.33.1."""

from __future__ import annotations

import pickle
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag
from pydicom.uid import (
    AdvancedBlendingPresentationStateStorage,
    BlendingSoftcopyPresentationStateStorage,
    ColorSoftcopyPresentationStateStorage,
    CTImageStorage,
    PseudoColorSoftcopyPresentationStateStorage,
    XAXRFGrayscaleSoftcopyPresentationStateStorage,
)
from tests.states import (
    annotation,
    area,
    figure,
    item,
    layer,
    make_state,
    reference,
    text,
    voi,
)

import dicomkit as dk
from dicomkit.dataset.modules.references import ImageReference
from dicomkit.transforms.presentation import Invert, PresentationTable
from dicomkit.transforms.shutter import CircularShutter, PolygonalShutter, RectangularShutter

IMAGE = item(SOPInstanceUID="1.2.3")


def read(**elements: Any) -> dk.PresentationState:  # noqa: ANN401
    return dk.presentation_state(make_state(IMAGE, **elements))


def codes(state: dk.PresentationState) -> list[str]:
    return [note.code for note in state.notes]


def table(first: int, entries: list[int], bits: int, vr: str = "US") -> Dataset:
    ds = Dataset()
    ds.add_new("LUTDescriptor", vr, [len(entries), first, bits])
    ds.add_new("LUTData", "OW", np.array(entries, "<u2").tobytes())
    return ds


def test_what_a_state_leaves_out_is_identity() -> None:
    state = read(PresentationLUTShape=None)
    assert [state.modality, state.presentation, state.shutter] == [None] * 3
    found = (*state.voi, *state.areas, *state.layers, *state.overlays, *state.graphics)
    assert found == ()
    assert (state.rotation, state.flip, state.notes) == (0, False, ())


def test_references_count_frames_from_0() -> None:
    images = [reference(IMAGE, [1, 4]), reference(item(SOPInstanceUID="1.2.4"))]
    state = dk.presentation_state(make_state(references=images))
    assert state.references == (
        ImageReference("1.2.3", frozenset({0, 3})),
        ImageReference("1.2.4", None),
    )
    assert [state.covers("1.2.3", frame) for frame in range(5)] == [True, False, False, True, False]
    assert state.covers("1.2.4", 77)
    assert not state.covers("1.2.5")


def test_a_frame_number_that_is_none_refers_to_no_frame() -> None:
    one = reference(IMAGE, 0)
    assert not dk.presentation_state(make_state(references=[one])).covers("1.2.3")


def test_a_rescale_and_a_modality_lut() -> None:
    state = read(RescaleSlope="2", RescaleIntercept="-1024", RescaleType="HU")
    assert state.modality == dk.Rescale(2, -1024, "HU")
    lut = table(5, [1, 2, 3], 8)
    lut.ModalityLUTType = "OD"
    assert read(ModalityLUTSequence=[lut]).modality == dk.LookupTable(5, [1, 2, 3], 8)


def test_windows_and_tables_with_their_references() -> None:
    state = read(
        SoftcopyVOILUTSequence=[
            voi(40, 80, reference(IMAGE, 2), function="SIGMOID"),
            item(VOILUTSequence=[table(0, [0, 7], 4)]),
        ]
    )
    first, second = state.voi
    assert first.references == (ImageReference("1.2.3", frozenset({1})),)
    assert [one.window for one in first.options] == [dk.Window(40, 80, "SIGMOID")]
    assert second.references == ()
    assert [one.window for one in second.options] == [dk.LookupTable(0, [0, 7], 4)]
    assert {one.source for one in (*first.options, *second.options)} == {"the presentation state"}


def test_shapes_and_tables_of_the_presentation() -> None:
    assert read().presentation is None
    assert read(PresentationLUTShape="INVERSE").presentation == Invert()
    lut = table(0, [9, 0], 8)
    state = read(PresentationLUTShape=None, PresentationLUTSequence=[lut])
    assert state.presentation == PresentationTable(dk.LookupTable(0, [9, 0], 8))
    state = read(PresentationLUTShape="LIN OD")
    assert state.presentation is None
    assert codes(state) == ["shape_ignored"]


def test_shutters_of_every_shape() -> None:
    state = read(
        ShutterShape=["RECTANGULAR", "CIRCULAR", "POLYGONAL", "BITMAP"],
        ShutterLeftVerticalEdge=1,
        ShutterRightVerticalEdge=2,
        ShutterUpperHorizontalEdge=3,
        ShutterLowerHorizontalEdge=4,
        CenterOfCircularShutter=[5, 6],
        RadiusOfCircularShutter=7,
        VerticesOfThePolygonalShutter=[1, 2, 3, 4, 5, 7],
        ShutterOverlayGroup=0x6002,
        ShutterPresentationValue=1000,
    )
    assert state.shutter is not None
    assert state.shutter.shapes == (
        RectangularShutter(left=1, right=2, upper=3, lower=4),
        CircularShutter(row=5, column=6, radius=7),
        PolygonalShutter(((1, 2), (3, 4), (5, 7))),
    )
    assert (state.shutter.overlay, state.shutter.value) == (0x6002, 1000)
    assert state.notes == ()


@pytest.mark.parametrize(
    "elements",
    [
        {"ShutterShape": "RECTANGULAR", "ShutterLeftVerticalEdge": 1},
        {"ShutterShape": "CIRCULAR", "CenterOfCircularShutter": [1, 2]},
        {
            "ShutterShape": "CIRCULAR",
            "CenterOfCircularShutter": [1, 2],
            "RadiusOfCircularShutter": -1,
        },
        {"ShutterShape": "POLYGONAL", "VerticesOfThePolygonalShutter": [1, 2, 3, 4]},
        {"ShutterShape": "POLYGONAL", "VerticesOfThePolygonalShutter": [1, 2, 3, 4, 5, 6, 7]},
        {"ShutterShape": "BITMAP"},
        {"ShutterShape": "OVAL"},
    ],
)
def test_a_shutter_without_its_numbers_is_left_out(elements: dict[str, Any]) -> None:
    state = read(**elements)
    assert state.shutter is None
    assert codes(state) == ["shutter_ignored"]


@pytest.mark.parametrize("value", [-1, 45, 360, 91])
def test_a_rotation_that_there_is_not_is_left_out(value: int) -> None:
    ps = make_state(IMAGE)
    ps.add_new("ImageRotation", "SS" if value < 0 else "US", value)
    state = dk.presentation_state(ps)
    assert state.rotation == 0
    assert codes(state) == ["rotation_ignored"]


def test_corners_of_an_area_are_columns_and_rows_of_the_unrotated_image() -> None:
    """Turned by 180 degrees, what is top left in the picture has the higher numbers (C.10.4)."""
    (found,) = read(ImageRotation=180, DisplayedAreaSelectionSequence=[area((9, 8), (2, -3))]).areas
    assert (found.left, found.top, found.right, found.bottom) == (2, -3, 9, 8)
    assert (found.mode, found.magnification) == ("SCALE TO FIT", 1)
    assert found.aspect == 1


def test_how_large_an_area_is_drawn() -> None:
    (found,) = read(
        DisplayedAreaSelectionSequence=[
            area((1, 1), (2, 2), "MAGNIFY", 2.5, PresentationPixelSpacing=["0.5", "0.25"])
        ]
    ).areas
    assert (found.mode, found.magnification) == ("MAGNIFY", 2.5)
    assert found.aspect == 2
    state = read(DisplayedAreaSelectionSequence=[area((1, 1), (2, 2), "MAGNIFY", -1)])
    assert state.areas[0].magnification == 1
    assert codes(state) == ["magnification_ignored"]


def test_an_area_without_a_corner_is_left_out() -> None:
    broken = area((1, 1), (2, 2))
    del broken.DisplayedAreaBottomRightHandCorner
    state = read(DisplayedAreaSelectionSequence=[broken])
    assert state.areas == ()
    assert codes(state) == ["area_ignored"]


def test_layers_are_in_the_order_in_which_they_are_drawn() -> None:
    state = read(GraphicLayerSequence=[layer("A", 3, 7), layer("B", 1), layer("C", 3, 8)])
    assert [(one.name, one.order, one.value) for one in state.layers] == [
        ("B", 1, 65535),
        ("A", 3, 7),
        ("C", 3, 8),
    ]


def test_overlays_that_are_active() -> None:
    ps = make_state(IMAGE)
    ps.add_new(0x60001001, "CS", "MARKS")
    ps.add_new(0x60021001, "CS", "")
    ps.add_new(0x60041001, "CS", "MORE")
    ps.ShutterShape, ps.ShutterOverlayGroup = "BITMAP", 0x6004
    state = dk.presentation_state(ps)
    assert [(one.group, one.layer) for one in state.overlays] == [(0x6000, "MARKS")]


def test_figures_and_texts() -> None:
    box = {
        "BoundingBoxAnnotationUnits": "DISPLAY",
        "BoundingBoxTopLeftHandCorner": [0.0, 0.25],
        "BoundingBoxBottomRightHandCorner": [0.5, 1.0],
        "BoundingBoxTextHorizontalJustification": "RIGHT",
    }
    anchor = {
        "AnchorPointAnnotationUnits": "PIXEL",
        "AnchorPoint": [3.0, 4.0],
        "AnchorPointVisibility": "Y",
    }
    (found,) = read(
        GraphicAnnotationSequence=[
            annotation(
                figure("CIRCLE", [1, 2, 3, 4, 5, 6], filled=True),
                text("HELLO\r\nTHERE", **box, **anchor),
                references=[reference(IMAGE)],
            )
        ]
    ).graphics
    assert (found.layer, found.references) == ("MARKS", (ImageReference("1.2.3"),))
    (circle,) = found.figures
    assert (circle.kind, circle.units, circle.filled) == ("CIRCLE", "PIXEL", True)
    assert circle.points.tolist() == [[1, 2], [3, 4]]
    assert not circle.points.flags.writeable
    (said,) = found.texts
    assert said.text == "HELLO\r\nTHERE"
    assert (said.box, said.box_units) == ((0, 0.25, 0.5, 1), "DISPLAY")
    assert (said.anchor, said.anchor_units, said.anchor_visible) == ((3, 4), "PIXEL", True)
    assert said.justification == "RIGHT"


@pytest.mark.parametrize(
    "broken",
    [
        figure("SQUARE", [1, 2, 3, 4]),
        figure("POLYLINE", [1, 2]),
        figure("POLYLINE", [1, 2, 3]),
        figure("ELLIPSE", [1, 2, 3, 4, 5, 6]),
        figure("POINT", [1, 2], "MATRIX"),
        figure("POINT", [float("nan"), 2]),
        figure("POLYLINE", [1, 2, float("inf"), 4]),
        text("no place"),
        text("half a box", BoundingBoxTopLeftHandCorner=[0.0, 0.0]),
        text("no units", AnchorPoint=[1.0, 1.0]),
    ],
)
def test_what_cannot_be_drawn_is_noted(broken: Dataset) -> None:
    made = make_state(IMAGE, GraphicAnnotationSequence=[annotation(broken)])
    for ps in (made, dcmread(written(made))):
        state = dk.presentation_state(ps)
        assert state.graphics == ()
        assert codes(state) == ["graphic_ignored"]


def test_more_than_anybody_draws_is_left_out() -> None:
    long = annotation(figure("POLYLINE", [0.0, 1.0] * 70_000))
    assert codes(read(GraphicAnnotationSequence=[long])) == ["graphic_ignored"]
    sequence = [annotation(figure("POINT", [1, 2])) for _ in range(10_001)]
    state = read(GraphicAnnotationSequence=sequence)
    assert len(state.graphics) == 10_000
    assert codes(state) == ["graphics_limited"]


def test_its_repr_and_those_of_its_parts_quote_nothing() -> None:
    name = "DOE"
    ps = make_state(
        IMAGE,
        ContentLabel=name,
        ContentDescription=name,
        ContentCreatorName=name,
        PatientName=name,
        GraphicLayerSequence=[layer(name)],
        GraphicAnnotationSequence=[
            annotation(
                text(name, AnchorPointAnnotationUnits="PIXEL", AnchorPoint=[1.0, 1.0]),
                figure("POINT", [1, 1]),
                name=name,
            )
        ],
    )
    for number, value in {0x10: 1, 0x11: 1, 0x50: [1, 1]}.items():
        ps.add_new(0x60000000 | number, "SS" if number == 0x50 else "US", value)
    ps.add_new(0x60001001, "CS", name)
    ps.add_new(0x60001500, "LO", name)
    ps.add_new(0x60000022, "LO", name)
    ps.add_new(0x60003000, "OW", name.encode() + b" ")
    state = dk.presentation_state(ps)
    assert state.label == name
    parts = (state.references, state.layers, state.overlays, state.graphics, state.bitmaps)
    assert name not in repr((state, *parts))
    assert repr(state) == "<PresentationState: 1 image, 1 overlay, 1 figure, 1 text>"


@pytest.mark.parametrize(
    "kind",
    [
        ColorSoftcopyPresentationStateStorage,
        PseudoColorSoftcopyPresentationStateStorage,
        BlendingSoftcopyPresentationStateStorage,
        AdvancedBlendingPresentationStateStorage,
        XAXRFGrayscaleSoftcopyPresentationStateStorage,
    ],
)
def test_other_states_are_refused_by_name(kind: Any) -> None:  # noqa: ANN401 - a UID
    with pytest.raises(dk.UnsupportedError, match=kind.name.split()[0]) as caught:
        read(SOPClassUID=kind)
    assert kind.name in caught.value.message


def test_a_state_that_subtracts_a_mask_is_refused() -> None:
    with pytest.raises(dk.UnsupportedError, match="subtracts a mask"):
        read(MaskSubtractionSequence=[item(MaskOperation="AVG_SUB")])


@pytest.mark.parametrize("kind", [CTImageStorage, "1.2.3", None])
def test_what_is_no_state_is_refused(kind: Any) -> None:  # noqa: ANN401
    with pytest.raises(dk.UnsupportedError, match="this is no presentation state"):
        read(SOPClassUID=kind)
    ps = make_state(IMAGE)
    ps["SOPClassUID"] = RawDataElement(
        Tag("SOPClassUID"), "UI", 5, b"../..", 0, is_implicit_VR=False, is_little_endian=True
    )
    with pytest.raises(dk.UnsupportedError, match="this is no presentation state"):
        dk.presentation_state(ps)
    with pytest.raises(TypeError, match="expected a pydicom Dataset"):
        dk.presentation_state("state.dcm")  # type: ignore[arg-type]


def test_an_error_names_the_file() -> None:
    ps = make_state(IMAGE, SOPClassUID=CTImageStorage)
    ps.filename = "state.dcm"
    with pytest.raises(dk.UnsupportedError) as caught:
        dk.presentation_state(ps)
    assert caught.value.path == "state.dcm"


def test_a_state_travels() -> None:
    state = read(SoftcopyVOILUTSequence=[voi(1, 2)], ImageRotation=90)
    again = pickle.loads(pickle.dumps(state))  # noqa: S301 - our own
    assert again == state
    assert hash(again) == hash(state)


def written(ds: Dataset) -> BytesIO:
    stream = BytesIO()
    ds.save_as(stream, enforce_file_format=True)
    stream.seek(0)
    return stream
