"""Documents are valid JSON and hold what the values hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

import dicomkit as dk
from dicomkit.__main__ import main
from dicomkit.cli.documents import (
    listing_document,
    report_document,
    to_json,
    tree_document,
)
from dicomkit.export.bookkeeping.report import ExportEntry

if TYPE_CHECKING:
    from collections.abc import Callable

LIMITS: Final = dk.Limits()


def real(name: str) -> str:
    return str(get_testdata_file(name, download=False))


@pytest.mark.parametrize("name", ["CT_small.dcm", "rtplan.dcm", "badVR.dcm", "nested_priv_SQ.dcm"])
def test_a_tree_lists_every_element(name: str) -> None:
    ds = dk.read_dataset(real(name))
    read = json.loads(to_json(tree_document(ds, LIMITS)))
    rows = dk.metadata_rows(ds)
    assert [row["path"] for row in read] == [row.path for row in rows]
    assert set(read[0]) == {"path", "tag", "keyword", "VR", "VM", "value", "name", "broken"}


def test_values_keep_their_type() -> None:
    ds = dk.read_dataset(real("CT_small.dcm"))
    values = {
        row["keyword"]: row["value"] for row in json.loads(to_json(tree_document(ds, LIMITS)))
    }
    assert values["Rows"] == 128
    assert values["PixelSpacing"] == [0.661468, 0.661468]
    assert values["Modality"] == "CT"


def test_numbers_that_json_lacks_are_text() -> None:
    ds = Dataset()
    ds.RealWorldValueSlope = float("nan")
    (row,) = json.loads(to_json(tree_document(ds, LIMITS)))
    assert row["value"] == "nan"


def test_a_listing_has_every_instance_and_problem(tmp_path: Path) -> None:
    (tmp_path / "scan").write_bytes(Path(real("CT_small.dcm")).read_bytes())
    (tmp_path / "words.txt").write_text("no scan")
    read = json.loads(to_json(listing_document(dk.FileSetWalker(tmp_path), LIMITS)))
    assert read["root"] == str(tmp_path)
    (instance,) = read["instances"]
    assert instance["path"] == str(tmp_path / "scan")
    assert instance["modality"] == "CT"
    assert "units" not in instance
    (problem,) = read["problems"]
    assert problem["code"] == "not_dicom"


def test_a_listing_has_units_where_they_are_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--json", "--units", real("CT_small.dcm")]) == 0
    (instance,) = json.loads(capsys.readouterr().out)["instances"]
    assert instance["units"] == "[hnsf'U]"


def test_a_picture_says_what_its_values_are_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "--json", real("rtdose_1frame.dcm")]) == 0
    assert json.loads(capsys.readouterr().out)["units"] == {
        "code": "1",
        "meaning": "relative dose",
        "term": "RELATIVE",
        "source": "Dose Grid Scaling",
    }


def test_a_report_comes_whole_with_its_sums() -> None:
    entries = (
        ExportEntry("a", "written", ("a.jpg", "b.jpg"), notes=(dk.Note("n", "said"),)),
        ExportEntry("b", "failed", code="read", message="gone"),
    )
    read = json.loads(to_json(report_document(dk.ExportReport("out", "manifest", entries))))
    assert (read["ok"], read["pictures"], read["output"]) == (False, 2, "out")
    assert read["entries"][0]["notes"] == [{"code": "n", "message": "said"}]
    assert read["entries"][1]["status"] == "failed"


def test_json_is_ascii() -> None:
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.PatientName = "Σ\x1b[2J"
    assert to_json(tree_document(ds, LIMITS)).isascii()
    assert "\x1b" not in to_json(tree_document(ds, LIMITS))


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["tree", real("CT_small.dcm")], lambda read: read[0]["tag"] == "(0002,0000)"),
        (["list", real("CT_small.dcm")], lambda read: len(read["instances"]) == 1),
        (
            ["export", real("CT_small.dcm"), "out"],
            lambda read: read["ok"] and read["pictures"] == 1,
        ),
    ],
    ids=["tree", "list", "export"],
)
def test_every_command_can_print_json(
    command: list[str],
    expected: Callable[[Any], bool],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*command, "--json"]) == 0
    assert expected(json.loads(capsys.readouterr().out))
