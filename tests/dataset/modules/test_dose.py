"""The dose of RT Dose; the clause is PS3.3 C.8.8.3."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dicomkit.dataset.modules.dose import dose_option, is_dose
from dicomkit.dataset.modules.units import Unit
from dicomkit.transforms.real_world import LinearMapping

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    from dicomkit.notes import Note

    Make = Callable[..., Dataset]


@pytest.mark.parametrize(
    ("term", "unit"),
    [
        ("GY", Unit("Gy", "Gray", "GY")),
        ("RELATIVE", Unit("1", "relative dose", "RELATIVE")),
        ("CGY", Unit(None, "no term of the standard", "CGY")),
        (None, Unit(None, "not stated", None)),
    ],
)
def test_dose_is_stored_times_the_scaling(dataset: Make, term: str | None, unit: Unit) -> None:
    ds = dataset(DoseGridScaling=b"1.254e-6", DoseType="PHYSICAL")
    if term is not None:
        ds.DoseUnits = term
    notes: list[Note] = []
    option = dose_option(ds, notes)
    assert option is not None
    assert option.units == unit
    assert option.transform == LinearMapping(1.254e-6, 0)
    assert (option.source, option.explanation) == ("Dose Grid Scaling", "physical dose")
    assert notes == []
    assert is_dose(ds)


@pytest.mark.parametrize("value", [b"", b"0", b"much"])
def test_without_a_scaling_there_is_no_dose(dataset: Make, value: bytes) -> None:
    notes: list[Note] = []
    ds = dataset(DoseGridScaling=value, DoseUnits="GY")
    assert dose_option(ds, notes) is None
    assert notes[-1].code == "dose_scaling_missing"


def test_an_rt_dose_is_one_without_a_scaling_too(dataset: Make) -> None:
    assert is_dose(dataset(SOPClassUID="1.2.840.10008.5.1.4.1.1.481.2"))
    assert not is_dose(dataset(SOPClassUID="1.2.840.10008.5.1.4.1.1.2"))
