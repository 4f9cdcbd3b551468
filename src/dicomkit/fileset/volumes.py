"""The volumes of a series, by its headers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.errors import DicomKitError
from dicomkit.fileset.instances import stored_file
from dicomkit.stacking.stacks import make_stacks

if TYPE_CHECKING:
    from dicomkit.fileset.instances import Series
    from dicomkit.stacking.headers import HeaderReader
    from dicomkit.stacking.stack import Stack

__all__ = ["count_volumes", "series_stacks"]


def series_stacks(series: Series, headers: HeaderReader) -> tuple[Stack, ...]:
    """Find the stacks of a series as `stacks` does; what a walk has read is not read again.

    Raises
    ------
    DicomKitError
        A header cannot be read.
    """
    files = map(stored_file, series.instances)
    return make_stacks(member for file in files for member in headers.members(file))


def count_volumes(series: Series, headers: HeaderReader) -> int | None:
    """Count the stacks of two slices or more that have a place; None where a header is unreadable.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> from dicomkit import FileSetWalker, Limits
    >>> from dicomkit.stacking.headers import HeaderReader
    >>> walker = FileSetWalker(get_testdata_file("rtdose.dcm", download=False))
    >>> [count_volumes(series, HeaderReader(Limits())) for series in walker.series()]
    [1]
    """
    try:
        found = series_stacks(series, headers)
    except DicomKitError:
        return None
    return sum(stack.grid is not None and len(stack) > 1 for stack in found)
