"""What callers hand in where a dataset is meant."""

from __future__ import annotations

from pydicom.dataset import Dataset

__all__ = ["check_dataset"]


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
    if not isinstance(given, Dataset):
        msg = f"expected a pydicom Dataset, not {type(given).__name__}; read_dataset gives one"
        raise TypeError(msg)
