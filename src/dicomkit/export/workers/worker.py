"""The other end of a worker process: tasks come in, outcomes go out."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from typing import TYPE_CHECKING, BinaryIO

from dicomkit.export.work.makers import make_maker

if TYPE_CHECKING:
    from dicomkit.export.work.tasks import AnySettings, AnyTask

__all__ = ["main", "serve"]

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve on the standard streams until the other end closes them or asks to stop."""
    _end_with_exporter()
    stopping = threading.Event()
    # A picture that is being written is finished first.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: stopping.set())
    # Ctrl-C goes to every process of a terminal; the exporter stops its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as outcomes:
        # What a decoder prints must not be read as an outcome.
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        serve(sys.stdin.buffer, outcomes, stopping)


def serve(tasks: BinaryIO, outcomes: BinaryIO, stopping: threading.Event) -> None:
    """Do tasks one after another.

    Parameters
    ----------
    tasks : binary stream
        Pickled settings, then pickled tasks of their kind.
    outcomes : binary stream
        Gets a pickled None when all is ready for the first task, then pickled `Outcome`
        values, each as soon as it is known.
    stopping : threading.Event
        Ends the work after the picture at hand, or at the next sign of life.
    """
    settings: AnySettings = pickle.load(tasks)  # noqa: S301 - from the process that started this
    maker = make_maker(settings)
    try:
        _send(outcomes, None)
        while True:
            task: AnyTask = pickle.load(tasks)  # noqa: S301 - as above
            for outcome in maker.export(task):
                _send(outcomes, outcome)
                if stopping.is_set():
                    return
    except (EOFError, BrokenPipeError):
        # The exporter has ended, or was killed.
        return


def _end_with_exporter() -> None:
    """Let Linux end this process with its exporter, even while a decoder hangs.

    Elsewhere a worker notices at its next task that nobody is there.
    """
    if sys.platform == "linux":
        import ctypes

        # prctl(2): a call of the C library's that Python has not wrapped.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _send(outcomes: BinaryIO, outcome: object) -> None:
    pickle.dump(outcome, outcomes, pickle.HIGHEST_PROTOCOL)
    outcomes.flush()
