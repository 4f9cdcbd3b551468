"""What went wrong, as an outcome."""

from __future__ import annotations

from dicomkit.errors import DicomKitError, LimitError
from dicomkit.export.work.tasks import Failure

__all__ = ["failure_of"]


def failure_of(index: int, frame: int | None, error: Exception, *, fatal: bool = False) -> Failure:
    """Describe an error without any element's value.

    Examples
    --------
    >>> failure_of(0, None, MemoryError()).message
    'there is not enough memory'
    """
    if isinstance(error, DicomKitError):
        exists = isinstance(error.__cause__, FileExistsError)
        code = "exists" if exists else error.code
        return Failure(index, frame, code, error.message, fatal)
    if isinstance(error, MemoryError):
        return Failure(index, frame, LimitError.code, "there is not enough memory", fatal)
    if isinstance(error, IndexError):
        return Failure(index, frame, "window", "the file offers no such view", fatal)
    # The text of an unforeseen error may quote the file.
    message = f"unforeseen: {type(error).__name__}"
    return Failure(index, frame, DicomKitError.code, message, fatal)
