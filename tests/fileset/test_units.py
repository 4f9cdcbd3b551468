"""The unit of an instance's values."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

import dicomkit as dk
from dicomkit.fileset.units import unit_of


def sample(name: str) -> Path:
    return Path(str(get_testdata_file(name, download=False)))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CT_small.dcm", "[hnsf'U]"),
        ("rtdose.dcm", "1"),
        ("eCT_Supplemental.dcm", "ml/100ml/s"),
        # Without a code in UCUM, it is the file's own term.
        ("MR2_UNCI.dcm", "US"),
        ("MR_small.dcm", None),
        ("test-SR.dcm", None),
        ("absent", None),
    ],
)
def test_it_is_that_of_the_first_quantity(name: str, expected: str | None) -> None:
    path = Path("absent") if name == "absent" else sample(name)
    instance = dk.Instance(path=path, record_type="IMAGE", listed=None)
    assert unit_of(instance, dk.Limits()) == expected


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("CT_small.dcm", "MR_small.dcm", "rtdose.dcm"):
        shutil.copy(sample(name), tmp_path)
    dose = dcmread(tmp_path / "rtdose.dcm")
    dose.DoseUnits = "GY"
    dose.save_as(tmp_path / "rtdose.dcm")
    return tmp_path


@pytest.mark.parametrize("per", ["instance", "series"])
def test_rows_have_a_column_of_it_where_that_is_wanted(folder: Path, per: str) -> None:
    walker = dk.FileSetWalker(folder)
    rows = walker.rows(per=per, units=True, elements=["Rows"])  # type: ignore[arg-type]
    assert {row["modality"]: row["units"] for row in rows} == {
        "CT": "[hnsf'U]",
        "MR": None,
        "RTDOSE": "Gy",
    }
    assert [*rows[0]][-2:] == ["units", "Rows"]
    assert "units" not in walker.rows()[0]


def test_a_summary_names_it_where_that_is_wanted(folder: Path) -> None:
    walker = dk.FileSetWalker(folder)
    lines = [line.strip() for line in walker.summary(units=True).splitlines()]
    assert [line.partition("Units=")[2] for line in lines if line.startswith("SERIES")] == [
        "[hnsf'U]",
        "",
        "Gy",
    ]
    assert "Units" not in walker.summary()
