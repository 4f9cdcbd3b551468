"""Exports that are killed or interrupted, and what the next one makes of what is left."""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.children import wait_until

from dicomkit.export.fileset import export_fileset

if TYPE_CHECKING:
    from tests.export.conftest import Lab
    from tests.export.exporters import Exporters


def test_thirty_kills_leave_no_half_picture_and_resume_ends_the_same(
    lab: Lab, tmp_path: Path, exporters: Exporters
) -> None:
    exam = lab.exam(tmp_path / "exam", 24, side=64)
    expected = tmp_path / "expected"
    exporters.wait(exporters.start(exam, expected))
    started = time.perf_counter()
    exporters.wait(exporters.start(exam, tmp_path / "timed"))
    duration = time.perf_counter() - started
    whole = lab.tree(expected)
    assert len(whole) == 28
    moments = random.Random(4)  # noqa: S311 - moments, not secrets
    unfinished = 0
    for number in range(30):
        out = tmp_path / f"out{number}"
        process = exporters.start(exam, out)
        time.sleep(moments.uniform(0.1, 1.0) * duration)
        exporters.kill(process)
        left = lab.pictures(out) if out.exists() else {}
        for name, data in left.items():
            if not Path(name).name.startswith(".dicomkit-"):
                assert data == whole[name]
        unfinished += len(left) < 27
        assert export_fileset(exam, out).ok
        assert lab.tree(out) == whole
    assert unfinished >= 5


def test_a_kill_with_workers_resumes_the_same(
    lab: Lab, tmp_path: Path, exporters: Exporters
) -> None:
    exam = tmp_path / "exam"
    exam.mkdir()
    for number in range(3):
        shutil.copy(lab.real("emri_small_jpeg_2k_lossless.dcm"), exam / f"J{number}")
    assert export_fileset(exam, tmp_path / "expected", workers=2).pictures == 30
    process = exporters.start(exam, tmp_path / "out", workers=2)
    wait_until(lambda: list((tmp_path / "out").rglob("*_f0003.jpg")))
    exporters.kill(process)
    assert export_fileset(exam, tmp_path / "out", workers=2).ok
    assert lab.tree(tmp_path / "out") == lab.tree(tmp_path / "expected")


@pytest.mark.parametrize("at", [1, 4, 7])
def test_an_interrupt_stops_cleanly_and_resumes_the_same(
    lab: Lab, exam: Path, out: Path, at: int
) -> None:
    def interrupt(done: int, _total: int) -> None:
        if done == at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_fileset(exam, out, progress=interrupt)
    left = lab.tree(out)
    assert not [name for name in left if ".dicomkit" in name]
    assert export_fileset(exam, out).ok
    expected = out.with_name("expected")
    export_fileset(exam, expected)
    assert lab.tree(out) == lab.tree(expected)
    assert {name: data for name, data in left.items() if name.endswith(".jpg")}.items() <= (
        lab.tree(expected).items()
    )


def test_temporary_files_of_the_dead_are_swept(lab: Lab, exam: Path, out: Path) -> None:
    export_fileset(exam, out)
    expected = lab.tree(out)
    for folder in (out, out / "P1" / "20010101" / "4"):
        (folder / ".dicomkit-0123456789abcdef.tmp").write_bytes(b"half")
        os.utime(folder / ".dicomkit-0123456789abcdef.tmp", (1, 1))
    export_fileset(exam, out)
    assert lab.tree(out) == expected
