"""Instances, series and problems as values."""

from __future__ import annotations

import dataclasses
import operator
import os
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

import numpy as np
import pytest

from dicomkit.fileset.instances import (
    Instance,
    Problem,
    group_series,
    make_instance,
    undecided,
)

if TYPE_CHECKING:
    from dicomkit.dataset.identity import Fields


def instance(name: str, **fields: str | float) -> Instance:
    defaults = {"patient_id": "A", "study_instance_uid": "1.2", "series_instance_uid": "1.2.3"}
    return make_instance(name, "IMAGE", {**defaults, **fields})


def test_an_instance_is_a_path_and_an_identity() -> None:
    made = instance("IM1", modality="CT", instance_number=3)
    assert (made.path, made.modality, made.instance_number) == (Path("IM1"), "CT", 3)
    assert made.patient_id == "A"
    assert "'A'" not in repr(made)
    assert not hasattr(made, "__dict__")
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.path = Path("IM2")  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - made in the same line
    assert get_type_hints(Instance)["path"] is Path
    assert os.fspath(made) == "IM1"


def test_where_it_was_found_does_not_tell_instances_apart() -> None:
    made = instance("IM1")
    assert (made.listed, made.confirmed, made.filesystem) == (None, False, None)
    assert make_instance("IM1", "IMAGE", {"patient_id": "A"}, listed=True, confirmed=True) == (
        make_instance("IM1", "IMAGE", {"patient_id": "A"}, listed=False)
    )


def test_the_record_type_is_told_by_the_sop_class_where_nothing_else_does() -> None:
    made = make_instance("SR1", "", {"sop_class_uid": "1.2.840.10008.5.1.4.1.1.88.11"})
    assert made.record_type == "SR DOCUMENT"
    assert make_instance("IM1", "", {}).record_type == "IMAGE"
    assert make_instance("X", "PRIVATE", {}).record_type == "PRIVATE"


def test_what_the_file_says_decides_on_the_record_type() -> None:
    said: Fields = {"sop_class_uid": "1.2.840.10008.5.1.4.1.1.88.11"}
    assert make_instance("SR1", "IMAGE", said).record_type == "IMAGE"
    assert make_instance("SR1", "IMAGE", said, confirmed=True).record_type == "SR DOCUMENT"
    private: Fields = {"sop_class_uid": "1.2.3"}
    assert make_instance("X", "PRIVATE", private, confirmed=True).record_type == "PRIVATE"


def test_instances_by_number_then_position_then_uid() -> None:
    shuffled = [
        instance("f"),
        instance("e", instance_number=10),
        instance("d", instance_number=2, slice_position=5.0, sop_instance_uid="1.9"),
        instance("c", instance_number=2, slice_position=5.0, sop_instance_uid="1.10"),
        instance("b", instance_number=2, slice_position=-5.0),
        instance("a", instance_number=-1),
    ]
    (series,) = group_series(shuffled)
    assert [member.path.name for member in series.instances] == ["a", "b", "c", "d", "e", "f"]


def test_series_by_patient_date_and_number() -> None:
    groups = group_series(
        [
            instance("6", patient_id="B", series_instance_uid="9"),
            instance("5", series_instance_uid="8", study_date="20200102"),
            instance("4", series_instance_uid="7", study_date="20200101"),
            instance("3", series_instance_uid="6", study_date="20200101", series_number=10),
            instance("2", series_instance_uid="5", study_date="20200101", series_number=2),
            instance("2b", series_instance_uid="5", study_date="20200101", series_number=2),
            instance("1", study_instance_uid="0", series_instance_uid="4"),
        ]
    )
    assert [[member.path.name for member in group.instances] for group in groups] == [
        ["1"],
        ["2", "2b"],
        ["3"],
        ["4"],
        ["5"],
        ["6"],
    ]


def test_a_series_says_what_its_first_instance_does() -> None:
    (series,) = group_series(
        [
            instance("2", instance_number=2, modality="MR", series_description="other"),
            instance(
                "1",
                instance_number=1,
                patient_name="Doe^Jane",
                study_date="20200101",
                study_time="10",
                study_id="S",
                study_description="Head",
                series_number=4,
                series_description="Axial",
                modality="CT",
            ),
        ]
    )
    assert (series.patient_id, series.patient_name) == ("A", "Doe^Jane")
    assert (series.study_date, series.study_time, series.study_id) == ("20200101", "10", "S")
    assert (series.study_description, series.series_description) == ("Head", "Axial")
    assert (series.series_number, series.modality) == (4, "CT")
    assert (series.study_instance_uid, series.series_instance_uid) == ("1.2", "1.2.3")
    assert "Doe" not in repr(series)


def test_a_series_is_a_sequence_of_its_instances() -> None:
    (series,) = group_series([instance(name, instance_number=int(name)) for name in "3124"])
    assert isinstance(series, Sequence)
    assert len(series) == 4
    assert [one.path.name for one in series] == ["1", "2", "3", "4"]
    assert series[0] is series.instances[0]
    assert series[np.int8(-1)] is series.instances[3]
    assert series[1:3] == series.instances[1:3]
    assert series.index(series[2]) == 2
    assert list(reversed(series)) == list(series.instances[::-1])
    assert series[1] in series
    assert instance("5") not in series
    with pytest.raises(IndexError):
        series[4]
    # A value, as before.
    again = pickle.loads(pickle.dumps(series))  # noqa: S301 - made in the same line
    assert again == series
    assert hash(again) == hash(series)
    assert not operator.eq(series, series.instances)


def test_a_series_says_what_it_is_but_not_whose() -> None:
    said = {
        "patient_id": "A",
        "patient_name": "Doe^Jane",
        "study_date": "20200101",
        "study_id": "S77",
        "study_description": "Head",
        "series_description": "Axial",
        "modality": "CT",
    }
    (series,) = group_series([instance(name, series_number=4, **said) for name in ("IM1", "IM2")])
    assert repr(series) == "<Series: modality 'CT', number 4, instances 2>"
    (plain,) = group_series([instance("IM1")])
    assert repr(plain) == "<Series: instances 1>"
    (hostile,) = group_series([instance("IM1", modality="\x1b[2J")])
    assert "\x1b" not in repr(hostile)


def test_one_series_uid_under_two_patients_is_two_series() -> None:
    groups = group_series([instance("1"), instance("2", patient_id="B")])
    assert [group.patient_id for group in groups] == ["A", "B"]


def grouped(*instances: Instance) -> list[list[str]]:
    return [[one.path.name for one in group.instances] for group in group_series(instances)]


def bare(name: str, **fields: Any) -> Instance:  # noqa: ANN401 - a maker of datasets
    return make_instance(name, "IMAGE", fields)


def test_without_uids_a_series_is_what_its_instances_have_in_common() -> None:
    said = {"patient_id": "A", "study_date": "20200101", "series_number": 1, "modality": "CT"}
    groups = grouped(
        bare("1", **said),
        bare("2", **said),
        bare("3", **said | {"series_number": 2}),
        bare("4", **said | {"study_date": "20200102"}),
        bare("5", **said | {"modality": "MR", "series_number": 3}),
        bare("6", **said | {"patient_id": "B"}),
        bare("7", **said | {"study_instance_uid": "1.2"}),
        bare("8", **said | {"series_instance_uid": "1.2.3", "series_number": 9}),
        bare("9", **said | {"series_instance_uid": "1.2.3", "series_number": 9}),
    )
    assert sorted(groups) == [["1", "2"], ["3"], ["4"], ["5"], ["6"], ["7"], ["8", "9"]]


def test_without_an_id_patients_are_told_apart_by_their_names() -> None:
    said = {"study_date": "20200101", "series_number": 1}
    groups = grouped(
        bare("1", patient_name="Doe^Jane", **said),
        bare("2", patient_name="Roe^Rick", **said),
        bare("3", patient_name="Doe^Jane", **said),
    )
    assert sorted(groups) == [["1", "3"], ["2"]]


def test_who_has_to_say_where_its_slice_lies() -> None:
    (series,) = group_series(
        [
            instance("a", instance_number=1),
            instance("b", instance_number=2),
            instance("c", instance_number=2),
            instance("d", instance_number=2, slice_position=3.0),
            instance("e"),
            instance("f"),
        ]
    )
    assert [one.path.name for one in undecided(series)] == ["b", "c", "e", "f"]
    (alone,) = group_series([instance("a", instance_number=1), instance("e")])
    assert list(undecided(alone)) == []


def test_a_problem_as_text() -> None:
    assert str(Problem(Path("IM1"), "missing_file", "is missing")) == "IM1: is missing"
