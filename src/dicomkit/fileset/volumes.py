"""How many volumes a series holds, by its headers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.errors import DicomKitError
from dicomkit.fileset.instances import stored_file
from dicomkit.stacking.headers import members_of
from dicomkit.stacking.stacks import make_stacks

if TYPE_CHECKING:
    from dicomkit.fileset.instances import Series
    from dicomkit.limits import Limits

__all__ = ["count_volumes"]


def count_volumes(series: Series, limits: Limits) -> int | None:
    """Count the stacks of two slices or more that have a place; None where a header is unreadable.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> from dicomkit import FileSetWalker, Limits
    >>> walker = FileSetWalker(get_testdata_file("rtdose.dcm", download=False))
    >>> [count_volumes(series, Limits()) for series in walker.series()]
    [1]
    """
    try:
        members = [
            member for one in series.instances for member in members_of(stored_file(one), limits)
        ]
    except DicomKitError:
        return None
    return sum(stack.grid is not None and len(stack) > 1 for stack in make_stacks(members))
