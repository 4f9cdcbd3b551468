"""A volume as a value: an array, where it lies, and what its numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from dicomkit.notes import Note
    from dicomkit.stacking.stack import StackSlice
    from dicomkit.transforms.arrays import AnyArray
    from dicomkit.transforms.grid import Grid

__all__ = ["Volume"]

_GRAY_NDIM = 3


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """Slices in one array, with their place in the patient; `read_volume` makes one.

    ``numpy.asarray`` takes a volume for its array, and so does every function of values.

    Attributes
    ----------
    array : array, shape (slices, rows, columns) or (slices, rows, columns, 3)
        ``array[k]`` is the picture of ``slices[k]``. Where `read_volume` was given an array of
        another kind to read into, this is it.
    grid : Grid or None
        Where each voxel lies; None where the files do not say it.
    units : str or None
        What the values are: ``"HU"`` or another term of the standard; None where the files do
        not say it, and for values as stored.
    slices : tuple of (StackSlice or None)
        Where each slice came from; None for one that was filled in. Empty where the planes are
        no file's, as in a resampled volume.
    notes : tuple of Note
        What was mended, assumed, filled or left out.

    Examples
    --------
    >>> from dicomkit import Grid
    >>> grid = Grid((2, 3, 4), np.diag([5, 1, 1, 1]))
    >>> Volume(np.zeros((2, 3, 4), np.float32), grid, "HU", (), ())
    <Volume: 2 slices of 3 x 4, float32, HU; 5 x 1 x 1 mm>
    """

    array: AnyArray
    grid: Grid | None
    units: str | None
    slices: tuple[StackSlice | None, ...]
    notes: tuple[Note, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array."""
        return tuple(self.array.shape)

    @property
    def is_gray(self) -> bool:
        """Whether a voxel is one value, not a colour."""
        return len(self.array.shape) == _GRAY_NDIM

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> AnyArray:  # noqa: ANN401, FBT001 - numpy's protocol
        """Give the array, as numpy asks for it."""
        return np.array(self.array, dtype, copy=copy)

    def __len__(self) -> int:
        """Count the slices."""
        return int(self.array.shape[0])

    def __repr__(self) -> str:
        """Give shape, type, units and steps."""
        return f"<Volume: {self._shape()}, {self.array.dtype}, {self._units()}; {self._steps()}>"

    def _repr_html_(self) -> str:
        """Show what the volume is as a table, for a notebook."""
        from dicomkit.html.markup import escaped, table

        rows = [
            ("array", f"{self._shape()}, {self.array.dtype}"),
            ("units", self._units()),
            ("grid", self._steps()),
            *((note.code, note.message) for note in self.notes),
        ]
        return table(("Volume", ""), [tuple(map(escaped, row)) for row in rows], caption="")

    def _shape(self) -> str:
        color = "" if self.is_gray else ", colour"
        return f"{len(self)} slices of {self.array.shape[1]} x {self.array.shape[2]}{color}"

    def _units(self) -> str:
        return self.units or "no units"

    def _steps(self) -> str:
        return "no grid" if self.grid is None else repr(self.grid).partition("voxels of ")[2][:-1]
