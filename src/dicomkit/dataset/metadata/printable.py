"""Text of a file made safe and short enough to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydicom.config import IGNORE
from pydicom.uid import UID

from dicomkit.html.markup import printable

if TYPE_CHECKING:
    from dicomkit.dataset.metadata.entries import Entry

__all__ = ["MOST_ITEMS", "show_value"]

# So many items of a sequence are shown.
MOST_ITEMS: Final = 50
_MOST_CHARACTERS: Final = 120


def show_value(entry: Entry) -> str:
    """Give a value as one short line of printable characters, with a known UID's name."""
    value = entry.reading.value
    if value is None:
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    if len(text) > _MOST_CHARACTERS:
        text = f"{text[:_MOST_CHARACTERS]}\u2026 ({len(text)} characters)"
    shown = printable(text)
    if entry.reading.broken:
        return f"{shown} [broken]"
    if entry.vr == "UI" and (name := UID(text, validation_mode=IGNORE).name) != text:
        return f"{shown} ({name})"
    return shown
