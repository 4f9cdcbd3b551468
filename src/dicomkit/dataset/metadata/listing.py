"""Looking through a dataset: finding elements, rows for a table, a tree to read."""

from __future__ import annotations

import gc
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from dicomkit.dataset.elements.datasets import dataset_of, error_context
from dicomkit.dataset.metadata.entries import Entry, summarize, walk
from dicomkit.dataset.metadata.tree import MetadataTree
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from dicomkit.dataset.elements.datasets import DatasetLike
    from dicomkit.dataset.elements.tags import TagEntry
    from dicomkit.dataset.metadata.entries import Value

__all__ = ["MetadataRow", "find_elements", "metadata_rows", "metadata_tree"]

_TAG_PUNCTUATION: Final = str.maketrans("", "", "(), ")
_FEWEST_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class MetadataRow:
    """One element of a dataset.

    Attributes
    ----------
    path : str
        Where it is, such as ``"ReferencedImageSequence[0].ReferencedSOPInstanceUID"``;
        items are counted from 0. A tag stands in for a missing keyword.
    tag : str
        ``"(0010,0010)"``.
    keyword : str
        Empty where the dictionary has none.
    VR : str
        Value Representation, from the dictionary where the file has none.
    VM : int
        How many values there are; of a sequence, how many items.
    value : str, int, float, tuple of these, or None
        None where the element is empty; in a tuple of numbers, where one of them is. Bytes,
        and more than 256 numbers, are summed up.
    name : str
        The element's name; in brackets if private.
    broken : bool
        The value does not follow the rules of its VR and stands there as it was written.
    """

    path: str
    tag: str
    keyword: str
    VR: str
    VM: int
    value: Value
    name: str
    broken: bool


@dataclass(slots=True)
class _Draft:
    """A `MetadataRow` in the making: a frozen value takes three times as long to fill."""

    path: str
    tag: str
    keyword: str
    VR: str
    VM: int
    value: Value
    name: str
    broken: bool


def metadata_rows(ds: DatasetLike, /, *, limits: Limits = DEFAULT_LIMITS) -> list[MetadataRow]:
    """List every element of a dataset, those of nested sequences included.

    The rows hold what the file says of the patient.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset or Image
        Its File Meta Information, if any, comes first.
    limits : Limits
        ``items`` bounds the items of all sequences, ``depth`` how they nest.

    Returns
    -------
    list of MetadataRow
        A sequence comes before its items. ``pandas.DataFrame(metadata_rows(ds))`` makes a
        table.

    Raises
    ------
    TypeError
        It is something else.
    LimitError
        There are more items, or they nest deeper, than `limits` allow.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> from dicomkit.dataset.files.reading import read_dataset
    >>> rows = metadata_rows(read_dataset(get_testdata_file("CT_small.dcm", download=False)))
    >>> next(row.value for row in rows if row.keyword == "PixelSpacing")
    (0.661468, 0.661468)
    """
    return _list_rows(ds, limits, None)


def find_elements(
    ds: DatasetLike, text: str, /, *, limits: Limits = DEFAULT_LIMITS
) -> list[MetadataRow]:
    """Find the elements whose keyword, name or tag contains a text, in sequences too.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset or Image
        Where to look.
    text : str
        Part of a keyword or a name in any case, or four or more digits of a tag: "pat",
        "Rescale Slope", "0010,0010", "(0010".
    limits : Limits
        As for `metadata_rows`.

    Returns
    -------
    list of MetadataRow
        In the order of the dataset.

    Raises
    ------
    TypeError, LimitError
        As for `metadata_rows`.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> from dicomkit.dataset.files.reading import read_dataset
    >>> ds = read_dataset(get_testdata_file("CT_small.dcm", download=False))
    >>> [row.path for row in find_elements(ds, "patient's")]
    ['PatientName', 'PatientBirthDate', 'PatientSex', 'PatientAge', 'PatientWeight']
    """
    return _list_rows(ds, limits, _Search(text))


def metadata_tree(ds: DatasetLike, /, *, limits: Limits = DEFAULT_LIMITS) -> MetadataTree:
    r"""Show a dataset as a tree: ``print`` it, or let a notebook display it.

    The tree shows what the file says of the patient.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset or Image
        Its File Meta Information, if any, comes first.
    limits : Limits
        As for `metadata_rows`.

    Returns
    -------
    MetadataTree
        ``str()`` is text for a terminal.

    Raises
    ------
    TypeError, LimitError
        As for `metadata_rows`.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> from dicomkit.dataset.files.reading import read_dataset
    >>> ds = read_dataset(get_testdata_file("rtplan.dcm", download=False))
    >>> print("\n".join(str(metadata_tree(ds)).splitlines()[10:13]))
    (0008,0020) DA StudyDate                          20030716
    (0008,0030) TM StudyTime                          153557
    (0008,0050) SH AccessionNumber
    """
    found = dataset_of(ds)
    with error_context(found):
        return MetadataTree(found, limits)


class _Search:
    """What is looked for; each name is compared once."""

    def __init__(self, text: str) -> None:
        self._wanted = text.casefold().strip()
        digits = self._wanted.translate(_TAG_PUNCTUATION)
        is_tag = re.fullmatch(f"[0-9a-f]{{{_FEWEST_DIGITS},8}}", digits) is not None
        self._digits = digits if is_tag else None
        self._found: dict[TagEntry, bool] = {}

    def finds(self, names: TagEntry) -> bool:
        found = self._found.get(names)
        if found is None:
            found = self._found[names] = self._compare(names)
        return found

    def _compare(self, names: TagEntry) -> bool:
        if self._wanted in names.keyword.casefold() or self._wanted in names.name.casefold():
            return True
        tag = names.tag.translate(_TAG_PUNCTUATION).casefold()
        return self._digits is not None and self._digits in tag


def _list_rows(ds: DatasetLike, limits: Limits, search: _Search | None) -> list[MetadataRow]:
    found = dataset_of(ds)
    with error_context(found), _nothing_collected():
        return list(_rows(found, limits, search))


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Keep the garbage collector from looking through all there is, over and over.

    That would take most of the time where there are many rows: they are all kept, and nothing
    that is made on the way to them refers to itself.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _rows(ds: Dataset, limits: Limits, search: _Search | None) -> Iterator[MetadataRow]:
    # What stands before the names of a level's elements, and the sequence that was last there.
    prefixes: dict[int, str] = {0: ""}
    sequences: dict[int, str] = {}
    for step in walk(ds, limits):
        level = step.level
        if not isinstance(step, Entry):
            prefixes[level] = f"{sequences[level - 1]}[{step.index}]."
            continue
        tag, keyword, name, _ = names = step.names
        path = prefixes[level] + (keyword or tag)
        if step.items is not None:
            sequences[level] = path
        if search is None or search.finds(names):
            value, count, broken = summarize(step)
            row = _Draft(path, tag, keyword, step.vr, count, value, name, broken)
            row.__class__ = MetadataRow  # type: ignore[assignment]  # the same fields, now frozen
            yield cast("MetadataRow", row)
