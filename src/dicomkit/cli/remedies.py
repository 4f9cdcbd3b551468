"""What to try where an export lost something: an option by its name."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicomkit.export.bookkeeping.report import ExportReport

__all__ = ["remedies"]

_REMEDIES = {
    "exists": "--overwrite replaces what has the pictures' names, or choose another OUTPUT",
    "inconsistent": "--lenient draws the frames that are there",
    "limit": "--limit NAME=N allows more, where that is meant",
    "missing_file": "--dicomdir ignore goes by the files that are there",
    "truncated": "--lenient draws what there is of them",
    "units": "--window auto or full fits every image",
    "unsupported": "the messages above name what has to be installed, or --format png --bits 8",
    "unsafe_path": "--follow-links follows links that lead out of the folder",
    "window": "--window auto or full fits every image",
    "decode": "--timeout SECONDS gives slow decoders more time",
}
# What was not looked at may be what was meant.
_LEFT_OUT = {
    "not_listed": "--dicomdir auto takes in what no DICOMDIR lists",
    "nothing_listed": "--dicomdir ignore looks at every file in the DICOMDIR's folder",
    "unsafe_path": _REMEDIES["unsafe_path"],
}


def remedies(report: ExportReport) -> Iterator[str]:
    """Say what was lost and what could help, each once; nothing where nothing was lost."""
    failed = Counter(entry.code for entry in report.entries if entry.status == "failed")
    for code, count in sorted(failed.items()):
        files = "1 file" if count == 1 else f"{count} files"
        remedy = _REMEDIES.get(code)
        if remedy is not None:
            yield f"{files} failed with {code}: {remedy}"
    if not report.pictures and not failed:
        skipped = Counter(entry.code for entry in report.entries if entry.status == "skipped")
        why = ", ".join(f"{count} {code}" for code, count in sorted(skipped.items()))
        said = f" (skipped: {why})" if why else ""
        codes = {*skipped, *(note.code for note in report.notes)}
        options = [remedy for code, remedy in _LEFT_OUT.items() if code in codes]
        yield (
            f"no {report.noun} was written or kept: there is no "
            f"{'image' if report.noun == 'picture' else 'image with a place'} in the source{said}; "
            + "; ".join(options or ["`dicomkit list SOURCE` shows what is there"])
        )
