"""Presentation states, beside DCMTK's own renderer of them.

It draws the greyscale pipeline, rotations and flips. Displayed areas, shutters and graphics it
leaves out, and SIGMOID it draws as LINEAR.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import highdicom as hd
import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import MultiFrameGrayscaleWordSecondaryCaptureImageStorage
from tests.states import area, item, make_state, reference, voi

import dicomkit as dk
from reference import dcmtk
from reference.compare import AGREEMENT, difference
from reference.results import FILES
from reference.synthetic.making import SIDE, make_gray, ramp

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

BY_FILE_NAME = {file.path.name: file for file in FILES.values()}
TURNS = [(rotation, flip) for rotation in (0, 90, 180, 270) for flip in "NY"]


def made(signed: bool = False, photometric: str = "MONOCHROME2", frames: int = 1) -> Dataset:  # noqa: FBT001, FBT002
    """Make an image of 12 bits; DCMTK wants to know whose it is."""
    ends = (-2048, 2047) if signed else (0, 4095)
    stored = ramp(*ends, "<i2" if signed else "<u2")
    if frames > 1:
        stored = np.stack([stored // number for number in range(1, frames + 1)])
    ds = make_gray(stored, 12, photometric=photometric)
    if signed:
        ds.PixelRepresentation = 1
    if frames > 1:
        ds.SOPClassUID = MultiFrameGrayscaleWordSecondaryCaptureImageStorage
    ds.PatientName, ds.PatientID = "PHANTOM", "1"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.826.0.1.2", "1.2.826.0.1.3"
    return ds


def whole(ds: Dataset) -> list[Dataset]:
    """Show all of an image."""
    return [area((1, 1), (ds.Columns, ds.Rows))]


def table(first: int, entries: NDArray[Any], bits: int, vr: str = "US") -> Dataset:
    """Make an item of a sequence of tables."""
    ds = Dataset()
    ds.add_new("LUTDescriptor", vr, [len(entries) % 65536, first, bits])
    ds.add_new("LUTData", "OW", entries.astype("<u2").tobytes())
    return ds


def assert_agree(ds: Dataset, frame: int = 0, **elements: Any) -> None:  # noqa: ANN401
    """Hold a state of these elements to the same measure as all other pictures."""
    elements.setdefault("DisplayedAreaSelectionSequence", whole(ds))
    references = elements.pop("references", None)
    ps = make_state(ds, references=references, **elements)
    theirs = dcmtk.render_presented(ds, ps, frame)
    ours = dk.render(ds, frame, presentation=dk.presentation_state(ps))
    assert np.mean(difference(ours, theirs) <= 1) >= AGREEMENT
    # A picture of one level would agree with any fault.
    assert len(np.unique(ours)) > 1


FUNCTIONS = [None, "LINEAR", "LINEAR_EXACT"]


@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small.dcm"])
@pytest.mark.parametrize(("center", "width"), [(600, 900), (200.5, 37), (1000, 1)])
@pytest.mark.parametrize("shape", ["IDENTITY", "INVERSE"])
def test_windows_of_files(name: str, center: float, width: float, shape: str) -> None:
    """What the file itself says of its view, and of its Modality step, is not used."""
    ds = BY_FILE_NAME[name].read()
    assert_agree(ds, SoftcopyVOILUTSequence=[voi(center, width)], PresentationLUTShape=shape)


def test_a_rescale_before_a_window() -> None:
    """In Hounsfield units."""
    ds = BY_FILE_NAME["CT_small.dcm"].read()
    rescale: dict[str, Any] = {"RescaleSlope": 1, "RescaleIntercept": -1024, "RescaleType": "HU"}
    assert_agree(ds, SoftcopyVOILUTSequence=[voi(40, 400)], **rescale)
    assert_agree(ds, **rescale)
    rescale["RescaleSlope"] = "-1.5"
    assert_agree(ds, **rescale)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_windows_over_every_value(function: str | None) -> None:
    """Of 12 bits."""
    assert_agree(made(), SoftcopyVOILUTSequence=[voi(2000, 1500, function=function)])


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("shape", ["IDENTITY", "INVERSE"])
def test_without_a_window_over_the_stored_types_range(
    photometric: str, shape: str, *, signed: bool
) -> None:
    """And the state alone decides on the polarity (PS3.4 N.2.1.4)."""
    assert_agree(made(signed, photometric), PresentationLUTShape=shape)


@pytest.mark.parametrize("turn", TURNS)
def test_rotations_clockwise_and_then_flips(turn: tuple[int, str]) -> None:
    """Of an image whose rows and columns differ."""
    ds = made()
    ds.Rows, ds.Columns = SIDE // 2, SIDE * 2
    rotation, flip = turn
    assert_agree(ds, ImageRotation=rotation, ImageHorizontalFlip=flip)


@pytest.mark.parametrize("signed", [False, True])
def test_modality_luts(*, signed: bool) -> None:
    """With a window behind it, and without one over the range of its bits."""
    vr, first = ("SS", -700) if signed else ("US", 100)
    lut = table(first, np.arange(2000) ** 2 // 2000, 11, vr)
    lut.ModalityLUTType = "US"
    ds = made(signed)
    assert_agree(ds, ModalityLUTSequence=[lut])
    assert_agree(ds, ModalityLUTSequence=[lut], SoftcopyVOILUTSequence=[voi(800, 900)])


@pytest.mark.parametrize("signed", [False, True])
def test_voi_luts(*, signed: bool) -> None:
    """Of stored values and of those behind a rescale."""
    vr, first = ("SS", -1000) if signed else ("US", 1000)
    lut = table(first, np.arange(2000)[::-1] * 2, 12, vr)
    ds = made(signed)
    assert_agree(ds, SoftcopyVOILUTSequence=[item(VOILUTSequence=[lut])])


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_presentation_luts(bits: int) -> None:
    """The range of the VOI step's output is that of the table's entries (C.11.6)."""
    top = (1 << bits) - 1
    # So many entries that one more or less is no grey level.
    curve = np.rint((np.arange(4096) / 4095) ** 1.5 * top)
    lut: dict[str, Any] = {
        "PresentationLUTShape": None,
        "PresentationLUTSequence": [table(0, curve, bits)],
    }
    assert_agree(made(), **lut)
    assert_agree(made(), SoftcopyVOILUTSequence=[voi(2000, 3000)], **lut)


@pytest.mark.parametrize("frame", range(4))
def test_items_for_frames(frame: int) -> None:
    """Frames count from 1 in files; the fourth has no item, and its stored type's range."""
    ds = made(frames=4)
    windows = [
        voi(500, 500, reference(ds, [1, 2])),
        voi(1200, 1000, reference(ds, 3)),
    ]
    assert_agree(ds, frame, SoftcopyVOILUTSequence=windows)


def test_items_for_other_images() -> None:
    """An item that references others only is as if it were not there."""
    ds = made()
    other = reference(ds)
    other.ReferencedSOPInstanceUID = "1.2.826.0.1.99"
    both = [reference(ds), other]
    assert_agree(ds, references=both, SoftcopyVOILUTSequence=[voi(5, 5, other)])
    windows = [voi(5, 5, other), voi(2000, 500, reference(ds))]
    assert_agree(ds, references=both, SoftcopyVOILUTSequence=windows)


# DCMTK's pictures of these are wrong: of one bit it draws 1 as half of white; a big-endian sample
# of 32 bits it takes for two words in little-endian order.
DCMTK_IS_WRONG = {
    "liver_1frame.dcm",
    "liver_expb_1frame.dcm",
    "liver.dcm",
    "liver_expb.dcm",
    "rtdose_expb.dcm",
    "rtdose_expb_1frame.dcm",
}


def test_states_that_dcmtk_makes_of_files(tmp_path: Path) -> None:
    """Of every greyscale image of the packages that it can read: window, table, rescale and all."""
    agreeing: set[str] = set()
    differing: set[str] = set()
    for file in FILES.values():
        ps = dcmtk.make_state(file.path, tmp_path / "state")
        if ps is None:
            continue
        ds = dk.read_dataset(file.path)
        try:
            theirs = dcmtk.render_presented(file.path, ps)
        except dcmtk.DcmtkError:
            continue
        ours = dk.render(ds, 0, presentation=dk.presentation_state(dk.read_dataset(ps)))
        agrees = np.mean(difference(ours, theirs) <= 1) >= AGREEMENT
        (agreeing if agrees else differing).add(file.path.name)
    assert differing == DCMTK_IS_WRONG
    assert len(agreeing) > 50


def test_states_that_highdicom_makes() -> None:
    """What was put in comes out."""
    ds = BY_FILE_NAME["CT_small.dcm"].read()
    circle = hd.pr.GraphicObject(
        graphic_type=hd.pr.GraphicTypeValues.CIRCLE,
        graphic_data=np.array([[10.5, 20.5], [15.5, 20.5]]),
        units=hd.pr.AnnotationUnitsValues.PIXEL,
        is_filled=True,
    )
    words = hd.pr.TextObject(
        text_value="12 mm",
        units=hd.pr.AnnotationUnitsValues.DISPLAY,
        bounding_box=(0.1, 0.2, 0.5, 0.6),
    )
    layer = hd.pr.GraphicLayer("MARKS", order=1, display_color=hd.color.CIELabColor(50, 0, 0))
    ps = hd.pr.GrayscaleSoftcopyPresentationState(
        referenced_images=[ds],
        series_instance_uid=hd.UID(),
        series_number=9,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer="M",
        manufacturer_model_name="M",
        software_versions="1",
        device_serial_number="1",
        content_label="LABEL",
        graphic_layers=[layer],
        graphic_annotations=[
            hd.pr.GraphicAnnotation([ds], layer, graphic_objects=[circle], text_objects=[words])
        ],
        voi_lut_transformations=[
            hd.pr.SoftcopyVOILUTTransformation(window_center=40, window_width=400)
        ],
    )
    state = dk.presentation_state(ps)
    assert state.covers(ds.SOPInstanceUID)
    assert state.modality == dk.Rescale(1, -1024, "US")
    assert [one.window for one in state.voi[0].options] == [dk.Window(40, 400)]
    (annotation,) = state.graphics
    assert annotation.figures[0].points.tolist() == [[10.5, 20.5], [15.5, 20.5]]
    assert (annotation.figures[0].kind, annotation.figures[0].filled) == ("CIRCLE", True)
    assert annotation.texts[0].box == pytest.approx((0.1, 0.2, 0.5, 0.6))
    assert annotation.texts[0].text == "12 mm"
    assert [one.name for one in state.layers] == ["MARKS"]
    picture = dk.render(ds, presentation=state, graphics=True)
    # A disc of five pixels around the middle of the pixel in column 11, row 21.
    rows, columns = np.ogrid[:128, :128]
    disc = (rows - 20) ** 2 + (columns - 10) ** 2 <= 25
    assert (picture[disc] == 255).all()
    plain = dk.render(ds, window=dk.Window(40, 400))
    assert np.array_equal(dk.render(ds, presentation=state), plain)
