"""The tree of a dataset: text for a terminal, HTML for a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydicom.config import IGNORE
from pydicom.uid import UID

from dicomkit.dataset.metadata.entries import Entry, check_limits, summarize, walk
from dicomkit.html.markup import printable
from dicomkit.html.tree import FOLD_END, item_fold, row, row_fold, tree
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

__all__ = ["MetadataTree"]

# What a person will read, and what a page can hold with ease; `metadata_rows` has the rest.
_MOST_LINES: Final = 10_000
_MOST_ROWS: Final = 3_000
_MOST_ITEMS: Final = 50
_MOST_CHARACTERS: Final = 120
_LABEL_WIDTH: Final = 34


class MetadataTree:
    """A dataset to read; `dicomkit.metadata_tree` makes one."""

    def __init__(self, ds: Dataset, limits: Limits = DEFAULT_LIMITS) -> None:
        check_limits(ds, limits)
        self._ds = ds
        self._limits = limits

    def __repr__(self) -> str:
        """Say what it is without saying what is in it."""
        return f"<{type(self).__name__} of {len(self._ds)} elements; print() shows them>"

    def __str__(self) -> str:
        """Give a line for each element, items indented below their sequence."""
        lines: list[str] = []
        for line in self._lines():
            if len(lines) == _MOST_LINES:
                lines.append(f"\u2026 the tree is cut after {_MOST_LINES} lines")
                break
            lines.append(line)
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Give a folded tree with a search box."""
        return tree("".join(self._folds()))

    def _lines(self) -> Iterator[str]:
        for step in walk(self._ds, self._limits, most_items=_MOST_ITEMS):
            indent = "    " * step.level
            if isinstance(step, Entry):
                label = step.names.keyword or step.names.name
                padded = f"{label:<{max(_LABEL_WIDTH - len(indent), 0)}}"
                shown, _ = _show(step)
                yield f"{indent}{step.names.tag} {step.vr} {padded} {shown}".rstrip()
            elif step.left:
                yield f"{indent[:-2]}\u2026 {step.left} more items"
            else:
                yield f"{indent[:-2]}[{step.index}]"

    def _folds(self) -> Iterator[str]:
        rows = folds = 0
        for step in walk(self._ds, self._limits, most_items=_MOST_ITEMS):
            # A sequence and an item for each level, of an item's start only its sequence.
            outer = 2 * step.level if isinstance(step, Entry) else 2 * step.level - 1
            yield FOLD_END * (folds - outer)
            folds = outer
            if not isinstance(step, Entry):
                yield (
                    f"<div>\u2026 {step.left} more items</div>"
                    if step.left
                    else item_fold(step.index)
                )
                folds += not step.left
            elif rows == _MOST_ROWS:
                yield FOLD_END * folds + f"<div>\u2026 cut after {_MOST_ROWS} rows</div>"
                return
            else:
                rows += 1
                names = step.names
                text, broken = _show(step)
                label = names.keyword or names.name
                shown = row(names.tag, step.vr, label, text, title=names.name, broken=broken)
                yield row_fold(shown) if step.items else shown
                folds += bool(step.items)
        yield FOLD_END * folds


def _show(entry: Entry) -> tuple[str, bool]:
    """Give a value as one short line of printable characters, with a known UID's name."""
    value, _, broken = summarize(entry)
    if value is None:
        return "", broken
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    if len(text) > _MOST_CHARACTERS:
        text = f"{text[:_MOST_CHARACTERS]}\u2026 ({len(text)} characters)"
    shown = printable(text)
    if broken:
        return f"{shown} [broken]", broken
    if entry.vr == "UI" and (name := UID(text, validation_mode=IGNORE).name) != text:
        return f"{shown} ({name})", broken
    return shown, broken
