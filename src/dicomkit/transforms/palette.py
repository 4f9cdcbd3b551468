"""Palettes: one stored value becomes three (PS3.3 C.7.9, C.7.6.3.1.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.transforms.lut import nearest_index

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from dicomkit.transforms.arrays import AnyArray, FloatArray

__all__ = ["GrayToRgb", "Palette", "SupplementalPalette"]

_WHITE = (1 << 16) - 1


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Palette:
    """Red, Green and Blue Palette Color Lookup Tables.

    Parameters
    ----------
    first : int
        The stored value that the first entry stands for.
    entries : array_like of int, shape (n, 3)
        Entries as unsigned 16-bit numbers: 65 535 is full intensity. Kept as a read-only copy.

    Raises
    ------
    ValueError
        The entries have another shape, are none, or are not whole numbers of 16 bits.

    Examples
    --------
    >>> Palette(0, [[0, 0, 0], [65535, 0, 0]])(np.array([1, 7], np.uint8))
    array([[1., 0., 0.],
           [1., 0., 0.]], dtype=float32)
    """

    first: int
    entries: npt.NDArray[np.uint16]

    def __init__(self, first: int, entries: npt.ArrayLike) -> None:
        given = np.asarray(entries)
        if given.ndim != 2 or given.shape[1] != 3 or not given.size:  # noqa: PLR2004 - (n, 3)
            msg = "a palette's entries have the shape (n, 3), n at least 1"
            raise ValueError(msg)
        if given.dtype.kind not in "biu" or given.min() < 0 or given.max() > _WHITE:
            msg = f"a palette's entries must be whole numbers from 0 to {_WHITE}"
            raise ValueError(msg)
        kept = given.astype(np.uint16)
        kept.flags.writeable = False
        object.__setattr__(self, "first", first)
        object.__setattr__(self, "entries", kept)

    def __call__(self, stored: npt.ArrayLike) -> FloatArray:
        """Colour stored values of shape (...) as float32 from 0 to 1 of shape (..., 3).

        Values outside the palette take its first or last entry (C.7.6.3.1.5).
        """
        index, unknown = nearest_index(np.asarray(stored), self.first, len(self.entries))
        colors: FloatArray = self.entries[index].astype(np.float32)
        colors /= _WHITE
        colors[unknown] = np.nan
        return colors

    def __eq__(self, other: object) -> bool:
        """Compare by content."""
        if not isinstance(other, Palette):
            return NotImplemented
        return self.first == other.first and np.array_equal(self.entries, other.entries)

    def __hash__(self) -> int:
        """Hash by content."""
        return hash((self.first, self.entries.tobytes()))

    def __reduce__(self) -> tuple[object, ...]:
        """Make the copy afresh, because an array comes out of a pickle writeable."""
        return Palette, (self.first, self.entries)

    def __str__(self) -> str:
        """Summarise the palette."""
        return f"palette of {len(self.entries)} colours from {self.first}"


@dataclass(frozen=True, slots=True)
class SupplementalPalette:
    """Grey below the palette's first mapped value, colour from it on (PS3.3 C.8.16.2.1.1.1).

    Parameters
    ----------
    palette : Palette
        The Supplemental Palette Color Lookup Table.
    gray : tuple of callables
        The steps that turn the stored values below it into a view from 0 to 1.

    Examples
    --------
    >>> from dicomkit.transforms.window import Window
    >>> mixed = SupplementalPalette(Palette(2, [[0, 65535, 0]]), (Window(1, 2),))
    >>> mixed(np.array([0, 1, 2]))
    array([[0., 0., 0.],
           [1., 1., 1.],
           [0., 1., 0.]], dtype=float32)
    """

    palette: Palette
    gray: tuple[Callable[[AnyArray], AnyArray], ...]

    def __call__(self, stored: npt.ArrayLike) -> FloatArray:
        """Map stored values of shape (...) to float32 from 0 to 1 of shape (..., 3)."""
        array = np.asarray(stored)
        view: AnyArray = array
        for step in self.gray:
            view = step(view)
        # NaN, what is padding among it, is no colour and stays grey to become background.
        colored = (array >= self.palette.first) & ~np.isnan(view)
        mixed: FloatArray = np.where(
            colored[..., np.newaxis], self.palette(array), GrayToRgb()(view)
        )
        return mixed

    def __str__(self) -> str:
        """Summarise both branches."""
        steps = "; ".join(str(step) for step in self.gray)
        return f"{self.palette} on; below it grey: {steps}"


@dataclass(frozen=True, slots=True)
class GrayToRgb:
    """One channel three times.

    Examples
    --------
    >>> GrayToRgb()(np.array([0.5], np.float32))
    array([[0.5, 0.5, 0.5]], dtype=float32)
    """

    def __call__(self, view: npt.ArrayLike) -> AnyArray:
        """Repeat an array of shape (...) as (..., 3)."""
        return np.repeat(np.asarray(view)[..., np.newaxis], 3, axis=-1)

    def __str__(self) -> str:
        """Say what it does."""
        return "grey as RGB"
