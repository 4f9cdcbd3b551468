"""Pictures in a terminal, letter by letter."""

from __future__ import annotations

import io
import os
import re

import numpy as np
import pytest

from dicomkit.cli.terminal import Terminal, draw, terminal_of

PLAIN = Terminal(80, 24, "none")
# 2;R;G;B or 5;N stand behind 38 and 48.
CELL = re.compile(r"\x1b\[38;(2;\d+;\d+;\d+|5;\d+);48;(2;\d+;\d+;\d+|5;\d+)m▀")


def cells(text: str) -> list[list[tuple[str, str]]]:
    return [CELL.findall(line) for line in text.split("\n")]


def test_letters_go_from_dark_to_light() -> None:
    row = np.linspace(0, 255, 10).astype(np.uint8)
    assert draw(np.stack([row, row]), 1, PLAIN) == " .:-=+*#%@"


def test_a_letter_stands_for_two_pixels_one_over_the_other() -> None:
    picture = np.array([[0, 255], [255, 255], [0, 255], [0, 255]], np.uint8)
    assert draw(picture, 1, PLAIN) == "=@\n @"


def test_an_odd_row_gets_a_black_one_below() -> None:
    assert draw(np.full((1, 3), 255, np.uint8), 1, PLAIN) == "==="


def test_colour_becomes_letters_by_its_brightness() -> None:
    picture = np.array([[[255, 255, 255], [255, 0, 0]]] * 2, np.uint8)
    assert draw(picture, 1, PLAIN) == "@-"


def test_half_blocks_hold_two_pixels() -> None:
    picture = np.array([[10, 20], [30, 40]], np.uint8)
    text = draw(picture, 1, Terminal(80, 24, "all"))
    assert cells(text) == [[("2;10;10;10", "2;30;30;30"), ("2;20;20;20", "2;40;40;40")]]
    assert text.endswith("\x1b[0m")


def test_colours_are_drawn_as_they_are() -> None:
    picture = np.array([[[1, 2, 3]], [[4, 5, 6]]], np.uint8)
    assert cells(draw(picture, 1, Terminal(80, 24, "all"))) == [[("2;1;2;3", "2;4;5;6")]]


def test_of_256_colours_greys_come_from_the_ramp() -> None:
    picture = np.array([[0], [255]], np.uint8)
    # xterm's greys are 232 to 255.
    assert cells(draw(picture, 1, Terminal(80, 24, "256"))) == [[("5;232", "5;255")]]


def test_of_256_colours_others_come_from_the_cube() -> None:
    picture = np.array([[[255, 0, 0]], [[0, 255, 255]]], np.uint8)
    # The cube starts at 16: 16 + 36 r + 6 g + b with levels 0 to 5.
    assert cells(draw(picture, 1, Terminal(80, 24, "256"))) == [[("5;196", "5;51")]]


def test_of_256_colours_what_is_nearly_grey_is_grey() -> None:
    picture = np.array([[[100, 110, 120]], [[0, 0, 23]]], np.uint8)
    # 110 of 255 is the eleventh of 24 greys.
    assert cells(draw(picture, 1, Terminal(80, 24, "256"))) == [[("5;242", "5;232")]]


@pytest.mark.parametrize(("aspect", "size"), [(1, (20, 40)), (2, (20, 20)), (0.25, (10, 80))])
def test_a_picture_fits_and_keeps_its_shape(aspect: float, size: tuple[int, int]) -> None:
    picture = np.full((400, 400), 255, np.uint8)
    lines = draw(picture, aspect, Terminal(80, 20, "none")).split("\n")
    assert (len(lines), max(map(len, lines))) == size


class Stream(io.StringIO):
    """A stream that says of itself what a test wants."""

    def __init__(self, *, encoding: str = "utf-8", terminal: bool = True) -> None:
        super().__init__()
        self._encoding, self._terminal = encoding, terminal

    @property
    def encoding(self) -> str:  # type: ignore[override]  # an attribute there, which nobody can set
        return self._encoding

    def isatty(self) -> bool:
        return self._terminal

    def fileno(self) -> int:
        raise io.UnsupportedOperation


@pytest.mark.parametrize(
    ("environment", "colors"),
    [
        ({}, "256"),
        ({"COLORTERM": "truecolor"}, "all"),
        ({"COLORTERM": "24bit"}, "all"),
        ({"COLORTERM": "truecolor", "NO_COLOR": "1"}, "none"),
        ({"COLORTERM": "truecolor", "NO_COLOR": ""}, "all"),
        ({"TERM": "dumb"}, "none"),
    ],
)
def test_colours_are_for_terminals_that_want_them(environment: dict[str, str], colors: str) -> None:
    assert terminal_of(Stream(), environment).colors == colors


def test_colours_are_for_terminals_only() -> None:
    assert terminal_of(Stream(terminal=False), {}) == Terminal(80, 40, "none")


def test_an_encoding_without_half_blocks_gets_letters() -> None:
    assert terminal_of(Stream(encoding="ascii"), {}).colors == "none"


def test_a_real_terminal_says_its_size() -> None:
    pty = pytest.importorskip("pty")
    outer, inner = pty.openpty()
    try:
        with open(inner, "w", encoding="utf-8", closefd=False) as stream:
            found = terminal_of(stream, {})
        columns, lines = os.get_terminal_size(inner)
    finally:
        os.close(outer)
        os.close(inner)
    assert (found.columns, found.lines) == (columns, max(lines - 6, 1))
