"""Functional groups; the clause is PS3.3 C.7.6.16."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydicom.dataset import Dataset

from dicomkit.dataset.elements.attributes import number
from dicomkit.dataset.elements.functional_groups import macro, macro_items, scope

if TYPE_CHECKING:
    from collections.abc import Callable

    Make = Callable[..., Dataset]

SEQUENCE = "PixelValueTransformationSequence"


@pytest.fixture
def group(dataset: Make) -> Callable[[float], Dataset]:
    """Make a functional group whose rescale has a slope."""

    def make(slope: float) -> Dataset:
        return dataset(**{SEQUENCE: [dataset(RescaleSlope=slope)]})

    return make


def slope(ds: Dataset, frame: int) -> tuple[float | None, str]:
    found, source = scope(ds, frame, SEQUENCE)
    return number(found, "RescaleSlope"), source


def test_the_frames_own_group_comes_first(dataset: Make, group: Callable[[float], Dataset]) -> None:
    ds = dataset(
        RescaleSlope=9,
        SharedFunctionalGroupsSequence=[group(5)],
        PerFrameFunctionalGroupsSequence=[group(1), group(2)],
    )
    assert slope(ds, 0) == (1, "frame 0's functional group")
    assert slope(ds, 1) == (2, "frame 1's functional group")


def test_then_the_shared_one(dataset: Make, group: Callable[[float], Dataset]) -> None:
    ds = dataset(
        RescaleSlope=9,
        SharedFunctionalGroupsSequence=[group(5)],
        PerFrameFunctionalGroupsSequence=[Dataset(), group(2)],
    )
    assert slope(ds, 0) == (5, "the shared functional group")
    assert slope(ds, 1) == (2, "frame 1's functional group")
    # More frames than groups.
    assert slope(ds, 2) == (5, "the shared functional group")


def test_then_the_root(dataset: Make) -> None:
    empty = dataset(**{SEQUENCE: []})
    choices: list[dict[str, object]] = [
        {},
        {"SharedFunctionalGroupsSequence": []},
        {"SharedFunctionalGroupsSequence": [Dataset()]},
        {"PerFrameFunctionalGroupsSequence": [Dataset()]},
        {"SharedFunctionalGroupsSequence": [empty], "PerFrameFunctionalGroupsSequence": [empty]},
        {"SharedFunctionalGroupsSequence": b"garbage!"},
        {"PerFrameFunctionalGroupsSequence": b"garbage!"},
    ]
    for groups in choices:
        ds = dataset(RescaleSlope=9, **groups)
        assert slope(ds, 0) == (9, "the file")
        assert scope(ds, 0, SEQUENCE)[0] is ds
        assert macro(ds, 0, SEQUENCE) is None


@pytest.mark.parametrize(
    "said", [{}, {"RescaleSlope": b""}, {"RescaleSlope": None, "RescaleType": ""}]
)
def test_an_empty_macro_overrides_nothing(
    dataset: Make, group: Callable[[float], Dataset], said: dict[str, object]
) -> None:
    empty = dataset(**{SEQUENCE: [dataset(**said)]})
    ds = dataset(RescaleSlope=9, PerFrameFunctionalGroupsSequence=[empty])
    assert slope(ds, 0) == (9, "the file")
    ds.SharedFunctionalGroupsSequence = [empty]
    assert slope(ds, 0) == (9, "the file")
    ds.SharedFunctionalGroupsSequence = [group(5)]
    assert slope(ds, 0) == (5, "the shared functional group")


def test_a_macro_is_found_whole(dataset: Make, group: Callable[[float], Dataset]) -> None:
    ds = dataset(PerFrameFunctionalGroupsSequence=[group(3)])
    found = macro(ds, 0, SEQUENCE)
    assert found is not None
    assert number(found[0], "RescaleSlope") == 3
    assert macro(ds, 0, "FrameVOILUTSequence") is None


MAPPINGS = "RealWorldValueMappingSequence"


def labels(ds: Dataset, frame: int) -> tuple[list[str], str]:
    found, source = macro_items(ds, frame, MAPPINGS)
    return [item.LUTLabel for item in found], source


def test_a_macro_can_have_several_items(dataset: Make) -> None:
    def group(*names: str) -> Dataset:
        return dataset(**{MAPPINGS: [dataset(LUTLabel=name) for name in names]})

    ds = dataset(
        **{MAPPINGS: [dataset(LUTLabel="root")]},
        PerFrameFunctionalGroupsSequence=[group("a", "b"), Dataset()],
    )
    assert labels(ds, 0) == (["a", "b"], "frame 0's functional group")
    assert labels(ds, 1) == (["root"], "the file")
    ds.SharedFunctionalGroupsSequence = [group("c", "d")]
    assert labels(ds, 1) == (["c", "d"], "the shared functional group")
    assert labels(ds, 0) == (["a", "b"], "frame 0's functional group")


def test_items_that_say_nothing_override_nothing(dataset: Make) -> None:
    ds = dataset(
        **{MAPPINGS: [dataset(LUTLabel="root")]},
        SharedFunctionalGroupsSequence=[dataset(**{MAPPINGS: [Dataset(), dataset(LUTLabel="")]})],
    )
    assert labels(ds, 0) == (["root"], "the file")
    del ds[MAPPINGS]
    assert labels(ds, 0) == ([], "the file")
