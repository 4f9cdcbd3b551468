"""The command line's streams and signals: redirected, closed, full, interrupted."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file
from tests.children import child

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


def test_the_output_may_be_redirected_in_the_process(ct: Path) -> None:
    redirected = io.StringIO()
    with contextlib.redirect_stdout(redirected):
        assert main(["tree", str(ct)]) == 0
    assert "(7FE0,0010)" in redirected.getvalue()


def test_a_letter_that_the_terminal_lacks_is_escaped(tmp_path: Path, ct: Path) -> None:
    ds = pydicom.dcmread(ct)
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.PatientName = "Σ"
    ds.save_as(tmp_path / "greek.dcm")
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-m", "dicomkit", "tree", str(tmp_path / "greek.dcm")],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": ":".join(sys.path)},
    )
    assert "\\u03a3" in done.stdout


def test_a_reader_that_leaves_early_is_no_traceback(ct: Path) -> None:
    with child(
        [sys.executable, "-u", "-m", "dicomkit", "tree", str(ct)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(60) == 1


def test_an_interruption_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_source: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dicomkit.dataset.files.reading.read_dataset", interrupted)
    assert main(["tree", "anything"]) == 130
    assert capsys.readouterr().err == "dicomkit: interrupted\n"


def test_an_interrupted_export_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dicomkit.export.fileset.export_fileset", interrupted)
    assert main(["export", "--sample", str(tmp_path / "out")]) == 130
    message = "dicomkit: interrupted; the same command goes on where it stopped\n"
    assert capsys.readouterr().err == message


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_result_that_cannot_be_written_is_no_traceback(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "dicomkit", "export", "--sample", str(tmp_path / "out")],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "dicomkit: cannot write the result: No space left on device\n"


@pytest.mark.skipif(os.name != "posix", reason="a shell closes it")
def test_a_closed_standard_error_costs_nothing(tmp_path: Path) -> None:
    command = f"exec {sys.executable} -m dicomkit export --sample {tmp_path / 'out'} 2>&-"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith("31 pictures")


def test_a_bar_is_drawn_on_a_terminal_only(
    folder_with_ct: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["export", str(folder_with_ct)]
    assert main([*words, str(tmp_path / "silent")]) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert main([*words, str(tmp_path / "shown")]) == 0
    assert "1/1" in capsys.readouterr().err
