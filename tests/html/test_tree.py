"""The pieces of a tree: text in them stays text, and folds end where they should."""

from __future__ import annotations

import pytest
from tests.pages import Parsed

from dicomkit.html.tree import FOLD_END, item_fold, row, row_fold, tree

HOSTILE = "</span></details><script>alert(1)</script>\" onload='x' \x1b[2J"


@pytest.mark.parametrize("place", ["tag", "vr", "label", "value", "title"])
def test_text_stays_text(place: str) -> None:
    cells = dict.fromkeys(("tag", "vr", "label", "value", "title"), "x")
    plain = Parsed(row(**cells, broken=False))
    found = Parsed(row(**(cells | {place: HOSTILE}), broken=False))
    assert found.tags == plain.tags
    assert "\x1b" not in found.text


def test_a_broken_value_is_marked() -> None:
    shown = [row("t", "LO", "n", "v", title="n", broken=broken) for broken in (False, True)]
    assert ["dk-broken" in one for one in shown] == [False, True]
    assert Parsed(shown[0]).text == Parsed(shown[1]).text == "tLOnv"


def test_folds() -> None:
    inner = row("t", "LO", "n", "v", title="n", broken=False)
    page = tree(row_fold(inner) + item_fold(7) + inner + FOLD_END * 2)
    seen = Parsed(page)
    assert seen.tags.count("details") == seen.tags.count("summary") == 2
    assert page.count("</details>") == 2
    assert "[7]" in seen.text
    assert seen.tags.count("script") == seen.tags.count("style") == 1
    assert "//" not in page
