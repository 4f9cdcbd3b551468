"""Files and folders that appear whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dicomkit.errors import WriteError
from dicomkit.export.writing.atomic import temporary_name
from dicomkit.export.writing.store import sweep
from dicomkit.export.writing.whole import whole

if TYPE_CHECKING:
    from pathlib import Path


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_a_file_gets_its_name_at_the_end(tmp_path: Path) -> None:
    with whole(tmp_path / "a.txt", overwrite=False) as place:
        assert place.name == "a.txt"
        place.write_text("all")
        assert not (tmp_path / "a.txt").exists()
    assert (tmp_path / "a.txt").read_text() == "all"
    assert names(tmp_path) == ["a.txt"]


def test_a_folder_gets_its_name_at_the_end(tmp_path: Path) -> None:
    for text in ("first", "second"):
        with whole(tmp_path / "a", overwrite=True) as place:
            place.mkdir()
            (place / text).touch()
    assert names(tmp_path / "a") == ["second"]
    assert names(tmp_path) == ["a"]


def test_what_came_meanwhile_stays(tmp_path: Path) -> None:
    def late(target: Path, make: str) -> None:
        with whole(target, overwrite=False) as place:
            if make == "folder":
                place.mkdir()
            else:
                place.touch()
            target.mkdir()
            (target / "theirs").touch()

    for make in ("file", "folder"):
        with pytest.raises(WriteError, match="the name is taken"):
            late(tmp_path / make, make)
        assert names(tmp_path / make) == ["theirs"]
    assert names(tmp_path) == ["file", "folder"]


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("kept")
    (tmp_path / "a").symlink_to(tmp_path / "precious")
    with pytest.raises(WriteError), whole(tmp_path / "a", overwrite=False):
        pass
    with whole(tmp_path / "a", overwrite=True) as place:
        place.write_text("new")
    assert (tmp_path / "precious").read_text() == "kept"
    assert not (tmp_path / "a").is_symlink()


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    def half() -> None:
        with whole(tmp_path / "a", overwrite=False) as place:
            place.write_text("half")
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert names(tmp_path) == []


def test_what_a_kill_left_is_swept(tmp_path: Path) -> None:
    left = tmp_path / temporary_name()
    left.mkdir()
    (left / "half.nii").touch()
    (tmp_path / temporary_name()).touch()
    sweep(tmp_path, [], 1 << 62)
    assert names(tmp_path) == []
