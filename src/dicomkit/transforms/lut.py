"""Lookup tables: Modality LUT, VOI LUT and Presentation LUT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.transforms.arrays import AnyArray, FloatArray, blockwise

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["LookupTable", "nearest_index"]

_MOST_BITS = 16
_MOST_ENTRIES = 1 << 16


@dataclass(frozen=True, slots=True, eq=False, init=False)
class LookupTable:
    """A table from an integer input to an unsigned output (PS3.3 C.11.1.1.1, C.11.2.1.1).

    Parameters
    ----------
    first : int
        The input value that the first entry stands for.
    entries : array_like of int, shape (n,)
        1 to 65 536 outputs, each from 0 to ``2**bits - 1``. Kept as a read-only uint16 copy.
    bits : int
        Bits for each entry, 1 to 16; ``2**bits - 1`` is the output's white.

    Raises
    ------
    ValueError
        The entries are none, too many, not whole numbers, or do not fit the bits.

    Examples
    --------
    Inputs below the table take its first entry, inputs above it the last:

    >>> LookupTable(10, [0, 100, 255], 8)(np.array([-5, 11, 99]))
    array([  0., 100., 255.], dtype=float32)
    """

    first: int
    entries: npt.NDArray[np.uint16]
    bits: int

    def __init__(self, first: int, entries: npt.ArrayLike, bits: int) -> None:
        given = np.asarray(entries)
        if given.ndim != 1 or not 1 <= given.size <= _MOST_ENTRIES:
            msg = f"a table has 1 to {_MOST_ENTRIES} entries in one dimension"
            raise ValueError(msg)
        if given.dtype.kind not in "biu":
            msg = "entries must be whole numbers"
            raise ValueError(msg)
        if not 1 <= bits <= _MOST_BITS:
            msg = f"bits must be 1 to {_MOST_BITS}"
            raise ValueError(msg)
        object.__setattr__(self, "first", first)
        object.__setattr__(self, "bits", bits)
        if given.min() < 0 or given.max() > self.maximum:
            msg = f"entries must lie from 0 to {self.maximum}, as {bits} bits can hold"
            raise ValueError(msg)
        kept = given.astype(np.uint16)
        kept.flags.writeable = False
        object.__setattr__(self, "entries", kept)

    @property
    def maximum(self) -> int:
        """The highest output that the bits can hold: the output's white."""
        return (1 << int(self.bits)) - 1

    def __call__(self, values: npt.ArrayLike) -> FloatArray:
        """Look values of any real dtype and shape up; the entries come as float32.

        Values between two inputs take the nearer one's entry. NaN stays NaN.
        """
        return blockwise(values, self._looked_up, np.float32)

    def _looked_up(self, block: AnyArray) -> AnyArray:
        index, unknown = nearest_index(block, self.first, self.entries.size)
        result = self.entries[index].astype(np.float32)
        result[unknown] = np.nan
        return result

    def __eq__(self, other: object) -> bool:
        """Compare by content."""
        if not isinstance(other, LookupTable):
            return NotImplemented
        return (self.first, self.bits) == (other.first, other.bits) and np.array_equal(
            self.entries, other.entries
        )

    def __hash__(self) -> int:
        """Hash by content, so that equal tables share one prepared pipeline."""
        return hash((self.first, self.bits, self.entries.tobytes()))

    def __reduce__(self) -> tuple[object, ...]:
        """Make the copy afresh, because an array comes out of a pickle writeable."""
        return LookupTable, (self.first, self.entries, self.bits)

    def __str__(self) -> str:
        """Summarise the table."""
        return f"table of {self.entries.size} entries from {self.first}, {self.bits} bits"


def nearest_index(
    values: AnyArray, first: int, size: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """Turn values into indices of a table that clamps at both ends, and say which were NaN."""
    unknown = np.isnan(values)
    # A signalling NaN becomes a quiet one here.
    with np.errstate(invalid="ignore"):
        offset = np.where(unknown, 0.0, np.subtract(values, first, dtype=np.float64))
    return np.clip(np.rint(offset), 0, size - 1).astype(np.intp), unknown
