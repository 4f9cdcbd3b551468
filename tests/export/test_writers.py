"""Pictures that are written behind the back of rendering."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from tests.export.outcomes import native

from dicomkit.export import writers
from dicomkit.export.instance import Drawn, Exporter
from dicomkit.export.work import Deferred, Failure, Finished, Outcome, Picture
from dicomkit.export.writers import Writers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.export.conftest import Lab

    from dicomkit.export.work import Settings, Task


def exported(tasks: list[Task], settings: Settings, threads: int = 2) -> list[Outcome]:
    with Writers(Exporter(settings), threads) as behind:
        outcomes = [outcome for task in tasks for outcome in behind.export(task)]
        return [*outcomes, *behind.rest()]


@pytest.fixture
def writing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Drawn], object]], None]:
    """Let something happen before each picture is written."""

    def install(before: Callable[[Drawn], object]) -> None:
        write = Exporter.write

        def delayed(exporter: Exporter, drawn: Drawn) -> Picture | Failure:
            before(drawn)
            return write(exporter, drawn)

        monkeypatch.setattr(Exporter, "write", delayed)

    return install


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_outcomes_are_those_of_the_exporter_in_its_order(
    lab: Lab,
    tmp_path: Path,
    writing: Callable[[Callable[[Drawn], object]], None],
    threads: int,
) -> None:
    tasks, settings = native(lab, tmp_path, 8)
    (tmp_path / "in" / "I003").write_bytes(b"no dataset")
    expected = [outcome for task in tasks for outcome in Exporter(settings).export(task)]
    # The first of each pair takes longer than the second.
    writing(lambda drawn: time.sleep(0.01 * (1 - drawn.index % 2)))
    assert exported(tasks, settings, threads) == expected
    assert sum(isinstance(one, Picture) for one in expected) == 7


def test_rendering_does_not_wait_for_writing(
    lab: Lab, tmp_path: Path, writing: Callable[[Callable[[Drawn], object]], None]
) -> None:
    going_on = threading.Event()
    writing(lambda _drawn: going_on.wait(10))
    tasks, settings = native(lab, tmp_path, 3)
    with Writers(Exporter(settings), 1) as behind:
        assert [one for task in tasks[:1] for one in behind.export(task)] == []
        assert behind.busy
        going_on.set()
        first, second = behind.rest()
        assert isinstance(first, Picture)
        assert second == Finished(0)
        assert not behind.busy


def test_only_a_few_pictures_wait(
    lab: Lab, tmp_path: Path, writing: Callable[[Callable[[Drawn], object]], None]
) -> None:
    drawn, written = [0], [0]

    def count(_drawn: Drawn) -> None:
        time.sleep(0.005)
        written[0] += 1

    writing(count)
    tasks, settings = native(lab, tmp_path, 30)
    most = 0
    with Writers(Exporter(settings), 2) as behind:
        for task in tasks:
            drawn[0] += 1
            list(behind.export(task))
            most = max(most, drawn[0] - written[0])
        list(behind.rest())
    assert written == [30]
    assert most <= 4


def test_a_large_picture_has_the_memory_to_itself(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks, settings = native(lab, tmp_path, 2)
    monkeypatch.setattr(writers, "_MOST_BYTES", 32 * 32 - 1)
    with Writers(Exporter(settings), 2) as behind:
        for task in tasks:
            picture, *_ = behind.export(task)
            assert isinstance(picture, Picture)
            assert picture.index == task.index


def test_what_needs_a_decoder_is_deferred_at_once(lab: Lab, tmp_path: Path) -> None:
    settings = lab.settings(lab.real("MR_small_RLE.dcm").parent, tmp_path)
    task = lab.tasks(["MR_small_RLE.dcm"])[0]
    with Writers(Exporter(settings), 1) as behind:
        assert list(behind.export(task)) == [Deferred(0)]
        assert not behind.busy


def test_without_threads_pictures_are_written_all_the_same(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: Any, **_options: Any) -> None:  # noqa: ANN401 - as given
        msg = "can't start new thread"
        raise RuntimeError(msg)

    monkeypatch.setattr(ThreadPoolExecutor, "submit", refuse)
    tasks, settings = native(lab, tmp_path, 3)
    outcomes = exported(tasks, settings)
    assert [type(one) for one in outcomes] == [Picture, Finished] * 3


def test_leaving_early_finishes_the_picture_at_hand(
    lab: Lab, tmp_path: Path, writing: Callable[[Callable[[Drawn], object]], None]
) -> None:
    started = threading.Event()

    def slow(_drawn: Drawn) -> None:
        started.set()
        time.sleep(0.1)

    writing(slow)
    tasks, settings = native(lab, tmp_path, 2)
    with Writers(Exporter(settings), 1) as behind:
        for task in tasks:
            list(behind.export(task))
        started.wait(10)
    names = list(lab.tree(tmp_path / "out"))
    assert len(names) == 1
    assert names[0].endswith(".png")
