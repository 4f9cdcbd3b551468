"""Finding files: names of ISO 9660 (PS3.10 8.2), links, and what is no file."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from dicomkit.fileset.folder import Fault, Folder, Found


def folder_with(root: Path, *names: str) -> Folder:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")
    return Folder(str(root))


@pytest.mark.parametrize(
    ("on_disk", "file_id"),
    [
        ("DICOM/S1/IM1", ("DICOM", "S1", "IM1")),
        ("dicom/s1/im1", ("DICOM", "S1", "IM1")),
        ("DICOM/S1/IM1;1", ("DICOM", "S1", "IM1")),
        ("dicom/s1/im1.;1", ("DICOM", "S1", "IM1")),
        ("DICOM/S1/IM1.", ("DICOM", "S1", "IM1")),
        ("DICOM/S1/IM1.dcm", ("DICOM", "S1", "IM1")),
        ("DICOM/S1/im1.IMA;1", ("DICOM", "S1", "IM1")),
        ("DICOM/S1/IM1", ("DICOM", "S1", "IM1.DCM")),
        # Writers that do not know how components are parted.
        ("DICOM/S1/IM1", ("DICOM/S1/IM1",)),
        ("DICOM/S1/IM1", (".", "DICOM", "S1", "IM1")),
        ("IM1", ("IM1",)),
    ],
)
def test_names_are_found_however_they_were_written(
    tmp_path: Path, on_disk: str, file_id: tuple[str, ...]
) -> None:
    assert folder_with(tmp_path, on_disk).find(file_id) == on_disk


def test_the_very_name_comes_first(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "IM1", "im1", "Im1", "IM1.dcm")
    assert folder.find(("im1",)) == "im1"
    assert folder.find(("Im1",)) == "Im1"
    assert folder.find(("iM1",)) == "IM1"


def test_other_endings_tell_files_apart(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "1.2.840.1", "1.2.840.2")
    assert folder.find(("1.2.840.2",)) == "1.2.840.2"
    assert folder.find(("1.2.840.3",)) == Fault("missing_file", "the record's file is missing")
    assert folder.find(("1.2.840",)) == Fault("missing_file", "the record's file is missing")


@pytest.mark.parametrize(
    ("file_id", "code"),
    [
        (("..", "IM1"), "unsafe_path"),
        (("DIR", "..", "..", "IM1"), "unsafe_path"),
        (("../IM1",), "unsafe_path"),
        (("/IM1",), "unsafe_path"),
        (("DIR", "/IM1"), "unsafe_path"),
        (("C:", "IM1"), "unsafe_path"),
        (("c:/IM1",), "unsafe_path"),
        ((".",), "unsafe_path"),
        ((), "unsafe_path"),
        (("IM1", "IM2"), "missing_file"),
        (("NOWHERE", "IM1"), "missing_file"),
        (("IM1\0",), "missing_file"),
        (("DIR",), "not_a_file"),
    ],
)
def test_what_names_no_file(tmp_path: Path, file_id: tuple[str, ...], code: str) -> None:
    found = folder_with(tmp_path / "root", "IM1", "DIR/IM2").find(file_id)
    assert isinstance(found, Fault)
    assert found.code == code


@pytest.fixture
def linked(tmp_path: Path) -> Folder:
    folder = folder_with(tmp_path / "root", "IM1", "DIR/IM2")
    folder_with(tmp_path, "outside/IM3")
    root = tmp_path / "root"
    (root / "inside").symlink_to("IM1")
    (root / "inner").symlink_to("DIR")
    (root / "out").symlink_to(tmp_path / "outside" / "IM3")
    (root / "outer").symlink_to(tmp_path / "outside")
    (root / "sibling").symlink_to(tmp_path / "root2")
    (root / "loop").symlink_to("loop")
    (root / "nowhere").symlink_to("missing")
    return folder


@pytest.mark.parametrize(
    ("file_id", "found"),
    [
        (("inside",), "IM1"),
        (("inner", "IM2"), "DIR/IM2"),
        (("out",), "unsafe_path"),
        (("outer", "IM3"), "unsafe_path"),
        (("sibling",), "unsafe_path"),
        (("loop",), "broken_link"),
        (("nowhere",), "broken_link"),
    ],
)
def test_links_are_looked_at_before_they_are_followed(
    linked: Folder, file_id: tuple[str, ...], found: str
) -> None:
    result = linked.find(file_id)
    assert (result.code if isinstance(result, Fault) else result) == found


def test_everything_below_comes_in_the_order_of_names(linked: Folder) -> None:
    assert list(linked.entries()) == [
        Found("", "folder"),
        Found("IM1", "file"),
        Found("inner", "link"),
        Found("inside", "link"),
        Found("loop", "link"),
        Found("nowhere", "link"),
        Found("out", "link"),
        Found("outer", "link"),
        Found("sibling", "link"),
        Found("DIR", "folder"),
        Found("DIR/IM2", "file"),
    ]
    assert list(linked.entries("DIR")) == [Found("DIR", "folder"), Found("DIR/IM2", "file")]


def test_the_root_may_be_a_link(linked: Folder, tmp_path: Path) -> None:
    (tmp_path / "door").symlink_to(linked.root)
    folder = Folder(str(tmp_path / "door"))
    assert folder.find(("inside",)) == "IM1"
    assert Found("DIR/IM2", "file") in list(folder.entries())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no FIFOs")
def test_what_is_neither_file_nor_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "to_fifo").symlink_to("fifo")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        folder = Folder(str(tmp_path))
        assert set(folder.entries()) == {
            Found("", "folder"),
            Found("fifo", "other"),
            Found("socket", "other"),
            Found("to_fifo", "link"),
        }
        for name in ("fifo", "socket", "to_fifo"):
            found = folder.find((name,))
            assert isinstance(found, Fault)
            assert found.code == "not_a_file"


def test_folders_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder_with(tmp_path, "DIR/IM1", "IM2")
    real = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "DIR":
            raise PermissionError
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert list(folder.entries()) == [
        Found("", "folder"),
        Found("IM2", "file"),
        Found("DIR", "folder"),
        Found("DIR", "unreadable"),
    ]
    found = folder.find(("DIR", "IM1"))
    assert isinstance(found, Fault)
    assert found.code == "read"


def test_a_deep_folder_needs_no_recursion(tmp_path: Path) -> None:
    path = tmp_path
    for _ in range(300):
        path /= "d"
    path.mkdir(parents=True)
    (path / "IM1").write_bytes(b"")
    assert list(Folder(str(tmp_path)).entries())[-1] == Found("d/" * 300 + "IM1", "file")


def test_file_ids_may_start_from_a_folder_further_down(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "A/IM1", "IM1", "A/b/im2.dcm")
    for _ in range(2):
        assert folder.find(("IM1",), "A") == "A/IM1"
        assert folder.find(("IM1",)) == "IM1"
        assert folder.find(("B", "IM2"), "A") == "A/b/im2.dcm"
        assert isinstance(folder.find(("..", "IM1"), "A"), Fault)
        assert isinstance(folder.find(("B", "IM2")), Fault)


def test_a_file_in_a_folder_by_its_name(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, "A/dicomdir;1", "A/DICOMDIR.txt", "B/Dicomdir", "B/DICOMDIR")
    (tmp_path / "C" / "DICOMDIR").mkdir(parents=True)
    (tmp_path / "D").mkdir()
    (tmp_path / "D" / "DICOMDIR").symlink_to("../A/dicomdir;1")
    (tmp_path / "E").mkdir()
    (tmp_path / "E" / "DICOMDIR").symlink_to("nowhere")
    named = {name: folder.named(name, "DICOMDIR") for name in ("", *"ABCDE", "F")}
    assert named == {
        "": None,
        "A": "A/dicomdir;1",
        "B": "B/DICOMDIR",
        "C": None,
        "D": "A/dicomdir;1",
        "E": None,
        "F": None,
    }


def paths(folder: Folder) -> list[tuple[str, str]]:
    return [(one.path, one.kind) for one in folder.entries() if one.kind != "folder"]


def test_links_that_lead_out_can_be_followed(linked: Folder, tmp_path: Path) -> None:
    folder = Folder(linked.root, follow_links=True)
    assert folder.find(("out",)) == "out"
    assert folder.find(("outer", "IM3")) == "outer/IM3"
    assert folder.find(("inside",)) == "IM1"
    (tmp_path / "root2").mkdir()
    found = paths(Folder(linked.root, follow_links=True))
    assert found == [
        ("IM1", "file"),
        ("DIR/IM2", "file"),
        ("inner", "link"),
        ("inside", "link"),
        ("loop", "link"),
        ("nowhere", "link"),
        # Behind another link it would be the same file.
        ("out", "file"),
    ]


def test_whatever_links_lead_to_comes_once_and_ends(tmp_path: Path) -> None:
    folder_with(tmp_path, "root/IM1", "data/a/IM2", "data/IM3", "data/b/IM4", "far/IM5")
    root, data = tmp_path / "root", tmp_path / "data"
    (root / "1").symlink_to(data / "a")
    (root / "2").symlink_to(data)
    (root / "3").symlink_to(data / "a")
    (root / "4").symlink_to(data / "b" / "IM4")
    (root / "5").symlink_to(tmp_path)
    (data / "back").symlink_to(root)
    (data / "around").symlink_to(data)
    (data / "on").symlink_to(tmp_path / "far")
    found = paths(Folder(str(root), follow_links=True))
    files = [path for path, kind in found if kind == "file"]
    assert sorted(os.path.realpath(root / path) for path in files) == sorted(
        str(tmp_path / name)
        for name in ("root/IM1", "data/a/IM2", "data/IM3", "data/b/IM4", "far/IM5")
    )
    assert {path for path, kind in found if kind == "link"} == {"3", "2/back", "2/around", "2/on"}
    # Not followed, each is a link and no more.
    assert paths(Folder(str(root))) == [(name, "link") for name in "12345"] + [("IM1", "file")]
