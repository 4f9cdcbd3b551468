"""What the tests of HTML share: hostile text, and what a browser's parser finds in a page."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

HOSTILE_TEXTS = pytest.mark.parametrize(
    "said",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "' onmouseover='alert(1)",
        "</td></table></div><svg onload=alert(1)>",
        "a\x00\x1b[2J\u202e\u2028\x7f\x9b",
        "x" * 1_000_000,
    ],
    ids=["script", "image", "attribute", "way out", "control", "1 MB"],
)


class Parsed(HTMLParser):
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
