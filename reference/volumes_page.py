"""docs/volumes-compared.md, written from the comparison of volumes."""

from __future__ import annotations

import importlib.metadata
import subprocess
from pathlib import Path
from typing import Final

from reference.series import SERIES
from reference.volumes import PEERS, judge

__all__ = ["EXPECTED", "PAGE", "page"]

PAGE: Final = Path(__file__).parents[1] / "docs" / "volumes-compared.md"

_ALL_REFUSE: Final = {"SimpleITK": "wrong", "highdicom": "refused"}
_UNEVEN: Final = {**_ALL_REFUSE, "dcm2niix and nibabel": "interpolated"}

EXPECTED: Final[dict[str, dict[str, str]]] = {
    "12 axial slices, numbered from the head": {},
    "turned by 30 degrees": {},
    "gantry tilted by -18.5 degrees": _UNEVEN,
    "gantry tilted by 16.5 degrees": _UNEVEN,
    "one slice missing": _UNEVEN,
    "one slice copied under another UID": _UNEVEN,
    "a scout among the slices": _ALL_REFUSE,
    "positions rounded to 0.1 mm": _UNEVEN,
    "positions off by 0.004 mm": {"dcm2niix and nibabel": "wrong"},
    "two passes that overlap": _UNEVEN,
    "steps of 5 mm, then of 3 mm": _UNEVEN,
    "three b-values": _ALL_REFUSE,
    "an enhanced image, frames in no order": {
        "SimpleITK": "wrong",
        "dcm2niix and nibabel": "wrong",
    },
}
"""The verdicts that are not "right", by series and reader."""

_WHY: Final = {
    "12 axial slices, numbered from the head": (
        "Slices are in the order of their positions, whatever their numbers (C.7.6.2.1.1)."
    ),
    "gantry tilted by -18.5 degrees": (
        "The table moves along the patient, not along the slices' normal. The step is the "
        "difference of two positions, so the grid is sheared, and exact."
    ),
    "gantry tilted by 16.5 degrees": (
        "As above. A reader that takes the normal for the step is off by centimetres at "
        "the far end."
    ),
    "one slice missing": (
        "The step is 2.5 mm on either side of the gap: two volumes, or one with the gap "
        "filled when asked for. Spread evenly, no slice but the outermost is in its "
        "place."
    ),
    "one slice copied under another UID": (
        "Two slices at one place make no step. dicomkit refuses, and names the twelve and the one."
    ),
    "a scout among the slices": (
        "LOCALIZER in Image Type and another orientation (C.7.6.1.1.2): not of the volume."
    ),
    "positions rounded to 0.1 mm": (
        "A step from the first to the last position leaves each within the rounding; a "
        "step of the first two adds it up."
    ),
    "positions off by 0.004 mm": "As above.",
    "two passes that overlap": "Acquisition Number tells the passes apart.",
    "steps of 5 mm, then of 3 mm": "One grid has one step: two volumes.",
    "three b-values": "Three volumes at one place, told apart by Diffusion b-value.",
    "an enhanced image, frames in no order": (
        "Each frame has a position of its own (C.7.6.16.2.3). Frames are in no order, "
        "until they are put into one."
    ),
}

_PAGE: Final = """\
# Volumes by others

<!-- Written by `python -m reference`; change the code in reference/, not this page. -->

What becomes of a series that is not quite as it should be? Here are {count} made series, in which
every pixel's value says which slice and which pixel it is; so it can be seen where a reader puts
it, and where its own header does (PS3.3 C.7.6.2.1.1). A reader is right where every pixel is
within 0.005 mm of its place, or the rounding that the series is about, and no slice is lost
without a word.

| series | {peers} |
|---|{rule}|
{rows}

*Refused* is an error, and honest: nothing is wrong without a word. *Interpolated* is a volume
that is wrong with a second one beside it, whose values were made up between slices; dicomkit does
that when it is asked to (`resample`). Where dicomkit gives several volumes, `read_volume` of the
whole refuses and names them, and `stacks` gives each.

Compared are {versions}, with their defaults, as their documentation shows them. Readers were made
for different ends: a viewer may well spread slices evenly. For measuring, it is wrong.

## Who is right, and why

{reasons}

The rules behind it are on [a page of their own](geometry.md). `nox -s reference` repeats the
comparison.
"""


def page() -> str:
    """Write the page's text."""
    rows = [
        f"| {series} | {' | '.join(str(judge(series, peer)) for peer in PEERS)} |"
        for series in SERIES
    ]
    reasons = [f"{series[0].upper()}{series[1:]}\n: {why}\n" for series, why in _WHY.items() if why]
    return _PAGE.format(
        count=len(SERIES),
        peers=" | ".join(PEERS),
        rule="|".join("---" for _ in PEERS),
        rows="\n".join(rows),
        reasons="\n".join(reasons).rstrip(),
        versions=_versions(),
    )


def _versions() -> str:
    version = importlib.metadata.version
    said = subprocess.run(["dcm2niix", "-v"], check=False, capture_output=True, text=True).stdout
    converter = said.split()[-1].strip() if said.split() else ""
    return (
        f"SimpleITK {version('SimpleITK')}, highdicom {version('highdicom')}, "
        f"and dcm2niix {converter} read by nibabel {version('nibabel')}"
    )
