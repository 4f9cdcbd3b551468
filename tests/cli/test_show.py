"""`dicomkit show`, called as a shell would call it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.uid import ColorSoftcopyPresentationStateStorage
from tests.states import annotation, figure, item, layer, make_state, voi

import dicomkit as dk
from dicomkit.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path


def real(name: str) -> str:
    return str(get_testdata_file(name, download=False))


CT = real("CT_small.dcm")


def test_a_picture_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "bone.png"
    assert main(["show", CT, "-o", str(output), "--window", "bone"]) == 0
    with Image.open(output) as picture:
        assert np.array_equal(np.asarray(picture), dk.render(dk.read_dataset(CT), window="bone"))
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == str(output)
    assert "preset bone" in printed[2]


def test_three_windows_make_colour(tmp_path: Path) -> None:
    words = [word for name in ("brain", "bone", "lung") for word in ("--window", name)]
    assert main(["show", CT, "-o", str(tmp_path / "a.png"), *words]) == 0
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.mode == "RGB"


def test_the_samples_colour_is_chosen(tmp_path: Path) -> None:
    path = real("SC_ybr_full_uncompressed.dcm")
    assert main(["show", path, "--sample-color", "rgb", "-o", str(tmp_path / "a.png")]) == 0
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.tobytes() == pydicom.dcmread(path).PixelData


def test_a_frame_is_chosen(tmp_path: Path) -> None:
    path = real("emri_small.dcm")
    assert main(["show", path, "--frame", "4", "-o", str(tmp_path / "a.png")]) == 0
    with Image.open(tmp_path / "a.png") as picture:
        assert np.array_equal(np.asarray(picture), dk.render(dk.read_dataset(path), 4))


def test_without_a_file_the_picture_is_drawn_and_explained(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["show", CT]) == 0
    printed = capsys.readouterr().out
    lines = printed.splitlines()
    # No terminal: letters, 80 columns for 128, two rows a line, then the pipeline's three and
    # what the values are in.
    assert "\x1b" not in printed
    assert len(lines) == 40 + 3 + 1
    assert max(map(len, lines[:40])) == 80
    assert lines[-4].startswith("Modality")
    assert lines[-1] == (
        "Values        [hnsf'U] (Hounsfield unit): x * 1 - 1024  [the file, Modality step]"
    )


def test_a_terminal_gets_colours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert main(["show", CT]) == 0
    assert "▀" in capsys.readouterr().out


def test_what_was_noticed_while_decoding_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ds = pydicom.dcmread(CT)
    ds.PixelData += bytes(64)
    ds.save_as(tmp_path / "long")
    assert main(["show", str(tmp_path / "long"), "-o", str(tmp_path / "a.png")]) == 0
    assert "Note" in capsys.readouterr().out


def test_a_unit_cannot_steer_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ds = pydicom.dcmread(CT)
    ds.RescaleType = "\x1b[2J"
    ds.save_as(tmp_path / "hostile")
    assert main(["show", str(tmp_path / "hostile")]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_a_file_in_the_way_stays_unless_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine.png"
    mine.write_text("mine")
    assert main(["show", CT, "-o", str(mine)]) == 1
    assert mine.read_text() == "mine"
    assert capsys.readouterr().err.startswith("dicomkit: ")
    assert main(["show", CT, "-o", str(mine), "--overwrite"]) == 0
    assert mine.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ([CT, "--frame", "1"], 2),
        ([CT, "--window", "7"], 2),
        ([CT, "--window", "brain", "--window", "bone"], 2),
        ([CT, "-o", "picture.gif"], 2),
        ([real("MR_small.dcm"), "--window", "brain"], 1),
        ([real("rtplan.dcm")], 1),
        (["absent"], 1),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else " ".join(value[1:]) or "no image",
)
def test_what_cannot_be_shown_is_one_line(
    words: list[str],
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["show", *words]) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("dicomkit: ")
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_help_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["show", "--help"])
    assert caught.value.code == 0
    assert "example: dicomkit show" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((real("rtplan.dcm"),), "rtplan.dcm: the dataset has no pixel data"),
        ((CT, "-o", "taken.png"), "taken.png: the name is taken; nothing was changed; --overwrite"),
        ((CT, "-o", "nowhere/a.png"), "nowhere/a.png: cannot write: its folder does not exist"),
        ((CT, "-o", "taken.png/a.png"), "a file lies where a folder is needed"),
    ],
    ids=["no image", "taken", "no folder", "file for folder"],
)
def test_an_error_says_where_and_how_to_mend_it(
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken.png").write_text("mine")
    assert main(["show", *words]) == 1
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_a_negative_center_needs_no_equals_sign(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", CT, "--window", "-600,1500", "-o", str(tmp_path / "lung.png")]) == 0
    assert "center -600, width 1500" in capsys.readouterr().out


def test_json_says_why_the_picture_looks_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", CT, "--window", "bone", "--json"]) == 0
    read = json.loads(capsys.readouterr().out)
    assert read["output"] is None
    assert read["shape"] == [128, 128]
    assert read["steps"][1] == {
        "role": "VOI",
        "transform": "center 400, width 1800, LINEAR",
        "source": "preset bone",
    }
    output = str(tmp_path / "a.png")
    assert main(["show", real("J2K_pixelrep_mismatch.dcm"), "--json", "-o", output]) == 0
    read = json.loads(capsys.readouterr().out)
    assert read["output"] == output
    assert (tmp_path / "a.png").is_file()
    assert [note["code"] for note in read["notes"]] == ["sign_contradicted"]


def test_a_presentation_state_is_applied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ds = dk.read_dataset(CT)
    ps = make_state(
        ds,
        SoftcopyVOILUTSequence=[voi(600, 900)],
        ImageRotation=90,
        GraphicLayerSequence=[layer("L")],
        GraphicAnnotationSequence=[annotation(figure("POLYLINE", [1, 1, 90, 90]), name="L")],
    )
    ps.save_as(tmp_path / "state", enforce_file_format=True)
    state = dk.presentation_state(ps)
    words = ["show", CT, "--presentation", str(tmp_path / "state"), "-o"]
    assert main([*words, str(tmp_path / "a.png")]) == 0
    printed = capsys.readouterr().out
    assert "Rotation      90 degrees clockwise  [the presentation state]" in printed
    assert "Note          graphics_not_drawn" in printed
    assert main([*words, str(tmp_path / "b.png"), "--graphics", "--json"]) == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert [step["role"] for step in steps] == ["VOI", "Output", "Rotation", "Graphics"]
    for name, graphics in (("a.png", False), ("b.png", True)):
        with Image.open(tmp_path / name) as picture:
            expected = dk.render(ds, presentation=state, graphics=graphics)
            assert np.array_equal(np.asarray(picture), expected)


def test_a_presentation_state_that_does_not_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "state"
    make_state(item(SOPInstanceUID="1.2.3")).save_as(path, enforce_file_format=True)
    assert main(["show", CT, "--presentation", str(path)]) == 2
    assert "does not reference this image" in capsys.readouterr().err
    ps = make_state(dk.read_dataset(CT), SOPClassUID=ColorSoftcopyPresentationStateStorage)
    ps.save_as(path, enforce_file_format=True)
    assert main(["show", CT, "--presentation", str(path)]) == 1
    said = capsys.readouterr().err
    assert "Color Softcopy Presentation State Storage" in said
    assert str(path) in said
    assert main(["show", CT, "--presentation", CT]) == 1
    assert "this is no presentation state" in capsys.readouterr().err


def test_a_turned_picture_keeps_its_shape_in_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of pixels that are not square, too: what was as wide as high is so when it is turned."""
    ds = dk.read_dataset(CT)
    ds.PixelSpacing = ["2", "1"]
    ds.save_as(tmp_path / "image")
    make_state(ds, ImageRotation=90).save_as(tmp_path / "state", enforce_file_format=True)
    heights = []
    for more in ([], ["--presentation", str(tmp_path / "state")]):
        assert main(["show", str(tmp_path / "image"), *more]) == 0
        lines = capsys.readouterr().out.splitlines()
        drawn = lines[: next(i for i, line in enumerate(lines) if line[:3] in ("Mod", "VOI"))]
        heights.append(len(drawn) / max(map(len, drawn)))
    assert heights[0] / heights[1] == pytest.approx(4, rel=0.05)
