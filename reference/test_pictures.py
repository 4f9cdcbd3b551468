"""Every picture agrees with DCMTK's, or has the reason and the clause why it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference.differences import DIFFERENCES, reason_for
from reference.page import PAGE, outcomes_on
from reference.results import DATASETS, compared


@pytest.mark.parametrize("name", DATASETS)
def test_agrees_or_has_its_reason(name: str) -> None:
    """Neither a difference without a reason nor a reason without a difference."""
    comparison, entry = compared(name), reason_for(name)
    if comparison.outcome == "agrees":
        assert entry is None, f"stale: {name} agrees now"
    else:
        assert entry is not None, f"no reason is given for {comparison}"
        assert entry.outcome == comparison.outcome


def test_every_reason_names_known_datasets_once() -> None:
    """No reason hides a misspelt name or stands twice."""
    named = [name for entry in DIFFERENCES for name in entry.names]
    assert len(named) == len(set(named))
    assert set(named) <= set(DATASETS)


def test_the_page_says_what_came_out() -> None:
    """The generated page is the one of this code."""
    page = outcomes_on(PAGE.read_text(encoding="utf-8"))
    assert page == {name: compared(name).outcome for name in DATASETS}, (
        f"write {Path(PAGE).name} again with: python -m reference"
    )
