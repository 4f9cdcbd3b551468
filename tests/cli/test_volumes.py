"""The commands of volumes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.volumes import classic, pixels_of, save

from dicomkit.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path) -> Path:
    slices = [classic(n, (0, 0, 2 * n), SeriesNumber=3) for n in range(12) if n != 5]
    save(slices, folder)
    return folder


def test_the_volumes_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--volumes", str(write(tmp_path))]) == 0
    first, second, note, *_ = capsys.readouterr().out.splitlines()
    assert first == "series 3, CT, 11 instances"
    assert second.startswith("  5 slices; 5 x 5 x 7 voxels of 2 x 0.75 x 0.5 mm. A gap of")
    assert note == "    gap: 1 slice is missing between slices that lie evenly otherwise"


def test_they_are_listed_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--volumes", "--json", str(write(tmp_path))]) == 0
    (series,) = json.loads(capsys.readouterr().out)
    assert [stack["shape"] for stack in series["stacks"]] == [[5, 5, 7], [6, 5, 7]]
    assert series["stacks"][0]["affine"][2] == [2, 0, 0, 0]
    assert series["error"] is None


def test_a_series_that_cannot_be_read_is_listed_as_such(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = save([classic(1, (0, 0, 0), SamplesPerPixel=7)], tmp_path)
    assert main(["list", "--volumes", str(path)]) == 0
    assert "inconsistent: (0028,0002) Samples per Pixel is 7" in capsys.readouterr().out
    assert main(["list", "--volumes", "--json", str(path)]) == 0
    assert json.loads(capsys.readouterr().out)[0]["error"]["code"] == "inconsistent"


def test_volumes_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, output = write(tmp_path / "in"), tmp_path / "out"
    command = ["volume", str(source), str(output), "--format", "npz", "--values", "hu"]
    assert main([*command, "--layout", "{series_number}"]) == 0
    assert "2 volumes from 11 of 11 files" in capsys.readouterr().out
    assert sorted(path.name for path in output.glob("*.npz")) == ["3_v01.npz", "3_v02.npz"]
    assert main([*command, "--layout", "{series_number}", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["noun"] == "volume"


def test_padding_is_replaced(tmp_path: Path) -> None:
    stored = np.stack([pixels_of(n) for n in range(5)])
    pad = int(stored[2, 3, 4])
    slices = [classic(n, (0, 0, 2 * n), PixelPaddingValue=pad) for n in range(5)]
    save(slices, tmp_path / "in")
    command = ["volume", str(tmp_path / "in"), str(tmp_path / "out"), "--format", "npz"]
    assert main([*command, "--layout", "v", "--padding", "nan"]) == 0
    expected = np.where(stored == pad, np.nan, stored.astype(float) - 1024)
    assert np.isnan(expected).sum() < expected.size
    assert np.array_equal(np.load(tmp_path / "out" / "v.npz")["array"], expected, equal_nan=True)


def test_what_cannot_be_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write(tmp_path / "in")
    assert main(["volume", str(source), str(tmp_path / "a"), "--layout", "{instance_number}"]) == 2
    assert "a volume has no instance_number" in capsys.readouterr().err
    assert main(["volume", str(tmp_path / "nothing"), str(tmp_path / "a")]) == 1
    save([classic(1, (0, 0, 0), PixelSpacing=[0, 0])], tmp_path / "unplaced")
    assert main(["volume", str(tmp_path / "unplaced"), str(tmp_path / "b"), "--format", "npz"]) == 1
    assert "no volume was written or kept" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["volume", str(source), str(tmp_path / "a"), "--format", "dcm"])
