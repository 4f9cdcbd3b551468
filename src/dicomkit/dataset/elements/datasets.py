"""What callers hand in where a dataset is meant, and which file an error is about."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

from pydicom.dataset import Dataset

from dicomkit.errors import DicomKitError, LimitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import TypeIs

__all__ = [
    "Dataset",
    "DatasetLike",
    "HoldsDataset",
    "check_dataset",
    "dataset_of",
    "error_context",
    "is_dataset",
]


class HoldsDataset(Protocol):
    """Something that was made of a dataset and still has it, such as an opened `Image`."""

    @property
    def dataset(self) -> Dataset:
        """What it was made of."""
        ...


DatasetLike: TypeAlias = Dataset | HoldsDataset


def is_dataset(given: object) -> TypeIs[Dataset]:
    """Tell whether something is a dataset, which can be iterated over as a list of them can."""
    return isinstance(given, Dataset)


def check_dataset(given: object) -> None:
    """Refuse what is no dataset, most of all a path.

    Raises
    ------
    TypeError
        It is something else.

    Examples
    --------
    >>> check_dataset("slice.dcm")
    Traceback (most recent call last):
    TypeError: expected a pydicom Dataset, not str; read_dataset gives one
    """
    if not is_dataset(given):
        msg = f"expected a pydicom Dataset, not {type(given).__name__}; read_dataset gives one"
        raise TypeError(msg)


def dataset_of(given: DatasetLike, /) -> Dataset:
    """Give the dataset that was given, or that something was made of.

    Raises
    ------
    TypeError
        It is something else, most of all a path.

    Examples
    --------
    >>> from pydicom import examples
    >>> import dicomkit as dk
    >>> ds = examples.ct
    >>> dataset_of(dk.open_image(ds)) is dataset_of(ds)
    True
    """
    found = given if isinstance(given, Dataset) else getattr(given, "dataset", None)
    if not isinstance(found, Dataset):
        check_dataset(given)
    return cast("Dataset", found)


@contextmanager
def error_context(ds: Dataset) -> Iterator[None]:
    """Give every error the path of the file that a dataset was read from.

    Memory that is not there becomes a `LimitError`: it is the file that asks for it.
    """
    try:
        yield
    except DicomKitError as error:
        error.at(path=_path(ds))
        raise
    except MemoryError:
        msg = "there is not enough memory for that"
        raise LimitError(msg, path=_path(ds)) from None


def _path(ds: Dataset) -> str | None:
    path = getattr(ds, "filename", None)
    return path if isinstance(path, str) else None
