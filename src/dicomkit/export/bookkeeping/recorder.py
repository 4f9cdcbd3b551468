"""Keeps the books: each outcome into the manifest, each instance into the report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from dicomkit.errors import NoPixelsError, WriteError
from dicomkit.export.bookkeeping.report import ExportEntry
from dicomkit.export.work.tasks import (
    Failure,
    FilmPart,
    Finished,
    Halt,
    Picture,
    Remark,
    Task,
)
from dicomkit.notes import Note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dicomkit.display.options import PictureOptions
    from dicomkit.export.bookkeeping.earlier import Record
    from dicomkit.export.bookkeeping.manifest import Manifest
    from dicomkit.export.bookkeeping.report import Status
    from dicomkit.export.naming.names import Planned
    from dicomkit.export.work.series import SeriesWindows
    from dicomkit.export.work.tasks import Outcome

__all__ = ["Recorder"]

# An image without pixels is no loss as long as there are others.
_WORST = [("failed", False), ("skipped", True), ("written", False), ("skipped", False)]


@dataclass(slots=True)
class _Account:
    """What is known so far of an instance that is not finished."""

    pictures: dict[int, str] = field(default_factory=dict)
    notes: dict[Note, None] = field(default_factory=dict)
    first_failure: Failure | None = None
    failures: int = 0


class Recorder:
    """The books of one export.

    Parameters
    ----------
    planned : sequence of Planned
        The instances.
    manifest : Manifest
        Where every outcome is noted.
    windows : SeriesWindows, optional
        What every instance is drawn with, if not the same as all.
    films_only : bool
        Whether that holds for instances that are in a film together, and for no others.
    """

    def __init__(
        self,
        planned: Sequence[Planned],
        manifest: Manifest,
        windows: SeriesWindows | None = None,
        *,
        films_only: bool = False,
    ) -> None:
        self.total: int = len(planned)
        self.done: int = 0
        self.stopped: str = ""
        self.notes: dict[Note, None] = {}
        self._planned = planned
        self._manifest = manifest
        self._windows = windows
        self._films_only = films_only
        # Films by their names, with what they show in order.
        films: dict[str, list[tuple[int, int]]] = {}
        for index, one in enumerate(planned):
            if one.film is not None:
                films.setdefault(one.film.stem, []).append((one.film.place, index))
        self._films = {
            stem: [index for _, index in sorted(members)] for stem, members in films.items()
        }
        self._entries: list[ExportEntry | None] = [None] * len(planned)
        self._statuses: Counter[Status] = Counter()
        self._accounts: dict[int, _Account] = {}
        # Thousands of instances have the same notes.
        self._notes: dict[tuple[Note, ...], tuple[Note, ...]] = {}

    @property
    def tally(self) -> str:
        """What became of the instances so far, such as ``"7 written, 1 failed"``."""
        statuses: tuple[Status, ...] = ("written", "skipped", "failed")
        counts = ((self._statuses[status], status) for status in statuses)
        return ", ".join(f"{count} {status}" for count, status in counts if count)

    def take_over(self, suffix: str, film_suffix: str = "") -> None:
        """Enter what an earlier run has done.

        Parameters
        ----------
        suffix, film_suffix : str
            The kinds of pictures and of films.
        """
        earlier = self._manifest.earlier
        for index, planned in enumerate(self._planned):
            if planned.film is None:
                records = earlier.take_over(planned, suffix)
                self._keep(index, records)
                if records and len(records) == records[0].frames:
                    self._close(index)
        for members in self._films.values():
            found = [earlier.take_over(self._planned[index], film_suffix) for index in members]
            if all(found):
                for index, records in zip(members, found, strict=True):
                    self._keep(index, records)
                    self._close(index)
            else:
                # One that lacks a file, or shows one that has changed, is made anew.
                for path in {record.path for records in found for record in records}:
                    earlier.discard(path)
        ignored = earlier.ignored
        if ignored:
            message = f"{ignored} of the manifest's lines are not as they were written: left out"
            self.notes[Note("manifest_ignored", message)] = None

    def _keep(self, index: int, records: Sequence[Record]) -> None:
        for record in records:
            self._manifest.keep(record)
            account = self._account(index)
            account.pictures[record.frame] = record.path
            account.notes.update(dict.fromkeys(record.notes))
            if self._windows is not None and record.shared is not None:
                self._windows.keep(index, record.shared)

    def tasks(self, options: PictureOptions, *, survey: bool = False) -> Iterator[Task]:
        """Give what is left to do.

        Parameters
        ----------
        options : PictureOptions
            How every instance is rendered.
        survey : bool
            Whether it is only to be found out how far their views reach.

        Yields
        ------
        Task
            One for each instance, or film, that is not finished, until the export is stopped.
        """
        # A state says itself how its images are seen.
        of_states = replace(options, window=None)
        for index, planned in enumerate(self._planned):
            if self.stopped:
                return
            if self._entries[index] is not None:
                continue
            if survey:
                if self._is_shared(planned):
                    yield Task(index, planned.source, planned.stem, options, survey=True)
            elif planned.film is None:
                done = frozenset(self._account(index).pictures) if index in self._accounts else ()
                own = of_states if planned.state else self._own(index, options)
                yield Task(
                    index, planned.source, planned.stem, own, frozenset(done), state=planned.state
                )
            elif planned.film.place == 0:
                parts = tuple(
                    FilmPart(one, self._planned[one].source, self._own(one, options))
                    for one in self._films[planned.film.stem]
                )
                yield Task(index, planned.source, planned.film.stem, parts[0].options, film=parts)

    def _is_shared(self, planned: Planned) -> bool:
        """Tell whether an instance has its window from its series."""
        if planned.state:
            return False
        return not self._films_only or (planned.film is not None and planned.film.count > 1)

    def _own(self, index: int, options: PictureOptions) -> PictureOptions:
        if self._windows is None or not self._is_shared(self._planned[index]):
            return options
        return self._windows.options(index)

    def take(self, outcome: Outcome) -> None:
        """Enter one outcome.

        Parameters
        ----------
        outcome : Outcome
            What a worker reported, but not of a survey. A fatal failure sets ``stopped``,
            and so does a manifest that cannot be written.
        """
        if isinstance(outcome, Remark):
            self.notes[outcome.note] = None
            return
        if isinstance(outcome, Halt):
            self.stopped = self.stopped or outcome.message
            return
        planned = self._planned[outcome.index]
        account = self._account(outcome.index)
        if isinstance(outcome, Picture):
            account.pictures[outcome.frame] = outcome.path
            account.notes.update(dict.fromkeys(outcome.notes))
            shared = None
            if self._windows is not None and self._is_shared(planned):
                shared = self._windows.shared(outcome.index)
            self._note(lambda: self._manifest.add_picture(planned, outcome, shared))
        elif isinstance(outcome, Failure):
            account.first_failure = account.first_failure or outcome
            account.failures += 1
            if outcome.fatal:
                self.stopped = self.stopped or outcome.message
                return
            status: Status = "skipped" if _is_no_image(outcome) else "failed"
            self._note(
                lambda: self._manifest.add_missing(
                    planned.source,
                    status,
                    outcome.code,
                    outcome.message,
                    outcome.frame,
                    state=planned.state,
                )
            )
        elif isinstance(outcome, Finished):
            if planned.film is not None:
                self._explain(self._films[planned.film.stem], account)
                for index in self._films[planned.film.stem][1:]:
                    self._close(index)
            self._close(outcome.index, outcome.untried)

    def _explain(self, members: Sequence[int], first: _Account) -> None:
        """Say of what a film was to show why it was not made."""
        failure = first.first_failure
        for index in members[1:]:
            account = self._account(index)
            if failure is None or account.pictures or account.first_failure:
                continue
            message = f"its film was not made: {failure.message}"
            self.take(Failure(index, None, failure.code, message))

    def entries(self) -> Iterator[ExportEntry]:
        """Give the report's entries, in the order of the plan.

        Yields
        ------
        ExportEntry
            One for each instance, and one for each presentation state with the pictures of all
            images that it is for; those that were not reached are skipped.
        """
        states: dict[str, list[ExportEntry]] = {}
        for index, planned in enumerate(self._planned):
            if planned.state:
                states.setdefault(planned.state, []).append(self._entry(index))
            else:
                yield self._entry(index)
        for source, entries in states.items():
            yield _joined(source, entries)

    def _entry(self, index: int) -> ExportEntry:
        entry = self._entries[index]
        if entry is not None:
            return entry
        pictures = self._account(index).pictures
        return ExportEntry(
            self._planned[index].source,
            "skipped",
            tuple(pictures[frame] for frame in sorted(pictures)),
            "stopped",
            "the export ended before it was done",
        )

    def _note(self, add: Callable[[], None]) -> None:
        # Where the export is stopped, what was begun is still entered into the report.
        try:
            add()
        except WriteError as error:
            self.stopped = self.stopped or error.message

    def _account(self, index: int) -> _Account:
        return self._accounts.setdefault(index, _Account())

    def _close(self, index: int, untried: int = 0) -> None:
        account = self._accounts.pop(index, _Account())
        source = self._planned[index].source
        pictures = tuple(account.pictures[frame] for frame in sorted(account.pictures))
        # What comes from where the instance was found holds whatever became of it.
        notes = (*self._planned[index].notes, *account.notes)
        notes = self._notes.setdefault(notes, notes)
        failure = account.first_failure
        if failure is None:
            entry = ExportEntry(source, "written", pictures, notes=notes)
        elif _is_no_image(failure):
            entry = ExportEntry(source, "skipped", (), failure.code, failure.message, notes)
        else:
            message = _failure_message(failure, account, untried)
            entry = ExportEntry(source, "failed", pictures, failure.code, message, notes)
        self._entries[index] = entry
        self._statuses[entry.status] += 1
        self.done += 1


def _joined(source: str, entries: Sequence[ExportEntry]) -> ExportEntry:
    """Make one entry of what became of a presentation state's images: the worst counts."""
    worst = min(entries, key=lambda entry: _WORST.index((entry.status, entry.code == "stopped")))
    return replace(
        worst,
        source=source,
        pictures=tuple(picture for entry in entries for picture in entry.pictures),
        notes=tuple(dict.fromkeys(note for entry in entries for note in entry.notes)),
    )


def _is_no_image(failure: Failure) -> bool:
    return failure.frame is None and failure.code == NoPixelsError.code


def _failure_message(first: Failure, account: _Account, untried: int) -> str:
    alone = account.failures == 1 and not account.pictures
    if first.frame is None or (first.frame == 0 and alone):
        # The whole instance, or its only frame.
        return first.message
    others = f", and {account.failures - 1} more" if account.failures > 1 else ""
    rest = f"; {untried} more frames are declared but not there" if untried else ""
    return f"frame {first.frame}: {first.message}{others}{rest}"
