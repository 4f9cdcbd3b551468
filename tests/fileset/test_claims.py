"""DICOMDIRs are parsed once, and again only when they have changed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.fileset.discs import Node, directory_of, image, make_image, patient, series, study, write

import dicomkit as dk
from dicomkit.dataset.directory import Directory
from dicomkit.fileset import claims
from dicomkit.fileset.claims import Directories
from dicomkit.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from pathlib import Path


def listing(*names: str) -> bytes:
    return directory_of(patient(study(series(*(image(n, i) for i, n in enumerate(names, 1))))))


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """List the records that are parsed."""
    offsets: list[int] = []
    real = Directory.record

    def record(directory: Directory, offset: int) -> object:
        offsets.append(offset)
        return real(directory, offset)

    monkeypatch.setattr(Directory, "record", record)
    return offsets


def test_no_record_is_parsed_twice_by_one_walker(tmp_path: Path, parsed: list[int]) -> None:
    names = [f"IM{number}" for number in range(20)]
    write(tmp_path, dict.fromkeys(names, b"never opened"))
    write(tmp_path, {"DICOMDIR": listing(*names)})
    walker = dk.FileSetWalker(tmp_path)
    first = list(walker)
    assert len(first) == 20
    assert len(parsed) == len(set(parsed)) == 23
    assert list(walker) == first
    assert len(walker.series()) == 1
    assert len(walker.rows()) == 20
    assert "20 SOP Instances" in walker.summary()
    assert walker.problems == ()
    assert len(parsed) == 23
    # Not even the instances are made anew.
    assert all(one is other for one, other in zip(walker, first, strict=True))


def test_a_walk_that_is_broken_off_parses_no_more_than_it_gives(
    tmp_path: Path, parsed: list[int]
) -> None:
    names = [f"IM{number}" for number in range(20)]
    write(tmp_path, dict.fromkeys(names, b"never opened"))
    write(tmp_path, {"DICOMDIR": listing(*names)})
    walker = dk.FileSetWalker(tmp_path / "DICOMDIR")
    next(iter(walker))
    assert len(parsed) < 6
    # Two at a time share what is parsed.
    one, other = iter(walker), iter(walker)
    for _ in range(20):
        assert next(one) is next(other)
    assert len(parsed) == 23


def test_a_directory_that_changes_is_parsed_anew(tmp_path: Path, parsed: list[int]) -> None:
    write(tmp_path, {"IM1": b"never opened", "IM2": b"never opened", "DICOMDIR": listing("IM1")})
    walker = dk.FileSetWalker(tmp_path / "DICOMDIR")
    assert [one.path.name for one in walker] == ["IM1"]
    write(tmp_path, {"DICOMDIR": listing("IM2", "IM1")})
    os.utime(tmp_path / "DICOMDIR", ns=(1, 1))
    assert [one.path.name for one in walker] == ["IM2", "IM1"]
    assert len(parsed) == 4 + 5


def test_files_are_looked_for_each_time(tmp_path: Path) -> None:
    write(tmp_path, {"IM1": b"never opened", "DICOMDIR": listing("IM1", "IM2")})
    walker = dk.FileSetWalker(tmp_path / "DICOMDIR")
    assert [one.code for one in walker.problems] == ["missing_file"]
    write(tmp_path, {"IM2": b"never opened"})
    (tmp_path / "IM1").rename(tmp_path / "im1.dcm")
    assert [one.path.name for one in walker] == ["im1.dcm", "IM2"]
    assert walker.problems == ()


def test_what_a_changed_directory_passes_on_holds_for_those_it_names(tmp_path: Path) -> None:
    def above(owner: bytes) -> bytes:
        said = patient(number=owner).said + study().said + series().said
        return directory_of(Node("SERIES", said, file_id=b"DIRFILE"))

    leaf = directory_of(image("IM1", 1), first=0)
    write(tmp_path, {"IM1": b"never opened", "DIRFILE": leaf, "DICOMDIR": above(b"P1")})
    walker = dk.FileSetWalker(tmp_path)
    assert [one.patient_id for one in walker] == ["P1"]
    write(tmp_path, {"DICOMDIR": above(b"P2")})
    os.utime(tmp_path / "DICOMDIR", ns=(1, 1))
    assert [one.patient_id for one in walker] == ["P2"]


def test_an_export_keeps_no_records(tmp_path: Path, parsed: list[int]) -> None:
    data = make_image("1.2.3.4.1")
    write(tmp_path / "exam", {"IM1": data, "DICOMDIR": listing("IM1")})
    walker = dk.FileSetWalker(tmp_path / "exam")
    dk.export_fileset(walker, tmp_path / "out", workers=1)
    assert len(parsed) == 4
    assert walker._directories._known == {}


def test_no_directory_is_remembered_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, {"IM1": make_image("1.2.3.4.1")}) / "IM1"
    directories = Directories(DEFAULT_LIMITS)
    assert directories.open(path) is None
    monkeypatch.setattr(claims, "read_directory", lambda *_: pytest.fail("read"))
    assert directories.open(path) is None
