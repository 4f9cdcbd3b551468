"""Discs as they come: every image is found, as what it is, however the disc is walked."""

from __future__ import annotations

import io
import os
import pickle
import shutil
import zipfile
from collections import Counter
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fileset.discs import write, zip_folder
from tests.fileset.styles import STYLES, Disc

import dicomkit as dk
from dicomkit.dataset.identity import Identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

FIELDS = tuple(Identity.__dataclass_fields__)


def identities(instances: Iterable[dk.Instance]) -> set[tuple[object, ...]]:
    return {tuple(getattr(one, name) for name in FIELDS) for one in instances}


def owners(instances: Iterable[dk.Instance]) -> dict[str | None, str | None]:
    found = list(instances)
    said = {one.sop_instance_uid: one.patient_id for one in found}
    assert len(said) == len(found)
    return said


def table(walker: dk.FileSetWalker) -> list[object]:
    """List the instances in their order, each as its own file says."""
    return [row["sop_instance_uid"] for row in walker.rows(elements=["Modality"])]


@pytest.fixture(params=STYLES, ids=lambda style: style.__name__)
def disc(request: pytest.FixtureRequest) -> Disc:
    made: Disc = request.param("1.2.3")
    return made


@pytest.fixture(params=["folder", "deflated", "stored"])
def place(request: pytest.FixtureRequest, disc: Disc, tmp_path: Path) -> Path:
    """Give the disc as a folder, or as a zip of one kind or another."""
    folder = write(tmp_path / "exam", disc.files)
    if request.param == "folder":
        return folder
    method = zipfile.ZIP_DEFLATED if request.param == "deflated" else zipfile.ZIP_STORED
    return zip_folder(folder, tmp_path / "exam.zip", method)


def test_every_image_is_found_as_what_it_is(disc: Disc, place: Path) -> None:
    walker = dk.FileSetWalker(place)
    found = list(walker.confirmed())
    assert owners(found) == disc.found
    assert all(one.confirmed for one in found)
    # Whoever opens no file finds the same ones.
    assert [one.path for one in walker] == [one.path for one in found]


def test_each_file_and_each_record_is_accounted_for_once(disc: Disc, place: Path) -> None:
    walker = dk.FileSetWalker(place)
    found = list(walker.confirmed())
    # What was found as another instance than was said is found all the same.
    problems = [one for one in walker.problems if one.code != "mismatch"]
    spoken_of = [one.path for one in found] + [one.path for one in problems]
    files = Counter(disc.files.keys() - {disc.directory}) + Counter(path for path, _ in disc.lost)
    assert Counter(path.relative_to(walker.folder).as_posix() for path in spoken_of) == files
    codes = Counter((one.path.relative_to(walker.folder).as_posix(), one.code) for one in problems)
    assert codes == Counter([*disc.others.items(), *disc.lost])


def test_what_a_directory_lists_is_told_from_what_it_does_not(disc: Disc, place: Path) -> None:
    found = list(dk.FileSetWalker(place).confirmed())
    if disc.directory:
        assert {one.sop_instance_uid for one in found if one.listed} == disc.listed
        assert {one.listed for one in found} <= {True, False}
        # The DICOMDIR alone stands for nothing else.
        alone = dk.FileSetWalker(place / disc.directory)
        assert {one.sop_instance_uid for one in alone.confirmed()} == disc.listed


def test_as_if_there_was_no_directory(disc: Disc, place: Path) -> None:
    ignoring = dk.FileSetWalker(place, dicomdir="ignore")
    found = list(ignoring)
    assert owners(found) == disc.found
    assert {one.listed for one in found} == {None}
    assert {one.code for one in ignoring.problems} <= {"dicomdir", "not_dicom"}
    assert identities(found) == identities(dk.FileSetWalker(place).confirmed())
    if disc.directory:
        beside = dk.FileSetWalker(place / disc.directory, dicomdir="ignore")
        assert list(beside) == found


def test_nothing_but_what_is_listed(place: Path) -> None:
    only = dk.FileSetWalker(place, dicomdir="only")
    found = list(only.confirmed())
    assert all(one.listed for one in found)
    left = {one.path for one in only.problems if one.code == "not_listed"}
    others = {one.path for one in dk.FileSetWalker(place).confirmed() if not one.listed}
    assert others <= left
    assert left.isdisjoint(one.path for one in found)


def test_tables_are_in_the_same_order_however_the_instances_are_found(
    disc: Disc, place: Path
) -> None:
    listed = table(dk.FileSetWalker(place))
    assert listed == table(dk.FileSetWalker(place, dicomdir="ignore"))
    assert sorted(map(str, listed)) == sorted(disc.found)


def test_every_instance_can_be_read_and_travels(place: Path) -> None:
    found = list(dk.FileSetWalker(place).confirmed())
    there = pickle.loads(pickle.dumps(found))  # noqa: S301 - made in the same line
    for one, other in zip(found, there, strict=True):
        assert one == other
        ds = dk.read_dataset(other)
        assert ds.SOPInstanceUID == one.sop_instance_uid
        assert ds.filename == os.fspath(one) == str(one.path)
        # The path alone leads there too.
        assert dk.read_dataset(str(one.path)).PatientID == one.patient_id


def test_in_a_file_system_of_fsspec(disc: Disc) -> None:
    fs = import_module("fsspec").filesystem("memory")
    root = f"/{uuid4()}"
    fs.pipe({f"{root}/exam/{path}": data for path, data in disc.files.items()})
    walker = dk.FileSetWalker(f"{root}/exam", filesystem=fs)
    found = list(walker.confirmed())
    assert owners(found) == disc.found
    assert {one.path.parts[:3] for one in found} == {("/", root[1:], "exam")}
    assert Counter(one.code for one in walker.problems if one.code != "mismatch") == Counter(
        [*disc.others.values(), *(code for _, code in disc.lost)]
    )
    first = pickle.loads(pickle.dumps(found[0]))  # noqa: S301 - made in the same line
    assert dk.read_dataset(first).SOPInstanceUID == found[0].sop_instance_uid
    assert table(walker) == table(
        dk.FileSetWalker(f"{root}/exam", filesystem=fs, dicomdir="ignore")
    )
    assert walker.summary()
    if disc.directory:
        alone = dk.FileSetWalker(f"{root}/exam/{disc.directory}", filesystem=fs)
        assert {one.sop_instance_uid for one in alone.confirmed()} == disc.listed


PLACES = ("", "X/", "Y/Z/", "ZIP1.zip/", "V/zip2/")


def mixed(parts: Iterable[tuple[str, Callable[[str], Disc]]], folder: Path) -> dict[str, str]:
    """Put several discs into one folder, and give what is to be found."""
    found: dict[str, str] = {}
    for number, (where, style) in enumerate(parts):
        disc = style(f"1.2.{number + 1}")
        found |= disc.found
        if "zip" in where.lower():
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
                for path, data in disc.files.items():
                    archive.writestr(path, data)
            write(folder, {where.rstrip("/"): buffer.getvalue()})
        else:
            write(folder, {f"{where}{path}": data for path, data in disc.files.items()})
    return found


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(PLACES), st.sampled_from(STYLES)),
        min_size=1,
        max_size=4,
        unique_by=lambda part: part[0],
    )
)
def test_any_mixture_is_the_same_as_a_folder_as_a_zip_and_by_its_directories(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[str, Any]]
) -> None:
    base = tmp_path_factory.getbasetemp() / "mixture"
    shutil.rmtree(base, ignore_errors=True)
    expected = mixed(parts, base / "exam")
    packed = zip_folder(base / "exam", base / "exam.zip")
    folder = dk.FileSetWalker(base / "exam")
    ways = [
        folder,
        dk.FileSetWalker(packed),
        dk.FileSetWalker(base / "exam", dicomdir="ignore"),
        dk.FileSetWalker(packed, dicomdir="ignore"),
    ]
    found = [list(way.confirmed()) for way in ways]
    for one in found:
        assert owners(one) == expected
        assert identities(one) == identities(found[0])
    assert len({tuple(map(str, table(way))) for way in ways}) == 1
    # What is found lies at the same place in both, and so does what is not.
    for way, other in ((ways[0], ways[1]), (ways[2], ways[3])):
        assert [place_of(one, way) for one in way.problems] == [
            place_of(one, other) for one in other.problems
        ]
    # A DICOMDIR by itself stands for the same ones.
    listed = {(one.path, one.sop_instance_uid) for one in found[0] if one.listed}
    for directory in (base / "exam").rglob("[Dd][Ii]*"):
        with suppress(dk.NotDicomError):
            alone = [one for one in dk.FileSetWalker(directory).confirmed() if one.listed]
            assert {(one.path, one.sop_instance_uid) for one in alone} <= listed


def place_of(problem: dk.Problem, walker: dk.FileSetWalker) -> tuple[str, str]:
    return problem.path.relative_to(walker.folder).as_posix(), problem.code
