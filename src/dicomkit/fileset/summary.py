"""The summary of a walk, laid out as pydicom's FileSet prints itself."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, TypeAlias

from dicomkit.fileset.units import unit_of
from dicomkit.html.markup import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dicomkit.fileset.claims import FileSet
    from dicomkit.fileset.instances import Instance, Problem
    from dicomkit.limits import Limits

__all__ = ["summarize"]

_NO_VALUE: Final = "(no value available)"
# So many problems of each code are shown.
_MOST_SHOWN: Final = 5

# A heading is a UID, which tells two with one text apart, and its text.
_Heading: TypeAlias = tuple[str | None, str]
_Studies: TypeAlias = dict[_Heading, dict[_Heading, Counter[str]]]


def summarize(
    root: str,
    file_set: FileSet | None,
    instances: Iterable[Instance],
    problems: Sequence[Problem],
    limits: Limits | None = None,
) -> str:
    """Write what a walk found, and after it what was left out.

    Parameters
    ----------
    root : str
        The folder.
    file_set : FileSet or None
        The DICOMDIR of the folder, if it has one.
    instances : iterable of Instance
        Consumed before `problems` is looked at.
    problems : sequence of Problem
        What could not be used.
    limits : Limits, optional
        For reading the first instance of every series, to name the unit of its values.
    """
    lines = [*_head(root, file_set)]
    found = list(_instance_lines(instances, limits))
    if found:
        lines += ["", "  Managed instances:", *(f"    {line}" for line in found)]
    if problems:
        lines += ["", "  Left out:", *(f"    {line}" for line in _problem_lines(problems))]
    return "\n".join(lines)


def _head(root: str, file_set: FileSet | None) -> Iterator[str]:
    if file_set is None:
        yield "DICOM files"
        yield f"  Root directory: {printable(root)}"
        return
    yield "DICOM File-set"
    yield f"  Root directory: {printable(root)}"
    yield f"  File-set ID: {_shown(file_set.file_set_id)}"
    yield f"  File-set UID: {_shown(file_set.file_set_uid)}"
    yield f"  Descriptor file ID: {_shown(file_set.descriptor_file_id)}"
    yield f"  Descriptor file character set: {_shown(file_set.descriptor_character_set)}"


def _shown(value: str | None) -> str:
    return _NO_VALUE if value is None else printable(value)


def _instance_lines(instances: Iterable[Instance], limits: Limits | None) -> Iterator[str]:
    units: dict[tuple[_Heading, ...], str] = {}
    patients: dict[_Heading, _Studies] = {}
    alone: Counter[str] = Counter()
    for instance in instances:
        if instance.patient_id is None and instance.study_instance_uid is None:
            # What belongs to no patient, such as a hanging protocol or a palette.
            alone[instance.record_type] += 1
            continue
        patient: _Heading = (None, _patient(instance))
        studies = patients.setdefault(patient, {})
        study = (instance.study_instance_uid, _study(instance))
        series = (instance.series_instance_uid, _series(instance))
        if limits is not None and (patient, study, series) not in units:
            units[patient, study, series] = f", Units={unit_of(instance, limits) or ''}"
        counts = studies.setdefault(study, {}).setdefault(series, Counter())
        counts[instance.record_type] += 1
    for patient, studies in patients.items():
        yield f"PATIENT: {printable(patient[1])}"
        for study, members in studies.items():
            yield f"  STUDY: {printable(study[1])}"
            for series, counts in members.items():
                unit = units.get((patient, study, series), "")
                yield f"    SERIES: {printable(series[1] + unit)}"
                yield from (f"      {line}" for line in _count_lines(counts))
    yield from _count_lines(alone)


def _count_lines(counts: Counter[str]) -> Iterator[str]:
    for record_type, count in sorted(counts.items()):
        yield f"{printable(record_type)}: {count} SOP Instance{'' if count == 1 else 's'}"


def _patient(instance: Instance) -> str:
    return f"PatientID='{instance.patient_id or ''}', PatientName='{instance.patient_name or ''}'"


def _study(instance: Instance) -> str:
    text = f"StudyDate={instance.study_date or ''}, StudyTime={instance.study_time or ''}"
    return text + _described("Study", instance.study_description)


def _series(instance: Instance) -> str:
    number = "" if instance.series_number is None else instance.series_number
    text = f"Modality={instance.modality or ''}, SeriesNumber={number}"
    return text + _described("Series", instance.series_description)


def _described(level: str, description: str | None) -> str:
    return "" if description is None else f", {level}Description='{description}'"


def _problem_lines(problems: Sequence[Problem]) -> Iterator[str]:
    for code, count in sorted(Counter(problem.code for problem in problems).items()):
        yield f"{code}: {count}"
        shown = [problem for problem in problems if problem.code == code][:_MOST_SHOWN]
        yield from (f"  {printable(str(problem))}" for problem in shown)
        if count > len(shown):
            yield f"  \u2026 and {count - len(shown)} more"
