"""Taking stored values out of the words that they are kept in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Cells", "as_unsigned", "clip_to_bits", "container", "sign_extend", "take_bits"]

Cells = np.ndarray[Any, np.dtype[Any]]

_SIZES = (1, 2, 4, 8)
"""The bytes of numpy's integers."""


def container(bits: int, *, signed: bool = False) -> np.dtype[np.integer[Any]]:
    """Give the smallest integer type that holds a number of bits.

    Examples
    --------
    >>> container(12), container(32, signed=True)
    (dtype('uint16'), dtype('int32'))
    """
    size = next(size for size in _SIZES if bits <= 8 * size)
    return np.dtype(f"{'i' if signed else 'u'}{size}")


def as_unsigned(cells: Cells) -> Cells:
    """Look at integers as words of bits, in the machine's byte order.

    Examples
    --------
    >>> as_unsigned(np.array([-1, 5], "<i2"))
    array([65535,     5], dtype=uint16)
    """
    native = cells.astype(cells.dtype.newbyteorder("="), copy=False)
    return native.view(np.dtype(f"u{native.dtype.itemsize}"))


def take_bits(cells: Cells, stored: int, high: int, *, signed: bool) -> Cells:
    """Shift stored values to the right end of their words, drop the rest, extend the sign.

    PS3.5 8.1.1: a sample's lowest bit is High Bit + 1 - Bits Stored, and what lies above
    or below may hold anything, such as overlays.

    Parameters
    ----------
    cells : ndarray of unsigned integers
        The words, as they lie in the file.
    stored, high : int
        Bits Stored and High Bit.
    signed : bool
        Whether the values are two's complement.

    Returns
    -------
    ndarray
        Integers of the words' size: `cells` itself or a view of it where nothing had to
        change.

    Examples
    --------
    >>> take_bits(np.array([0xF801, 0x0FFF], np.uint16), 12, 11, signed=True)
    array([-2047,    -1], dtype=int16)
    """
    width = 8 * cells.dtype.itemsize
    kind = container(width, signed=signed)
    above = width - 1 - high
    below = high + 1 - stored
    if above == 0 and below == 0:
        return cells.view(kind)
    if below == 0 and cells.size:
        # Files that leave the unused bits at 0, or extend the sign into them, are by far
        # the most, and looking is cheaper than copying.
        values = cells.view(kind)
        lowest = -(1 << (stored - 1)) if signed else 0
        highest = (1 << (stored - signed)) - 1
        if values.max() <= highest and (not signed or values.min() >= lowest):
            return values
    shifted: Cells = (cells << cells.dtype.type(above)).view(kind)
    shifted >>= kind.type(width - stored)
    return shifted


def sign_extend(values: Cells, bits: int) -> Cells:
    """Read the lowest bits of unsigned integers as two's complement.

    Examples
    --------
    >>> sign_extend(np.array([0x1830, 5], np.uint16), 13)
    array([-2000,     5], dtype=int16)
    """
    return take_bits(values, bits, bits - 1, signed=True)


def clip_to_bits(values: NDArray[np.integer[Any]], bits: int, *, signed: bool) -> Cells:
    """Hold values inside the range of a number of bits.

    Lossy coding lands beside the value that was coded: 4097 for 4095. Dropping bits would
    make 1 of it, a black speck in the brightest part of the picture.

    Examples
    --------
    >>> clip_to_bits(np.array([4097, 17], np.uint16), 12, signed=False)
    array([4095,   17], dtype=uint16)
    """
    lowest = -(1 << (bits - 1)) if signed else 0
    return values.clip(lowest, (1 << (bits - signed)) - 1)
