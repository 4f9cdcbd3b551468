"""What a walk yields: instances, series of them, and what could not be used."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, SupportsIndex, TypeAlias, overload

from dicomkit.dataset.files.filesystems import FileSystem, StoredFile
from dicomkit.dataset.identity import Identity, SeriesIdentity
from dicomkit.fileset.kinds import name_record_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dicomkit.dataset.files.filesystems import File
    from dicomkit.dataset.identity import Fields

__all__ = [
    "Instance",
    "Problem",
    "Series",
    "group_series",
    "make_instance",
    "series_key",
    "stored_file",
    "undecided",
]

SeriesKey: TypeAlias = "tuple[str | int | None, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance(Identity):
    """One file of a File-set and what it belongs to.

    It is a path: `read_dataset`, `open` and whatever else takes paths can be given an instance.
    It holds no open file, so it can be stored and sent to another process.

    Attributes
    ----------
    path : pathlib.Path
        Where the file lies. One in a zip lies behind the zip's name, as in
        ``exam.zip/DICOM/IM1``, which dicomkit opens; other programs cannot.
    record_type : str
        What a DICOMDIR calls it: ``"IMAGE"``, ``"SR DOCUMENT"``, ``"PRESENTATION"``, ...
        (PS3.3 F.5).
    listed : bool or None
        Whether a record of a DICOMDIR names it. None where there is no DICOMDIR that could,
        or where it is ignored. It does not count when instances are compared.
    confirmed : bool
        Whether the identity was read from the file itself. Otherwise it is what the DICOMDIR's
        record says, which is only a claim. It does not count when instances are compared.
    filesystem : object or None
        Where the file is, if not where the operating system says; not for show.
    """

    path: Path
    record_type: str
    listed: bool | None = field(default=None, compare=False)
    confirmed: bool = field(default=False, compare=False)
    filesystem: FileSystem | None = field(default=None, repr=False, compare=False)

    def __fspath__(self) -> str:
        """Give the path."""
        return os.fspath(self.path)


def stored_file(instance: Instance) -> File:
    """Give what an instance is read from, and nothing of what it says."""
    if instance.filesystem is None:
        return instance.path
    return StoredFile(os.fspath(instance.path), instance.filesystem)


def make_instance(
    path: File,
    record_type: str,
    fields: Fields,
    *,
    listed: bool | None = None,
    confirmed: bool = False,
    filesystem: FileSystem | None = None,
) -> Instance:
    """Make an instance of the fields of an identity.

    Of what was read from the file, the SOP Class decides on the record's type, as far as it is
    in the dictionary.
    """
    uid = str(fields.get("sop_class_uid", ""))
    if confirmed or not record_type:
        record_type = name_record_type(uid, record_type or "IMAGE")
    return Instance(
        path=Path(path),
        record_type=record_type,
        listed=listed,
        confirmed=confirmed,
        filesystem=filesystem,
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
    """A file or a directory record that could not be used, or that is not what it was said to be.

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
    groups: dict[SeriesKey, list[Instance]] = {}
    for instance in instances:
        groups.setdefault(series_key(instance), []).append(instance)
    return sorted(map(_make_series, groups.values()), key=_series_key)


def series_key(instance: Instance) -> SeriesKey:
    """Say which series an instance belongs to, by what it has: UIDs, or what stands in for them.

    Examples
    --------
    >>> one, other = Path("1"), Path("2")
    >>> kind = {"record_type": "IMAGE", "patient_id": "A", "study_instance_uid": "1.2"}
    >>> key = series_key(Instance(path=one, series_number=1, **kind))
    >>> key == series_key(Instance(path=other, series_number=2, **kind))
    False
    """
    study, series = instance.study_instance_uid, instance.series_instance_uid
    if series is not None and study is not None and instance.patient_id is not None:
        return instance.patient_id, study, series
    return (
        instance.patient_id,
        study,
        series,
        instance.patient_name if instance.patient_id is None else None,
        instance.study_date if study is None else None,
        instance.series_number if series is None else None,
        instance.modality if series is None else None,
    )


def undecided(series: Series) -> Iterator[Instance]:
    """Give the instances whose place in their series depends on where their slices lie."""
    numbers = Counter(instance.instance_number for instance in series.instances)
    for instance in series.instances:
        number = instance.instance_number
        if numbers[number] > 1 and instance.slice_position is None:
            yield instance


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
