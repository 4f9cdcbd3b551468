"""Tasks to do, and what became of them."""

from __future__ import annotations

import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any

from dicomkit.export.work.instance import Exporter
from dicomkit.export.work.tasks import Alive, Failure, Finished, Outcome, Picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest
    from tests.export.conftest import Lab

    from dicomkit.export.work.tasks import Settings, Task

# Of 64 x 64 pixels and 16 bits: one frame, then ten.
SINGLE, MULTI = "MR_small_jp2klossless.dcm", "emri_small_jpeg_2k_lossless.dcm"


def finished(outcomes: list[Outcome]) -> list[int]:
    return sorted(one.index for one in outcomes if isinstance(one, Finished))


def failures(outcomes: list[Outcome]) -> list[tuple[int, str, str]]:
    return [(one.index, one.code, one.message) for one in outcomes if isinstance(one, Failure)]


def made(outcomes: list[Outcome]) -> Counter[int]:
    return Counter(one.index for one in outcomes if isinstance(one, Picture))


def with_signs_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process give a sign of life before every outcome."""
    export = Exporter.export

    def lively(exporter: Exporter, task: Task, **options: Any) -> Iterator[Outcome]:  # noqa: ANN401
        for outcome in export(exporter, task, **options):
            yield from (Alive(task.index), Alive(task.index), outcome)

    monkeypatch.setattr(Exporter, "export", lively)


def native(lab: Lab, folder: Path, count: int) -> tuple[list[Task], Settings]:
    names = [f"I{number:03}" for number in range(count)]
    for number, name in enumerate(names):
        lab.save(lab.ct(number), folder / "in" / name)
    return lab.tasks(names), lab.settings(folder / "in", folder / "out")


def real(lab: Lab, folder: Path, *names: str, **options: object) -> tuple[list[Task], Settings]:
    (folder / "in").mkdir()
    copies = [f"{index}-{name}" for index, name in enumerate(names)]
    for name, copy in zip(names, copies, strict=True):
        shutil.copy(lab.real(name), folder / "in" / copy)
    return lab.tasks(copies, **options), lab.settings(folder / "in", folder / "out")
