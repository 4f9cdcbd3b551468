"""HTML of hostile text is inert."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from dicomkit.display.markup import escaped, table

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</td></table><iframe src=//example.com>",
    "\x00\x1b[2J\u202e",
    "&lt;b&gt;",
    "x" * 1_000_000,
]


class Reader(HTMLParser):
    """Collects the tags, the attributes and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
def test_text_stays_text(said: str) -> None:
    read = Reader(f"<p>{escaped(said)}</p>")
    assert read.tags == ["p"]
    assert len(read.text) < 400


def test_text_is_shown_as_it_was() -> None:
    assert Reader(escaped('5 < 6 & "7"')).text == '5 < 6 & "7"'


def test_control_characters_are_shown_not_obeyed() -> None:
    assert escaped("a\x00\u202eb") == "a\\x00\\u202eb"


@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
def test_a_table_holds_nothing_but_a_table(said: str) -> None:
    read = Reader(table([said, "size"], [[escaped(said), "3"]], caption=said, numbers=1))
    assert sorted(set(read.tags)) == [
        "caption", "div", "table", "tbody", "td", "th", "thead", "tr",
    ]  # fmt: skip
    assert read.attributes == {"scope", "style"}


def test_numbers_stand_to_the_right() -> None:
    page = table(["name", "size"], [["a", "1"]], caption="", numbers=1)
    assert page.count("text-align:right") == 2
