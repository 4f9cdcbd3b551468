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
    _expand(data, found, most)
    return np.concatenate(found).astype(np.uint16) if found else np.empty(0, np.uint16)


def _expand(
    data: npt.NDArray[np.uint8] | npt.NDArray[np.uint16],
    found: list[npt.NDArray[np.float64]],
    most: int,
) -> None:
    total = 0
    # Steps still to take, innermost last: where to read, and how many segments there.
    position, left = 0, -1
    resume: int | None = None
    # A segment takes three units at least, so one spare unit at the end is padding.
    while left != 0 and position + 2 < data.size:
        opcode, length = int(data[position]), int(data[position + 1])
        if opcode == _INDIRECT:
            if resume is not None or not found:
                msg = "an indirect palette segment stands first or points to another one"
                raise InconsistentError(msg)
            resume, left = position + 2 + _offset_size(data), length
            position = _offset(data, position + 2)
            if left == 0:
                position, left, resume = resume, -1, None
            continue
        values, position = _segment(data, position, found)
        total += values.size
        if total > most:
            msg = f"a segmented palette expands to more than its {most} entries"
            raise LimitError(msg)
        found.append(values)
        left -= 1
        if left == 0 and resume is not None:
            position, left, resume = resume, -1, None


def _segment(
    data: npt.NDArray[np.uint8] | npt.NDArray[np.uint16],
    position: int,
    found: list[npt.NDArray[np.float64]],
) -> tuple[npt.NDArray[np.float64], int]:
    opcode, length = int(data[position]), int(data[position + 1])
    start = position + 2
    if opcode == _DISCRETE:
        values = data[start : start + length].astype(np.float64)
        if values.size < length:
            msg = "a palette segment ends before its entries do"
            raise InconsistentError(msg)
        return values, start + length
    if opcode == _LINEAR:
        if not any(values.size for values in found):
            msg = "a palette begins with a linear segment, which has nothing to start from"
            raise InconsistentError(msg)
        before = next(values[-1] for values in reversed(found) if values.size)
        line = np.linspace(before, float(data[start]), length + 1)[1:]
        return np.rint(line), start + 1
    msg = f"a palette segment has the unknown opcode {opcode}"
    raise InconsistentError(msg)


def _offset_size(data: npt.NDArray[np.uint8] | npt.NDArray[np.uint16]) -> int:
    return 4 // data.itemsize


def _offset(data: npt.NDArray[np.uint8] | npt.NDArray[np.uint16], position: int) -> int:
    """Read the byte offset of an indirect segment, as an index of entries."""
    parts = data[position : position + _offset_size(data)]
    offset = sum(int(part) << (8 * data.itemsize * place) for place, part in enumerate(parts))
    return offset // data.itemsize
