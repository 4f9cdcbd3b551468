"""What became of every file, as a value."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from dicomkit.notes import Note

__all__ = ["ExportEntry", "ExportReport", "Status"]

Status: TypeAlias = Literal["written", "skipped", "failed"]

_MOST_FAILURES = 20


@dataclass(frozen=True, slots=True)
class ExportEntry:
    """What became of one file, or of one DICOMDIR record.

    Parameters
    ----------
    source : str
        The file, relative to the source, with ``/`` between the parts.
    status : {"written", "skipped", "failed"}
        Written if all of its frames are; failed if one of them is not.
    pictures : tuple of str
        Its pictures below the output folder, also those of an instance that failed later.
    code, message : str
        Why it was skipped or failed; empty if it was written.
    notes : tuple of Note
        What was noticed on the way, over all frames.

    Examples
    --------
    >>> print(ExportEntry("SR/1", "skipped", code="no_pixels", message="not an image"))
    SR/1: skipped: no_pixels: not an image
    """

    source: str
    status: Status
    pictures: tuple[str, ...] = ()
    code: str = ""
    message: str = ""
    notes: tuple[Note, ...] = ()

    def __str__(self) -> str:
        """Give the source, the status and the reason."""
        from dicomkit.html.markup import printable

        reason = [self.code, self.message] if self.code else []
        # A file's name may hold anything, and would steer the terminal.
        return ": ".join([printable(self.source), self.status, *reason])


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export did.

    Parameters
    ----------
    output : str
        The output folder.
    manifest : str
        The file that lists every picture, below the output folder.
    entries : tuple of ExportEntry
        Every regular file and DICOMDIR record of the source, once: first the instances, in
        the order of the source, then everything else.
    stopped : str
        Why the export ended early; empty if it came to its end.
    notes : tuple of Note
        What concerns the export as a whole.
    seconds : float
        How long it took. It does not count when reports are compared.
    noun : str
        What was made: a picture, or a volume.

    Examples
    --------
    >>> report = ExportReport("out", "manifest.jsonl", (
    ...     ExportEntry("CT/1", "written", ("P/1.jpg",)),
    ...     ExportEntry("SR/1", "skipped", code="no_pixels", message="not an image"),
    ... ))
    >>> report.ok, report.pictures
    (True, 1)
    >>> print(report)
    1 picture from 1 of 2 files in out
    skipped: 1 (no_pixels 1)
    """

    output: str
    manifest: str
    entries: tuple[ExportEntry, ...]
    stopped: str = ""
    notes: tuple[Note, ...] = ()
    seconds: float = field(default=0.0, compare=False)
    noun: str = field(default="picture", repr=False)

    @property
    def written(self) -> tuple[ExportEntry, ...]:
        """The entries whose pictures are all there."""
        return self._with_status("written")

    @property
    def skipped(self) -> tuple[ExportEntry, ...]:
        """The entries that are not images, or were not reached."""
        return self._with_status("skipped")

    @property
    def failed(self) -> tuple[ExportEntry, ...]:
        """The entries that miss at least one picture."""
        return self._with_status("failed")

    @property
    def pictures(self) -> int:
        """How many pictures, films among them, or volumes there are."""
        # A volume, or a film, is made of many files.
        return len({picture for entry in self.entries for picture in entry.pictures})

    @property
    def ok(self) -> bool:
        """Whether nothing failed and the export came to its end."""
        return not self.stopped and all(entry.status != "failed" for entry in self.entries)

    def _with_status(self, status: Status) -> tuple[ExportEntry, ...]:
        return tuple(entry for entry in self.entries if entry.status == status)

    def __str__(self) -> str:
        """Give the counts, the reasons and the first failures, for a terminal."""
        from dicomkit.html.markup import printable

        written, skipped, failed = self.written, self.skipped, self.failed
        of_all = f"{len(written):,} of {_count(len(self.entries), 'file')}"
        where = printable(self.output)
        lines = [f"{_count(self.pictures, self.noun)} from {of_all} in {where}"]
        if self.stopped:
            lines.append(f"stopped: {self.stopped}")
        if skipped:
            lines.append(f"skipped: {len(skipped)} ({_reasons(skipped)})")
        if failed:
            lines.append(f"failed: {len(failed)} ({_reasons(failed)})")
            lines += [f"  {entry}" for entry in failed[:_MOST_FAILURES]]
            if len(failed) > _MOST_FAILURES:
                lines.append(f"  and {len(failed) - _MOST_FAILURES} more")
        noted = Counter(note for entry in self.entries for note in entry.notes)
        lines += [f"noted: {note} ({_count(times, 'file')})" for note, times in noted.most_common()]
        lines += [f"noted: {note}" for note in self.notes]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Show the report as a table, for a notebook."""
        return _table(self)


def _reasons(entries: tuple[ExportEntry, ...]) -> str:
    counts = Counter(entry.code for entry in entries)
    return ", ".join(f"{code} {times}" for code, times in counts.most_common())


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def _table(report: ExportReport) -> str:
    """Count what became of the files, then name those that failed and what was noticed."""
    from dicomkit.html.markup import escaped, table

    pictures: Counter[tuple[str, str]] = Counter()
    sources: Counter[tuple[str, str]] = Counter()
    for entry in report.entries:
        sources[entry.status, entry.code] += 1
        pictures[entry.status, entry.code] += len(entry.pictures)
    rows = [
        [escaped(status), escaped(code), f"{times:,}", f"{pictures[status, code]:,}"]
        for (status, code), times in sorted(sources.items(), key=_most_important_first)
    ]
    caption = f"{report.pictures:,} pictures in {report.output}"
    if report.stopped:
        caption += f"; stopped: {report.stopped}"
    pages = [table(["Status", "Reason", "Files", "Pictures"], rows, caption=caption, numbers=2)]
    if report.failed:
        pages.append(_failures(report))
    noted = Counter(note for entry in report.entries for note in entry.notes)
    noted.update(report.notes)
    if noted:
        cells = [[escaped(note), f"{times:,}"] for note, times in noted.most_common()]
        pages.append(table(["Noted", "Times"], cells, caption="", numbers=1))
    return f'<div class="dicomkit-report">{"".join(pages)}</div>'


def _most_important_first(counted: tuple[tuple[str, str], int]) -> tuple[int, int, str]:
    (status, code), times = counted
    return ("written", "failed", "skipped").index(status), -times, code


def _failures(report: ExportReport) -> str:
    from dicomkit.html.markup import escaped, table

    shown = report.failed[:_MOST_FAILURES]
    caption = ""
    if len(report.failed) > len(shown):
        caption = f"the first {len(shown)} of {len(report.failed):,} failures"
    cells = [[escaped(one.source), escaped(one.code), escaped(one.message)] for one in shown]
    return table(["Failed", "Reason", "Message"], cells, caption=caption)
