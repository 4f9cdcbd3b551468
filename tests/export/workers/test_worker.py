from __future__ import annotations

import io
import os
import pickle
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from tests.children import child
from tests.export.outcomes import with_signs_of_life

from dicomkit.export.work.tasks import Alive, Failure, Finished, Picture
from dicomkit.export.workers.worker import main, serve

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from tests.export.conftest import Lab


def sent(*values: object) -> io.BytesIO:
    return io.BytesIO(b"".join(map(pickle.dumps, values)))


def received(stream: io.BytesIO) -> list[object]:
    stream.seek(0)
    values = []
    while stream.tell() < len(stream.getbuffer()):
        values.append(pickle.load(stream))  # noqa: S301
    return values


def test_tasks_are_done_in_order_until_the_stream_ends(lab: Lab, tmp_path: Path) -> None:
    lab.save(lab.ct(1), tmp_path / "a")
    lab.save(lab.ct(2, frames=2), tmp_path / "b")
    outcomes = io.BytesIO()
    tasks = lab.tasks(["a", "b", "none"])
    serve(sent(lab.settings(tmp_path, tmp_path / "o"), *tasks), outcomes, threading.Event())
    ready, *rest = received(outcomes)
    assert ready is None
    kinds = [Picture, Finished, Picture, Picture, Finished, Failure, Finished]
    assert [type(one) for one in rest] == kinds


def test_a_request_to_stop_ends_it_after_the_picture_at_hand(lab: Lab, tmp_path: Path) -> None:
    lab.save(lab.ct(1, frames=5), tmp_path / "a")
    stopping = threading.Event()
    stopping.set()
    outcomes = io.BytesIO()
    serve(sent(lab.settings(tmp_path, tmp_path / "o"), *lab.tasks(["a"])), outcomes, stopping)
    assert [type(one) for one in received(outcomes)] == [type(None), Picture]


def test_an_exporter_that_is_gone_ends_it(lab: Lab, tmp_path: Path) -> None:
    class Gone(io.BytesIO):
        def flush(self) -> None:
            raise BrokenPipeError

    lab.save(lab.ct(1), tmp_path / "a")
    tasks = sent(lab.settings(tmp_path, tmp_path / "o"), *lab.tasks(["a"]))
    serve(tasks, Gone(), threading.Event())
    assert not (tmp_path / "o").exists()


MAIN = """
import os, sys
import dicomkit.export.work.instance as instance
real = instance.render_frame
def noisy(*arguments):
    os.write(1, b"a decoder prints")
    print("and so does Python", flush=True)
    return real(*arguments)
instance.render_frame = noisy
from dicomkit.export.workers.worker import main
main()
"""


def test_the_process_keeps_its_outcomes_clean_and_ignores_ctrl_c(lab: Lab, tmp_path: Path) -> None:
    lab.save(lab.ct(1), tmp_path / "a")
    with child(
        [sys.executable, "-c", MAIN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        pickle.dump(lab.settings(tmp_path, tmp_path / "o"), process.stdin)
        process.stdin.flush()
        assert pickle.load(process.stdout) is None  # noqa: S301
        os.kill(process.pid, signal.SIGINT)
        pickle.dump(lab.tasks(["a"])[0], process.stdin)
        process.stdin.close()
        rest = io.BytesIO(process.stdout.read())
        assert process.wait(60) == 0
    assert [type(one) for one in received(rest)] == [Picture, Finished]


def test_main_in_this_process(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the process does, where coverage can see it."""
    lab.save(lab.ct(1), tmp_path / "a")
    tasks = tmp_path / "tasks"
    tasks.write_bytes(sent(lab.settings(tmp_path, tmp_path / "o"), *lab.tasks(["a"])).getvalue())
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    try:
        with (
            tasks.open() as stdin,
            (tmp_path / "outcomes").open("w") as stdout,
            (tmp_path / "errors").open("w") as stderr,
        ):
            monkeypatch.setattr(sys, "stdin", stdin)
            monkeypatch.setattr(sys, "stdout", stdout)
            monkeypatch.setattr(sys, "stderr", stderr)
            main()
            os.kill(os.getpid(), signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])
    outcomes = io.BytesIO((tmp_path / "outcomes").read_bytes())
    assert [type(one) for one in received(outcomes)] == [type(None), Picture, Finished]


def test_signs_of_life_are_sent_at_once_and_an_end_may_follow_them(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.save(lab.ct(1), tmp_path / "a")
    with_signs_of_life(monkeypatch)
    stopping = threading.Event()
    settings, tasks = lab.settings(tmp_path, tmp_path / "o"), lab.tasks(["a"])
    outcomes = io.BytesIO()
    serve(sent(settings, *tasks), outcomes, stopping)
    kinds = [type(None), Alive, Alive, Picture, Alive, Alive, Finished]
    assert [type(one) for one in received(outcomes)] == kinds
    stopping.set()
    outcomes = io.BytesIO()
    serve(sent(settings, *tasks), outcomes, stopping)
    assert [type(one) for one in received(outcomes)] == [type(None), Alive]
