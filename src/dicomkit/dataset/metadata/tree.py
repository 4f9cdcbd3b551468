"""The tree of a dataset: text for a terminal, HTML for a notebook."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from dicomkit.dataset.metadata.entries import top_entries
from dicomkit.dataset.metadata.printable import MOST_ITEMS, show_value
from dicomkit.dataset.metadata.tree_html import tree_html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from dicomkit.dataset.metadata.entries import Entry

__all__ = ["MetadataTree"]

# What a person will read; `metadata_rows` has the rest.
_MOST_LINES: Final = 10_000
_LABEL_WIDTH: Final = 34


class MetadataTree:
    """A dataset to read; `dicomkit.metadata_tree` makes one."""

    def __init__(self, ds: Dataset) -> None:
        self._ds = ds

    def __repr__(self) -> str:
        """Say what it is without saying what is in it."""
        return f"<{type(self).__name__} of {len(self._ds)} elements; print() shows them>"

    def __str__(self) -> str:
        """Give a line for each element, items indented below their sequence."""
        lines = _lines(top_entries(self._ds), "")
        shown = list(islice(lines, _MOST_LINES))
        if next(lines, None) is not None:
            shown.append(f"\u2026 the tree is cut after {_MOST_LINES} lines")
        return "\n".join(shown)

    def _repr_html_(self) -> str:
        """Give a folded tree with a search box."""
        return tree_html(self._ds)


def _lines(level: Iterator[Entry], indent: str) -> Iterator[str]:
    for entry in level:
        label = entry.keyword or entry.name
        padded = f"{label:<{max(_LABEL_WIDTH - len(indent), 0)}}"
        yield f"{indent}{entry.tag} {entry.vr} {padded} {show_value(entry)}".rstrip()
        for index, item in enumerate(entry.children()):
            if index == MOST_ITEMS:
                left = entry.reading.multiplicity - MOST_ITEMS
                yield f"{indent}  \u2026 {left} more items"
                break
            yield f"{indent}  [{index}]"
            yield from _lines(item, f"{indent}    ")
