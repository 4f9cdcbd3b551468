"""Notes on units that stand beside the Modality step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dicomkit.dataset.modules.stated_units import stated_elsewhere

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    Make = Callable[..., Dataset]


@pytest.mark.parametrize(
    ("elements", "place"),
    [
        ({"DoseGridScaling": "1e-6"}, "Dose Grid Scaling"),
        ({"SegmentationType": "FRACTIONAL"}, "Maximum Fractional Value"),
        ({"Units": "BQML"}, "Units"),
    ],
)
def test_each_place_is_named(dataset: Make, elements: dict[str, object], place: str) -> None:
    (note,) = stated_elsewhere(dataset(**elements), 0)
    assert note.code == "units_elsewhere"
    assert note.message == f"the unit of values is stated by {place}: see to_quantity"


def test_a_mapping_is_named_wherever_it_stands(dataset: Make) -> None:
    groups = dataset(RealWorldValueMappingSequence=[dataset(RealWorldValueSlope=1.0)])
    for keyword in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        ds = dataset(**{keyword: [groups]})
        assert "Real World Value Mapping" in stated_elsewhere(ds, 0)[0].message
    (note,) = stated_elsewhere(groups, 0)
    assert "Real World Value Mapping" in note.message
    assert stated_elsewhere(dataset(PerFrameFunctionalGroupsSequence=[groups]), 1) == ()


def test_most_files_state_none(dataset: Make) -> None:
    assert stated_elsewhere(dataset(RescaleSlope=1, RescaleType="HU"), 0) == ()
    assert stated_elsewhere(dataset(SegmentationType="BINARY"), 0) == ()
