"""What the tests of bad input share."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE_SECONDS: Final = 120


@pytest.fixture(autouse=True)
def _ends() -> Iterator[None]:
    """Fail a test that would never end."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def give_up(*_: object) -> None:
        pytest.fail(f"not done after {PATIENCE_SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)
