"""Segmented Palette Color Lookup Table Data (PS3.3 C.7.9.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dicomkit.errors import InconsistentError, LimitError

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["expand_segments"]

_DISCRETE, _LINEAR, _INDIRECT = 0, 1, 2


def expand_segments(
    data: npt.NDArray[np.uint8] | npt.NDArray[np.uint16], most: int
) -> npt.NDArray[np.uint16]:
    """Expand the segments of one colour.

    Parameters
    ----------
    data : numpy.ndarray of uint8 or uint16, shape (n,)
        Opcodes, lengths and entries, in units of one entry.
    most : int
        The number of entries that the descriptor declares.

    Raises
    ------
    InconsistentError
        A segment is cut off, unknown, or refers to nothing.
    LimitError
        The segments expand to more than ``most`` entries.
    """
    found: list[npt.NDArray[np.float64]] = []
    total = steps = position = 0
    # While an indirect segment copies: how many segments are left, and where to go on after.
    left, resume = 0, 0
    # A segment takes three units at least, so up to two at the end are padding.
    while position + 2 < data.size:
        steps += 1
        opcode, length = int(data[position]), int(data[position + 1])
        if opcode == _INDIRECT:
            if left or not found:
                msg = "an indirect palette segment stands first or is copied by another one"
                raise InconsistentError(msg)
            left, resume = length, position + 2 + 4 // data.itemsize
            position = _offset(data, position + 2) if left else resume
            continue
        values, position = _segment(data, position, float(found[-1][-1]) if found else None)
        total += values.size
        # Segments without entries could otherwise go on without end.
        if total > most or steps > 2 * most:
            msg = f"a segmented palette expands to more than its {most} entries"
            raise LimitError(msg)
        if values.size:
            found.append(values)
        if left:
            left -= 1
            position = position if left else resume
    return np.concatenate(found).astype(np.uint16) if found else np.empty(0, np.uint16)


def _segment(
    data: npt.NDArray[np.uint8] | npt.NDArray[np.uint16], position: int, last: float | None
) -> tuple[npt.NDArray[np.float64], int]:
    """Expand one segment that follows the entry ``last``; say where the next one begins."""
    opcode, length = int(data[position]), int(data[position + 1])
    start = position + 2
    if opcode == _DISCRETE:
        values = data[start : start + length].astype(np.float64)
        if values.size < length:
            msg = "a palette segment ends before its entries do"
            raise InconsistentError(msg)
        return values, start + length
    if opcode == _LINEAR:
        if last is None:
            msg = "a palette begins with a linear segment, which has nothing to start from"
            raise InconsistentError(msg)
        return np.rint(np.linspace(last, float(data[start]), length + 1)[1:]), start + 1
    msg = f"a palette segment has the unknown opcode {opcode}"
    raise InconsistentError(msg)


def _offset(data: npt.NDArray[np.uint8] | npt.NDArray[np.uint16], position: int) -> int:
    """Read the byte offset of an indirect segment, as an index of entries."""
    parts = data[position : position + 4 // data.itemsize]
    offset = sum(int(part) << (8 * data.itemsize * place) for place, part in enumerate(parts))
    return offset // data.itemsize
