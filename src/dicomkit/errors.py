"""The error tree.

Every failure that a file, a disk or a decoder can cause reaches the caller as a
`DicomKitError`. Python's own ``TypeError``, ``ValueError`` and ``IndexError`` are
left for a caller's mistake, such as an unknown preset's name.

Messages never hold the value of an element: a file's path is the only thing in
them that can point at a person.
"""

from __future__ import annotations

import os
from typing import ClassVar

__all__ = [
    "DecodeError",
    "DicomKitError",
    "InconsistentError",
    "LimitError",
    "NoPixelsError",
    "NotDicomError",
    "ReadError",
    "TruncatedError",
    "UnitsError",
    "UnsafePathError",
    "UnsupportedError",
    "WriteError",
]


class DicomKitError(Exception):
    """Base of every error that dicomkit raises for what it was given to read or write.

    Parameters
    ----------
    message : str
        What happened and how to mend it.
    path : path-like, optional
        The file concerned.
    frame : int, optional
        The frame concerned, counted from 0.

    Attributes
    ----------
    code : str
        A short stable word for the cause, the same for every instance of a class.
    message, path, frame
        As passed.

    Examples
    --------
    >>> error = NotDicomError("the file is empty", path="scan.dcm")
    >>> error.code, str(error)
    ('not_dicom', 'scan.dcm: the file is empty')
    """

    code: ClassVar[str] = "error"

    def __init__(
        self,
        message: str,
        *,
        path: str | os.PathLike[str] | None = None,
        frame: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = None if path is None else os.fspath(path)
        self.frame = frame

    def __str__(self) -> str:
        """Say where it happened, then what."""
        where = [] if self.path is None else [self.path]
        if self.frame is not None:
            where.append(f"frame {self.frame}")
        return ": ".join([", ".join(where), self.message] if where else [self.message])

    def at(
        self, *, path: str | os.PathLike[str] | None = None, frame: int | None = None
    ) -> DicomKitError:
        """Add the place that a lower floor could not know; what is known already stays."""
        if self.path is None and path is not None:
            self.path = os.fspath(path)
        if self.frame is None:
            self.frame = frame
        return self

    def __reduce__(self) -> tuple[object, ...]:
        """Survive pickling, so that a worker process can hand the error back."""
        return _rebuild, (type(self), self.message, self.path, self.frame)


def _rebuild(
    kind: type[DicomKitError], message: str, path: str | None, frame: int | None
) -> DicomKitError:
    return kind(message, path=path, frame=frame)


class NotDicomError(DicomKitError, ValueError):
    """The source is not DICOM, or is empty."""

    code = "not_dicom"


class TruncatedError(DicomKitError, EOFError):
    """The source, or a compressed stream in it, ends too early."""

    code = "truncated"


class InconsistentError(DicomKitError, ValueError):
    """Two places in the file contradict each other and no rule says which to believe."""

    code = "inconsistent"


class LimitError(DicomKitError, ValueError):
    """Reading on would take more memory or time than the `Limits` allow."""

    code = "limit"


class NoPixelsError(DicomKitError, ValueError):
    """The dataset has no image: a report, a plan, a presentation state, a DICOMDIR."""

    code = "no_pixels"


class UnitsError(DicomKitError, ValueError):
    """The values are not in the units that were asked for."""

    code = "units"


class UnsupportedError(DicomKitError, NotImplementedError):
    """No decoder for this kind of pixel data is installed, or none exists."""

    code = "unsupported"


class DecodeError(DicomKitError, RuntimeError):
    """A decoder refused the compressed stream, crashed or took too long."""

    code = "decode"


class ReadError(DicomKitError, OSError):
    """The operating system could not open or read the source."""

    code = "read"


class WriteError(DicomKitError, OSError):
    """The operating system could not write the target, or it exists already."""

    code = "write"


class UnsafePathError(DicomKitError, ValueError):
    """A path in the file would leave the folder that it belongs to."""

    code = "unsafe_path"
