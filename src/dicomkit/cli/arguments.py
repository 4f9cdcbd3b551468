"""Words of the command line as values, with messages that say what would fit."""

from __future__ import annotations

import argparse
import math
import re
import sys
from dataclasses import fields
from difflib import get_close_matches
from functools import wraps
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

from dicomkit.export.naming.layout import parse_layout
from dicomkit.export.writing.encoding import check_quality
from dicomkit.limits import Limits
from dicomkit.transforms.presets import WINDOWS
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dicomkit.display.views import SingleWindow, WindowLike

__all__ = [
    "WINDOWS_HELP",
    "Completion",
    "frame_number",
    "frame_rate",
    "join_negative",
    "layout",
    "limit",
    "limits_of",
    "one_or_three",
    "quality",
    "timeout",
    "window",
    "workers",
]

_Value = TypeVar("_Value")
_CENTER_AND_WIDTH = re.compile(r" *([+-]?\d+\.?\d*|[+-]?\.\d+) *, *(\d+\.?\d*|\.\d+) *", re.ASCII)

_BYTES = re.compile(r"(\d{1,18})(KiB|MiB|GiB)?", re.ASCII)
_UNITS = {"": 0, "KiB": 10, "MiB": 20, "GiB": 30}

WINDOWS_HELP = (
    "a preset (" + ", ".join(WINDOWS) + "), 'auto', 'full', the number of one of the file's own "
    "views, counted from 0, or CENTER,WIDTH; three times for the red, green and blue channel"
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
    numbers = _CENTER_AND_WIDTH.fullmatch(text)
    if numbers is None:
        close = get_close_matches(text.casefold(), WINDOWS, 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        msg = f"{text!r} is neither a preset, 'auto', 'full', a number, nor CENTER,WIDTH{hint}"
        raise ValueError(msg)
    return Window(float(numbers[1]), float(numbers[2]))


def join_negative(words: Sequence[str]) -> list[str]:
    """Tie a window with a negative center to its option; argparse takes it for an option.

    Examples
    --------
    >>> join_negative(["--window", "-600,1500", "IM0001"])
    ['--window=-600,1500', 'IM0001']
    """
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == "--window" and _CENTER_AND_WIDTH.fullmatch(word):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


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
def limit(text: str) -> tuple[str, int]:
    """Read one bound of `Limits`: a name, and a number that may have a unit of bytes.

    Examples
    --------
    >>> limit("frame_bytes=2GiB"), limit("frames=5000")
    (('frame_bytes', 2147483648), ('frames', 5000))
    """
    name, _, value = text.partition("=")
    names = [field.name for field in fields(Limits)]
    number = _BYTES.fullmatch(value)
    if name not in names or number is None:
        msg = f"{text!r} is none of {', '.join(f'{one}=N' for one in names)}"
        raise ValueError(msg)
    return name, _at_least(int(number[1]) << _UNITS[number[2] or ""], 1)


def limits_of(given: Sequence[tuple[str, int]]) -> Limits:
    """Make the limits that options ask for."""
    return Limits(**dict(given))


@_argument
def timeout(text: str) -> float:
    """Read how many seconds something may take."""
    seconds = float(text)
    if not 0 < seconds < math.inf:
        msg = "more than 0 seconds are needed"
        raise ValueError(msg)
    return seconds


@_argument
def frame_rate(text: str) -> float:
    """Read how many frames a second there are to be."""
    rate = float(text)
    if not 0 < rate < math.inf:
        msg = "more than 0 frames a second are needed"
        raise ValueError(msg)
    return rate


class Completion(argparse.Action):
    """Prints what a shell needs to complete words, which shtab writes, and ends."""

    def __call__(self, parser: argparse.ArgumentParser, *given: Any) -> None:  # noqa: ANN401
        """Write it to standard output."""
        if find_spec("shtab") is None:
            parser.error('completion is written by shtab: pip install "dicomkit[completion]"')
        import shtab

        sys.stdout.write(f"{shtab.complete(parser, given[1])}\n")
        parser.exit(0)


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
