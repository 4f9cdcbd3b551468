"""Reading Grayscale Softcopy Presentation States; the clause is PS3.3 A.33.1."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
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
    IMAGE,
    annotation,
    codes,
    figure,
    item,
    layer,
    make_state,
    read_state,
    reference,
    text,
    voi,
)

import dicomkit as dk
from dicomkit.dataset.modules.references import ImageReference
from dicomkit.transforms.presentation import Invert, PresentationTable


def table(first: int, entries: list[int], bits: int, vr: str = "US") -> Dataset:
    ds = Dataset()
    ds.add_new("LUTDescriptor", vr, [len(entries), first, bits])
    ds.add_new("LUTData", "OW", np.array(entries, "<u2").tobytes())
    return ds


def test_what_a_state_leaves_out_is_identity() -> None:
    state = read_state(PresentationLUTShape=None)
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
    state = read_state(RescaleSlope="2", RescaleIntercept="-1024", RescaleType="HU")
    assert state.modality == dk.Rescale(2, -1024, "HU")
    lut = table(5, [1, 2, 3], 8)
    lut.ModalityLUTType = "OD"
    assert read_state(ModalityLUTSequence=[lut]).modality == dk.LookupTable(5, [1, 2, 3], 8)


def test_windows_and_tables_with_their_references() -> None:
    state = read_state(
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
    assert read_state().presentation is None
    assert read_state(PresentationLUTShape="INVERSE").presentation == Invert()
    lut = table(0, [9, 0], 8)
    state = read_state(PresentationLUTShape=None, PresentationLUTSequence=[lut])
    assert state.presentation == PresentationTable(dk.LookupTable(0, [9, 0], 8))
    state = read_state(PresentationLUTShape="LIN OD")
    assert state.presentation is None
    assert codes(state) == ["shape_ignored"]


@pytest.mark.parametrize("value", [-1, 45, 360, 91])
def test_a_rotation_that_there_is_not_is_left_out(value: int) -> None:
    ps = make_state(IMAGE)
    ps.add_new("ImageRotation", "SS" if value < 0 else "US", value)
    state = dk.presentation_state(ps)
    assert state.rotation == 0
    assert codes(state) == ["rotation_ignored"]


def test_overlays_that_are_active() -> None:
    ps = make_state(IMAGE)
    ps.add_new(0x60001001, "CS", "MARKS")
    ps.add_new(0x60021001, "CS", "")
    ps.add_new(0x60041001, "CS", "MORE")
    ps.ShutterShape, ps.ShutterOverlayGroup = "BITMAP", 0x6004
    state = dk.presentation_state(ps)
    assert [(one.group, one.layer) for one in state.overlays] == [(0x6000, "MARKS")]


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
        read_state(SOPClassUID=kind)
    assert kind.name in caught.value.message


def test_a_state_that_subtracts_a_mask_is_refused() -> None:
    with pytest.raises(dk.UnsupportedError, match="subtracts a mask"):
        read_state(MaskSubtractionSequence=[item(MaskOperation="AVG_SUB")])


@pytest.mark.parametrize("kind", [CTImageStorage, "1.2.3", None])
def test_what_is_no_state_is_refused(kind: Any) -> None:  # noqa: ANN401
    with pytest.raises(dk.UnsupportedError, match="this is no presentation state"):
        read_state(SOPClassUID=kind)
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
    state = read_state(SoftcopyVOILUTSequence=[voi(1, 2)], ImageRotation=90)
    again = pickle.loads(pickle.dumps(state))  # noqa: S301 - our own
    assert again == state
    assert hash(again) == hash(state)
