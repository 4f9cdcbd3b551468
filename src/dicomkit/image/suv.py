"""The factor from a PET series' values to standardized uptake values."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from dicomkit.dataset.elements.datasets import check_dataset, error_context, is_dataset
from dicomkit.dataset.modules.pet import PetHeader, read_pet_header
from dicomkit.dataset.modules.units import SUV_UNITS
from dicomkit.errors import InconsistentError, UnitsError
from dicomkit.image.image import Image
from dicomkit.notes import Note
from dicomkit.transforms.body import (
    body_surface_area,
    lean_mass_james,
    lean_mass_janmahasatian,
)
from dicomkit.transforms.real_world import LinearMapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt
    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.units import Unit
    from dicomkit.image.image import ImageLike
    from dicomkit.transforms.arrays import AnyArray

__all__ = ["SuvFactor", "SuvKind", "suv_factor"]

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
_TYPES: Final = {kind: name for name, kind in _KINDS.items()}
# After so many a billionth of a dose is left, and no image: somebody changed a date.
_MOST_HALF_LIVES: Final = 30
_LEAST_DOSE: Final = 1e6
_TALLEST: Final = 3
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


@dataclass(frozen=True, slots=True)
class SuvFactor:
    """What makes standardized uptake values of a PET series' values.

    Attributes
    ----------
    factor : float
        What values after the Modality step are multiplied by.
    kind : str
        What uptake is normalised to, such as ``"body_weight"``.
    units : Unit
        What the result is in, such as ``g/ml{SUVbw}``.
    source : str
        What it was computed from, in words.
    decay_time : float or None
        The seconds from the injection to the time that the decay was corrected to; None where
        they do not matter.
    notes : tuple of Note
        What was assumed.

    Examples
    --------
    >>> from dicomkit.dataset.modules.units import SUV_UNITS
    >>> factor = SuvFactor(0.0005, "body_weight", SUV_UNITS["BW"], "an example", 3600.0)
    >>> factor([1000, 5000])
    array([0.5, 2.5], dtype=float32)
    """

    factor: float
    kind: SuvKind
    units: Unit
    source: str
    decay_time: float | None = None
    notes: tuple[Note, ...] = ()

    def __call__(self, values: npt.ArrayLike) -> AnyArray:
        """Multiply values of any shape, as `to_values` gives them; float32, as they are."""
        return LinearMapping(self.factor, 0.0)(values)


def suv_factor(
    datasets: ImageLike | Iterable[ImageLike],
    /,
    *,
    weight: float | None = None,
    kind: SuvKind = "body_weight",
) -> SuvFactor:
    """Compute the factor from a PET series' values to standardized uptake values.

    It holds for all images of the series, after the Modality step of each: `to_values` gives
    these, with a slope of its own for each slice.

    Parameters
    ----------
    datasets : iterable of pydicom.dataset.Dataset or Image
        All images of one series, in any order; headers are enough, one is held at a time. A
        part of a series may give another factor, because the earliest acquisition counts. A
        single dataset is a series of one.
    weight : float, optional
        The patient's weight in kg, in place of the one in the files.
    kind : str
        What uptake is normalised to: ``"body_weight"``, ``"body_surface_area"``,
        ``"lean_body_mass_james"``, ``"lean_body_mass_james128"`` or
        ``"lean_body_mass_janmahasatian"``. The last four need the patient's height, and lean
        mass the sex.

    Returns
    -------
    SuvFactor
        Called with values, it gives SUV in g/ml, or cm2/ml for the body surface area.

    Raises
    ------
    UnitsError
        The files do not say enough, or say something that is no activity: the message names
        the element that is missing, 0 or in the way. Nothing is assumed in its place.
    InconsistentError
        The datasets are not of one series, or the injection is later than the images.
    ValueError
        There is no dataset, no such kind, or the weight is not above 0.
    TypeError
        Something else than datasets was given.

    Notes
    -----
    For Units (0054,1001) of BQML, SUV = Bq/ml x weight / (dose x 2^(-t / half-life)), after the
    Quantitative Imaging Biomarkers Alliance. Images must be corrected for attenuation and decay.
    By Decay Correction (PS3.3 C.8.9.1.1.5), t is 0 for ADMIN, and for START it ends at Series
    Date and Time. These are not believed where they are later than the earliest acquisition, as
    in series that were written anew: GE's private time of the scan counts then, or else that
    acquisition. An injection of which only the time is known was on the same day, or on the day
    before where it would be later. GML are SUV already, by SUV Type. CNTS are Philips': they have
    a private factor to SUV by body weight, or one to Bq/ml.

    Examples
    --------
    >>> from pydicom.dataset import Dataset
    >>> ds, tracer = Dataset(), Dataset()
    >>> ds.Units, ds.CorrectedImage, ds.DecayCorrection = "BQML", ["ATTN", "DECY"], "ADMIN"
    >>> ds.PatientWeight, tracer.RadionuclideTotalDose = 75, 300e6
    >>> ds.RadiopharmaceuticalInformationSequence = [tracer]
    >>> suv_factor([ds]).factor
    0.00025
    """
    if kind not in _TYPES:
        msg = f"there is no such kind of SUV; there are {', '.join(_TYPES)}"
        raise ValueError(msg)
    if weight is not None and not (math.isfinite(weight) and weight > 0):
        msg = "weight is the patient's, in kg, above 0"
        raise ValueError(msg)
    notes: list[Note] = []
    headers: list[PetHeader] = []
    first: Dataset | None = None
    given = (datasets,) if isinstance(datasets, Image) or is_dataset(datasets) else datasets
    for one in given:
        ds = one.dataset if isinstance(one, Image) else one
        check_dataset(ds)
        first = ds if first is None else first
        headers.append(read_pet_header(ds, notes))
    if first is None:
        msg = "there is no dataset to compute a factor for"
        raise ValueError(msg)
    with error_context(first):
        return _Series(headers, weight, kind, notes).factor()


class _Series:
    """The headers of a series, and what was asked for."""

    def __init__(
        self,
        headers: Sequence[PetHeader],
        weight: float | None,
        kind: SuvKind,
        notes: list[Note],
    ) -> None:
        self.common = _common(headers)
        self.headers = headers
        self.weight = weight
        self.kind = kind
        self.notes = notes
        self.decay_time: float | None = None

    def factor(self) -> SuvFactor:
        """Choose the way by the units, and go it."""
        units, suv_type = self.common.units, self.common.suv_type
        if suv_type is not None:
            factor, source = self._from_suv(suv_type), "SUV Type"
        elif units == "BQML":
            factor, source = self._from_activity(), "Bq/ml, weight, dose and decay"
        elif units == "CNTS":
            factor, source = self._from_counts()
        else:
            stated = "is missing" if units is None else "is neither BQML, GML nor CNTS"
            msg = f"(0054,1001) Units {stated}: such values lead to no SUV"
            raise UnitsError(msg)
        return SuvFactor(
            factor=factor,
            kind=self.kind,
            units=SUV_UNITS[_TYPES[self.kind]],
            source=source,
            decay_time=self.decay_time,
            notes=tuple(dict.fromkeys(self.notes)),
        )

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
        suv, activity = self.common.private_suv, self.common.private_activity
        if suv and not (activity and self.weight is not None):
            self._check_corrections()
            if self.kind != "body_weight":
                suv *= self._size(self.kind) / self._size("body_weight")
            self._leave_weight()
            return suv, "the private SUV factor (7053,xx00)"
        if activity:
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
        return size / (dose * 2 ** (-elapsed / half_life))

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
        if found > reference:
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
        if height > _TALLEST:
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
    found: dict[str, object] = {}
    for field in fields(PetHeader):
        values = [getattr(one, field.name) for one in headers]
        stated = [value for value in values if value is not None]
        if field.name in _COMMON and any(value != stated[0] for value in stated):
            msg = f"the datasets differ in {_COMMON[field.name]}: they are not of one series"
            raise InconsistentError(msg)
        found[field.name] = stated[0] if stated else None
    found["corrected"] = frozenset.intersection(*(one.corrected for one in headers))
    found["tracers"] = max(one.tracers for one in headers)
    return PetHeader(**found)  # type: ignore[arg-type] # the fields are PetHeader's own
