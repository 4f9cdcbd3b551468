"""Whatever lies in a folder: walking and exporting it end, block on nothing, lose nothing."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest
from tests.bad.files import good
from tests.bad.headers import HEADERS
from tests.bad.limits import LIMITS
from tests.bad.streams import STREAMS

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make a folder with one image and everything that is none."""
    place = tmp_path / "exam"
    (place / "deep").mkdir(parents=True)
    (place / "image").write_bytes(good("CT_small.dcm"))
    (tmp_path / "outside").write_bytes(good("MR_small.dcm"))
    os.mkfifo(place / "fifo")
    # The address of a socket must be short.
    monkeypatch.chdir(place)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        (place / "device").symlink_to("/dev/zero")
        (place / "loop").symlink_to(place / "loop")
        (place / "deep" / "loop").symlink_to(place)
        (place / "up").symlink_to(tmp_path)
        (place / "out").symlink_to(tmp_path / "outside")
        (place / "again").symlink_to(place / "image")
        (place / "nowhere").symlink_to(place / "nothing")
        (place / "empty").write_bytes(b"")
        (place / "text\nof two lines").write_bytes(b"no DICOM " * 99)
        (place / os.fsdecode(b"name \xff\xfe")).write_bytes(b"no DICOM " * 99)
        yield place


PROBLEMS = {
    "again": "link",
    "deep/loop": "link",
    "device": "unsafe_path",
    "empty": "not_dicom",
    "fifo": "not_a_file",
    "loop": "broken_link",
    os.fsdecode(b"name \xff\xfe"): "not_dicom",
    "nowhere": "broken_link",
    "out": "unsafe_path",
    "socket": "not_a_file",
    "text\nof two lines": "not_dicom",
    "up": "unsafe_path",
}


def test_everything_that_is_no_image_is_a_problem_of_the_walk(folder: Path) -> None:
    walker = dk.FileSetWalker(folder)
    assert [instance.path for instance in walker] == [folder / "image"]
    found = {p.path.relative_to(folder).as_posix(): p.code for p in walker.problems}
    assert found == PROBLEMS
    assert len(walker.problems) == len(PROBLEMS)


def test_everything_that_is_no_image_is_skipped_by_the_export(folder: Path, tmp_path: Path) -> None:
    report = dk.export_fileset(folder, tmp_path / "pictures", workers=1)
    entries = {entry.source: entry for entry in report.entries}
    assert len(report.entries) == len(PROBLEMS) + 1
    assert entries.pop("image").status == "written"
    assert {source: entry.code for source, entry in entries.items()} == PROBLEMS
    assert {entry.status for entry in entries.values()} == {"skipped"}
    assert report.ok


@pytest.mark.parametrize("name", ["fifo", "socket", "device", "loop", "nowhere", "deep", "up"])
def test_what_is_no_regular_file_cannot_be_read(name: str, folder: Path) -> None:
    with pytest.raises(dk.ReadError) as caught:
        dk.read_dataset(folder / name)
    assert caught.value.code == "read"
    assert caught.value.path == str(folder / name)


@pytest.mark.parametrize("name", ["nul\0name", "x" * 5000, ""])
def test_a_name_that_no_file_can_have_cannot_be_read(name: str) -> None:
    with pytest.raises(dk.ReadError) as caught:
        dk.read_dataset(name)
    assert caught.value.code == "read"


def test_folders_nested_past_what_a_path_may_be_end_the_walk(tmp_path: Path) -> None:
    place = os.open(tmp_path, os.O_RDONLY)
    for _ in range(30):
        os.mkdir("d" * 200, dir_fd=place)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = inner
    os.close(place)
    walker = dk.FileSetWalker(tmp_path)
    assert [problem.code for problem in walker.problems] == ["read"]


def test_every_bad_file_is_accounted_for_by_an_export(tmp_path: Path) -> None:
    place = tmp_path / "exam"
    place.mkdir()
    cases = {f"{number:03}": case for number, case in enumerate((*HEADERS, *STREAMS))}
    cases |= {f"limit{number:03}": case for number, case in enumerate(LIMITS[:12])}
    for name, case in cases.items():
        (place / name).write_bytes(case.make())
    (place / "good").write_bytes(good("CT_small.dcm"))
    report = dk.export_fileset(place, tmp_path / "pictures", workers=2)
    entries = {entry.source: entry for entry in report.entries}
    assert len(report.entries) == len(entries)
    assert entries.keys() == cases.keys() | {"good"}
    assert entries.pop("good").status == "written"
    for source, entry in entries.items():
        # Frames are asked for one by one: those that are there become pictures all the same.
        expected = {cases[source].code, "dicomdir"}
        assert entry.code in expected or entry.pictures, cases[source].name
    assert {entry.code for entry in report.skipped} == {"dicomdir", "no_pixels", "not_dicom"}
