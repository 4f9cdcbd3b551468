"""HTML of hostile text is inert."""

from __future__ import annotations

import pytest
from tests.pages import Parsed

from dicomkit.html.markup import escaped, table

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</td></table><iframe src=//example.com>",
    "\x00\x1b[2J\u202e",
    "&lt;b&gt;",
    "x" * 1_000_000,
]


@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
def test_text_stays_text(said: str) -> None:
    read = Parsed(f"<p>{escaped(said)}</p>")
    assert read.tags == ["p"]
    assert len(read.text) < 400


def test_text_is_shown_as_it_was() -> None:
    assert Parsed(escaped('5 < 6 & "7"')).text == '5 < 6 & "7"'


def test_control_characters_are_shown_not_obeyed() -> None:
    assert escaped("a\x00\u202eb") == "a\\x00\\u202eb"


@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
def test_a_table_holds_nothing_but_a_table(said: str) -> None:
    read = Parsed(table([said, "size"], [[escaped(said), "3"]], caption=said, numbers=1))
    assert sorted(set(read.tags)) == [
        "caption", "div", "table", "tbody", "td", "th", "thead", "tr",
    ]  # fmt: skip
    assert read.attributes == {"scope", "style"}


def test_numbers_stand_to_the_right() -> None:
    page = table(["name", "size"], [["a", "1"]], caption="", numbers=1)
    assert page.count("text-align:right") == 2
