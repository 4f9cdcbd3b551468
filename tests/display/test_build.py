from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    Make = Callable[..., Dataset]


def roles(ds: Dataset, **options: Any) -> list[str]:  # noqa: ANN401
    return [step.role for step in dk.display_pipeline(ds, **options).steps]


def real(name: str) -> Dataset:
    path = get_testdata_file(name, download=False)
    assert isinstance(path, str)
    return pydicom.dcmread(path)


def test_only_the_steps_that_are_there(grey: Make) -> None:
    ds = grey([0, 1])
    assert roles(ds) == ["VOI", "Output"]
    ds.RescaleSlope, ds.RescaleIntercept = 2, 0
    assert roles(ds) == ["Modality", "VOI", "Output"]
    ds.PhotometricInterpretation = "MONOCHROME1"
    ds.PixelPaddingValue = 0
    assert roles(ds) == ["Modality", "VOI", "Presentation", "Output"]
    expected = ["Padding", "Modality", "VOI", "Presentation", "Output"]
    assert roles(ds, padding="background") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CT_small.dcm", ["Modality", "VOI", "Output"]),
        ("MR_small.dcm", ["VOI", "Output"]),
        ("vlut_04.dcm", ["VOI", "Output"]),
        ("mlut_18.dcm", ["Modality", "VOI", "Output"]),
        ("RG1_UNCI.dcm", ["VOI", "Presentation", "Output"]),
        ("examples_palette.dcm", ["Palette", "Output"]),
        ("eCT_Supplemental.dcm", ["Palette", "Output"]),
        ("examples_rgb_color.dcm", ["Colour", "Output"]),
    ],
)
def test_the_steps_of_real_files(name: str, expected: list[str]) -> None:
    assert roles(real(name)) == expected


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        ("u1", (0, 255)),
        ("i2", (-32768, 32767)),
        ("u4", None),
        ("f4", None),
        ("f8", None),
    ],
)
def test_16_bits_or_fewer_have_a_table(
    grey: Make, dtype: str, expected: tuple[int, int] | None
) -> None:
    assert dk.display_pipeline(grey([0, 1], dtype)).stored_range == expected


def test_wide_words_of_few_bits_have_a_table_too(grey: Make) -> None:
    ds = grey([0, 1], "u4", BitsStored=12)
    assert dk.display_pipeline(ds).stored_range == (0, 4095)


@pytest.mark.parametrize("bits", [8, 16])
def test_the_depth_is_the_outputs(grey: Make, bits: Any) -> None:  # noqa: ANN401
    ds = grey([0, 1, 3], WindowCenter=2, WindowWidth=4)
    pipeline = dk.display_pipeline(ds, bits=bits)
    picture = pipeline(dk.stored_values(ds))
    assert picture.dtype == f"uint{bits}"
    # (x - 1.5) / 3 + 0.5
    white = 2**bits - 1
    assert picture.tolist() == [[0, white // 3, white]]
    assert pipeline.steps[-1].source == f"{bits} bits"


@pytest.mark.parametrize(
    "options", [{"bits": 12}, {"padding": "black"}, {"bits": 12, "padding": None}]
)
def test_options_are_checked(grey: Make, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"bits|padding"):
        dk.display_pipeline(grey([0, 1]), **options)


@pytest.mark.parametrize("frame", [-1, 1, 99])
def test_a_frame_that_is_not_there(grey: Make, frame: int) -> None:
    with pytest.raises(IndexError, match="the image has 1"):
        dk.display_pipeline(grey([0, 1]), frame)


def test_equal_headers_make_equal_pipelines(grey: Make) -> None:
    elements = {"RescaleSlope": 1, "RescaleIntercept": -1024, "WindowCenter": 0, "WindowWidth": 9}
    one, other = grey([0, 1], **elements), grey([5, 9], **elements)
    assert dk.display_pipeline(one) == dk.display_pipeline(other)
    assert dk.display_pipeline(one).table() is dk.display_pipeline(other).table()


def test_a_damaged_frame_serves_a_lenient_caller(grey: Make) -> None:
    ds = grey([1, 2, 3, 9])
    ds.PixelData = ds.PixelData[:4]
    with pytest.raises(dk.TruncatedError):
        dk.display_pipeline(ds, window="full")
    pipeline = dk.display_pipeline(ds, window="full", lenient=True)
    assert pipeline.steps[0].transform == dk.Window(1.5, 3)


def test_limits_hold(grey: Make) -> None:
    with pytest.raises(dk.LimitError):
        dk.display_pipeline(grey([0, 1]), limits=dk.Limits(frame_bytes=3))


def test_every_fallback_is_noted_as_data_and_in_the_printout(grey: Make) -> None:
    ds = grey([0, 1], RescaleIntercept=5, WindowCenter=[1, 2], WindowWidth=[0, 0.5])
    ds.VOILUTFunction = "UNHEARD"
    ds.PresentationLUTShape = "INVERSE"
    ds.HighBit = 99
    pipeline = dk.display_pipeline(ds)
    codes = [note.code for note in pipeline.notes]
    assert codes == [
        "high_bit_assumed",
        "slope_assumed",
        "voi_function_unknown",
        "window_ignored",
        "window_exact",
        "shape_contradicts",
    ]
    printed = str(pipeline)
    assert all(code in printed for code in codes)


def test_no_value_of_the_file_stands_in_a_message(
    grey: Make, caplog: pytest.LogCaptureFixture
) -> None:
    ds = grey([0, 1])
    for keyword, vr in (
        ("WindowCenter", "DS"),
        ("WindowWidth", "DS"),
        ("RescaleSlope", "DS"),
        ("RescaleIntercept", "DS"),
        ("PixelPaddingValue", "US"),
        ("VOILUTFunction", "CS"),
        ("PresentationLUTShape", "CS"),
        ("NumberOfFrames", "IS"),
        ("VOILUTSequence", "SQ"),
        ("ModalityLUTSequence", "SQ"),
        ("SharedFunctionalGroupsSequence", "SQ"),
    ):
        tag = Tag(keyword)
        ds[tag] = RawDataElement(tag, vr, 6, b"CANARY", 0, False, True)  # noqa: FBT003
    with caplog.at_level(logging.DEBUG), warnings.catch_warnings():
        warnings.simplefilter("error")
        pipeline = dk.display_pipeline(ds)
        dk.render(ds)
    assert "CANARY" not in str(pipeline)
    assert not caplog.records


def test_the_dataset_stays_as_it_is(grey: Make) -> None:
    ds = grey([0, 1], RescaleSlope=2, RescaleIntercept=1, WindowCenter=1, WindowWidth=2)
    before = {element.tag: element.value for element in ds}
    for window in (None, "full", 0, dk.Window(1, 2), ("auto", 0, 0)):
        dk.display_pipeline(ds, window=window)
        dk.render(ds, window=window, bits=16, padding="background")
    dk.to_values(ds)
    assert {element.tag: element.value for element in ds} == before


def test_real_frames_have_their_own_pipelines() -> None:
    ds = real("eCT_Supplemental.dcm")
    pictures = dk.render(ds)
    assert pictures.shape == (2, ds.Rows, ds.Columns, 3)
    for frame in range(2):
        pipeline = dk.display_pipeline(ds, frame)
        assert np.array_equal(pipeline(dk.stored_values(ds, frame)), pictures[frame])
