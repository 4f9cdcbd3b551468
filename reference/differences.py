"""Why a picture differs from DCMTK's, and the clause that says who is right.

Every dataset that does not agree has an entry; an entry for one that agrees is stale. Both
fail the comparison.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference.compare import Outcome

__all__ = ["DIFFERENCES", "VALUE_DIFFERENCES", "Difference", "reason_for"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One reason and the datasets that it holds for."""

    outcome: Outcome
    reason: str
    clause: str
    names: tuple[str, ...]


DIFFERENCES: Final = (
    Difference(
        "differs",
        "DCMTK adds up products that it has truncated to whole numbers; rounded once, the "
        "formula gives what dicomkit gives",
        "PS3.3 C.7.6.3.1.2",
        (
            "ybr full",
            "ybr full planar",
            "ybr full 422",
            "pydicom-data/data/SC_ybr_full_uncompressed.dcm",
        ),
    ),
)


VALUE_DIFFERENCES: Final[Mapping[tuple[str, str], str]] = MappingProxyType({})
"""Why values differ, by library and file name."""


def reason_for(name: str) -> Difference | None:
    """Find the entry of a dataset that does not agree."""
    return next((entry for entry in DIFFERENCES if name in entry.names), None)
