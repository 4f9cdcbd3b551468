"""What a PET image says of its units, of its tracer and of the patient (PS3.3 C.8.9)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from dicomkit.dataset.elements.attributes import integer, item, items, number, text, texts
from dicomkit.dataset.elements.dates import read_date, read_datetime, read_time
from dicomkit.dataset.elements.private import private_tag
from dicomkit.dataset.modules.units import PET_UNITS, SUV_UNITS, UNKNOWN_TERM, Unit
from dicomkit.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import time, tzinfo

    from pydicom.dataset import Dataset

    from dicomkit.transforms.body import Sex

__all__ = ["PetHeader", "has_private_factor", "pet_unit", "read_pet_header", "suv_type"]

_PHILIPS: Final = (0x7053, "Philips PET Private Group")
_SEXES: Final[dict[str, Sex]] = {"F": "F", "M": "M"}
_SUV_FACTOR: Final = 0x00
_ACTIVITY_FACTOR: Final = 0x09
_GE_SCAN: Final = (0x0009, "GEMS_PETD_01", 0x0D)
# Where a legacy converted image has what the enhanced one has no place for (PS3.3 C.7.6.16.2.25).
_CONVERTED: Final = "UnassignedSharedConvertedAttributesSequence"
# In these series, one image a slice is all there is (PS3.3 C.8.9.1.1.4).
_ONE_PASS: Final = ("STATIC", "WHOLE BODY")
# What is this much earlier than it can be was rather on the day after.
_HALF_A_DAY: Final = timedelta(hours=12)
# What the standard assumes where a file does not say it (PS3.3 C.8.9.1).
_SUV_DEFAULTS: Final = {"GML": "BW", "CM2ML": "BSA"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PetHeader:
    """What decides how the values of one PET image relate to SUV; None where it is not said.

    Attributes
    ----------
    series_uid : str or None
        Series Instance UID.
    units, suv_type, decay_correction : str or None
        As written, (0054,1001), (0054,1006) and (0054,1102).
    corrected : frozenset of str
        Corrected Image (0028,0051).
    weight, height : float or None
        Patient's Weight, in kg, and Patient's Size, in m.
    sex : {"M", "F"} or None
        Patient's Sex, where it is one of these.
    tracers : int
        How many radiopharmaceuticals were given; the next four are the first one's.
    dose, half_life : float or None
        Radionuclide Total Dose, in Bq, and Radionuclide Half Life, in s.
    injected_at : datetime or None
        Radiopharmaceutical Start DateTime (0018,1078).
    injection_time : time or None
        Radiopharmaceutical Start Time (0018,1072).
    series_start, acquired_at : datetime or None
        Series Date and Time, and the earliest acquisition that is stated.
    scanned_at : datetime or None
        GE's private date and time of the scan, (0009,xx0D).
    private_suv, private_activity : float or None
        Philips' private factors from values to SUV, (7053,xx00), and to Bq/ml, (7053,xx09).
    slices : int or None
        How many images a series of one pass has.
    """

    series_uid: str | None
    units: str | None
    suv_type: str | None
    decay_correction: str | None
    corrected: frozenset[str]
    weight: float | None
    height: float | None
    sex: Sex | None
    tracers: int
    dose: float | None
    half_life: float | None
    injected_at: datetime | None
    injection_time: time | None
    series_start: datetime | None
    acquired_at: datetime | None
    scanned_at: datetime | None
    private_suv: float | None
    private_activity: float | None
    slices: int | None


def pet_unit(ds: Dataset) -> Unit | None:
    """Give the unit of a PET image's values after the rescale; None where it states none."""
    term = text(_place(ds, "Units"), "Units")
    if term is None:
        return None
    suv = SUV_UNITS.get(suv_type(ds) or "")
    if suv is not None:
        return Unit(suv.code, suv.meaning, term)
    return PET_UNITS.get(term) or Unit(None, UNKNOWN_TERM, term)


def suv_type(ds: Dataset) -> str | None:
    """Say by what SUV were normalised already; None where values are no SUV."""
    default = _SUV_DEFAULTS.get(text(_place(ds, "Units"), "Units") or "")
    stated = text(_place(ds, "SUVType"), "SUVType")
    return default and (stated or default)


def has_private_factor(ds: Dataset) -> bool:
    """Tell whether Philips' private factors are there."""
    return any(_philips(ds, element) is not None for element in (_SUV_FACTOR, _ACTIVITY_FACTOR))


def read_pet_header(ds: Dataset, notes: list[Note]) -> PetHeader:
    """Read what decides how the values of a PET image relate to SUV."""
    zone = _zone(ds)
    tracers = items(ds, "RadiopharmaceuticalInformationSequence")
    tracer = tracers[0] if tracers else None
    day = read_date(text(ds, "SeriesDate") or "")
    series_type = texts(_place(ds, "SeriesType"), "SeriesType")
    start = _together(day, _clock(ds, "SeriesTime", notes))
    is_one_pass = bool(series_type) and series_type[0] in _ONE_PASS
    return PetHeader(
        series_uid=text(ds, "SeriesInstanceUID"),
        units=text(_place(ds, "Units"), "Units"),
        suv_type=suv_type(ds),
        decay_correction=text(_place(ds, "DecayCorrection"), "DecayCorrection"),
        corrected=frozenset(texts(_place(ds, "CorrectedImage"), "CorrectedImage")),
        weight=number(ds, "PatientWeight", notes),
        height=number(ds, "PatientSize", notes),
        sex=_SEXES.get(text(ds, "PatientSex") or ""),
        tracers=len(tracers),
        dose=None if tracer is None else number(tracer, "RadionuclideTotalDose", notes),
        half_life=None if tracer is None else number(tracer, "RadionuclideHalfLife", notes),
        injected_at=None if tracer is None else _injected_at(tracer, zone, notes),
        injection_time=_clock(tracer, "RadiopharmaceuticalStartTime", notes),
        series_start=start,
        acquired_at=min(_acquisitions(ds, day, start, zone, notes), default=None),
        scanned_at=_moment(ds, private_tag(ds, *_GE_SCAN), zone),
        private_suv=_philips(ds, _SUV_FACTOR),
        private_activity=_philips(ds, _ACTIVITY_FACTOR),
        slices=integer(ds, "NumberOfSlices") if is_one_pass else None,
    )


def _place(ds: Dataset, keyword: str) -> Dataset:
    """Say where an attribute stands: at the root, or among what was converted."""
    if keyword in ds:
        return ds
    group = item(ds, "SharedFunctionalGroupsSequence")
    converted = None if group is None else item(group, _CONVERTED)
    return ds if converted is None else converted


def _philips(ds: Dataset, element: int) -> float | None:
    group, creator = _PHILIPS
    tag = private_tag(ds, group, creator, element)
    return None if tag is None else number(ds, tag)


def _acquisitions(
    ds: Dataset,
    day: date | None,
    start: datetime | None,
    zone: tzinfo | None,
    notes: list[Note],
) -> Iterator[datetime]:
    """Give when the image, or each of its frames, was acquired."""
    clock = _clock(ds, "AcquisitionTime", notes)
    at = _together(read_date(text(ds, "AcquisitionDate") or ""), clock)
    at = at or _moment(ds, "AcquisitionDateTime", zone)
    if at is None:
        # A time without a date is on the series' day, or after midnight.
        at = _together(day, clock)
        if at and start and start - at > _HALF_A_DAY and at.date() < date.max:
            message = "the time of an acquisition is long before the series': it was the day after"
            notes.append(Note("acquisition_day_after", message))
            at += timedelta(days=1)
    if at is not None:
        yield at
    for group in items(ds, "PerFrameFunctionalGroupsSequence"):
        content = item(group, "FrameContentSequence")
        at = None if content is None else _moment(content, "FrameAcquisitionDateTime", zone)
        if at is not None:
            yield at


def _injected_at(tracer: Dataset, zone: tzinfo | None, notes: list[Note]) -> datetime | None:
    keyword = "RadiopharmaceuticalStartDateTime"
    found = _moment(tracer, keyword, zone)
    if found is None and text(tracer, keyword) is not None:
        message = "(0018,1078) Radiopharmaceutical Start DateTime holds no date with a time"
        notes.append(Note("attribute_ignored", message))
    return found


def _clock(ds: Dataset | None, keyword: str, notes: list[Note]) -> time | None:
    said = None if ds is None else text(ds, keyword)
    found = None if said is None else read_time(said)
    if found is None and said is not None:
        notes.append(Note("attribute_ignored", f"{keyword} holds no time"))
    return found


def _together(day: date | None, at: time | None) -> datetime | None:
    return None if day is None or at is None else datetime.combine(day, at)


def _moment(ds: Dataset, key: str | int | None, zone: tzinfo | None) -> datetime | None:
    """Read a date with a time, on the clock by which the dataset's other times are."""
    said = "" if key is None else text(ds, key) or ""
    found = read_datetime(said)
    # Without an hour, it would be midnight.
    if found is None or not said[8:10].isdigit():
        return None
    if found.tzinfo is not None and zone is not None:
        # The calendar's first and last day have no neighbours.
        with suppress(OverflowError):
            found = found.astimezone(zone)
    return found.replace(tzinfo=None)


def _zone(ds: Dataset) -> tzinfo | None:
    """Read Timezone Offset From UTC (0008,0201)."""
    offset = text(ds, "TimezoneOffsetFromUTC")
    found = None if offset is None else read_datetime(f"20000101{offset}")
    return None if found is None else found.tzinfo
