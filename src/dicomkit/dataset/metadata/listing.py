"""Looking through a dataset: finding elements, rows for a table, a tree to read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dicomkit.dataset.elements.datasets import check_dataset
from dicomkit.dataset.metadata.entries import top_entries
from dicomkit.dataset.metadata.tree import MetadataTree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from dicomkit.dataset.metadata.entries import Entry
    from dicomkit.dataset.metadata.values import Value

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
        None where the element is empty. Bytes, and more than 256 numbers, are summed up.
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


def metadata_rows(ds: Dataset, /) -> list[MetadataRow]:
    """List every element of a dataset, those of nested sequences included.

    The rows hold what the file says of the patient.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
        Its File Meta Information, if any, comes first.

    Returns
    -------
    list of MetadataRow
        A sequence comes before its items. ``pandas.DataFrame(metadata_rows(ds))`` makes a
        table.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> from dicomkit.dataset.files.reading import read_dataset
    >>> rows = metadata_rows(read_dataset(get_testdata_file("CT_small.dcm", download=False)))
    >>> next(row.value for row in rows if row.keyword == "PixelSpacing")
    (0.661468, 0.661468)
    """
    return list(_all_rows(ds))


def find_elements(ds: Dataset, text: str, /) -> list[MetadataRow]:
    """Find the elements whose keyword, name or tag contains a text, in sequences too.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
        Where to look.
    text : str
        Part of a keyword or a name in any case, or four or more digits of a tag: "pat",
        "Rescale Slope", "0010,0010", "(0010".

    Returns
    -------
    list of MetadataRow
        In the order of the dataset.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> from dicomkit.dataset.files.reading import read_dataset
    >>> ds = read_dataset(get_testdata_file("CT_small.dcm", download=False))
    >>> [row.path for row in find_elements(ds, "patient's")]
    ['PatientName', 'PatientBirthDate', 'PatientSex', 'PatientAge', 'PatientWeight']
    """
    wanted = text.casefold().strip()
    digits = wanted.translate(_TAG_PUNCTUATION)
    is_tag = re.fullmatch(f"[0-9a-f]{{{_FEWEST_DIGITS},8}}", digits) is not None
    return [
        row
        for row in _all_rows(ds)
        if wanted in row.keyword.casefold()
        or wanted in row.name.casefold()
        or (is_tag and digits in row.tag.translate(_TAG_PUNCTUATION).casefold())
    ]


def metadata_tree(ds: Dataset, /) -> MetadataTree:
    r"""Show a dataset as a tree: ``print`` it, or let a notebook display it.

    The tree shows what the file says of the patient.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
        Its File Meta Information, if any, comes first.

    Returns
    -------
    MetadataTree
        ``str()`` is text for a terminal.

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
    check_dataset(ds)
    return MetadataTree(ds)


def _all_rows(ds: Dataset) -> Iterator[MetadataRow]:
    check_dataset(ds)
    return _rows(top_entries(ds), "")


def _rows(level: Iterator[Entry], prefix: str) -> Iterator[MetadataRow]:
    for entry in level:
        path = prefix + entry.label
        yield MetadataRow(
            path=path,
            tag=str(entry.tag),
            keyword=entry.keyword,
            VR=entry.vr,
            VM=entry.reading.multiplicity,
            value=entry.reading.value,
            name=entry.name,
            broken=entry.reading.broken,
        )
        for index, item in enumerate(entry.children()):
            yield from _rows(item, f"{path}[{index}].")
