"""Counting volumes: by headers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.volumes import classic, save

import dicomkit as dk
from dicomkit.fileset.volumes import count_volumes
from dicomkit.stacking.headers import HeaderReader

if TYPE_CHECKING:
    from pathlib import Path


def slices(count: int = 4, *, first: int = 0, **more: Any) -> list[Any]:  # noqa: ANN401
    return [classic(first + n, (0, 0, 2 * n), **more) for n in range(count)]


def counted(folder: Path) -> list[object]:
    return [row["volumes"] for row in dk.FileSetWalker(folder).rows(per="series", volumes=True)]


def test_a_series_of_two_echoes_holds_two(tmp_path: Path) -> None:
    save([*slices(EchoTime=3), *slices(first=9, EchoTime=6), classic(20, (0, 0, 99))], tmp_path)
    assert counted(tmp_path) == [2]


def test_slices_without_a_place_are_no_volume(tmp_path: Path) -> None:
    unplaced = slices()
    for one in unplaced:
        del one.PixelSpacing
    save(unplaced, tmp_path)
    assert counted(tmp_path) == [0]


def test_pixels_are_not_read(tmp_path: Path) -> None:
    for path in save(slices(), tmp_path):
        # They end right behind the header of their pixel data.
        data = path.read_bytes()
        path.write_bytes(data[: data.index(b"\xe0\x7f\x10\x00") + 12])
    assert counted(tmp_path) == [1]


def test_a_file_that_is_gone_leaves_no_number(tmp_path: Path) -> None:
    walker = dk.FileSetWalker(tmp_path)
    paths = save(slices(), tmp_path)
    (series,) = walker.series()
    paths[2].write_bytes(b"")
    assert count_volumes(series, HeaderReader(dk.Limits())) is None


def test_the_columns_stand_together(tmp_path: Path) -> None:
    save(slices(), tmp_path)
    (row,) = dk.FileSetWalker(tmp_path).rows(per="series", volumes=True)
    assert list(row)[-3:] == ["instances", "volumes", "path"]
    (plain,) = dk.FileSetWalker(tmp_path).rows(per="series")
    assert "volumes" not in plain
    with pytest.raises(ValueError, match="per='series'"):
        dk.FileSetWalker(tmp_path).rows(volumes=True)
