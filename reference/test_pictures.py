"""Every picture agrees with its yardstick, or has the reason and the clause why it does not."""

from __future__ import annotations

import pytest

from reference.differences import DIFFERENCES, reason_for
from reference.page import PAGE, rows_on
from reference.results import DATASETS, compared

ROWS = rows_on(PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", DATASETS)
def test_agrees_or_has_its_reason(name: str) -> None:
    """Neither a difference without a reason nor a reason without one; and the page says so."""
    comparison, entry = compared(name), reason_for(name)
    if comparison.outcome == "agrees":
        assert entry is None, f"stale: {name} agrees now"
    else:
        assert entry is not None, f"no reason is given for {comparison}"
        assert entry.outcome == comparison.outcome
    assert ROWS.get(name) == (comparison.against or "", comparison.outcome), (
        f"write {PAGE.name} again with: python -m reference"
    )


def test_every_reason_names_known_datasets_once() -> None:
    """No reason hides a misspelt name or stands twice."""
    named = [name for entry in DIFFERENCES for name in entry.names]
    assert len(named) == len(set(named))
    assert set(named) <= set(DATASETS)


def test_the_page_has_a_row_for_every_dataset() -> None:
    """In the order of this code, and none of what is no longer compared."""
    assert list(ROWS) == list(DATASETS)
