"""The factor from a PET series' values to standardized uptake values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.dataset.elements.datasets import check_dataset, error_context, is_dataset
from dicomkit.dataset.modules.pet import PetHeader, read_pet_header
from dicomkit.dataset.modules.units import SUV_UNITS
from dicomkit.image.image import Image
from dicomkit.image.uptake import SUV_TYPES, SuvKind, UptakeSeries
from dicomkit.transforms.real_world import LinearMapping

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.units import Unit
    from dicomkit.image.image import ImageLike
    from dicomkit.notes import Note
    from dicomkit.transforms.arrays import AnyArray

__all__ = ["SuvFactor", "suv_factor"]


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
    if kind not in SUV_TYPES:
        msg = f"there is no such kind of SUV; there are {', '.join(SUV_TYPES)}"
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
        series = UptakeSeries(headers, weight, kind, notes)
        factor, source = series.factor()
    return SuvFactor(
        factor=factor,
        kind=kind,
        units=SUV_UNITS[SUV_TYPES[kind]],
        source=source,
        decay_time=series.decay_time,
        notes=tuple(dict.fromkeys(notes)),
    )
