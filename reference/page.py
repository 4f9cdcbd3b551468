"""docs/fidelity.md, written from the comparison."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Final

from reference import dcmtk
from reference.differences import DIFFERENCES, VALUE_DIFFERENCES, reason_for
from reference.results import FILES, compared
from reference.synthetic import SYNTHETIC
from reference.transcode import ENCODERS, SOURCES
from reference.twins import TWINS

__all__ = ["PAGE", "outcomes_on", "write_page"]

PAGE: Final = Path(__file__).parents[1] / "docs" / "fidelity.md"

_INTRODUCTION: Final = """\
# Fidelity

<!-- Written by `python -m reference`; change the code in reference/, not this page. -->

Is the picture right? dicomkit's pictures are held against those of another renderer that
shares no code with it, {renderer}, given the same file and told to show the file's first
view, or the full range of the values where the file has none. They agree where, in every
frame, at least 99.9 % of the samples are within one grey level. A level of difference means
nothing: where a value falls half-way between two of them, one renderer takes the lower and
the other the upper.

Compared are all {files} images that come with the packages pydicom and pydicom-data, and
{made} small datasets made for what those do not have.

| outcome | files | made datasets |
|---|---|---|
{counts}

What DCMTK cannot read as it stands is first prepared by other software than dicomkit, which
the last column tells: GDCM decompresses JPEG 2000, pydicom writes a file with a broken header
out again. DCMTK reads no functional groups, so what they say of a frame is put where a
single-frame image has it; and it has no LINEAR_EXACT, which is the same line as LINEAR with
half a unit and one unit more.

`nox -s reference` repeats all of this; it needs Debian's package `dcmtk`.

## Where they differ

Every difference has its reason and the clause that decides who is right. One without a
reason, and a reason without a difference, fail the comparison.

| datasets | outcome | reason | clause |
|---|---|---|---|
{differences}
"""

_VALUES: Final = """\
## Values

Values after the Modality step, before any window, are compared with highdicom's and
SimpleITK's for every grayscale file that those can read: equal to the last bit of float32,
in every frame, with these exceptions.

| files | why |
|---|---|
{exceptions}

Streams that DCMTK's and GDCM's encoders write of {sources} of these images, in {encoders}
ways, are decoded to what was encoded; the lossy ones to what DCMTK's decoder makes of them.
Other views than the first, windows of the caller's and burnt-in overlays are compared with
DCMTK's too.

Where the corpora hold one image in several transfer syntaxes, the stored values are compared
with those of the uncompressed one: {lossless} lossless files are identical to it, and
{lossy} lossy ones are within 1 of what another decoder had made of them.
"""


def write_page() -> None:
    """Compare everything and write the page."""
    PAGE.write_text(
        "\n".join(
            [
                _introduction(),
                "## Files\n",
                _table(tuple(FILES)),
                "## Made datasets\n",
                _table(tuple(SYNTHETIC)),
                _values(),
            ]
        ),
        encoding="utf-8",
    )


def outcomes_on(page: str) -> dict[str, str]:
    """Read the outcomes back from the page's tables."""
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]
    return {row[0].strip("| `"): row[2].strip() for row in rows if len(row) == _COLUMNS}


_COLUMNS: Final = 7


def _introduction() -> str:
    counts = {
        kind: Counter(compared(name).outcome for name in names)
        for kind, names in (("files", FILES), ("made", SYNTHETIC))
    }
    lines = [
        f"| {outcome} | {counts['files'][outcome]} | {counts['made'][outcome]} |"
        for outcome in ("agrees", "differs", "only dicomkit", "only DCMTK", "neither")
    ]
    return _INTRODUCTION.format(
        renderer=f"DCMTK's `dcmj2pnm` {dcmtk.version()}",
        files=len(FILES),
        made=len(SYNTHETIC),
        counts="\n".join(lines),
        differences="\n".join(
            f"| {_names(entry.names)} | {entry.outcome} | {entry.reason} | {entry.clause} |"
            for entry in DIFFERENCES
        ),
    )


def _by_reason() -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for (_, name), why in VALUE_DIFFERENCES.items():
        names.setdefault(why, []).append(name)
    return names


def _percent(share: float) -> str:
    # Downwards, so that only a picture without one exception has 100 %.
    return f"{math.floor(share * 10_000) / 100:g} %"


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(names: tuple[str, ...]) -> str:
    lines = [
        "| dataset | frames | outcome | equal | within one | worst | prepared, or why |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in names:
        result, entry = compared(name), reason_for(name)
        figures = (_percent(result.identical), _percent(result.within), str(result.worst))
        if result.outcome not in ("agrees", "differs"):
            figures = ("", "", "")
        why = "; ".join(part for part in (result.detail, entry.clause if entry else "") if part)
        cells = (f"`{name}`", str(result.frames or ""), result.outcome, *figures, why)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _values() -> str:
    lossy = sum(len(twins.others) for twins in TWINS if twins.tolerance)
    lossless = sum(len(twins.others) for twins in TWINS) - lossy
    return _VALUES.format(
        exceptions="\n".join(
            f"| {_names(tuple(names))} | {why} |" for why, names in _by_reason().items()
        ),
        sources=len(SOURCES),
        encoders=len(ENCODERS),
        lossless=lossless,
        lossy=lossy,
    )
