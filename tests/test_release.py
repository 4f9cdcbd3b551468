"""What a release says of itself: its citation, how to report faults, what it is made of."""

from __future__ import annotations

import json
import os
import re
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pytest

import dicomkit

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def bill_of_materials() -> Callable[..., dict[str, Any]]:
    spec = spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    made: Callable[..., dict[str, Any]] = module.bill_of_materials
    return made


def test_the_citation_is_of_this_version() -> None:
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    fields = dict(re.findall(r"^([a-z-]+): (.+)$", citation, re.MULTILINE))
    assert fields["version"] == dicomkit.__version__
    assert fields["license"] == PROJECT["license"]
    assert fields["cff-version"] == "1.2.0"
    assert PROJECT["authors"][0]["name"] in citation
    assert PROJECT["description"] in fields["title"]


def test_the_page_on_security_says_how_to_report() -> None:
    page = (ROOT / "SECURITY.md").read_text("utf-8")
    for word in ("in private", "Never send a patient's file", "docs/security.md", "cdx.json"):
        assert word in page
    assert "SECURITY.md" in (ROOT / "docs" / "security.md").read_text("utf-8")


def test_a_bill_lists_every_requirement(
    bill_of_materials: Callable[..., dict[str, Any]],
) -> None:
    extras = PROJECT["optional-dependencies"]
    bill = bill_of_materials("1.2.3", "MIT", PROJECT["dependencies"], extras)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    own = bill["metadata"]["component"]
    assert (own["name"], own["version"], own["purl"]) == (
        "dicomkit",
        "1.2.3",
        "pkg:pypi/dicomkit@1.2.3",
    )
    scopes = {one["name"]: one["scope"] for one in bill["components"]}
    required = {text.partition(">=")[0] for text in PROJECT["dependencies"]}
    assert {name for name, scope in scopes.items() if scope == "required"} == required
    assert scopes["imagecodecs"] == scopes["matplotlib"] == "optional"
    assert "dicomkit" not in scopes
    (dependency,) = bill["dependencies"]
    assert dependency["ref"] == own["bom-ref"]
    assert dependency["dependsOn"] == [one["bom-ref"] for one in bill["components"]]


def test_names_are_normalised_and_versions_kept(
    bill_of_materials: Callable[..., dict[str, Any]],
) -> None:
    extras = {"x": ["zarr[all]>=3; python_version > '3'"], "all": ["dicomkit[x]"]}
    bill = bill_of_materials("1", "MIT", ["Typing_Extensions>=4.12", "numpy"], extras)
    found = [
        (one["name"], one["purl"], one["properties"][0]["value"]) for one in bill["components"]
    ]
    assert found == [
        ("numpy", "pkg:pypi/numpy", "any"),
        ("typing-extensions", "pkg:pypi/typing-extensions", ">=4.12"),
        ("zarr", "pkg:pypi/zarr", ">=3"),
    ]


def test_a_wheel_holds_its_bill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build = pytest.importorskip("hatchling.build")
    monkeypatch.chdir(ROOT)
    before = {name for name in os.listdir(ROOT) if not name.startswith(".")}  # noqa: PTH208
    wheel = tmp_path / build.build_wheel(str(tmp_path))
    with ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".cdx.json")]
        bill = json.loads(archive.read(name))
    assert re.fullmatch(r"dicomkit-[\d.]+\.dist-info/sboms/dicomkit\.cdx\.json", name)
    assert bill["metadata"]["component"]["version"] == dicomkit.__version__
    assert {name for name in os.listdir(ROOT) if not name.startswith(".")} == before  # noqa: PTH208
