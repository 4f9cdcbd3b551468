"""The views that a file offers: its windows and its VOI LUTs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.dataset.elements.attributes import items, numbers, text, texts
from dicomkit.dataset.elements.functional_groups import scope
from dicomkit.dataset.modules.tables import lookup_table
from dicomkit.notes import Note
from dicomkit.transforms.window import VoiFunction, Window

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.transforms.lut import LookupTable

__all__ = ["VoiOption", "voi_views"]

_FUNCTIONS: dict[str, VoiFunction] = {
    "LINEAR": "LINEAR",
    "LINEAR_EXACT": "LINEAR_EXACT",
    "SIGMOID": "SIGMOID",
}


@dataclass(frozen=True, slots=True)
class VoiOption:
    """One of the alternative views that a file offers.

    Attributes
    ----------
    window : Window or LookupTable
        What `apply_window` takes.
    explanation : str or None
        Window Center & Width Explanation (0028,1055) or LUT Explanation (0028,3003).
    source : str
        Where in the file it was found.

    Examples
    --------
    >>> option = VoiOption(Window(40, 80), "BRAIN", "the file")
    >>> print(option.window)
    center 40, width 80, LINEAR
    """

    window: Window | LookupTable
    explanation: str | None
    source: str


def voi_views(
    ds: Dataset, frame: int, *, signed_input: bool
) -> tuple[tuple[VoiOption, ...], tuple[Note, ...]]:
    """Read the views of one frame, windows before tables (PS3.3 C.11.2, C.7.6.16.2.10).

    ``signed_input`` says whether values after the Modality step can be negative. The
    notes name every view that had to be mended or ignored.
    """
    scoped, source = scope(ds, frame, "FrameVOILUTSequence")
    notes: list[Note] = []
    options = _windows(scoped, source, notes)
    for position, item in enumerate(items(scoped, "VOILUTSequence")):
        name = f"VOI LUT {position}"
        table = lookup_table(item, signed_input=signed_input, notes=notes, role=name)
        if table is not None:
            options.append(VoiOption(table, text(item, "LUTExplanation"), f"{source}, {name}"))
    return tuple(options), tuple(notes)


def _windows(ds: Dataset, source: str, notes: list[Note]) -> list[VoiOption]:
    centers, widths = numbers(ds, "WindowCenter", notes), numbers(ds, "WindowWidth", notes)
    if len(centers) != len(widths):
        message = f"{len(centers)} window centers and {len(widths)} widths: the pairs are used"
        notes.append(Note("windows_unpaired", message))
    explanations = texts(ds, "WindowCenterWidthExplanation")
    function = _function(ds, notes) if centers else "LINEAR"
    options = []
    for position, (center, width) in enumerate(zip(centers, widths, strict=False)):
        where = source if len(centers) == 1 else f"{source}, window {position}"
        if width <= 0:
            message = f"window {position} has a width that is not above 0"
            notes.append(Note("window_ignored", message))
            continue
        used = function
        if function == "LINEAR" and width < 1:
            message = f"window {position} is LINEAR with a width below 1: LINEAR_EXACT used"
            notes.append(Note("window_exact", message))
            used = "LINEAR_EXACT"
        explanation = explanations[position] if position < len(explanations) else None
        options.append(VoiOption(Window(center, width, used), explanation or None, where))
    return options


def _function(ds: Dataset, notes: list[Note]) -> VoiFunction:
    stated = text(ds, "VOILUTFunction")
    if stated is not None and stated not in _FUNCTIONS:
        notes.append(Note("voi_function_unknown", "VOI LUT Function is unknown: LINEAR used"))
    return _FUNCTIONS.get(stated or "LINEAR", "LINEAR")
