"""The summary's lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dicomkit.fileset.instances import Instance, Problem, make_instance
from dicomkit.fileset.summary import summarize

if TYPE_CHECKING:
    from dicomkit.dataset.identity import Fields


def instance(record_type: str = "IMAGE", /, **fields: str | float) -> Instance:
    return make_instance("IM", record_type, fields)


def lines(*instances: Instance) -> list[str]:
    text = summarize("root", None, instances, ())
    return [line.removeprefix("    ") for line in text.splitlines()[4:]]


def test_one_heading_for_what_belongs_together() -> None:
    brain: Fields = {"patient_id": "1", "patient_name": "Doe^Jane", "study_instance_uid": "1.2"}
    axial: Fields = {**brain, "series_instance_uid": "1.2.3", "modality": "CT", "series_number": 2}
    assert lines(
        instance(**axial),
        instance("SR DOCUMENT", **brain, series_instance_uid="1.2.4", modality="SR"),
        instance(**axial),
        instance("PRESENTATION", **axial),
        instance(**{**axial, "patient_id": "2"}, study_description="Chest"),
    ) == [
        "PATIENT: PatientID='1', PatientName='Doe^Jane'",
        "  STUDY: StudyDate=, StudyTime=",
        "    SERIES: Modality=CT, SeriesNumber=2",
        "      IMAGE: 2 SOP Instances",
        "      PRESENTATION: 1 SOP Instance",
        "    SERIES: Modality=SR, SeriesNumber=",
        "      SR DOCUMENT: 1 SOP Instance",
        "PATIENT: PatientID='2', PatientName='Doe^Jane'",
        "  STUDY: StudyDate=, StudyTime=, StudyDescription='Chest'",
        "    SERIES: Modality=CT, SeriesNumber=2",
        "      IMAGE: 1 SOP Instance",
    ]


def test_studies_with_one_text_are_told_apart() -> None:
    found = lines(
        instance(patient_id="1", study_instance_uid="1.2"),
        instance(patient_id="1", study_instance_uid="1.3"),
    )
    assert found.count("  STUDY: StudyDate=, StudyTime=") == 2


def test_what_belongs_to_no_patient() -> None:
    assert lines(
        instance("HANGING PROTOCOL"), instance("HANGING PROTOCOL"), instance("PALETTE")
    ) == [
        "HANGING PROTOCOL: 2 SOP Instances",
        "PALETTE: 1 SOP Instance",
    ]


def test_nothing_that_a_file_says_steers_the_terminal() -> None:
    hostile = instance(
        "IM\x1b[2J",
        patient_id="\x1b]0;title\x07",
        study_description="\u202e",
        series_description="a\nb",
        study_instance_uid="1",
    )
    assert all(line.isprintable() for line in lines(hostile))


def test_nothing_at_all() -> None:
    assert summarize("root", None, (), ()) == "DICOM files\n  Root directory: root"


def test_problems_by_code() -> None:
    problems = [Problem(Path("b"), "cycle", "two"), Problem(Path("a"), "bad_offset", "one")]
    assert summarize("root", None, (), problems).splitlines()[2:] == [
        "",
        "  Left out:",
        "    bad_offset: 1",
        "      a: one",
        "    cycle: 1",
        "      b: two",
    ]
