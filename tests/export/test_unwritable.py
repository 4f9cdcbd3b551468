"""Exports that cannot write: a full disk, no permission, no folder."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dicomkit.export.fileset import export_fileset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.export.conftest import Lab


FULL = """
import resource, sys
from dicomkit.export.fileset import export_fileset
source, out, size = sys.argv[1:]
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), before[1]))
report = export_fileset(source, out, format="png")
resource.setrlimit(resource.RLIMIT_FSIZE, before)
print(report.stopped, len(report.entries), report.pictures, report.ok, sep="|")
"""


@pytest.mark.parametrize("size", [10, 2_000])
def test_a_full_disk_ends_in_a_report(lab: Lab, exam: Path, out: Path, size: int) -> None:
    """10 bytes do not hold the manifest's first line, 2000 not all of its lines."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(exam), str(out), str(size)],
        check=True,
        capture_output=True,
        text=True,
    )
    stopped, entries, made, ok = done.stdout.strip().split("|")
    assert stopped == "cannot write: File too large"
    assert (entries, ok) == ("8", "False")
    assert (int(made) > 0) is (size == 2_000)
    complete = export_fileset(exam, out.with_name("expected"), format="png")
    whole = lab.tree(out.with_name("expected"))
    assert lab.pictures(out).items() <= whole.items()
    assert export_fileset(exam, out, format="png") == complete.__class__(
        str(out), complete.manifest, complete.entries
    )
    assert lab.tree(out) == whole


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S607 - wherever it is


def test_a_small_disk(lab: Lab, tmp_path: Path, small_disk: Path) -> None:
    exam = lab.exam(tmp_path / "exam", 60, side=64)
    report = export_fileset(exam, small_disk / "out", format="png")
    assert report.stopped == "cannot write: No space left on device"
    assert not report.ok
    assert len(report.entries) == 62
    assert 0 < report.pictures < 60
    export_fileset(exam, tmp_path / "expected", format="png")
    left = lab.pictures(small_disk / "out")
    assert left.items() <= lab.tree(tmp_path / "expected").items()


def test_a_folder_that_may_not_be_written(lab: Lab) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        exam = lab.exam(folder / "exam", 2)
        (folder / "out").mkdir(0o555)
        root = os.geteuid() == 0
        if root:
            # Root writes everywhere; nobody does not.
            os.seteuid(65534)
        try:
            report = export_fileset(exam, folder / "out")
        finally:
            if root:
                os.seteuid(0)
        assert report.stopped == "cannot write: Permission denied"
        assert [entry.code for entry in report.entries] == ["stopped"] * 4
        assert list((folder / "out").iterdir()) == []


def test_an_output_that_is_a_file_ends_in_a_report(exam: Path, out: Path) -> None:
    out.write_bytes(b"theirs")
    report = export_fileset(exam, out)
    assert "a folder is needed" in report.stopped
    assert not report.ok
    assert out.read_bytes() == b"theirs"
