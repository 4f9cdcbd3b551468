"""Words become values, or a message that says what would fit."""

from __future__ import annotations

import argparse

import pytest

from dicomkit.cli.arguments import (
    frame_number,
    join_negative,
    layout,
    one_or_three,
    quality,
    window,
    workers,
)
from dicomkit.transforms.window import Window


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("brain", "brain"),
        ("auto", "auto"),
        ("full", "full"),
        ("2", 2),
        ("40,80", Window(40, 80)),
        ("-600,1500", Window(-600, 1500)),
        ("0.5,1.5", Window(0.5, 1.5)),
    ],
)
def test_windows(word: str, value: object) -> None:
    assert window(word) == value


@pytest.mark.parametrize("word", ["", "brian", "-1", "40,", "40,0", "40,nan", "40,80,1"])
def test_words_that_are_no_window(word: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        window(word)


def test_a_slip_of_the_finger_is_named() -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"did you mean 'brain'\?$"):
        window("Brian")
    with pytest.raises(argparse.ArgumentTypeError, match=r"CENTER,WIDTH$"):
        window("40,wide")


@pytest.mark.parametrize(
    ("words", "joined"),
    [
        (["--window", "-600,1500", "a"], ["--window=-600,1500", "a"]),
        (["--window", "40,80"], ["--window=40,80"]),
        (["--window", "-o", "a,b"], ["--window", "-o", "a,b"]),
        (["-600,1500"], ["-600,1500"]),
        ([], []),
    ],
)
def test_negative_centers_are_tied_to_their_option(words: list[str], joined: list[str]) -> None:
    assert join_negative(words) == joined


def test_one_window_is_itself_and_several_are_channels() -> None:
    assert one_or_three(None) is None
    assert one_or_three(["brain"]) == "brain"
    assert one_or_three(["brain", 0, "auto"]) == ["brain", 0, "auto"]


def test_numbers_have_bounds() -> None:
    assert (workers("1"), frame_number("0"), quality("100")) == (1, 0, 100)
    for parse, word in ((workers, "0"), (frame_number, "-1"), (quality, "101"), (workers, "two")):
        with pytest.raises(argparse.ArgumentTypeError):
            parse(word)


def test_a_layout_is_checked() -> None:
    assert layout("{modality}/{sop_instance_uid}") == "{modality}/{sop_instance_uid}"
    with pytest.raises(argparse.ArgumentTypeError, match="nonsense"):
        layout("{nonsense}")
