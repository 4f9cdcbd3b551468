"""Threads that encode and write pictures while the next image is read and rendered."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeAlias

from dicomkit.export.instance import Drawn, Exporter
from dicomkit.export.work import Deferred

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Self

    from dicomkit.export.work import Outcome, Task

__all__ = ["Writers"]

# How many pictures wait while each thread has one at hand.
_LOOK_AHEAD = 1
# A frame larger than this has the memory to itself.
_MOST_BYTES = 1 << 24

_Pending: TypeAlias = "Outcome | Future[Outcome]"


class Writers:
    """Does what `Exporter.export` does, and gives its outcomes in the same order, but later.

    Encoders, digests and the file system let other threads run meanwhile; so rendering one
    image and writing another take hardly longer than the slower of the two.

    Parameters
    ----------
    exporter : Exporter
        Does the work.
    threads : int
        How many pictures may be written at the same time.
    """

    def __init__(self, exporter: Exporter, threads: int) -> None:
        self._exporter = exporter
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="dicomkit-writer")
        self._pending: deque[_Pending] = deque()
        self._pictures = 0
        self._most = threads + _LOOK_AHEAD

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # A picture that is being written is finished first.
        self._pool.shutdown(cancel_futures=True)

    @property
    def busy(self) -> bool:
        """Whether outcomes are to be expected."""
        return bool(self._pending)

    def export(self, task: Task) -> Iterator[Outcome]:
        """Take on an instance whose pixels need no decoder.

        Parameters
        ----------
        task : Task
            The instance.

        Yields
        ------
        Outcome
            What has become of this and of earlier ones; a `Deferred` at once.
        """
        for step in self._exporter.draw(task, native_only=True):
            if isinstance(step, Deferred):
                yield step
                return
            self._pending.append(self._begun(step) if isinstance(step, Drawn) else step)
            alone = isinstance(step, Drawn) and step.image.nbytes > _MOST_BYTES
            yield from self._taken(0 if alone else self._most)

    def rest(self) -> Iterator[Outcome]:
        """Wait for everything that was taken on.

        Yields
        ------
        Outcome
            What has become of it.
        """
        return self._taken(0)

    def _taken(self, most: int) -> Iterator[Outcome]:
        """Give what is known, and wait until no more than so many pictures are pending."""
        while self._pending:
            first = self._pending[0]
            if isinstance(first, Future):
                if self._pictures <= most and not first.done():
                    return
                first = first.result()
                self._pictures -= 1
            self._pending.popleft()
            yield first

    def _begun(self, drawn: Drawn) -> _Pending:
        try:
            future: Future[Outcome] = self._pool.submit(self._exporter.write, drawn)
        except RuntimeError:
            # No thread can be had.
            return self._exporter.write(drawn)
        self._pictures += 1
        return future
