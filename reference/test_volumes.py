"""Where dicomkit and others put the pixels of series that go wrong."""

from __future__ import annotations

import numpy as np
import pytest

from reference.series import SERIES
from reference.volumes import PEERS, judge, matrices
from reference.volumes_page import EXPECTED, PAGE, page


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("series", SERIES)
def test_the_outcome_is_what_the_page_says(series: str, peer: str) -> None:
    """A peer that has become better fails, too: the page is to be written anew."""
    found = judge(series, peer)
    assert found.verdict == EXPECTED[series].get(peer, "right")


@pytest.mark.parametrize("peer", [peer for peer in PEERS if peer != "dicomkit"])
@pytest.mark.parametrize(
    "series", ["12 axial slices, numbered from the head", "turned by 30 degrees"]
)
def test_matrices_agree_where_both_are_right(series: str, peer: str) -> None:
    """From whichever end: the k of highdicom runs the other way, dcm2niix turns rows."""
    ours, theirs = matrices(series, "dicomkit"), matrices(series, peer)
    turned = np.linalg.inv(theirs) @ ours
    # The same grid but for which end an axis begins at.
    assert np.allclose(np.abs(turned[:3, :3]), np.eye(3), atol=1e-5)
    if peer == "SimpleITK":
        assert np.allclose(ours, theirs, atol=1e-6)


def test_the_page_is_up_to_date() -> None:
    """The page is what would be written now."""
    assert PAGE.read_text(encoding="utf-8") == page()
