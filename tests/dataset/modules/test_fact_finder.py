"""Headers of a series one after the other: what differs is seen, and only that is looked at."""

from __future__ import annotations

import copy
from io import BytesIO
from typing import Any, Final

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

import dicomkit as dk
from dicomkit.dataset.modules.slices import FactFinder, slice_facts
from dicomkit.limits import DEFAULT_LIMITS


def raw(ds: Dataset) -> Dataset:
    """Give a header as it comes from a file, unconverted."""
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    stream = BytesIO()
    ds.save_as(stream)
    return dk.read_dataset(stream.getvalue())


def axial(slice_number: int, **changes: Any) -> Dataset:  # noqa: ANN401 - as pydicom takes them
    ds = Dataset()
    ds.SOPInstanceUID, ds.InstanceNumber = f"1.2.{slice_number}", slice_number
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.AcquisitionTime, ds.AcquisitionNumber = f"10150{slice_number}", "4"
    ds.ImagePositionPatient = [-100.5, 20, 2.5 * slice_number]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing, ds.Rows, ds.Columns, ds.BitsAllocated = [0.5, 0.7], 4, 5, 16
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    for keyword, value in changes.items():
        setattr(ds, keyword, value)
    return raw(ds)


def test_headers_that_differ_in_their_place_alone_are_told_by_it() -> None:
    finder = FactFinder(DEFAULT_LIMITS)
    found = [finder.find(axial(number))[0] for number in (1, 2, 3)]
    assert [facts.plane and facts.plane.position for facts in found] == [
        (-100.5, 20, 2.5),
        (-100.5, 20, 5),
        (-100.5, 20, 7.5),
    ]
    assert [facts.plane and facts.plane.spacing for facts in found] == [(0.5, 0.7)] * 3
    assert [(one.uid, one.number) for one in found] == [("1.2.1", 1), ("1.2.2", 2), ("1.2.3", 3)]
    times = [
        [one.value for one in facts.traits if one.word == "acquisition time"] for facts in found
    ]
    assert times == [[("101501",)], [("101502",)], [("101503",)]]


CHANGES: Final[tuple[dict[str, object], ...]] = (
    {"ImageType": ["DERIVED", "PRIMARY", "LOCALIZER"]},
    {"ImageOrientationPatient": [1, 0, 0, 0, 0, 1]},
    {"ImageOrientationPatient": [1, 0.001, 0, 0, 1, 0]},
    {"PixelSpacing": [0.5, 0.8]},
    {"Rows": 6},
    {"EchoTime": "12"},
    {"DiffusionBValue": 1000.0},
    {"TriggerTime": "310"},
    {"AcquisitionNumber": "5"},
    {"SpacingBetweenSlices": "3"},
    {"FrameOfReferenceUID": "1.9"},
    {"SeriesInstanceUID": "1.8"},
    {"ImagePositionPatient": None},
    {"ImagePositionPatient": [1e9, 0, 0]},
    {"ImagePositionPatient": [1, 2]},
    {"PhotometricInterpretation": "RGB", "SamplesPerPixel": 3},
    {"NumberOfFrames": 2},
    {"BitsAllocated": None},
)


@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: next(iter(changes)))
def test_whatever_else_a_header_says_is_seen(changes: dict[str, object]) -> None:
    finder = FactFinder(DEFAULT_LIMITS)
    for made in (axial(1), axial(2, **changes), axial(3, **changes), axial(4)):
        alone = slice_facts(copy.deepcopy(made), DEFAULT_LIMITS)
        assert finder.find(made) == alone
