"""From stored values to real-world values: linear mappings and tables, each with its range."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from dicomkit.transforms.arrays import AnyArray, blockwise
from dicomkit.transforms.lut import nearest_index

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

__all__ = ["LinearMapping", "TableMapping"]


@dataclass(frozen=True, slots=True)
class LinearMapping:
    """Stored values times a slope plus an intercept (PS3.3 C.7.6.16.2.11.2).

    Parameters
    ----------
    slope : float
        Finite and not 0.
    intercept : float
        Finite.
    first, last : float, optional
        The stored values that are mapped, both included. Outside there is no value: NaN.

    Raises
    ------
    ValueError
        The slope is 0, a number is not finite, or the range ends before it begins.

    Examples
    --------
    >>> LinearMapping(0.5, -1, 0, 100)(np.array([0, 100, 101], np.uint16))
    array([-1., 49., nan], dtype=float32)
    """

    slope: float
    intercept: float
    first: float | None = None
    last: float | None = None

    def __post_init__(self) -> None:
        """Refuse what no file can mean."""
        ends = [end for end in (self.first, self.last) if end is not None]
        if not all(map(math.isfinite, (self.slope, self.intercept, *ends))):
            msg = "slope, intercept and range must be finite"
            raise ValueError(msg)
        if self.slope == 0:
            msg = "a slope of 0 would make every value the same"
            raise ValueError(msg)
        if ends != sorted(ends):
            msg = "the last value that is mapped is below the first"
            raise ValueError(msg)

    def __call__(self, stored: npt.ArrayLike) -> AnyArray:
        """Map values of any real dtype and shape to float32, and float64 to float64.

        The arithmetic is done in float64 and rounded once.
        """
        return _mapped(stored, self._block)

    def _block(self, block: AnyArray) -> AnyArray:
        # RWV = m * SV + b
        result = np.multiply(block, self.slope, dtype=np.float64) + self.intercept
        if self.first is not None:
            result[block < self.first] = np.nan
        if self.last is not None:
            result[block > self.last] = np.nan
        return result

    def __str__(self) -> str:
        """Give the formula."""
        formula = f"x * {self.slope:g}"
        if self.intercept:
            formula += f" {'-' if self.intercept < 0 else '+'} {abs(self.intercept):g}"
        if self.first is None and self.last is None:
            return formula
        first = "" if self.first is None else f"{self.first:g}"
        last = "" if self.last is None else f"{self.last:g}"
        return f"{formula} for {first}..{last}"


@dataclass(frozen=True, slots=True, eq=False, init=False)
class TableMapping:
    """A table of real-world values, one for each stored value (PS3.3 C.7.6.16.2.11.2).

    Parameters
    ----------
    first : int
        The stored value that the first entry stands for.
    entries : array_like of float, shape (n,)
        Kept as a read-only float64 copy. Stored values without an entry have no value: NaN.

    Raises
    ------
    ValueError
        There is no entry.

    Examples
    --------
    >>> TableMapping(10, [0.5, 2.5])(np.array([9, 10, 11, 12], np.uint16))
    array([nan, 0.5, 2.5, nan], dtype=float32)
    """

    first: int
    entries: npt.NDArray[np.float64]

    def __init__(self, first: int, entries: npt.ArrayLike) -> None:
        kept = np.array(entries, np.float64)
        if kept.ndim != 1 or not kept.size:
            msg = "a table has one entry or more, in one dimension"
            raise ValueError(msg)
        kept.flags.writeable = False
        object.__setattr__(self, "first", first)
        object.__setattr__(self, "entries", kept)

    @property
    def last(self) -> int:
        """The stored value that the last entry stands for."""
        return self.first + self.entries.size - 1

    def __call__(self, stored: npt.ArrayLike) -> AnyArray:
        """Look values of any real dtype and shape up as float32; float64 gives float64."""
        return _mapped(stored, self._block)

    def _block(self, block: AnyArray) -> AnyArray:
        # RWV = LUT Data[SV - First Value Mapped]
        index, unknown = nearest_index(block, self.first, self.entries.size)
        result = self.entries[index]
        result[unknown | (block < self.first) | (block > self.last)] = np.nan
        return result

    def __eq__(self, other: object) -> bool:
        """Compare by content."""
        if not isinstance(other, TableMapping):
            return NotImplemented
        return self.first == other.first and np.array_equal(
            self.entries, other.entries, equal_nan=True
        )

    def __hash__(self) -> int:
        """Hash by content."""
        return hash((self.first, self.entries.tobytes()))

    def __reduce__(self) -> tuple[object, ...]:
        """Make the copy afresh, because an array comes out of a pickle writeable."""
        return TableMapping, (self.first, self.entries)

    def __str__(self) -> str:
        """Summarise the table."""
        return f"table for {self.first}..{self.last}"


def _mapped(stored: npt.ArrayLike, step: Callable[[AnyArray], AnyArray]) -> AnyArray:
    values: npt.NDArray[Any] = np.asarray(stored)
    if values.dtype.newbyteorder("=") == np.float64:
        return blockwise(values, step, np.float64)
    return blockwise(values, step, np.float32)
