"""A picture in a terminal: half blocks in colour, or letters where there is none."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TextIO, TypeAlias

import numpy as np

from dicomkit.display.thumbnail import fitted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dicomkit.display.pipeline import Picture
    from dicomkit.transforms.arrays import AnyArray

__all__ = ["Terminal", "draw", "terminal_of"]

Colors: TypeAlias = Literal["none", "256", "all"]

_UPPER_HALF = "\N{UPPER HALF BLOCK}"
_RESET = "\x1b[0m"
# From dark to light, as a terminal shows light letters on dark.
_LETTERS = np.array(list(" .:-=+*#%@"))
# Columns and lines where nobody says how many there are.
_NOT_A_TERMINAL = (80, 40)
# Room for the words under a picture.
_LINES_LEFT = 6
_GRAY_NDIM = 2
_CUBE_SIDE = 6
# Channels that lie closer together are grey to the eye, and the greys are finer.
_GRAYISH = 24
_CUBE_FIRST, _RAMP_FIRST, _RAMP_LENGTH = 16, 232, 24


@dataclass(frozen=True, slots=True)
class Terminal:
    """How much room there is, and how many colours.

    Attributes
    ----------
    columns, lines : int
        The room for a picture.
    colors : {"none", "256", "all"}
    """

    columns: int
    lines: int
    colors: Colors


def terminal_of(stream: TextIO, environment: Mapping[str, str]) -> Terminal:
    """Find out where a stream leads; colours are for terminals that want them.

    ``NO_COLOR``, ``TERM=dumb`` and an encoding without half blocks are respected.
    """
    if not stream.isatty():
        return Terminal(*_NOT_A_TERMINAL, "none")
    try:
        columns, lines = os.get_terminal_size(stream.fileno())
    except OSError:
        columns, lines = _NOT_A_TERMINAL
    return Terminal(columns, max(lines - _LINES_LEFT, 1), _colors(stream, environment))


def _colors(stream: TextIO, environment: Mapping[str, str]) -> Colors:
    try:
        _UPPER_HALF.encode(stream.encoding)
    except UnicodeEncodeError:
        return "none"
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return "none"
    return "all" if environment.get("COLORTERM") in ("truecolor", "24bit") else "256"


def draw(picture: Picture, aspect: float, terminal: Terminal) -> str:
    """Draw a picture of 8 bits, shrunk to fit; ``aspect`` is its pixels' height in widths.

    A letter's place is twice as tall as wide: it takes two pixels, one over the other.
    """
    small = fitted(picture, aspect, (2 * terminal.lines, terminal.columns))
    if len(small) % 2:
        small = np.concatenate([small, np.zeros_like(small[:1])])
    if terminal.colors == "none":
        gray = small if small.ndim == _GRAY_NDIM else small.mean(axis=2)
        pairs = (gray[0::2].astype(float) + gray[1::2]) / 2
        places = (pairs * len(_LETTERS) / 256).astype(int)
        return "\n".join("".join(line).rstrip() for line in _LETTERS[places])
    color = _all_colors if terminal.colors == "all" else _colors_of_256
    lines = []
    for above, below in zip(small[0::2], small[1::2], strict=True):
        parts = [
            f"\x1b[38;{upper};48;{lower}m{_UPPER_HALF}"
            for upper, lower in zip(color(above), color(below), strict=True)
        ]
        lines.append("".join(parts) + _RESET)
    return "\n".join(lines)


def _all_colors(row: AnyArray) -> list[str]:
    channels = np.stack([row] * 3, axis=1) if row.ndim == 1 else row
    return [f"2;{red};{green};{blue}" for red, green, blue in channels.tolist()]


def _colors_of_256(row: AnyArray) -> list[str]:
    """Choose from xterm's palette: its 24 greys, or its cube of 6 levels a channel."""
    channels = np.stack([row] * 3, axis=1) if row.ndim == 1 else row
    levels = channels.astype(int)
    red, green, blue = (levels * _CUBE_SIDE // 256).T
    cube = _CUBE_FIRST + (red * _CUBE_SIDE + green) * _CUBE_SIDE + blue
    ramp = _RAMP_FIRST + levels.mean(axis=1).astype(int) * _RAMP_LENGTH // 256
    places = np.where(np.ptp(levels, axis=1) < _GRAYISH, ramp, cube)
    return [f"5;{place}" for place in places.tolist()]
