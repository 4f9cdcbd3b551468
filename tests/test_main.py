"""The command line, called as a shell would call it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.uid import UID
from tests.states import annotation, figure, layer, make_state

from dicomkit import __version__
from dicomkit.__main__ import main


@pytest.fixture
def ct() -> Path:
    found = get_testdata_file("CT_small.dcm", download=False)
    assert isinstance(found, str)
    return Path(found)


@pytest.fixture
def folder_with_ct(tmp_path: Path, ct: Path) -> Path:
    source = tmp_path / "source"
    source.mkdir()
    shutil.copy(ct, source)
    return source


def pictures(folder: Path, suffix: str = "jpg") -> list[Path]:
    return sorted(folder.rglob(f"*.{suffix}"))


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dicomkit", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_sample_exam_becomes_31_pictures(tmp_path: Path) -> None:
    done = run("export", "--sample", str(tmp_path / "out"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("31 pictures from 31 of 31 files")
    assert len(pictures(tmp_path / "out")) == 31


def test_films_of_the_sample_exam(tmp_path: Path) -> None:
    words = ["export", "--sample", str(tmp_path / "out"), "--film", "gif", "--rate", "4"]
    assert main(words) == 0
    films = pictures(tmp_path / "out", "gif")
    assert [path.name for path in films] == ["series.gif"] * 3
    with Image.open(films[0]) as film:
        assert film.info["duration"] == 250
    # What is no film is a picture: 31 instances, of which the films show 3, 5 and 7.
    assert len(pictures(tmp_path / "out")) == 16


@pytest.mark.parametrize("rate", ["0", "-1", "nan", "fast"])
def test_a_rate_that_is_none_is_wrong_usage(
    rate: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["export", "--sample", str(tmp_path), "--film", "gif", f"--rate={rate}"]
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "--rate" in capsys.readouterr().err


def test_options_may_stand_between_source_and_output(folder_with_ct: Path, tmp_path: Path) -> None:
    status = main(
        ["export", str(folder_with_ct), "--format", "png", str(tmp_path / "out"), "--workers", "1"]
    )
    assert status == 0
    assert len(pictures(tmp_path / "out", "png")) == 1


def test_options_reach_the_export(folder_with_ct: Path, tmp_path: Path) -> None:
    words = ["export", str(folder_with_ct), str(tmp_path / "out"), "--format", "png"]
    words += ["--window=-600,1500", "--layout", "{modality}/slice"]
    assert main(words) == 0
    with Image.open(tmp_path / "out" / "CT" / "slice.png") as picture:
        levels = np.asarray(picture)
    ds = pydicom.dcmread(folder_with_ct / "CT_small.dcm")
    hu = ds.pixel_array.astype(float) - 1024
    expected = np.clip((hu + 600.5) / 1499 + 0.5, 0, 1) * 255
    np.testing.assert_array_equal(levels, np.rint(expected))


def test_masks_reach_the_export_and_the_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ds = pydicom.dcmread(str(get_testdata_file("emri_small.dcm", download=False)))
    item = pydicom.Dataset()
    item.MaskOperation, item.MaskFrameNumbers = "AVG_SUB", [1]
    item.ApplicableFrameRange = [2, 2]
    ds.MaskSubtractionSequence = pydicom.Sequence([item])
    (tmp_path / "source").mkdir()
    path = tmp_path / "source" / "frames"
    ds.save_as(path)
    words = [str(path.parent), str(tmp_path / "out"), "--mask", "--format", "png", "--json"]
    assert main(["export", *words, "--layout", "a"]) == 0
    report = json.loads(capsys.readouterr().out)
    with Image.open(tmp_path / "out" / "a_f0002.png") as picture:
        levels = np.asarray(picture)
    stored = ds.pixel_array.astype(float)
    difference = stored[1] - stored[0]
    low, high = difference.min(), difference.max()
    np.testing.assert_array_equal(levels, np.rint((difference - low) / (high - low) * 255))
    assert "mask_not_applied" in json.dumps(report)
    assert main(["show", str(path), "--mask", "--frame", "1", "-o", str(tmp_path / "x.png")]) == 0
    assert "x minus frame 0" in capsys.readouterr().out


def test_one_window_for_a_series_reaches_the_export(ct: Path, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    ds = pydicom.dcmread(ct)
    dark = pydicom.dcmread(ct)
    dark.PixelData = (ds.pixel_array // 2).tobytes()
    dark.SOPInstanceUID = dark.file_meta.MediaStorageSOPInstanceUID = UID("1.2.3")
    dark.InstanceNumber = 2
    ds.save_as(tmp_path / "source" / "1")
    dark.save_as(tmp_path / "source" / "2")
    words = ["export", str(tmp_path / "source"), str(tmp_path / "out"), "--format", "png"]
    assert main([*words, "--series-window"]) == 0
    first, second = pictures(tmp_path / "out", "png")
    with Image.open(first) as bright, Image.open(second) as half:
        # Stored, 128 to 2191, and half of it: 64 is black and 2191 white.
        expected = (np.asarray(dark.pixel_array, float) - 64) * 255 / (2191 - 64)
        assert np.asarray(bright).max() == 255
        np.testing.assert_array_equal(np.asarray(half), np.rint(expected))


def test_presentation_states_reach_the_export(folder_with_ct: Path, tmp_path: Path) -> None:
    ds = pydicom.dcmread(next(folder_with_ct.iterdir()))
    mark = annotation(figure("POLYLINE", [1, 1, 90, 90]))
    ps = make_state(ds, GraphicLayerSequence=[layer("MARKS")], GraphicAnnotationSequence=[mark])
    ps.save_as(folder_with_ct / "state", enforce_file_format=True)
    words = ["export", str(folder_with_ct)]
    assert main([*words, str(tmp_path / "a"), "--presentation-states"]) == 0
    assert main([*words, str(tmp_path / "b"), "--presentation-states", "--graphics"]) == 0
    first, second = (
        next(path for path in pictures(tmp_path / name) if path.stem.endswith("_ps1"))
        for name in ("a", "b")
    )
    assert first.read_bytes() != second.read_bytes()


def test_the_samples_colour_reaches_the_export(tmp_path: Path) -> None:
    path = get_testdata_file("SC_ybr_full_uncompressed.dcm", download=False)
    words = ["export", str(path), str(tmp_path / "out"), "--format", "png", "--sample-color", "rgb"]
    assert main(words) == 0
    with Image.open(pictures(tmp_path / "out", "png")[0]) as picture:
        assert picture.tobytes() == pydicom.dcmread(str(path)).PixelData


@pytest.mark.parametrize(
    ("window", "colour"),
    [(["bone"], False), (["auto"], False), (["brain", "subdural", "bone"], True)],
)
def test_windows_by_name(
    folder_with_ct: Path, tmp_path: Path, window: list[str], colour: bool
) -> None:
    options = [word for name in window for word in ("--window", name)]
    assert main(["export", *options, str(folder_with_ct), str(tmp_path / "out")]) == 0
    with Image.open(pictures(tmp_path / "out")[0]) as picture:
        assert picture.mode == ("RGB" if colour else "L")


def test_a_view_by_its_number_fails_where_the_file_has_none(
    folder_with_ct: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["export", "--window", "0", str(folder_with_ct), str(tmp_path / "out")])
    assert status == 1
    assert "failed: 1" in capsys.readouterr().out


def test_quality_changes_the_size(folder_with_ct: Path, tmp_path: Path) -> None:
    sizes = []
    for quality in ("20", "95"):
        output = tmp_path / quality
        assert main(["export", "--quality", quality, str(folder_with_ct), str(output)]) == 0
        sizes.append(pictures(output)[0].stat().st_size)
    assert sizes[0] < sizes[1]


def test_overwrite_replaces_what_is_in_the_way(
    folder_with_ct: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["export", "--layout", "slice", str(folder_with_ct), str(tmp_path / "out")]
    blocked = tmp_path / "out" / "slice.jpg"
    blocked.parent.mkdir()
    blocked.write_text("mine")
    assert main(words) == 1
    assert blocked.read_text() == "mine"
    assert "exists" in capsys.readouterr().out
    assert main([*words, "--overwrite"]) == 0
    assert blocked.read_bytes().startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["export"],
        ["export", "only-one"],
        ["export", "--sample", "one", "two"],
        ["export", "a", "b", "--format", "gif"],
        ["export", "a", "b", "--quality", "0"],
        ["export", "a", "b", "--workers", "0"],
        ["export", "a", "b", "--workers", "many"],
        ["export", "a", "b", "--layout", "{nonsense}"],
        ["export", "a", "b", "--layout", "../{patient_id}"],
        ["export", "a", "b", "--window", "nothing"],
        ["export", "a", "b", "--window", "40,0"],
        ["tree"],
        ["list", "a", "b"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: dicomkit")


def test_the_bare_command_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert all(command in said.err for command in ("export", "show", "tree", "list"))


def test_a_source_without_images_is_remarked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "readme.txt").write_text("no scan")
    words = ["export", str(tmp_path / "source"), str(tmp_path / "out")]
    assert main(words) == 1
    said = capsys.readouterr().err
    assert said.startswith("dicomkit: no picture was written or kept: there is no image in the so")
    assert "1 not_dicom" in said


def test_pictures_that_are_kept_are_a_result(folder_with_ct: Path, tmp_path: Path) -> None:
    words = ["export", str(folder_with_ct), str(tmp_path / "out")]
    assert main(words) == 0
    assert main(words) == 0


def test_what_was_lost_is_said_with_an_option_that_helps(
    folder_with_ct: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder_with_ct / "CT_small.dcm"
    path.write_bytes(path.read_bytes()[:-5000])
    words = ["export", str(folder_with_ct), str(tmp_path / "out")]
    assert main(words) == 1
    assert "--lenient" in capsys.readouterr().err
    assert main([*words, "--lenient"]) == 0


def test_picture_options_reach_the_export(folder_with_ct: Path, tmp_path: Path) -> None:
    words = ["export", str(folder_with_ct), str(tmp_path / "out"), "--format", "png"]
    assert main([*words, "--bits", "16", "--layout", "{relative_path}"]) == 0
    with Image.open(tmp_path / "out" / "CT_small.dcm.png") as picture:
        assert np.asarray(picture).max() > 255
    assert main([*words, "--format", "jpg", "--bits", "16"]) == 2
    small = ["--limit", "frame_bytes=1000", "--overwrite"]
    assert main([*words, *small]) == 1


def test_a_file_may_come_on_standard_input(ct: Path, tmp_path: Path) -> None:
    for words, expected in (
        (["tree", "-"], b"(0008,0060) CS Modality"),
        (["show", "-", "-o", str(tmp_path / "a.png")], b"Modality      x * 1 - 1024 HU"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "dicomkit", *words],
            input=ct.read_bytes(),
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        assert expected in done.stdout
    assert (tmp_path / "a.png").exists()
    done = subprocess.run(
        [sys.executable, "-m", "dicomkit", "show", "-"],
        input=b"no DICOM",
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(b"dicomkit: standard input: ")


def test_an_output_that_is_a_file_is_said_to_be_one(
    folder_with_ct: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").write_text("mine")
    assert main(["export", str(folder_with_ct), str(tmp_path / "out")]) == 1
    assert "stopped: a file lies where a folder is needed" in capsys.readouterr().out


def test_two_windows_are_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["export", "--window", "bone", "--window", "brain", "--sample", str(tmp_path / "out")]
    assert main(words) == 2
    assert "3 are needed" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "words", [["tree", "missing"], ["list", "missing"], ["export", "missing", "out"]], ids=" ".join
)
def test_a_missing_source_is_one_line_on_stderr(
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("dicomkit: ")
    assert err.endswith(" [read]\n")
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_tree_prints_every_element(ct: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tree", str(ct)]) == 0
    printed = capsys.readouterr().out
    assert "(0018,0050)" in printed
    assert "SliceThickness" in printed


def test_list_prints_the_summary(sample_exam: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", str(sample_exam)]) == 0
    printed = capsys.readouterr().out
    assert "PATIENT" in printed
    assert "SERIES" in printed
    assert "Units" not in printed
    assert main(["list", "--units", str(sample_exam)]) == 0
    series = [line for line in capsys.readouterr().out.splitlines() if "SERIES" in line]
    assert ["Modality=CT" in line for line in series] == ["[hnsf'U]" in line for line in series]
    assert any("Modality=CR" in line and "Units=10*-3{OD}" in line for line in series)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"dicomkit {__version__}\n"


@pytest.mark.parametrize("command", ["export", "tree", "list"])
def test_help_shows_how(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    printed = capsys.readouterr().out
    assert f"usage: dicomkit {command}" in printed
    assert f"example: dicomkit {command}" in printed
