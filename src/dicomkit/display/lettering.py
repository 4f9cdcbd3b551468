"""Letters on a picture: the texts of a presentation state."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from PIL import ImageFont

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL.ImageDraw import ImageDraw

    from dicomkit.dataset.modules.graphics import TextObject

__all__ = ["drawable", "write"]

_SMALLEST, _LARGEST = 9, 48
# Lines of text as high as a picture, where nothing says how large it is to be.
_LINES = 32
# VR ST holds no more (PS3.5 6.2).
_MOST_LETTERS = 1024
_LEAST_COST, _OF_A_LETTER = 1 << 13, 1 << 12
_SPACING = 1.2
# What has no base among the letters of ASCII, and occurs in what is written on images.
_INSTEAD = str.maketrans({
    "\N{MICRO SIGN}": "u", "\N{GREEK SMALL LETTER MU}": "u", "\N{DEGREE SIGN}": " deg",
    "\N{LATIN SMALL LETTER SHARP S}": "ss", "\N{EN DASH}": "-", "\N{EM DASH}": "-",
    "\N{PLUS-MINUS SIGN}": "+-", "\N{MULTIPLICATION SIGN}": "x",
    "\N{LATIN SMALL LETTER O WITH STROKE}": "o", "\N{LATIN SMALL LETTER AE}": "ae",
    "\N{LATIN SMALL LETTER L WITH STROKE}": "l", "\N{RIGHT SINGLE QUOTATION MARK}": "'",
})  # fmt: skip


def drawable(text: str) -> bool:
    """Tell whether there is a font for all letters of a text; Pillow's own has those of ASCII.

    Examples
    --------
    >>> drawable("45 mm"), drawable("Größe")
    (True, False)
    """
    return text.isascii()


def write(
    text: TextObject,
    box: npt.NDArray[np.float64] | None,
    anchor: npt.NDArray[np.float64] | None,
    size: tuple[int, int],
    brush: ImageDraw,
) -> int:
    """Write a text into its box, or at its anchor; give what it costs, in pixels.

    Parameters
    ----------
    text : TextObject
    box : numpy.ndarray, shape (4,), or None
        Left, top, right and bottom in the picture.
    anchor : numpy.ndarray, shape (2,), or None
        x and y, where there is no box.
    size : (int, int)
        Columns and rows of the picture.
    brush : PIL.ImageDraw.ImageDraw
    """
    lines = _lines(text.text)
    height = min(max(round(size[1] / _LINES), _SMALLEST), _LARGEST)
    if box is not None:
        left, top, right, bottom = box.tolist()
        height = min(max(int((bottom - top) / _SPACING / len(lines)), _SMALLEST), _LARGEST)
        width = _width(lines, height)
        if width > right - left > 0:
            height = max(int(height * (right - left) / width), _SMALLEST)
    elif anchor is not None and 0 <= anchor[0] <= size[0] and 0 <= anchor[1] <= size[1]:
        width, down = _width(lines, height), len(lines) * height * _SPACING
        # What is said of a place at the border is still to be read.
        left = max(min(anchor[0], size[0] - width), 0)
        top = max(min(anchor[1], size[1] - down), 0)
        right = left + width
    else:
        return _LEAST_COST
    font = _font(height)
    for number, line in enumerate(lines):
        wide = font.getlength(line)
        spare = right - left - wide
        x = left + {"LEFT": 0, "CENTER": spare / 2, "RIGHT": spare}[text.justification]
        y = top + number * height * _SPACING
        if -wide < x < size[0] and -2 * height < y < size[1]:
            brush.text((round(x), round(y)), line, fill=255, font=font)
    return _LEAST_COST + sum(map(len, lines)) * _OF_A_LETTER


def _lines(text: str) -> list[str]:
    plain = "".join(map(_letter, text[:_MOST_LETTERS].translate(_INSTEAD)))
    return [line.rstrip() for line in plain.splitlines()] or [""]


def _letter(letter: str) -> str:
    """Give a letter that can be drawn: itself, its base without accents, or a question mark."""
    if letter in "\r\n" or (letter.isascii() and letter.isprintable()):
        return letter
    base = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode("ascii")
    return base if base.isprintable() and base else " " if letter.isspace() else "?"


def _width(lines: list[str], height: int) -> float:
    return max(_font(height).getlength(line) for line in lines)


@lru_cache(maxsize=_LARGEST)
def _font(height: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(height)
