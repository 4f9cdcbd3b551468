"""Words of the command line as values, with messages that say what would fit."""

from __future__ import annotations

import argparse
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

from dicomkit.export.encoding import check_quality
from dicomkit.export.layout import parse_layout
from dicomkit.transforms.presets import WINDOWS
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dicomkit.display.views import SingleWindow, WindowLike

__all__ = [
    "WINDOWS_HELP",
    "frame_number",
    "layout",
    "one_or_three",
    "quality",
    "window",
    "workers",
]

_Value = TypeVar("_Value")

WINDOWS_HELP = (
    "a preset (" + ", ".join(WINDOWS) + "), 'auto', 'full', the number of one of the file's own "
    "views, counted from 0, or CENTER,WIDTH (with = before a negative center); "
    "three times for the red, green and blue channel"
)


def _argument(parse: Callable[[str], _Value]) -> Callable[[str], _Value]:
    """Let argparse show the message of a `ValueError`, which it keeps to itself."""

    @wraps(parse)
    def parsed(text: str) -> _Value:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return parsed


@_argument
def window(text: str) -> SingleWindow:
    """Read a preset's name, a view's number, or a center and a width."""
    if text in WINDOWS or text in ("auto", "full"):
        return text
    if text.isdecimal():
        return int(text)
    center, comma, width = text.partition(",")
    if not comma:
        msg = f"{text!r} is neither a preset, 'auto', 'full', a number, nor CENTER,WIDTH"
        raise ValueError(msg)
    return Window(float(center), float(width))


def one_or_three(windows: Sequence[SingleWindow] | None) -> WindowLike:
    """Give what an option that may be repeated means to `render`."""
    return windows[0] if windows is not None and len(windows) == 1 else windows


@_argument
def layout(text: str) -> str:
    """Check a layout of folders and file names."""
    parse_layout(text)
    return text


@_argument
def quality(text: str) -> int:
    """Read a quality of JPEG or WebP."""
    number = int(text)
    check_quality(number)
    return number


@_argument
def workers(text: str) -> int:
    """Read how many processes may work."""
    return _at_least(int(text), 1)


@_argument
def frame_number(text: str) -> int:
    """Read a frame's number."""
    return _at_least(int(text), 0)


def _at_least(number: int, least: int) -> int:
    if number < least:
        msg = f"at least {least} is needed"
        raise ValueError(msg)
    return number
