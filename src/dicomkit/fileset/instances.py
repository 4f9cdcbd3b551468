"""What a walk yields: instances, series of them, and what could not be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, SupportsIndex, overload

from dicomkit.dataset.identity import Identity, SeriesIdentity
from dicomkit.fileset.kinds import name_record_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dicomkit.dataset.identity import Fields

__all__ = ["Instance", "Problem", "Series", "group_series", "make_instance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance(Identity):
    """One file of a File-set and what it belongs to.

    Attributes
    ----------
    path : pathlib.Path
        Where the file lies.
    record_type : str
        What a DICOMDIR calls it: ``"IMAGE"``, ``"SR DOCUMENT"``, ``"PRESENTATION"``, ...
        (PS3.3 F.5).
    """

    path: Path
    record_type: str


def make_instance(path: str | Path, record_type: str, fields: Fields) -> Instance:
    """Make an instance of the fields of an identity."""
    uid = fields.get("sop_class_uid")
    return Instance(
        path=Path(path),
        record_type=record_type or name_record_type(str(uid or "")),
        **fields,  # type: ignore[arg-type] # the tables of `dataset.identity` decide
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Series(SeriesIdentity, Sequence[Instance]):
    """Instances that belong together, and a sequence of them.

    Attributes
    ----------
    patient_id, patient_name, study_instance_uid, study_date, study_time, study_id,
    study_description, series_instance_uid, series_number, series_description, modality
        As those of its first instance.
    instances : tuple of Instance
        By instance number, then by position along the slice normal, then by UID.
    """

    instances: tuple[Instance, ...]

    def __len__(self) -> int:
        """Count the instances."""
        return len(self.instances)

    def __iter__(self) -> Iterator[Instance]:
        """Give the instances in their order."""
        return iter(self.instances)

    @overload
    def __getitem__(self, index: SupportsIndex, /) -> Instance: ...

    @overload
    def __getitem__(self, index: slice, /) -> tuple[Instance, ...]: ...

    def __getitem__(self, index: SupportsIndex | slice, /) -> Instance | tuple[Instance, ...]:
        """Give one instance, or a tuple of some."""
        return self.instances[index]

    def __repr__(self) -> str:
        """Say how many instances of what there are, but not whose."""
        stated = (("modality", self.modality), ("number", self.series_number))
        said = [f"{name} {value!r}, " for name, value in stated if value is not None]
        return f"<Series: {''.join(said)}instances {len(self)}>"

    def _repr_html_(self) -> str:
        """Show the series and its instances as tables, with a thumbnail, for a notebook."""
        from dicomkit.fileset.overview import series_overview

        return series_overview(self)


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or a directory record that could not be used.

    Attributes
    ----------
    path : pathlib.Path
        The file; the DICOMDIR where a record leads to none.
    code : str
        A short stable word, such as ``"missing_file"``.
    message : str
        One sentence for a person, without any value of an element.
    """

    path: Path
    code: str
    message: str

    def __str__(self) -> str:
        """Give the path, then the sentence."""
        return f"{self.path}: {self.message}"


def group_series(instances: Iterable[Instance]) -> list[Series]:
    """Put together what shares a patient, a study and a series, in a steady order."""
    groups: dict[tuple[str | None, ...], list[Instance]] = {}
    for instance in instances:
        key = (instance.patient_id, instance.study_instance_uid, instance.series_instance_uid)
        groups.setdefault(key, []).append(instance)
    return sorted(map(_make_series, groups.values()), key=_series_key)


def _make_series(members: list[Instance]) -> Series:
    members.sort(key=_instance_key)
    shared = {one.name: getattr(members[0], one.name) for one in fields(SeriesIdentity)}
    return Series(**shared, instances=tuple(members))


def _instance_key(instance: Instance) -> tuple[bool, int, float, str, Path]:
    return (
        instance.instance_number is None,
        instance.instance_number or 0,
        instance.slice_position or 0.0,
        instance.sop_instance_uid or "",
        instance.path,
    )


def _series_key(series: Series) -> tuple[str, str, str, str, bool, int, str]:
    return (
        series.patient_id or "",
        series.study_date or "",
        series.study_time or "",
        series.study_instance_uid or "",
        series.series_number is None,
        series.series_number or 0,
        series.series_instance_uid or "",
    )
