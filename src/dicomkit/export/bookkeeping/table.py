"""An export's report as a table, for notebooks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dicomkit.html.markup import escaped, table

if TYPE_CHECKING:
    from dicomkit.export.bookkeeping.report import ExportReport

__all__ = ["report_table"]

_MOST_FAILURES = 20


def report_table(report: ExportReport) -> str:
    """Count what became of the files, then name those that failed and what was noticed."""
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
    shown = report.failed[:_MOST_FAILURES]
    caption = ""
    if len(report.failed) > len(shown):
        caption = f"the first {len(shown)} of {len(report.failed):,} failures"
    cells = [[escaped(one.source), escaped(one.code), escaped(one.message)] for one in shown]
    return table(["Failed", "Reason", "Message"], cells, caption=caption)
