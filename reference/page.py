"""docs/fidelity.md, written from the comparison."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from reference import dcmtk
from reference.compare import OUTCOMES
from reference.differences import DIFFERENCES, VALUE_DIFFERENCES, reason_for
from reference.results import FILES, compared
from reference.synthetic import SYNTHETIC
from reference.transcode import ENCODERS, SOURCES
from reference.twins import TWINS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference.compare import Yardstick

__all__ = ["PAGE", "rows_on", "write_page"]

PAGE: Final = Path(__file__).parents[1] / "docs" / "fidelity.md"

_INTRODUCTION: Final = """\
# Fidelity

<!-- Written by `python -m reference`; change the code in reference/, not this page. -->

Is the picture right? dicomkit's pictures are held against those of another renderer that
shares no code with it, {renderer}, given the same file and told to show all frames in the
file's first view. Where the file has none, it is told to show the range of the values, or of
Bits Stored where they are P-Values (PS3.3 A.8.3.4, A.8.4.4). The pictures agree where, in
every frame, at least 99.9 % of the samples are within one grey level. A level of difference
means nothing: where a value falls half-way between two of them, one renderer takes the lower and
the other the upper.

Compared are all {files} images that come with the packages pydicom and pydicom-data, and
{made} small datasets made for what those do not have.

| outcome | files | made datasets |
|---|---|---|
{outcomes}

## Renderer or formula

Every row below says what the picture was held against:

| held against | files | made datasets | what that is |
|---|---|---|---|
{yardsticks}

The formulas stand in `reference/formulas.py`. They are worked out in numpy from what pydicom
reads, and share no code with dicomkit. Where DCMTK has a picture of the same dataset, they are
held against that too.

Of an image without a view, DCMTK takes the range of all frames that it is asked for, as
dicomkit does: one for the instance. That is the choice of both, not a rule of the standard. DCMTK
draws label maps in grey; the formula gives them the colours that their segments recommend, as
highdicom converts these, and black for the background (PS3.3 C.8.20.2).

What DCMTK cannot read as it stands is first prepared by other software than dicomkit, which
the last column tells: GDCM decompresses JPEG 2000, pydicom writes a file with a broken header
out again. DCMTK reads no functional groups, so what they say is put where a single-frame image
has it, once for all frames of which they say the same. And it has no LINEAR_EXACT, which is
the same line as LINEAR with half a unit and one unit more.

Presentation states are held against DCMTK's `dcmp2pgm` besides, which draws their greyscale
pipeline, rotations and flips: made ones with windows, tables, both shapes and items for other
images and frames, and those that `dcmpsmk` makes of the files. They agree in the same way. What
DCMTK leaves out (displayed areas, shutters, graphics) is checked pixel by pixel on small images. A
Presentation LUT with few entries can differ by an entry: DCMTK shares the range out among them
evenly, dicomkit takes the nearest of those from the first to the last.

`nox -s reference` repeats all of this; it needs Debian's package `dcmtk`.

## Where they differ

Every difference has its reason and the clause that decides who is right. One without a
reason, and a reason without a difference, fail the comparison. Where a picture differs from
DCMTK's, it is also held to the formula of the clause, and is within half a grey level of it.

| datasets | outcome | reason | clause |
|---|---|---|---|
{differences}
"""

_WHAT: Final[Mapping[Yardstick, str]] = MappingProxyType(
    {
        "DCMTK": "DCMTK alone, which finds the view, the range and the colours itself",
        "DCMTK, view by formula": "DCMTK, given a window or table that it cannot find: a range "
        "without padding or of frames rescaled apart, what a segmentation's values mean",
        "DCMTK, colours by formula": "DCMTK's grey, coloured by formula: DCMTK knows no "
        "Supplemental Palette Color Lookup Table",
        "formula": "the formula alone: DCMTK reads no such pixels, or draws labels in grey",
    }
)

_COLUMNS: Final = (
    "dataset",
    "frames",
    "held against",
    "outcome",
    "equal",
    "within one",
    "worst",
    "prepared, or why",
)

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


def rows_on(page: str) -> dict[str, tuple[str, str]]:
    """Read back from the page's tables what each dataset was held against, and the outcome."""
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]
    return {row[0].strip("| `"): (row[2], row[3]) for row in rows if len(row) == len(_COLUMNS)}


def _introduction() -> str:
    of_files, of_made = (
        Counter(
            value for name in names for value in (compared(name).outcome, compared(name).against)
        )
        for names in (FILES, SYNTHETIC)
    )
    return _INTRODUCTION.format(
        renderer=f"DCMTK's `dcmj2pnm` {dcmtk.version()}",
        files=len(FILES),
        made=len(SYNTHETIC),
        outcomes="\n".join(f"| {kind} | {of_files[kind]} | {of_made[kind]} |" for kind in OUTCOMES),
        yardsticks="\n".join(
            f"| {kind} | {of_files[kind]} | {of_made[kind]} | {what} |"
            for kind, what in _WHAT.items()
        ),
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
    lines = [f"| {' | '.join(_COLUMNS)} |", "|---" * len(_COLUMNS) + "|"]
    for name in names:
        result, entry = compared(name), reason_for(name)
        figures = (_percent(result.identical), _percent(result.within), str(result.worst))
        if result.outcome not in ("agrees", "differs"):
            figures = ("", "", "")
        why = "; ".join(part for part in (result.detail, entry.clause if entry else "") if part)
        cells = (f"`{name}`", str(result.frames or ""), result.against or "", result.outcome)
        lines.append(f"| {' | '.join((*cells, *figures, why))} |")
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
