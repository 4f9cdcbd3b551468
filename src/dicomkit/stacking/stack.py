"""A stack of slices, and the slices in it, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from dicomkit.notes import Note
    from dicomkit.transforms.grid import Grid

__all__ = ["Stack", "StackSlice"]


@dataclass(frozen=True, slots=True)
class StackSlice:
    """One slice of a stack: a frame of a file.

    Attributes
    ----------
    path : pathlib.Path or None
        The file; None where it was handed in as a dataset.
    sop_instance_uid : str or None
        SOP Instance UID.
    frame : int
        Counted from 0.
    instance_number : int or None
        Instance Number.
    source : object
        What to read it from: the path, or the dataset or image that was handed in. Not shown
        in the `repr`.
    known : object
        What the header has told of the pixels already, so that it need not be read again: nothing
        to go by. None where there is more to it, and in a stack that was pickled.
    """

    path: Path | None
    sop_instance_uid: str | None
    frame: int
    instance_number: int | None
    source: object = field(repr=False, compare=False)
    known: object = field(default=None, repr=False, compare=False)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel without what is true of this very file: elsewhere it may be another one."""
        own = self.path, self.sop_instance_uid, self.frame, self.instance_number, self.source
        return StackSlice, own


@dataclass(frozen=True, slots=True)
class Stack:
    """Slices that make up one volume, in the order of space, before any pixel is read.

    Attributes
    ----------
    grid : Grid or None
        Where its voxels lie; None where the files do not say it.
    slices : tuple of StackSlice
        From one end to the other, along the row's direction times the column's.
    key : tuple of (str, str)
        What tells it from its siblings: keywords of attributes and their values, such as
        ``(("DiffusionBValue", "1000"),)``. Empty where nothing has to.
    label : str
        The same for a message: it holds no value that could be a person's.
    reason : str
        Why these slices and no others, in one sentence.
    shape : tuple of int
        Slices, rows, columns, and 3 where the pixels are in colour.
    notes : tuple of Note
        What was mended, assumed or found amiss.
    """

    grid: Grid | None
    slices: tuple[StackSlice, ...]
    key: tuple[tuple[str, str], ...]
    label: str
    reason: str
    shape: tuple[int, ...]
    notes: tuple[Note, ...]

    def __len__(self) -> int:
        """Count the slices."""
        return len(self.slices)

    def __repr__(self) -> str:
        """Say how many slices of what, and what tells them from others."""
        said = "no grid" if self.grid is None else repr(self.grid)[7:-1]
        label = f"; {self.label}" if self.key else ""
        return f"<Stack: {_counted(len(self))}; {said}{label}>"

    def _repr_html_(self) -> str:
        """Show the stack as a table, for a notebook."""
        from dicomkit.html.markup import escaped, table

        rows = [
            ("slices", _counted(len(self))),
            ("grid", "none" if self.grid is None else repr(self.grid)[7:-1]),
            ("told apart by", self.label if self.key else ""),
            ("reason", self.reason),
            *((note.code, note.message) for note in self.notes),
        ]
        return table(("Stack", ""), [tuple(map(escaped, row)) for row in rows], caption="")


def _counted(slices: int) -> str:
    return "1 slice" if slices == 1 else f"{slices:,} slices"
