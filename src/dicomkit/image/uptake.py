"""From the headers of a PET series to SUV per value."""

from __future__ import annotations

import math
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from dicomkit.dataset.modules.pet import PetHeader
from dicomkit.errors import InconsistentError, UnitsError
from dicomkit.notes import Note
from dicomkit.transforms.body import (
    body_surface_area,
    lean_mass_james,
    lean_mass_janmahasatian,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["SUV_TYPES", "SuvKind", "UptakeSeries"]

SuvKind: TypeAlias = Literal[
    "body_weight",
    "body_surface_area",
    "lean_body_mass_james",
    "lean_body_mass_james128",
    "lean_body_mass_janmahasatian",
]

# By SUV Type (0054,1006).
_KINDS: Final[dict[str, SuvKind]] = {
    "BW": "body_weight",
    "BSA": "body_surface_area",
    "LBM": "lean_body_mass_james",
    "LBMJAMES128": "lean_body_mass_james128",
    "LBMJANMA": "lean_body_mass_janmahasatian",
}
SUV_TYPES: Final = {kind: name for name, kind in _KINDS.items()}
# After so many too little of a dose is left for an image: a date or time is not what it seems.
_MOST_HALF_LIVES: Final = 12
_LEAST_DOSE: Final = 1e6
_HEIGHTS: Final = (0.1, 3)
# What all images of a series have in common.
_COMMON: Final = {
    "series_uid": "Series Instance UID",
    "units": "(0054,1001) Units",
    "suv_type": "SUV Type",
    "decay_correction": "Decay Correction",
    "weight": "Patient's Weight",
    "height": "Patient's Size",
    "sex": "Patient's Sex",
    "dose": "Radionuclide Total Dose",
    "half_life": "Radionuclide Half Life",
    "injected_at": "Radiopharmaceutical Start DateTime",
    "injection_time": "Radiopharmaceutical Start Time",
    "series_start": "Series Date and Time",
    "private_suv": "the private SUV factor (7053,xx00)",
    "private_activity": "the private activity factor (7053,xx09)",
    "slices": "Number of Slices",
}


class UptakeSeries:
    """The headers of a series, and what was asked for.

    Parameters
    ----------
    headers : sequence of PetHeader
        Of all images.
    weight : float or None
        In kg, in place of the one that the headers state.
    kind : SuvKind
        What uptake is normalised to.
    notes : list of Note
        Gains what is assumed.

    Attributes
    ----------
    decay_time : float or None
        The seconds from the injection to the time that the decay was corrected to, where they
        mattered.

    Raises
    ------
    InconsistentError
        The headers are not of one series.
    """

    def __init__(
        self,
        headers: Sequence[PetHeader],
        weight: float | None,
        kind: SuvKind,
        notes: list[Note],
    ) -> None:
        self.common: PetHeader = _common(headers)
        self.headers: Sequence[PetHeader] = headers
        self.weight: float | None = weight
        self.kind: SuvKind = kind
        self.notes: list[Note] = notes
        self.decay_time: float | None = None

    def factor(self) -> tuple[float, str]:
        """Compute SUV per value, and say from what.

        Raises
        ------
        UnitsError
            Something is missing or wrong, which is named.
        InconsistentError
            The injection does not go with the images.
        """
        factor, source = self._by_units()
        if not (math.isfinite(factor) and factor > 0):
            msg = "what the headers say of weight, dose and decay leads to no SUV"
            raise InconsistentError(msg)
        return factor, source

    def _by_units(self) -> tuple[float, str]:
        units, suv_type = self.common.units, self.common.suv_type
        if suv_type is not None:
            return self._from_suv(suv_type), "SUV Type"
        if units == "BQML":
            return self._from_activity(), "Bq/ml, weight, dose and decay"
        if units == "CNTS":
            return self._from_counts()
        stated = "is missing" if units is None else "is neither BQML, GML nor CNTS"
        msg = f"(0054,1001) Units {stated}: such values lead to no SUV"
        raise UnitsError(msg)

    def _from_suv(self, suv_type: str) -> float:
        stated = _KINDS.get(suv_type)
        if stated is None:
            msg = "(0054,1006) SUV Type is none that could be converted; to_values gives the values"
            raise UnitsError(msg)
        if stated != self.kind:
            return self._size(self.kind) / self._size(stated)
        self._leave_weight()
        return 1.0

    def _from_counts(self) -> tuple[float, str]:
        suv, activity = (
            factor if factor is not None and factor > 0 else None
            for factor in (self.common.private_suv, self.common.private_activity)
        )
        if suv is not None and (activity is None or self.weight is None):
            self._check_corrections()
            if self.kind != "body_weight":
                suv *= self._size(self.kind) / self._size("body_weight")
            self._leave_weight()
            return suv, "the private SUV factor (7053,xx00)"
        if activity is not None:
            return (
                activity * self._from_activity(),
                "the private activity factor (7053,xx09), weight, dose and decay",
            )
        msg = "(0054,1001) Units is CNTS, and there is no private factor (7053,xx00) or (7053,xx09)"
        raise UnitsError(msg)

    def _leave_weight(self) -> None:
        if self.weight is not None and self.kind == "body_weight":
            message = "the values are SUV by the weight that the scanner knew: weight= has no say"
            self.notes.append(Note("weight_unused", message))

    def _from_activity(self) -> float:
        """Compute SUV per Bq/ml."""
        self._check_corrections()
        if self.common.tracers > 1:
            msg = "(0054,0016) names several radiopharmaceuticals: whose the values are is not said"
            raise UnitsError(msg)
        dose = _positive(self.common.dose, "(0018,1074) Radionuclide Total Dose")
        if dose < _LEAST_DOSE:
            message = "Radionuclide Total Dose is below 1 MBq: it may be in MBq instead of Bq"
            self.notes.append(Note("dose_small", message))
        size = self._size(self.kind)
        if self.common.decay_correction == "ADMIN":
            self.decay_time = 0.0
            return size / dose
        half_life = _positive(self.common.half_life, "(0018,1075) Radionuclide Half Life")
        reference = self._reference()
        elapsed = (reference - self._injection(reference)).total_seconds()
        if not 0 <= elapsed <= _MOST_HALF_LIVES * half_life:
            when = "later than" if elapsed < 0 else f"over {_MOST_HALF_LIVES} half-lives before"
            msg = f"the injection is {when} the time that the images' decay was corrected to"
            raise InconsistentError(msg)
        self.decay_time = elapsed
        # SUVbw = Bq/ml x weight[g] / (dose x 2^(-t / half-life))
        left = dose * 2 ** (-elapsed / half_life)
        return size / _positive(left, "what decay leaves of the dose")

    def _check_corrections(self) -> None:
        missing = {"ATTN", "DECY"} - self.common.corrected
        if missing:
            names = " and ".join(sorted(missing))
            msg = f"(0028,0051) Corrected Image lacks {names}: there is no SUV without it"
            raise UnitsError(msg)
        if self.common.decay_correction not in ("ADMIN", "START"):
            msg = "(0054,1102) Decay Correction is neither START nor ADMIN: there is no SUV without"
            raise UnitsError(msg)

    def _reference(self) -> datetime:
        """Find the time that the decay was corrected to."""
        series = self.common.series_start
        acquired = min((one.acquired_at for one in self.headers if one.acquired_at), default=None)
        scanned = min((one.scanned_at for one in self.headers if one.scanned_at), default=None)
        expected = self.common.slices
        if expected is not None and len(self.headers) < expected and acquired is not None:
            message = "fewer images than Number of Slices: the first acquisition may be another's"
            self.notes.append(Note("series_incomplete", message))
        if series is not None and (acquired is None or series <= acquired):
            return series
        found = scanned or acquired
        if found is None:
            msg = "(0008,0021) Series Date or (0008,0031) Series Time is missing"
            raise UnitsError(msg)
        what = "the maker's own time of the scan" if scanned else "the earliest acquisition"
        message = f"Series Date and Time are missing, or later than an acquisition: {what} counts"
        self.notes.append(Note("reference_time", message))
        return found

    def _injection(self, reference: datetime) -> datetime:
        if self.common.injected_at is not None:
            return self.common.injected_at
        at = self.common.injection_time
        if at is None:
            msg = "(0018,1078) Radiopharmaceutical Start DateTime and (0018,1072) are missing"
            raise UnitsError(msg)
        found = datetime.combine(reference.date(), at)
        # The first day of the calendar has none before it.
        if found > reference and reference.date() > date.min:
            message = "the time of the injection is later than the images': it was the day before"
            self.notes.append(Note("injection_day_before", message))
            found -= timedelta(days=1)
        return found

    def _size(self, kind: SuvKind) -> float:
        """Compute what uptake is normalised to: g, or cm2."""
        stated = self.common.weight if self.weight is None else self.weight
        weight = _positive(
            stated, "(0010,1030) Patient's Weight", "; pass weight=, in kg, if you know it"
        )
        if kind == "body_weight":
            return weight * 1000
        height = _positive(self.common.height, "(0010,1020) Patient's Size")
        if not _HEIGHTS[0] <= height <= _HEIGHTS[1]:
            msg = "(0010,1020) Patient's Size is not in metres"
            raise UnitsError(msg)
        if kind == "body_surface_area":
            return body_surface_area(weight, height)
        sex = self.common.sex
        if sex is None:
            msg = "(0010,0040) Patient's Sex is neither M nor F, which lean body mass depends on"
            raise UnitsError(msg)
        if kind == "lean_body_mass_janmahasatian":
            return 1000 * lean_mass_janmahasatian(weight, height, sex)
        male = 128 if kind == "lean_body_mass_james128" else 120
        lean = lean_mass_james(weight, height, sex, male=male)
        return 1000 * _positive(lean, "the lean body mass by James' formula")


def _positive(value: float | None, name: str, hint: str = "") -> float:
    if value is None or value <= 0:
        msg = f"{name} is missing or not above 0{hint}"
        raise UnitsError(msg)
    return value


def _common(headers: Sequence[PetHeader]) -> PetHeader:
    """Put together what the images of a series agree on."""
    found: dict[str, Any] = {}
    for field in fields(PetHeader):
        values = [getattr(one, field.name) for one in headers]
        stated = [value for value in values if value is not None]
        if field.name in _COMMON and any(value != stated[0] for value in stated):
            msg = f"the datasets differ in {_COMMON[field.name]}: they are not of one series"
            raise InconsistentError(msg)
        found[field.name] = stated[0] if stated else None
    found["corrected"] = frozenset.intersection(*(one.corrected for one in headers))
    found["tracers"] = max(one.tracers for one in headers)
    return PetHeader(**found)
